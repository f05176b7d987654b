# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A small image that the installer accepts: a real squashfs of a hand-made root, really signed."""

from __future__ import annotations

import os
import random
import stat
import subprocess
from pathlib import Path
from uuid import uuid4

from fleet.adapters.disk_ext4 import Ext4, Node
from fleet.services.images import read_image
from fleet.services.images_write import new_part, write_artifact
from fleet.store.keys import ReplicaKey
from tests.services.image_samples import COPYRIGHTS, facts_of, installed

KERNEL = "6.12.57+deb13-amd64"
MIB = 1 << 20
_DEBCONF = """Name: debconf/frontend
Template: debconf/frontend
Value: Dialog
Owners: debconf

Name: grub-pc/install_devices
Template: grub-pc/install_devices
Value:
Owners: grub-pc, grub-pc-bin
"""


def make_root(folder: Path, *, bios: bool = True) -> Path:
    """A root with all that the installer looks at, and what filesystems find hard."""
    rng = random.Random(7)
    texts = {
        "etc/os-release": "ID=debian\nVERSION_CODENAME=trixie\n",
        "etc/hostname": "image\n",
        "usr/sbin/sshd": "#!/bin/false\n",
        "usr/lib/systemd/system/system-systemd\\x2dcryptsetup.slice": "[Unit]\n",
        "usr/share/Főtanúsítvány é.crt": "certificate\n",
        "usr/share/vide": "",
        "home/eleve/Bureau/lisez-moi.txt": "Bonjour\n",
        "var/cache/debconf/config.dat": _DEBCONF,
        "boot/grub/i386-pc/normal.mod": "module",
        "etc/ssh/authorized_keys.d/technicien": "ssh-ed25519 AAAA image\n",
        "etc/systemd/system/parclibre-check-in.timer": "[Timer]\n",
        "usr/lib/shim/BOOTX64.CSV": "shimx64.efi,debian,,\n",
    }
    blobs = {
        f"boot/vmlinuz-{KERNEL}": 300_000,
        f"boot/initrd.img-{KERNEL}": 700_000,
        "boot/vmlinuz-6.9.1-amd64": 1000,
        "boot/initrd.img-6.9.1-amd64": 1000,
        "usr/lib/shim/shimx64.efi.signed": 90_000,
        "usr/lib/shim/mmx64.efi.signed": 80_000,
        "usr/lib/shim/fbx64.efi.signed": 70_000,
        "usr/share/gros": 5 * MIB + 17,
    }
    for name, text in texts.items():
        _write(folder / name, text.encode())
    for name, size in blobs.items():
        _write(folder / name, rng.randbytes(size))
    grub = rng.randbytes(60_000) + b"/EFI/debian\0" + rng.randbytes(1000)
    _write(folder / "usr/lib/grub/x86_64-efi-signed/grubx64.efi.signed", grub)
    if bios:
        _write(folder / "usr/lib/parclibre/boot/boot.img", rng.randbytes(512))
        _write(folder / "usr/lib/parclibre/boot/core.img", rng.randbytes(70_001))
    _write(folder / "etc/machine-id", b"")
    _make_hard_things(folder)
    return folder


def _make_hard_things(folder: Path) -> None:
    for number in range(600):
        _write(folder / f"usr/share/beaucoup/fichier-{number:04}", str(number).encode())
    (folder / "usr/share/lien").symlink_to("vide")
    (folder / "usr/share/lien-long").symlink_to("../" + "long/" * 40 + "fin")
    os.link(folder / "usr/share/vide", folder / "usr/share/vide-bis")
    sparse = folder / "usr/share/creux"
    sparse.touch()
    os.truncate(sparse, 9 * MIB)
    with sparse.open("r+b") as file:
        file.seek(4 * MIB)
        file.write(b"au milieu")
    (folder / "usr/bin").mkdir()
    _write(folder / "usr/bin/mount", b"setuid")
    (folder / "usr/bin/mount").chmod(0o4755)
    (folder / "tmp").mkdir()
    (folder / "tmp").chmod(0o1777)
    if os.geteuid() == 0:
        os.chown(folder / "home/eleve", 1000, 1000)
        os.chown(folder / "usr/share/gros", 70_000, 70_001)
        os.mknod(folder / "usr/share/nul", 0o666 | stat.S_IFCHR, os.makedev(1, 3))
        _write(folder / "usr/bin/ping", b"ping")
        # cap_net_raw=ep, as Debian's ping has.
        capability = bytes.fromhex("0100000200200000000000000000000000000000")
        os.setxattr(folder / "usr/bin/ping", "security.capability", capability)


def make_image(home: Path, key: ReplicaKey, root: Path) -> Path:
    """Pack a root into a signed image in ``home``; return its folder."""
    part = new_part(home, "ecole")
    facts = facts_of(root, part / "files.sha256", built_at="2026-11-22T08:00:00Z")
    subprocess.run(
        ["mksquashfs", root, part / "rootfs.squashfs", "-comp", "zstd", "-Xcompression-level",
         "1", "-quiet", "-no-progress", "-noappend"],
        check=True, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    for name, source in {"vmlinuz": "boot/vmlinuz", "initrd.img": "boot/initrd.img"}.items():
        (part / name).write_bytes((root / f"{source}-{KERNEL}").read_bytes())
    (part / "build.log").write_text(f"built {uuid4()}\n")
    folder = write_artifact(part, facts, key, installed=installed(), copyrights=COPYRIGHTS)
    return read_image(folder).folder


def make_disk(path: Path, size_bytes: int = 1200 * MIB) -> Path:
    """An empty disk file."""
    with path.open("wb") as file:
        file.truncate(size_bytes)
    return path


def nodes_by_path(disk: Path, start_bytes: int) -> tuple[Ext4, dict[str, Node]]:
    """The entries of an installed filesystem."""
    opened = os.open(disk, os.O_RDONLY)  # closed with the test process

    def read(at: int, size: int) -> bytes:
        return os.pread(opened, size, at)

    ext4 = Ext4(read, start_bytes)
    return ext4, {node.path: node for node in ext4.nodes()}


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
