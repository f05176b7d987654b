# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tells a barcode reader from a person: both are keyboards, only one types that fast.

``BurstDetector`` is fed with every key and knows nothing of screens. ``Scanner`` stands between
the terminal and the focused widget: it swallows the Enter that ends a scan, and takes what the
reader typed back out of the fields.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, runtime_checkable

from textual.app import App
from textual.events import Event, Key
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input

FASTEST_PERSON_S = 0.035
ENDS = ("enter", "ctrl+j")  # readers end with a carriage return, or with a line feed
SHORTEST_TAG = 4
LONGEST_TAG = 128


@runtime_checkable
class TakesScans(Protocol):
    """A screen that wants scanned tags for itself instead of the jump to the machine."""

    def take_scan(self, scanned: str) -> None:
        """Take what the reader typed."""


def typed_at(event: Key) -> float:
    """Return when the terminal gave a key, however late it is handled, in seconds."""
    return event.time


@runtime_checkable
class HearsKeysFirst(Protocol):
    """A screen that chooses the focus before a key is given to what has it.

    A widget only sees a key later: by then the next ones may be on their way to another.
    """

    def before_key(self, event: Key) -> None:
        """Look at a key that is about to be handled."""


class BurstDetector:
    """Recognises at least ``SHORTEST_TAG`` characters, each within 35 ms, then Enter as fast."""

    def __init__(self) -> None:
        self._typed: list[str] = []
        self._last_at = float("-inf")

    def starts(self, at: float) -> bool:
        """Tell whether a key typed at this time (seconds) would begin a new burst."""
        return not self._typed or at - self._last_at >= FASTEST_PERSON_S

    def feed(self, key: str, character: str | None, at: float) -> str | None:
        """Take one key; returns the scanned text when this is the Enter that ends a scan."""
        if self.starts(at):
            self._typed.clear()
        self._last_at = at
        if key in ENDS:
            typed, self._typed = "".join(self._typed), []
            return typed if SHORTEST_TAG <= len(typed) <= LONGEST_TAG else None
        if character is None or not character.isprintable():
            self._typed.clear()
        else:
            self._typed.append(character)
        return None


class Scanner:
    """Watches the keys of an application. ``clock`` tells when a key was typed, in seconds."""

    def __init__(self, clock: Callable[[Key], float]) -> None:
        self._clock = clock
        self._burst = BurstDetector()
        self._fields: dict[Input, tuple[str, int]] = {}
        self._focused: Widget | None = None

    def swallows(self, event: Key, screen: Screen[object]) -> str | None:
        """Return the scanned text when this key ends a scan: the key is then nobody else's."""
        at = self._clock(event)
        if self._burst.starts(at):
            self._remember(screen)
        scanned = self._burst.feed(event.key, event.character, at)
        if scanned is not None:
            self._take_back(screen)
        return scanned

    def _remember(self, screen: Screen[object]) -> None:
        self._fields = {
            field: (field.value, field.cursor_position) for field in screen.query(Input)
        }
        self._focused = screen.focused

    def _take_back(self, screen: Screen[object]) -> None:
        """Put the fields back once they have handled the keys that are still on their way."""
        for field, before in self._fields.items():
            if field.is_mounted:
                field.call_later(_restore, field, *before)
        if self._focused is not None and self._focused is not screen.focused:
            screen.set_focus(self._focused)
        self._fields = {}


class ScanningApp(App[int]):
    """An application where scanning a tag anywhere goes to its machine."""

    scanner: Scanner | None = None

    async def on_event(self, event: Event) -> None:
        """Keep the Enter that ends a scan from everybody else."""
        if self.scanner is not None and isinstance(event, Key) and not event.is_forwarded:
            scanned = self.scanner.swallows(event, self.screen)
            if scanned is not None:
                self._scanned(scanned)
                return
        if isinstance(event, Key) and not event.is_forwarded:
            screen = self.screen
            if isinstance(screen, HearsKeysFirst):
                screen.before_key(event)
        await super().on_event(event)

    def _scanned(self, scanned: str) -> None:
        if isinstance(self.screen, TakesScans):
            self.screen.take_scan(scanned)
        else:
            self.tag_scanned(scanned)

    def tag_scanned(self, scanned: str) -> None:
        """Go to the machine that bears the tag."""


def _restore(field: Input, value: str, cursor: int) -> None:
    if field.value != value:
        field.value = value
        field.cursor_position = cursor
