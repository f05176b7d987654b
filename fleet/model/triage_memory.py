# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Is there enough memory, and if not, what can be added: size, technology, form of the modules."""

from __future__ import annotations

from fleet.model.facts import Finding
from fleet.model.thresholds import Thresholds
from fleet.model.triage_facts import MemorySheet
from fleet.model.triage_weight import Weight, finding

_GIB = 1024
_SOLDERED = "soldered"


def weigh_memory(memory: MemorySheet, thresholds: Thresholds) -> Weight:
    """Return what the memory weighs; for GNOME an upgrade is only advice."""
    have, floor = memory.installed_mib, thresholds.xfce.memory_mib
    if have is None:
        return Weight(notes=(Finding(code="memory_unknown"),))
    if have < floor:
        low = finding("memory_low", have, floor)
        upgrade = memory_upgrade(memory, floor)
        if upgrade is None:
            return Weight(rejects=(low, _why_stuck(memory)))
        return Weight(reasons=(low,), needs=(upgrade,))
    if have < thresholds.gnome.memory_mib:
        better = memory_upgrade(memory, thresholds.gnome.memory_mib)
        return Weight(advice=(better,) if better else ())
    return Weight()


def memory_upgrade(memory: MemorySheet, floor_mib: int) -> Finding | None:
    """Return what to add or to put instead to reach a floor; None when the board cannot.

    ``add_memory=4|DDR3 SO-DIMM``: GiB to add. ``replace_memory=2|4|DDR3 SO-DIMM``: how many
    modules of how many GiB. A maximum that the firmware understates is believed: no purchase is
    proposed that might not work.
    """
    target = _sold_size(floor_mib)
    if memory.max_mib is not None and memory.max_mib < floor_mib:
        return None
    socketed = [module for module in memory.modules if module.form != _SOLDERED]
    soldered = sum(module.mib for module in memory.modules if module.form == _SOLDERED)
    slots = len(socketed) if memory.slots is None else memory.slots
    if not slots and memory.modules:
        return None
    if slots > len(socketed):
        missing = _sold_size(target - (memory.installed_mib or 0))
        return finding("add_memory", missing // _GIB, _kind_of(memory))
    wanted = max(slots, 1)
    each = _sold_size(-(-(target - soldered) // wanted))
    return finding("replace_memory", wanted, each // _GIB, _kind_of(memory))


def _why_stuck(memory: MemorySheet) -> Finding:
    if memory.modules and all(module.form == _SOLDERED for module in memory.modules):
        return Finding(code="memory_soldered")
    return finding("memory_max", memory.max_mib or "?")


def _sold_size(mib: int) -> int:
    """Return the next size that modules are sold in: 1, 2, 4, 8... GiB."""
    size = _GIB
    while size < mib:
        size *= 2
    return size


def _kind_of(memory: MemorySheet) -> str:
    """Return technology and form as on a shop's shelf; « ? » when the firmware does not say."""
    socketed = [module for module in memory.modules if module.form != _SOLDERED]
    told = socketed or list(memory.modules)
    words = (
        next((module.technology for module in told if module.technology), None),
        next((module.form for module in socketed if module.form), None),
    )
    return " ".join(word for word in words if word) or "?"
