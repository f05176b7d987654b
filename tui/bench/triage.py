# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Step 5: the verdict with each reason, the cosmetic grade, then the family's system."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Button, Static

from fleet.errors import FleetError
from fleet.i18n import _
from fleet.model.install_plan import InstallPlan
from fleet.model.triage import Triage
from fleet.output.bench_text import cosmetic_grades
from fleet.output.triage_text import triage_lines
from fleet.output.words import labelled, test_name
from reconditioning.session import Stage
from reconditioning.session_acts import record_bare, record_grade, record_verdict
from reconditioning.session_identify import judge
from reconditioning.session_install import ImageOffer, offered_images, plan_system
from reconditioning.session_photos import clear_photos, keep_photos
from reconditioning.session_wipe import plan_machine
from tui.bench.base import BenchScreen, main_row
from tui.bench.photos import Taken, ask_photos
from tui.bench.questions import Ask, ConfirmTag
from tui.bench.wording import size_name
from tui.wording import N_

BARE = "+bare"
LATER = "+later"


class TriageScreen(BenchScreen):
    """What becomes of the machine, and why; F9 keeps the verdict and goes on."""

    STAGE = Stage.TRIAGE
    PURPOSE = N_(
        "The program says what the machine is good for, and why. You say what it looks like. Then "
        "the family's system is installed."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f9", "go_on", N_("Go on"), key_display="F9"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.triage: Triage | None = None

    def contents(self) -> ComposeResult:
        yield Static(_("Weighing the machine…"), id="told", classes="heading", markup=False)
        with VerticalScroll():
            yield Static("", id="reasons", markup=False)
        yield main_row(_("Keep this verdict"))

    def on_mount(self) -> None:
        """Weigh the machine."""
        super().on_mount()
        self.query_one("#next").focus()
        town, session = self.town, self.session
        if session is not None:
            self.bench.perform(lambda: judge(town, session), self._judged)

    def job_failed(self, error: FleetError) -> None:
        """Say why there is no verdict, or no installation."""
        self.say("told", f"{error.message} {error.hint}".strip())

    def _judged(self, triage: Triage) -> None:
        self.triage = triage
        heading, *lines = triage_lines(triage)
        session = self.session
        if session is not None and session.to_test:
            tests = ", ".join(map(test_name, session.to_test))
            lines.append(_("Not tested yet: {tests} (F3)").format(tests=tests))
        self.say("told", labelled(_("Verdict"), heading).upper())
        self.say("reasons", "\n".join(lines))

    @on(Button.Pressed, "#next")
    def action_go_on(self) -> None:
        """Keep the verdict, then ask for the grade."""
        town, session, triage = self.town, self.session, self.triage
        if session is None or triage is None:
            return
        if session.verdict is None or session.verdict.reasons != triage.codes:
            self.bench.act(lambda: record_verdict(town, session.tag, triage), self._after_verdict)
        else:
            self._after_verdict()

    def _after_verdict(self) -> None:
        session = self.session
        if session is None or self.triage is None:
            return
        if self.triage.rejected:
            self.bench.finish()
        elif session.grade is None:
            choices = [(code, f"{code}  {words}") for code, words in cosmetic_grades().items()]
            question = _("What does it look like, at arm's length?")
            self.app.push_screen(Ask(question, choices), self._graded)
        else:
            self._ask_system()

    def _graded(self, grade: str | None) -> None:
        if grade is not None:
            ask_photos(self, lambda taken: self._keep_grade(grade, taken))

    def _keep_grade(self, grade: str, taken: Taken) -> None:
        town, session = self.town, self.session
        if session is None:
            return

        def record() -> None:
            record_grade(town, session.tag, grade, keep_photos(town, taken.photos))
            clear_photos(taken.files)

        self.bench.act(record, self._ask_system)

    def _ask_system(self) -> None:
        session = self.session
        if session is not None and session.image is not None:
            self.bench.finish()
            return
        town, place = self.town, self.bench.place
        self.bench.perform(lambda: offered_images(town, place), self._offer)

    def _offer(self, images: tuple[ImageOffer, ...]) -> None:
        trusted = {str(image.folder): image for image in images if image.refused is None}
        refused = [image for image in images if image.refused is not None]

        def answered(chosen: str | None) -> None:
            if chosen == BARE:
                self._bare()
            elif chosen == LATER:
                self.bench.finish()
            elif chosen is not None:
                self._plan(trusted[chosen])

        here = trusted if self.bench.is_here else {}
        choices = [(folder, image.name) for folder, image in here.items()]
        choices += [
            (LATER, _("Install later, at the desk")),
            (BARE, _("Hand it over without a system")),
        ]
        text = "\n".join(
            labelled(image.name, image.refused.message) for image in refused if image.refused
        )
        self.app.push_screen(Ask(_("Which system is installed?"), choices, text), answered)

    def _bare(self) -> None:
        town, session = self.town, self.session
        if session is not None:
            self.bench.act(lambda: record_bare(town, session.tag), self.bench.finish)

    def _plan(self, image: ImageOffer) -> None:
        town, session, place = self.town, self.session, self.bench.place
        if session is None:
            return
        self.say("told", _("Verifying the image…"))

        def plan() -> InstallPlan:
            disks = plan_machine(town, session, place.targets())
            return plan_system(town, session, image, disks)

        self.bench.perform(plan, self._confirm)

    def _confirm(self, plan: InstallPlan) -> None:
        session = self.session
        if session is None:
            return

        def answered(typed: str | None) -> None:
            if typed is not None:
                from tui.bench.installing import InstallingScreen

                self.app.switch_screen(InstallingScreen(plan, typed))

        identity = plan.found.identity
        lines = [
            labelled(_("System"), plan.image.name),
            labelled(_("Disk"), f"{identity.path}  {identity.model or ''}  "
                                f"{size_name(identity.size_bytes)}"),
            labelled(_("The computer's name"), plan.options.hostname),
        ]  # fmt: skip
        heading = _("The system will be installed on this disk.")
        self.app.push_screen(ConfirmTag(heading, lines, session.tag, _("Install")), answered)
