"""DER (X.690), as strict as it is written: definite lengths in their shortest form, nothing left over."""

from datetime import datetime


class Wrong(Exception):
    """Something is not as it must be."""


def require(good, what):
    if not good:
        raise Wrong(what)


class Element:
    def __init__(self, whole, content):
        self.whole, self.content = whole, content

    def bits(self):
        require(self.content[:1] == b"\0", "BIT STRING with unused bits")
        return self.content[1:]

    def number(self):
        require(self.content and (len(self.content) == 1 or self.content[0] or self.content[1] & 0x80), "INTEGER")
        return int.from_bytes(self.content, "big", signed=True)

    def time(self):
        text = self.content
        return Der.utc(text) if len(text) == 13 else Der.stamp(text, "%Y%m%d%H%M%SZ")


class Der:
    """Elements one after the other."""

    def __init__(self, data):
        self.rest = data

    def peek(self):
        require(self.rest, "an element is missing")
        return self.rest[0]

    def at_end(self):
        return not self.rest

    def end(self):
        require(not self.rest, "bytes are left over")

    def take(self, tag):
        require(self.peek() == tag, f"tag {self.peek():02x} instead of {tag:02x}")
        require(len(self.rest) > 1, "an element without a length")
        length, at = self.rest[1], 2
        if length & 0x80:
            at += length & 0x7F
            digits = self.rest[2:at]
            require(digits and digits[0], "length")
            length = int.from_bytes(digits, "big")
            require(length >= 0x80 and len(digits) == (length.bit_length() + 7) // 8, "length is not the shortest")
        whole = self.rest[: at + length]
        require(len(whole) == at + length, "an element is cut off")
        self.rest = self.rest[at + length :]
        return Element(whole, whole[at:])

    @staticmethod
    def wrap(tag, content):
        length = len(content)
        if length < 0x80:
            return bytes([tag, length]) + content
        digits = length.to_bytes((length.bit_length() + 7) // 8, "big")
        return bytes([tag, 0x80 | len(digits)]) + digits + content

    @staticmethod
    def stamp(text, form):
        try:
            return datetime.strptime(text.decode("ascii"), form).strftime("%Y%m%d%H%M%SZ")
        except ValueError:
            raise Wrong(f"time {text}")

    @staticmethod
    def utc(text):
        require(len(text) == 13, "UTCTime")
        return Der.stamp(text, "%y%m%d%H%M%SZ")


def sequence(data):
    outer = Der(data)
    fields = outer.take(0x30)
    outer.end()
    return Der(fields.content)
