# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where one machine stands on the bench, computed from its events since it last came on it.

Five big steps: identify, test, repair, wipe, triage and install. Nothing is kept here: a power cut
at any moment resumes from what the journal holds. ``session_notes`` holds what cannot be an event.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from fleet.model import kinds as k
from fleet.model.bench_tests import tested_on_all_functions
from fleet.model.events import Event
from fleet.model.fold import effective
from fleet.model.policy import PROFILES, tests_asked
from fleet.model.state import Presence, State
from fleet.model.views import DiskView, MachineView
from fleet.services import machines
from fleet.services.town import Town

OUT = frozenset(
    {State.GIVEN, State.LOANED, State.SOLD_OR_TRANSFERRED, State.RECYCLED, State.IN_SERVICE}
)


class Stage(StrEnum):
    """The big steps, in their order."""

    IDENTIFY = "identify"
    TEST = "test"
    REPAIR = "repair"
    WIPE = "wipe"
    TRIAGE = "triage"


STAGES = tuple(Stage)
# Why the test « start » failed, when nobody could run it.
DOES_NOT_START = "does_not_start"
_B = TypeVar("_B", bound=k.Body)


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchDisk:
    """A disk of the machine. ``failed`` wipes of this session; ``certificate`` is its number."""

    view: DiskView
    failed: int = 0
    certificate: str | None = None

    @property
    def inside(self) -> bool:
        """Whether it is in the machine, or nobody knows where it is."""
        return self.view.presence in (Presence.PRESENT, Presence.UNACCOUNTED)

    @property
    def proven(self) -> bool:
        """Whether nothing is missing for it (guard G1)."""
        return not self.view.missing


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One machine since it came on the bench; everything here was read from the journal."""

    view: MachineView
    profile: str
    started_at: str
    opinion: k.FirstOpinion | None = None
    tests: Mapping[str, k.TestMeasured]
    repairs: tuple[k.RepairDone, ...] = ()
    timed: tuple[k.StepTimed, ...] = ()
    grade: k.CosmeticGraded | None = None
    verdict: k.VerdictGiven | None = None
    image: k.ImageInstalled | None = None
    disks: tuple[BenchDisk, ...] = ()

    @property
    def tag(self) -> str:
        """The machine's number."""
        return self.view.machine.tag

    @property
    def kind(self) -> str:
        """The kind of machine."""
        return self.view.machine.kind

    @property
    def asked(self) -> tuple[str, ...]:
        """The tests of the profile, for this kind of machine."""
        return tests_asked(self.profile, self.kind)

    @property
    def to_test(self) -> tuple[str, ...]:
        """The tests that have no result yet."""
        return tuple(test for test in self.asked if test not in self.tests)

    @property
    def inside(self) -> tuple[BenchDisk, ...]:
        """The disks that are still to be accounted for."""
        return tuple(disk for disk in self.disks if disk.inside)

    @property
    def wiped(self) -> bool:
        """Whether no disk keeps data in the machine, as guard G1 sees it, disks being known."""
        return self.view.known and all(disk.proven for disk in self.disks)

    @property
    def ready(self) -> bool:
        """Whether it is ready to give."""
        return self.view.life is State.READY

    @property
    def on_all_functions(self) -> bool:
        """Whether « tested on all functions » may be said (decree 2022-190)."""
        results = {test: measured.result for test, measured in self.tests.items()}
        return tested_on_all_functions(results, self.kind)

    @property
    def dead(self) -> bool:
        """Whether a person said that it does not start: nothing of it is read by its own means."""
        started = self.tests.get("start")
        return started is not None and DOES_NOT_START in started.reasons

    @property
    def over(self) -> bool:
        """Whether nothing is left to do: the next time it comes, a new session starts."""
        rejected = self.verdict is not None and self.verdict.rejected
        return self.ready or rejected or self.view.life in OUT

    def done(self, stage: Stage) -> bool:
        """Tell whether a step is finished."""
        match stage:
            case Stage.IDENTIFY:
                return True
            case Stage.TEST:
                return not self.to_test
            case Stage.REPAIR:
                return any(timed.step == "repair" for timed in self.timed)
            case Stage.WIPE:
                return self.wiped
            case Stage.TRIAGE:
                return self.ready or (self.verdict is not None and self.verdict.rejected)

    @property
    def next_stage(self) -> Stage | None:
        """The first step that is not finished; None at the end."""
        return next((stage for stage in STAGES if not self.done(stage)), None)

    def seconds(self, step: str) -> tuple[int, int]:
        """Return a person's seconds and the machine's own on a step."""
        mine = [timed for timed in self.timed if timed.step == step]
        return sum(timed.human_s for timed in mine), sum(timed.machine_s for timed in mine)

    @property
    def minutes(self) -> tuple[int, int, int]:
        """A person's minutes, the machine's own, and the keys pressed, over all steps."""
        human = sum(timed.human_s for timed in self.timed)
        alone = sum(timed.machine_s for timed in self.timed)
        return round(human / 60), round(alone / 60), sum(timed.keys for timed in self.timed)


def read_session(town: Town, tag: str) -> Session | None:
    """Return the machine's session; None when it never came on the bench. Raises NotFound."""
    page = machines.page(town, tag)
    events = _since_started(page.events, page.view.machine.id)
    return session_of(page.view, events) if events else None


def session_of(view: MachineView, events: Sequence[Event]) -> Session:
    """Return the session that starts with the first of these events (BenchStarted)."""
    bodies = [(event.subject, k.body_of(event)) for event in events]
    started = next(body for _subject, body in bodies if isinstance(body, k.BenchStarted))
    own = [body for _subject, body in bodies]
    return Session(
        view=view,
        profile=started.profile if started.profile in PROFILES else "complet",
        started_at=events[0].header.at,
        opinion=_last(own, k.FirstOpinion),
        tests={body.test: body for body in own if isinstance(body, k.TestMeasured)},
        repairs=tuple(body for body in own if isinstance(body, k.RepairDone)),
        timed=tuple(body for body in own if isinstance(body, k.StepTimed)),
        grade=_last(own, k.CosmeticGraded),
        verdict=_last(own, k.VerdictGiven),
        image=_last(own, k.ImageInstalled),
        disks=tuple(_disk(disk, bodies) for disk in view.disks),
    )


def is_automatic(test: str, automatic: Mapping[str, object]) -> bool:
    """Tell whether the machine tries a test by itself first; the others need a person."""
    return test in automatic


def _since_started(events: Sequence[Event], machine: str) -> list[Event]:
    kept = effective(events)
    starts = [n for n, e in enumerate(kept) if e.kind == "BenchStarted"]
    return kept[starts[-1] :] if starts else []


def _disk(view: DiskView, bodies: Sequence[tuple[str, k.Body | None]]) -> BenchDisk:
    own = [body for subject, body in bodies if subject == view.disk.id]
    certificate = _last(own, k.CertificateIssued)
    return BenchDisk(
        view=view,
        failed=sum(1 for body in own if isinstance(body, k.DiskWiped) and not body.succeeded),
        certificate=certificate.number if certificate else None,
    )


def _last(bodies: Sequence[k.Body | None], kind: type[_B]) -> _B | None:
    return next((body for body in reversed(bodies) if isinstance(body, kind)), None)
