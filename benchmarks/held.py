# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long each handler holds the interface's thread.

Textual calls every handler, action, timer and answer of a thread through one function; that one is
timed. What counts is the longest piece between two waits, with all that it calls: nothing else can
be drawn or typed meanwhile.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from inspect import isawaitable
from typing import Any

import textual._callback as through
from textual._context import active_app
from textual.app import App

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
    """The longest handlers of each screen, our own and Textual's, over one walk.

    ``place`` tells where a handler ran; without it, the class of the screen does.
    """

    place: str = ""
    ours: dict[str, Held] = field(default_factory=dict)
    others: dict[str, Held] = field(default_factory=dict)

    def add(self, held: Held) -> None:
        """Keep the longest."""
        kept, screen = self.ours if held.ours else self.others, self.place or _screen()
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
            walk.add(_held(callback, pieces))

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
    module, name = _named(callback)
    return Held(
        handler=name.replace(".<locals>", ""),
        ours=module.startswith(_OURS),
        wall_ms=pieces.wall_s * 1000,
        processor_ms=pieces.processor_s * 1000,
    )


def _named(callback: Callable[..., Any]) -> tuple[str, str]:
    """Return whose a handler is, and its name: Textual composes a widget, but what we wrote."""
    name = getattr(callback, "__qualname__", "?")
    if name == "Widget._on_compose":
        widget = type(callback.__self__)  # type: ignore[attr-defined]
        return widget.__module__, f"{widget.__name__}.compose"
    return getattr(callback, "__module__", "") or "", name
