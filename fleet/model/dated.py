# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Numbers that a law, a study or a town sets for a time: value, period, source, checked or not.

They are read from ``fleet/data/*.yml`` by ``fleet.readers.dated``, and never written in code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

from fleet.errors import BadInput
from fleet.i18n import _

Plain: TypeAlias = bool | int | Decimal | str | tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DatedValue:
    """One value and when it holds: days ISO, both included; ``until`` None has no end.

    ``verified`` False: nobody read the source itself; what prints the value says so.
    """

    key: str
    value: Plain
    unit: str
    since: str
    until: str | None
    source: str
    verified: bool

    @property
    def number(self) -> Decimal:
        """The value as a number. Raises BadInput for anything else."""
        if isinstance(self.value, int | Decimal) and not isinstance(self.value, bool):
            return Decimal(self.value)
        raise self._not(_("a number"))

    @property
    def whole(self) -> int:
        """The value as a whole number. Raises BadInput for anything else."""
        if isinstance(self.value, int) and not isinstance(self.value, bool):
            return self.value
        raise self._not(_("a whole number"))

    @property
    def text(self) -> str:
        """The value as a text. Raises BadInput for anything else."""
        if isinstance(self.value, str):
            return self.value
        raise self._not(_("a text"))

    @property
    def texts(self) -> tuple[str, ...]:
        """The value as texts. Raises BadInput for anything else."""
        if isinstance(self.value, tuple):
            return self.value
        raise self._not(_("a list"))

    def holds_on(self, day: str) -> bool:
        """Tell whether the value holds on a day (ISO)."""
        return self.since <= day and (self.until is None or day <= self.until)

    def _not(self, wanted: str) -> BadInput:
        what = _("« {key} » is « {value} », not {wanted}.")
        return BadInput(
            what.format(key=self.key, value=self.value, wanted=wanted),
            hint=_("Correct the data file that gives it."),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DatedTable:
    """All values of one file, by key, oldest first. ``name`` is the file's."""

    name: str
    entries: Mapping[str, tuple[DatedValue, ...]]

    def at(self, key: str, day: str) -> DatedValue:
        """Return what holds on a day (ISO). Raises BadInput when nothing does."""
        found = self.find(key, day)
        if found is not None:
            return found
        what = _("{name} gives no « {key} » for {day}.")
        raise BadInput(
            what.format(name=self.name, key=key, day=day),
            hint=_("Add a dated entry with its source to that file."),
        )

    def find(self, key: str, day: str) -> DatedValue | None:
        """Return what holds on a day (ISO), or None."""
        held = (entry for entry in self.entries.get(key, ()) if entry.holds_on(day))
        return next(held, None)

    def nearest(self, key: str, day: str) -> DatedValue:
        """Return what holds on a day, else the first that ever held. Raises BadInput for none."""
        return (
            self.find(key, day) or next(iter(self.entries.get(key, ())), None) or self.at(key, day)
        )

    def completed(self, other: DatedTable) -> DatedTable:
        """Return the table with another's keys; a key of both has the other's values."""
        return DatedTable(name=self.name, entries={**self.entries, **other.entries})
