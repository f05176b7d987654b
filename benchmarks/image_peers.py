# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Other makers of images, asked for the same packages, packed by the same compressor.

Their own configurations are written here in full, so that who knows them better can mend them.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

_PACKING = "-comp zstd -Xcompression-level {level} -b 1024K -xattrs -no-recovery"
_LIMIT_S = 4 * 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What every tool must make: a squashfs of a suite with these packages."""

    suite: str
    mirror: str
    security: str
    packages: tuple[str, ...]
    compression: int = 15
    disk_gib: int = 16

    @property
    def packing(self) -> str:
        """The words of mksquashfs that ours uses too."""
        return _PACKING.format(level=self.compression)


class Peer(Protocol):
    """A maker of images."""

    name: str

    def build(self, work: Work, folder: Path) -> Path:
        """Make the squashfs in an empty folder, and return it."""


class Mkosi:
    """mkosi, of Debian 12 (version 14): debootstrap and apt, then mksquashfs."""

    name = "mkosi"

    def build(self, work: Work, folder: Path) -> Path:
        """Make the squashfs in an empty folder, and return it."""
        packer = _script(folder / "packer", f'#!/bin/sh\nexec mksquashfs "$@" {work.packing}\n')
        (folder / "mkosi.default").write_text(
            "[Distribution]\nDistribution=debian\n"
            f"Release={work.suite}\nMirror={work.mirror}\n\n"
            "[Output]\nFormat=plain_squashfs\nOutput=image.squashfs\nBootable=no\n"
            f"Mksquashfs={packer}\n\n"
            "[Content]\nWithDocs=yes\nPackages=\n"
            + "".join(f"    {name}\n" for name in work.packages)
        )
        _call(["mkosi", "--force", "build"], folder)
        return folder / "image.squashfs"


class Vmdb2:
    """vmdb2, which makes a disk image: its root filesystem is then packed.

    It asks kpartx for the partition; where the kernel has no device-mapper, a small stand-in
    gives it a loop device, at no cost in time.
    """

    name = "vmdb2"

    def build(self, work: Work, folder: Path) -> Path:
        """Make the squashfs in an empty folder, and return it."""
        target = folder / "image.squashfs"
        (folder / "spec.yaml").write_text(_vmdb2_spec(work, target))
        environ = {}
        if not Path("/dev/mapper/control").exists() or not _has_device_mapper():
            _script(folder / "bin" / "kpartx", _KPARTX)
            environ["PATH"] = f"{folder / 'bin'}:{os.environ['PATH']}"
        words = ["vmdb2", "--log", "vmdb2.log", "--output", "disk.img"]
        words += ["--rootfs-tarball", "unused.tar", "spec.yaml"]
        _call(words, folder, environ)
        (folder / "disk.img").unlink()
        return target


PEERS: tuple[Peer, ...] = (Mkosi(), Vmdb2())

_KPARTX = """\
#!/bin/sh
# kpartx without device-mapper: the first partition of a disk file, as a loop device.
set -eu
mode=$1 image=$2
map=/dev/mapper/parclibre-bench1
case $mode in
-asv)
    start=$(sgdisk --info=1 "$image" | sed -n 's/^First sector: \\([0-9]*\\).*/\\1/p')
    loop=$(losetup --find --show --offset=$((start * 512)) "$image")
    mkdir -p /dev/mapper
    ln -s "$loop" "$map"
    echo "add map parclibre-bench1 (253:0): 0 0 linear"
    ;;
-dsv)
    losetup --detach "$(readlink "$map")"
    rm "$map"
    ;;
esac
"""


def _vmdb2_spec(work: Work, target: Path) -> str:
    names = ", ".join(work.packages)
    return f"""\
steps:
  - mkimg: "{{{{ output }}}}"
    size: {work.disk_gib}G
  - mklabel: gpt
    device: "{{{{ output }}}}"
  - mkpart: primary
    device: "{{{{ output }}}}"
    start: 0%
    end: 100%
    tag: root
  - kpartx: "{{{{ output }}}}"
  - mkfs: ext4
    partition: root
  - mount: root
  - debootstrap: {work.suite}
    mirror: {work.mirror}
    target: root
    variant: minbase
  - create-file: /etc/apt/sources.list.d/later.list
    contents: |
      deb {work.mirror} {work.suite}-updates main non-free-firmware
      deb {work.security} {work.suite}-security main non-free-firmware
      deb {work.mirror} {work.suite} non-free-firmware
  - virtual-filesystems: root
  - apt: install
    packages: [{names}]
    tag: root
  - shell: |
      mksquashfs "$ROOT" {target} -one-file-system -e lost+found -noappend {work.packing}
    root-fs: root
"""


def _has_device_mapper() -> bool:
    return "device-mapper" in Path("/proc/devices").read_text("ascii")


def _script(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


def _call(words: Sequence[str], folder: Path, environ: Mapping[str, str] | None = None) -> None:
    """Run a tool; what it said is in ``build.log``, and in the error when it fails."""
    log = folder / "build.log"
    with log.open("wb") as file:
        done = subprocess.run(
            words, cwd=folder, stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.STDOUT,
            env={**os.environ, "LC_ALL": "C", **(environ or {})}, timeout=_LIMIT_S,
        )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"{words[0]} failed:\n{log.read_text(errors='replace')[-3000:]}")
