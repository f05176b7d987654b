#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mounts the partitions of the key that the live system started from, and no other disk's.

``PARCLIBRE`` (FAT, read by Windows) goes to /run/parclibre/stick, ``PARCLIBRE-DATA`` (ext4, the
store) to /var/lib/parclibre. Started from a disc or an ISO, a stick plugged in that bears these
labels serves; a disk inside the machine never does. Python 3.10, standard library only.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

MEDIUM = "/run/live/medium"
FILES, STORE = "PARCLIBRE", "PARCLIBRE-DATA"
POINTS = {FILES: Path("/run/parclibre/stick"), STORE: Path("/var/lib/parclibre")}
FORMATS = {FILES: "vfat", STORE: "ext4"}
OPTIONS = {
    # Written out soon: people pull sticks.
    FILES: "nosuid,nodev,noexec,noatime,flush,utf8,umask=022",
    STORE: "nosuid,nodev,noexec,noatime,data=ordered,commit=1",
}
CHECKS = {FILES: ["fsck.fat", "-a"], STORE: ["e2fsck", "-p"]}
# What fsck(8) returns when errors were corrected.
CORRECTED = 1

Json = dict[str, Any]


def read_devices() -> list[Json]:
    """Return the disks and their partitions as lsblk tells them."""
    columns = "PATH,TYPE,RM,TRAN,RO,FSTYPE,LABEL"
    command = ["lsblk", "--json", "--output", columns]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    devices: list[Json] = json.loads(done.stdout)["blockdevices"]
    return devices


def medium_device() -> str:
    """Return the partition or the drive that the live system runs from; empty when unknown."""
    command = ["findmnt", "--noheadings", "--output", "SOURCE", MEDIUM]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    return done.stdout.split("[")[0].strip()


def chosen(devices: Sequence[Json], medium: str) -> dict[str, str]:
    """Return the partition to mount for each label that was found.

    The disk of the medium serves alone; when it bears no such label, the sticks do.
    """
    own = [device for device in devices if medium in names_of(device)]
    sticks = [device for device in devices if device["tran"] == "usb" or device["rm"]]
    return labelled(own) or labelled(sticks)


def names_of(device: Json) -> set[str]:
    """Return a disk's path and those of its partitions."""
    return {device["path"], *(part["path"] for part in device.get("children", []))}


def labelled(devices: Iterable[Json]) -> dict[str, str]:
    """Return the first partition of each of our labels, of the right format."""
    found: dict[str, str] = {}
    for device in devices:
        for part in [device, *device.get("children", [])]:
            label = part["label"]
            if label in FORMATS and FORMATS[label] == part["fstype"] and not device["ro"]:
                found.setdefault(label, part["path"])
    return found


def mount(label: str, path: str) -> None:
    """Check a partition, repairing what a pulled stick left, and mount it."""
    point = POINTS[label]
    point.mkdir(parents=True, exist_ok=True)
    if subprocess.run(["mountpoint", "-q", str(point)], check=False).returncode == 0:
        return
    checked = subprocess.run([*CHECKS[label], path], stdout=subprocess.DEVNULL, check=False)
    if checked.returncode > CORRECTED:
        sys.stderr.write(f"{path}: {CHECKS[label][0]} {checked.returncode}\n")
    subprocess.run(["mount", "-o", OPTIONS[label], path, str(point)], check=True)
    if label == STORE:
        point.chmod(0o700)


def main(argv: Sequence[str]) -> int:
    """Mount or unmount."""
    if argv[1:] == ["mount"]:
        for label, path in chosen(read_devices(), medium_device()).items():
            mount(label, path)
        return 0
    for point in POINTS.values():
        subprocess.run(["umount", "--quiet", str(point)], check=False)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
