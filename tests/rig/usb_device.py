"""The USB device that a lock makes of itself: control requests, and bulk transfers that carry the lock's messages.

Source: USB 2.0, 8.5 (transfers), 9.4 (standard requests). Statuses of transfers are those of Linux (Documentation/driver-api/usb/
error-codes.rst) as positive error numbers: EPIPE stall, EOVERFLOW babble.
"""

import errno
import struct
from collections import deque

from identity import HID_CLASS, PACKET

# bRequest of standard requests (USB 2.0, table 9-4).
GET_STATUS, CLEAR_FEATURE, SET_FEATURE, GET_DESCRIPTOR = 0, 1, 3, 6
GET_CONFIGURATION, SET_CONFIGURATION, GET_INTERFACE, SET_INTERFACE = 8, 9, 10, 11
DEVICE, CONFIGURATION, STRING, REPORT = 1, 2, 3, 0x22  # descriptor types
TO_DEVICE, TO_INTERFACE, TO_ENDPOINT = 0, 1, 2  # recipient, the low bits of bmRequestType
SETUP = struct.Struct("<BBHHH")  # bmRequestType bRequest wValue wIndex wLength

STALL = None


class UsbDevice:
    """`identity`: identity.UsbIdentity. `transmit(data, done)`: sends one bulk-OUT transfer to the lock."""

    def __init__(self, identity, transmit):
        self.identity = identity
        self._transmit = transmit
        self._entry, self._exit = (each[0] for each in identity.interfaces[0].endpoints[:2])
        self._carries_messages = identity.face == "ccid"
        self._halted = set()  # endpoint addresses
        self._arrived = deque()  # what the lock sent and nobody took yet
        self._waiting = []  # [length, done] of bulk-IN transfers, oldest first

    def control(self, setup, data):
        """The data of a request to read, b"" of any other, or STALL. `setup`: its 8 bytes; `data`: of a request to write."""
        kind, request, value, index, length = SETUP.unpack(setup)
        if kind & 0x60:  # class and vendor requests: this lock has none
            return STALL
        recipient = kind & 0x1F
        if request == GET_DESCRIPTOR:
            found = self._descriptor(value >> 8, value & 0xFF, recipient, index)
            return STALL if found is None else found[:length]
        if request == GET_STATUS:
            return struct.pack("<H", 1 if recipient == TO_ENDPOINT and index in self._halted else 0)[:length]
        if request == CLEAR_FEATURE and recipient == TO_ENDPOINT:
            self._halted.discard(index)
            return b""
        if request == SET_FEATURE and recipient == TO_ENDPOINT:
            self._halt(index)
            return b""
        if request == GET_CONFIGURATION:
            return b"\x01"[:length]
        if request == SET_CONFIGURATION:
            self._halted.clear()
            return b"" if value in (0, 1) else STALL
        if recipient == TO_INTERFACE and index < len(self.identity.classes):
            if request == GET_INTERFACE:
                return b"\0"[:length]
            if request == SET_INTERFACE and value == 0:
                return b""
        return STALL

    def write(self, endpoint, data, done):
        """A bulk-OUT transfer. `done(status)`; where nobody listens, or the lock hangs, never: such an endpoint answers NAK."""
        if endpoint in self._halted:
            done(errno.EPIPE)
        elif endpoint == self._exit and self._carries_messages:
            if data:
                self._transmit(data, done)
            else:
                done(0)

    def read(self, endpoint, length, done):
        """A bulk-IN transfer of at most `length` bytes. `done(status, data)`."""
        if endpoint in self._halted:
            done(errno.EPIPE, b"")
        elif endpoint == self._entry and self._carries_messages:
            self._waiting.append((length, done))
            self._deliver()

    def forget(self, done):
        """The transfer that was given this function is not waited for any more."""
        self._waiting = [entry for entry in self._waiting if entry[1] is not done]

    # What the lock does, told by lock.LockConnection.

    def receive(self, message):
        self._arrived.append(message)
        self._deliver()

    def stall(self, done):
        self._halt(self._exit)
        done(errno.EPIPE)

    def hang(self, done):
        """NAK until the host gives up."""

    def _halt(self, endpoint):
        self._halted.add(endpoint)
        if endpoint == self._entry:
            waiting, self._waiting = self._waiting, []
            for _, done in waiting:
                done(errno.EPIPE, b"")

    def _deliver(self):
        while self._waiting and self._arrived:
            length, done = self._waiting.pop(0)
            message = self._arrived.popleft()
            # A message ends with a packet that is not full, which may be an empty one. A transfer that is full before, at the
            # border of a packet, leaves the rest to the next; within a packet that is babble, and the rest is lost.
            if len(message) < length or (len(message) == length and length % PACKET):
                done(0, message)
            elif length % PACKET == 0:
                self._arrived.appendleft(message[length:])
                done(0, message[:length])
            else:
                done(errno.EOVERFLOW, message[:length])

    def _descriptor(self, kind, index, recipient, interface):
        if kind == DEVICE:
            return self.identity.device_descriptor
        if kind == CONFIGURATION and index == 0:
            return self.identity.configuration_descriptor
        if kind == STRING:
            return self.identity.string_descriptor(index)
        if kind == REPORT and recipient == TO_INTERFACE and interface == 0 and self.identity.classes[0] == HID_CLASS:
            return self.identity.report_descriptor
        return None
