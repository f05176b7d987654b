# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes zeros over a whole disk, past memory; a sector that fails is recorded, and it goes on."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass

from fleet.adapters.disk_direct import CHUNK_BYTES, Disk
from fleet.model.reasons import Reason
from reconditioning.wipe_places import BadPlaces, ahead, cut


@dataclass(frozen=True, slots=True, kw_only=True)
class Overwritten:
    """What was written, and what would not be."""

    bytes_written: int
    problems: tuple[Reason, ...]


def overwrite(
    disk: Disk, *, sector_bytes: int, cancelled: Callable[[], bool]
) -> Generator[int, None, Overwritten]:
    """Yield the bytes done; return Overwritten. Stops early when ``cancelled``.

    Raises DiskGone when the disk does not answer any more.
    """
    done, bad = 0, BadPlaces(sector_bytes)
    for (at, size), result in ahead(disk.write_zeros, cut(0, disk.size_bytes, CHUNK_BYTES)):
        if cancelled():
            break
        try:
            result.result()
        except OSError:
            bad.narrow(disk.write_zeros, at, size)
        done += size
        yield done
    problems = _problems(bad) + _flushed(disk)
    return Overwritten(bytes_written=done - bad.bytes, problems=problems)


def _problems(bad: BadPlaces) -> tuple[Reason, ...]:
    if not bad.bytes:
        return ()
    params = {"bytes": str(bad.bytes), "first": str(bad.first_offset)}
    return (Reason(code="unwritable_sectors", params=params),)


def _flushed(disk: Disk) -> tuple[Reason, ...]:
    try:
        disk.flush()
    except OSError as error:
        return (Reason(code="flush_failed", params={"why": error.strerror or ""}),)
    return ()
