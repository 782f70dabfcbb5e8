"""The private view of the machine in which the browser runs: /sys, /dev, /run/udev and the browser's policies.

Everything is mounted in a mount namespace of this process, and folders that need a new entry are mirrored first (a
tmpfs with everything they had bound back into it). So nothing is ever written to the machine's own /dev, /run or /etc,
and when the last process of the run ends, however it ends, nothing is left.
"""

import json
import os
import shutil
from contextlib import contextmanager

import linux

POLICY_FOLDER = "/etc/chromium"  # where Chromium (not Chrome) on Linux looks for policies
POLICY_FILE = "policies/managed/calock-rig.json"


def enter():
    """Must be called before anything else here, with one thread running."""
    linux.enter_private_mounts()


def replace_sysfs():
    """Puts a tmpfs over /sys. What programs ask of the machine itself (processors, control groups) stays visible."""
    with _covered("/sys") as real:
        for kept in ("devices/system", "fs"):
            os.makedirs(f"/sys/{kept}")
            if os.path.isdir(f"{real}/{kept}"):
                linux.mount(f"{real}/{kept}", f"/sys/{kept}", flags=linux.MS_BIND | linux.MS_REC)


def replace_udev_state():
    """An empty /run/udev with the file by which libudev knows that its multicast group is worth listening to
    (systemd, device-monitor.c), and without the machine's own database of devices."""
    make_folder("/run/udev")
    linux.mount("tmpfs", "/run/udev", "tmpfs", options="mode=755")
    with open("/run/udev/control", "w"):
        pass


def allow_devices(origins, vendors):
    """Lets the pages of `origins` use the devices of `vendors` through WebHID and WebUSB, without a chooser."""
    make_folder(POLICY_FOLDER)
    with _covered(POLICY_FOLDER) as real:
        shutil.copytree(real, POLICY_FOLDER, symlinks=True, dirs_exist_ok=True)
    write_policy(origins, vendors)


def write_policy(origins, vendors):
    """The same, for all of the machine."""
    rule = [{"devices": [{"vendor_id": vendor} for vendor in vendors], "urls": origins}]
    policy = {"WebHidAllowDevicesForUrls": rule, "WebUsbAllowDevicesForUrls": rule}
    path = f"{POLICY_FOLDER}/{POLICY_FILE}"
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        json.dump(policy, file)


def make_device_folder(name):
    """Makes /dev/NAME."""
    make_folder(f"/dev/{name}")
    # Opening /dev/ptmx looks for its neighbour `pts` within one mount (Linux, fs/devpts/inode.c, devpts_mntget), which
    # fails for a file bound alone. The link is the other form that Documentation/filesystems/devpts.rst gives.
    if os.path.exists("/dev/pts/ptmx") and not os.path.islink("/dev/ptmx"):
        linux.unmount("/dev/ptmx")
        os.unlink("/dev/ptmx")
        os.symlink("pts/ptmx", "/dev/ptmx")


def make_folder(path):
    """Makes `path` in this namespace only. Its parent must exist."""
    if not os.path.isdir(path):
        _mirror(os.path.dirname(path))
        os.mkdir(path)


def _mirror(path):
    """Replaces a folder by a tmpfs with the same entries, to which entries can be added."""
    with _covered(path) as real:
        for entry in os.scandir(real):
            target = f"{path}/{entry.name}"
            try:
                if entry.is_symlink():
                    os.symlink(os.readlink(entry.path), target)
                    continue
                if entry.is_dir():
                    os.mkdir(target)
                else:
                    os.close(os.open(target, os.O_CREAT | os.O_WRONLY))
                linux.mount(entry.path, target, flags=linux.MS_BIND | linux.MS_REC)
            except FileNotFoundError:
                pass  # it went away while we looked


@contextmanager
def _covered(path):
    """Puts a tmpfs over `path`, of the same mode, and gives the path by which the covered folder is still reached."""
    below = os.open(path, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        mode = os.stat(below).st_mode & 0o7777
        linux.mount("tmpfs", path, "tmpfs", options=f"mode={mode:o}")
        yield f"/proc/self/fd/{below}"
    finally:
        os.close(below)
