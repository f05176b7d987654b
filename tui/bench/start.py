# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What now? This PC, one that does not start, a loose disk, a destroyed disk."""

from __future__ import annotations

from collections.abc import Iterator

from textual import on
from textual.app import ComposeResult
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from fleet.i18n import _, ngettext
from reconditioning.session import Session, Stage
from reconditioning.session_end import write_bundle
from tui.bench.base import ChoiceScreen
from tui.wording import N_


class StartScreen(ChoiceScreen):
    """The first choice for each machine."""

    PURPOSE = N_(
        "Choose what you have in front of you. The usual case is the first line: this very PC."
    )

    def contents(self) -> ComposeResult:
        if news := "\n".join(self._news()):
            yield Static(news, id="news", classes="alarm", markup=False)
        yield Static(_("What do you have in front of you?"), classes="heading", markup=False)
        options = [Option(words, id=code) for code, words in self._choices()]
        yield OptionList(*options, markup=False)
        note = _("Nothing is erased before you have typed the machine's number.")
        yield Static(f"\n{note}", classes="note", markup=False)

    def _news(self) -> Iterator[str]:
        if n := len(self.bench.cut):
            yield ngettext(
                "The power went during the wipe of {n} disk: it is NOT wiped. Wipe it again.",
                "The power went during the wipe of {n} disks: they are NOT wiped. Wipe them again.",
                n,
            ).format(n=n)
            yield ""

    def _choices(self) -> Iterator[tuple[str, str]]:
        if tag := self.bench.noted_tag:
            yield "resume", _("Go on with {tag}, which was on the bench").format(tag=tag)
        yield "rapide", _("This PC: the quick sheet (what a family needs)")
        yield "complet", _("This PC: the complete sheet (all functions, for « reconditioned »)")
        yield "dead", _("A PC that does not start, or too old for this key (32 bits)")
        yield "dock", _("A disk alone, on a dock")
        yield "destroyed", _("A disk taken out and destroyed")
        if self.bench.place.stick is not None:
            yield "bundle", _("Write the file for the town hall again (À ENVOYER)")
        yield "leave", _("Leave: then switch off and take the key out")

    @on(OptionList.OptionSelected)
    def _chosen(self, message: OptionList.OptionSelected) -> None:
        match message.option_id:
            case "rapide" | "complet" as profile:
                self.bench.profile = profile
                self.bench.go(Stage.IDENTIFY)
            case "resume":
                self.bench.hold(self.bench.noted_tag or "", self._resumed)
            case "dead":
                self.bench.open_side("dead", "DeadScreen")
            case "dock":
                self.bench.open_side("dock", "DockScreen")
            case "destroyed":
                self.bench.open_side("destroyed", "DestroyedScreen")
            case "bundle":
                place = self.bench.place
                self.bench.perform(lambda: write_bundle(self.town, place), self._written)
            case _:
                self.bench.exit(0)

    def _resumed(self) -> None:
        """Look at this PC again when it can be: the key may sit in another one by now."""
        session: Session | None = self.session
        if session is not None and session.dead:
            self.bench.back()
            return
        if session is not None:
            self.bench.profile = session.profile
        self.bench.session = None
        self.bench.go(Stage.IDENTIFY)

    def _written(self, path: object) -> None:
        self.notify(_("Written: {path}").format(path=path), markup=False)
