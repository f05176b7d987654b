# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Decree 2023-266: goods directed to reuse (A), retired goods in stock on 1 January (B), A / B.

A counts in the year N the first transfer of title of a retired good: gifts and transfers to a
public body by themselves, sales and take-backs only with a commitment made before and the proof
of the reuse. B counts the retired goods whose title the town still had when 1 January began, in
whatever state, and the declared opening stock. Both leave out goods that were more than ten years
old on the day of the réforme, and kinds outside categories 2 and 6.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from fleet.model.audit import Bar, Breakdown, Figure, Section, grouped, percent
from fleet.model.audit_days import after_years
from fleet.model.audit_life import GONE, IN_USE, Life, TitleChange, Town
from fleet.model.dated import DatedValue
from fleet.model.state import State

TOWN_OWNER = "town"
_BY_THEMSELVES = frozenset({"gift", "staff_gift", "transfer"})
_PROOF = "proof"
_STILL = "town"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Which goods the decree counts: kinds of machine, and the most years at the réforme."""

    kinds: frozenset[str]
    most_years: int
    used: tuple[DatedValue, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """The transfer by which the town parted with a good, with all that is known of it since."""

    life: Life
    on: str
    way: str
    taker: str
    commitment: str | None
    proof: str | None
    committed_before: bool


def decree(town: Town) -> Section:
    """Return the decree's section for the town's year."""
    scope = scope_of(town)
    counted, refused = _directed(town, scope)
    stock, left_out = _stock(town, scope)
    ended = {life.id: life for life, _stay in town.entries(State.RETIRED, *_AFTER_RETIREMENT)}
    retired = tuple(life for life in ended.values() if _retired_in_year(town, scope, life))
    opening = town.opening.get(town.year, 0)
    whole = len(stock) + opening
    target = town.law.find("reen.target_percent", town.first_day)
    counted_ids = tuple(one.life.id for one in counted)
    return Section(
        key="decree",
        figures=(
            Figure(key="decree.a", value=len(counted), machines=counted_ids),
            Figure(key="decree.frozen", value=len(stock), machines=_ids(stock)),
            Figure(key="decree.opening", value=opening),
            Figure(key="decree.b", value=whole, machines=_ids(stock)),
            _rate("decree.rate", len(counted), whole, "stock_is_zero", counted_ids),
            _target(target),
            Figure(key="decree.retired", value=len(retired), machines=_ids(retired)),
            _rate("decree.yearly", len(counted), len(retired), "none_retired", counted_ids),
            _age_unknown(counted, stock),
        ),
        breakdowns=(
            _table("decree.by_way", "way", ((one.way, one.life.id) for one in counted)),
            _table("decree.excluded_a", "reason", ((why, one.life.id) for one, why in refused)),
            _table("decree.excluded_b", "reason", ((why, life.id) for life, why in left_out)),
            _missing_proofs(refused),
        ),
        used=(*scope.used, *((target,) if target else ())),
    )


def scope_of(town: Town) -> Scope:
    """Return the decree's scope in force at the end of the year. Raises BadInput without one."""
    second = town.law.nearest("reen.category_2_kinds", town.day)
    sixth = town.law.nearest("reen.category_6_kinds", town.day)
    oldest = town.law.nearest("reen.excluded_over_years", town.day)
    return Scope(
        kinds=frozenset((*second.texts, *sixth.texts)),
        most_years=oldest.whole,
        used=(second, sixth, oldest),
    )


def retired_on(life: Life, before: str) -> str | None:
    """Return when a machine was retired, as it stood at the start of a day; None when it was not.

    A machine that is in use again is not retired any more. A state that comes only after the
    réforme, declared without one, counts as it.
    """
    since: str | None = None
    for stay in life.stays:
        if stay.from_on >= before:
            break
        if stay.state in IN_USE:
            since = None
        elif stay.state is State.RETIRED or (since is None and stay.state in _AFTER_RETIREMENT):
            since = stay.from_on
    return since


_AFTER_RETIREMENT = (
    State.SOLD_OR_TRANSFERRED, State.DISMANTLED, State.TO_RECYCLE, State.RECYCLED,
)  # fmt: skip


def left_out(life: Life, retired: str, scope: Scope) -> str:
    """Return why the decree does not count a good retired on a day; empty when it does."""
    if life.origin == "gift":
        return "given_from_outside"
    if life.provenance == "leased":
        return "leased"
    if life.owner != TOWN_OWNER:
        return "not_owned"
    if life.kind not in scope.kinds:
        return "other_category"
    if life.purchased_on and retired > after_years(life.purchased_on, scope.most_years):
        return "too_old"
    return ""


# --- A: directed to reuse in the year --------------------------------------------------------


def _directed(town: Town, scope: Scope) -> tuple[list[Transfer], list[tuple[Transfer, str]]]:
    counted: list[Transfer] = []
    refused: list[tuple[Transfer, str]] = []
    by_id = {life.id: life for life in town.lives} if town.titles else {}
    for machine, changes in town.titles.items():
        life = by_id.get(machine)
        transfer = parted(town, life, changes) if life is not None else None
        if transfer is None:
            continue
        why = _why_not(transfer, scope)
        if why:
            refused.append((transfer, why))
        else:
            counted.append(transfer)
    return counted, refused


def parted(town: Town, life: Life, changes: Sequence[TitleChange]) -> Transfer | None:
    """Return the transfer by which the town parted with a machine in the year, or None.

    Later words on the same taker (its commitment, its proof) complete the first; what the taker
    does with the machine afterwards is not the town's act.
    """
    first: TitleChange | None = None
    commitment = proof = None
    before = False
    for change in changes:
        if change.on > town.day:
            break
        if change.taker == _STILL:
            first = commitment = proof = None
            continue
        if first is None and change.way != _PROOF:
            first, before = change, _before(change, change.on)
        if first is not None and change.taker in (first.taker, ""):
            commitment = commitment or change.commitment
            before = before or _before(change, first.on)
            proof = proof or change.proof
    if first is None or not town.in_year(first.on):
        return None
    return Transfer(
        life=life, on=first.on, way=first.way, taker=first.taker,
        commitment=commitment, proof=proof, committed_before=before,
    )  # fmt: skip


def _before(change: TitleChange, on: str) -> bool:
    """Tell whether the commitment was made by the day of the transfer; undated, with its event."""
    return bool(change.commitment) and (change.commitment_on or change.on) <= on


def _why_not(transfer: Transfer, scope: Scope) -> str:
    retired = retired_on(transfer.life, _next(transfer.on))
    if retired is None:
        return left_out(transfer.life, "", scope) or "not_retired"
    if why := left_out(transfer.life, retired, scope):
        return why
    if transfer.way in _BY_THEMSELVES:
        return ""
    if not transfer.commitment:
        return "no_commitment"
    if not transfer.committed_before:
        return "late_commitment"
    return "" if transfer.proof else "missing_proof"


def _next(day: str) -> str:
    """Return what sorts right after a day."""
    return f"{day}~"


# --- B: in stock on 1 January ----------------------------------------------------------------


def _stock(town: Town, scope: Scope) -> tuple[list[Life], list[tuple[Life, str]]]:
    kept: list[Life] = []
    out: list[tuple[Life, str]] = []
    for life in town.lives:
        retired = retired_on(life, town.first_day)
        if retired is None or _gone_before(town, life):
            continue
        why = left_out(life, retired, scope)
        if why:
            out.append((life, why))
        else:
            kept.append(life)
    return kept, out


def _gone_before(town: Town, life: Life) -> bool:
    """Tell whether the title, or the thing itself, was gone when 1 January began."""
    last = [stay for stay in life.stays if stay.from_on < town.first_day][-1]
    if last.state in GONE:
        return True
    changes = [c for c in town.titles.get(life.id, ()) if c.on < town.first_day and c.way != _PROOF]
    return bool(changes) and changes[-1].taker != _STILL


def _retired_in_year(town: Town, scope: Scope, life: Life) -> bool:
    retired = retired_on(life, _next(town.day))
    return retired is not None and town.in_year(retired) and not left_out(life, retired, scope)


# --- how it is told --------------------------------------------------------------------------


def _rate(key: str, part: int, whole: int, why: str, machines: tuple[str, ...]) -> Figure:
    value = percent(part, whole)
    return Figure(
        key=key, value=value, unit="percent", of=whole, machines=machines,
        why=why if value is None else "",
    )  # fmt: skip


def _target(target: DatedValue | None) -> Figure:
    value = Fraction(target.number) if target else None
    why = "" if target else "no_target"
    return Figure(key="decree.target", value=value, unit="percent", why=why)


def _age_unknown(counted: Sequence[Transfer], stock: Sequence[Life]) -> Figure:
    """Return the goods counted although nobody knows whether they were over the age."""
    found = [one.life for one in counted] + list(stock)
    unknown = tuple(dict.fromkeys(life.id for life in found if life.purchased_on is None))
    return Figure(key="decree.age_unknown", value=len(unknown), machines=unknown)


def _table(key: str, labels: str, pairs: Iterator[tuple[str, str]]) -> Breakdown:
    return Breakdown(key=key, labels=labels, bars=grouped(pairs))


def _missing_proofs(refused: Sequence[tuple[Transfer, str]]) -> Breakdown:
    """Return the machines that only lack a commitment or a proof, by whom to ask for it."""
    asked = ("missing_proof", "no_commitment")
    bars: tuple[Bar, ...] = grouped(
        (one.taker, one.life.id) for one, why in refused if why in asked
    )
    return Breakdown(key="decree.missing_proof", labels="name", bars=bars)


def _ids(lives: Sequence[Life]) -> tuple[str, ...]:
    return tuple(life.id for life in lives)
