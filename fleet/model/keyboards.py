# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A keyboard to be tried key by key: what is printed where, and which keys still have to answer."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass

from fleet.model.bench_tests import FAIL, PASS, Measured
from fleet.model.triage_weight import finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One key: the kernel's code, and what is printed on it."""

    code: int
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyboard:
    """A layout: its keys in rows, from the top."""

    name: str
    title: str
    rows: tuple[tuple[Key, ...], ...]

    @property
    def keys(self) -> tuple[Key, ...]:
        """All keys, in order."""
        return tuple(key for row in self.rows for key in row)

    def missing(self, seen: Set[int], absent: Set[int] = frozenset()) -> tuple[Key, ...]:
        """Return the keys that have not answered; ``absent`` ones are not on this model."""
        return tuple(key for key in self.keys if key.code not in seen and key.code not in absent)


def conclude_keys(
    keyboard: Keyboard, seen: Set[int], absent: Set[int] = frozenset(), *, seconds: int = 0
) -> Measured:
    """Return the keyboard's result when a person ends the test: a key that did not answer fails.

    A key declared absent is named in the reasons, so that nobody ticks a dead key away unseen.
    """
    dead = [key.label for key in keyboard.missing(seen, absent)]
    gone = [key.label for key in keyboard.keys if key.code in absent]
    reasons = [finding("keys_dead", " ".join(dead[:12]))] if dead else []
    reasons += [finding("keys_absent", " ".join(gone))] if gone else []
    return Measured(
        test="keyboard",
        result=FAIL if dead else PASS,
        seconds=seconds,
        reasons=tuple(map(str, reasons)),
    )
