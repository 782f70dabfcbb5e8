"""A FUSE server with one flat directory of device-like files, speaking the raw protocol over /dev/fuse.

Source: Linux uapi linux/fuse.h, protocol 7.31; struct names are given beside each format. All integers are in host
byte order, written little-endian here: x86-64 and arm64 are both.

Regular files served this way pass open, read, write, poll and ioctl to us, and that is all that users of hidraw and
usbfs do. There are no threads: the owner calls `serve_one` whenever `fileno()` is readable. The serving process must
never touch a file under its own mount, or it waits for itself.
"""

import errno
import itertools
import os
import stat
import struct
import sys
import traceback

import linux

LOOKUP, FORGET, GETATTR, SETATTR = 1, 2, 3, 4
OPEN, READ, WRITE, STATFS, RELEASE, FSYNC = 14, 15, 16, 17, 18, 20
FLUSH, INIT, OPENDIR, READDIR, RELEASEDIR = 25, 26, 27, 28, 29
ACCESS, INTERRUPT, DESTROY, IOCTL, POLL, BATCH_FORGET = 34, 36, 38, 39, 40, 42

NOTIFY_POLL = 1  # enum fuse_notify_code
POLL_SCHEDULE_NOTIFY = 1  # fuse_poll_in.flags
FOPEN_DIRECT_IO, FOPEN_NONSEEKABLE, FOPEN_STREAM = 1, 4, 16  # fuse_open_out.open_flags

ROOT = 1  # FUSE_ROOT_ID
MAX_WRITE = 128 * 1024

IN_HEADER = struct.Struct("<IIQQIIIHH")  # fuse_in_header: len opcode unique nodeid uid gid pid total_extlen padding
OUT_HEADER = struct.Struct("<IiQ")  # fuse_out_header: len error unique
ATTR = struct.Struct("<6Q10I")  # fuse_attr
INIT_OUT = struct.Struct("<4I2H2I2HI28x")  # fuse_init_out
ENTRY_OUT = struct.Struct("<4Q2I")  # fuse_entry_out without its fuse_attr
ATTR_OUT = struct.Struct("<QII")  # fuse_attr_out without its fuse_attr
OPEN_OUT = struct.Struct("<QIi")  # fuse_open_out: fh open_flags backing_id
READ_IN = struct.Struct("<QQIIQII")  # fuse_read_in and fuse_write_in: fh offset size … lock_owner flags padding
WRITE_OUT = struct.Struct("<II")  # fuse_write_out: size padding
IOCTL_IN = struct.Struct("<QIIQII")  # fuse_ioctl_in: fh flags cmd arg in_size out_size
IOCTL_OUT = struct.Struct("<iIII")  # fuse_ioctl_out: result flags in_iovs out_iovs
POLL_IN = struct.Struct("<QQII")  # fuse_poll_in: fh kh flags events
POLL_OUT = struct.Struct("<II")  # fuse_poll_out: revents padding
DIRENT = struct.Struct("<QQII")  # fuse_dirent: ino off namelen type


class Request:
    """One question of the kernel. It is answered exactly once, by one of the methods below, at once or later."""

    def __init__(self, server, unique, thread_id):
        self._server = server
        self.unique = unique
        self.thread_id = thread_id  # of the calling thread; its memory is where ioctl pointers point to

    def reply(self, body=b""):
        self._server.send(self.unique, 0, body)

    def fail(self, error):
        self._server.send(self.unique, -error)

    def opened(self, handle):
        self.reply(OPEN_OUT.pack(handle, FOPEN_DIRECT_IO | FOPEN_NONSEEKABLE | FOPEN_STREAM, 0))

    def wrote(self, size):
        self.reply(WRITE_OUT.pack(size, 0))

    def controlled(self, result, data=b""):
        """The result of an ioctl; `data` goes to where the ioctl's argument points."""
        self.reply(IOCTL_OUT.pack(result, 0, 0, 0) + data)


class Node:
    """One device-like file. Subclasses answer each Request given to them; poll returns a mask of select.EPOLL*."""

    def __init__(self):
        self.gone = False
        self._wakers = {}  # poll handle of the kernel -> function that wakes it; a dict keeps the order

    def open(self, request, handle):
        request.opened(handle)

    def release(self, handle):
        pass

    def read(self, request, handle, size, nonblocking):
        request.fail(errno.EINVAL)

    def write(self, request, handle, data):
        request.fail(errno.EINVAL)

    def ioctl(self, request, handle, command, argument, data):
        """`data` is what the ioctl's own size and direction let the kernel copy in; `argument` is the raw pointer."""
        request.fail(errno.ENOTTY)

    def poll(self, handle):
        return 0

    def interrupted(self, unique):
        """The caller of the waiting request `unique` got a signal; fail that request with EINTR if it still waits."""

    def unplug(self):
        """The device has gone. Subclasses end what waits, after calling this."""
        self.gone = True

    def wake_on_change(self, poll_handle, waker):
        self._wakers[poll_handle] = waker

    def changed(self):
        """Lets every poller look again."""
        wakers, self._wakers = self._wakers, {}
        for wake in wakers.values():
            wake()


class Server:
    """Mounts at `mount_point` (an empty directory) at once, and answers when `serve_one` is called."""

    def __init__(self, mount_point):
        # Not blocking: a question that made it readable may be withdrawn (its caller got a signal) or be answered elsewhere in the
        # same round before it is read, and then a read would keep the locks waiting until somebody asks for something else.
        self._device = os.open("/dev/fuse", os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
        options = f"fd={self._device},rootmode=40000,user_id=0,group_id=0,allow_other"
        flags = linux.MS_NOSUID | linux.MS_NODEV | linux.MS_NOEXEC
        linux.mount("calock-rig", mount_point, "fuse.calock-rig", flags, options)
        self._nodes = {}  # node id -> Node; kept after unplugging, for the files still open
        self._names = {}  # file name -> node id
        self._ids = itertools.count(ROOT + 1)
        self._handles = itertools.count(1)

    def fileno(self):
        return self._device

    def close(self):
        """Ends the connection: whoever still has a file open gets ECONNABORTED or ENOTCONN."""
        os.close(self._device)

    def add(self, name, node):
        node_id = next(self._ids)
        self._nodes[node_id] = node
        self._names[name] = node_id

    def remove(self, name):
        """The name is gone at once; files that are open see what Node.unplug makes of it."""
        self._nodes[self._names.pop(name)].unplug()

    def serve_one(self):
        """Reads and handles one request, if there is one. Returns False when the mount is gone."""
        try:
            message = os.read(self._device, MAX_WRITE + 4096)
        except OSError as error:
            # ENOENT: the request was interrupted meanwhile. Anything else (ENODEV): the mount is gone.
            return error.errno in (errno.EINTR, errno.EAGAIN, errno.ENOENT)
        _, opcode, unique, node_id, _, _, thread_id, _, _ = IN_HEADER.unpack_from(message)
        request = Request(self, unique, thread_id)
        try:
            self._dispatch(opcode, request, node_id, message[IN_HEADER.size :])
        except OSError as error:
            request.fail(error.errno or errno.EIO)
        except Exception:  # a fault in the rig must show itself, and must not leave the browser waiting
            traceback.print_exc()
            request.fail(errno.EIO)
        return True

    def send(self, unique, error, body=b""):
        try:
            os.write(self._device, OUT_HEADER.pack(OUT_HEADER.size + len(body), error, unique) + body)
        except OSError as failure:
            if failure.errno != errno.ENOENT:  # ENOENT: nobody waits for this answer any more
                print(f"rig: fuse answer {unique}: {failure}", file=sys.stderr)

    def _dispatch(self, opcode, request, node_id, body):
        if opcode in (FORGET, BATCH_FORGET):
            return  # these have no answer
        if opcode == INTERRUPT:
            (unique,) = struct.unpack_from("<Q", body)
            for node in self._nodes.values():
                node.interrupted(unique)
            return
        if opcode == INIT:
            readahead = struct.unpack_from("<I", body, 8)[0]
            request.reply(INIT_OUT.pack(7, 31, readahead, 0, 16, 12, MAX_WRITE, 1, 0, 0, 0))
        elif opcode in (GETATTR, SETATTR):  # SETATTR: what open(O_TRUNC) asks; a device ignores it
            request.reply(ATTR_OUT.pack(0, 0, 0) + self._attributes(node_id))
        elif opcode in (ACCESS, FSYNC, FLUSH, RELEASEDIR, DESTROY):
            request.reply()
        elif opcode == STATFS:
            request.reply(bytes(80))  # fuse_statfs_out
        elif node_id == ROOT:
            self._dispatch_directory(opcode, request, body)
        elif node_id in self._nodes:
            self._dispatch_file(opcode, request, self._nodes[node_id], body)
        else:
            request.fail(errno.ENOSYS)

    def _dispatch_directory(self, opcode, request, body):
        if opcode == LOOKUP:
            found = self._names.get(os.fsdecode(body.rstrip(b"\0")))
            if found is None:
                return request.fail(errno.ENOENT)
            # Valid for 0 seconds: an unplugged device's name must not stay in the kernel's cache.
            request.reply(ENTRY_OUT.pack(found, 0, 0, 0, 0, 0) + self._attributes(found))
        elif opcode == OPENDIR:
            request.reply(OPEN_OUT.pack(0, 0, 0))
        elif opcode == READDIR:
            _, offset, size = struct.unpack_from("<QQI", body)
            request.reply(self._entries(offset, size))
        else:
            request.fail(errno.ENOSYS)

    def _dispatch_file(self, opcode, request, node, body):
        if opcode == OPEN:
            node.open(request, next(self._handles))
        elif opcode == RELEASE:
            node.release(struct.unpack_from("<Q", body)[0])
            request.reply()
        elif opcode == READ:
            handle, _, size, _, _, flags, _ = READ_IN.unpack_from(body)
            node.read(request, handle, size, bool(flags & os.O_NONBLOCK))
        elif opcode == WRITE:
            handle, _, size, _, _, _, _ = READ_IN.unpack_from(body)
            node.write(request, handle, body[READ_IN.size : READ_IN.size + size])
        elif opcode == IOCTL:
            handle, _, command, argument, size, _ = IOCTL_IN.unpack_from(body)
            node.ioctl(request, handle, command, argument, body[IOCTL_IN.size : IOCTL_IN.size + size])
        elif opcode == POLL:
            handle, poll_handle, flags, _ = POLL_IN.unpack_from(body)
            if flags & POLL_SCHEDULE_NOTIFY:
                node.wake_on_change(poll_handle, lambda: self.send(0, NOTIFY_POLL, struct.pack("<Q", poll_handle)))
            request.reply(POLL_OUT.pack(node.poll(handle), 0))
        else:
            request.fail(errno.ENOSYS)

    def _attributes(self, node_id):
        mode = stat.S_IFDIR | 0o755 if node_id == ROOT else stat.S_IFREG | 0o666
        return ATTR.pack(node_id, 0, 0, 0, 0, 0, 0, 0, 0, mode, 1, 0, 0, 0, 4096, 0)

    def _entries(self, offset, size):
        listing = b""
        for index, (name, node_id) in enumerate(self._names.items()):
            if index < offset:
                continue
            encoded = os.fsencode(name)
            entry = DIRENT.pack(node_id, index + 1, len(encoded), stat.S_IFREG >> 12) + encoded
            entry += bytes(-len(entry) % 8)
            if len(listing) + len(entry) > size:
                break
            listing += entry
        return listing
