#!/usr/bin/env python3
"""Goes through page/outcomes.js with `calock lock plug`, and prints what came out as JSON.

    outcomes.py CALOCK LOCK_FILE rig          in the rig: a browser of its own for each lock
    outcomes.py CALOCK LOCK_FILE kernel       on the machine itself, which is a guest: one browser for all; writes its policy
"""

import contextlib
import json
import os
import queue
import re
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import namespace
import rig
from harness import PageServer
from webdriver import Browser

UNPLUGGING = ["unplug", "{}Unplugged()", "plug", "{}Replugged()"]
HID_STEPS = ["hidOutcomes()", *(step.format("hid") for step in UNPLUGGING)]
FAULTS = ["fault send-stalls@any:twice", "usbStalled()", "fault send-hangs@any", "usbHanging()"]
USB_STEPS = ["usbOutcomes()", *FAULTS, *(step.format("usb") for step in UNPLUGGING)]
# Each lock: a name, the options of `calock lock plug`, and what is done with it.
LOCKS = [
    ("hid", ["--face", "hid"], HID_STEPS),
    ("usb", ["--face", "ccid"], USB_STEPS),
    ("usb smart card", ["--face", "ccid", "--interfaces", "0b"], ["claims()"]),
    ("usb composite", ["--face", "ccid", "--interfaces", "ff,0b,03,08"], ["claims()"]),
]
DRIVER = ["chromedriver", "--port=0"]
STARTED = re.compile(r"started successfully on port (\d+)")
PATIENCE = 60  # seconds for a program to say what is waited for
SLOW = 8  # how many times slower a guest is that is interpreted, on a machine that has other work


class Program:
    """A child whose output is read line by line."""

    def __init__(self, words):
        self._process = subprocess.Popen(
            words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, bufsize=1
        )
        self._lines = queue.Queue()
        self._said = []
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self._process.stdout:
            self._lines.put(line)
        self._lines.put(None)

    def wait_for(self, pattern):
        """The match of the first line that has the pattern."""
        deadline = time.monotonic() + PATIENCE
        while (line := self._lines.get(timeout=max(0.1, deadline - time.monotonic()))) is not None:
            self._said.append(line)
            if found := re.search(pattern, line):
                return found
        raise RuntimeError(f"no {pattern!r} in\n{''.join(self._said)}")

    def type(self, line):
        self._process.stdin.write(line + "\n")

    def order(self, line):
        """Gives an order to `calock lock plug` and waits until it is carried out."""
        self.type(line)
        if self.wait_for(r"· (done|no)").group(1) != "done":
            raise RuntimeError(f"{line}: {self._said[-1]}")

    def end(self):
        self._process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(10)
        self._process.kill()
        self._process.wait()


START = time.monotonic()


def say(step):
    print(f"outcomes: {time.monotonic() - START:5.1f} s {step}", file=sys.stderr)


def go_through(browser, origin, slow, plug, steps):
    """The outcomes of one lock."""
    browser.open(f"{origin}/outcomes.html?slow={slow}")
    found = {}
    for step in steps:
        say(step)
        if step.endswith(")"):
            found |= browser.run(step)
        else:
            plug.order(step)
    return found


def in_rig(calock, file, origin):
    outcomes = {}
    for name, options, steps in LOCKS:
        plug = Program([calock, "lock", "plug", file, *options, "--rig", "--origin", origin, "--", *DRIVER])
        try:
            with browsing(plug.wait_for(STARTED)) as browser:
                outcomes[name] = go_through(browser, origin, 1, plug, steps)
        finally:
            plug.end()
    return outcomes


def with_kernel(calock, file, origin):
    namespace.write_policy([origin], rig.VENDORS)
    outcomes = {}
    driver = Program(DRIVER)
    try:
        with browsing(driver.wait_for(STARTED), SLOW) as browser:
            for name, options, steps in LOCKS:
                plug = Program([calock, "lock", "plug", file, *options])
                try:
                    plug.wait_for("orders:")
                    outcomes[name] = go_through(browser, origin, SLOW, plug, steps)
                finally:
                    plug.end()
    finally:
        driver.end()
    return outcomes


@contextlib.contextmanager
def browsing(started, slow=1):
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        browser = Browser(int(started.group(1)), profile, slow)
        say("the browser is there")
        try:
            yield browser
        finally:
            browser.close()


def main():
    calock, file, way = sys.argv[1:]
    pages = PageServer()
    try:
        go = {"rig": in_rig, "kernel": with_kernel}[way]
        outcomes = go(calock, file, pages.origin)
    finally:
        pages.close()
    print(json.dumps(outcomes, indent=1, ensure_ascii=False))


if __name__ == "__main__":
    main()
