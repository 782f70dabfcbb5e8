#!/usr/bin/env python3
"""The rig is held to what a real kernel did: outcomes.json, recorded by `cargo xtask test --real-kernel`."""

import gzip
import json
import os
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import check
import real_kernel
from guest import initramfs
from outcomes import ROOT

CALOCK = os.environ.get("CALOCK", f"{ROOT}/target/debug/calock")


def reason():
    if not os.path.exists(CALOCK):
        return f"no {CALOCK}"
    if not os.path.exists(f"{ROOT}/pkg/dist/api.js"):
        return "no pkg/dist"
    return check.missing(("chromium", "chromedriver"))


class Outcomes(unittest.TestCase):
    @unittest.skipIf(reason(), f"skipped: {reason()}")
    def test_the_rig_does_what_the_kernel_did(self):
        with open(real_kernel.RECORDED) as file:
            recorded = json.load(file)
        with tempfile.TemporaryDirectory() as data:
            found = real_kernel.in_rig(CALOCK, data)
        self.assertEqual(real_kernel.differences(recorded, found), [])
        self.assertGreater(sum(len(outcomes) for outcomes in found.values()), 100)


class Guest(unittest.TestCase):
    def test_modules_come_after_what_they_need(self):
        dependencies = "a/uhid.ko: b/hid.ko.xz\nb/hid.ko.xz:\nc/vhci-hcd.ko: c/core.ko b/common.ko\nc/core.ko: b/common.ko\nb/common.ko:\n"
        order = initramfs.load_order(dependencies, ["uhid", "vhci_hcd"])
        self.assertEqual(order, ["b/hid.ko.xz", "a/uhid.ko", "b/common.ko", "c/core.ko", "c/vhci-hcd.ko"])
        with self.assertRaises(ValueError):
            initramfs.load_order(dependencies, ["raw_gadget"])

    def test_an_archive_has_headers_of_110_bytes_and_names_and_data_at_multiples_of_four(self):
        archive = initramfs.Archive()
        archive.add("file", 0o100644, b"hello")
        plain = gzip.decompress(archive.compressed())
        self.assertEqual((plain[:6], int(plain[14:22], 16), int(plain[54:62], 16)), (b"070701", 0o100644, 5))
        self.assertEqual((plain[110:114], plain[116:121], len(plain) % 4), (b"file", b"hello", 0))
        self.assertIn(b"TRAILER!!!", plain)


if __name__ == "__main__":
    unittest.main()
