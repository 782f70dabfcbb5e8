#!/usr/bin/env python3
"""Test double for the native virtual lock: echoes each 64-byte report with its last byte inverted.

Two first bytes are orders to it: EE answers nothing, DD closes the connection (the lock is pulled out).
As a program: `echo_lock.py SOCKET`.
"""

import socket
import sys
import threading

SILENT, DROP = 0xEE, 0xDD


def serve_host(host):
    with host, host.makefile("rb") as stream:
        while len(report := stream.read(64)) == 64:
            if report[0] == DROP:
                return
            if report[0] != SILENT:
                host.sendall(report[:63] + bytes([report[63] ^ 0xFF]))


def start(path):
    """Listens at `path` in a thread; close the socket that is returned to end it."""
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen(4)
    threading.Thread(target=lambda: serve(listener), daemon=True).start()
    return listener


def serve(listener):
    while True:
        try:
            serve_host(listener.accept()[0])
        except (BrokenPipeError, ConnectionResetError):
            continue
        except OSError:
            return  # the listener was closed


if __name__ == "__main__":
    start(sys.argv[1])
    threading.Event().wait()
