# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Looks at a disk without changing it: who it is, what is on it, who uses it."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from fleet.adapters.disk_table import read_table
from fleet.adapters.process import run
from fleet.errors import FleetError, NotFound, UsageError
from fleet.i18n import _
from fleet.model.install_plan import ESP_BYTES, DiskFound, DiskIdentity, DiskKind, FoundPart
from fleet.model.text import known

_PROBE_S = 60
_TABLES = {"gpt", "PMBR", "dos"}
# Without NAME, lsblk prints a list where we need the tree.
_COLUMNS = "NAME,PATH,TYPE,SIZE,LOG-SEC,RO,MODEL,SERIAL,WWN,MOUNTPOINTS"
# Where a running system keeps itself, and where live systems keep the medium they run from.
_SYSTEM = ("/", "/boot", "/usr", "/boot/efi", "/run/live/medium", "/lib/live/mount/medium",
           "/cdrom", "/run/initramfs/live")  # fmt: skip
Json = Mapping[str, Any]


def find_disk(path: Path, *, file_sector_bytes: int = 512) -> DiskFound:
    """Return a disk or a disk file as it is now. Raises NotFound or UsageError for others."""
    real = path.resolve()
    try:
        status = real.stat()
    except OSError as error:
        raise NotFound(
            _("There is no disk {path}.").format(path=path),
            hint=_("See the disks: lsblk. Make a disk file: truncate -s 20G FILE"),
        ) from error
    if stat.S_ISBLK(status.st_mode):
        return _found(*_block(real, status))
    if stat.S_ISREG(status.st_mode):
        return _found(*_file(real, status, file_sector_bytes))
    raise UsageError(
        _("{path} is neither a disk nor a file.").format(path=path), hint=_("See: lsblk")
    )


def uses_of(device: Json) -> Iterator[str]:
    """Yield who uses a disk that lsblk describes, and whatever is built on it."""
    for mount in filter(None, device.get("mountpoints") or ()):
        yield _use_of_mount(str(device.get("path")), str(mount))
    for child in device.get("children") or ():
        if child.get("type") != "part":
            yield _("{path} ({kind}) is built on it and active").format(
                path=child.get("path"), kind=child.get("type")
            )
        yield from uses_of(child)


def _use_of_mount(path: str, mount: str) -> str:
    if mount in _SYSTEM:
        return _("it holds the system that runs now ({path} is {mount})").format(
            path=path, mount=mount
        )
    if mount == "[SWAP]":
        return _("{path} is used as swap").format(path=path)
    return _("{path} is mounted on {mount}").format(path=path, mount=mount)


def _block(path: Path, status: os.stat_result) -> tuple[DiskIdentity, tuple[str, ...]]:
    told = run(["lsblk", "--json", "--bytes", "--output", _COLUMNS, str(path)], timeout_s=_PROBE_S)
    device: Json = json.loads(told.stdout)["blockdevices"][0]
    if device.get("type") not in ("disk", "loop"):
        raise UsageError(
            _("{path} is not a whole disk ({kind}).").format(path=path, kind=device.get("type")),
            hint=_("Name the disk, not one of its partitions: /dev/sda, not /dev/sda1."),
        )
    number = f"{os.major(status.st_rdev)}:{os.minor(status.st_rdev)}"
    identity = DiskIdentity(
        path=path,
        kind=DiskKind.BLOCK,
        size_bytes=int(device["size"]),
        sector_bytes=_sector(int(device["log-sec"])),
        model=known(device.get("model")),
        serial=known(device.get("serial")),
        wwn=known(device.get("wwn")),
        instance=f"{number} {_sequence(number)}",
    )
    uses = [*uses_of(device), *_loops_on(path, device)]
    if device.get("ro") in (True, 1, "1"):
        uses.append(_("{path} is read-only").format(path=path))
    if not uses and (held := _held(path, device)):
        uses.append(held)
    return identity, tuple(uses)


def _file(
    path: Path, status: os.stat_result, sector_bytes: int
) -> tuple[DiskIdentity, tuple[str, ...]]:
    told = run(
        ["losetup", "--list", "--noheadings", "--output", "NAME", "--associated", str(path)],
        timeout_s=_PROBE_S,
    )
    identity = DiskIdentity(
        path=path,
        kind=DiskKind.FILE,
        size_bytes=status.st_size,
        sector_bytes=_sector(sector_bytes),
        model=None,
        serial=None,
        wwn=None,
        instance=f"{status.st_dev}:{status.st_ino}",
    )
    return identity, tuple(
        _("{path} is attached to {loop}").format(path=path, loop=loop)
        for loop in told.stdout.split()
    )


def _found(identity: DiskIdentity, uses: tuple[str, ...]) -> DiskFound:
    with identity.path.open("rb", buffering=0) as disk:

        def read(at: int, size: int) -> bytes:
            return os.pread(disk.fileno(), size, at)

        table, extents = read_table(
            read, size_bytes=identity.size_bytes, sector_bytes=identity.sector_bytes
        )
    whole = FoundPart(
        number=0, start_bytes=0, size_bytes=identity.size_bytes, content=_whole_disk(identity.path)
    )
    parts = [_probed(identity.path, one.number, one.start_bytes, one.size_bytes) for one in extents]
    return DiskFound(
        identity=identity, table=table, uses=uses,
        parts=(*([whole] if whole.content else []), *parts),
    )  # fmt: skip


def _whole_disk(path: Path) -> str | None:
    """Return what lies on the disk itself, beside a partition table: RAID, LVM, ZFS, ..."""
    told = run(["wipefs", "--json", "--no-act", str(path)], timeout_s=_PROBE_S, check=False)
    if not told.stdout.strip():
        return None
    types = {one["type"] for one in json.loads(told.stdout)["signatures"]} - _TABLES
    return ", ".join(sorted(types)) or None


def _probed(path: Path, number: int, start: int, size: int) -> FoundPart:
    done = run([
        "blkid", "--probe", "--output", "export",
        "--offset", str(start),
        "--size", str(size),
        str(path),
    ], timeout_s=_PROBE_S, check=False)  # fmt: skip
    told = dict(line.split("=", 1) for line in done.stdout.splitlines() if "=" in line)
    return FoundPart(
        number=number,
        start_bytes=start,
        size_bytes=size,
        content=told.get("TYPE")
        or told.get("PTTYPE")
        or (_("several") if done.status == 8 else None),
        label=told.get("LABEL"),
        uuid=told.get("UUID"),
    )


def _loops_on(path: Path, device: Json) -> Iterator[str]:
    """Yield the loop devices that read a disk or its partitions: the kernel lets others write."""
    nodes = {str(path), *(str(child.get("path")) for child in device.get("children") or ())}
    told = run(
        ["losetup", "--list", "--noheadings", "--raw", "--output", "NAME,BACK-FILE"],
        timeout_s=_PROBE_S,
    )
    for line in told.stdout.splitlines():
        loop, _space, behind = line.partition(" ")
        if behind in nodes:
            yield _("{path} is attached to {loop}").format(path=behind, loop=loop)


def _held(path: Path, device: Json) -> str | None:
    """Return a sentence when the kernel says that somebody holds the disk or a part of it."""
    for one in (str(path), *(str(child.get("path")) for child in device.get("children") or ())):
        try:
            os.close(os.open(one, os.O_RDONLY | os.O_EXCL | os.O_CLOEXEC))
        except OSError as error:
            return _("{path} is in use: {why}").format(path=one, why=error.strerror)
    return None


def _sequence(number: str) -> str:
    # Linux 5.15 and later: another disk at the same name has another number.
    try:
        return Path(f"/sys/dev/block/{number}/diskseq").read_text("ascii").strip()
    except OSError:
        return ""


def _sector(sector_bytes: int) -> int:
    if sector_bytes not in ESP_BYTES:
        raise FleetError(
            _("Disks with sectors of {n} bytes are not supported.").format(n=sector_bytes),
            hint=_("Format the disk with sectors of 512 or 4096 bytes first."),
        )
    return sector_bytes
