"""A usbfs node (/dev/bus/usb/BBB/DDD) as the kernel makes it, for programs that use URBs, as Chromium and libusb do.

Source: Linux uapi linux/usbdevice_fs.h; drivers/usb/core/devio.c for behaviour:
- reading gives the device's and the configuration's descriptors;
- an interface belongs to one open file (EBUSY); a transfer claims what it needs;
- a transfer is submitted and reaped later; poll says OUT when there is something to reap;
- giving up an interface, and a reset, end its transfers with ENOENT; unplugging ends all with ESHUTDOWN, and these can still be reaped;
- after unplugging everything else is ENODEV; poll ERR and HUP.
Not here: the synchronous CONTROL and BULK, isochronous transfers, suspending, callers with 32-bit pointers.
"""

import errno
import select
import struct
from collections import deque

import fuse
import linux
from identity import HID_CLASS
from usb_device import CLEAR_FEATURE, SET_CONFIGURATION, SET_INTERFACE, SETUP, STALL, TO_DEVICE, TO_ENDPOINT, TO_INTERFACE

# Numbers of the 'U' ioctls.
RESET_ENDPOINT, SET_INTERFACE_CALL, SET_CONFIGURATION_CALL, GET_DRIVER, SUBMIT, DISCARD, REAP, REAP_NOW = 3, 4, 5, 8, 10, 11, 12, 13
CLAIM, RELEASE, RESET, CLEAR_HALT, CAPABILITIES, DISCONNECT_CLAIM = 15, 16, 20, 21, 26, 27

CONTROL_TRANSFER, BULK_TRANSFER = 2, 3  # usbdevfs_urb.type
HALT = 0  # feature selector ENDPOINT_HALT
ZERO_PACKET, NO_PACKET_LIMIT, REAP_AFTER_DISCONNECT = 0x01, 0x04, 0x10  # USBDEVFS_CAP_*
# struct usbdevfs_urb on 64 bits: type endpoint status flags buffer buffer_length actual_length …
URB = struct.Struct("<BBxxiIxxxxQii")
URB_STATUS, URB_ACTUAL = 4, 28
LONGEST_TRANSFER = 16 << 20  # usbfs_memory_mb


class Urb:
    """A transfer between being submitted and reaped. `data`: what is written to the caller's buffer from `offset` on."""

    def __init__(self, address, buffer, interface):
        self.address = address
        self.buffer = buffer
        self.interface = interface
        self.status = self.actual = self.offset = 0
        self.data = b""
        self.done = None  # the function the device calls, by which it is told to forget a transfer


class OpenFile:
    def __init__(self):
        self.position = 0
        self.claimed = set()  # interface numbers
        self.waiting = []  # Urbs
        self.finished = deque()
        self.reapers = deque()  # (request, argument) of blocked REAP calls


class UsbfsNode(fuse.Node):
    """`device`: usb_device.UsbDevice. `lock`: is used (lock.LockConnection.use, leave) while somebody has claimed its interface."""

    def __init__(self, device, lock):
        super().__init__()
        self._device = device
        self._lock = lock
        self._files = {}  # handle -> OpenFile
        identity = device.identity
        self._interface_of = {each[0]: one.number for one in identity.interfaces for each in one.endpoints}
        self._calls = {
            SUBMIT: self._submit,
            DISCARD: self._discard,
            CLAIM: self._claim_call,
            DISCONNECT_CLAIM: self._claim_call,
            RELEASE: self._release_call,
            SET_INTERFACE_CALL: self._set_interface,
            SET_CONFIGURATION_CALL: self._set_configuration,
            CLEAR_HALT: self._clear_halt,
            RESET_ENDPOINT: self._clear_halt,
            RESET: self._reset,
            GET_DRIVER: self._get_driver,
            CAPABILITIES: self._capabilities,
        }

    @property
    def readers(self):
        return len(self._files)

    def unplug(self):
        super().unplug()
        for file in self._files.values():
            self._end(file, file.waiting, errno.ESHUTDOWN)
            while file.reapers:
                file.reapers.popleft()[0].fail(errno.ENODEV)
        self.changed()

    def open(self, request, handle):
        if self.gone:
            return request.fail(errno.ENODEV)
        self._files[handle] = OpenFile()
        request.opened(handle)

    def release(self, handle):
        file = self._files.pop(handle)
        for urb in file.waiting:
            self._device.forget(urb.done)
        for interface in list(file.claimed):
            self._give_up(file, interface)

    def read(self, request, handle, size, nonblocking):
        if self.gone:
            return request.fail(errno.ENODEV)
        file = self._files[handle]
        identity = self._device.identity
        descriptors = identity.device_descriptor + identity.configuration_descriptor
        part = descriptors[file.position : file.position + size]
        file.position += len(part)
        request.reply(part)

    def poll(self, handle):
        mask = 0
        if self._files[handle].finished:
            mask |= select.EPOLLOUT | select.EPOLLWRNORM
        if self.gone:
            mask |= select.EPOLLERR | select.EPOLLHUP
        return mask

    def interrupted(self, unique):
        for file in self._files.values():
            for entry in file.reapers:
                if entry[0].unique == unique:
                    file.reapers.remove(entry)
                    entry[0].fail(errno.EINTR)
                    return

    def ioctl(self, request, handle, command, argument, data):
        kind, number = command >> 8 & 0xFF, command & 0xFF
        file = self._files[handle]
        if kind != ord("U"):
            return request.fail(errno.ENOTTY)
        if number in (REAP, REAP_NOW):
            return self._reap(request, file, argument, number == REAP)
        if self.gone:
            return request.fail(errno.ENODEV)
        call = self._calls.get(number)
        if call is None:
            return request.fail(errno.ENOTTY)
        call(request, file, argument)

    # Transfers.

    def _submit(self, request, file, address):
        raw = linux.read_memory(request.thread_id, address, URB.size)
        kind, endpoint, _, _, buffer, length, _ = URB.unpack(raw)
        if not 0 <= length <= LONGEST_TRANSFER:
            return request.fail(errno.EINVAL)
        if kind == CONTROL_TRANSFER:
            return self._submit_control(request, file, Urb(address, buffer, None), length)
        if kind != BULK_TRANSFER:
            return request.fail(errno.EINVAL)
        interface = self._interface_of.get(endpoint)
        if interface is None:
            return request.fail(errno.ENOENT)
        urb = Urb(address, buffer, interface)
        payload = b"" if endpoint & 0x80 else linux.read_memory(request.thread_id, buffer, length)

        def start(error):
            if error:
                return request.fail(error)
            request.controlled(0)
            file.waiting.append(urb)
            if endpoint & 0x80:
                urb.done = lambda status, data: self._finish(file, urb, status, data, len(data))
                self._device.read(endpoint, length, urb.done)
            else:
                urb.done = lambda status: self._finish(file, urb, status, b"", 0 if status else length)
                self._device.write(endpoint, payload, urb.done)

        self._claim(file, interface, start)

    def _submit_control(self, request, file, urb, length):
        if length < SETUP.size:
            return request.fail(errno.EINVAL)
        content = linux.read_memory(request.thread_id, urb.buffer, length)
        setup, payload = content[: SETUP.size], content[SETUP.size :]
        kind, _, _, index, wanted = SETUP.unpack(setup)
        if len(payload) < wanted:
            return request.fail(errno.EINVAL)
        recipient = kind & 0x1F

        def start(error):
            if error:
                return request.fail(error)
            request.controlled(0)
            file.waiting.append(urb)
            answer = self._device.control(setup, payload[:wanted])
            urb.offset = SETUP.size
            if answer is STALL:
                self._finish(file, urb, errno.EPIPE, b"", 0)
            else:
                self._finish(file, urb, 0, answer, len(answer) if kind & 0x80 else wanted)

        if kind & 0x60 == 0x40 or recipient == TO_DEVICE:  # check_ctrlrecip: vendor requests are let through
            return start(0)
        interface = index & 0xFF if recipient == TO_INTERFACE else self._interface_of.get(index & 0xFF)
        if interface is None:
            return request.fail(errno.ENOENT)
        self._claim(file, interface, start)

    def _discard(self, request, file, address):
        for urb in file.waiting:
            if urb.address == address:
                self._end(file, [urb], errno.ENOENT)
                return request.controlled(0)
        request.fail(errno.EINVAL)

    def _finish(self, file, urb, status, data, actual):
        if urb not in file.waiting:
            return  # it was ended meanwhile
        file.waiting.remove(urb)
        urb.status, urb.data, urb.actual = status, data, actual
        file.finished.append(urb)
        if file.reapers:
            self._hand_over(*file.reapers.popleft(), file)
        self.changed()

    def _end(self, file, urbs, error):
        for urb in list(urbs):
            self._device.forget(urb.done)
            self._finish(file, urb, error, b"", 0)

    def _reap(self, request, file, argument, blocking):
        if file.finished:
            self._hand_over(request, argument, file)
        elif self.gone:
            request.fail(errno.ENODEV)
        elif blocking:
            file.reapers.append((request, argument))
        else:
            request.fail(errno.EAGAIN)

    def _hand_over(self, request, argument, file):
        urb = file.finished.popleft()
        caller = request.thread_id
        try:
            linux.write_memory(caller, urb.buffer + urb.offset, urb.data)
            linux.write_memory(caller, urb.address + URB_STATUS, struct.pack("<i", -urb.status))
            linux.write_memory(caller, urb.address + URB_ACTUAL, struct.pack("<i", urb.actual))
            linux.write_memory(caller, argument, struct.pack("<Q", urb.address))
        except OSError:
            return request.fail(errno.EFAULT)
        request.controlled(0)

    # Interfaces.

    def _claim(self, file, interface, done):
        """`done(error)`. The lock is opened for the first who claims its own interface."""
        if interface in file.claimed:
            return done(0)
        if interface >= len(self._device.identity.classes):
            return done(errno.ENOENT)
        taken = any(interface in other.claimed for other in self._files.values())
        if taken or self._driver(interface):
            return done(errno.EBUSY)
        if interface:
            file.claimed.add(interface)
            return done(0)

        def opened(error):
            if not error:
                file.claimed.add(interface)
            done(error)

        self._lock.use(opened)

    def _give_up(self, file, interface):
        self._end(file, [urb for urb in file.waiting if urb.interface == interface], errno.ENOENT)
        file.claimed.discard(interface)
        if interface == 0 and not self.gone:
            self._lock.leave()

    def _driver(self, interface):
        """The kernel's driver that is bound to an interface: usbhid takes the HID lock's."""
        return "usbhid" if interface == 0 and self._device.identity.classes[0] == HID_CLASS else None

    def _claim_call(self, request, file, argument):
        number = self._number(request, argument)
        self._claim(file, number, lambda error: request.fail(error) if error else request.controlled(0))

    def _release_call(self, request, file, argument):
        number = self._number(request, argument)
        if number not in file.claimed:
            return request.fail(errno.EINVAL)
        self._give_up(file, number)
        request.controlled(0)

    def _set_interface(self, request, file, argument):
        interface, alternate = struct.unpack("<II", linux.read_memory(request.thread_id, argument, 8))

        def claimed(error):
            if error:
                return request.fail(error)
            self._end(file, [urb for urb in file.waiting if urb.interface == interface], errno.ENOENT)
            self._ask(request, TO_INTERFACE, SET_INTERFACE, alternate, interface)

        self._claim(file, interface, claimed)

    def _set_configuration(self, request, file, argument):
        bound = any(self._driver(number) for number in range(len(self._device.identity.classes)))
        if bound or any(other.claimed for other in self._files.values()):
            return request.fail(errno.EBUSY)
        value = self._number(request, argument)
        if value not in (0, 1):
            return request.fail(errno.EINVAL)
        self._ask(request, TO_DEVICE, SET_CONFIGURATION, value, 0)

    def _clear_halt(self, request, file, argument):
        endpoint = self._number(request, argument)
        interface = self._interface_of.get(endpoint)
        if interface is None:
            return request.fail(errno.ENOENT)

        def claimed(error):
            if error:
                return request.fail(error)
            self._ask(request, TO_ENDPOINT, CLEAR_FEATURE, HALT, endpoint)

        self._claim(file, interface, claimed)

    def _reset(self, request, file, argument):
        # usbfs has no pre_reset: a reset takes every interface from it (drivers/usb/core/hub.c, usb_reset_device).
        for other in self._files.values():
            for interface in list(other.claimed):
                self._give_up(other, interface)
        self._ask(request, TO_DEVICE, SET_CONFIGURATION, 1, 0)

    def _get_driver(self, request, file, argument):
        # struct usbdevfs_getdriver: interface, then 256 bytes of name
        number = self._number(request, argument)
        taken = any(number in other.claimed for other in self._files.values())
        name = "usbfs" if taken else self._driver(number)
        if name is None:
            return request.fail(errno.ENODATA)
        linux.write_memory(request.thread_id, argument + 4, name.encode() + b"\0")
        request.controlled(0)

    def _capabilities(self, request, file, argument):
        request.controlled(0, struct.pack("<I", ZERO_PACKET | NO_PACKET_LIMIT | REAP_AFTER_DISCONNECT))

    def _ask(self, request, recipient, what, value, index):
        """A standard request without data, whose stall is the caller's EPIPE."""
        answer = self._device.control(SETUP.pack(recipient, what, value, index, 0), b"")
        return request.fail(errno.EPIPE) if answer is STALL else request.controlled(0)

    def _number(self, request, argument):
        return struct.unpack("<I", linux.read_memory(request.thread_id, argument, 4))[0]
