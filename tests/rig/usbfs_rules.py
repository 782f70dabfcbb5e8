"""The rules of a usbfs node, asked by a plain program instead of a browser.

Run in a rig by test_run.py, which gives the path of the control socket in CALOCK_RIG_INSIDE.
"""

import ctypes
import errno
import glob
import os
import select
import struct
import threading
import unittest

import control
import echo_lock
import usbfs
from identity import UsbIdentity

CONTROL = os.environ["CALOCK_RIG_INSIDE"]
ENTRY, EXIT = 0x81, 0x01
URB_SIZE = 56  # struct usbdevfs_urb
IDENTITY = UsbIdentity(face="ccid", vendor=0x1209, product=2)

_libc = ctypes.CDLL(None, use_errno=True)
_libc.ioctl.argtypes = [ctypes.c_int, ctypes.c_ulong, ctypes.c_void_p]


def ioctl(file, number, address=None, size=0, direction=0):
    """ioctl(2) with the caller's own address; that of fcntl.ioctl is of a copy."""
    if _libc.ioctl(file, direction << 30 | size << 16 | ord("U") << 8 | number, address) < 0:
        raise OSError(ctypes.get_errno(), f"ioctl {number}")


class Transfer:
    """One URB and its buffer, in this process's memory."""

    def __init__(self, kind, endpoint, content):
        self.buffer = ctypes.create_string_buffer(content, len(content))
        self.urb = ctypes.create_string_buffer(URB_SIZE)
        usbfs.URB.pack_into(self.urb, 0, kind, endpoint, 0, 0, ctypes.addressof(self.buffer), len(content), 0)

    @property
    def status(self):
        return -struct.unpack_from("<i", self.urb, usbfs.URB_STATUS)[0]

    @property
    def data(self):
        return self.buffer.raw[: struct.unpack_from("<i", self.urb, usbfs.URB_ACTUAL)[0]]


class Usbfs(unittest.TestCase):
    """The node is in /dev, and an echo lock is behind it."""

    def setUp(self):
        self.order("plug")
        [self.path] = glob.glob(f"/dev/{os.environ['CALOCK_RIG']}/usb*")
        self.file = self.open()

    def tearDown(self):
        self.order("unplug")

    def order(self, line):
        self.assertTrue(control.send(CONTROL, line)["ok"], line)

    def open(self):
        file = os.open(self.path, os.O_RDWR)
        self.addCleanup(lambda: os.close(file))
        return file

    def call(self, number, content, file=None, direction=2):
        """An ioctl that takes a structure by its address; `content` as bytes or one u32."""
        content = struct.pack("<I", content) if isinstance(content, int) else content
        memory = ctypes.create_string_buffer(content, len(content))
        ioctl(self.file if file is None else file, number, ctypes.addressof(memory), len(content), direction)
        return memory.raw

    def submit(self, kind, endpoint, content, file=None):
        transfer = Transfer(kind, endpoint, content)
        urb = ctypes.addressof(transfer.urb)
        ioctl(self.file if file is None else file, usbfs.SUBMIT, urb, URB_SIZE, 2)
        return transfer

    def reap(self, transfer, number=usbfs.REAP):
        """Takes back a transfer, which must be this one; returns its status."""
        address = ctypes.create_string_buffer(8)
        ioctl(self.file, number, ctypes.addressof(address), 8, 1)
        self.assertEqual(struct.unpack("<Q", address)[0], ctypes.addressof(transfer.urb))
        return transfer.status

    def send(self, data):
        transfer = self.submit(usbfs.BULK_TRANSFER, EXIT, data)
        return self.reap(transfer)

    def receive(self, length):
        transfer = self.submit(usbfs.BULK_TRANSFER, ENTRY, bytes(length))
        return self.reap(transfer), transfer.data

    def control(self, kind, request, value, index, length, payload=b""):
        setup = struct.pack("<BBHHH", kind, request, value, index, length)
        transfer = self.submit(usbfs.CONTROL_TRANSFER, 0, setup + payload.ljust(length, b"\0"))
        status = self.reap(transfer)
        return status, transfer.buffer.raw[8 : 8 + len(transfer.data)]

    def expect_error(self, number, function, *arguments):
        with self.assertRaises(OSError) as caught:
            function(*arguments)
        self.assertEqual(errno.errorcode[caught.exception.errno], errno.errorcode[number])

    def events(self, file):
        poller = select.poll()
        poller.register(file, select.POLLIN | select.POLLOUT)
        return dict(poller.poll(0)).get(file, 0)

    def test_reading_gives_the_descriptors(self):
        wanted = IDENTITY.device_descriptor + IDENTITY.configuration_descriptor
        self.assertEqual(os.read(self.file, 10) + os.read(self.file, 500), wanted)
        self.assertEqual(os.read(self.file, 10), b"")

    def test_a_message_and_its_answer(self):
        self.call(usbfs.CLAIM, 0)
        self.assertEqual(self.send(b"hello"), 0)
        self.assertEqual(self.receive(64), (0, b"hell" + bytes([ord("o") ^ 0xFF])))

    def test_an_answer_is_kept_until_it_is_asked_for_and_a_question_waits(self):
        self.send(b"one")
        self.send(b"two")
        self.assertEqual([self.receive(64)[1][:2], self.receive(64)[1][:2]], [b"on", b"tw"])
        waiting = self.submit(usbfs.BULK_TRANSFER, ENTRY, bytes(64))
        self.assertEqual(self.events(self.file), 0)
        self.expect_error(errno.EAGAIN, self.reap, waiting, usbfs.REAP_NOW)
        sending = self.submit(usbfs.BULK_TRANSFER, EXIT, b"three")
        self.assertEqual((self.reap(waiting), self.reap(sending)), (0, 0))
        self.assertEqual(waiting.data[:4], b"thre")

    def test_something_to_reap_is_seen_by_poll(self):
        transfer = self.submit(usbfs.BULK_TRANSFER, EXIT, b"x")
        self.assertTrue(select.select([], [self.file], [], 2)[1])
        self.reap(transfer)
        self.assertEqual(self.events(self.file), 0)

    def test_babble_and_full_packets(self):
        self.send(bytes(100))
        self.assertEqual(self.receive(10), (errno.EOVERFLOW, bytes(10)))
        self.send(bytes(100))
        self.assertEqual([len(self.receive(64)[1]), len(self.receive(64)[1])], [64, 36])
        self.send(bytes(128))
        self.assertEqual([len(self.receive(128)[1]), len(self.receive(128)[1])], [128, 0])  # ends with an empty packet

    def test_long_messages(self):
        message = bytes(range(256)) * 250
        self.send(message)
        status, answer = self.receive(65536)
        self.assertEqual((status, answer[:-1]), (0, message[:-1]))

    def test_a_stall_holds_until_it_is_cleared(self):
        self.assertEqual(self.send(bytes([echo_lock.STALL])), errno.EPIPE)
        self.assertEqual(self.send(b"x"), errno.EPIPE)
        self.call(usbfs.CLEAR_HALT, EXIT)
        self.assertEqual(self.send(b"again"), 0)
        self.assertEqual(self.receive(64)[0], 0)

    def test_a_halt_that_the_host_sets(self):
        waiting = self.submit(usbfs.BULK_TRANSFER, ENTRY, bytes(64))
        halting = self.submit(usbfs.CONTROL_TRANSFER, 0, struct.pack("<BBHHH", 2, 3, 0, ENTRY, 0))
        self.assertEqual((self.reap(waiting), self.reap(halting)), (errno.EPIPE, 0))
        self.assertEqual(self.receive(64)[0], errno.EPIPE)
        self.assertEqual(self.control(0x82, 0, 0, ENTRY, 2), (0, b"\1\0"))
        self.call(usbfs.CLEAR_HALT, ENTRY)
        self.assertEqual(self.control(0x82, 0, 0, ENTRY, 2), (0, b"\0\0"))
        self.send(b"again")
        self.assertEqual(self.receive(64)[0], 0)

    def test_a_transfer_that_hangs_is_discarded(self):
        hanging = self.submit(usbfs.BULK_TRANSFER, EXIT, bytes([echo_lock.HANG]))
        self.expect_error(errno.EAGAIN, self.reap, hanging, usbfs.REAP_NOW)
        discard = ioctl, self.file, usbfs.DISCARD, ctypes.addressof(hanging.urb)
        discard[0](*discard[1:])
        self.assertEqual(self.reap(hanging), errno.ENOENT)
        self.expect_error(errno.EINVAL, *discard)

    def test_control_requests(self):
        self.assertEqual(self.control(0x80, 6, 0x0100, 0, 18), (0, IDENTITY.device_descriptor))
        self.assertEqual(self.control(0x80, 6, 0x0200, 0, 9), (0, IDENTITY.configuration_descriptor[:9]))
        self.assertEqual(self.control(0x80, 6, 0x0300, 0, 255), (0, b"\x04\x03\x09\x04"))
        self.assertEqual(self.control(0x80, 6, 0x0302, 0x409, 4)[1][1], 3)
        self.assertEqual(self.control(0x80, 6, 0x0303, 0x409, 255)[0], errno.EPIPE)  # it has no serial number
        self.assertEqual(self.control(0xC0, 1, 0, 0, 8)[0], errno.EPIPE)
        self.assertEqual(self.control(0x40, 1, 0, 0, 2, b"xy")[0], errno.EPIPE)
        self.expect_error(errno.EINVAL, self.submit, usbfs.CONTROL_TRANSFER, 0, b"\x80\x06\x00\x01\x00\x00\x12\x00")
        self.expect_error(errno.ENOENT, self.control, 0x82, 0, 0, 0x85, 2)

    def test_an_interface_belongs_to_one_file(self):
        other = self.open()
        self.call(usbfs.CLAIM, 0)
        self.call(usbfs.CLAIM, 0)
        self.expect_error(errno.EBUSY, self.call, usbfs.CLAIM, 0, other)
        self.expect_error(errno.EBUSY, self.submit, usbfs.BULK_TRANSFER, EXIT, b"x", other)
        self.expect_error(errno.ENOENT, self.call, usbfs.CLAIM, 1)
        self.expect_error(errno.EBUSY, self.call, usbfs.SET_CONFIGURATION_CALL, 1)
        self.call(usbfs.RELEASE, 0)
        self.expect_error(errno.EINVAL, self.call, usbfs.RELEASE, 0)
        self.call(usbfs.SET_CONFIGURATION_CALL, 1)
        self.call(usbfs.CLAIM, 0, other)

    def test_the_interface_is_given_up_with_the_file(self):
        other = os.open(self.path, os.O_RDWR)
        self.call(usbfs.CLAIM, 0, other)
        os.close(other)
        self.call(usbfs.CLAIM, 0)

    def test_giving_up_an_interface_ends_its_transfers(self):
        waiting = self.submit(usbfs.BULK_TRANSFER, ENTRY, bytes(64))
        self.call(usbfs.RELEASE, 0)
        self.assertEqual(self.reap(waiting), errno.ENOENT)

    def test_alternates_and_endpoints_that_are_not_there(self):
        self.call(usbfs.SET_INTERFACE_CALL, struct.pack("<II", 0, 0))
        self.expect_error(errno.EPIPE, self.call, usbfs.SET_INTERFACE_CALL, struct.pack("<II", 0, 1))
        self.expect_error(errno.ENOENT, self.submit, usbfs.BULK_TRANSFER, 0x83, b"x")
        self.expect_error(errno.EINVAL, self.submit, 0, ENTRY, bytes(64))  # isochronous
        self.expect_error(errno.ENOTTY, self.call, 99, 0)

    def test_a_reset_takes_the_interfaces(self):
        self.call(usbfs.CLAIM, 0)
        ioctl(self.file, usbfs.RESET)
        self.expect_error(errno.EINVAL, self.call, usbfs.RELEASE, 0)

    def test_a_lock_that_is_taken_or_does_not_open(self):
        for fault, error in (("open-taken", errno.EBUSY), ("open-fails", errno.EIO)):
            self.order(f"fault {fault}")
            self.expect_error(error, self.call, usbfs.CLAIM, 0)
        self.call(usbfs.CLAIM, 0)

    def test_capabilities_and_driver(self):
        self.assertEqual(self.call(usbfs.CAPABILITIES, 0), struct.pack("<I", 0x15))
        self.expect_error(errno.ENODATA, self.call, usbfs.GET_DRIVER, bytes(260), None, 1)
        self.call(usbfs.CLAIM, 0)
        self.assertEqual(self.call(usbfs.GET_DRIVER, bytes(260), None, 1)[4:10], b"usbfs\0")

    def test_after_unplugging(self):
        waiting = self.submit(usbfs.BULK_TRANSFER, ENTRY, bytes(64))
        threading.Timer(0.2, self.order, ["unplug"]).start()
        self.assertEqual(self.reap(waiting), errno.ESHUTDOWN)
        self.assertTrue(self.events(self.file) & select.POLLHUP)
        self.expect_error(errno.ENODEV, self.reap, waiting)
        self.expect_error(errno.ENODEV, self.call, usbfs.CLAIM, 0)
        self.expect_error(errno.ENODEV, os.read, self.file, 18)
        self.assertFalse(os.path.exists(self.path))

    def test_unplugging_ends_a_blocked_reap(self):
        threading.Timer(0.2, self.order, ["unplug"]).start()
        self.expect_error(errno.ENODEV, self.reap, None)
