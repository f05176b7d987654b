# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Step 3: faults found and what was done about them, with the parts and the minutes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Button, Label, Static

from fleet.i18n import _
from fleet.model import kinds as k
from fleet.output.words import test_name
from reconditioning.session import Session, Stage
from reconditioning.session_acts import record_repair, record_spent
from reconditioning.session_minutes import Spent
from tui.acts import FieldSpec
from tui.bench.base import BenchScreen, main_button
from tui.widgets.form import Form
from tui.widgets.key_bar import KeyBar
from tui.wording import N_

_FIELDS = (
    FieldSpec(name="fault", label=N_("Fault"), required=True, hint=N_("the battery is dead")),
    FieldSpec(name="actions", label=N_("What was done"), hint=N_("battery replaced")),
    FieldSpec(name="new", label=N_("New parts"), hint=N_("battery, SSD 240 GB")),
    FieldSpec(name="salvaged", label=N_("Salvaged parts"), hint=N_("memory from PL-00012")),
    FieldSpec(name="minutes", label=N_("Minutes of work"), type="number"),
    FieldSpec(name="outcome", label=N_("Outcome"), type="choice", preset=True),
    FieldSpec(name="barrier", label=N_("What prevented it"), hint=N_("no spare part")),
)
Outcome = Literal["fixed", "repairable", "end_of_life", "unknown"]


class RepairForm(ModalScreen[k.RepairDone | None]):
    """One fault; F9 records it."""

    CSS_PATH = "bench.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f9", "record", N_("Record"), key_display="F9"),
        Binding("escape", "dismiss(None)", N_("Cancel"), key_display="Esc"),
    ]

    def compose(self) -> ComposeResult:
        with Vertical(classes="asked"):
            yield Label(_("A fault and its repair"), classes="heading", markup=False)
            yield Form(_FIELDS, {"outcome": list(outcomes().items())})
            yield Static(_("Without names. Several parts: put commas."), id="said", markup=False)
        yield KeyBar()

    def action_record(self) -> None:
        """Close with the repair, once the form is right."""
        form = self.query_one(Form)
        if (problem := form.problem()) is not None:
            self.query_one("#said", Static).update(problem[1])
            return
        self.dismiss(_repair(form.values))


class RepairScreen(BenchScreen):
    """The repairs of this session; none is an answer too."""

    STAGE = Stage.REPAIR
    PURPOSE = N_("Write down what you repaired, even when it took five minutes, or go on.")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f9", "go_on", N_("Go on"), key_display="F9"),
        Binding("f8", "add", N_("Add a repair"), key_display="F8"),
    ]

    def contents(self) -> ComposeResult:
        yield Static(_("Was anything repaired?"), classes="heading", markup=False)
        with VerticalScroll(can_focus=False):
            yield Static("", id="repairs", markup=False)
        with Horizontal(classes="buttons"):
            yield Button(_("Add a repair (F8)"), id="add", compact=True)
            yield main_button(_("Nothing more: go on"))

    def on_mount(self) -> None:
        """Going on is the usual answer."""
        super().on_mount()
        self.query_one("#next").focus()

    def show_session(self, session: Session) -> None:
        """List the faults that the tests found, and the repairs."""
        self.say("repairs", "\n".join(_lines(session)))

    @on(Button.Pressed, "#add")
    def action_add(self) -> None:
        """Fill in one repair."""
        self.app.push_screen(RepairForm(), self._filled)

    def _filled(self, repair: k.RepairDone | None) -> None:
        town, session = self.town, self.session
        if repair is not None and session is not None:
            self.bench.act(lambda: record_repair(town, session.tag, repair))

    @on(Button.Pressed, "#next")
    def action_go_on(self) -> None:
        """Say that the repairs are over, and go to the wipe."""
        town, session = self.town, self.session
        if session is None:
            return
        spent = self.bench.meter.flush(self.bench.monotonic())
        kept = Spent(human_s=max(1, spent.human_s), machine_s=spent.machine_s, keys=spent.keys)
        self.bench.act(
            lambda: record_spent(town, session.tag, "repair", kept),
            lambda: self.bench.go(Stage.WIPE),
        )


def _lines(session: Session) -> Iterator[str]:
    failed = [test for test, measured in session.tests.items() if measured.result == "fail"]
    if failed:
        yield _("Tests with a fault: {tests}").format(tests=", ".join(map(test_name, failed)))
        yield ""
    for repair in session.repairs:
        parts = ", ".join(part.partition(":")[2] for part in repair.parts)
        told = [*repair.actions, parts, outcomes()[repair.outcome],
                _("{n} min").format(n=repair.minutes)]  # fmt: skip
        yield f"- {repair.fault}: " + "; ".join(part for part in told if part)
    if not session.repairs:
        yield _("No repair written down.")


def outcomes() -> dict[str, str]:
    """Return the outcomes of the Open Repair Data Standard."""
    return {
        "fixed": _("repaired"),
        "repairable": _("can be repaired later"),
        "end_of_life": _("cannot be repaired"),
        "unknown": _("not known"),
    }


def _repair(values: dict[str, str]) -> k.RepairDone:
    outcome: dict[str, Outcome]
    outcome = {"fixed": "fixed", "repairable": "repairable", "end_of_life": "end_of_life"}
    new = [f"new:{part}" for part in _cut(values["new"])]
    salvaged = [f"salvaged:{part}" for part in _cut(values["salvaged"])]
    return k.RepairDone(
        fault=values["fault"],
        actions=tuple(_cut(values["actions"])),
        parts=(*new, *salvaged),
        minutes=int(values["minutes"] or 0),
        outcome=outcome.get(values["outcome"], "unknown"),
        barrier=values["barrier"] or None,
    )


def _cut(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]
