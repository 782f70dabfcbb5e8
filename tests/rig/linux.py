"""The few system calls that Python 3.11 has no function for, through the C library.

Constants are from the Linux uapi headers linux/mount.h, linux/sched.h and linux/prctl.h; struct iovec from linux/uio.h.
"""

import ctypes
import errno
import os

MS_NOSUID = 0x2
MS_NODEV = 0x4
MS_NOEXEC = 0x8
MS_BIND = 0x1000
MS_REC = 0x4000
MS_PRIVATE = 0x40000

CLONE_NEWNS = 0x00020000

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36

_libc = ctypes.CDLL(None, use_errno=True)
_libc.mount.argtypes = [ctypes.c_char_p, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_ulong, ctypes.c_char_p]
_libc.umount2.argtypes = [ctypes.c_char_p, ctypes.c_int]
_libc.prctl.argtypes = [ctypes.c_int] + [ctypes.c_ulong] * 4


class _Extent(ctypes.Structure):
    """struct iovec."""

    _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]


for _transfer in (_libc.process_vm_readv, _libc.process_vm_writev):
    _transfer.argtypes = [ctypes.c_int] + [ctypes.c_void_p, ctypes.c_ulong] * 2 + [ctypes.c_ulong]
    _transfer.restype = ctypes.c_ssize_t


def _check(result, what):
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def mount(source, target, filesystem=None, flags=0, options=None):
    """mount(2). Strings or None; raises OSError."""
    texts = [None if text is None else os.fsencode(text) for text in (source, target, filesystem, options)]
    _check(_libc.mount(*texts[:3], flags, texts[3]), f"mount {filesystem or source} at {target}")


def unmount(target):
    """umount2(2). Raises OSError."""
    _check(_libc.umount2(os.fsencode(target), 0), f"unmount {target}")


def enter_private_mounts():
    """Gives this process (and its future children) mounts of its own; nothing done to them is seen outside.

    The caller must have one thread only.
    """
    _check(_libc.unshare(CLONE_NEWNS), "unshare(CLONE_NEWNS)")
    mount("none", "/", flags=MS_REC | MS_PRIVATE)


def adopt_orphans():
    """From now on, descendants whose parent dies become children of this process (and can be found and ended)."""
    _check(_libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), "prctl(PR_SET_CHILD_SUBREAPER)")


def die_with_parent(signal_number):
    """Sends `signal_number` to this process when its parent dies, even by SIGKILL."""
    _libc.prctl(PR_SET_PDEATHSIG, signal_number, 0, 0, 0)


def read_memory(thread_id, address, length):
    """`length` bytes of another process's memory. Raises OSError, EFAULT where they cannot be read."""
    buffer = ctypes.create_string_buffer(length)
    _move(_libc.process_vm_readv, thread_id, address, buffer)
    return buffer.raw


def write_memory(thread_id, address, data):
    """The other way round."""
    _move(_libc.process_vm_writev, thread_id, address, ctypes.create_string_buffer(data, len(data)))


def _move(transfer, thread_id, address, buffer):
    if len(buffer) == 0:
        return
    local = _Extent(ctypes.cast(buffer, ctypes.c_void_p), len(buffer))
    remote = _Extent(address, len(buffer))
    if transfer(thread_id, ctypes.byref(local), 1, ctypes.byref(remote), 1, 0) != len(buffer):
        raise OSError(ctypes.get_errno() or errno.EFAULT, f"memory of {thread_id}")
