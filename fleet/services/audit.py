# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The audit of a town: reads the projections and a few kinds of events, asks the pure rules."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import msgspec

from fleet.errors import FleetError, NotFound, UsageError
from fleet.i18n import _
from fleet.model import kinds as k
from fleet.model.audit import Audit
from fleet.model.audit_all import audit
from fleet.model.audit_days import shared_day
from fleet.model.audit_fleet import PART_PRICE
from fleet.model.audit_life import PARTS, Folded, Life, Part, TitleChange, life_of, part_of
from fleet.model.audit_life import Town as Audited
from fleet.model.dated import DatedTable
from fleet.model.fold import effective
from fleet.readers.dated import load_dated
from fleet.services.machines import MACHINE_KINDS
from fleet.services.town import Town
from fleet.store import audit_rows
from fleet.store.journal import Journal
from fleet.store.law import law
from fleet.store.past import past_journal
from fleet.store.queries import Connection

DATA = Path(__file__).parent.parent / "data"
OWN_MONEY = "money.yml"
_KINDS = (
    "TitleTransferred", "Exited", "ReuseProven", "RepairDone", "RepairClosed", "StepTimed",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """The audited year, and the last day that counts (ISO). ``known_at`` empty: as known now."""

    year: int
    day: str
    known_at: str = ""

    def until_same_day_of(self, year: int) -> Period:
        """Return another year until the same day of it; 28 February stands for the 29th."""
        day = f"{year}{self.day[4:]}".replace("-02-29", "-02-28")
        return replace(self, year=year, day=day)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """An audit with what it was computed from: ``lives`` by machine id, to list them."""

    audit: Audit
    lives: Mapping[str, Life]
    town: Audited


def period_of(
    today: date, *, year: int | None = None, as_of: str | None = None, known_at: str | None = None
) -> Period:
    """Return the period asked for: a whole year, or the year until a day; by default this year.

    What was known on a day of the year says nothing of the days after: the period ends there.

    Raises UsageError for a year or a day to come, and for a day of another year.
    """
    day = as_of or (f"{year}-12-31" if year and year < today.year else today.isoformat())
    chosen = year or int(day[:4])
    if chosen > today.year or day > today.isoformat():
        raise UsageError(
            _("{day} is still to come.").format(day=day if as_of else chosen),
            hint=_("Choose a year that began, or a day until today."),
        )
    if int(day[:4]) != chosen:
        raise UsageError(
            _("{day} is not a day of {year}.").format(day=day, year=chosen),
            hint=_("Give --year or --as-of alone."),
        )
    if not as_of and known_at and known_at[:4] == day[:4]:
        day = min(day, known_at)
    return Period(year=chosen, day=day, known_at=known_at or "")


def run(town: Town, period: Period, heads: Mapping[str, int] | None = None) -> Report:
    """Return the audit of a period, from the journal as it is, as it was known on
    ``period.known_at``, or cut at ``heads`` (replica to seq).

    Raises NotFound when nothing was known then, BadInput for a bad data file.
    """
    wanted = heads
    if wanted is None and period.known_at:
        wanted = _known(town, period.known_at)
    if wanted is None or wanted == _seqs(town):
        return _from(town.journal, town.home, period)
    with past_journal(town.journal, wanted) as past:
        return _from(past, town.home, period)


def _known(town: Town, day: str) -> dict[str, int]:
    with town.journal.read() as connection:
        found = audit_rows.heads_known_on(connection, town.journal.replica, day)
    if not found:
        raise NotFound(
            _("Nothing was known here on {day}.").format(day=day),
            hint=_("The journal begins later: choose a later day."),
        )
    return {replica: seq for replica, (seq, _link) in found.items()}


def _seqs(town: Town) -> dict[str, int]:
    with town.journal.read() as connection:
        return {replica: seq for replica, (seq, _l) in audit_rows.heads(connection).items()}


def _from(journal: Journal, home: Path, period: Period) -> Report:
    with _no_collection(), journal.read() as connection:
        facts = _read(connection, home, period)
        found = audit(facts, audit_rows.heads(connection), period.known_at)
    return Report(audit=found, lives={life.id: life for life in facts.lives}, town=facts)


@contextmanager
def _no_collection() -> Iterator[None]:
    """Keep the search for garbage off: it would visit a million records that hold no cycle."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _read(connection: Connection, home: Path, period: Period) -> Audited:
    told = _Told.of(connection, period)
    return Audited(
        year=period.year,
        day=period.day,
        lives=_lives(connection, period.day),
        law=law().completed(_shipped("audit-france.yml")),
        impact=_shipped("impact-2025.yml"),
        money=own_money(home),
        titles=told.titles,
        parts=told.parts,
        seconds=told.seconds,
        opening=_opening(connection),
    )


def _lives(connection: Connection, day: str) -> tuple[Life, ...]:
    """Return every machine's life until a day, by tag."""
    decode = msgspec.json.Decoder(Folded).decode
    broken = audit_rows.violations(connection)
    none: frozenset[str] = frozenset()
    found = []
    for fold, unproven in audit_rows.folds(connection):
        folded = decode(fold)
        violated = broken.get(folded.id, none)
        life = life_of(folded, day, violations=violated, unproven=unproven)
        if life is not None:
            found.append(life)
    return tuple(sorted(found, key=lambda life: (life.tag, life.id)))


# --- data files ------------------------------------------------------------------------------


def _shipped(name: str) -> DatedTable:
    return load_dated((DATA / name).read_bytes(), name)


def own_money(home: Path) -> DatedTable:
    """Return the shipped money values, with those of the town's own ``money.yml``.

    Raises BadInput for a bad file, FleetError when it cannot be read.
    """
    shipped, own = _shipped("money-2026.yml"), home / OWN_MONEY
    if not own.exists():
        return shipped
    try:
        return shipped.completed(load_dated(own.read_bytes(), OWN_MONEY, _money_keys()))
    except OSError as error:
        raise FleetError(
            _("{path} cannot be read: {why}.").format(path=own, why=error.strerror)
        ) from error


def _money_keys() -> Iterator[str]:
    """Yield what a town may set."""
    yield "labour.hour"
    for kind in MACHINE_KINDS:
        yield from (f"price.{kind}", f"renew.years.{kind}")
    yield from (f"{PART_PRICE}{part}" for part in PARTS)


def _opening(connection: Connection) -> dict[int, int]:
    """Return the stock declared for 1 January, by year."""
    found: dict[int, int] = {}
    for event in effective(audit_rows.events_of(connection, ("OpeningStockDeclared", "Undone"))):
        body = k.body_of(event)
        if isinstance(body, k.OpeningStockDeclared):
            found[body.year] = body.count
    return found


# --- events ----------------------------------------------------------------------------------


class _Told:
    """What single events tell of machines: titles, parts, minutes; by machine, by day."""

    def __init__(self, period: Period, roots: Mapping[str, str]) -> None:
        self.titles: dict[str, list[TitleChange]] = {}
        self.parts: dict[str, list[Part]] = {}
        self.seconds: dict[str, int] = {}
        self._period = period
        self._roots = roots

    @classmethod
    def of(cls, connection: Connection, period: Period) -> _Told:
        """Read all of it."""
        told = cls(period, audit_rows.roots(connection))
        for one in audit_rows.told(connection, _KINDS):
            if one.body is not None and k.is_known(one.kind, one.version):
                told._take(one, k.read_body(one.kind, one.version, bytes(one.body)))
        told._take_disks(connection)
        for changes in told.titles.values():
            changes.sort(key=lambda change: change.on)
        for parts in told.parts.values():
            parts.sort(key=lambda part: part.on)
        return told

    def _root(self, machine: str) -> str:
        while machine in self._roots:
            machine = self._roots[machine]
        return machine

    def _take(self, event: audit_rows.Told, body: k.Body) -> None:
        machine, on = self._root(event.subject), _day(event, body)
        if on is None:
            return
        match body:
            case k.TitleTransferred() | k.Exited():
                change = TitleChange(on, body.way, body.taker, body.commitment, body.proof)
                self.titles.setdefault(machine, []).append(change)
            case k.ReuseProven():
                change = TitleChange(on, "proof", "", None, body.proof)
                self.titles.setdefault(machine, []).append(change)
            case k.RepairDone() | k.RepairClosed():
                self.parts.setdefault(machine, []).extend(part_of(one, on) for one in body.parts)
            case k.StepTimed() if f"{self._period.year}-01-01" <= on <= self._period.day:
                self.seconds[machine] = self.seconds.get(machine, 0) + max(0, body.human_s)

    def _take_disks(self, connection: Connection) -> None:
        """Count a flash disk that came into a machine after a rotating one as an upgrade."""
        added = sorted(audit_rows.disks_fitted(connection), key=lambda event: event.stamp)
        kinds = audit_rows.disk_kinds(connection)
        had: set[str] = set()
        for event in effective(added):
            body = k.body_of(event)
            kind = kinds.get(body.disk, "") if isinstance(body, k.DiskAdded) else ""
            machine = self._root(event.subject)
            if kind == "hdd":
                had.add(machine)
            elif kind in audit_rows.FLASH and machine in had:
                self._upgraded(machine, event.header.at[:10])

    def _upgraded(self, machine: str, on: str) -> None:
        """Note an SSD that a report found; one that a repair already told is not told twice."""
        parts = self.parts.setdefault(machine, [])
        if not any(part.what == "ssd" for part in parts):
            parts.append(Part(on, "ssd", False))


def _day(event: audit_rows.Told, body: k.Body) -> str | None:
    """Return when it happened: the journal takes any text for a day, the audit only days."""
    return shared_day(getattr(body, "on", None) or "") or shared_day(event.at[:10])


def listed(report: Report, key: str) -> Iterator[Life]:
    """Yield the machines behind a figure or a line. Raises NotFound with the keys there are."""
    found = report.audit.behind(key)
    if found is None:
        raise NotFound(
            _("The audit has no figure « {key} ».").format(key=key),
            hint=_("It has: {keys}.").format(keys=", ".join(_plain(report.audit.keys()))),
        )
    return (report.lives[machine] for machine in found if machine in report.lives)


def _plain(keys: Iterable[str]) -> list[str]:
    return [key for key in keys if ":" not in key]


def fewest_people(day: str) -> int:
    """Return the smallest number of persons that may be published on a day."""
    return _shipped("audit-france.yml").nearest("audit.fewest_people", day).whole
