#!/usr/bin/env python3
"""The control socket: a Unix stream socket on which each line is a command and each answer is a line of JSON.

    list                what locks there are
    plug [NAME|INDEX]   plug in one lock, or all that are out
    unplug [NAME|INDEX] pull one lock out, or all that are in
    fault TEXT          inject a fault into all that are in (`calock lock speak --fault`)
    clear [NAME|INDEX]  no fault any more
    stop                end the command, as a signal would

A line may also be JSON: {"do": "plug", "lock": "NAME"}, {"do": "fault", "lock": "NAME", "text": "TEXT"}. The answer is
    {"ok": true, "locks": [{"index": 0, "name": "…", "socket": "…", "plugged": true, "node": "/dev/…", "readers": 1}]}
(node is null while unplugged; it is the one that a browser uses, and readers counts who has it open) or
    {"ok": false, "error": "…"}
As a program: `control.py SOCKET plug 0` sends one command (default list), prints the answer, and exits 1 when not ok.
"""

import json
import os
import socket
import sys


class ControlError(Exception):
    """A command that cannot be carried out; the text goes to the client."""


def parse(line):
    """A line as (verb, lock or None, text or None)."""
    if line.lstrip().startswith("{"):
        try:
            message = json.loads(line)
        except ValueError as error:
            raise ControlError(f"not JSON: {error}") from error
        verb, lock = message.get("do"), message.get("lock")
        return verb, None if lock is None else str(lock), message.get("text")
    words = line.split()
    if not 1 <= len(words) <= 2:
        raise ControlError("one or two words are needed: list | plug [LOCK] | unplug [LOCK] | fault TEXT | clear [LOCK] | stop")
    word = words[1] if len(words) == 2 else None
    return ("fault", None, word) if words[0] == "fault" else (words[0], word, None)


class ControlServer:
    """Listens at `path`. `handle(verb, lock, text)` returns the locks for the answer or raises ControlError.

    `watch(readable, function)` and `unwatch(readable)` are the owner's event loop.
    """

    def __init__(self, path, handle, watch, unwatch):
        self._path = path
        self._handle = handle
        self._watch = watch
        self._unwatch = unwatch
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
        try:
            self._listener.bind(path)
        except OSError as error:
            raise OSError(error.errno, f"control socket {path}: {error.strerror}") from error
        self._listener.listen(8)
        watch(self._listener, self._accept)

    def close(self):
        self._listener.close()
        os.unlink(self._path)

    def _accept(self):
        client = _Client(self._listener.accept()[0])
        self._watch(client, lambda: self._serve(client))

    def _serve(self, client):
        lines = client.receive()
        if lines is None:
            self._unwatch(client)
            client.close()
            return
        for line in lines:
            client.answer(self._answer(line))

    def _answer(self, line):
        try:
            return {"ok": True, "locks": self._handle(*parse(line))}
        except ControlError as error:
            return {"ok": False, "error": str(error)}


class _Client:
    def __init__(self, connection):
        self._connection = connection
        self._connection.setblocking(False)
        self._rest = b""

    def fileno(self):
        return self._connection.fileno()

    def close(self):
        self._connection.close()

    def receive(self):
        """Whole lines that arrived, or None when the client is gone."""
        try:
            data = self._connection.recv(4096)
        except BlockingIOError:
            return []
        except OSError:
            return None
        if not data:
            return None
        *lines, self._rest = (self._rest + data).split(b"\n")
        return [line.decode("utf-8", "replace") for line in lines if line.strip()]

    def answer(self, message):
        try:
            self._connection.sendall(json.dumps(message).encode() + b"\n")
        except OSError:
            pass  # a client that does not wait for its answer; its closing is seen by receive


def send(path, command, timeout=10):
    """Sends one command line to a rig; returns the answer as a dictionary. Raises OSError."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(timeout)
        connection.connect(path)
        connection.sendall(command.encode() + b"\n")
        with connection.makefile() as answer:
            return json.loads(answer.readline())


def main():
    answer = send(sys.argv[1], " ".join(sys.argv[2:]) or "list")
    print(json.dumps(answer))
    return 0 if answer["ok"] else 1


if __name__ == "__main__":
    sys.exit(main())
