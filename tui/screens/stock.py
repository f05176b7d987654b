# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What stands in this room? Scanned tags against what the journal expects there, live."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Grid, Vertical, VerticalScroll
from textual.events import Resize
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Input, Label, Static

from fleet.errors import FleetError
from fleet.i18n import _
from fleet.output.reasons import describe
from fleet.output.words import state_name
from fleet.services import records, stocktaking
from fleet.services.browse import MachineLine
from fleet.services.stocktaking import Sighting, StockReport, StockTaking
from tui.screens.base import TownScreen
from tui.screens.questions import Reading
from tui.widgets.checklist import Checklist
from tui.widgets.key_bar import KeyBar
from tui.wording import N_

WIDE = 120


@dataclass
class TakingRead(Message):
    """The count was begun, or taken up again."""

    taking: StockTaking


@dataclass
class Recognised(Message):
    """A scanned tag was looked up."""

    sighting: Sighting


class StockScreen(TownScreen):
    """Lists of seen, missing, unexpected and unknown. ``takings`` keeps the count by room."""

    PLACE = "scan"
    CSS_PATH = "scan.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f8", "finish", N_("Finish"), key_display="F8"),
        Binding("f9", "forget", N_("Start again"), key_display="F9"),
        Binding("tab", "app.focus_next", N_("Next list"), key_display="Tab"),
        Binding("escape", "app.pop_screen", N_("Interrupt")),
    ]

    def __init__(self, room: str, takings: dict[str, StockTaking]) -> None:
        super().__init__()
        self.room = room
        self.takings = takings
        self._early: list[Sighting] = []

    def contents(self) -> ComposeResult:
        yield Static(id="stock-title", markup=False)
        yield Input(placeholder=_("Scan, or type a tag and press Enter"), id="scanned")
        yield Static(id="last-scan", markup=False)
        with Grid(id="lists"):
            for name in ("missing", "seen", "unexpected", "unknown"):
                with VerticalScroll(id=name, can_focus=True):
                    yield Static(markup=False)

    def on_resize(self, event: Resize) -> None:
        """Put the four lists in one row where there is room."""
        self.set_class(event.size.width >= WIDE, "-wide")

    @property
    def taking(self) -> StockTaking | None:
        """The count, None until it is read."""
        return self.takings.get(self.room)

    def reload(self) -> None:
        """Read again what is expected in the room."""
        self._read(self.taking)

    @work(thread=True, exclusive=True, group="expected")
    def _read(self, taking: StockTaking | None) -> None:
        try:
            if taking is None:
                room = records.find_room(self.town, self.room)
                taking = stocktaking.start(self.town, room)
            else:
                taking = stocktaking.resume(self.town, taking)
        except FleetError as error:
            self.console.show_error(error)
        else:
            self.post_message(TakingRead(taking))

    @on(TakingRead)
    def _begun(self, message: TakingRead) -> None:
        known = self.taking
        taking = message.taking
        early, self._early = self._early, []
        for sighting in (*(known.sightings if known else ()), *early):
            taking = taking.with_sighting(sighting)
        self._show(taking)

    # --- scanning -------------------------------------------------------------------------------

    def take_scan(self, scanned: str) -> None:
        """Count a scanned tag."""
        self._recognise(scanned)

    @on(Input.Submitted, "#scanned")
    def _typed(self, message: Input.Submitted) -> None:
        if message.value.strip():
            self._recognise(message.value)
        message.input.clear()

    @work(thread=True, group="recognise")
    def _recognise(self, scanned: str) -> None:
        self.post_message(Recognised(stocktaking.recognise(self.town, scanned)))

    @on(Recognised)
    def _count(self, message: Recognised) -> None:
        if (taking := self.taking) is None:
            self._early.append(message.sighting)
            return
        text = _sentence(taking, message.sighting)
        self.query_one("#last-scan", Static).update(text)
        self._show(taking.with_sighting(message.sighting))

    def _show(self, taking: StockTaking) -> None:
        self.takings[self.room] = taking
        title = _("{room}: {seen} seen of {expected}, {missing} missing").format(
            room=taking.room.name,
            seen=len(taking.seen),
            expected=len(taking.expected),
            missing=len(taking.missing),
        )
        self.query_one("#stock-title", Static).update(title)
        self._list("missing", _("Missing"), map(_short, taking.missing))
        self._list("seen", _("Seen"), map(_short, taking.seen))
        self._list("unexpected", _("Belongs elsewhere"), map(_with_state, taking.unexpected))
        self._list("unknown", _("Unknown tags"), taking.unknown)

    def _list(self, name: str, title: str, lines: Iterable[str]) -> None:
        shown = list(lines)
        head = Text(f"{title} ({len(shown)})", style="bold")
        self.query_one(f"#{name} Static", Static).update(Text("\n").join((head, *map(Text, shown))))

    # --- the end --------------------------------------------------------------------------------

    def action_forget(self) -> None:
        """Begin this room's count again."""
        self.takings.pop(self.room, None)
        self.query_one("#last-scan", Static).update("")
        self.reload()

    def action_finish(self) -> None:
        """Ask what to do with machines that belong elsewhere, then write."""
        if self.taking is not None:
            self.app.push_screen(FinishScreen(self.taking), self._confirmed)

    def _confirmed(self, move: Sequence[str] | None) -> None:
        if move is not None and self.taking is not None:
            self._finish(self.taking, tuple(move))

    @work(thread=True, group="acts")
    def _finish(self, taking: StockTaking, move: tuple[str, ...]) -> None:
        try:
            report = stocktaking.finish(self.town, taking, move)
        except FleetError as error:
            self.console.show_error(error)
        else:
            self.app.call_from_thread(self._finished, taking, report)

    def _finished(self, taking: StockTaking, report: StockReport) -> None:
        self.takings.pop(self.room, None)
        title = _("Stock-taking of {room} is written").format(room=taking.room.name)
        self.dismiss()
        self.app.push_screen(Reading(title, summary(report)))


class FinishScreen(ModalScreen[Sequence[str] | None]):
    """Asks which unexpected machines stay in this room; Escape goes on counting."""

    CSS_PATH = "scan.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f8", "write", N_("Write"), key_display="F8"),
        Binding("escape", "dismiss(None)", N_("Go on counting")),
    ]

    def __init__(self, taking: StockTaking) -> None:
        super().__init__()
        self.taking = taking

    def compose(self) -> ComposeResult:
        taking = self.taking
        with Vertical(classes="finish"):
            text = _("{seen} seen, {missing} missing, {unknown} unknown tags.").format(
                seen=len(taking.seen), missing=len(taking.missing), unknown=len(taking.unknown)
            )
            yield Label(text, markup=False)
            if taking.unexpected:
                yield Label(
                    _("Machines that belong elsewhere: mark with Space those that stay here."),
                    markup=False,
                )
                yield Checklist([(line.tag, _with_state(line)) for line in taking.unexpected])
            yield Label(_how_to_finish(), markup=False)
        yield KeyBar()

    def take_scan(self, scanned: str) -> None:
        """Refuse a scan here: it would be neither counted nor looked at."""
        self.notify(_how_to_finish(), severity="warning", markup=False)

    def action_write(self) -> None:
        """Answer with the tags that move here."""
        lists = self.query(Checklist)
        self.dismiss(lists.first().marked if lists else ())


def _how_to_finish() -> str:
    return _("F8 writes that these machines were seen; Escape goes on counting.")


def summary(report: StockReport) -> list[str]:
    """Return what the end of a count wrote, one line each."""
    lines = [
        _("Seen: {tags}").format(tags=_joined(report.seen)),
        _("Missing: {tags}").format(tags=_joined(report.missing)),
        _("Moved here: {tags}").format(tags=_joined(report.moved)),
        _("Unknown tags: {tags}").format(tags=_joined(report.unknown)),
    ]
    for refusal in report.refused:
        why = " ".join(describe(reason, refusal.tag) for reason in refusal.reasons)
        lines.append(_("{tag} was not moved: {why}").format(tag=refusal.tag, why=why))
    return lines


def _joined(tags: Sequence[str]) -> str:
    return f"{len(tags)} ({', '.join(tags)})" if tags else "0"


def _sentence(taking: StockTaking, sighting: Sighting) -> str:
    tag = sighting.machine.tag if sighting.machine else sighting.tag
    if taking.knows(sighting):
        return _("{tag}: already scanned").format(tag=tag)
    if sighting.machine is None:
        return _("{tag}: no machine bears this tag; it is kept in the list").format(tag=tag)
    if any(line.id == sighting.machine.id for line in taking.expected):
        return _("{tag}: seen").format(tag=tag)
    return _("{tag}: belongs elsewhere").format(tag=tag)


def _short(line: MachineLine) -> str:
    return "  ".join(part for part in (line.tag, line.seat, line.model) if part)


def _with_state(line: MachineLine) -> str:
    return "  ".join(part for part in (line.tag, state_name(line.state), line.model) if part)
