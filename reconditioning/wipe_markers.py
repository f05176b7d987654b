# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Known bytes written before a wipe, and old bytes remembered: both must be gone afterwards.

A marker is 4 KiB of random bytes; it counts once it was read back from the disk. A witness is the
digest of 4 KiB that were already there: what people left, not what we wrote.
"""

from __future__ import annotations

import hashlib
import random
import secrets
from collections.abc import Iterator
from dataclasses import dataclass

from fleet.adapters.disk_direct import Disk
from fleet.model.reasons import Reason

MARKER_BYTES = 4096
_RANDOM_MARKERS = 24
_HIDDEN_MARKERS = 8
_WITNESS_PLACES = 64
_WITNESS_BYTES = 64 << 10
_MIB = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Marker:
    """Bytes known to be on the disk before the wipe."""

    at: int
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """What was known of the disk before a technique; ``problems`` say that writing is not kept.

    ``witnesses`` are digests by offset of what was there, places of one repeated byte left out.
    """

    markers: tuple[Marker, ...]
    witnesses: dict[int, bytes]
    problems: tuple[Reason, ...]


def plant(disk: Disk, *, lifted_from: int | None, remember: bool, rng: random.Random) -> Planted:
    """Remember what is there, write markers, and read them once to know that they are there.

    ``lifted_from`` is where the sectors begin that were hidden until now. ``remember``: keep
    witnesses, which are needed where anything but zeros may be left. A place that cannot be
    written has no marker; one that takes a write and gives other bytes is a lying disk.
    """
    witnesses = _remembered(disk, rng) if remember else {}
    written = [m for at in _places(disk.size_bytes, lifted_from, rng) if (m := _written(disk, at))]
    disk.flush()
    landed, lost = [], 0
    for marker in written:
        back = _read(disk, marker.at, MARKER_BYTES)
        if back == marker.content:
            landed.append(marker)
        elif back is not None:
            lost += 1
    for marker in landed:
        witnesses.pop(marker.at, None)
    problems = (Reason(code="writes_not_kept", params={"n": str(lost)}),) if lost else ()
    return Planted(markers=tuple(landed), witnesses=witnesses, problems=problems)


def _places(size: int, lifted_from: int | None, rng: random.Random) -> Iterator[int]:
    """Yield offsets: the first mebibyte, the end, anywhere, and where sectors were hidden."""
    last = size // MARKER_BYTES - 1
    if last < 0:
        return
    chosen = {0, 64 << 10, _MIB - MARKER_BYTES, last * MARKER_BYTES, (last * MARKER_BYTES) - _MIB}
    chosen |= {rng.randint(0, last) * MARKER_BYTES for _ in range(_RANDOM_MARKERS)}
    if lifted_from is not None:
        first = min(-(-lifted_from // MARKER_BYTES), last)
        chosen |= {rng.randint(first, last) * MARKER_BYTES for _ in range(_HIDDEN_MARKERS)}
        chosen.add(first * MARKER_BYTES)
    yield from sorted(at for at in chosen if 0 <= at <= last * MARKER_BYTES)


def _written(disk: Disk, at: int) -> Marker | None:
    content = secrets.token_bytes(MARKER_BYTES)
    try:
        disk.write(at, content)
    except OSError:
        return None
    return Marker(at=at, content=content)


def _read(disk: Disk, at: int, size: int) -> bytes | None:
    try:
        return disk.read(at, size)
    except OSError:
        return None


def _remembered(disk: Disk, rng: random.Random) -> dict[int, bytes]:
    digests: dict[int, bytes] = {}
    for _n in range(_WITNESS_PLACES):
        at = rng.randrange(max(1, disk.size_bytes - _WITNESS_BYTES)) // MARKER_BYTES * MARKER_BYTES
        digests |= _digests(disk, at)
    return digests


def _digests(disk: Disk, at: int) -> dict[int, bytes]:
    size = min(_WITNESS_BYTES, (disk.size_bytes - at) // MARKER_BYTES * MARKER_BYTES)
    found = _read(disk, at, size) if size > 0 else None
    blocks = range(0, len(found or b""), MARKER_BYTES)
    return {
        at + n: _digest(block)
        for n in blocks
        if found is not None and not is_constant(block := found[n : n + MARKER_BYTES])
    }


def markers_left(disk: Disk, markers: tuple[Marker, ...], sector_bytes: int) -> int:
    """Count the markers of which at least one sector is still there."""
    return sum(_is_left(disk, marker, sector_bytes) for marker in markers)


def _is_left(disk: Disk, marker: Marker, sector_bytes: int) -> bool:
    found = _read(disk, marker.at, MARKER_BYTES)
    return found is not None and any(
        found[n : n + sector_bytes] == marker.content[n : n + sector_bytes]
        for n in range(0, MARKER_BYTES, sector_bytes)
    )


def witnesses_left(disk: Disk, witnesses: dict[int, bytes]) -> list[int]:
    """Return the offsets at which old bytes are still what they were."""
    return [
        at
        for at, digest in sorted(witnesses.items())
        if (found := _read(disk, at, MARKER_BYTES)) is not None and _digest(found) == digest
    ]


def is_constant(block: bytes) -> bool:
    """Tell whether a block is one byte repeated."""
    return block == block[:1] * len(block)


def _digest(block: bytes) -> bytes:
    return hashlib.blake2b(block, digest_size=16).digest()
