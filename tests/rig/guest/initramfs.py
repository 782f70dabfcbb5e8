"""A small initramfs: busybox, `init`, and some kernel modules with all that they need.

Source: Linux Documentation/driver-api/early-userspace/buffer-format.rst (the "newc" cpio format).
"""

import gzip
import os
import re
import stat

FOLDERS = ("bin", "dev", "proc", "sys", "mnt", "mnt/lower", "mnt/rw", "mnt/new", "modules")


class Archive:
    """A cpio archive in memory."""

    def __init__(self):
        self._bytes = bytearray()
        self._count = 0

    def add(self, name, mode, content=b"", device=(0, 0)):
        self._count += 1
        path = name.encode() + b"\0"
        # inode mode uid gid links mtime size, device of the file system, device of a node, length of the name, checksum
        fields = (self._count, mode, 0, 0, 1, 0, len(content), 0, 0, *device, len(path), 0)
        self._put(b"070701" + b"".join(b"%08X" % field for field in fields) + path)
        self._put(content)

    def compressed(self):
        self.add("TRAILER!!!", 0)
        return gzip.compress(bytes(self._bytes), 1)

    def _put(self, data):
        self._bytes += data
        self._bytes += bytes(-len(self._bytes) % 4)


def build(modules_folder, wanted, busybox, init):
    """The archive's bytes. `modules_folder`: /lib/modules/VERSION with modules.dep; `wanted`: names of modules, loaded in this
    order after what they depend on."""
    archive = Archive()
    for folder in FOLDERS:
        archive.add(folder, stat.S_IFDIR | 0o755)
    archive.add("dev/console", stat.S_IFCHR | 0o600, device=(5, 1))
    archive.add("bin/busybox", stat.S_IFREG | 0o755, _read(busybox))
    archive.add("bin/sh", stat.S_IFLNK | 0o777, b"busybox")
    archive.add("init", stat.S_IFREG | 0o755, _read(init))
    order = load_order(_read(f"{modules_folder}/modules.dep").decode(), wanted)
    for path in order:
        archive.add("modules/" + os.path.basename(path), stat.S_IFREG | 0o644, _read(f"{modules_folder}/{path}"))
    archive.add("modules/order", stat.S_IFREG | 0o644, "".join(os.path.basename(path) + "\n" for path in order).encode())
    return archive.compressed()


def load_order(dependencies, wanted):
    """Paths of modules, each after what it needs. `dependencies`: text of modules.dep, "path: path path", the nearest first."""
    needs = {path: rest.split() for path, _, rest in (line.partition(":") for line in dependencies.splitlines())}
    by_name = {_name(path): path for path in needs}
    order = []
    for module in wanted:
        if _name(module) not in by_name:
            raise ValueError(f"this kernel has no module {module}")
        path = by_name[_name(module)]
        order += [each for each in (*reversed(needs[path]), path) if each not in order]
    return order


def _name(path):
    return re.sub(r"\.ko(\.\w+)?$", "", os.path.basename(path)).replace("-", "_")


def _read(path):
    with open(path, "rb") as file:
        return file.read()
