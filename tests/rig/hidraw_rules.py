"""The rules of a hidraw node, asked by a plain program instead of a browser.

Run in a rig by test_run.py, which gives the path of the control socket in CALOCK_RIG_INSIDE.
"""

import errno
import fcntl
import glob
import os
import select
import struct
import threading
import time
import unittest

import control
import echo_lock
from identity import GM3000_REPORT_DESCRIPTOR

CONTROL = os.environ["CALOCK_RIG_INSIDE"]


def report(number, first=0):
    return bytes([first, *(number + index & 0xFF for index in range(63))])


def answer_to(sent):
    return sent[:63] + bytes([sent[63] ^ 0xFF])


class Hidraw(unittest.TestCase):
    """The node is in /dev, and an echo lock is behind it."""

    def setUp(self):
        self.order("plug")
        [self.path] = glob.glob(f"/dev/{os.environ['CALOCK_RIG']}/hidraw*")

    def tearDown(self):
        self.order("unplug")

    def order(self, line):
        self.assertTrue(control.send(CONTROL, line)["ok"])

    def open(self, flags=0):
        handle = os.open(self.path, os.O_RDWR | flags)
        self.addCleanup(os.close, handle)
        return handle

    def send(self, handle, sent):
        self.assertEqual(os.write(handle, b"\0" + sent), 65)

    def wait_readable(self, handle):
        poller = select.poll()
        poller.register(handle, select.POLLIN)
        self.assertTrue(poller.poll(2000), "nothing to read after 2 s")

    def expect_error(self, number, function, *arguments):
        with self.assertRaises(OSError) as caught:
            function(*arguments)
        self.assertEqual(errno.errorcode[caught.exception.errno], errno.errorcode[number])

    def test_a_reader_waits_for_the_answer(self):
        handle = self.open()
        self.send(handle, report(1))
        self.assertEqual(os.read(handle, 100), answer_to(report(1)))

    def test_nonblocking_read_without_a_report(self):
        self.expect_error(errno.EAGAIN, os.read, self.open(os.O_NONBLOCK), 64)

    def test_every_reader_gets_its_own_copy(self):
        first, second = self.open(), self.open()
        self.send(first, report(2))
        self.assertEqual(os.read(first, 64), answer_to(report(2)))
        self.assertEqual(os.read(second, 64), answer_to(report(2)))

    def test_a_later_reader_gets_nothing_of_before(self):
        first = self.open()
        self.send(first, report(3))
        self.wait_readable(first)
        self.expect_error(errno.EAGAIN, os.read, self.open(os.O_NONBLOCK), 64)

    def test_a_small_read_cuts_the_report(self):
        handle = self.open()
        self.send(handle, report(4))
        self.send(handle, report(5))
        self.assertEqual(os.read(handle, 10), answer_to(report(4))[:10])
        self.assertEqual(os.read(handle, 64), answer_to(report(5)))

    def test_a_full_queue_drops_the_newest(self):
        handle, other = self.open(os.O_NONBLOCK), self.open()
        for number in range(70):
            self.send(handle, report(number))
            os.read(other, 64)
        kept = []
        while select.select([handle], [], [], 0)[0]:
            kept.append(os.read(handle, 64))
        self.assertEqual(kept, [answer_to(report(number)) for number in range(63)])

    def test_a_short_write_is_filled_with_zeros(self):
        handle = self.open()
        self.assertEqual(os.write(handle, b"\0\x05\x06"), 3)
        self.assertEqual(os.read(handle, 64), answer_to(b"\x05\x06" + bytes(62)))

    def test_a_write_of_one_byte_is_refused(self):
        self.expect_error(errno.EINVAL, os.write, self.open(), b"\0")

    def test_ioctls(self):
        handle = self.open()
        read = lambda number, size: fcntl.ioctl(handle, 2 << 30 | size << 16 | ord("H") << 8 | number, bytes(size))
        length = len(GM3000_REPORT_DESCRIPTOR)
        self.assertEqual(read(1, 4), struct.pack("<i", length))
        self.assertEqual(fcntl.ioctl(handle, 0x90044802, bytearray(struct.pack("<I", 4096) + bytes(4096))), 0)
        self.assertEqual(read(3, 8), struct.pack("<IHH", 3, 0x055C, 0xE618))
        self.assertEqual(read(4, 64).rstrip(b"\0"), b"Longmai GM3000 (virtual)")
        self.expect_error(errno.ENOTTY, read, 60, 4)
        self.expect_error(errno.EPIPE, fcntl.ioctl, handle, 3 << 30 | 9 << 16 | ord("H") << 8 | 7, bytes(9))  # GFEATURE

    def test_a_report_that_stalls(self):
        self.expect_error(errno.EPIPE, os.write, self.open(), b"\0" + report(1, echo_lock.STALL))

    def test_a_report_that_is_never_taken(self):
        start = time.monotonic()
        self.expect_error(errno.ETIMEDOUT, os.write, self.open(), b"\0" + report(1, echo_lock.HANG))
        self.assertLess(abs(time.monotonic() - start - 5), 0.5)

    def test_a_lock_that_is_taken_or_does_not_open(self):
        for fault, error in (("open-taken", errno.EBUSY), ("open-fails", errno.EIO)):
            self.order(f"fault {fault}")
            self.expect_error(error, self.open)
        self.open()

    def test_a_lock_that_does_not_answer(self):
        handle = self.open(os.O_NONBLOCK)
        self.send(handle, report(6, echo_lock.SILENT))
        self.assertEqual(select.select([handle], [], [], 0.2)[0], [])

    def test_after_unplugging(self):
        handle, other = self.open(), self.open()
        self.send(handle, report(7))
        os.read(other, 64)
        self.order("unplug")
        [(_, events)] = self.poll_all(handle)
        self.assertTrue(events & select.POLLHUP and events & select.POLLERR)
        self.assertEqual(os.read(handle, 64), answer_to(report(7)))  # what had arrived can still be read
        self.expect_error(errno.EIO, os.read, handle, 64)
        self.expect_error(errno.ENODEV, os.write, handle, b"\0" + report(8))
        self.expect_error(errno.ENODEV, fcntl.ioctl, handle, 0x80044801, bytes(4))
        self.assertFalse(os.path.exists(self.path))
        self.order("plug")
        self.expect_error(errno.EIO, os.read, handle, 64)  # the device that came is another one

    def test_unplugging_ends_a_waiting_read(self):
        handle = self.open()
        threading.Timer(0.2, self.order, ["unplug"]).start()
        self.expect_error(errno.EIO, os.read, handle, 64)

    def test_unplugging_wakes_a_poller(self):
        handle = self.open()
        threading.Timer(0.2, self.order, ["unplug"]).start()
        poller = select.poll()
        poller.register(handle, select.POLLIN)
        self.assertTrue(poller.poll(3000))

    def test_a_signal_ends_a_waiting_read(self):
        handle = self.open()
        child = os.fork()
        if child == 0:
            os.read(handle, 64)
            os._exit(0)
        time.sleep(0.2)
        os.kill(child, 15)
        self.assertEqual(os.waitpid(child, 0)[1], 15)
        self.send(handle, report(9))  # the report is not lost to the reader that is gone
        self.assertEqual(os.read(handle, 64), answer_to(report(9)))

    def poll_all(self, handle):
        poller = select.poll()
        poller.register(handle, select.POLLIN | select.POLLOUT)
        return poller.poll(2000)
