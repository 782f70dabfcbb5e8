#!/usr/bin/env python3
"""Runs a command in a private view of the machine in which virtual locks are plugged in as USB HID devices.

    rig.py --lock SOCKET [--lock SOCKET…] --origin http://localhost:PORT [--control SOCKET] -- COMMAND…

See README.md in this folder. Exit code: that of COMMAND (128 + N when signal N ended it); 77 when the machine cannot do
it ("skipped: …"), 97 when the rig could not be set up, 124 when --time-limit ran out.
"""

import argparse
import os
import secrets
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
from lock import LockConnection, UsbIdentity

EXIT_NOT_SET_UP = 97
EXIT_TIME_LIMIT = 124
LOCK_PATIENCE = 5.0  # seconds for a lock to listen, when plugged in at the start
PLUG_PATIENCE = 1.0  # the same for `plug`; the browser's device files stand still meanwhile
GRACE = 3.0  # seconds from SIGTERM to SIGKILL


@dataclass
class Port:
    """A place for one lock. `connection`, `node` and `devices` are there while it is plugged in."""

    index: int
    name: str
    socket: str
    identity: UsbIdentity
    connection: LockConnection = None
    node: HidrawNode = None
    node_name: str = ""
    devices: list = None


class Rig:
    """The event loop: one thread serves the device files, the locks' sockets and the control socket."""

    def __init__(self, ports):
        self._ports = ports
        self._run = f"calock-rig-{secrets.token_hex(4)}"
        self._selector = selectors.DefaultSelector()
        self._control = None
        self._hidraw_number = 0
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
            devices = sorted({(port.identity.vendor, port.identity.product) for port in self._ports})
            namespace.allow_devices(origins, devices)
        self._tree = sysfs.Tree("/sys", self._run)
        self._server = fuse.Server(f"/dev/{self._run}")
        self._watch(self._server, self._serve_files)
        if control_path:
            self._control = ControlServer(control_path, self._obey, self._watch, self._selector.unregister)

    def plug(self, port, patience):
        """Connects to the lock and shows it. Raises OSError when no lock listens."""
        port.connection = LockConnection(port.socket, patience)
        port.node_name = f"hidraw{self._hidraw_number}"
        self._hidraw_number += 1
        port.node = HidrawNode(port.identity, sysfs.physical_path(self._run, port.index + 1), port.connection.transmit)
        self._server.add(port.node_name, port.node)
        port.devices = self._tree.add(port.identity, port.index + 1, port.node_name)
        self._watch(port.connection, lambda: self._receive(port))
        for device in port.devices:
            uevent.announce("add", device)

    def unplug(self, port):
        self._selector.unregister(port.connection)
        port.connection.close()
        self._server.remove(port.node_name)
        for device in reversed(port.devices):
            uevent.announce("remove", device)
        self._tree.remove(port.devices)
        port.connection = port.node = port.devices = None

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

    def _step(self, longest=0.25):
        for key, _ in self._selector.select(longest):
            # An earlier event of this round may have ended what this one is about.
            if self._selector.get_map().get(key.fd) == key:
                key.data()

    def _serve_files(self):
        if not self._server.serve_one():
            self._selector.unregister(self._server)
            self._stop()

    def _receive(self, port):
        reports = port.connection.receive()
        if reports is None:
            self.unplug(port)
            return
        for report in reports:
            port.node.receive(report)

    def _obey(self, verb, lock):
        """The control socket's commands; returns the state of all locks."""
        ports = self._ports if lock is None else [self._find(lock)]
        if verb == "plug":
            for port in ports:
                if port.connection is None:
                    try:
                        self.plug(port, PLUG_PATIENCE)
                    except OSError as error:
                        raise ControlError(str(error)) from error
                elif lock is not None:
                    raise ControlError(f"lock {lock} is plugged in")
        elif verb == "unplug":
            for port in ports:
                if port.connection is not None:
                    self.unplug(port)
                elif lock is not None:
                    raise ControlError(f"lock {lock} is not plugged in")
        elif verb != "list":
            raise ControlError(f"unknown command {verb}")
        return [self._describe(port) for port in self._ports]

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
            "node": f"/dev/{self._run}/{port.node_name}" if plugged else None,
            "readers": port.node.readers if plugged else 0,
        }


def parse_lock(text, index):
    """SOCKET[,name=NAME][,serial=SERIAL] as a Port."""
    path, *options = text.split(",")
    values = dict(option.partition("=")[::2] for option in options)
    unknown = set(values) - {"name", "serial"}
    if unknown:
        raise SystemExit(f"rig: --lock {text}: unknown {', '.join(sorted(unknown))}")
    name = values.get("name") or os.path.splitext(os.path.basename(path))[0]
    return Port(index, name, os.path.abspath(path), UsbIdentity(serial=values.get("serial", "")))


def parse_arguments():
    parser = argparse.ArgumentParser(
        usage="rig.py --lock SOCKET[,name=N][,serial=S] … (--origin URL … | --no-policy) [options] -- COMMAND…",
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
    except OSError as error:
        print(f"rig: {error}", file=sys.stderr)
        return EXIT_NOT_SET_UP
    finally:
        rig.close()


if __name__ == "__main__":
    sys.exit(main())
