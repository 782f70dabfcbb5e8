"""A small tree that libudev takes for sysfs: only what a program looking for hidraw and USB devices reads.

Source: Documentation/ABI of Linux for the attribute names; the uevent texts are those of drivers/usb/core (usb_uevent),
drivers/hid/hid-core.c (hid_uevent) and drivers/base/core.c. The tree is a plain tmpfs, so the reader needs
SYSTEMD_DEVICE_VERIFY_SYSFS=0 in its environment (systemd, sd-device.c).

A device path carries the name of the run (`calock-rig-…`): hotplug messages of one run reach the browsers of all runs
on the machine, and there they must point to nothing.
"""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

USB_MAJOR = 189  # USB_DEVICE_MAJOR; its minor is (bus - 1) * 128 + device - 1
HIDRAW_MAJOR = 246  # any number of the range for dynamic majors; nothing opens a node by number here
LISTINGS = {"hidraw": "class/hidraw", "usb": "bus/usb/devices", "hid": "bus/hid/devices"}


@dataclass(frozen=True)
class Device:
    """One directory with a uevent file. `uevent`: its lines as a dictionary."""

    root: Path
    path: Path
    subsystem: str
    devtype: str
    uevent: dict

    @property
    def devpath(self):
        return "/" + str(self.path.relative_to(self.root))


class Tree:
    """`root`: where the fake sysfs is (/sys). `run`: name of this run, also the folder of the nodes in /dev."""

    def __init__(self, root, run):
        self._root = Path(root)
        self._run = run
        self._device_number = 1  # of the root hub; the first device gets 2
        self._hid_number = 0
        for folder in LISTINGS.values():
            (self._root / folder).mkdir(parents=True, exist_ok=True)

    def add(self, identity, port, usb_node, hidraw):
        """Adds a USB device at a port (from 1) of the root hub, with its node /dev/RUN/`usb_node` and, when it is a HID
        lock, /dev/RUN/`hidraw`. Returns its Devices, parents first."""
        self._device_number += 1
        usb_path = self._root / "devices" / self._run / "usb1" / f"1-{port}"
        devices = [self._add_usb(usb_path, identity, usb_node)]
        for interface in identity.interfaces:
            devices.append(self._add_interface(usb_path / f"1-{port}:1.{interface.number}", interface, hidraw))
        if hidraw:
            self._hid_number += 1
            hid = self._add_hid(devices[1].path, identity, port)
            devices += [hid, self._add_hidraw(hid.path, hidraw)]
        return devices

    def remove(self, devices):
        """Takes away what `add` returned."""
        for device in devices:
            self._listing(device).unlink()
        shutil.rmtree(devices[0].path)

    def _add_usb(self, path, identity, node):
        minor = self._device_number - 1
        uevent = {
            "MAJOR": str(USB_MAJOR),
            "MINOR": str(minor),
            "DEVNAME": f"{self._run}/{node}",
            "DRIVER": "usb",
            "PRODUCT": f"{identity.vendor:x}/{identity.product:x}/{identity.release:x}",
            "TYPE": "0/0/0",
            "BUSNUM": "001",
            "DEVNUM": f"{self._device_number:03d}",
        }
        attributes = {
            "idVendor": f"{identity.vendor:04x}",
            "idProduct": f"{identity.product:04x}",
            "bcdDevice": f"{identity.release:04x}",
            "manufacturer": identity.manufacturer,
            "product": identity.product_name,
            "dev": f"{USB_MAJOR}:{minor}",
            "busnum": "1",
            "devnum": str(self._device_number),
            "bDeviceClass": "00",
            "bConfigurationValue": "1",
            "bNumConfigurations": "1",
            "version": f"{identity.usb_version >> 8:2x}.{identity.usb_version & 0xFF:02x}",
            "speed": "12",
        }
        if identity.serial:
            attributes["serial"] = identity.serial
        device = self._make(path, "usb", "usb_device", uevent, attributes)
        (path / "descriptors").write_bytes(identity.device_descriptor + identity.configuration_descriptor)
        return device

    def _add_interface(self, path, interface, hidraw):
        code, subclass, protocol = interface.triple
        uevent = {"INTERFACE": f"{code}/{subclass}/{protocol}"}
        if hidraw and interface.number == 0:
            uevent["DRIVER"] = "usbhid"
        attributes = {
            "bInterfaceNumber": f"{interface.number:02x}",
            "bInterfaceClass": f"{code:02x}",
            "bInterfaceSubClass": f"{subclass:02x}",
            "bInterfaceProtocol": f"{protocol:02x}",
        }
        return self._make(path, "usb", "usb_interface", uevent, attributes)

    def _add_hid(self, interface, identity, port):
        path = interface / f"0003:{identity.vendor:04X}:{identity.product:04X}.{self._hid_number:04X}"
        uevent = {
            "DRIVER": "hid-generic",
            "HID_ID": f"0003:{identity.vendor:08X}:{identity.product:08X}",
            "HID_NAME": identity.name,
            "HID_PHYS": physical_path(self._run, port),
            "HID_UNIQ": identity.serial,
        }
        device = self._make(path, "hid", "", uevent, {})
        (path / "report_descriptor").write_bytes(identity.report_descriptor)
        return device

    def _add_hidraw(self, hid, name):
        minor = int(name.removeprefix("hidraw"))
        uevent = {"MAJOR": str(HIDRAW_MAJOR), "MINOR": str(minor), "DEVNAME": f"{self._run}/{name}"}
        device = self._make(hid / "hidraw" / name, "hidraw", "", uevent, {"dev": f"{HIDRAW_MAJOR}:{minor}"})
        _link(device.path / "device", hid)
        return device

    def _make(self, path, subsystem, devtype, uevent, attributes):
        path.mkdir(parents=True)
        lines = {"DEVTYPE": devtype, **uevent} if devtype else uevent
        (path / "uevent").write_text("".join(f"{key}={value}\n" for key, value in lines.items()))
        for name, value in attributes.items():
            (path / name).write_text(value + "\n")
        device = Device(self._root, path, subsystem, devtype, uevent)
        listing = self._listing(device)
        _link(listing, path)
        _link(path / "subsystem", listing.parent.parent if listing.parent.name == "devices" else listing.parent)
        return device

    def _listing(self, device):
        """The link in the folder of the device's subsystem: /sys/class/NAME/… or /sys/bus/NAME/devices/…"""
        return self._root / LISTINGS[device.subsystem] / device.path.name


def physical_path(run, port):
    """HID_PHYS and the answer of HIDIOCGRAWPHYS."""
    return f"usb-{run}-{port}/input0"


def _link(link, target):
    link.symlink_to(os.path.relpath(target, link.parent))
