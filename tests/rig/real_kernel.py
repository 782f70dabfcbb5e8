#!/usr/bin/env python3
"""Is the rig honest? Goes through outcomes.py in the rig and in a guest with Debian's own kernel, and compares.

    real_kernel.py CALOCK FOLDER [--record]

CALOCK is the program; FOLDER keeps what is downloaded. Exit code 1 when an outcome differs. --record writes what the kernel
did to outcomes.json, which test_outcomes.py holds the rig to.
"""

import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import time

from guest.machine import Machine

HERE = os.path.dirname(os.path.abspath(__file__))
RECORDED = f"{HERE}/outcomes.json"
TIME_LIMIT = 600  # seconds for the guest; about 100 on a machine that has nothing else to do
SCRIPT = f"{HERE}/outcomes.py"


def differences(expected, found):
    """Lines that say where two outcomes differ."""
    lines = []
    for lock in sorted({*expected, *found}):
        one, other = expected.get(lock, {}), found.get(lock, {})
        for tried in sorted({*one, *other}):
            if one.get(tried) != other.get(tried):
                lines.append(f"{lock}, {tried}:\n    kernel: {one.get(tried)}\n    rig:    {other.get(tried)}")
    return lines


def in_rig(calock, data):
    return json.loads(subprocess.run([sys.executable, SCRIPT, calock, data, "rig"], stdout=subprocess.PIPE, check=True).stdout)


def in_guest(machine, calock, data):
    with tempfile.TemporaryDirectory(prefix="calock-guest-") as out:
        shutil.copytree(data, f"{out}/data")
        # The guest's own copy: a shared folder is no place for sockets and databases.
        words = [sys.executable, SCRIPT, calock, "/root/calock-data", "kernel"]
        command = f"cp -r /mnt/out/data /root/calock-data\n{shlex.join(words)} >/mnt/out/outcomes.json"
        code, said = machine.run(out, command, TIME_LIMIT)
        print(said, end="")
        if code:
            raise SystemExit(f"outcomes.py ended with {code} in the guest")
        with open(f"{out}/outcomes.json") as file:
            return json.load(file)


def timed(what, function, *arguments):
    start = time.monotonic()
    result = function(*arguments)
    print(f"real kernel: {what}: {time.monotonic() - start:.1f} s", flush=True)
    return result


def main():
    calock, folder, *options = sys.argv[1:]
    calock = os.path.abspath(calock)
    machine = timed("prepared", Machine, folder)
    print(f"real kernel: Linux {machine.kernel}")
    with tempfile.TemporaryDirectory(prefix="calock-outcomes-") as data:
        rig = timed("rig", in_rig, calock, data)
        kernel = timed("guest", in_guest, machine, calock, data)
    if "--record" in options:
        with open(RECORDED, "w") as file:
            json.dump(kernel, file, indent=1, ensure_ascii=False, sort_keys=True)
            file.write("\n")
    different = differences(kernel, rig)
    print(*different, sep="\n")
    count = sum(len(outcomes) for outcomes in kernel.values())
    print(f"real kernel: {count} outcomes, {len(different)} of them different in the rig")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
