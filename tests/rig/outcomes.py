#!/usr/bin/env python3
"""What a page sees of a lock that `calock lock plug` plugged in, gone through to the edges (page/outcomes.js), and a login at the
reference portal. Prints JSON: lock -> what was tried -> what came out.

    outcomes.py CALOCK DATA rig        in the rig: a browser of its own for each lock
    outcomes.py CALOCK DATA kernel     on the machine itself, which is a guest: one browser for all; writes its policy

CALOCK is the program, DATA the folder of a portal's demonstration, which is made when it is not there. pkg/dist must be built.
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
import urllib.request

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import namespace
import rig
from harness import HERE, PageServer
from webdriver import Browser

ROOT = os.path.dirname(os.path.dirname(HERE))
UNPLUGGING = ["unplug", "{}Unplugged()", "plug", "{}Replugged()"]
HID_STEPS = ["hidOutcomes()", *(step.format("hid") for step in UNPLUGGING), "login"]
FAULTS = ["fault send-stalls@any:twice", "usbStalled()", "fault send-hangs@any", "usbHanging()"]
USB_STEPS = ["usbOutcomes()", *FAULTS, *(step.format("usb") for step in UNPLUGGING), "login"]
# Each lock: a name, the options of `calock lock plug`, and what is done: calls in the page, orders, a login.
LOCKS = [
    ("hid", ["--face", "hid"], HID_STEPS),
    ("usb", ["--face", "ccid"], USB_STEPS),
    ("usb smart card", ["--face", "ccid", "--interfaces", "0b"], ["claims()"]),
    ("usb composite", ["--face", "ccid", "--interfaces", "ff,0b,03,08"], ["claims()"]),
]
LOGIN = """(async (pin) => {
  const { locks } = await import("/calock/api.js");
  const post = (url, body) =>
    fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
  const [lock] = await locks.known();
  const [{ fingerprint: certificate }] = await lock.certificates();
  const challenge = await (await post("/api/challenge", { purpose: "login", account: null, payload: null })).json();
  const signed = await lock.login({ challenge, certificate, pin: async () => pin });
  await lock.close();
  const answer = await post("/api/login", signed);
  return { login: `${answer.status} ${(await answer.json()).holder?.name}` };
})"""
DRIVER = ["chromedriver", "--port=0"]
STARTED = re.compile(r"started successfully on port (\d+)")
PATIENCE = 120  # seconds for a program to say what is waited for
SLOW = 8  # how many times slower a guest is that is interpreted, on a machine that has other work
START = time.monotonic()


def say(step):
    print(f"outcomes: {time.monotonic() - START:5.1f} s {step}", file=sys.stderr)


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


class Places:
    """What is served: the outcomes' page, and a portal whose locks are plugged in."""

    def __init__(self, calock, data):
        self._pages = PageServer()
        self.calock = calock
        served = ["--pages", f"{ROOT}/www/pages", "--module", f"{ROOT}/pkg/dist", "--data", data]
        self._serving = Program([calock, "serve", "--demo", "--port", "0", *served])
        self.portal = self._serving.wait_for(r"http://localhost:\d+").group()
        self.origins = [self._pages.origin, self.portal]
        self.page = self._pages.origin + "/outcomes.html"
        with urllib.request.urlopen(f"{self.portal}/demo/locks/enterprise.json") as answer:
            text = answer.read()
        self.pin = json.loads(text)["pin"]
        self._file = tempfile.NamedTemporaryFile(suffix=".json")
        self._file.write(text)
        self._file.flush()

    def plug(self, options, command=()):
        return Program([self.calock, "lock", "plug", self._file.name, *options, *command])

    def close(self):
        self._serving.end()
        self._pages.close()
        self._file.close()


def go_through(browser, places, slow, plug, steps):
    """The outcomes of one lock."""
    browser.open(f"{places.page}?slow={slow}")
    found = {}
    for step in steps:
        say(step)
        if step == "login":
            browser.open(places.portal)
            found |= browser.run(f"{LOGIN}({json.dumps(places.pin)})")
        elif step.endswith(")"):
            found |= browser.run(step)
        else:
            plug.order(step)
    return found


def in_rig(places):
    outcomes = {}
    origins = [word for origin in places.origins for word in ("--origin", origin)]
    for name, options, steps in LOCKS:
        plug = places.plug(options, ["--rig", *origins, "--", *DRIVER])
        try:
            with browsing(plug.wait_for(STARTED)) as browser:
                outcomes[name] = go_through(browser, places, 1, plug, steps)
        finally:
            plug.end()
    return outcomes


def with_kernel(places):
    namespace.write_policy(places.origins, rig.VENDORS)
    outcomes = {}
    driver = Program(DRIVER)
    try:
        with browsing(driver.wait_for(STARTED), SLOW) as browser:
            for name, options, steps in LOCKS:
                plug = places.plug(options)
                try:
                    plug.wait_for("orders:")
                    outcomes[name] = go_through(browser, places, SLOW, plug, steps)
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
    calock, data, way = sys.argv[1:]
    places = Places(calock, data)
    try:
        outcomes = {"rig": in_rig, "kernel": with_kernel}[way](places)
    finally:
        places.close()
    print(json.dumps(outcomes, indent=1, ensure_ascii=False, sort_keys=True))


if __name__ == "__main__":
    main()
