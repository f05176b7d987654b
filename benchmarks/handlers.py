# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The bench's wizard: how long each handler holds the interface's thread, over the scripted walk.

Textual calls every handler, action, timer and answer of a thread through one function; that one is
timed. What counts is the longest piece between two waits, with all that it calls: nothing else can
be drawn or typed meanwhile. The walk is the one of the tests, by keys, on a disk file.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from inspect import isawaitable
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import textual._callback as through
from textual._context import active_app
from textual.app import App

from benchmarks.measure import Figure, Plan
from tests.bench.test_walk import walk_to_the_end
from tests.bench.workshop import set_up
from tests.tui.bench.stage import Volunteer, wizard
from tests.tui.stage import settled

MOST_MS = 20
_OURS = ("tui.", "reconditioning.", "fleet.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One handler's longest piece: on the clock, and of the processor's own time."""

    handler: str
    ours: bool
    wall_ms: float
    processor_ms: float


@dataclass(slots=True, kw_only=True)
class Walk:
    """The longest handlers of each screen, our own and Textual's, over one walk."""

    ours: dict[str, Held] = field(default_factory=dict)
    others: dict[str, Held] = field(default_factory=dict)

    def add(self, screen: str, held: Held) -> None:
        """Keep the longest."""
        kept = self.ours if held.ours else self.others
        if screen not in kept or kept[screen].wall_ms < held.wall_ms:
            kept[screen] = held


class Pieces:
    """An awaitable that notes the longest piece of another one."""

    def __init__(self, inner: Awaitable[Any]) -> None:
        self.inner = inner
        self.wall_s = self.processor_s = 0.0

    def __await__(self) -> Generator[Any, Any, Any]:
        steps = self.inner.__await__()
        go = partial(next, steps)
        while True:
            try:
                waiting = self.timed(go)
            except StopIteration as end:
                return end.value
            try:
                value = yield waiting
            except BaseException as error:
                go = partial(_thrown, steps, error)
            else:
                go = partial(_sent, steps, value)

    def timed(self, call: Callable[[], Any]) -> Any:
        """Return what a call does, and keep its time when it is the longest."""
        wall, processor = time.perf_counter(), time.thread_time()
        try:
            return call()
        finally:
            taken = time.perf_counter() - wall
            if taken > self.wall_s:
                self.wall_s, self.processor_s = taken, time.thread_time() - processor


def _sent(steps: Any, value: Any) -> Any:
    return next(steps) if value is None else steps.send(value)


def _thrown(steps: Any, error: BaseException) -> Any:
    return steps.throw(error)


@contextmanager
def timing(walk: Walk) -> Iterator[None]:
    """Time every handler while this lasts."""
    plain = through._invoke

    async def _invoke(callback: Callable[..., Any], *params: object) -> Any:
        async def call() -> Any:
            result = callback(*params[: through.count_parameters(callback)])
            return await result if isawaitable(result) else result

        pieces = Pieces(call())
        try:
            return await pieces
        finally:
            walk.add(_screen(), _held(callback, pieces))

    through._invoke = _invoke
    try:
        yield
    finally:
        through._invoke = plain


def _screen() -> str:
    app: App[Any] | None = active_app.get(None)
    return type(app.screen_stack[-1]).__name__ if app and app.screen_stack else "start"


def _held(callback: Callable[..., Any], pieces: Pieces) -> Held:
    while isinstance(callback, partial):
        callback = callback.func
    module, name = getattr(callback, "__module__", ""), getattr(callback, "__qualname__", "?")
    return Held(
        handler=name.replace(".<locals>", ""),
        ours=(module or "").startswith(_OURS),
        wall_ms=pieces.wall_s * 1000,
        processor_ms=pieces.processor_s * 1000,
    )


def run(plan: Plan) -> Iterator[Figure]:
    """Walk several times; each screen's longest handler is the median of its walks."""
    walks = [walked() for _round in range(plan.tours)]
    for screen in walks[0].ours:
        yield _figure(screen, [walk.ours[screen] for walk in walks if screen in walk.ours])
    drawn = [max(walk.others.values(), key=lambda held: held.processor_ms) for walk in walks]
    yield _figure("layout and painting of Textual", drawn)


def walked() -> Walk:
    """Return what one walk of one laptop took."""
    walk = Walk()
    with TemporaryDirectory(prefix="parclibre-walk-") as folder:
        asyncio.run(_walk(Path(folder), walk))
    return walk


async def _walk(folder: Path, walk: Walk) -> None:
    app = wizard(set_up(folder))
    app.warm = True
    with timing(walk):
        async with app.run_test(size=(80, 24)) as pilot:
            await settled(pilot)
            await walk_to_the_end(Volunteer(pilot))


def _figure(screen: str, found: list[Held]) -> Figure:
    wall = median(held.wall_ms for held in found)
    longest = max(found, key=lambda held: held.wall_ms)
    ours = longest.ours
    return Figure(
        section="bench",
        name=f"{screen}, {longest.handler}",
        value=wall,
        unit="ms",
        against=median(held.processor_ms for held in found),
        target=f"under {MOST_MS} ms" if ours else "",
        met=wall < MOST_MS if ours else None,
    )
