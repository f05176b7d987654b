# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The automatic tests that run behind the screens, in turn, each recorded at its end."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from fleet.errors import FleetError
from fleet.model.bench_tests import SKIPPED, Measured
from fleet.services import thresholds
from reconditioning.checks import CHECKS, CheckAdvanced, CheckContext, CheckEnded, run_check
from reconditioning.session import Session, is_automatic
from reconditioning.session_acts import record_test
from tui.bench.boards import TestBoard

if TYPE_CHECKING:
    from tui.bench.app import BenchApp


class TestRunner:
    """Runs what the machine tests by itself; ``answer`` is what a person typed meanwhile."""

    __test__ = False

    def __init__(self, bench: BenchApp) -> None:
        self.bench = bench
        self._stop = threading.Event()
        self._answer: str | None = None

    def start(self, session: Session, tests: Sequence[str]) -> None:
        """Run these tests; those that need a person are left to the screen."""
        waiting = tuple(test for test in tests if is_automatic(test, CHECKS))
        if self.bench.testing.running or not waiting or not self.bench.is_here:
            return
        self._stop.clear()
        self.bench.testing = replace(self.bench.testing, running=waiting[0], waiting=waiting)
        self.bench.run_worker(lambda: self._work(session, waiting), thread=True, group="tests")

    def cancel(self) -> None:
        """Stop the running test; it is recorded as left out."""
        self._stop.set()

    def answer(self, what: str) -> None:
        """Tell the running test what the person did: done, broken or skip."""
        self._answer = what

    def _answered(self) -> str | None:
        said, self._answer = self._answer, None
        return said

    def _work(self, session: Session, tests: tuple[str, ...]) -> None:
        bench = self.bench
        try:
            context = self._context(session)
            for number, test in enumerate(tests):
                if self._stop.is_set():
                    break
                bench.call_from_thread(self._begun, test, tests[number + 1 :])
                self._one(session, test, context)
        except FleetError as error:
            bench.call_from_thread(bench.failed, error)
        bench.call_from_thread(self._ended)

    def _context(self, session: Session) -> CheckContext:
        bench = self.bench
        paths = bench.place.disks or tuple(
            target.path
            for target in bench.place.targets()
            if not target.obstacles and target.transport != "usb"
        )
        return CheckContext(
            thresholds=thresholds.current(bench.town.home),
            profile=session.profile,
            kind=session.kind,
            disks=paths,
            scratch=bench.town.home,
            cancelled=self._stop.is_set,
            wiping=lambda: bench.wiping.running,
            answered=self._answered,
        )

    def _one(self, session: Session, test: str, context: CheckContext) -> None:
        for event in run_check(test, context):
            if isinstance(event, CheckAdvanced):
                self.bench.call_from_thread(self._advanced, event)
            elif event.ask_person:
                self.bench.call_from_thread(self._for_person, event)
            else:
                self._record(session, event)

    def _record(self, session: Session, ended: CheckEnded) -> None:
        skipped = ended.result == SKIPPED
        measured = Measured(
            test=ended.test,
            result=ended.result,
            seconds=ended.seconds,
            reasons=ended.reasons,
            who=self.bench.town.operator if skipped else None,
            why=ended.why if skipped else None,
        )
        record_test(self.bench.town, session, measured, raw=ended.raw)
        self.bench.call_from_thread(self.bench.reload)

    def _begun(self, test: str, waiting: tuple[str, ...]) -> None:
        self.bench.testing = replace(
            self.bench.testing, running=test, waiting=waiting, advanced=None
        )

    def _advanced(self, event: CheckAdvanced) -> None:
        self.bench.testing = replace(self.bench.testing, advanced=event)

    def _for_person(self, ended: CheckEnded) -> None:
        asked = {**self.bench.testing.for_person, ended.test: ended}
        self.bench.testing = replace(self.bench.testing, for_person=asked)

    def _ended(self) -> None:
        self.bench.testing = TestBoard(for_person=self.bench.testing.for_person)
