"""Switches the loopback interface on: SIOCSIFFLAGS with IFF_UP and IFF_RUNNING (Linux uapi linux/if.h, linux/sockios.h)."""

import fcntl
import socket
import struct

SIOCSIFFLAGS, UP, RUNNING = 0x8914, 0x1, 0x40

with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
    fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", UP | RUNNING))
