# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A PC that does not start, once it has its number: its disks one by one, then its verdict."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from fleet.errors import FleetError
from fleet.i18n import _
from fleet.output.reasons import explain
from fleet.output.words import labelled, presence_name
from reconditioning.session import Session
from reconditioning.session_dead import judge_by_hand, list_disk
from tui.acts import FieldSpec
from tui.bench.base import ChoiceScreen
from tui.bench.questions import YesNo
from tui.bench.side import FormScreen
from tui.bench.wording import disk_title
from tui.wording import N_

LIST, DOCK, DESTROYED, RECYCLE, PARTS, LATER = (
    "list", "dock", "destroyed", "recycle", "parts", "later",
)  # fmt: skip


class DeadPathScreen(ChoiceScreen):
    """Its disks and what is missing for each; one line for each thing that can be done."""

    PURPOSE = N_(
        "Take the disks out and list each one. Wipe them on a dock, or destroy them. Then say what "
        "becomes of the machine."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", N_("Back"), key_display="Esc"),
    ]

    def contents(self) -> ComposeResult:
        yield Static(_("A PC that does not start"), classes="heading", markup=False)
        with VerticalScroll(can_focus=False):
            yield Static("", id="disks", markup=False)
        options = [Option(words, id=code) for code, words in _choices()]
        yield OptionList(*options, id="todo", markup=False)
        yield Static("", id="told", markup=False)

    def on_mount(self) -> None:
        """Read again what the side paths recorded."""
        super().on_mount()
        self.bench.reload()

    def show_session(self, session: Session) -> None:
        """List the disks."""
        self.say("disks", "\n".join(_disk_lines(session)))

    def job_failed(self, error: FleetError) -> None:
        """Say why."""
        self.say("told", f"{error.message} {error.hint}".strip())

    def action_back(self) -> None:
        """Go back to the first choice; its number opens this again."""
        self.bench.next_machine()

    @on(OptionList.OptionSelected)
    def _chosen(self, message: OptionList.OptionSelected) -> None:
        match message.option_id:
            case "list":
                self.bench.open_side("dead_path", "DeadDiskScreen")
            case "dock":
                self.bench.open_side("dock", "DockScreen")
            case "destroyed":
                self.bench.open_side("destroyed", "DestroyedScreen")
            case "recycle" | "parts" as verdict:
                self._ask_complete(for_parts=verdict == PARTS)
            case _:
                self.action_back()

    def _ask_complete(self, *, for_parts: bool) -> None:
        town, session = self.town, self.session
        if session is None:
            return

        def answered(complete: bool | None) -> None:
            if complete:
                self.bench.act(
                    lambda: judge_by_hand(town, session, for_parts=for_parts), self.bench.finish
                )

        question = _("Does this list hold every disk of the machine? You answer for it.")
        self.app.push_screen(YesNo("\n".join(_disk_lines(session)), question), answered)


def _choices() -> Iterator[tuple[str, str]]:
    yield LIST, _("List a disk that is, or was, in it")
    yield DOCK, _("Wipe one of its disks, on a dock")
    yield DESTROYED, _("One of its disks was taken out and destroyed")
    yield RECYCLE, _("Verdict: to recycle")
    yield PARTS, _("Verdict: for parts")
    yield LATER, _("Later: back to the first choice")


def _disk_lines(session: Session) -> Iterator[str]:
    for disk in session.disks:
        missing = disk.view.missing
        if missing and missing[0].code == "no_wipe":
            yield _("{disk}: not wiped yet, nor destroyed").format(disk=disk_title(disk.view))
        elif missing:
            yield explain(missing[0], session.tag).what
        elif disk.inside:
            yield _("{disk}: proven wiped, certificate {number}").format(
                disk=disk_title(disk.view), number=disk.certificate or "-"
            )
        else:
            yield labelled(disk_title(disk.view), presence_name(disk.view.presence))
    if not session.disks:
        yield _("No disk inside, as far as is known.")


class DeadDiskScreen(FormScreen):
    """One disk, as its own label tells."""

    PURPOSE = N_(
        "Copy what the disk's label says. Without a serial number, stick a label of ours on it."
    )
    HEADING = N_("A disk of this machine")
    FIELDS = (
        FieldSpec(name="serial", label=N_("Serial number")),
        FieldSpec(name="label", label=N_("Or our label on it"), hint="DISK-7"),
        FieldSpec(name="model", label=N_("Maker and model"), hint="Seagate ST500LM021"),
        FieldSpec(name="size_gb", label=N_("Size in GB"), type="number", hint="500"),
    )

    def filled(self, values: dict[str, str]) -> None:
        """Record it in the machine in hand."""
        town, session = self.town, self.session
        if session is not None:
            self.bench.perform(
                lambda: list_disk(town, session.tag, **values), lambda _disk: self.action_back()
            )

    def action_back(self) -> None:
        """Go back to the machine."""
        self.bench.back()
