# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lives of machines as the audit reads them: dated stays, exits, titles, parts.

Made from the fold of a machine, whether the store kept it or it was folded again as of then, and
cut at the audit's day, its place and its system too. Its model is the latest told: a machine does
not change model, it was only better described.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import msgspec

from fleet.model.audit_days import shared_day
from fleet.model.dated import DatedTable
from fleet.model.state import Former, State

IN_USE = frozenset({State.IN_STOCK, State.IN_SERVICE, State.IN_REPAIR})
GONE = frozenset({State.SOLD_OR_TRANSFERRED, State.RECYCLED, State.LOST})
# A first life ends with the first state that is none of these.
FIRST_LIFE = IN_USE | {State.LOANED, State.LOST}
FINAL = frozenset({State.GIVEN, State.SOLD_OR_TRANSFERRED, State.DISMANTLED, State.RECYCLED})
_TARGETS = {
    "HandedOver": State.GIVEN, "Loaned": State.LOANED, "Exited": State.SOLD_OR_TRANSFERRED,
    "TakenIn": State.IN_WORKSHOP,
}  # fmt: skip


class Stay(msgspec.Struct, frozen=True, gc=False):
    """Time in one state. ``until_on`` None: it is still there on the audit's day."""

    state: State
    from_on: str
    until_on: str | None = None


class Passage(NamedTuple):
    """One exit that had to be wiped before: its event, when, and whether it is proven."""

    event: str
    on: str
    proven: bool


class Life(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One machine until the audit's day. Money in cents; ``unproven`` disks are those of today;
    ``unlawful`` are the days of gifts, sales and hand-overs against the law.
    """

    id: str
    tag: str
    kind: str
    owner: str
    provenance: str
    origin: str
    manufacturer: str | None
    model: str | None
    system: str | None
    site: str | None
    room: str | None
    purchased_on: str | None
    purchase_value_cents: int | None
    unproven: int
    stays: tuple[Stay, ...]
    passages: tuple[Passage, ...]
    unlawful: tuple[str, ...] = ()

    @property
    def now(self) -> Stay:
        """Where it is on the audit's day."""
        return self.stays[-1]

    @property
    def model_name(self) -> str:
        """Maker and model, for a group of machines; empty when neither is known."""
        maker, model = self.manufacturer or "", self.model or ""
        return model if maker and model.startswith(maker) else f"{maker} {model}".strip()

    def entered(self, *states: State) -> str | None:
        """Return the first day in one of these states."""
        return next((stay.from_on for stay in self.stays if stay.state in states), None)


class _Interval(msgspec.Struct, gc=False):
    state: State
    from_on: str


class _Exit(msgspec.Struct, gc=False):
    event: str
    kind: str


class _Said(msgspec.Struct, gc=False):
    on: str


class _Deed(msgspec.Struct, gc=False):
    event: str
    said: _Said


class Folded(msgspec.Struct, omit_defaults=True, gc=False):
    """The part of a machine's fold that the audit reads; the names are those of MachineState."""

    id: str
    tag: str = ""
    kind: str = "other"
    owner: str = "town"
    provenance: str = "bought"
    origin: str = "stock"
    manufacturer: str | None = None
    model: str | None = None
    system: str | None = None
    site: str | None = None
    room: str | None = None
    purchased_on: str | None = None
    purchase_value_cents: int | None = None
    intervals: list[_Interval] = []
    former_places: list[Former] = []
    former_systems: list[Former] = []
    exits: list[_Exit] = []
    deeds: list[_Deed] = []
    settled: list[str] = []


def life_of(
    folded: Folded, day: str, *, violations: Collection[str] = (), unproven: int = 0
) -> Life | None:
    """Return a machine's life until a day (ISO); None when it was not there yet.

    ``violations`` are the keys of exits that are not proven (``exit:<event>``) and of deeds
    against the law (``law:<event>``); what a person settled stays one.
    """
    stays = _stays(folded, day)
    if not stays:
        return None
    bought = shared_day(folded.purchased_on or "")
    site, room = _then(folded.former_places, day) or (folded.site, folded.room)
    (system,) = _then(folded.former_systems, day) or (folded.system,)
    return Life(
        id=folded.id, tag=folded.tag, kind=sys.intern(folded.kind), owner=folded.owner,
        provenance=sys.intern(folded.provenance), origin=sys.intern(folded.origin),
        manufacturer=_shared(folded.manufacturer), model=_shared(folded.model),
        system=_shared(system), site=_shared(site), room=_shared(room),
        purchased_on=bought if bought and bought <= day else None,
        purchase_value_cents=folded.purchase_value_cents,
        unproven=unproven,
        stays=stays,
        passages=tuple(_passages(folded, stays, violations)) if folded.exits else (),
        unlawful=tuple(_unlawful(folded, violations)) if folded.deeds else (),
    )  # fmt: skip


def _then(former: Sequence[Former], day: str) -> tuple[str | None, ...] | None:
    """Return what values were on a day; None when they were those of today."""
    return next((one.was for one in former if day < one.until_on), None)


def _shared(text: str | None) -> str | None:
    return sys.intern(text) if text is not None else None


def _stays(folded: Folded, day: str) -> tuple[Stay, ...]:
    found = [(one.state, shared_day(one.from_on)) for one in folded.intervals]
    known = [(state, on) for state, on in found if on is not None and on <= day]
    ends = [*(on for _state, on in known[1:]), None]
    return tuple(Stay(state, on, end) for (state, on), end in zip(known, ends, strict=False))


def _passages(
    folded: Folded, stays: Sequence[Stay], violations: Collection[str]
) -> Iterator[Passage]:
    """Yield exits with their days: each is the next stay of the state that its kind leads to."""
    rest = iter(stays)
    for one in folded.exits:
        wanted = _TARGETS.get(one.kind)
        found = next((s for s in rest if s.state is wanted or wanted is None), None)
        if found is None:
            return
        key = f"exit:{one.event}"
        proven = key not in violations and key not in folded.settled
        yield Passage(one.event, found.from_on, proven)


def _unlawful(folded: Folded, violations: Collection[str]) -> Iterator[str]:
    for one in folded.deeds:
        key = f"law:{one.event}"
        if key in violations or key in folded.settled:
            yield one.said.on


# --- what other events tell ------------------------------------------------------------------


class TitleChange(NamedTuple):
    """Who became the owner, how, and what proves the reuse. ``commitment_on`` when it is dated."""

    on: str
    way: str
    taker: str
    commitment: str | None = None
    proof: str | None = None
    commitment_on: str | None = None


class Part(NamedTuple):
    """A part fitted in a machine: ssd, hdd, memory, charger, battery or other; new or salvaged."""

    on: str
    what: str
    new: bool


_WORDS = (
    ("ssd", re.compile(r"\b(ssd|nvme|m\.2)\b", re.IGNORECASE)),
    ("memory", re.compile(r"\b(ram|memory|m[ée]moires?|barrettes?|s?o?-?dimm|ddr\d?\w?)\b", re.I)),
    ("charger", re.compile(r"\b(charger|chargeur|alimentation|power supply|adapter)\b", re.I)),
    ("battery", re.compile(r"\b(battery|batterie)\b", re.IGNORECASE)),
    ("hdd", re.compile(r"\b(hdd|hard (disk|drive)|disque dur|disque)\b", re.IGNORECASE)),
)  # fmt: skip
PARTS = (*(what for what, _words in _WORDS), "other")


def part_of(text: str, on: str) -> Part:
    """Return a part as repairs write it: ``new:SSD 240``, ``salvaged:RAM:VJ-7``, or plain words.

    Plain words do not say whether it was new: it counts as new, the dearer of the two.
    """
    head, colon, rest = text.partition(":")
    salvaged = colon != "" and head == "salvaged"
    words = rest if colon and head in ("new", "salvaged") else text
    what = next((name for name, pattern in _WORDS if pattern.search(words)), "other")
    return Part(on, what, not salvaged)


@dataclass(frozen=True, slots=True, kw_only=True)
class Town:
    """All that an audit is computed from. Mappings are by machine id, in order of days.

    ``minutes`` are seconds of a person at the bench in the year; ``opening`` the declared stock
    by year. ``law``, ``impact`` and ``money`` are dated values.
    """

    year: int
    day: str
    lives: Sequence[Life]
    law: DatedTable
    impact: DatedTable
    money: DatedTable
    titles: Mapping[str, Sequence[TitleChange]] = field(default_factory=dict)
    parts: Mapping[str, Sequence[Part]] = field(default_factory=dict)
    seconds: Mapping[str, int] = field(default_factory=dict)
    opening: Mapping[int, int] = field(default_factory=dict)
    _entered: dict[State, list[tuple[Life, Stay]]] = field(
        init=False, repr=False, compare=False, default_factory=dict
    )

    def __post_init__(self) -> None:
        """Note the year's entries into each state: many rules ask for them."""
        first, last = self.first_day, self.day
        for life in self.lives:
            for stay in life.stays:
                if first <= stay.from_on <= last:
                    self._entered.setdefault(stay.state, []).append((life, stay))

    @property
    def first_day(self) -> str:
        """1 January of the year."""
        return f"{self.year}-01-01"

    def in_year(self, day: str | None) -> bool:
        """Tell whether a day is of the year, and not after the audit's day."""
        return day is not None and self.first_day <= day <= self.day

    def entries(self, *states: State) -> Iterator[tuple[Life, Stay]]:
        """Yield each entry of a machine into one of these states in the year."""
        for state in states:
            yield from self._entered.get(state, ())


def ids(lives: Iterable[Life]) -> tuple[str, ...]:
    """Return the machines' ids."""
    return tuple(life.id for life in lives)
