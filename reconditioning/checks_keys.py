# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which keys and buttons are really pressed: the kernel's input events, below any terminal.

A terminal does not see Shift alone, and obeys Ctrl with C: while keys are tried, the keyboards are
held for ourselves (EVIOCGRAB), and let go when nobody types any more.
"""

from __future__ import annotations

import os
import re
import selectors
import struct
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from fcntl import ioctl
from pathlib import Path

from reconditioning.checks_base import Places, read

# struct input_event of a 64-bit kernel: seconds, microseconds, type, code, value.
_EVENT = struct.Struct("llHHi")
_EV_KEY, _EV_REL, _EV_ABS = 1, 2, 3
_PRESSED = 1
_GRAB = 0x40044590  # EVIOCGRAB
_LEFT, _RIGHT = 0x110, 0x111
_FIRST_BUTTON = 0x100
_MOST_EVENTS = 64
IDLE_S = 30.0
_POLL_S = 0.2
_HANDLER = re.compile(r"\bevent(\d{1,4})\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """What happened at a keyboard or a pointer: keys pressed, and what a pointer did."""

    keys: tuple[int, ...] = ()
    pointer: frozenset[str] = frozenset()


def input_of(raw: bytes) -> Input:
    """Return what a piece of an input device's stream says; a cut event at its end is left out."""
    whole = raw[: len(raw) // _EVENT.size * _EVENT.size]
    keys: list[int] = []
    pointer: set[str] = set()
    for _s, _us, type_, code, value in _EVENT.iter_unpack(whole):
        if type_ == _EV_KEY and value == _PRESSED and code < _FIRST_BUTTON:
            keys.append(code)
        pointer |= _pointer_of(type_, code, value)
    return Input(keys=tuple(keys), pointer=frozenset(pointer))


def _pointer_of(type_: int, code: int, value: int) -> set[str]:
    if type_ in (_EV_REL, _EV_ABS) and code in (0, 1):
        return {"moved_across" if code == 0 else "moved_along"}
    buttons = {_LEFT: "left", _RIGHT: "right"}
    if type_ == _EV_KEY and value == _PRESSED and code in buttons:
        return {buttons[code]}
    return set()


def input_devices(places: Places, handler: str) -> tuple[Path, ...]:
    """Return the event devices of a handler: ``kbd`` for keyboards, ``mouse`` for pointers."""
    blocks = read(places.proc / "bus/input/devices").split("\n\n")
    found = []
    for block in blocks:
        handlers = re.search(r"^H: Handlers=(.{1,200})$", block, re.MULTILINE)
        if handlers is None or not re.search(rf"\b{handler}\d*\b", handlers[1]):
            continue
        if number := _HANDLER.search(handlers[1]):
            found.append(places.dev / "input" / f"event{number[1]}")
    return tuple(found)


def watch_input(
    devices: tuple[Path, ...],
    *,
    cancelled: Callable[[], bool],
    grab: bool,
    idle_s: float = IDLE_S,
) -> Iterator[Input]:
    """Yield what is pressed and moved until cancelled, or nothing happens for ``idle_s`` seconds.

    ``grab``: nobody else gets these events meanwhile. Devices that cannot be opened are left out.
    """
    with ExitStack() as stack:
        selector = stack.enter_context(selectors.DefaultSelector())
        for device in devices:
            _open(device, selector, stack, grab=grab)
        idle = 0.0
        while selector.get_map() and idle < idle_s and not cancelled():
            ready = selector.select(_POLL_S)
            idle = 0.0 if ready else idle + _POLL_S
            for key, _mask in ready:
                yield from _read(key.fd, selector)


def _open(device: Path, selector: selectors.BaseSelector, stack: ExitStack, *, grab: bool) -> None:
    with suppress(OSError):
        descriptor = os.open(device, os.O_RDONLY | os.O_NONBLOCK)
        stack.callback(os.close, descriptor)
        if grab:
            with suppress(OSError):
                ioctl(descriptor, _GRAB, 1)
        selector.register(descriptor, selectors.EVENT_READ)


def _read(descriptor: int, selector: selectors.BaseSelector) -> Iterator[Input]:
    """Yield what a device says; one that went away is no longer watched."""
    try:
        raw = os.read(descriptor, _EVENT.size * _MOST_EVENTS)
    except BlockingIOError:
        return
    except OSError:
        raw = b""
    if raw:
        yield input_of(raw)
    else:
        selector.unregister(descriptor)
