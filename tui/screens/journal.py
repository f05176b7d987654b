# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who did what, to what, and when? The journal, latest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Select

from fleet.i18n import _, moment_name
from fleet.model.events import subject_type
from fleet.output.event_words import event_names
from fleet.output.words import event_name, labelled
from fleet.services import timeline
from fleet.services.timeline import EventFilter, EventLine, EventPages
from tui.screens.base import TownScreen
from tui.screens.questions import Reading
from tui.widgets.columns import Column
from tui.widgets.table_messages import ReadFailed, RowChosen
from tui.widgets.virtual_table import VirtualTable
from tui.wording import N_

COLUMNS: tuple[Column[EventLine], ...] = (
    Column(key="at", title=N_("When (UTC)"), width=16, text=lambda line: _when(line)),
    Column(key="author", title=N_("Who"), width=10, share=1, text=lambda line: line.author),
    Column(key="subject", title=N_("On what"), width=12, share=1, text=lambda line: line.subject),
    Column(key="summary", title=N_("What"), width=26, share=4, text=lambda line: line.summary),
    Column(key="pos", title=N_("No."), width=8, right=True, from_width=110,
           text=lambda line: str(line.pos)),
)  # fmt: skip


@dataclass
class AuthorsRead(Message):
    """The people who act here, as (id, name)."""

    authors: Sequence[tuple[str, str]]


class JournalScreen(TownScreen):
    """All events, filtered by subject, kind and author; Enter shows one whole."""

    PLACE = "journal"
    CSS_PATH = "journal.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f8", "open_machine", N_("Open the machine"), key_display="F8"),
        Binding("tab", "app.focus_next", N_("Filters or list"), key_display="Tab"),
    ]

    def contents(self) -> ComposeResult:
        kinds = sorted((name, kind) for kind, name in event_names().items())
        with Horizontal(id="filters"):
            yield Input(placeholder=_("On what: a tag, a serial, a name"), id="text", compact=True)
            yield Select(kinds, prompt=_("Any event"), id="kind", compact=True)
            yield Select([], prompt=_("Anybody"), id="author", compact=True)
        yield VirtualTable(
            COLUMNS,
            lambda line: line.event.header.id,
            empty=N_("No event matches."),
            multi=False,
            id="events",
        )

    def on_mount(self) -> None:
        """Begin in the list."""
        self.query_one("#events").focus()

    def reload(self) -> None:
        """Read the latest events and the authors again."""
        self._show(keep_cursor=True)
        self._read_authors()

    @work(thread=True, exclusive=True, group="authors")
    def _read_authors(self) -> None:
        self.post_message(AuthorsRead(timeline.operators(self.town)))

    @on(AuthorsRead)
    def _offer_authors(self, message: AuthorsRead) -> None:
        select = self.query_one("#author", Select)
        chosen = select.value
        options = sorted((name, id_) for id_, name in message.authors)
        with self.prevent(Select.Changed):
            select.set_options(options)
            if chosen in [id_ for _name, id_ in options]:
                select.value = chosen

    @on(Input.Changed, "#text")
    @on(Select.Changed)
    def _filter(self) -> None:
        self._show(keep_cursor=False)

    def _show(self, *, keep_cursor: bool) -> None:
        table = self.query_one("#events", VirtualTable)
        table.show(EventPages(self.town, self._wanted()), keep_cursor=keep_cursor)

    def _wanted(self) -> EventFilter:
        kind, author = (self.query_one(name, Select).value for name in ("#kind", "#author"))
        return EventFilter(
            text=self.query_one("#text", Input).value,
            kinds=(kind,) if isinstance(kind, str) else (),
            author=author if isinstance(author, str) else None,
        )

    @on(RowChosen, "#events")
    def _open(self, message: RowChosen) -> None:
        line: EventLine = message.row
        self.app.push_screen(Reading(event_name(line.event.kind), details(line)))

    @on(ReadFailed)
    def _failed(self, message: ReadFailed) -> None:
        self.console.show_error(message.error)

    def action_open_machine(self) -> None:
        """Open the machine that the event is about."""
        line: EventLine | None = self.query_one("#events", VirtualTable).row
        if line is not None and subject_type(line.event.subject) == "machine":
            self.console.open_machine(line.subject)


def details(line: EventLine) -> list[str]:
    """Return everything about one event: header, body, link."""
    header = line.event.header
    at = _("{at} (clock: {clock})").format(at=header.at, clock=header.clock.value)
    told = [
        (_("What"), line.summary),
        (_("On what"), f"{line.subject}  ({line.event.subject})"),
        (_("Who"), f"{line.author}  ({header.author})"),
        (_("When"), at),
    ]
    return [*_labelled(told), "", _("Body:"), *_body(line), "", *_labelled(_proof(line))]


def _proof(line: EventLine) -> list[tuple[str, str]]:
    event, header = line.event, line.event.header
    place = _("{replica}, event {seq}").format(replica=header.replica, seq=header.seq)
    return [
        (_("Kind"), f"{event.kind} {header.version}"),
        (_("Event"), header.id),
        (_("Act"), header.act),
        (_("Replica"), place),
        (_("Heads seen"), ", ".join(f"{name} {seq}" for name, seq in header.seen.items())),
        (_("Link"), event.link),
        (_("Body digest"), header.body_digest),
    ]


def _labelled(rows: Sequence[tuple[str, str]]) -> list[str]:
    return [labelled(label, value) for label, value in rows if value]


def _body(line: EventLine) -> list[str]:
    if line.body is None:
        return [_("withheld by the bundle it came in")]
    return [f"  {labelled(field, value)}" for field, value in line.body.items()] or ["  -"]


def _when(line: EventLine) -> str:
    return moment_name(line.event.header.at)
