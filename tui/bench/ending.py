# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The last page of a machine: ready or not in huge letters, and what remains to do by hand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Button, Static

from fleet.i18n import _
from fleet.output.bench_text import condition_word
from fleet.output.words import labelled
from reconditioning.session_end import Ending, finish, for_parts
from tui.bench.base import BenchScreen, main_row
from tui.bench.big import BigText
from tui.bench.wording import minutes_spent, why_not_ready
from tui.wording import N_


class EndingScreen(BenchScreen):
    """Asks the guards, writes the file for the town hall, and says what is left."""

    PURPOSE = N_(
        "What came of this machine, and what you still have to do. F9 goes to the next machine."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f9", "next_machine", N_("Next machine"), key_display="F9"),
        Binding("f8", "again", N_("Ask again"), key_display="F8"),
    ]

    def contents(self) -> ComposeResult:
        yield BigText(id="big")
        with VerticalScroll():
            yield Static(_("Asking whether it is ready…"), id="told", markup=False)
        yield main_row(_("Next machine"))

    def on_mount(self) -> None:
        """Ask the guards."""
        super().on_mount()
        self.query_one("#next").focus()
        self.action_again()

    def action_again(self) -> None:
        """Ask whether it is ready, and write the bundle again."""
        town, place, session = self.town, self.bench.place, self.session
        if session is not None:
            self.bench.perform(lambda: finish(town, place, session), self._ended)

    def _ended(self, ending: Ending) -> None:
        if not self.is_current or self.session is None:
            return
        self.query_one(BigText).lines = (big_word(ending),)
        self.say("told", "\n".join(_lines(ending)))
        self.bench.session = ending.session

    @on(Button.Pressed, "#next")
    def action_next_machine(self) -> None:
        """Put this machine away."""
        self.bench.next_machine()


def big_word(ending: Ending) -> str:
    """Return what came of the machine, in one or two words."""
    session = ending.session
    if session.ready:
        return _("READY")
    if ending.refused:
        return _("NOT READY")
    return _("FOR PARTS") if for_parts(session) else _("TO RECYCLE")


def _lines(ending: Ending) -> Iterator[str]:
    session = ending.session
    results: dict[str, str] = {test: measured.result for test, measured in session.tests.items()}
    if session.ready:
        yield _("{tag} can be given. Papers say: {words}.").format(
            tag=session.tag, words=condition_word(results, session.kind)
        )
        yield _("Still to do:")
        yield "- " + _("check that the label with its number is on it, and clean it")
        if session.image is not None and not session.image.bare:
            yield "- " + _("take the key out and start it once: it must show its login page")
    for reason in ending.refused:
        yield "- " + why_not_ready(reason, session.tag)
    yield ""
    if numbers := [disk.certificate for disk in session.disks if disk.certificate]:
        yield labelled(_("Wipe certificates"), ", ".join(numbers))
    human, alone, keys = session.minutes
    time = minutes_spent(human, alone)
    yield _("Time: {time}; keys pressed: {keys}.").format(time=time, keys=keys)
    if ending.bundle is not None:
        name = f"{ending.bundle.parent.name}/{ending.bundle.name}"
        yield _("For the town hall, on the key: {name}").format(name=name)
