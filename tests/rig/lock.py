"""The lock as the rig reaches it: a Unix stream socket at which the native virtual lock listens.

Messages go both ways, each a kind byte, a length as u32 big-endian, and that many bytes:
    lock to host  I  who it is, JSON; the first message of a connection
                  o  1 byte, the answer to O: 0 opened, 1 fails, 2 taken by another program
                  R  one input report, or one bulk-IN transfer
                  w  the last W is done        H  the last W never completes        S  the last W stalled
    host to lock  O  open     C  close     W  one output report, or one bulk-OUT transfer
                  F  a fault to inject, as text               f  no fault any more
A connection is one time of being plugged in; the lock closing its side means that it was pulled out.
"""

import errno
import json
import socket
import struct
import time
from collections import deque

from identity import UsbIdentity, class_descriptor

HEADER = struct.Struct(">cI")
LONGEST = 1 << 20  # more than this is no message
SEND_LIMIT = 1.0  # seconds for the lock to take a message; the browser's device files stand still meanwhile
REFUSALS = {1: errno.EIO, 2: errno.EBUSY}


class LockConnection:
    """One plugging-in: from connecting to the lock's socket until either side closes.

    `done` functions get 0 or an error number, exactly once, unless a W hangs: then never."""

    ENDS = {
        b"w": lambda _, done: done(0),
        b"H": lambda device, done: device.hang(done),
        b"S": lambda device, done: device.stall(done),
    }

    def __init__(self, path, patience):
        """Waits up to `patience` seconds for the lock to listen and to say who it is. Raises OSError."""
        deadline = time.monotonic() + patience
        self._socket = _connect(path, deadline)
        self._stream = b""
        self._users = 0
        self._opened = False
        self._opening = []  # done functions of those who wait for the answer to O
        self._writing = deque()  # done functions of each W that has no answer yet
        self.introduction = self._introduced(path, deadline)

    def identity(self, serial="", classes=()):
        """What the lock said of itself; `serial` and `classes` stand in for what it did not."""
        said = self.introduction
        return UsbIdentity(
            face=said["face"],
            vendor=said["vendor"],
            product=said["product"],
            manufacturer=said["manufacturer"],
            product_name=said["productName"],
            serial=serial or said.get("serial") or "",
            classes=tuple(classes),
            reader=class_descriptor(bytes.fromhex(said.get("configuration") or "")),
        )

    def fileno(self):
        return self._socket.fileno()

    def close(self):
        """Plugs the lock out; what still waits ends with ENODEV."""
        self._socket.close()
        waiting, self._opening = self._opening + list(self._writing), []
        self._writing.clear()
        for done in waiting:
            done(errno.ENODEV)

    def use(self, done):
        """Opens the lock for the first of its users."""
        self._users += 1
        if self._opened:
            return done(0)
        self._opening.append(done)
        if len(self._opening) == 1:
            self._send(b"O")

    def leave(self):
        """The counterpart of a `use` that was done with 0."""
        self._users -= 1
        if self._users == 0 and self._opened:
            self._opened = False
            self._send(b"C")

    def write(self, data, done):
        self._writing.append(done)
        self._send(b"W", data)

    def inject(self, fault):
        self._send(b"F", fault.encode())

    def clear_faults(self):
        self._send(b"f")

    def receive(self, device):
        """Handles what arrived, telling `device` by its methods `receive`, `stall` and `hang`. False when the lock is gone."""
        try:
            data = self._socket.recv(1 << 16, socket.MSG_DONTWAIT)
        except (BlockingIOError, InterruptedError):
            return True
        except ConnectionResetError:
            return False
        self._stream += data
        while (message := self._message()) is not None:
            self._handle(*message, device)
        return bool(data)

    def _handle(self, kind, body, device):
        if kind == b"R":
            device.receive(body)
        elif kind == b"o":
            self._answered(REFUSALS.get(body[0], 0))
        elif kind in self.ENDS and self._writing:
            self.ENDS[kind](device, self._writing.popleft())

    def _answered(self, error):
        self._opened = not error
        waiting, self._opening = self._opening, []
        if error:
            self._users -= len(waiting)
        for done in waiting:
            done(error)

    def _message(self):
        """The next whole message of the stream as (kind, body), or None."""
        if len(self._stream) < HEADER.size:
            return None
        kind, length = HEADER.unpack_from(self._stream)
        if length > LONGEST:
            raise ValueError(f"a message of {length} bytes from the lock")
        end = HEADER.size + length
        if len(self._stream) < end:
            return None
        body, self._stream = self._stream[HEADER.size : end], self._stream[end:]
        return kind, body

    def _send(self, kind, body=b""):
        """A lock that is gone is found by `receive`."""
        try:
            self._socket.sendall(HEADER.pack(kind, len(body)) + body)
        except OSError:
            pass

    def _introduced(self, path, deadline):
        while (message := self._message()) is None:
            self._socket.settimeout(max(0.1, deadline - time.monotonic()))
            try:
                data = self._socket.recv(4096)
            except TimeoutError:
                data = b""
            if not data:
                self._socket.close()
                raise OSError(errno.EPROTO, f"what listens at {path} does not say what lock it is")
            self._stream += data
        self._socket.settimeout(SEND_LIMIT)
        return json.loads(message[1])


def _connect(path, deadline):
    while True:
        attempt = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
        attempt.settimeout(max(0.1, deadline - time.monotonic()))
        try:
            attempt.connect(str(path))
            return attempt
        except OSError as error:
            attempt.close()
            if time.monotonic() >= deadline:
                raise OSError(error.errno, f"no lock at {path}: {error}") from error
            time.sleep(0.02)
