#!/usr/bin/env python3
"""Each header can be included alone: unity builds and precompiled headers would hide what one has forgotten.

    headers.py SOURCE            every name of the standard library or fmt that a header uses comes from what it includes
    headers.py SOURCE BUILD      every header is compiled alone, as the sources of its layer are but without precompiled header
"""
import concurrent.futures
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys

HOMES = {"string": "string|to_string", "string_view": "string_view", "vector": "vector", "map": "map|multimap", "set": "set",
         "array": "array", "span": "span", "optional": "optional|nullopt", "variant": "variant|visit", "function": "functional",
         "functional": "function", "memory": "unique_ptr|shared_ptr|weak_ptr|make_unique|make_shared",
         "cstdint": "u?int(?:8|16|32|64)_t", "cstddef": "size_t|ptrdiff_t|byte", "filesystem": "filesystem", "chrono": "chrono",
         "mutex": "mutex|lock_guard|unique_lock", "atomic": "atomic", "thread": "thread|this_thread", "tuple": "tuple|tie",
         "initializer_list": "initializer_list", "utility": "pair|move|forward", "stdexcept": "runtime_error",
         "deque": "deque", "unordered_map": "unordered_map", "exception": "exception_ptr"}
# What these bring along, as far as our headers lean on it.
BRINGS = {"fmt/format.h": "string string_view vector memory cstdint cstddef utility functional",
          "ATen/core/Tensor.h": "string string_view vector memory cstdint cstddef utility functional optional array map tuple "
                                "initializer_list stdexcept atomic mutex",
          "string": "cstddef initializer_list utility string_view", "vector": "cstddef initializer_list utility",
          "map": "utility cstddef", "set": "utility cstddef", "span": "cstddef array", "filesystem": "string chrono",
          "functional": "utility memory", "memory": "utility cstddef", "optional": "utility", "variant": "utility",
          "tuple": "utility", "unordered_map": "utility", "nlohmann/json.hpp": "string vector map", "array": "cstddef utility",
          "string_view": "cstddef", "boost/program_options.hpp": "string vector map memory"}


def headers_of(source):
    return sorted(p for folder in ("src", "data_prep") for p in (source / folder).rglob("*.hpp"))


def includes(source, header, seen):
    """Foreign headers that come with this one."""
    if header in seen:
        return set()
    seen.add(header)
    found = set()
    for own, foreign in re.findall(r'^#include (?:"([^"]+)"|<([^>]+)>)', header.read_text(), re.M):
        if foreign:
            found.add(foreign)
            continue
        path = next((source / root / own for root in ("src", ".") if (source / root / own).is_file()), None)
        if path:
            found |= includes(source, path, seen)
    return found


def missing_names(source):
    faults = []
    for header in headers_of(source):
        there = includes(source, header, set())
        for one in list(there):
            there |= set(BRINGS.get(one, "").split())
        text = re.sub(r"//[^\n]*", "", header.read_text())
        for home, names in HOMES.items():
            used = re.search(r"\bstd::(?:" + names + r")\b", text)
            if home != "function" and used and home not in there:
                faults.append(f"{header.relative_to(source)}: {used.group()} without <{home}>")
        if "fmt::" in text and not any(h.startswith("fmt/") for h in there):
            faults.append(f"{header.relative_to(source)}: fmt:: without its header")
    return faults


def compile_alone(source, build):
    database = json.loads((build / "compile_commands.json").read_text())
    flags = {}  # by folder of the layer
    for entry in database:
        layer = re.search(r" -o \S*CMakeFiles/cance_?-?(\w+)\.dir/Unity/", entry["command"])
        if layer:
            flags.setdefault({"prep": "data_prep"}.get(layer.group(1), layer.group(1)), entry)
    faults = []

    def check(header):
        parts = header.relative_to(source).parts
        layer = parts[0] if parts[0] == "data_prep" else parts[1]
        entry = flags.get("engine" if layer == "cli" else layer)
        if entry is None:
            return f"{header.relative_to(source)}: no source of its layer is compiled in {build}"
        words, kept, skip = shlex.split(entry["command"]), [], False
        for word in words:
            if skip or word in ("-o", "-c", "-include", "-MT", "-MF"):
                skip = not skip
            elif word not in ("-Winvalid-pch", "-MD") and not word.endswith("ccache"):
                kept.append(word)
        run = subprocess.run([*kept, "-fsyntax-only", "-x", "c++", "-"], cwd=entry["directory"], input=f'#include "{header}"\n',
                             capture_output=True, text=True, env={**os.environ, "CCACHE_DISABLE": "1"}, check=False)
        first = next((line for line in run.stderr.splitlines() if "error" in line), "")
        return f"{header.relative_to(source)}: {first}" if run.returncode else ""

    headers = [h for h in headers_of(source) if "precompiled" not in h.name]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        faults += [fault for fault in pool.map(check, headers) if fault]
    print(f"{len(headers)} headers compiled alone")
    return faults


def main():
    source = pathlib.Path(sys.argv[1]).resolve()
    faults = missing_names(source) if len(sys.argv) == 2 else compile_alone(source, pathlib.Path(sys.argv[2]).resolve())
    print("\n".join(faults))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
