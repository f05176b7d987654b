# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The console in a process of its own, where nothing was opened before: every screen, by keys."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import msgspec
from textual.pilot import Pilot
from textual.worker import WorkerCancelled

import tui.app
from benchmarks.held import Walk, timing
from tui.app import ParcLibreApp

# What is opened, and the keys that open it and then leave it.
Opening = tuple[str, Sequence[str], Sequence[str]]
OPENINGS: tuple[Opening, ...] = (
    ("fleet, first rows", (), ()),
    ("audit, F12", ("f12",), ()),
    ("audit, machines behind a figure", ("down", "enter"), ("escape",)),
    ("journal, F7", ("f7",), ()),
    ("journal, an event", ("enter",), ("escape",)),
    ("inbox, F5", ("f5",), ()),
    ("inbox, a report", ("enter",), ("escape",)),
    ("inbox, a contradiction", ("end", "enter"), ("escape",)),
    ("lifecycle, F3", ("f3",), ()),
    ("lifecycle, moving", ("f9",), ("escape",)),
    ("rooms, F4", ("f4",), ()),
    ("rooms, a room", ("down", "enter"), ()),
    ("rooms, a tag", ("f8",), ("escape", "escape")),
    ("rooms, new room", ("insert",), ("escape",)),
    ("scan, F6", ("f6",), ()),
    ("scan, counting a room", ("tab", "enter"), ()),
    ("scan, end of a count", ("f8",), ("escape", "escape")),
    ("fleet, new machine", ("f2", "insert"), ("escape",)),
    ("machine", ("down", "enter"), ()),
    ("machine, an act", ("f8", "home", "enter"), ("escape", "escape")),
    ("fleet, acts", ("space", "down", "space", "f8"), ()),
    ("fleet, losing two machines", (*"lost", "enter"), ()),
    ("fleet, confirming", ("f9",), ("escape", "escape")),
    ("help, F1", ("f1",), ("escape",)),
    ("commands, Ctrl+P", ("ctrl+p",), ()),
    ("who is acting", (*"acting", "enter"), ("escape",)),
)

# A person looks before the next key.
LOOKED_AT_S = 0.4


class StageWithoutFile(ParcLibreApp):
    """The console: a class from another module would look for its style sheet there."""

    CSS_PATH = str(Path(tui.app.__file__).with_name("app.tcss"))


async def open_all(home: Path, url: str, walk: Walk) -> list[str]:
    """Open every screen once; returns the screens seen, in order."""
    app, seen = StageWithoutFile(home, url, operator="Camille"), []
    async with app.run_test(size=(160, 50)) as pilot:
        walk.place = OPENINGS[0][0]
        with timing(walk):
            while app.is_running and not app.warmed:
                await pilot.pause(0.05)
            await settled(pilot)
            for walk.place, keys, leaving in OPENINGS:
                await press(pilot, keys)
                seen.append(type(app.screen).__name__)
                await pilot.pause(LOOKED_AT_S)
                await press(pilot, leaving)
    return seen


async def press(pilot: Pilot[int], keys: Sequence[str]) -> None:
    """Press one key after the other, each when the one before has done all it does."""
    for key in keys:
        await pilot.press(key)
        await settled(pilot)


async def settled(pilot: Pilot[int]) -> None:
    """Wait until no worker is left and what they said is drawn."""
    await pilot.pause()
    while running := [worker for worker in pilot.app.workers if not worker.is_finished]:
        with suppress(WorkerCancelled):
            await pilot.app.workers.wait_for_complete(running)
        await pilot.pause()


if __name__ == "__main__":
    noted = Walk()
    screens = asyncio.run(open_all(Path(sys.argv[1]), sys.argv[2], noted))
    sys.stdout.buffer.write(msgspec.json.encode((noted, screens)))
