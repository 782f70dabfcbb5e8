"""Ends what a command leaves behind. Works on descendants of this process only (linux.adopt_orphans keeps them so)."""

import os
import signal


def descendants():
    """Process ids of all living descendants of this process, from /proc/PID/stat (proc(5): state and ppid follow the
    name in parentheses)."""
    children = {}
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            with open(f"/proc/{entry}/stat") as file:
                state, parent = file.read().rpartition(")")[2].split()[:2]
        except OSError:
            continue  # it has ended
        if state not in "ZX":
            children.setdefault(int(parent), []).append(int(entry))
    found = []
    queue = [os.getpid()]
    while queue:
        own = children.get(queue.pop(), [])
        found += own
        queue += own
    return found


def signal_descendants(number):
    """Returns how many there were."""
    targets = descendants()
    for target in targets:
        try:
            os.kill(target, number)
        except ProcessLookupError:
            pass
    return len(targets)


def reap():
    """Collects the exit codes of ended orphans. Not to be called while a subprocess.Popen is still waited for."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


TERMINATE, KILL = signal.SIGTERM, signal.SIGKILL
