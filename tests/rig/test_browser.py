#!/usr/bin/env python3
"""The rig with an unmodified Chromium and an echoing lock: `python3 -m unittest discover -s tests/rig -v`."""

import os
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import check
import echo_lock
from harness import Bench, BrowserRig, PageServer

RUNS = int(os.environ.get("CALOCK_RIG_RUNS", "3"))  # of the repeated whole run
TARGET_SECONDS = 2.0
PRODUCT = "GM3000 (virtual)"  # the browser takes the USB product string, not HID_NAME
REASON = check.missing(("chromium", "chromedriver"))


def setUpModule():
    if REASON:
        raise unittest.SkipTest(f"skipped: {REASON}")


class BrowserTest(unittest.TestCase):
    """Each test has a rig, a Chromium and a page of its own."""

    locks = (echo_lock.HID,)

    def setUp(self):
        self.pages = PageServer()
        self.addCleanup(self.pages.close)
        self.bench = Bench(self.locks)
        self.addCleanup(self.bench.close)

    def start(self, options=None):
        rig = BrowserRig(self.bench, self.pages.origin + "/index.html", options or ["--origin", self.pages.origin])
        self.addCleanup(rig.close)
        return rig.browser


class OneLock(BrowserTest):
    def test_device_is_listed_as_a_gm3000(self):
        [device] = self.start().run("listDevices()")
        report = {"reportId": 0, "bytes": 64}
        self.assertEqual((device["vendorId"], device["productId"]), (0x055C, 0xE618))
        self.assertEqual(device["productName"], PRODUCT)
        self.assertEqual(
            device["collections"],
            [{"usagePage": 0xFFA0, "usage": 1, "input": [report], "output": [report], "feature": []}],
        )

    def test_reports_go_both_ways(self):
        result = self.start().run("echo(50)")
        self.assertEqual(result["right"], 50)
        print(f"one exchange: {result['milliseconds']:.2f} ms")

    def test_two_documents_get_every_input_report(self):
        browser = self.start()
        answers = browser.run("echoInTwoDocuments()")
        self.assertEqual(len(answers), 2)
        self.assertEqual(answers[0], answers[1])
        self.assertEqual(len(answers[0]), 128)

    def test_unplugging_and_plugging_in_again(self):
        browser = self.start()
        self.assertEqual(browser.run("echo(2)")["right"], 2)
        browser.run("openDevice().then((device) => { window.held = device; })")
        self.assertEqual(self.bench.order("list")[0]["readers"], 1)
        self.assertFalse(self.bench.order("unplug lock0")[0]["plugged"])
        gone = [f"disconnect {PRODUCT}"]
        self.assertEqual(browser.run("waitForEvents(1)"), gone)
        self.assertEqual(browser.run("listDevices()"), [])
        # What a page must know: nothing tells the one who still holds the device, and a promise stays open for ever.
        self.assertEqual(browser.run("held.opened"), True)
        sending = "within(500, held.sendReport(0, new Uint8Array(64))).catch((error) => error.name)"
        self.assertEqual(browser.run(sending), "TimeLimit")
        self.assertTrue(self.bench.order("plug 0")[0]["plugged"])
        self.assertEqual(browser.run("waitForEvents(2)"), gone + [f"connect {PRODUCT}"])
        self.assertEqual(browser.run("echo(2)")["right"], 2)

    def test_the_lock_going_away_is_an_unplugging(self):
        browser = self.start()
        self.assertEqual(browser.run(f"sendOrder({echo_lock.DROP})"), "sent")
        self.assertEqual(browser.run("waitForEvents(1)"), [f"disconnect {PRODUCT}"])
        self.assertFalse(self.bench.order("list")[0]["plugged"])

    def test_first_plugging_in_while_the_page_is_open(self):
        browser = self.start(["--origin", self.pages.origin, "--unplugged"])
        self.assertEqual(browser.run("listDevices()"), [])
        self.bench.order("plug")
        self.assertEqual(browser.run("waitForEvents(1)"), [f"connect {PRODUCT}"])
        self.assertEqual(browser.run("echo(2)")["right"], 2)

    def test_without_the_policy_the_page_sees_nothing(self):
        self.assertEqual(self.start(["--no-policy"]).run("listDevices()"), [])

    def test_the_policy_is_for_the_given_origins_only(self):
        other = PageServer()
        self.addCleanup(other.close)
        browser = self.start(["--origin", "http://localhost:1", "--origin", other.origin])
        self.assertEqual(browser.run("listDevices()"), [])
        browser.open(other.origin + "/index.html")
        self.assertEqual(len(browser.run("listDevices()")), 1)


class TwoLocks(BrowserTest):
    locks = (echo_lock.HID, echo_lock.HID)

    def test_both_are_listed_and_leave_one_by_one(self):
        browser = self.start()
        self.assertEqual(len(browser.run("listDevices()")), 2)
        self.bench.order("unplug 1")
        self.assertEqual(len(browser.run("waitForEvents(1)")), 1)
        self.assertEqual(len(browser.run("listDevices()")), 1)


class TwoRigs(BrowserTest):
    def test_hotplug_in_one_is_nothing_to_the_other(self):
        first = self.start()
        other_bench = Bench()
        self.addCleanup(other_bench.close)
        other_rig = BrowserRig(other_bench, self.pages.origin + "/index.html", ["--origin", self.pages.origin])
        self.addCleanup(other_rig.close)
        other_bench.order("unplug")
        self.assertEqual(len(other_rig.browser.run("waitForEvents(1)")), 1)
        other_bench.order("plug")
        self.assertEqual(len(other_rig.browser.run("waitForEvents(2)")), 2)
        self.assertEqual(first.run("pause(200).then(() => events)"), [])
        self.assertEqual(len(first.run("listDevices()")), 1)
        self.assertEqual(first.run("echo(2)")["right"], 2)


class WholeRuns(BrowserTest):
    def test_time_of_a_run(self):
        """From nothing to a page that has exchanged 50 reports, and back to nothing."""
        times = []
        for _ in range(RUNS):
            start = time.monotonic()
            rig = BrowserRig(self.bench, self.pages.origin + "/index.html", ["--origin", self.pages.origin])
            try:
                self.assertEqual(rig.browser.run("echo(50)")["right"], 50)
            finally:
                rig.close()
            times.append(time.monotonic() - start)
        middle = sorted(times)[len(times) // 2]
        spread = f"from {min(times):.2f} to {max(times):.2f} s"
        print(f"{RUNS} whole runs: median {middle:.2f} s, {spread} (target {TARGET_SECONDS} s)")


if __name__ == "__main__":
    unittest.main()
