"""What a host reads from a lock that is plugged in: its USB descriptors.

Source: USB 2.0, 9.6 (device, configuration, interface, endpoint, string); HID 1.11, 6.2.1; CCID 1.1, 5.1.
"""

import struct
from dataclasses import dataclass

HID_CLASS, MASS_STORAGE_CLASS, CCID_CLASS, VENDOR_CLASS = 0x03, 0x08, 0x0B, 0xFF
BULK, INTERRUPT = 2, 3  # bmAttributes of an endpoint
PACKET = 64  # bytes of a full-speed bulk packet, and of this lock's HID reports

# Longmai GM3000, as read from a real one: device and report descriptor byte for byte (the string texts are ours).
GM3000_DEVICE_DESCRIPTOR = bytes.fromhex("12 01 10 01 00 00 00 40 5C 05 18 E6 00 01 01 02 00 01")
GM3000_REPORT_DESCRIPTOR = bytes.fromhex(
    "06 A0 FF 09 01 A1 01"  # usage page FFA0, usage 1, application collection
    "06 A1 FF 09 03 15 00 25 FF 75 08 95 40 81 02"  # usage page FFA1, usage 3: 64 bytes in
    "09 04 15 00 25 FF 75 08 95 40 91 02 C0"  # usage 4: 64 bytes out
)
IDS_OFFSET = 8  # idVendor, idProduct in the device descriptor (9.6.1)
SERIAL_INDEX_OFFSET = 16  # iSerialNumber

CLASS_DESCRIPTOR = 0x21  # bDescriptorType of the HID and of the CCID class descriptor


@dataclass(frozen=True)
class Interface:
    """One interface without alternates. `endpoints`: (address, attributes, packet size, interval)."""

    number: int
    triple: tuple  # class, subclass, protocol
    endpoints: tuple
    function: bytes = b""  # class-specific descriptor

    @property
    def descriptors(self):
        head = struct.pack("<9B", 9, 4, self.number, 0, len(self.endpoints), *self.triple, 0)
        return head + self.function + b"".join(struct.pack("<BBBBHB", 7, 5, *each) for each in self.endpoints)


@dataclass(frozen=True)
class UsbIdentity:
    """`face`: "hid", the GM3000's, or "ccid", CCID messages on bulk endpoints. `classes`: of the interfaces, the first
    of which is the lock's own; those behind it are for show. Class 0B in the first place is a lock as vendors sell it with
    a driver, and which a browser must refuse."""

    face: str = "hid"
    vendor: int = 0x055C
    product: int = 0xE618
    manufacturer: str = "Longmai"
    product_name: str = "GM3000 (virtual)"
    serial: str = ""  # a real GM3000 has no serial number string
    classes: tuple = ()
    reader: bytes = b""  # the CCID class descriptor of a lock that is a reader

    def __post_init__(self):
        if not self.classes:
            object.__setattr__(self, "classes", (HID_CLASS if self.face == "hid" else VENDOR_CLASS,))
        if (self.face == "hid") != (self.classes[0] == HID_CLASS):
            raise ValueError(f"a lock with the face {self.face} has no first interface of class {self.classes[0]:02X}")

    @property
    def interfaces(self):
        return [_interface(number, each, self.reader) for number, each in enumerate(self.classes)]

    @property
    def report_descriptor(self):
        return GM3000_REPORT_DESCRIPTOR

    @property
    def device_descriptor(self):
        descriptor = bytearray(GM3000_DEVICE_DESCRIPTOR)
        struct.pack_into("<HH", descriptor, IDS_OFFSET, self.vendor, self.product)
        descriptor[SERIAL_INDEX_OFFSET] = 3 if self.serial else 0
        return bytes(descriptor)

    @property
    def configuration_descriptor(self):
        body = b"".join(interface.descriptors for interface in self.interfaces)
        return struct.pack("<BBHBBBBB", 9, 2, 9 + len(body), len(self.classes), 1, 0, 0x80, 50) + body

    def string_descriptor(self, index):
        """None where there is no such string. Index 0: the one language, English."""
        text = {1: self.manufacturer, 2: self.product_name, 3: self.serial}.get(index)
        body = struct.pack("<H", 0x0409) if index == 0 else text.encode("utf-16-le") if text else None
        return None if body is None else struct.pack("<BB", len(body) + 2, 3) + body

    @property
    def usb_version(self):
        return struct.unpack_from("<H", GM3000_DEVICE_DESCRIPTOR, 2)[0]

    @property
    def release(self):
        return struct.unpack_from("<H", GM3000_DEVICE_DESCRIPTOR, 12)[0]

    @property
    def name(self):
        """HID_NAME, as usbhid puts it together."""
        return f"{self.manufacturer} {self.product_name}"


def class_descriptor(configuration):
    """The first class descriptor in a configuration descriptor; nothing when there is none."""
    position = 0
    while position + 1 < len(configuration) and configuration[position] > 1:
        descriptor = configuration[position : position + configuration[position]]
        if descriptor[1] == CLASS_DESCRIPTOR:
            return descriptor
        position += len(descriptor)
    return b""


def _interface(number, class_code, reader):
    entry, exit_, extra = 0x81 + number, 0x01 + number, 0x88 + number
    bulk = ((entry, BULK, PACKET, 0), (exit_, BULK, PACKET, 0))
    if class_code == HID_CLASS:
        function = struct.pack("<BBHBBBH", 9, CLASS_DESCRIPTOR, 0x0110, 0, 1, 0x22, len(GM3000_REPORT_DESCRIPTOR))
        interrupt = ((entry, INTERRUPT, PACKET, 1), (exit_, INTERRUPT, PACKET, 1))
        return Interface(number, (HID_CLASS, 0, 0), interrupt, function)
    if class_code == CCID_CLASS:
        return Interface(number, (CCID_CLASS, 0, 0), (*bulk, (extra, INTERRUPT, 8, 16)), reader)
    if class_code == MASS_STORAGE_CLASS:
        return Interface(number, (MASS_STORAGE_CLASS, 6, 0x50), bulk)  # SCSI, bulk only
    return Interface(number, (class_code, 0, 0), bulk, reader if number == 0 else b"")
