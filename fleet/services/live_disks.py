# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The disks inside a machine, on a live system: those that could be installed or wiped."""

from __future__ import annotations

import json
from pathlib import Path

from fleet.adapters.disk_probe import find_disk, uses_of
from fleet.adapters.process import run
from fleet.model.install_plan import DiskIdentity

_LSBLK_S = 60
_COLUMNS = "NAME,PATH,TYPE,SIZE,RO,RM,TRAN,MODEL,SERIAL,MOUNTPOINTS"


def internal_disks() -> tuple[DiskIdentity, ...]:
    """Return the disks that are no stick, not used by the running system and not read-only."""
    told = run(["lsblk", "--json", "--bytes", "--output", _COLUMNS], timeout_s=_LSBLK_S)
    return tuple(
        find_disk(Path(device["path"])).identity
        for device in json.loads(told.stdout)["blockdevices"]
        if device["type"] == "disk"
        and device["size"]
        and device["tran"] != "usb"
        and not device["rm"]
        and not device["ro"]
        and not list(uses_of(device))
    )
