# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the bench must remember across a power cut and that is no event: which machine is in hand,
and which disks were being wiped. One small file beside the store, written in one step.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from fleet.store.files import replace_file

FILE = "bench.json"


class Wiping(msgspec.Struct, frozen=True, kw_only=True):
    """A wipe that began: the disk's id, what was asked of it, since when (ISO, UTC)."""

    disk: str
    level: str
    method: str
    since: str


class Notes(msgspec.Struct, frozen=True, kw_only=True):
    """The machine in hand, by its number, and the wipes that began and did not end."""

    tag: str | None = None
    wiping: tuple[Wiping, ...] = ()


def read_notes(home: Path) -> Notes:
    """Return what is noted; nothing when the file is absent or unreadable."""
    try:
        return msgspec.json.decode((home / FILE).read_bytes(), type=Notes)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return Notes()


def write_notes(home: Path, notes: Notes) -> None:
    """Keep the notes; they are on the disk when this returns."""
    replace_file(home / FILE, msgspec.json.encode(notes))


def take_in_hand(home: Path, tag: str | None) -> None:
    """Note which machine is on the bench; None when it leaves it."""
    notes = read_notes(home)
    write_notes(home, msgspec.structs.replace(notes, tag=tag))


def wipe_begins(home: Path, wiping: Wiping) -> None:
    """Note, before its first byte is written, that a disk is being wiped."""
    notes = read_notes(home)
    others = tuple(one for one in notes.wiping if one.disk != wiping.disk)
    write_notes(home, msgspec.structs.replace(notes, wiping=(*others, wiping)))


def wipe_ended(home: Path, disk: str) -> None:
    """Forget a wipe whose end is in the journal."""
    notes = read_notes(home)
    left = tuple(one for one in notes.wiping if one.disk != disk)
    write_notes(home, msgspec.structs.replace(notes, wiping=left))
