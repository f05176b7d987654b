# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The journal's event: header, body digest and chain link. No storage, no clock.

A header never changes once written. Bodies are salted before hashing, so that a chain can be
shown with some bodies withheld and still verify.
"""

from __future__ import annotations

import hashlib
from enum import StrEnum
from typing import Any

import msgspec

from fleet.errors import BadInput
from fleet.i18n import _

GENESIS = "0" * 64
MAX_BODY_BYTES = 256 * 1024
# The author of what nobody signed.
NOBODY = "operator:unknown"


class Clock(StrEnum):
    """Where the claimed time comes from; only NTP and BY_HAND may be compared."""

    NTP = "ntp"
    RTC = "rtc"
    BY_HAND = "by hand"
    UNKNOWN = "unknown"


class Header(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is chained. ``seen`` holds the heads of other replicas learned since this replica's
    previous event (the whole past follows by accumulation); ``act`` groups the events of one
    command, so that it can be undone as one.
    """

    id: str
    subject: str
    kind: str
    version: int
    at: str
    clock: Clock
    author: str
    act: str
    replica: str
    seq: int
    seen: dict[str, int]
    body_digest: str


class Stamp(msgspec.Struct, frozen=True, order=True, array_like=True):
    """Place of an event in the causal order: sorting stamps never puts an effect before its cause.

    ``lamport`` is one more than the highest of all events known to its writer.
    """

    lamport: int
    replica: str
    seq: int


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """A stored event. ``body`` is canonical JSON, or None when withheld by a filtered bundle."""

    header: Header
    stamp: Stamp
    link: str
    salt: str
    body: bytes | None

    @property
    def subject(self) -> str:
        """The id of what this event is about."""
        return self.header.subject

    @property
    def kind(self) -> str:
        """The event kind's name."""
        return self.header.kind


def canonical(value: Any) -> bytes:
    """Return RFC 8785 canonical JSON for a value without floats and with ASCII keys."""
    return msgspec.json.encode(value, order="sorted")


def body_digest(salt: str, body: bytes) -> str:
    """Return the hex SHA-256 of the salt followed by the canonical body."""
    return hashlib.sha256(salt.encode("ascii") + body).hexdigest()


def next_link(previous: str, header: Header) -> str:
    """Return the chain link of a header after the previous link (``GENESIS`` for the first)."""
    return hashlib.sha256(previous.encode("ascii") + canonical(header)).hexdigest()


def subject_type(subject: str) -> str:
    """Return ``machine`` for ``machine:0190...``."""
    return subject.partition(":")[0]


def decode_body(body: bytes) -> dict[str, Any]:
    """Return a body as a mapping. Raises BadInput when it is not a JSON object."""
    try:
        return msgspec.json.decode(body, type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadInput(
            _("An event's body is not a JSON object: {error}").format(error=error),
            hint=_("Ask the sender for the bundle again."),
        ) from error
