#!/usr/bin/env python3
"""Runs a command in a private view of the machine in which virtual locks are plugged in as USB devices.

    rig.py --lock SOCKET [--lock SOCKET…] --origin http://localhost:PORT [--control SOCKET] -- COMMAND…

See README.md in this folder. Exit code: that of COMMAND (128 + N when signal N ended it); 77 when the machine cannot do
it ("skipped: …"), 97 when the rig could not be set up, 124 when --time-limit ran out.
"""

import argparse
import itertools
import os
import secrets
import select
import selectors
import signal
import subprocess
import sys
import time
from dataclasses import dataclass

import check
import fuse
import linux
import namespace
import processes
import sysfs
import uevent
from control import ControlError, ControlServer
from hidraw import HidrawNode
from lock import LockConnection
from usb_device import UsbDevice
from usbfs import UsbfsNode

EXIT_NOT_SET_UP = 97
EXIT_TIME_LIMIT = 124
LOCK_PATIENCE = 5.0  # seconds for a lock to listen, when plugged in at the start
PLUG_PATIENCE = 1.0  # the same for `plug`; the browser's device files stand still meanwhile
GRACE = 3.0  # seconds from SIGTERM to SIGKILL
UDEV_DELAY = 0.02  # seconds
VENDORS = (0x055C, 0x1209)  # of the locks that `calock lock speak` plays: Longmai, pid.codes


@dataclass
class Port:
    """A place for one lock. `serial` and `classes`: see LockConnection.identity. What follows is there while it is plugged in:
    `device` hears what the lock sends, `node` is the one that a browser uses, of the `nodes` by name."""

    index: int
    name: str
    socket: str
    serial: str
    classes: tuple
    connection: LockConnection = None
    device: object = None
    node: str = ""
    nodes: dict = None
    devices: list = None


class Rig:
    """The event loop: one thread serves the device files, the locks' sockets and the control socket."""

    def __init__(self, ports):
        self._ports = ports
        self._run = f"calock-rig-{secrets.token_hex(4)}"
        self._selector = selectors.DefaultSelector()
        self._control = None
        self._numbers = itertools.count()
        self._timers = []  # (time, function)
        self._command = None
        self._kill_at = None
        self._timed_out = False

    def set_up(self, origins, control_path):
        """Everything that COMMAND will find, except the locks. Raises OSError."""
        namespace.enter()
        linux.adopt_orphans()
        namespace.replace_sysfs()
        namespace.replace_udev_state()
        namespace.make_device_folder(self._run)
        if origins:
            namespace.allow_devices(origins, VENDORS)
        self._tree = sysfs.Tree("/sys", self._run)
        self._server = fuse.Server(f"/dev/{self._run}")
        self._watch(self._server, self._serve_files)
        if control_path:
            self._control = ControlServer(control_path, self._obey, self._watch, self._selector.unregister)

    def plug(self, port, patience):
        """Connects to the lock and shows it. Raises OSError when no lock listens."""
        lock = LockConnection(port.socket, patience)
        identity = lock.identity(port.serial, port.classes)
        number = next(self._numbers)
        usb, hidraw = f"usb{number}", f"hidraw{number}" if identity.face == "hid" else None
        port.connection = lock
        port.device = UsbDevice(identity, lock.write)
        port.nodes = {usb: UsbfsNode(port.device, lock)}
        port.node = hidraw or usb
        if hidraw:
            port.device = HidrawNode(identity, sysfs.physical_path(self._run, port.index + 1), lock, self._later)
            port.nodes[hidraw] = port.device
        for name, node in port.nodes.items():
            self._server.add(name, node)
        port.devices = self._tree.add(identity, port.index + 1, usb, hidraw)
        self._watch(lock, lambda: self._receive(port))
        for device in port.devices:
            uevent.announce("add", device)

    def unplug(self, port):
        self._selector.unregister(port.connection)
        for name in port.nodes:
            self._server.remove(name)
        port.connection.close()
        self._let_notice()
        for device in reversed(port.devices):
            uevent.announce("remove", device)
        self._tree.remove(port.devices)
        port.connection = port.device = port.nodes = port.devices = None

    def _let_notice(self):
        """udevd tells of an unplugging a little later than the device's files do."""
        until = time.monotonic() + UDEV_DELAY
        while (left := until - time.monotonic()) > 0:
            if select.select([self._server], [], [], left)[0]:
                self._serve_files()

    def run(self, command, time_limit):
        """Runs COMMAND to its end, and ends all that it leaves behind. Returns the exit code."""
        environment = dict(os.environ, SYSTEMD_DEVICE_VERIFY_SYSFS="0", CALOCK_RIG=self._run)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._stop)
        self._command = subprocess.Popen(
            command, env=environment, preexec_fn=lambda: linux.die_with_parent(processes.TERMINATE)
        )
        if self._kill_at is not None:
            self._command.send_signal(processes.TERMINATE)  # the order came while COMMAND was being started
        ended = os.pidfd_open(self._command.pid)
        self._selector.register(ended, selectors.EVENT_READ, lambda: None)
        stop_at = time.monotonic() + time_limit if time_limit else None
        while self._command.poll() is None:
            self._step()
            if stop_at and time.monotonic() > stop_at:
                print(f"rig: time limit of {time_limit:g} s", file=sys.stderr)
                self._timed_out, stop_at = True, None
                self._stop()
            if self._kill_at is not None and time.monotonic() > self._kill_at:
                processes.signal_descendants(processes.KILL)
        self._selector.unregister(ended)
        os.close(ended)
        self._end_descendants()
        code = self._command.returncode
        return EXIT_TIME_LIMIT if self._timed_out else 128 - code if code < 0 else code

    def close(self):
        if self._control:
            self._control.close()

    def _stop(self, *_):
        """COMMAND is to end: asked now, made to after GRACE."""
        if self._kill_at is None:
            self._kill_at = time.monotonic() + GRACE
            if self._command:
                self._command.send_signal(processes.TERMINATE)

    def _end_descendants(self):
        """The device files are served to the last, or a process closing one would wait for ever."""
        kill_at = time.monotonic() + GRACE
        if not processes.signal_descendants(processes.TERMINATE):
            return processes.reap()
        while processes.descendants():
            self._step(0.02)
            processes.reap()
            if time.monotonic() > kill_at:
                processes.signal_descendants(processes.KILL)
        processes.reap()

    def _watch(self, readable, function):
        self._selector.register(readable, selectors.EVENT_READ, function)

    def _later(self, seconds, function):
        self._timers.append((time.monotonic() + seconds, function))

    def _step(self, longest=0.25):
        due = [timer for timer in self._timers if timer[0] <= time.monotonic()]
        self._timers = [timer for timer in self._timers if timer not in due]
        for _, function in due:
            function()
        for key, _ in self._selector.select(longest):
            # An earlier event of this round may have ended what this one is about.
            if self._selector.get_map().get(key.fd) == key:
                key.data()

    def _serve_files(self):
        if not self._server.serve_one():
            self._selector.unregister(self._server)
            self._stop()

    def _receive(self, port):
        if not port.connection.receive(port.device):
            self.unplug(port)

    def _obey(self, verb, lock, text):
        """The control socket's commands; returns the state of all locks."""
        ports = self._ports if lock is None else [self._find(lock)]
        if verb == "plug":
            for port in ports:
                if port.connection is None:
                    try:
                        self.plug(port, PLUG_PATIENCE)
                    except (OSError, ValueError) as error:
                        raise ControlError(str(error)) from error
                elif lock is not None:
                    raise ControlError(f"lock {lock} is plugged in")
        elif verb == "unplug":
            for port in ports:
                if port.connection is not None:
                    self.unplug(port)
                elif lock is not None:
                    raise ControlError(f"lock {lock} is not plugged in")
        elif verb == "stop":
            self._stop()
        elif verb in ("fault", "clear"):
            self._set_fault([port for port in ports if port.connection is not None], text if verb == "fault" else None)
        elif verb != "list":
            raise ControlError(f"unknown command {verb}")
        return [self._describe(port) for port in self._ports]

    def _set_fault(self, ports, fault):
        """None: no fault any more."""
        if not ports:
            raise ControlError("no lock is plugged in")
        for port in ports:
            port.connection.inject(fault) if fault else port.connection.clear_faults()

    def _find(self, lock):
        for port in self._ports:
            if lock in (port.name, str(port.index)):
                return port
        raise ControlError(f"no lock {lock}")

    def _describe(self, port):
        plugged = port.connection is not None
        return {
            "index": port.index,
            "name": port.name,
            "socket": port.socket,
            "plugged": plugged,
            "node": f"/dev/{self._run}/{port.node}" if plugged else None,
            "readers": port.nodes[port.node].readers if plugged else 0,
        }


def parse_lock(text, index):
    """SOCKET[,name=NAME][,serial=SERIAL][,interfaces=FF+0B+…] as a Port."""
    path, *options = text.split(",")
    values = dict(option.partition("=")[::2] for option in options)
    unknown = set(values) - {"name", "serial", "interfaces"}
    if unknown:
        raise SystemExit(f"rig: --lock {text}: unknown {', '.join(sorted(unknown))}")
    name = values.get("name") or os.path.splitext(os.path.basename(path))[0]
    try:
        classes = tuple(bytes.fromhex(values.get("interfaces", "").replace("+", "")))
    except ValueError as error:
        raise SystemExit(f"rig: --lock {text}: {error}") from error
    return Port(index, name, os.path.abspath(path), values.get("serial", ""), classes)


def parse_arguments():
    parser = argparse.ArgumentParser(
        usage="rig.py --lock SOCKET[,name=N][,serial=S][,interfaces=CLASS+CLASS] … (--origin URL … | --no-policy) [options] -- COMMAND…",
        description="Runs COMMAND where virtual locks are plugged in.",
    )
    parser.add_argument("--lock", action="append", required=True, help="socket at which a virtual lock listens")
    parser.add_argument("--origin", action="append", default=[], help="origin whose pages may use the locks")
    parser.add_argument("--no-policy", action="store_true", help="grant nothing: pages need the chooser")
    parser.add_argument("--unplugged", action="store_true", help="start with all locks pulled out")
    parser.add_argument("--control", help="socket for hotplug commands, see control.py")
    parser.add_argument("--time-limit", type=float, metavar="SECONDS", help="end COMMAND after this time")
    parser.add_argument("command", nargs="+", metavar="COMMAND")
    arguments = parser.parse_args()
    if arguments.no_policy == bool(arguments.origin):
        parser.error("give either --origin or --no-policy")
    return arguments


def main():
    arguments = parse_arguments()
    ports = [parse_lock(text, index) for index, text in enumerate(arguments.lock)]
    reason = check.missing(programs=())
    if reason:
        print(f"skipped: {reason}", file=sys.stderr)
        return check.SKIP
    rig = Rig(ports)
    try:
        rig.set_up(arguments.origin, arguments.control and os.path.abspath(arguments.control))
        if not arguments.unplugged:
            for port in ports:
                rig.plug(port, LOCK_PATIENCE)
        return rig.run(arguments.command, arguments.time_limit)
    except (OSError, ValueError) as error:
        print(f"rig: {error}", file=sys.stderr)
        return EXIT_NOT_SET_UP
    finally:
        rig.close()


if __name__ == "__main__":
    sys.exit(main())
