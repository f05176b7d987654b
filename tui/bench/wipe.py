# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Step 4: every disk with what will be done to it and why; then the number to type."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Button, Static

from fleet.errors import FleetError
from fleet.i18n import _, ngettext
from fleet.model.wipe import WipePlan
from fleet.output.reasons import explain
from fleet.output.words import labelled, state_name
from reconditioning.session import OUT, Session, Stage
from reconditioning.session_wipe import PlannedDisk, add_unknown, plan_machine
from reconditioning.wipe_suspend import can_suspend
from tui.bench.base import BenchScreen, main_row
from tui.bench.questions import ConfirmTag, YesNo
from tui.bench.wipe_words import planned_lines
from tui.bench.wording import disk_title
from tui.wording import N_


class WipeScreen(BenchScreen):
    """Shows the plan; nothing is written before the machine's number is typed."""

    STAGE = Stage.WIPE
    PURPOSE = N_(
        "Every disk of the machine is erased and read again. Read the list, then type the "
        "machine's number. While a disk is wiped you can go on with the tests (F3)."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f9", "go_on", N_("Go on"), key_display="F9"),
        Binding("f8", "again", N_("Look at the disks again"), key_display="F8"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.planned: tuple[PlannedDisk, ...] | None = None

    def contents(self) -> ComposeResult:
        yield Static(_("Looking at the disks…"), id="told", classes="heading", markup=False)
        with VerticalScroll(id="plan"):
            yield Static("", id="disks", markup=False)
        yield main_row(_("Go on"))

    def on_mount(self) -> None:
        """Show the wipe that runs, else look at the disks."""
        super().on_mount()
        self.query_one("#next").focus()
        if self.bench.wiping.running:
            self.bench.open_side("wiping", "WipingScreen")
        else:
            self.action_again()

    def action_again(self) -> None:
        """Look at the disks."""
        town, session, place = self.town, self.session, self.bench.place
        if session is not None and not self.bench.is_here:
            self._planned(())
        elif session is not None:
            self.bench.perform(lambda: plan_machine(town, session, place.targets()), self._planned)

    def job_failed(self, error: FleetError) -> None:
        """Say why the disks cannot be looked at."""
        self.say("told", error.message)

    def _planned(self, planned: tuple[PlannedDisk, ...]) -> None:
        self.planned = planned
        if self.session is not None:
            self.show_session(self.session)

    @property
    def plans(self) -> tuple[WipePlan, ...]:
        """What can be wiped, and is not proven wiped yet."""
        proven = {disk.view.disk.id for disk in self.session.disks if disk.proven} \
            if self.session else set()  # fmt: skip
        found = self.planned or ()
        return tuple(one.plan for one in found if one.plan and one.disk not in proven)

    def show_session(self, session: Session) -> None:
        """Draw the disks of the journal and those that are here."""
        if self.planned is None:
            return
        self.say("told", self._told(session))
        self.say("disks", "\n".join(self._lines(session)))
        button = self.query_one("#next", Button)
        button.label = self._button(session)
        button.refresh(layout=True)

    def _told(self, session: Session) -> str:
        if not self.bench.is_here:
            return _("Its disks are wiped on a dock, or destroyed: both are on the first screen.")
        if session.wiped:
            return _("Every disk of this machine is proven wiped.")
        if session.view.life in OUT:
            state = state_name(session.view.life)
            return _("This machine is recorded as: {state}. It is not wiped here.").format(
                state=state
            )
        n = len(self.plans)
        return ngettext("{n} disk to wipe", "{n} disks to wipe", n).format(n=n)

    def _button(self, session: Session) -> str:
        n = len(self._to_wipe(session))
        if not n:
            return _("Go on (F9)")
        return ngettext("Wipe {n} disk (F9)", "Wipe {n} disks (F9)", n).format(n=n)

    def _to_wipe(self, session: Session) -> tuple[WipePlan, ...]:
        return () if session.view.life in OUT else self.plans

    def _lines(self, session: Session) -> Iterator[str]:
        shown = {disk.view.disk.id: disk for disk in session.disks}
        for one in self.planned or ():
            known = shown.pop(one.disk, None)
            if known is not None and known.proven:
                number = known.certificate or "-"
                yield _("{disk}: proven wiped, certificate {number}").format(
                    disk=disk_title(known.view), number=number
                )
            else:
                yield from planned_lines(one)
                if known is not None and known.view.disk.wipes:
                    yield "  - " + explain(known.view.missing[0], session.tag).what
                if known is not None and known.failed:
                    yield "  " + _("It failed before: when it fails again, destroy the disk.")
            yield ""
        for disk in shown.values():
            if disk.view.missing:
                why = explain(disk.view.missing[0], session.tag).what
                yield labelled(disk_title(disk.view), why)
        if not self.planned and self.bench.is_here:
            yield _("No disk is seen in this machine.")

    @on(Button.Pressed, "#next")
    def action_go_on(self) -> None:
        """Ask for the number, or go on when nothing is left to wipe."""
        session = self.session
        if session is None or self.planned is None:
            return
        if not self._to_wipe(session):
            self.bench.go(Stage.TRIAGE)
            return
        if any(plan.target.frozen for plan in self.plans) and can_suspend():
            self._ask_to_sleep()
        else:
            self._confirm(sleep=False)

    def _ask_to_sleep(self) -> None:
        def answered(sleep: bool | None) -> None:
            if sleep is not None:
                self._confirm(sleep=sleep)

        text = _(
            "The firmware of this PC has frozen a drive: asleep for a few seconds, it often lets "
            "go, and the drive can erase itself. Otherwise the drive is overwritten, which is "
            "weaker on flash. Leave the key plugged in."
        )
        self.app.push_screen(YesNo(text, _("Let the PC sleep for a few seconds?")), answered)

    def _confirm(self, *, sleep: bool) -> None:
        session = self.session
        if session is None:
            return
        plans = self.plans
        shown = [one for one in self.planned or () if one.plan in plans]
        lines = [line for one in shown for line in planned_lines(one)]
        heading = _("EVERYTHING on these disks will be lost for ever.")

        def typed(text: str | None) -> None:
            self._confirmed(text, plans, sleep)

        self.app.push_screen(ConfirmTag(heading, lines, session.tag, _("Wipe")), typed)

    def _confirmed(self, typed: str | None, plans: tuple[WipePlan, ...], sleep: bool) -> None:
        session, planned, town = self.session, self.planned, self.town
        if typed is None or session is None or planned is None:
            return

        def begin() -> None:
            self.bench.wipe.start(plans, typed, unfreeze=sleep)
            self.bench.open_side("wiping", "WipingScreen")

        self.bench.act(lambda: add_unknown(town, session, planned), begin)
