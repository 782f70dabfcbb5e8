"""What a HID report descriptor says about the length of input reports.

Source: Device Class Definition for HID 1.11, 6.2.2 (short items; long items do not occur in practice and are refused).
"""

from dataclasses import dataclass

# Item prefix without its two size bits (6.2.2.4, 6.2.2.7).
INPUT = 0x80
REPORT_SIZE = 0x74
REPORT_ID = 0x84
REPORT_COUNT = 0x94
LONG_ITEM = 0xFE


@dataclass(frozen=True)
class InputReports:
    """`lengths`: report id -> bytes without the id byte; the id is 0 when reports are not numbered."""

    numbered: bool
    lengths: dict

    @classmethod
    def of(cls, descriptor):
        size = count = report_id = 0
        numbered = False
        bits = {}
        position = 0
        while position < len(descriptor):
            prefix = descriptor[position]
            if prefix == LONG_ITEM:
                raise ValueError("long item in a report descriptor")
            data_length = (0, 1, 2, 4)[prefix & 3]
            value = int.from_bytes(descriptor[position + 1 : position + 1 + data_length], "little")
            position += 1 + data_length
            item = prefix & 0xFC
            if item == REPORT_SIZE:
                size = value
            elif item == REPORT_COUNT:
                count = value
            elif item == REPORT_ID:
                report_id, numbered = value, True
            elif item == INPUT:
                bits[report_id] = bits.get(report_id, 0) + size * count
        return cls(numbered, {number: (total + 7) // 8 for number, total in bits.items()})

    def accepts(self, report):
        """Whether the kernel's HID core passes `report` on: it drops unknown ids and reports that are too short."""
        if not report:
            return False
        wanted = self.lengths.get(report[0] if self.numbered else 0)
        return wanted is not None and len(report) >= wanted + (1 if self.numbered else 0)
