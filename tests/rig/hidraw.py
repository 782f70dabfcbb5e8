"""A hidraw node as the kernel makes it.

Source: Linux uapi linux/hidraw.h for the ioctls; drivers/hid/hidraw.c and drivers/hid/usbhid/hid-core.c for behaviour:
- every open file has its own queue of input reports; a full queue (63) drops the newest;
- nothing is kept for a device that nobody has open;
- a report that is unknown or too short is dropped (reports.py);
- a write starts with the report id, which is 0 and not sent when reports are not numbered; fewer than 2 bytes: EINVAL;
  it ends when the device took the report, or after 5 s with ETIMEDOUT;
- the first who opens the node opens the device;
- after unplugging, what is queued can still be read, then EIO; writes and ioctls ENODEV; poll ERR and HUP.
"""

import errno
import select
import struct
from collections import deque

import fuse
from identity import PACKET
from reports import InputReports

QUEUE_LENGTH = 63  # a ring of HIDRAW_BUFFER_SIZE = 64 entries, one always empty
MAX_REPORT = 16384  # HID_MAX_BUFFER_SIZE
WRITE_LIMIT = 5.0  # seconds, USB_CTRL_SET_TIMEOUT
BUS_USB = 3  # linux/input.h

# Numbers of the 'H' ioctls.
GET_DESCRIPTOR_SIZE, GET_DESCRIPTOR, GET_INFO, GET_NAME, GET_PHYSICAL = 1, 2, 3, 4, 5
SET_FEATURE, GET_FEATURE, GET_UNIQUE = 6, 7, 8
SET_INPUT, GET_INPUT, SET_OUTPUT, GET_OUTPUT = 9, 10, 11, 12


class HidrawNode(fuse.Node):
    """`identity`: identity.UsbIdentity. `physical`: the HID_PHYS text. `lock`: lock.LockConnection. `later(seconds, function)`:
    the owner's clock."""

    def __init__(self, identity, physical, lock, later):
        super().__init__()
        self._identity = identity
        self._physical = physical
        self._lock = lock
        self._later = later
        self._writing = {}  # unique of a request -> what ends it
        self._input = InputReports.of(identity.report_descriptor)
        self._queues = {}  # handle -> deque of reports
        self._waiting = []  # (request, handle, size) of blocked reads, oldest first

    @property
    def readers(self):
        return len(self._queues)

    def receive(self, report):
        """An input report from the device."""
        if not self._input.accepts(report):
            return
        for queue in self._queues.values():
            if len(queue) < QUEUE_LENGTH:
                queue.append(report)
        self._answer_waiting()
        self.changed()

    def stall(self, done):
        done(errno.EPIPE)

    def hang(self, done):
        self._later(WRITE_LIMIT, lambda: done(errno.ETIMEDOUT))

    def unplug(self):
        super().unplug()
        for request, _, _ in self._waiting:
            request.fail(errno.EIO)
        self._waiting.clear()
        self.changed()

    def open(self, request, handle):
        if self.gone:
            return request.fail(errno.ENODEV)

        def opened(error):
            if error:
                return request.fail(error)
            self._queues[handle] = deque()
            request.opened(handle)

        self._lock.use(opened)

    def release(self, handle):
        del self._queues[handle]
        self._waiting = [entry for entry in self._waiting if entry[1] != handle]
        if not self.gone:
            self._lock.leave()

    def read(self, request, handle, size, nonblocking):
        queue = self._queues[handle]
        if queue:
            request.reply(queue.popleft()[:size])
        elif self.gone:
            request.fail(errno.EIO)
        elif nonblocking:
            request.fail(errno.EAGAIN)
        else:
            self._waiting.append((request, handle, size))

    def write(self, request, handle, data):
        if self.gone:
            return request.fail(errno.ENODEV)
        if not 2 <= len(data) <= MAX_REPORT:
            return request.fail(errno.EINVAL)
        report = data[1:] if data[0] == 0 else data

        def done(error):
            if self._writing.pop(request.unique, None):  # else it was interrupted
                request.fail(error) if error else request.wrote(len(data))

        self._writing[request.unique] = done
        self._lock.write(report.ljust(PACKET, b"\0"), done)

    def poll(self, handle):
        mask = select.EPOLLOUT | select.EPOLLWRNORM
        if self._queues.get(handle):
            mask |= select.EPOLLIN | select.EPOLLRDNORM
        if self.gone:
            mask |= select.EPOLLERR | select.EPOLLHUP
        return mask

    def interrupted(self, unique):
        if unique in self._writing:
            self._writing[unique](errno.EINTR)
        for entry in self._waiting:
            if entry[0].unique == unique:
                self._waiting.remove(entry)
                entry[0].fail(errno.EINTR)
                return

    def ioctl(self, request, handle, command, argument, data):
        if self.gone:
            return request.fail(errno.ENODEV)
        kind, number, size = command >> 8 & 0xFF, command & 0xFF, command >> 16 & 0x3FFF
        if kind != ord("H"):
            return request.fail(errno.EINVAL)
        descriptor = self._identity.report_descriptor
        texts = {GET_NAME: self._identity.name, GET_PHYSICAL: self._physical, GET_UNIQUE: self._identity.serial}
        if number == GET_DESCRIPTOR_SIZE:
            request.controlled(0, struct.pack("<i", len(descriptor)))
        elif number == GET_DESCRIPTOR:
            # struct hidraw_report_descriptor. Its size field is an input that this ioctl's direction does not carry.
            request.controlled(0, struct.pack("<I", len(descriptor)) + descriptor)
        elif number == GET_INFO:
            request.controlled(0, struct.pack("<IHH", BUS_USB, self._identity.vendor, self._identity.product))
        elif number in texts:
            text = (texts[number].encode() + b"\0")[:size]
            request.controlled(len(text), text)
        elif SET_FEATURE <= number <= GET_OUTPUT:
            request.fail(errno.EPIPE)  # GET_REPORT and SET_REPORT on the control pipe: this device stalls them
        else:
            request.fail(errno.ENOTTY)

    def _answer_waiting(self):
        still_waiting = []
        for request, handle, size in self._waiting:
            if self._queues[handle]:
                request.reply(self._queues[handle].popleft()[:size])
            else:
                still_waiting.append((request, handle, size))
        self._waiting = still_waiting
