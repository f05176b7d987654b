# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A block device as a target: its filesystems are mounted where no other program sees them."""

from __future__ import annotations

import fcntl
import os
import stat
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from fleet.adapters.disk import Filesystem, Finish, Place, RawDisk
from fleet.adapters.disk_format import make_ext4
from fleet.adapters.disk_process import run_tied
from fleet.adapters.disk_unpack import unpack
from fleet.adapters.process import find, run
from fleet.errors import FleetError
from fleet.i18n import _
from fleet.model.install_plan import Part, Role

_BLKFLSBUF = 0x1261  # include/uapi/linux/fs.h
_TOOL_S = 120
_SYNC_S = 3600
# Until the end this disk does not start: ordering its writes would only make it slower.
_MOUNT_OPTIONS = "noatime,barrier=0,commit=300"


class BlockDevice:
    """A real disk, or a loop device of the tests."""

    def __init__(self, raw: RawDisk) -> None:
        """Take an open disk."""
        self.raw = raw

    def erase_known_signatures(self) -> None:
        """Run wipefs on each partition that the kernel knows, then on the disk."""
        for node in (*self._partitions().values(), self.raw.path):
            run_tied(["wipefs", "--all", "--force", str(node)], timeout_s=_TOOL_S)

    def table_written(self) -> None:
        """Have the kernel forget the old partitions and see the new ones."""
        device = str(self.raw.path)
        run(["partx", "--delete", device], timeout_s=_TOOL_S, check=False)
        run(["partx", "--update", device], timeout_s=_TOOL_S)
        # Nodes of devtmpfs are there at once; udev, when it runs, may still be looking at them.
        if find("udevadm"):
            run(["udevadm", "settle", "--timeout=30"], timeout_s=_TOOL_S, check=False)

    def place(self, part: Part) -> Place:
        """Return the partition's own node."""
        node = self._partitions().get(part.number)
        if node is None or not stat.S_ISBLK(node.stat().st_mode):
            raise FleetError(
                _("The kernel does not show partition {n} of {path}.").format(
                    n=part.number, path=self.raw.path
                ),
                hint=_("Start the computer again, then run the installation again."),
            )
        return Place(path=node, offset_bytes=0, size_bytes=part.size_bytes)

    def fill(self, filesystems: Sequence[Filesystem], image: Path, finish: Finish) -> Iterator[int]:
        """Unpack straight onto the mounted filesystems; yield percentages."""
        for filesystem in filesystems:
            make_ext4(self.place(filesystem.part), filesystem)
        with _private_mounts() as mounts:
            for filesystem in filesystems:
                below = "home" if filesystem.part.role is Role.HOME else ""
                mounts.mount(self.place(filesystem.part).path, below)
            yield from unpack(image, mounts.root)
            finish(mounts.root)
            mounts.unmount()

    def forget_caches(self) -> None:
        """Write everything out and drop what memory holds of the disk and its partitions."""
        for node in (*self._partitions().values(), self.raw.path):
            descriptor = os.open(node, os.O_RDONLY | os.O_CLOEXEC)
            try:
                os.fsync(descriptor)
                fcntl.ioctl(descriptor, _BLKFLSBUF)
            finally:
                os.close(descriptor)

    def _partitions(self) -> dict[int, Path]:
        """Return the nodes of the partitions that the kernel knows, by number."""
        number = os.stat(self.raw.path).st_rdev  # noqa: PTH116 - st_rdev of a device
        system = Path(f"/sys/dev/block/{os.major(number)}:{os.minor(number)}")
        return {
            int(found.read_text("ascii")): Path("/dev") / found.parent.name.replace("!", "/")
            for found in sorted(system.glob("*/partition"))
        }


class _Mounts:
    """Filesystems mounted in the namespace of one small process, reached through /proc."""

    def __init__(self, holder: int, point: Path) -> None:
        self._holder, self._point = holder, point
        self.root = Path(f"/proc/{holder}/root{point}")

    def mount(self, device: Path, below: str) -> None:
        (self.root / below).mkdir(exist_ok=True)
        self._run(
            ["mount", "-t", "ext4", "-o", _MOUNT_OPTIONS, str(device), str(self._point / below)]
        )

    def unmount(self) -> None:
        self._run(["sync", "--file-system", str(self._point)])
        self._run(["umount", "--recursive", str(self._point)])

    def _run(self, command: list[str]) -> None:
        enter = ["nsenter", f"--mount=/proc/{self._holder}/ns/mnt", "--"]
        run([*enter, *command], timeout_s=_SYNC_S)


@contextmanager
def _private_mounts() -> Iterator[_Mounts]:
    """Hold a mount namespace; it goes, and what is mounted in it, when this process does."""
    with tempfile.TemporaryDirectory(prefix="parclibre-") as point:
        holder = subprocess.Popen(
            ["unshare", "--mount", "--propagation", "private", "--", "cat"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        try:
            _wait_for(holder)
            yield _Mounts(holder.pid, Path(point))
        finally:
            holder.communicate()


def _wait_for(holder: subprocess.Popen[bytes]) -> None:
    """Wait for the namespace: cat answers once unshare has become cat."""
    if holder.stdin is None or holder.stdout is None:
        return
    holder.stdin.write(b".")
    holder.stdin.flush()
    if not holder.stdout.read(1):
        raise FleetError(
            _("A private mount namespace cannot be made."), hint=_("Installing needs root.")
        )


@contextmanager
def open_block_device(path: Path) -> Iterator[BlockDevice]:
    """Open a block device. Raises DiskBusy when another installation holds it."""
    raw = RawDisk(path)
    try:
        yield BlockDevice(raw)
    finally:
        raw.close()
