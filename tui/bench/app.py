# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The bench's wizard: one machine at a time, five steps, the keyboard alone.

How a screen plugs in:

- A step is a ``BenchScreen`` of ``tui.bench.<stage>``; ``bench.go(stage)`` opens it.
- ``bench.session`` is the machine in hand, read again from the journal after each act;
  ``bench.noted_tag`` the one that was in hand when the key was last used.
- ``bench.perform(job, then)`` runs a function in a thread; ``then`` gets its result back on the
  interface's thread. Expected failures are shown; nothing else may block.
- What runs for long (tests, wipe) belongs to the application and not to a screen: ``bench.testing``
  and ``bench.wiping`` are records that every screen may draw.
- Keys: F1 help, F2 to F6 the steps, F9 goes on, Escape back, Ctrl+Q leaves. Letters and digits are
  never commands outside of a yes or no question.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import ClassVar, TypeVar

from textual import work
from textual.binding import Binding, BindingType
from textual.events import Event, Key
from textual.filter import LineFilter
from textual.reactive import reactive
from textual.screen import Screen

from fleet.errors import FleetError
from fleet.i18n import _
from fleet.services.town import Town
from reconditioning.session import STAGES, Session, Stage, read_session
from reconditioning.session_acts import record_spent
from reconditioning.session_clock import ClockWatch
from reconditioning.session_minutes import Meter
from reconditioning.session_notes import Wiping, read_notes, take_in_hand
from reconditioning.session_wipe import settle_interrupted
from reconditioning.workplace import Workplace
from tui import bench
from tui.bench.boards import TestBoard, WipeBoard
from tui.bench.clock import check_clock
from tui.bench.console_text import CONSOLE, ConsoleText, is_console
from tui.bench.run_tests import TestRunner
from tui.bench.run_wipe import WipeRunner
from tui.plain import PlainApp, wants_plain
from tui.scanner import Scanner, ScanningApp, typed_at
from tui.theme import DARK, LIGHT
from tui.wording import N_

T = TypeVar("T")
# A PC that does not start has one screen for these steps.
_DEAD = ("dead_path", "DeadPathScreen")
_NOT_WHEN_DEAD = frozenset({Stage.TEST, Stage.WIPE, Stage.TRIAGE})
STEP_KEYS = {stage: f"f{number}" for number, stage in enumerate(STAGES, start=2)}


class BenchApp(ScanningApp, PlainApp):
    """The wizard on one installation. ``monotonic`` counts the minutes; nothing is dated here: the
    town's clock does. ``warm`` reads all steps behind the first screen.
    """

    TITLE = "ParcLibre"
    CSS_PATH = "../app.tcss"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            Binding(key, f"step('{stage.value}')", stage.value, show=False)
            for stage, key in STEP_KEYS.items()
        ),
        Binding("f1", "help", N_("Help"), show=False),
        Binding("ctrl+t", "other_theme", N_("Dark or light"), show=False),
        Binding("ctrl+q", "leave", N_("Leave"), show=False, priority=True),
    ]
    session: reactive[Session | None] = reactive(None)
    wiping: reactive[WipeBoard] = reactive(WipeBoard())
    testing: reactive[TestBoard] = reactive(TestBoard())

    def __init__(
        self,
        town: Town,
        place: Workplace,
        *,
        plain: bool = False,
        environ: Mapping[str, str] = os.environ,
        monotonic: Callable[[], float] = time.monotonic,
        scan_clock: Callable[[Key], float] | None = None,
        clock: ClockWatch | None = None,
    ) -> None:
        super().__init__()
        self.scanner = Scanner(scan_clock) if scan_clock else None
        self.town = town
        self.place = place
        self.plain = plain or wants_plain(environ)
        self.console_only = is_console(environ)
        self.profile = "rapide"
        self.monotonic = monotonic
        self.meter = Meter(monotonic())
        self.clock = clock or ClockWatch()
        self.warm = False
        self.stage: Stage = Stage.IDENTIFY
        self.cut: tuple[Wiping, ...] = ()
        self.read_here: str | None = None
        self.noted_tag: str | None = None
        self.tests = TestRunner(self)
        self.wipe = WipeRunner(self)

    def on_mount(self) -> None:
        """Choose the look, look at the clock, then ask who works."""
        for theme in (DARK, LIGHT, CONSOLE):
            self.register_theme(theme)
        self.theme = CONSOLE.name if self.console_only else DARK.name
        if self.console_only:
            self.animation_level = "none"
        if self.plain:
            self.set_plain(True)
        check_clock(self, self._begin)

    def _begin(self) -> None:
        if self.warm:
            self.call_after_refresh(self.warm_up, bench)
        if self.town.operator:
            self.operator_known(self.town)
        else:
            self._open("welcome", "WelcomeScreen")

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Return the filters of every widget's lines; the console's font has the last word."""
        filters = super().get_line_filters()
        return [*filters, ConsoleText()] if self.console_only else filters

    async def on_event(self, event: Event) -> None:
        """Count the keys that a person presses."""
        if isinstance(event, Key) and not event.is_forwarded:
            self.meter.key(self.monotonic())
        await super().on_event(event)

    # --- one machine after the other -----------------------------------------------------

    def operator_known(self, town: Town) -> None:
        """Act under this name from now on; wipes that a power cut ended are recorded first."""
        self.town = town
        self.perform(lambda: (settle_interrupted(town), read_notes(town.home).tag), self._settled)

    def _settled(self, found: tuple[tuple[Wiping, ...], str | None]) -> None:
        self.cut, self.noted_tag = found
        self._open("start", "StartScreen")

    def next_machine(self) -> None:
        """Put this machine away and look at another one."""
        home = self.town.home
        self.session, self.wiping, self.testing = None, WipeBoard(), TestBoard()
        self.read_here = self.noted_tag = None
        self.perform(lambda: take_in_hand(home, None), lambda _none: self._clocked_start())

    def _clocked_start(self) -> None:
        check_clock(self, lambda: self._open("start", "StartScreen"))

    @property
    def is_here(self) -> bool:
        """Whether the machine in hand is the PC that this runs on, as it was read just now.

        The disks of this PC must never be taken for those of a machine that does not start.
        """
        return self.session is not None and self.session.tag == self.read_here

    @property
    def is_dead(self) -> bool:
        """Whether the machine in hand does not start: another PC holds the key."""
        return self.session is not None and self.session.dead and not self.is_here

    def hold(self, tag: str, then: Callable[[], None] | None = None) -> None:
        """Take a machine in hand: read its session, then go on."""

        def shown(session: Session | None) -> None:
            self.session = session
            if then is not None:
                then()

        self.perform(lambda: read_session(self.town, tag), shown)

    def reload(self, then: Callable[[], None] | None = None) -> None:
        """Read the machine in hand again; nothing happens when another one took its place."""
        if self.session is None:
            return
        tag = self.session.tag

        def shown(session: Session | None) -> None:
            if self.session is not None and self.session.tag == tag:
                self.session = session
                if then is not None:
                    then()

        self.perform(lambda: read_session(self.town, tag), shown)

    def act(self, job: Callable[[], object], then: Callable[[], None] | None = None) -> None:
        """Record something in a thread, then read the machine again."""
        self.perform(job, lambda _result: self.reload(then))

    def perform(self, job: Callable[[], T], then: Callable[[T], None]) -> None:
        """Run a job in a thread; ``then`` gets what it returned, here."""
        self._perform(job, then)

    @work(thread=True, group="jobs")
    def _perform(self, job: Callable[[], T], then: Callable[[T], None]) -> None:
        try:
            result = job()
        except FleetError as error:
            self.call_from_thread(self.failed, error)
        else:
            self.call_from_thread(then, result)

    def failed(self, error: FleetError) -> None:
        """Show an expected failure; the screen may want to go on."""
        self.show_error(error)
        if hook := getattr(self.screen, "job_failed", None):
            hook(error)

    # --- from step to step ---------------------------------------------------------------

    def go(self, stage: Stage) -> None:
        """Open a step; the time spent on the one before is recorded."""
        self.flush_minutes()
        self.stage = stage
        names = {
            Stage.IDENTIFY: ("identify", "IdentifyScreen"),
            Stage.TEST: ("tests", "TestsScreen"),
            Stage.REPAIR: ("repair", "RepairScreen"),
            Stage.WIPE: ("wipe", "WipeScreen"),
            Stage.TRIAGE: ("triage", "TriageScreen"),
        }
        self._open(*(_DEAD if stage in _NOT_WHEN_DEAD and self.is_dead else names[stage]))
        check_clock(self)

    def go_on(self) -> None:
        """Open the first step that is not finished, or the end."""
        following = self.session.next_stage if self.session else Stage.IDENTIFY
        if following is None:
            self.finish()
        else:
            self.go(following)

    def finish(self) -> None:
        """Open the last page of this machine."""
        self.flush_minutes("install")
        self._open("ending", "EndingScreen")

    def flush_minutes(self, step: str | None = None) -> None:
        """Record the time spent on the present step."""
        spent = self.meter.flush(self.monotonic())
        session, town = self.session, self.town
        if session is not None and town.operator:
            name = step or self.stage.value
            self.act(lambda: record_spent(town, session.tag, name, spent))

    def _open(self, module: str, name: str) -> None:
        from importlib import import_module

        screen: Screen[None] = getattr(import_module(f"tui.bench.{module}"), name)()
        if self.screen_stack and len(self.screen_stack) > 1:
            self.switch_screen(screen)
        else:
            self.push_screen(screen)

    def open_side(self, module: str, name: str) -> None:
        """Open a side path instead of the present screen."""
        self._open(module, name)

    def back(self) -> None:
        """Leave a side path: to the PC that does not start, or to the first choice."""
        if self.is_dead:
            self._open(*_DEAD)
        else:
            self.next_machine()

    def action_step(self, stage: str) -> None:
        """Open a step by its key, once a machine is in hand and no question waits."""
        if self.session is not None and not self.screen.is_modal:
            self.go(Stage(stage))

    def action_help(self) -> None:
        """Say what can be pressed here."""
        from tui.bench.help import BenchHelp

        if not self.screen.is_modal:
            self.push_screen(BenchHelp())

    def action_other_theme(self) -> None:
        """Change between the dark and the light look; the console has one."""
        if not self.plain and not self.console_only:
            self.theme = LIGHT.name if self.theme == DARK.name else DARK.name

    def action_leave(self) -> None:
        """Leave, unless a wipe runs: then it is asked."""
        if not self.wiping.running:
            self.exit(0)
            return
        from tui.bench.questions import YesNo

        question = _("A wipe is running. Leaving stops it, and the disk will not be proven wiped.")
        self.push_screen(YesNo(question, _("Stop the wipe and leave?")), self._leave_answered)

    def _leave_answered(self, leave: bool | None) -> None:
        if leave:
            self.wipe.cancel()
            self.exit(0)

    def show_error(self, error: FleetError) -> None:
        """Show an expected failure and what to do."""
        text = "\n".join(part for part in (error.message, error.hint) if part)
        self.notify(text, severity="error", timeout=12, markup=False)

    def today(self) -> datetime:
        """Return the town's time."""
        return self.town.now()


def run(town: Town, place: Workplace, *, plain: bool = False) -> int:
    """Run the wizard until it is left; returns the exit status."""
    app = BenchApp(town, place, plain=plain, scan_clock=typed_at)
    app.warm = True
    return app.run() or 0
