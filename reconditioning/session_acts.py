# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the bench writes in the journal, piece by piece, as soon as each is known.

Guards decide: ``MadeReady`` and every other transition go through ``fleet.services.acts``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from fleet.model import kinds as k
from fleet.model.bench_tests import Measured
from fleet.model.reasons import Reason
from fleet.model.state import State
from fleet.model.triage import Triage
from fleet.services import acts
from fleet.services.town import Town
from reconditioning.session import Session
from reconditioning.session_minutes import Spent
from reconditioning.session_notes import take_in_hand

_COMES_BACK = frozenset({State.GIVEN, State.LOANED})
_TO_TAKE_IN = frozenset({State.IN_STOCK, State.RETIRED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Come:
    """A machine came on the bench; ``refused`` is why the workshop cannot take it in yet."""

    tag: str
    refused: tuple[Reason, ...] = ()


def come_on_bench(town: Town, tag: str, profile: str) -> Come:
    """Start a session: a returned machine comes back, a retired or given one is taken in.

    A refusal does not stop the bench: it stays in the journal and on the screen, and « ready » will
    be refused until it is settled at the desk.
    """
    acts.record(town, [tag], k.BenchStarted(profile=profile))
    take_in_hand(town.home, tag)
    return Come(tag=tag, refused=_bring_in(town, tag))


def _bring_in(town: Town, tag: str) -> tuple[Reason, ...]:
    life = acts.view_of(town, tag).life
    if life in _COMES_BACK:
        body: k.Body = k.Returned(why="bench")
    elif life in _TO_TAKE_IN:
        body = k.TakenIn()
    else:
        return ()
    report = acts.transition(town, [tag], body)
    return tuple(reason for refusal in report.refused for reason in refusal.reasons)


def record_opinion(town: Town, tag: str, triage: Triage) -> None:
    """Keep the first opinion, with every reason and the date of the limits."""
    body = k.FirstOpinion(
        opinion=triage.opinion.value, reasons=triage.codes, thresholds=triage.thresholds
    )
    acts.record(town, [tag], body)


def record_test(
    town: Town, session: Session, measured: Measured, *, raw: str | None = None
) -> None:
    """Keep one test's result with its tool's own words; guard G2 reads it too."""
    digest = town.attachments.put(raw.encode()) if raw else None
    acts.record(town, [session.tag], measured_body(measured, digest))


def measured_body(measured: Measured, raw: str | None) -> k.TestMeasured:
    """Return a result as its event; ``raw`` is the digest of what the tools said."""
    return k.TestMeasured(
        test=measured.test,
        result=_result(measured.result),
        seconds=measured.seconds,
        reasons=measured.reasons,
        raw=raw,
        who=measured.who,
        why=measured.why,
    )


def _result(text: str) -> Literal["pass", "fail", "na", "skipped"]:
    results: Mapping[str, Literal["pass", "fail", "na", "skipped"]]
    results = {"pass": "pass", "fail": "fail", "na": "na", "skipped": "skipped"}
    return results[text]


def record_repair(town: Town, tag: str, repair: k.RepairDone) -> None:
    """Keep one fault and what was done about it."""
    acts.record(town, [tag], repair)


def record_verdict(town: Town, tag: str, triage: Triage) -> None:
    """Keep the technical verdict, which guard G4 reads."""
    acts.record(town, [tag], k.VerdictGiven(rejected=triage.rejected, reasons=triage.codes))


def record_grade(town: Town, tag: str, grade: str, photos: Sequence[str] = ()) -> None:
    """Keep the cosmetic grade, A to D; ``photos`` are digests of attachments."""
    letters: Mapping[str, Literal["A", "B", "C", "D"]] = {"A": "A", "B": "B", "C": "C", "D": "D"}
    acts.record(town, [tag], k.CosmeticGraded(grade=letters[grade], photos=tuple(photos)))


def record_bare(town: Town, tag: str) -> None:
    """Declare that the machine is handed over without a system."""
    acts.record(town, [tag], k.ImageInstalled(bare=True))


def record_spent(town: Town, tag: str, step: str, spent: Spent) -> None:
    """Keep the time spent on a step; nothing when there was none."""
    if spent.human_s or spent.machine_s or spent.keys:
        body = k.StepTimed(
            step=_step(step), human_s=spent.human_s, machine_s=spent.machine_s, keys=spent.keys
        )
        acts.record(town, [tag], body)


def _step(name: str) -> Literal["identify", "test", "repair", "wipe", "triage", "install"]:
    steps: Mapping[str, Literal["identify", "test", "repair", "wipe", "triage", "install"]]
    steps = {
        "identify": "identify", "test": "test", "repair": "repair", "wipe": "wipe",
        "triage": "triage", "install": "install",
    }  # fmt: skip
    return steps[name]


def make_ready(town: Town, tag: str) -> tuple[Reason, ...]:
    """Ask the guards (G1 to G4) and record « ready »; returns why not, empty when it is."""
    report = acts.transition(town, [tag], k.MadeReady())
    return tuple(reason for refusal in report.refused for reason in refusal.reasons)


def send_away(town: Town, tag: str, *, for_parts: bool) -> tuple[Reason, ...]:
    """Record that a rejected machine goes for parts or to recycling; returns why not."""
    body: k.Body = k.Dismantled(note="bench") if for_parts else k.ToRecycle(why="bench")
    report = acts.transition(town, [tag], body)
    return tuple(reason for refusal in report.refused for reason in refusal.reasons)
