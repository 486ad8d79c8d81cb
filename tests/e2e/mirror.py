"""A mirror for the test of downloads: serves FOLDER/SET/FILE with ranges, and misbehaves by the first part of the path.

usage: mirror.py FOLDER PORT_FILE; /cut/... closes every answer after 10,000 bytes, /whole/... knows no ranges,
/wrong/... flips a byte, /busy/... answers 503 twice a file, /ok/... behaves. The log of requests goes to standard output.
"""

import http.server
import pathlib
import sys

busy = {}


class Mirror(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        _, manner, name = self.path.split("/", 2)
        path = pathlib.Path(sys.argv[1]) / name
        asked = self.headers.get("Range", "")
        print(manner, name, asked, flush=True)
        if not path.is_file():
            self.send_error(404)
            return
        busy[name] = busy.get(name, 0) + 1
        if manner == "busy" and busy[name] <= 2:
            self.send_error(503)
            return
        body = bytearray(path.read_bytes())
        if manner == "wrong":
            body[0] ^= 1
        first = int(asked[len("bytes="):-1]) if asked and manner != "whole" else 0
        if first >= len(body):
            self.send_error(416)
            return
        self.send_response(206 if first else 200)
        if first:
            self.send_header("Content-Range", f"bytes {first}-{len(body) - 1}/{len(body)}")
        self.send_header("Content-Length", str(len(body) - first))
        self.end_headers()
        if manner == "cut":
            self.wfile.write(body[first:first + 10000])
            self.close_connection = True
        else:
            self.wfile.write(body[first:])

    def log_message(self, *arguments):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Mirror)
pathlib.Path(sys.argv[2]).write_text(str(server.server_port))
server.serve_forever()
