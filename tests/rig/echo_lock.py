#!/usr/bin/env python3
"""Test double for the native virtual lock (lock.py says what is spoken): echoes what it is sent, with the last byte inverted.

Some first bytes are orders to it: EE answers nothing, DD closes the connection (the lock is pulled out), A5 stalls, AA hangs.
A fault "open-fails" or "open-taken" refuses the next O. As a program: `echo_lock.py SOCKET`.
"""

import json
import socket
import sys
import threading

from lock import HEADER

SILENT, DROP, STALL, HANG = 0xEE, 0xDD, 0xA5, 0xAA
HID = {"face": "hid", "vendor": 0x055C, "product": 0xE618, "manufacturer": "Longmai", "productName": "GM3000 (virtual)"}
CCID = {"face": "ccid", "vendor": 0x1209, "product": 2, "manufacturer": "calock", "productName": "USB lock (virtual)"}
REFUSALS = {b"open-fails": b"\1", b"open-taken": b"\2"}


def serve_host(host, introduction):
    def send(kind, body=b""):
        host.sendall(HEADER.pack(kind, len(body)) + body)

    fault = b""
    with host, host.makefile("rb") as stream:
        send(b"I", json.dumps({"serial": None, **introduction}).encode())
        while header := stream.read(HEADER.size):
            kind, length = HEADER.unpack(header)
            body = stream.read(length)
            if kind == b"O":
                send(b"o", REFUSALS.get(fault, b"\0"))
                fault = b""
            elif kind in (b"F", b"f"):
                fault = body
            elif kind != b"W":
                continue
            elif body[0] == DROP:
                return send(b"w")
            elif body[0] == HANG:
                send(b"H")
            elif body[0] == STALL:
                send(b"S")
            else:
                if body[0] != SILENT:
                    send(b"R", body[:-1] + bytes([body[-1] ^ 0xFF]))
                send(b"w")


def start(path, introduction=HID):
    """Listens at `path` in a thread; close the socket that is returned to end it."""
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen(4)
    threading.Thread(target=lambda: serve(listener, introduction), daemon=True).start()
    return listener


def serve(listener, introduction):
    while True:
        try:
            serve_host(listener.accept()[0], introduction)
        except (BrokenPipeError, ConnectionResetError):
            continue
        except OSError:
            return  # the listener was closed


if __name__ == "__main__":
    start(sys.argv[1])
    threading.Event().wait()
