# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The wizard opened on a made-up laptop and disk files, with a person at its keyboard."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from textual.pilot import Pilot
from textual.widgets import Input, Static

from tests.bench.workshop import Bench
from tests.tui.stage import settled
from tui.bench.app import BenchApp
from tui.bench.big import BigText
from tui.bench.questions import Ask

AT_CONSOLE = {"TERM": "linux"}
TICK_S = 2.0
_NAMED = {"-": "minus", " ": "space", ",": "comma", ":": "colon"}


class Ticking:
    """A clock that goes two seconds further each time it is looked at."""

    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        self.at += TICK_S
        return self.at


class Volunteer:
    """Presses keys and reads the screen."""

    def __init__(self, pilot: Pilot[int]) -> None:
        self.pilot = pilot
        pilot.app.animation_level = "none"

    @property
    def app(self) -> BenchApp:
        app = self.pilot.app
        assert isinstance(app, BenchApp)
        return app

    @property
    def on(self) -> str:
        """The screen's name."""
        return type(self.app.screen).__name__

    async def press(self, *keys: str) -> None:
        for key in keys:
            await self.pilot.press(key)
            await settled(self.pilot)

    async def types(self, text: str) -> None:
        """Type a text into what has the focus, then Enter."""
        await self.pilot.press(*(_NAMED.get(letter, letter) for letter in text))
        await self.press("enter")

    async def until(self, true: Callable[[], object]) -> None:
        """Wait for what threads do."""
        for _turn in range(600):
            await settled(self.pilot)
            if true():
                return
            await self.pilot.pause(0.05)
        raise AssertionError(f"never on {self.on}: {self.reads()}")

    def reads(self) -> str:
        """Everything written on the screen, top to bottom."""
        return written_on(self.app.screen)

    def asks(self, words: str) -> bool:
        """Whether a question with these words is on the screen."""
        screen = self.app.screen
        return isinstance(screen, Ask) and words in screen.question

    def big(self) -> tuple[str, ...]:
        """The huge letters."""
        return tuple(self.app.screen.query_one(BigText).lines)

    async def starts(self) -> None:
        """Sit down at the first table."""
        await self.until(lambda: self.on == "WelcomeScreen")
        await self.press("enter")
        await self.until(lambda: self.on == "StartScreen")

    async def identifies(self, *, tag: str = "PL-00042") -> None:
        """Take this PC, given by a person, under the number of a printed label."""
        await self.press("enter")
        await self.until(lambda: self.on == "Ask")
        await self.press("enter")
        await self.until(lambda: self.on == "AskLine")
        await self.press("end", "ctrl+u")
        await self.types(tag)
        await self.until(lambda: self.app.session is not None)


def written_on(screen: Any) -> str:
    """The text of a screen's widgets."""
    parts: list[str] = []
    for widget in screen.query("*"):
        if isinstance(widget, Static):
            parts.append(str(widget.content))
        elif hasattr(widget, "options"):
            parts += [str(option.prompt) for option in widget.options]
        elif isinstance(widget, Input):
            parts.append(str(widget.value))
    return "\n".join(parts)


def wizard(bench: Bench, *, plain: bool = False, console: bool = False) -> BenchApp:
    """The wizard on a bench, before anybody sat down."""
    from dataclasses import replace

    return BenchApp(
        replace(bench.town, operator=None),
        bench.place,
        plain=plain,
        environ=AT_CONSOLE if console else {},
        monotonic=Ticking(),
    )
