"""Tells libudev's listeners that a device came or went, in the words systemd-udevd would use.

Source: systemd, src/libsystemd/sd-device/device-monitor.c (`monitor_netlink_header`, version magic 0xfeedcafe) and
src/basic/MurmurHash2.c. Listeners hang on multicast group 2 (udev) of NETLINK_KOBJECT_UEVENT; group 1 is the kernel's.
A BPF filter in each listener compares the hash of the subsystem, so the header must carry it.
"""

import itertools
import socket
import struct

NETLINK_KOBJECT_UEVENT = 15
GROUP_UDEV = 2
MAGIC = 0xFEEDCAFE
HEADER_SIZE = 40

_sequence = itertools.count(1000)


def announce(action, device):
    """`action`: "add" or "remove"; `device`: sysfs.Device, whose files must still be there."""
    payload = b"".join(f"{key}={value}".encode() + b"\0" for key, value in _properties(action, device).items())
    header = b"libudev\0" + struct.pack(">I", MAGIC) + struct.pack("<III", HEADER_SIZE, HEADER_SIZE, len(payload))
    devtype_hash = murmur2(device.devtype.encode()) if device.devtype else 0
    header += struct.pack(">II", murmur2(device.subsystem.encode()), devtype_hash)
    header += struct.pack(">II", 0, 0)  # bloom filter of tags: none
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC, NETLINK_KOBJECT_UEVENT) as sender:
        sender.bind((0, 0))
        try:
            sender.sendto(header + payload, (0, GROUP_UDEV))
        except ConnectionRefusedError:
            pass  # nobody listens


def _properties(action, device):
    properties = {
        "ACTION": action,
        "DEVPATH": device.devpath,
        "SUBSYSTEM": device.subsystem,
        "SEQNUM": str(next(_sequence)),
    }
    if device.devtype:
        properties["DEVTYPE"] = device.devtype
    properties.update(device.uevent)
    if "DEVNAME" in properties:
        properties["DEVNAME"] = "/dev/" + properties["DEVNAME"]  # udevd sends the whole path, sysfs has the short one
    return properties


def murmur2(data, seed=0):
    """MurmurHash2, 32 bits."""
    multiplier, mask = 0x5BD1E995, 0xFFFFFFFF
    state = seed ^ len(data)
    whole = len(data) & ~3
    for (word,) in struct.iter_unpack("<I", data[:whole]):
        word = word * multiplier & mask
        word = (word ^ word >> 24) * multiplier & mask
        state = state * multiplier & mask ^ word
    if data[whole:]:
        state = (state ^ int.from_bytes(data[whole:], "little")) * multiplier & mask
    state = (state ^ state >> 13) * multiplier & mask
    return state ^ state >> 15
