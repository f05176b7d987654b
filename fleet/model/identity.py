# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which machine a report speaks of: same, new, or ask a person.

A machine is known by a set of evidence, never by one key. Vendor junk never enters (the readers
drop it), removable network interfaces count for nothing, disks alone never identify a machine.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from fleet.model.facts import ReportFacts
from fleet.model.text import fold

# How much a matching kind proves. The system serial and the SMBIOS UUID are the maker's own
# numbers for the machine; a board or chassis can be swapped; a MAC can sit on a moved card.
WEIGHTS: Mapping[str, int] = {"serial": 5, "uuid": 5, "board": 4, "chassis": 3, "mac": 2}
ENOUGH = 4
# Kinds that have one value per machine: another value speaks against the match.
_SINGULAR = ("serial", "uuid", "board")


class Match(StrEnum):
    """The outcome of an identity search."""

    SAME = "same"
    NEW = "new"
    ASK = "ask"


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A machine we know, with its evidence by kind (folded values) and its model."""

    machine: str
    evidence: Mapping[str, frozenset[str]]
    model: str | None = None
    disks: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A known machine beside a report: what speaks for and against."""

    machine: str
    weight: int
    matching: tuple[str, ...]
    differing: tuple[str, ...]

    @property
    def sure(self) -> bool:
        """Enough speaks for it and nothing against."""
        return self.weight >= ENOUGH and not self.differing


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """The outcome. ``machine`` only for SAME; ``why`` is a code for ASK."""

    match: Match
    machine: str | None = None
    candidates: tuple[Candidate, ...] = ()
    why: str = ""


def evidence_of(facts: ReportFacts) -> dict[str, frozenset[str]]:
    """Return a report's evidence by kind, folded; kinds without a value are absent."""
    found: dict[str, list[str | None]] = {
        "serial": [facts.serial],
        "uuid": [facts.uuid],
        "board": [facts.board.serial],
        "chassis": [facts.chassis_serial],
        "mac": [nic.mac for nic in facts.nics if not nic.removable],
    }
    folded = {
        kind: frozenset(fold(value) for value in values if value) for kind, values in found.items()
    }
    return {kind: values for kind, values in folded.items() if values}


def identify(
    evidence: Mapping[str, frozenset[str]],
    model: str | None,
    disks: frozenset[str],
    known: Sequence[Known],
) -> Identity:
    """Return which known machine this evidence belongs to.

    ``known`` holds every machine that shares a piece of evidence, a disk, or (without any
    evidence) the model. Values that several machines bear prove nothing and are left out.
    """
    usable = {kind: _not_shared(kind, values, known) for kind, values in evidence.items()}
    candidates = sorted(
        (_compare(usable, evidence, model, one) for one in known), key=lambda c: -c.weight
    )
    strong = [c for c in candidates if c.weight >= ENOUGH]
    if len([c for c in strong if c.sure]) == 1 and len(strong) == 1:
        return Identity(match=Match.SAME, machine=strong[0].machine)
    if strong:
        return _ask(strong, "several_match" if len(strong) > 1 else "evidence_conflicts")
    if weak := [c for c in candidates if _may_be(c)]:
        return _ask(weak, "weak_match")
    if twins := _twins(evidence, model, known):
        return _ask(twins, "several_match")
    if not any(usable.values()):
        return _without_evidence(model, disks, known)
    return Identity(match=Match.NEW)


def _may_be(candidate: Candidate) -> bool:
    """Something speaks for it, and nothing against but what a new board changes."""
    if "chassis" in candidate.matching and "serial" not in candidate.differing:
        return True
    return bool(candidate.weight) and not candidate.differing


def _twins(
    evidence: Mapping[str, frozenset[str]], model: str | None, known: Sequence[Known]
) -> list[Candidate]:
    """Return the machines that share one maker's number, when nothing tells them apart: one PC
    entered twice. A serial that a whole batch bears comes with UUIDs that differ.
    """
    numbers = {kind: evidence[kind] for kind in ("serial", "uuid") if kind in evidence}
    compared = (_compare(evidence, evidence, model, one) for one in known)
    return [c for c in compared if not c.differing and numbers.keys() & set(c.matching)]


def _without_evidence(model: str | None, disks: frozenset[str], known: Sequence[Known]) -> Identity:
    """Nothing identifies the report: a shared disk or model may be it, a person must say."""
    alike = [
        Candidate(machine=one.machine, weight=0, matching=_alike(model, disks, one), differing=())
        for one in known
        if _alike(model, disks, one)
    ]
    return _ask(alike, "no_identity") if alike else Identity(match=Match.NEW)


def _alike(model: str | None, disks: frozenset[str], one: Known) -> tuple[str, ...]:
    shared = ("disk",) if one.disks & disks else ()
    return (*shared, *(("model",) if model and one.model and same_model(model, one.model) else ()))


def _ask(candidates: Iterable[Candidate], why: str) -> Identity:
    return Identity(match=Match.ASK, candidates=tuple(candidates), why=why)


def _not_shared(kind: str, values: frozenset[str], known: Sequence[Known]) -> frozenset[str]:
    """Drop values that more than one machine bears."""
    return frozenset(
        value for value in values if sum(value in one.evidence.get(kind, ()) for one in known) <= 1
    )


def _compare(
    usable: Mapping[str, frozenset[str]],
    evidence: Mapping[str, frozenset[str]],
    model: str | None,
    one: Known,
) -> Candidate:
    """Compare: only usable evidence speaks for a machine, all of it may speak against."""
    matching = [k for k, values in usable.items() if values & one.evidence.get(k, frozenset())]
    differing = [
        kind
        for kind in _SINGULAR
        if evidence.get(kind) and one.evidence.get(kind) and not evidence[kind] & one.evidence[kind]
    ]
    if model and one.model and not same_model(model, one.model):
        differing.append("model")
    return Candidate(
        machine=one.machine,
        weight=sum(WEIGHTS[kind] for kind in matching),
        matching=tuple(matching),
        differing=tuple(differing),
    )


def same_model(one: str, other: str) -> bool:
    """Tell whether two wordings may name one model: « ProBook 450 » and « HP ProBook 450 G5 ».

    The words that hold digits tell models apart; without any on one side, any shared word will do.
    """
    words, others = fold(one).split(), fold(other).split()
    numbers = [word for word in words if any(c.isdigit() for c in word)]
    other_numbers = [word for word in others if any(c.isdigit() for c in word)]
    if numbers and other_numbers:
        words, others = numbers, other_numbers
    return any(a.startswith(b) or b.startswith(a) for a in words for b in others)
