# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The console's places: one mode each, with its key and its screen, loaded when first visited."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from tui.wording import N_

if TYPE_CHECKING:
    from tui.screens.base import TownScreen


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place that a function key opens. ``title`` is translated where it is shown.

    A ``rare`` one stands in the top bar where there is room.
    """

    name: str
    key: str
    title: str
    module: str
    screen: str
    rare: bool = False

    def load(self) -> TownScreen:
        """Return a new screen of this place."""
        made: TownScreen = getattr(import_module(self.module), self.screen)()
        return made


def _place(name: str, key: str, title: str, *, rare: bool = False) -> Place:
    return Place(
        name=name,
        key=key,
        title=title,
        module=f"tui.screens.{name}",
        screen=f"{name.capitalize()}Screen",
        rare=rare,
    )


# Function keys: a barcode reader types letters and digits, so those are never commands.
# F8 and F9 belong to the screens; terminals take F10 (menu) and F11 (full screen) for themselves.
PLACES: tuple[Place, ...] = (
    _place("fleet", "f2", N_("Fleet")),
    _place("board", "f3", N_("Lifecycle")),
    _place("rooms", "f4", N_("Rooms")),
    _place("inbox", "f5", N_("Inbox")),
    _place("scan", "f6", N_("Scan")),
    _place("journal", "f7", N_("Journal")),
    _place("audit", "f12", N_("Audit"), rare=True),
)
