#!/usr/bin/env python3
"""How a rig starts and ends, without a browser; and its pure parts. `python3 -m unittest discover -s tests/rig`."""

import json
import os
import signal
import struct
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import check
import control
import echo_lock
from harness import RIG, Bench, wait_until
from identity import GM3000_DEVICE_DESCRIPTOR, GM3000_REPORT_DESCRIPTOR, UsbIdentity
from reports import InputReports
from uevent import murmur2

REASON = check.missing(())


def outside():
    """What a rig could leave behind on the machine."""
    with open("/proc/self/mounts") as file:
        mounts = file.read()
    folders = [sorted(os.listdir(folder)) for folder in ("/dev", "/run", "/etc/chromium") if os.path.isdir(folder)]
    return mounts, folders


def alive(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


@unittest.skipIf(REASON, f"skipped: {REASON}")
class Ending(unittest.TestCase):
    def setUp(self):
        self.before = outside()
        self.bench = Bench()
        self.addCleanup(self.bench.close)

    def tearDown(self):
        self.assertFalse(os.path.exists(self.bench.control), "the control socket is left")
        self.assertEqual(outside(), self.before)

    def test_exit_code_is_passed_on(self):
        for code in (0, 1, 7, 77):
            self.assertEqual(self.bench.run(["sh", "-c", f"exit {code}"]).returncode, code)
        self.assertEqual(self.bench.run(["sh", "-c", "kill -9 $$"]).returncode, 128 + 9)

    def test_nothing_that_command_started_survives(self):
        # The last one has left its session and ignores SIGTERM.
        script = "sleep 1000 & echo $!; setsid sh -c 'trap \"\" TERM; echo $$; while :; do sleep 1; done' & sleep 0.3"
        result = self.bench.run(["sh", "-c", script])
        pids = [int(word) for word in result.stdout.split()]
        self.assertEqual(len(pids), 2)
        self.assertEqual([pid for pid in pids if alive(pid)], [])

    def test_signals_end_command(self):
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            process, pid = self.start_sleeper()
            process.send_signal(number)
            process.communicate(timeout=10)
            self.assertEqual(process.returncode, 128 + 15)
            self.assertFalse(alive(pid))

    def test_time_limit(self):
        start = time.monotonic()
        self.assertEqual(self.bench.run(["sleep", "1000"], time_limit=0.5).returncode, 124)
        self.assertLess(time.monotonic() - start, 3)

    def test_a_killed_rig_leaves_no_command(self):
        process, pid = self.start_sleeper()
        process.kill()
        process.communicate(timeout=10)
        self.assertTrue(wait_until(lambda: not alive(pid)))
        os.unlink(self.bench.control)  # the only thing that SIGKILL leaves

    def test_command_that_does_not_exist(self):
        result = self.bench.run(["/nowhere/command"])
        self.assertEqual(result.returncode, 97)
        self.assertIn("/nowhere/command", result.stderr)

    def start_sleeper(self):
        command = self.bench.command(["sh", "-c", "echo $$; exec sleep 1000"], ["--no-policy"])
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        return process, int(process.stdout.readline())


@unittest.skipIf(REASON, f"skipped: {REASON}")
class Starting(unittest.TestCase):
    def setUp(self):
        self.bench = Bench()
        self.addCleanup(self.bench.close)

    def test_no_lock_listens(self):
        self.bench.sockets = [self.bench.folder + "/nobody.sock"]
        result = self.bench.run(["true"])
        self.assertEqual(result.returncode, 97)
        self.assertIn("no lock at", result.stderr)

    def test_origin_or_no_policy_must_be_said(self):
        for options in ([], ["--no-policy", "--origin", "http://localhost:1"]):
            self.assertEqual(self.bench.run(["true"], options).returncode, 2)

    def test_machine_that_cannot_skips(self):
        result = subprocess.run(
            ["setpriv", "--bounding-set=-sys_admin", "--inh-caps=-sys_admin", sys.executable, RIG]
            + ["--lock", "x", "--no-policy", "--", "true"],
            capture_output=True,
            text=True,
            timeout=20,
        )
        self.assertEqual((result.returncode, result.stderr.split(":")[0]), (77, "skipped"))

    def test_terminals_and_temporary_files_work_inside(self):
        script = (
            "import pty, tempfile; pty.openpty(); tempfile.TemporaryFile(dir='/dev/shm')\n"
            "open('/sys/devices/system/cpu/online')"
        )
        self.assertEqual(self.bench.run([sys.executable, "-c", script]).returncode, 0)

    def test_name_and_serial(self):
        self.bench.sockets[0] += ",name=one,serial=SN-7"
        script = "cat /sys/bus/usb/devices/1-1/serial /sys/class/hidraw/*/device/uevent; python3 $0/control.py $1 list"
        result = self.bench.run(["sh", "-c", script, os.path.dirname(RIG), self.bench.control])
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertTrue(result.stdout.startswith("SN-7\n"))
        self.assertIn("HID_UNIQ=SN-7\n", result.stdout)
        self.assertIn('"name": "one"', result.stdout)

    def test_control_socket_says_what_is_wrong(self):
        script = (
            "import json, sys; sys.path.insert(0, sys.argv[1]); import control\n"
            "for line in sys.argv[3:]: print(json.dumps(control.send(sys.argv[2], line)))"
        )
        lines = ["plug 0", "plug 5", "sing", "a b c", '{"do": "unplug", "lock": "lock0"}', "unplug 0", '{"do"']
        here = os.path.dirname(RIG)
        result = self.bench.run([sys.executable, "-c", script, here, self.bench.control, *lines])
        self.assertEqual(result.returncode, 0, result.stderr)
        answers = [json.loads(line) for line in result.stdout.splitlines()]
        self.assertEqual([answer["ok"] for answer in answers], [False, False, False, False, True, False, False])
        self.assertEqual(answers[1]["error"], "no lock 5")


@unittest.skipIf(REASON, f"skipped: {REASON}")
class DeviceRules(unittest.TestCase):
    def test_hidraw_rules(self):
        self.keeps("hidraw_rules", echo_lock.HID)

    def test_usbfs_rules(self):
        self.keeps("usbfs_rules", echo_lock.CCID)

    def keeps(self, rules, lock):
        bench = Bench([lock])
        self.addCleanup(bench.close)
        inside = f"CALOCK_RIG_INSIDE={bench.control}"
        tests = [sys.executable, "-m", "unittest", rules]
        result = bench.run(["env", "-C", os.path.dirname(RIG), inside, *tests], ["--no-policy", "--unplugged"])
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertRegex(result.stderr, r"Ran 1\d tests")


class Parts(unittest.TestCase):
    @unittest.skipIf(REASON, f"skipped: {REASON}")
    def test_a_server_that_is_asked_nothing_does_not_wait(self):
        script = (
            "import fuse, namespace, sys\n"
            "namespace.enter(); server = fuse.Server(sys.argv[1])\n"
            "print(server.serve_one(), server.serve_one())"  # the first is INIT
        )
        with tempfile.TemporaryDirectory() as folder:
            command = [sys.executable, "-c", script, folder]
            result = subprocess.run(command, cwd=os.path.dirname(RIG), capture_output=True, text=True, timeout=10)
        self.assertEqual((result.stdout, result.stderr), ("True True\n", ""))

    def test_descriptors_are_the_captured_ones(self):
        self.assertEqual(UsbIdentity().device_descriptor, GM3000_DEVICE_DESCRIPTOR)
        self.assertEqual((len(GM3000_DEVICE_DESCRIPTOR), len(GM3000_REPORT_DESCRIPTOR)), (18, 35))
        self.assertEqual(UsbIdentity(serial="1").device_descriptor[16], 3)
        configuration = UsbIdentity().configuration_descriptor
        self.assertEqual(int.from_bytes(configuration[2:4], "little"), len(configuration))

    def test_report_lengths(self):
        self.assertEqual(InputReports.of(GM3000_REPORT_DESCRIPTOR), InputReports(False, {0: 64}))
        self.assertTrue(InputReports.of(GM3000_REPORT_DESCRIPTOR).accepts(bytes(64)))
        self.assertFalse(InputReports.of(GM3000_REPORT_DESCRIPTOR).accepts(bytes(63)))

    def test_numbered_reports(self):
        numbered = bytes.fromhex("0600FF0901A101 8501 0902 7508 9520 8102 8502 0904 9508 8102 C0")
        reports = InputReports.of(numbered)
        self.assertEqual(reports, InputReports(True, {1: 32, 2: 8}))
        self.assertTrue(reports.accepts(bytes([2]) + bytes(8)))
        self.assertFalse(reports.accepts(bytes([2]) + bytes(7)))
        self.assertFalse(reports.accepts(bytes([3]) + bytes(32)))

    def test_murmur_hash(self):
        # The verification value of SMHasher (main.cpp, "MurmurHash2") by its own procedure (VerificationTest).
        hashes = [murmur2(bytes(range(length)), seed=256 - length) for length in range(256)]
        self.assertEqual(murmur2(struct.pack("<256I", *hashes)), 0x27864C1E)

    def test_control_lines(self):
        self.assertEqual(control.parse("plug token"), ("plug", "token", None))
        self.assertEqual(control.parse('{"do": "unplug", "lock": 1}'), ("unplug", "1", None))
        self.assertEqual(control.parse("fault silent@#3"), ("fault", None, "silent@#3"))


if __name__ == "__main__":
    unittest.main()
