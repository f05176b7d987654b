# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A person at the console's keyboard: opens acts, fills forms, answers questions."""

from __future__ import annotations

from typing import Any

from textual.events import Key
from textual.keys import _character_to_key
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import OptionList, Static

from tests.tui.stage import settled
from tui.screens.act import ActScreen
from tui.screens.machine import MachineScreen
from tui.widgets.form import Field


class Hand:
    """Presses keys, and waits for what they do."""

    def __init__(self, pilot: Pilot[int]) -> None:
        self.pilot = pilot
        pilot.app.animation_level = "none"

    def at(self, screen: type[Screen[Any]]) -> bool:
        return isinstance(self.pilot.app.screen, screen)

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await settled(self.pilot)

    async def types(self, text: str) -> None:
        """Type without waiting for what each letter does."""
        self.strikes(*(Key(_character_to_key(letter), letter) for letter in text))
        await settled(self.pilot)

    def strikes(self, *keys: Key) -> None:
        for key in keys:
            self.pilot.app.post_message(key)

    async def opens(self, kind: str) -> None:
        """Go down the machine's acts to this one, and open it."""
        assert isinstance(self.pilot.app.screen, MachineScreen)
        options = self.pilot.app.screen.query_one(OptionList).options
        down = [option.id for option in options].index(kind)
        await self.press("f8", "home")
        self.strikes(*(Key("down", None) for _step in range(down)))
        await self.press("enter")
        assert isinstance(self.pilot.app.screen, ActScreen)

    async def fills(self, **values: str) -> None:
        """Go from field to field with Tab; choose in lists by typing the first letters."""
        for row in list(self.pilot.app.screen.query(Field)):
            value = values.pop(row.spec.name, "")
            if value and row.spec.type in ("choice", "yes_no"):
                await self.press("enter")
                await self.types(value)
                await self.press("enter")
            elif value:
                await self.types(value)
            await self.pilot.press("tab")
        assert not values

    def said(self) -> str:
        """What the form says about the act."""
        return str(self.pilot.app.screen.query_one("#said", Static).content)
