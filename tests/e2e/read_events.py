"""read_events.py EVENTS RUN.h5 [CELL]: an event file holds the losses and metrics of the run: by a reader of TFRecord and of protocol
buffers written here, and by TensorBoard's own where it is installed."""
import pathlib
import struct
import sys

import h5py
import numpy as np


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def masked(data):
    crc = crc32c(data)
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def records(data):
    while data:
        length, sum_of_length = struct.unpack("<QI", data[:12])
        body, (sum_of_body,) = data[12:12 + length], struct.unpack("<I", data[12 + length:16 + length])
        assert sum_of_length == masked(data[:8]) and sum_of_body == masked(body), "checksum"
        yield body
        data = data[16 + length:]


def fields(data):
    """{number: value} of a message."""
    found, at = {}, 0

    def varint():
        nonlocal at
        value = shift = 0
        while True:
            value |= (data[at] & 127) << shift
            at, shift = at + 1, shift + 7
            if data[at - 1] < 128:
                return value
    while at < len(data):
        key = varint()
        size = {0: 0, 1: 8, 5: 4}.get(key & 7)
        if key & 7 == 0:
            found[key >> 3] = varint()
            continue
        size = varint() if size is None else size
        found[key >> 3], at = data[at:at + size], at + size
    return found


def read(path):
    first, *events = [fields(record) for record in records(path.read_bytes())]
    assert first[3] == b"brain.Event:2"
    for event in events:
        value = fields(fields(event[5])[1])
        yield value[1].decode(), event.get(2, 0), struct.unpack("<f", value[2])[0], struct.unpack("<d", event[1])[0]


path = pathlib.Path(sys.argv[1])
expected = {}
with h5py.File(sys.argv[2]) as run:
    run = run["runs"][sys.argv[3]] if len(sys.argv) > 3 else run
    for stage, table in run["history"].items():
        for name in ("train_loss", "validation_loss"):
            expected |= {(f"{stage}/{name}", epoch): value for epoch, value in zip(table["epoch"], table[name]) if np.isfinite(value)}
    metrics = run["metrics"]
    expected |= {(f"{method}/{metric}", 0): value
                 for method, metric, value in zip(metrics["method"].asstr(), metrics["metric"].asstr(), metrics["value"])}
found = {(tag, step): value for tag, step, value, _ in read(path)}
assert found.keys() == expected.keys(), found.keys() ^ expected.keys()
assert all(np.float32(expected[key]) == np.float32(found[key]) for key in found)
times = [time for *_, time in read(path)]
assert min(times) > 1.7e9, "a time before these programs were"
try:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
except ImportError:
    sys.exit(0)
events = EventAccumulator(str(path.parent), size_guidance={"scalars": 0})
events.Reload()
assert {(tag, event.step): event.value for tag in events.Tags()["scalars"] for event in events.Scalars(tag)} == found
