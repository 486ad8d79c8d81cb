#!/usr/bin/env python3
"""What a build costs: runs every command of a configured Ninja build folder anew, without compiler cache, and prints
the processor time (user and system) in all, by folder and of the slowest files, beside the unit: a file that includes
ATen/core/Tensor.h alone, compiled with the flags of the sources on torch but no precompiled header. The unit is measured
again before every twenty sources, as a machine's pace changes in minutes; a file's units are those of its twenty. A file is
what one run of the compiler takes, a bundle of sources too. Outputs are those of the build, which is whole afterwards.

    cmake --preset release && python3 tests/bench/build_time.py build
    python3 tests/bench/build_time.py build --of cance,cance-engine    # also the sum of what these two need
    python3 tests/bench/build_time.py build cance cance-engine         # these two alone
"""
import argparse
import collections
import concurrent.futures
import json
import os
import re
import shlex
import statistics
import subprocess
import sys
import tempfile
import time


def commands(build, targets):
    lines = subprocess.run(["ninja", "-C", build, "-t", "commands", *targets], check=True, capture_output=True, text=True)
    return [line for line in lines.stdout.splitlines() if line and not line.startswith("ninja: ")]


def output_of(command):
    """The file that a command makes: '-o FILE', or the archive of 'ar qc FILE'."""
    found = re.search(r" -o (\S+)", command) or re.search(r"\bqc (\S+)", command)
    return found.group(1) if found else command[:80]


def phase(command):
    """0 generated files, 1 precompiled headers, 2 sources, 3 libraries and programs in their order."""
    if command.startswith(": && "):
        return 3
    if " -c " not in command:
        return 0
    return 1 if output_of(command).endswith(".gch") else 2


def folder_of(command):
    if phase(command) != 2:
        return ("generated", "precompiled headers", "", "libraries and programs")[phase(command)]
    path = output_of(command)
    parts = [part for part in path.split("/") if not part.endswith(".dir") and part != "CMakeFiles"]
    return "/".join(parts[:2]) if parts[0] in ("src", "tests") else parts[0]


def run(build, command):
    """Processor seconds of one command."""
    environment = {**os.environ, "CCACHE_DISABLE": "1"}
    process = subprocess.Popen(["/bin/sh", "-c", command], cwd=build, env=environment, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"build_time.py: ended with {process.returncode}: {command}")
    return usage.ru_utime + usage.ru_stime


def unit_command(all_commands, work):
    """Compiles the unit by the flags of one of the sources on torch; nothing in a build without torch."""
    on_torch = next((c for c in all_commands if phase(c) == 2 and "torch/include" in c), None)
    if on_torch is None:
        return None
    source = os.path.join(work, "unit.cpp")
    with open(source, "w", encoding="utf-8") as text:
        text.write("#include <ATen/core/Tensor.h>\n")
    arguments, skipped = [], False
    for word in shlex.split(on_torch):  # without the source, the outputs, the dependencies and the precompiled header
        if skipped or word in ("-o", "-c", "-MT", "-MF", "-include"):
            skipped = not skipped
        elif word not in ("-MD", "-Winvalid-pch"):
            arguments.append(word)
    return shlex.join([*arguments, "-c", source, "-o", os.path.join(work, "unit.o")])


def run_sources(build, sources, unit, jobs):
    """Seconds of each command, and in units (0 without any), and the unit's seconds as measured on the way."""
    seconds, units, measured = {}, {}, []
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        for first in range(0, len(sources), 20):
            some = sources[first:first + 20]
            here = statistics.median(run(build, unit) for _ in range(3)) if unit else 0
            for command, value in zip(some, pool.map(lambda c: run(build, c), some)):
                seconds[command], units[command] = value, value / here if here else 0
            measured.append(here)
    return seconds, units, measured


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", help="a configured build folder of the generator Ninja")
    parser.add_argument("targets", nargs="*", default=["all"], help="what is built (default: all)")
    parser.add_argument("--of", default="", help="targets whose part of the sum is printed too, for example cance,cance-engine")
    parser.add_argument("--jobs", type=int, default=1, help="commands at a time (default 1: figures of neighbours do not mix)")
    parser.add_argument("--json", help="also writes seconds and units by output into this file")
    arguments = parser.parse_args()
    if not os.path.exists(os.path.join(arguments.build, "build.ninja")):
        sys.exit(f"build_time.py: {arguments.build}: no build.ninja; configure first: cmake --preset release")

    everything = commands(arguments.build, arguments.targets)
    part = set(commands(arguments.build, arguments.of.split(","))) if arguments.of else set()
    start, seconds = time.monotonic(), {}
    for number in range(4):
        batch = [c for c in everything if phase(c) == number]
        if number == 2:
            with tempfile.TemporaryDirectory() as work:
                compiled, units, measured = run_sources(arguments.build, batch, unit_command(batch, work), arguments.jobs)
            seconds.update(compiled)
        else:
            seconds.update((c, run(arguments.build, c)) for c in batch)

    folders = collections.Counter()
    for command, value in seconds.items():
        folders[folder_of(command)] += value
    total = sum(seconds.values())
    print(f"{len(seconds)} commands, {total:.0f} s of processor time, {time.monotonic() - start:.0f} s on {arguments.jobs} cores")
    if part:
        print(f"of these {len(part)} for {arguments.of}: {sum(seconds[c] for c in part):.0f} s")
    for folder, value in folders.most_common():
        print(f"{value:8.1f} s  {folder}")
    if any(measured):
        print(f"the unit (ATen/core/Tensor.h alone): {statistics.median(measured):.1f} s, on the way {min(measured):.1f} to {max(measured):.1f}")
        print(f"files over 3 units: {sum(v > 3 for v in units.values())}, over 2: {sum(v > 2 for v in units.values())}, of {len(units)}")
    else:
        print("no unit: this build has no source on torch")
    print("the slowest:")
    for command in sorted(compiled, key=lambda c: (units[c], compiled[c]), reverse=True)[:10]:
        print(f"{compiled[command]:8.1f} s  {re.sub(r'CMakeFiles/[^/]*[.]dir/', '', output_of(command))}  ({units[command]:.1f} units)")
    if arguments.json:
        with open(arguments.json, "w", encoding="utf-8") as out:
            json.dump({output_of(c): [round(v, 2), round(units.get(c, 0), 2)] for c, v in seconds.items()}, out, indent=1)


if __name__ == "__main__":
    main()
