#!/usr/bin/env python3
"""Says whether this machine can run the rig: `python3 tests/rig/check.py [PROGRAM…]`.

Prints "ready" and exits 0, or prints "skipped: REASON" and exits 77. PROGRAMs are looked for too (default: chromium).
"""

import os
import shutil
import sys

import linux

SKIP = 77  # the exit code by which automake and others know a skipped test


def missing(programs=("chromium",)):
    """The reason why the rig cannot run here, or None."""
    if sys.platform != "linux":
        return "not Linux"
    if os.geteuid() != 0:
        return "no root"
    if not os.path.exists("/dev/fuse"):
        return "no /dev/fuse"
    try:
        os.close(os.open("/dev/fuse", os.O_RDWR))
    except OSError as error:
        return f"no /dev/fuse ({error.strerror})"
    if not _can_mount():
        return "no private mounts (CAP_SYS_ADMIN)"
    for program in programs:
        if not shutil.which(program):
            return f"no {program}"
    return None


def _can_mount():
    """Tries in a child, as a mount namespace cannot be left again."""
    child = os.fork()
    if child == 0:
        try:
            linux.enter_private_mounts()
            linux.mount("tmpfs", "/sys", "tmpfs")
            os._exit(0)
        except OSError:
            os._exit(1)
    return os.waitpid(child, 0)[1] == 0


def main():
    reason = missing(sys.argv[1:] or ("chromium",))
    print(f"skipped: {reason}" if reason else "ready")
    return SKIP if reason else 0


if __name__ == "__main__":
    sys.exit(main())
