# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Choose how guests run. KVM only once a guest with the same kernel has really started.

Opening ``/dev/kvm`` proves nothing: nested hosts were seen that open it, run the firmware, and
die on the first instruction of a stock kernel that they do not know.
"""

from __future__ import annotations

import os
from pathlib import Path

from fleet.adapters.qemu import started
from fleet.adapters.qemu_command import Acceleration, DirectKernel, Guest
from fleet.errors import FleetError
from fleet.model.proof import Firmware

_DEVICE = Path("/dev/kvm")
_PROBE_S = 25
# Without any root the kernel ends there: it has started everything it needs.
_ARRIVED = ("Unable to mount root fs", "VFS: Cannot open root device")


def choose(kernel: Path, folder: Path) -> Acceleration:
    """Return KVM when a guest with this kernel reached its end under it, else TCG."""
    if not os.access(_DEVICE, os.R_OK | os.W_OK):
        return Acceleration.TCG
    try:
        arrived = kernel_starts(kernel, Acceleration.KVM, folder, _PROBE_S)
    except FleetError:
        arrived = False
    return Acceleration.KVM if arrived else Acceleration.TCG


def kernel_starts(kernel: Path, acceleration: Acceleration, folder: Path, limit_s: int) -> bool:
    """Whether a kernel without disks runs until it looks for its root file system."""
    probe = Guest(
        firmware=Firmware.BIOS,
        memory_mib=512,
        kernel=DirectKernel(kernel=kernel, arguments="console=ttyS0 panic=-1"),
    )
    with started(probe, acceleration, folder) as guest:
        while guest.seconds < limit_s:
            alive = guest.watch(0.5)
            said = guest.folder.serial.read_text("ascii", "replace")
            if any(words in said for words in _ARRIVED):
                return True
            if not alive or guest.status() != "running":
                return False
    return False
