# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds the disks that may be wiped, what each offers, and why some are refused.

Looks only: nothing here changes a disk. Obstacles are codes: live_medium, mounted, swap, built_on,
held, read_only, ata_locked, empty, looped.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from fleet.errors import FleetError, NotFound
from fleet.i18n import _
from fleet.model.facts import DiskKind
from fleet.model.reasons import Reason
from fleet.model.text import clean, known
from fleet.model.wipe import Hidden, WipeTarget
from fleet.readers.limits import Json, count, items, mapping, text_of
from fleet.readers.values import disk_kind, is_drive
from reconditioning.wipe_offers import asked
from reconditioning.wipe_tools import SystemTools, Tools

PROBE_S = 60
_COLUMNS = (
    "NAME,KNAME,PATH,TYPE,SIZE,LOG-SEC,RO,RM,ROTA,TRAN,MODEL,SERIAL,WWN,REV,LABEL,MOUNTPOINTS"
)
# Where live systems keep the medium they run from, and how ours is labelled.
_LIVE_MOUNTS = frozenset(
    {"/", "/boot", "/boot/efi", "/usr", "/run/live/medium", "/run/live/persistence", "/cdrom",
     "/lib/live/mount/medium", "/run/initramfs/live", "/run/parclibre/stick", "/var/lib/parclibre"}
)  # fmt: skip
_LIVE_LABELS = frozenset({"PARCLIBRE", "PARCLIBRE-DATA"})
_NOT_TOLD = frozenset({"usb", "virtio", "loop", None})
_TRANSPORTS = {"ata": "sata", "ide": "sata"}


def find_targets(
    tools: Tools | None = None, *, paths: Sequence[Path] = ()
) -> tuple[WipeTarget, ...]:
    """Return every disk of this computer, or those named (then disk files too), with obstacles.

    Raises NotFound for a path that is not there, FleetError when lsblk fails.
    """
    tools = tools or SystemTools()
    if not paths:
        devices = [one for one in _listed(tools) if _is_target(one)]
        return tuple(_target(one, devices, tools) for one in devices)
    return tuple(_named(path, tools) for path in paths)


def find_target(path: Path, tools: Tools) -> WipeTarget:
    """Return one disk as it is now. Raises as ``find_targets``."""
    return _named(path, tools)


def _named(path: Path, tools: Tools) -> WipeTarget:
    try:
        real = path.resolve(strict=True)
        status = real.stat()
    except OSError as error:
        raise NotFound(
            _("There is no disk {path}.").format(path=path),
            hint=_("See the disks: lsblk. Make a disk file: truncate -s 20G FILE"),
        ) from error
    devices = _listed(tools)
    for one in devices:
        if str(one.get("path")) == str(real) and one.get("type") in ("disk", "loop"):
            return _target(one, [other for other in devices if _is_target(other)], tools)
    if stat.S_ISREG(status.st_mode):
        return _file(real, status, tools)
    raise NotFound(
        _("{path} is not a whole disk.").format(path=path),
        hint=_("Name the disk, not one of its partitions: /dev/sda, not /dev/sda1."),
    )


def _listed(tools: Tools) -> list[Json]:
    done = tools.run(["lsblk", "--json", "--bytes", "--output", _COLUMNS], timeout_s=PROBE_S)
    try:
        return list(items(mapping(json.loads(done.stdout)).get("blockdevices")))
    except json.JSONDecodeError as error:
        raise FleetError(
            _("lsblk does not list the disks: {why}.").format(why=done.stderr.strip()[:200]),
            hint=_("See the disks: lsblk"),
        ) from error


def _is_target(device: Json) -> bool:
    """Tell whether it is a drive; an empty slot of a card reader is none."""
    empty = not count(device.get("size")) and device.get("rm") in (True, "1", 1)
    return device.get("type") == "disk" and is_drive(text_of(device, "name")) and not empty


def _target(device: Json, devices: Sequence[Json], tools: Tools) -> WipeTarget:
    path = Path(text_of(device, "path") or "/dev/null")
    model, transport = known(text_of(device, "model")), _transport(device)
    target = WipeTarget(
        path=path,
        size_bytes=count(device.get("size")) or 0,
        sector_bytes=count(device.get("log-sec")) or 512,
        kind=_kind(device, model, transport),
        instance=instance_of(path, tools),
        model=model,
        serial=known(text_of(device, "serial")),
        wwn=known(text_of(device, "wwn")),
        firmware=clean(text_of(device, "rev")),
        transport=transport,
    )
    if target.size_bytes:
        target = asked(target, tools, alone=not _shared(device, devices))
    return replace(target, obstacles=(*target.obstacles, *_obstacles(device, target)))


def _kind(device: Json, model: str | None, transport: str | None) -> DiskKind:
    told = device.get("rota")
    rotates = told in (True, 1, "1") if told is not None else None
    kind = disk_kind(text_of(device, "name"), model, rotates)
    # A bridge or a virtual disk claims rotation whatever stands behind; a drive is asked later.
    return DiskKind.UNKNOWN if transport in _NOT_TOLD and kind == "hdd" else kind


def _transport(device: Json) -> str | None:
    told = (clean(text_of(device, "tran")) or "").lower()
    name = text_of(device, "name") or ""
    if not told:
        starts = {"nvme": "nvme", "mmcblk": "mmc", "vd": "virtio", "loop": "loop"}
        told = next((value for start, value in starts.items() if name.startswith(start)), "")
    return _TRANSPORTS.get(told, told) or None


def instance_of(path: Path, tools: Tools) -> str:
    """Return what changes when another disk takes this path; empty when the path is gone."""
    try:
        status = path.stat()
    except OSError:
        return ""
    if not stat.S_ISBLK(status.st_mode):
        return f"{status.st_dev}:{status.st_ino}"
    number = f"{os.major(status.st_rdev)}:{os.minor(status.st_rdev)}"
    # Linux 5.15 and later: another disk at the same name has another number.
    return f"{number}:{tools.kernel(Path(f'/sys/dev/block/{number}/diskseq'))}"


def _shared(device: Json, devices: Sequence[Json]) -> bool:
    """Tell whether an NVMe controller has other namespaces: what erases it erases them too."""
    controller = controller_of(text_of(device, "name") or "")
    names = [text_of(one, "name") or "" for one in devices]
    return controller is not None and sum(controller_of(name) == controller for name in names) > 1


def controller_of(name: str) -> str | None:
    """Return ``nvme0`` for ``nvme0n1``; None for another disk."""
    head, n, tail = name.rpartition("n")
    return head if n and head.startswith("nvme") and tail.isdecimal() else None


def _obstacles(device: Json, target: WipeTarget) -> Iterator[Reason]:
    if not target.size_bytes:
        yield Reason(code="empty")
    if count(device.get("ro")) or device.get("ro") in (True, "true"):
        yield Reason(code="read_only")
    uses = tuple(_uses(device))
    yield from uses
    if not uses and (why := _held(target.path)):
        yield Reason(code="held", params={"why": why})


def _uses(device: Json) -> Iterator[Reason]:
    path = text_of(device, "path") or ""
    if (text_of(device, "label") or "") in _LIVE_LABELS:
        yield Reason(code="live_medium", params={"path": path})
    mounts = device.get("mountpoints")
    for mount in mounts if isinstance(mounts, list) else ():
        if mount:
            yield _use(path, str(mount))
    for child in items(device.get("children")):
        if child.get("type") != "part":
            params = {"path": text_of(child, "path") or "", "kind": text_of(child, "type") or ""}
            yield Reason(code="built_on", params=params)
        yield from _uses(child)


def _use(path: str, mount: str) -> Reason:
    if mount == "[SWAP]":
        return Reason(code="swap", params={"path": path})
    code = "live_medium" if mount in _LIVE_MOUNTS else "mounted"
    return Reason(code=code, params={"path": path, "mount": mount})


def _held(path: Path) -> str | None:
    """Return why the kernel does not give the disk to one program alone, or None."""
    try:
        os.close(os.open(path, os.O_RDONLY | os.O_EXCL | os.O_CLOEXEC))
    except OSError as error:
        return error.strerror or str(error)
    return None


def _file(path: Path, status: os.stat_result, tools: Tools) -> WipeTarget:
    """Describe a disk file: of a virtual machine, or of a test."""
    try:
        told = tools.run(
            ["losetup", "--list", "--noheadings", "--output", "NAME", "--associated", str(path)],
            timeout_s=PROBE_S,
        ).stdout.split()
    except FleetError:
        told = []
    obstacles = tuple(Reason(code="looped", params={"path": loop}) for loop in told)
    if not status.st_size:
        obstacles = (Reason(code="empty"), *obstacles)
    return WipeTarget(
        path=path,
        size_bytes=status.st_size,
        sector_bytes=512,
        kind=DiskKind.UNKNOWN,
        instance=instance_of(path, tools),
        transport="file",
        hidden=Hidden.NOT_APPLICABLE,
        obstacles=obstacles,
    )
