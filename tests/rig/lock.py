"""The lock as the rig knows it: a USB identity, and a Unix stream socket at which the native virtual lock listens.

The stream carries HID reports of exactly 64 raw bytes, both ways, with no other framing. The lock closing its side
means that it was pulled out.
"""

import errno
import socket
import struct
import time
from dataclasses import dataclass

REPORT_LENGTH = 64

# Longmai GM3000, as read from a real one: device and report descriptor byte for byte (the string texts are ours).
GM3000_DEVICE_DESCRIPTOR = bytes.fromhex("12 01 10 01 00 00 00 40 5C 05 18 E6 00 01 01 02 00 01")
GM3000_REPORT_DESCRIPTOR = bytes.fromhex(
    "06 A0 FF 09 01 A1 01"  # usage page FFA0, usage 1, application collection
    "06 A1 FF 09 03 15 00 25 FF 75 08 95 40 81 02"  # usage page FFA1, usage 3: 64 bytes in
    "09 04 15 00 25 FF 75 08 95 40 91 02 C0"  # usage 4: 64 bytes out
)
SERIAL_INDEX_OFFSET = 16  # iSerialNumber in the device descriptor (USB 2.0, 9.6.1)


@dataclass(frozen=True)
class UsbIdentity:
    """What the host reads from a device with one HID interface that has an interrupt endpoint each way."""

    manufacturer: str = "Longmai"
    product_name: str = "GM3000 (virtual)"
    serial: str = ""  # a real GM3000 has no serial number string
    base_descriptor: bytes = GM3000_DEVICE_DESCRIPTOR
    report_descriptor: bytes = GM3000_REPORT_DESCRIPTOR

    @property
    def device_descriptor(self):
        descriptor = bytearray(self.base_descriptor)
        descriptor[SERIAL_INDEX_OFFSET] = 3 if self.serial else 0
        return bytes(descriptor)

    @property
    def configuration_descriptor(self):
        """USB 2.0, 9.6.3 to 9.6.6, with the HID descriptor of HID 1.11, 6.2.1."""
        interface = struct.pack("<9B", 9, 4, 0, 0, 2, 3, 0, 0, 0)
        hid = struct.pack("<BBHBBBH", 9, 0x21, 0x0110, 0, 1, 0x22, len(self.report_descriptor))
        endpoints = b"".join(struct.pack("<BBBBHB", 7, 5, address, 3, REPORT_LENGTH, 1) for address in (0x81, 0x01))
        body = interface + hid + endpoints
        return struct.pack("<BBHBBBBB", 9, 2, 9 + len(body), 1, 1, 0, 0x80, 50) + body

    @property
    def usb_version(self):
        return struct.unpack_from("<H", self.base_descriptor, 2)[0]

    @property
    def vendor(self):
        return struct.unpack_from("<H", self.base_descriptor, 8)[0]

    @property
    def product(self):
        return struct.unpack_from("<H", self.base_descriptor, 10)[0]

    @property
    def release(self):
        return struct.unpack_from("<H", self.base_descriptor, 12)[0]

    @property
    def name(self):
        """HID_NAME, as usbhid puts it together."""
        return f"{self.manufacturer} {self.product_name}"


class LockConnection:
    """One plugging-in: from connecting to the lock's socket until either side closes."""

    def __init__(self, path, patience):
        """Waits up to `patience` seconds for the lock to listen. Raises OSError."""
        self._socket = _connect(path, patience)
        self._socket.setblocking(False)
        self._partial = b""

    def fileno(self):
        return self._socket.fileno()

    def close(self):
        self._socket.close()

    def transmit(self, report):
        """Sends one output report. A short one is filled with zeros and a long one goes in packets, as the stream only
        knows whole reports. A lock that takes nothing any more is a device that answers NAK: ETIMEDOUT."""
        for start in range(0, len(report), REPORT_LENGTH):
            packet = report[start : start + REPORT_LENGTH].ljust(REPORT_LENGTH, b"\0")
            try:
                self._socket.sendall(packet)
            except BlockingIOError:
                raise OSError(errno.ETIMEDOUT, "the lock does not read") from None
            except (BrokenPipeError, ConnectionResetError):
                raise OSError(errno.EPROTO, "the lock is gone") from None

    def receive(self):
        """What arrived: a list of whole reports, or None when the lock has closed (a rest of a report is lost)."""
        try:
            data = self._socket.recv(64 * REPORT_LENGTH)
        except (BlockingIOError, InterruptedError):
            return []
        except ConnectionResetError:
            return None
        if not data:
            return None
        stream = self._partial + data
        whole = len(stream) - len(stream) % REPORT_LENGTH
        self._partial = stream[whole:]
        return [stream[start : start + REPORT_LENGTH] for start in range(0, whole, REPORT_LENGTH)]


def _connect(path, patience):
    deadline = time.monotonic() + patience
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
