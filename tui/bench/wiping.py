# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The wipe that runs, readable across the room; then what it proved."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Button, Static

from fleet.i18n import _, ngettext
from reconditioning.session import Session, Stage
from tui.bench.base import BenchScreen, main_row
from tui.bench.big import BigText
from tui.bench.boards import WipeBoard
from tui.bench.questions import YesNo
from tui.bench.wipe_words import progress_lines
from tui.bench.wording import minutes_left
from tui.wording import N_


class WipingScreen(BenchScreen):
    """Huge letters above, one line per disk below."""

    STAGE = Stage.WIPE
    PURPOSE = N_(
        "Do not switch this machine off. F3 goes back to the tests: the wipe goes on. F8 stops it: "
        "the disk is then not wiped."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f9", "go_on", N_("Go on"), key_display="F9"),
        Binding("f3", "app.step('test')", N_("Tests meanwhile"), key_display="F3"),
        Binding("f8", "stop", N_("Stop the wipe"), key_display="F8"),
    ]

    def contents(self) -> ComposeResult:
        yield BigText(id="big")
        with VerticalScroll(id="disks-scroll"):
            yield Static("", id="disks", markup=False)
        yield Static("", id="todo", classes="alarm", markup=False)
        yield main_row(_("Go on"))

    def on_mount(self) -> None:
        """Follow the wipe."""
        super().on_mount()
        self.watch(self.app, "wiping", self._advanced, init=True)

    def show_session(self, session: Session) -> None:
        """Say what the journal proves, once the wipe is over."""
        self._advanced(self.bench.wiping)

    def _advanced(self, board: WipeBoard) -> None:
        self.query_one(BigText).lines = tuple(big_words(board))
        lines = [line for disk in board.disks for line in progress_lines(disk)]
        self.say("disks", "\n".join(lines))
        self.say("todo", _todo(board, self.session))
        button = self.query_one("#next", Button)
        button.display = not board.running
        if board.ended and not button.has_focus:
            button.focus()

    def action_stop(self) -> None:
        """Ask, then stop."""
        if self.bench.wiping.running:
            text = _("A disk whose wipe is stopped is not wiped, and may be unusable until it is.")
            self.app.push_screen(YesNo(text, _("Stop the wipe?")), self._stop_answered)

    def _stop_answered(self, stop: bool | None) -> None:
        if stop:
            self.bench.wipe.cancel()

    @on(Button.Pressed, "#next")
    def action_go_on(self) -> None:
        """Go on once it is over: to what is left of the steps, or to the disks again."""
        if self.bench.wiping.running:
            return
        if self.session is None:
            self.bench.next_machine()
        elif self.session.wiped:
            self.bench.go_on()
        else:
            self.bench.go(Stage.WIPE)


def big_words(board: WipeBoard) -> list[str]:
    """Return what is written in huge letters."""
    if board.running:
        left = minutes_left(board.left_s) or f"{board.percent:.0f} %"
        return [_("WIPING"), left, _("DO NOT TURN OFF")]
    if board.cancelled or board.stopped:
        return [_("STOPPED: NOT WIPED")]
    if board.failed:
        return [_("FAILED: DESTROY THE DISK")]
    return [_("WIPED")] if board.ended else []


def _todo(board: WipeBoard, session: Session | None) -> str:
    if board.running:
        return ""
    if session is not None and not session.wiped and not (board.failed or board.stopped):
        weak = [disk for disk in session.inside if disk.certificate and not disk.proven]
        if weak:
            return _("Proven, but weaker than the town asks for such a disk: replace the disk.")
    if board.stopped:
        return board.stopped
    if n := len(board.failed):
        return ngettext(
            "Take the disk out, write its report's number on it, and destroy it.",
            "Take the {n} disks out, write their reports' numbers on them, and destroy them.",
            n,
        ).format(n=n)
    problems = {disk.paper.problem for disk in board.disks if disk.paper and disk.paper.problem}
    if problems:
        return _("The certificate is kept and signed; its PDF will be made at the desk.")
    return _("The certificates are on the key, in CERTIFICATS.") if board.ended else ""
