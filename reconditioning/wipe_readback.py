# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads a disk again after a wipe, knowing nothing of what the engine said.

What may be left depends on the technique (``Left``); everything else is foreign. Random-looking
bytes cannot be told from old encrypted ones: there, markers and witnesses decide.
"""

from __future__ import annotations

import bisect
import random
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

import zstandard

from fleet.adapters.disk_direct import CHUNK_BYTES, Disk
from fleet.model.wipe import ReadBack, ReadBackResult, Technique
from reconditioning.wipe_markers import (
    MARKER_BYTES,
    Planted,
    is_constant,
    markers_left,
    witnesses_left,
)
from reconditioning.wipe_places import BadPlaces, Place, ahead, cut

_SAMPLE_BYTES = 1 << 20
_ENDS_BYTES = 16 << 20
_SMALL_BYTES = 1 << 30
_ENOUGH_BYTES = 256 << 20
_ZEROS = bytes(CHUNK_BYTES)
_SECTOR = 512
_BLOCK = 4096
_own = threading.local()


class Left(StrEnum):
    """What a technique may leave: zeros; one repeated byte per sector; or noise as well."""

    ZEROS = "zeros"
    CONSTANT = "constant"
    SCRAMBLED = "scrambled"


# Overwrites leave what was asked; erased flash reads as 00 or FF; a lost key leaves noise. The
# standards let enhanced security erase and NVMe format leave either.
LEFT = {
    Technique.OVERWRITE: Left.ZEROS,
    Technique.ATA_SANITIZE_OVERWRITE: Left.ZEROS,
    Technique.NVME_SANITIZE_OVERWRITE: Left.CONSTANT,
    Technique.ATA_SANITIZE_BLOCK: Left.CONSTANT,
    Technique.NVME_SANITIZE_BLOCK: Left.CONSTANT,
    Technique.EMMC_SANITIZE: Left.CONSTANT,
    Technique.SECURE_DISCARD: Left.CONSTANT,
    Technique.ATA_ERASE: Left.CONSTANT,
    Technique.ATA_SANITIZE_CRYPTO: Left.SCRAMBLED,
    Technique.NVME_SANITIZE_CRYPTO: Left.SCRAMBLED,
    Technique.NVME_FORMAT_CRYPTO: Left.SCRAMBLED,
    Technique.NVME_FORMAT_USER: Left.SCRAMBLED,
    Technique.ATA_ERASE_ENHANCED: Left.SCRAMBLED,
}


@dataclass(slots=True)
class _Tally:
    bytes_read: int = 0
    foreign: int = 0
    first: int | None = None

    def add(self, at: int, size: int) -> None:
        """Count foreign bytes."""
        self.foreign += size
        if self.first is None or at < self.first:
            self.first = at


Judge = Callable[[bytes, int, _Tally], None]


def read_back(
    disk: Disk,
    planted: Planted,
    *,
    left: Left,
    kind: ReadBack,
    permille: int,
    sector_bytes: int,
    rng: random.Random,
    cancelled: Callable[[], bool],
) -> Generator[tuple[int, int], None, ReadBackResult]:
    """Yield (bytes read, bytes to read); return the ReadBackResult.

    Stops early, with what it has, when ``cancelled``, or when so much was found that hours more
    of reading would tell nothing new. Raises DiskGone.
    """
    size = disk.size_bytes
    places = tuple(_places(size, kind, permille, rng))
    total = sum(length for _at, length in places)
    tally, bad = _Tally(), BadPlaces(sector_bytes)
    judge = _JUDGES[left]

    def look(at: int, length: int) -> None:
        found = disk.read(at, length)
        tally.bytes_read += length
        judge(found, at, tally)

    for (at, length), result in ahead(disk.read, places):
        if cancelled():
            break
        try:
            found = result.result()
        except OSError:
            bad.narrow(look, at, length)
        else:
            tally.bytes_read += length
            judge(found, at, tally)
        yield tally.bytes_read + bad.bytes, total
        if tally.foreign >= _ENOUGH_BYTES:
            break
    _add_witnesses(disk, planted, judge, places, tally)
    return _result(disk, planted, kind, tally, bad)


def _add_witnesses(
    disk: Disk, planted: Planted, judge: Judge, places: Sequence[Place], tally: _Tally
) -> None:
    """Count old bytes that are still where they were, unless the reading counted them already."""
    starts = [at for at, _length in places]
    for at in witnesses_left(disk, planted.witnesses):
        inside = bisect.bisect_right(starts, at) - 1
        seen = inside >= 0 and at + MARKER_BYTES <= sum(places[inside])
        alone = _Tally()
        judge(disk.read(at, MARKER_BYTES), at, alone)
        if not (seen and alone.foreign):
            tally.add(at, MARKER_BYTES)


def _result(
    disk: Disk, planted: Planted, kind: ReadBack, tally: _Tally, bad: BadPlaces
) -> ReadBackResult:
    return ReadBackResult(
        kind=kind,
        bytes_read=tally.bytes_read,
        coverage_permille=tally.bytes_read * 1000 // max(1, disk.size_bytes),
        markers_planted=len(planted.markers),
        markers_found=markers_left(disk, planted.markers, _SECTOR),
        foreign_bytes=tally.foreign,
        first_foreign_offset=tally.first,
        unreadable_bytes=bad.bytes,
    )


def _places(size: int, kind: ReadBack, permille: int, rng: random.Random) -> Iterator[Place]:
    """Yield what is read: everything; or both ends, and one place at random in each stretch."""
    if kind is ReadBack.FULL or size <= _SMALL_BYTES or permille >= 1000:
        yield from cut(0, size, CHUNK_BYTES)
        return
    yield from cut(0, _ENDS_BYTES, CHUNK_BYTES)
    end = size - _ENDS_BYTES
    # Shorter than permille asks, so that the last, shorter stretch takes nothing off the coverage.
    stretch = max(_SAMPLE_BYTES, _SAMPLE_BYTES * 1000 // (permille + 1) // _BLOCK * _BLOCK)
    for start in range(_ENDS_BYTES, end, stretch):
        room = min(stretch, end - start) - _SAMPLE_BYTES
        if room >= 0:
            yield start + rng.randint(0, room // _BLOCK) * _BLOCK, _SAMPLE_BYTES
    yield from cut(end, size, CHUNK_BYTES)


def _judge_zeros(found: bytes, at: int, tally: _Tally) -> None:
    if found != _ZEROS[: len(found)]:
        _judge_each(found, at, tally, _SECTOR, lambda piece: not any(piece))


def _judge_constant(found: bytes, at: int, tally: _Tally) -> None:
    if not is_constant(found):
        _judge_each(found, at, tally, _SECTOR, is_constant)


def _judge_scrambled(found: bytes, at: int, tally: _Tally) -> None:
    # Block by block: a compressor skips over noise, and would miss one block of text within it.
    if not is_constant(found):
        _judge_each(found, at, tally, _BLOCK, lambda piece: is_constant(piece) or _is_noise(piece))


def _judge_each(
    found: bytes, at: int, tally: _Tally, size: int, expected: Callable[[bytes], bool]
) -> None:
    for start in range(0, len(found), size):
        piece = found[start : start + size]
        if not expected(piece):
            tally.add(at + start, len(piece))


def _is_noise(piece: bytes) -> bool:
    """Tell whether nothing can be gained by compressing: text, programs and tables would shrink."""
    compressor = getattr(_own, "compressor", None) or zstandard.ZstdCompressor(level=1)
    _own.compressor = compressor
    return len(compressor.compress(piece)) >= len(piece)


_JUDGES: dict[Left, Judge] = {
    Left.ZEROS: _judge_zeros,
    Left.CONSTANT: _judge_constant,
    Left.SCRAMBLED: _judge_scrambled,
}
