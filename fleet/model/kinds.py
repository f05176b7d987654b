# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The event kinds: one typed body each, checked on the way in; older versions are upcast.

Bodies hold no floats (amounts in cents, energies in mWh) and no names of people, only ids.
``on`` is the effective date (ISO ``YYYY-MM-DD``); without it the header's time counts.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from fleet.errors import BadInput
from fleet.i18n import _
from fleet.model.body import Body as Body
from fleet.model.events import MAX_BODY_BYTES, Event

# The kinds are one vocabulary, cut in several files only for their size.
from fleet.model.kinds_bench import *  # noqa: F403
from fleet.model.kinds_giving import *  # noqa: F403
from fleet.model.kinds_life import *  # noqa: F403
from fleet.model.kinds_live import *  # noqa: F403
from fleet.model.kinds_machine import *  # noqa: F403
from fleet.model.kinds_papers import *  # noqa: F403
from fleet.model.kinds_records import *  # noqa: F403

KINDS: dict[str, type[Body]] = {
    cls.__name__: cls
    for cls in list(globals().values())
    if isinstance(cls, type) and issubclass(cls, Body) and cls is not Body
}

# (kind, version) -> function that turns that version's mapping into the next version's.
UPCASTS: dict[tuple[str, int], Callable[[dict[str, Any]], dict[str, Any]]] = {
    ("DiskWiped", 1): dict,  # only a field more
}


# The last two come from an upcast that misses a field of its old version.
_UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError, KeyError, TypeError)
_NUL = rb"\u0000"  # PostgreSQL has no text that holds it


def is_known(kind: str, version: int) -> bool:
    """Tell whether this program understands the kind at that version."""
    return kind in KINDS and 1 <= version <= KINDS[kind].VERSION


def read_body(kind: str, version: int, body: bytes) -> Body:
    """Return the typed body of a known event, upcast to today's version.

    Raises BadInput when the body is too large or not of its kind's shape.
    """
    if len(body) > MAX_BODY_BYTES:
        raise _bad_body(kind, _("it is larger than {limit} bytes").format(limit=MAX_BODY_BYTES))
    if _NUL in body:
        raise _bad_body(kind, _("a text in it holds a null character"))
    cls = KINDS[kind]
    try:
        if version == cls.VERSION:
            return msgspec.json.decode(body, type=cls)
        raw = msgspec.json.decode(body, type=dict[str, Any])
        for step in range(version, cls.VERSION):
            raw = UPCASTS[kind, step](raw)
        return msgspec.convert(raw, type=cls)
    except _UNREADABLE as error:
        raise _bad_body(kind, str(error)) from error


def body_of(event: Event) -> Body | None:
    """Return an event's typed body; None when it was withheld, or comes from a newer program."""
    if event.body is None or not is_known(event.kind, event.header.version):
        return None
    return read_body(event.kind, event.header.version, event.body)


def _bad_body(kind: str, why: str) -> BadInput:
    return BadInput(
        _("An event of kind {kind} has a bad body: {why}.").format(kind=kind, why=why),
        hint=_("Ask the sender for the bundle again."),
    )
