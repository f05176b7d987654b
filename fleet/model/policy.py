# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The town's rules that guards read: wipe level by disk class, declared wipes, test profile.

Default levels: Clear with full read-back for rotating disks, Purge for flash (NIST SP 800-88
categories; techniques in IEEE 2883-2022).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from fleet.model.facts import DiskKind
from fleet.model.kinds import PolicyChosen

CLEAR, PURGE = "clear", "purge"
LEVEL_RANK = {CLEAR: 1, PURGE: 2}

DEFAULT_LEVELS: Mapping[str, str] = MappingProxyType(
    {
        DiskKind.HDD: CLEAR,
        DiskKind.SSD: PURGE,
        DiskKind.NVME: PURGE,
        DiskKind.EMMC: PURGE,
        DiskKind.UNKNOWN: PURGE,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The rules in force; ``name`` is printed on what was decided under them."""

    name: str = "standard"
    accept_declared_wipes: bool = False
    test_profile: str = "rapide"
    levels: Mapping[str, str] = field(default_factory=lambda: DEFAULT_LEVELS)

    def level_for(self, kind: str) -> str:
        """Return the wipe level asked for a disk class; the strictest for an unknown one."""
        return self.levels.get(kind, PURGE)


def policy_from(body: PolicyChosen) -> Policy:
    """Return the policy an event chose; classes it does not name keep the default."""
    return Policy(
        name=body.name,
        accept_declared_wipes=body.accept_declared_wipes,
        test_profile=body.test_profile,
        levels={**DEFAULT_LEVELS, **body.levels},
    )


# Tests of each profile. « complet » is what decree 2022-190 means by "all functions";
# « rapide » is the least the workshop hands over with.
PROFILES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "rapide": ("start", "disk", "memory", "screen", "keyboard", "network"),
        "complet": (
            "start", "disk", "memory", "cpu", "screen", "keyboard", "touchpad", "network", "wifi",
            "bluetooth", "camera", "sound", "usb", "battery", "charger", "hinges", "firmware",
        ),
    }
)  # fmt: skip

# In force while a newer program's policy cannot be read.
STRICTEST = Policy(
    name="strictest", test_profile="complet", levels=dict.fromkeys(DEFAULT_LEVELS, PURGE)
)

WITHOUT_STORAGE = frozenset({"screen"})
WITHOUT_SYSTEM = frozenset({"screen", "printer"})
_ONLY: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"screen": ("start", "screen"), "printer": ("start", "network")}
)


def tests_asked(profile: str, kind: str) -> tuple[str, ...]:
    """Return the tests a profile asks of a kind of machine; a screen has no keyboard."""
    return _ONLY.get(kind, PROFILES.get(profile, PROFILES["complet"]))
