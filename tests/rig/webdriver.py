"""Drives Chromium through chromedriver over plain HTTP. Source: W3C WebDriver; every call has a time limit."""

import json
import urllib.error
import urllib.request

CHROMIUM_FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --disable-dev-shm-usage"
).split()
CALL_LIMIT = 30  # seconds; half of it for a page and its scripts


class Browser:
    """One session: a Chromium with the profile in the empty folder `profile`. `slow`: how many times slower than a machine
    this one is."""

    def __init__(self, driver_port, profile, slow=1):
        self._limit = CALL_LIMIT * slow
        self._base = f"http://127.0.0.1:{driver_port}"
        options = {"binary": "/usr/bin/chromium", "args": [*CHROMIUM_FLAGS, f"--user-data-dir={profile}"]}
        timeouts = {"script": self._limit * 500, "pageLoad": self._limit * 500}
        capabilities = {"browserName": "chrome", "timeouts": timeouts, "goog:chromeOptions": options}
        session = self._call("POST", "/session", {"capabilities": {"alwaysMatch": capabilities}})
        self._base += "/session/" + session["sessionId"]

    def open(self, url):
        self._call("POST", "/url", {"url": url})

    def run(self, expression):
        """The value of a JavaScript expression in the page, awaited. Raises RuntimeError when it throws."""
        script = (
            "const done = arguments[0];"
            f"Promise.resolve().then(() => ({expression}))"
            ".then((value) => done({value}), (error) => done({error: `${error.name}: ${error.message}`}));"
        )
        result = self._call("POST", "/execute/async", {"script": script, "args": []})
        if "error" in result:
            raise RuntimeError(f"{expression}: {result['error']}")
        return result.get("value")

    def close(self):
        self._call("DELETE", "")

    def _call(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self._base + path, data, {"Content-Type": "application/json"}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=self._limit) as response:
                return json.load(response)["value"]
        except urllib.error.HTTPError as error:
            raise RuntimeError(f"{method} {path}: {error.code} {error.read().decode()[:1000]}") from error
