# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m benchmarks.key_boot KEY --live IMAGE --plain IMAGE``: until the first question.

The key's live system, from the kernel's start to its first question, against an image installed on
a virtual disk, from the kernel's start to its login prompt: the same translated machine, the same
console, in turns. Both kernels are given to the machine directly, so that firmware and boot loader
count for neither. KEY is a file that ``parclibre live key --file`` made.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from fleet.adapters import process
from fleet.model.image import INITRD, KERNEL, ROOTFS
from fleet.model.proof import Firmware
from tests.bench.key_machine import SERIAL, KeyMachine, Target

WANTED = 1.3
_LIMIT_S = 1800
_DISK_BYTES = 8 << 30
_LIVE_WORDS = "usr/lib/parclibre/live-cmdline"


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """A kernel with its words, and what shows that it is there."""

    image: Path
    words: str
    awaited: str


class DirectMachine(KeyMachine):
    """Starts a kernel at once, without firmware menus nor GRUB."""

    start: Start

    def command(self, line_fd: int, control_fd: int) -> list[str]:
        """Return QEMU's command line, with the kernel."""
        image = self.start.image
        # A kernel that is given is the first to boot; a medium may not say so too.
        words = (word.replace(",bootindex=0", "") for word in super().command(line_fd, control_fd))
        return [
            *words,
            "-kernel", str(image / KERNEL), "-initrd", str(image / INITRD),
            "-append", self.start.words,
        ]  # fmt: skip


def main(arguments: list[str] | None = None) -> int:
    """Measure, print JSON; the exit status says whether the target was met."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.key_boot", description=__doc__)
    parser.add_argument("key", type=Path)
    parser.add_argument("--live", type=Path, required=True, help="the live image's folder")
    parser.add_argument("--plain", type=Path, required=True, help="another image's folder")
    parser.add_argument("--turns", type=int, default=3)
    chosen = parser.parse_args(arguments)
    with TemporaryDirectory(dir=chosen.key.parent) as folder:
        pairs = list(_pairs(chosen, Path(folder)))
    plain, key = (median(times) for times in zip(*pairs, strict=True))
    ratio = key / plain
    print(json.dumps({"plain_s": plain, "key_s": key, "ratio": ratio, "pairs": pairs}, indent=1))
    return 0 if ratio <= WANTED else 1


def _pairs(chosen: argparse.Namespace, folder: Path) -> Iterator[tuple[float, float]]:
    """Yield seconds of processor of the plain system and of the key, in turns."""
    disk = _installed(chosen.plain, folder / "plain.raw")
    plain = Start(
        image=chosen.plain, words=f"root={_root(disk)} ro quiet {SERIAL}", awaited="login: "
    )
    told = process.run(["unsquashfs", "-cat", str(chosen.live / ROOTFS), _LIVE_WORDS], timeout_s=60)
    live = Start(
        image=chosen.live, words=f"{told.stdout.strip()} {SERIAL}", awaited="Quel est votre clavier"
    )
    for turn in range(chosen.turns):
        key = folder / "key.img"
        shutil.copyfile(chosen.key, key)
        yield (
            _timed(plain, None, (Target(disk, "virtio"),), folder / f"plain{turn}"),
            _timed(live, key, (), folder / f"key{turn}"),
        )


def _timed(start: Start, key: Path | None, disks: tuple[Target, ...], folder: Path) -> float:
    machine = DirectMachine(key, Firmware.BIOS, folder, disks=disks)
    machine.start = start
    with machine as pc:
        pc.expect(start.awaited, _LIMIT_S)
        return pc.processor_s


def _installed(image: Path, disk: Path) -> Path:
    with disk.open("wb") as file:
        file.truncate(_DISK_BYTES)
    signer = image.parent.parent / "keys" / "replica.pub"
    command = [
        sys.executable, "-m", "fleet.cli.main", "install", "--image", str(image),
        "--disk", str(disk), "--hostname", "plain", "--trusted-key", str(signer),
        "--confirm", disk.name,
    ]  # fmt: skip
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return disk


def _root(disk: Path) -> str:
    """Return how the kernel finds the root partition: the last one of the disk."""
    told = process.run(["sfdisk", "--json", str(disk)], timeout_s=60).stdout
    last = json.loads(told)["partitiontable"]["partitions"][-1]
    return f"PARTUUID={last['uuid'].lower()}"


if __name__ == "__main__":
    sys.exit(main())
