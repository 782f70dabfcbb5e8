"""What the rig's own tests share: a served page, echo locks, and a rig run as a child with a time limit."""

import functools
import http.server
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time

import control
import echo_lock
from webdriver import Browser

HERE = os.path.dirname(os.path.abspath(__file__))
RIG = os.path.join(HERE, "rig.py")


class PageServer:
    """Serves `page/` at an ephemeral loopback port."""

    def __init__(self):
        handler = functools.partial(_QuietHandler, directory=os.path.join(HERE, "page"))
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.origin = f"http://localhost:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()


class _QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


class Bench:
    """A temporary folder with echo locks listening in it, and rigs that are started with them. `locks`: what each says of
    itself."""

    def __init__(self, locks=(echo_lock.HID,)):
        self.folder = tempfile.mkdtemp(prefix="calock-rig-test-")
        self.sockets = [os.path.join(self.folder, f"lock{index}.sock") for index in range(len(locks))]
        self._listeners = [echo_lock.start(path, lock) for path, lock in zip(self.sockets, locks)]
        self.control = os.path.join(self.folder, "control.sock")

    def close(self):
        for listener in self._listeners:
            listener.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def command(self, command, options=(), time_limit=60):
        """The argument list of a rig around `command`."""
        locks = [argument for path in self.sockets for argument in ("--lock", path)]
        fixed = ["--control", self.control, "--time-limit", str(time_limit)]
        return [sys.executable, RIG, *locks, *fixed, *options, "--", *command]

    def run(self, command, options=("--no-policy",), time_limit=20):
        """Runs `command` in a rig to its end."""
        return subprocess.run(
            self.command(command, options, time_limit), capture_output=True, text=True, timeout=time_limit + 10
        )

    def order(self, line):
        """Sends a line to the control socket; raises AssertionError when the rig says no."""
        answer = control.send(self.control, line)
        assert answer["ok"], answer
        return answer["locks"]


class BrowserRig:
    """A rig whose COMMAND is chromedriver, and a Chromium in it with `url` open."""

    def __init__(self, bench, url, options):
        self._bench = bench
        self._process = subprocess.Popen(
            bench.command(["chromedriver", "--port=0"], options), stdout=subprocess.PIPE, text=True
        )
        try:
            self.browser = Browser(self._driver_port(), tempfile.mkdtemp(dir=bench.folder))
            self.browser.open(url)
        except BaseException:
            self.close()
            raise

    def close(self):
        """Ends chromedriver and Chromium through the rig; the rig's own time limit stands behind this."""
        self._process.terminate()
        self._process.communicate(timeout=20)

    def _driver_port(self):
        for line in self._process.stdout:
            found = re.search(r"started successfully on port (\d+)", line)
            if found:
                return int(found.group(1))
        raise RuntimeError(f"rig or chromedriver ended with {self._process.wait(timeout=10)}")


def wait_until(condition, seconds=5):
    """Whether `condition()` becomes true in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.02)
    return False
