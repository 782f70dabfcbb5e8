"""A virtual machine with Debian's own kernel, in which a command runs on this machine's files.

QEMU interprets the guest (TCG): a stock kernel does not run in every /dev/kvm, and this one is quick enough. Nothing is installed but
QEMU: the kernel's package is downloaded and unpacked, and the guest's root is the machine's, with a layer of its own over it.
"""

import glob
import os
import shutil
import subprocess
import sys

from guest import initramfs

HERE = os.path.dirname(os.path.abspath(__file__))
MODULES = "virtio_pci 9pnet_virtio 9p overlay uhid hid-generic usbhid vhci-hcd".split()
MEMORY = 3072  # MiB
QEMU = "qemu-system-x86_64"


class Machine:
    """`folder`: where downloaded and unpacked things are kept from one run to the next."""

    def __init__(self, folder):
        self._folder = os.path.abspath(folder)
        os.makedirs(self._folder, exist_ok=True)
        self.kernel = self._kernel_package()

    def run(self, out, command, time_limit):
        """Runs a bash script in the guest, with the folder `out` as /mnt/out; returns its exit code and what it printed.
        Raises TimeoutError and OSError."""
        for name in ("start", "loopback.py"):
            shutil.copy(f"{HERE}/{name}", f"{out}/{name}")
        main = f"{out}/main"
        with open(main, "w") as file:
            file.write(f"#!/bin/bash\n{sys.executable} /mnt/out/loopback.py\n{command}\n")
        os.chmod(main, 0o755)
        with open(f"{out}/console", "wb") as console:
            process = subprocess.Popen(self._words(out), stdin=subprocess.DEVNULL, stdout=console, stderr=console)
            try:
                process.wait(time_limit)
            except subprocess.TimeoutExpired as error:
                raise TimeoutError(f"the guest did not end in {time_limit} s\n{self._said(out)}") from error
            finally:
                process.kill()
                process.wait()
        if not os.path.exists(f"{out}/main.code"):
            raise OSError(f"the guest did not run its command\n{self._said(out)}")
        with open(f"{out}/main.code") as code, open(f"{out}/main.log", errors="replace") as log:
            return int(code.read()), log.read()

    def _words(self, out):
        shared = [("machine", "/", "on"), ("out", out, "off")]
        shares = [
            f"local,path={path},mount_tag={tag},security_model=none,readonly={fixed},multidevs=remap" for tag, path, fixed in shared
        ]
        # Nehalem: newer processors cost time to interpret. nodefaults: no network, no waiting for a display.
        fixed = f"-accel tcg,thread=multi -cpu Nehalem -smp 2 -m {MEMORY} -nodefaults -display none -no-reboot -serial stdio"
        return [
            *[QEMU, *fixed.split(), *(word for share in shares for word in ("-virtfs", share))],
            *["-kernel", self._unpacked(f"boot/vmlinuz-{self.kernel}"), "-initrd", self._initrd()],
            *["-append", "console=ttyS0 quiet panic=-1 mitigations=off"],
        ]

    def _said(self, out):
        texts = []
        for name in ("console", "main.log"):
            if os.path.exists(f"{out}/{name}"):
                with open(f"{out}/{name}", errors="replace") as file:
                    texts.append(file.read()[-3000:])
        return "\n".join(texts)

    def _initrd(self):
        path = f"{self._folder}/initrd-{self.kernel}"
        modules = self._unpacked(f"lib/modules/{self.kernel}")
        if not os.path.exists(f"{modules}/modules.dep.bin"):
            # depmod is kmod under another name.
            subprocess.run(
                ["depmod", "--basedir", self._unpacked(""), self.kernel], executable=self._unpacked("bin/kmod"), check=True
            )
        with open(path, "wb") as file:
            file.write(initramfs.build(modules, MODULES, self._unpacked("bin/busybox"), f"{HERE}/init"))
        return path

    def _unpacked(self, path):
        return f"{self._folder}/root/{path}"

    def _kernel_package(self):
        """The version of the newest kernel of this Debian, downloaded and unpacked when it is not there yet."""
        there = glob.glob(self._unpacked("boot/vmlinuz-*"))
        if there:
            return there[0].rpartition("vmlinuz-")[2]
        depends = subprocess.run(["apt-cache", "depends", "linux-image-amd64"], capture_output=True, text=True, check=True)
        package = depends.stdout.partition("Depends: ")[2].split()[0]
        subprocess.run(
            ["apt-get", "-q", "download", package, "busybox-static", "kmod"], cwd=self._folder, check=True, stderr=subprocess.DEVNULL
        )
        for archive in glob.glob(f"{self._folder}/*.deb"):
            subprocess.run(["dpkg-deb", "-x", archive, self._unpacked("")], check=True)
            os.unlink(archive)
        return package.removeprefix("linux-image-")
