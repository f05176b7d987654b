# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is this machine, and what may happen to it next? Facts, disks, timeline, acts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical, VerticalScroll
from textual.events import Resize
from textual.message import Message
from textual.widgets import Label, OptionList, Static
from textual.widgets.option_list import Option

from fleet.errors import FleetError
from fleet.i18n import _
from fleet.output.machine_page import (
    Section,
    Where,
    about_sections,
    filled,
    look_section,
    minutes_section,
    timeline_lines,
    title_lines,
    workshop_sections,
)
from fleet.output.words import Names
from fleet.services import browse
from fleet.services.acts import ActReport
from fleet.services.machines import MachinePage, page
from tui.acting import act_on
from tui.acts import spec_of
from tui.marks import state_mark
from tui.screens.base import TownScreen
from tui.screens.choose_act import act_options
from tui.wording import N_

PARTS = (
    ("acts", N_("What may come next")),
    ("disks", N_("Disks and workshop")),
    ("about", N_("Facts")),
    ("timeline", N_("Timeline")),
)
TOGETHER_FROM = 130


@dataclass
class PageRead(Message):
    """The machine's page was read, with its words ready to be drawn."""

    title: str
    options: list[Option | None]
    texts: dict[str, Text]


@dataclass
class PageMissing(Message):
    """The machine could not be read."""

    error: FleetError


class Part(Vertical):
    """A part of the page under its heading."""

    def __init__(self, name: str, heading: str) -> None:
        super().__init__(id=f"part-{name}", classes="part")
        self.part = name
        self.heading = heading

    def compose(self) -> ComposeResult:
        yield Label(_(self.heading), classes="heading", markup=False)
        if self.part == "acts":
            yield OptionList(markup=False, classes="body")
        else:
            with VerticalScroll(can_focus=True, classes="body"):
                yield Static(id=self.part, markup=False)

    def on_descendant_focus(self) -> None:
        """Show where the focus is."""
        self.add_class("-here")

    def on_descendant_blur(self) -> None:
        """Show that the focus is elsewhere."""
        self.remove_class("-here")


class MachineScreen(TownScreen):
    """One machine. Narrow screens show one part at a time, wide ones all of them."""

    PLACE = "fleet"
    CSS_PATH = "machine.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f8", "show('acts')", N_("Acts"), key_display="F8"),
        Binding("f9", "next_part", N_("Next part"), key_display="F9"),
        Binding("tab", "app.focus_next", N_("Next part"), show=False),
        Binding("ctrl+z", "undo", N_("Undo"), key_display="Ctrl+Z"),
        Binding("escape", "app.pop_screen", N_("Back"), key_display="Esc"),
    ]

    def __init__(self, tag: str) -> None:
        super().__init__()
        self.tag = tag
        self.shown = "acts"
        self.just_acted = False

    def contents(self) -> ComposeResult:
        yield Static(self.tag, id="title", markup=False)
        yield Static(id="parts", markup=False)
        with Container(id="page"):
            for name, heading in PARTS:
                yield Part(name, heading)

    def reload(self) -> None:
        """Read the machine again."""
        self._read()

    @work(thread=True, exclusive=True, group="read")
    def _read(self) -> None:
        try:
            found = page(self.town, self.tag)
        except FleetError as error:
            self.post_message(PageMissing(error))
            return
        names = browse.names(self.town)
        self.post_message(
            PageRead(
                _title(found), list(act_options(found, names)), _texts(found, names, self._where)
            )
        )

    def _where(self, digest: str) -> str:
        return str(self.town.attachments.path(digest))

    @on(PageMissing)
    def _leave(self, message: PageMissing) -> None:
        self.console.show_error(message.error)
        self.dismiss()

    @on(PageRead)
    def _show(self, message: PageRead) -> None:
        self.query_one("#title", Static).update(message.title)
        for name, text in message.texts.items():
            self.query_one(f"#{name}", Static).update(text)
        acts = self.query_one(OptionList)
        before = None if self.just_acted else acts.highlighted_option
        self.just_acted = False
        acts.clear_options()
        acts.add_options(message.options)
        ids = [option.id for option in message.options if option is not None]
        acts.highlighted = ids.index(before.id) if before and before.id in ids else 0
        if self.focused is None:
            self._focus()

    def on_resize(self, event: Resize) -> None:
        """Show all parts together where there is room for them."""
        self._arrange()

    def _arrange(self) -> None:
        together = self.size.width >= TOGETHER_FROM and not self.console.plain
        self.set_class(together, "-together")
        for part in self.query(Part):
            part.display = together or part.part == self.shown
        self.query_one("#parts", Static).update(self._tabs())

    def _tabs(self) -> Text:
        tabs = Text(no_wrap=True, overflow="ellipsis")
        for name, heading in PARTS:
            here = name == self.shown
            tabs.append(f"[{_(heading)}]" if here else f" {_(heading)} ", "bold" if here else "")
        return tabs

    def action_show(self, part: str) -> None:
        """Show one part, or go to it where all are shown."""
        self.shown = part
        self._arrange()
        self.call_after_refresh(self._focus)

    def action_next_part(self) -> None:
        """Show the next part."""
        names = [name for name, _heading in PARTS]
        self.action_show(names[(names.index(self.shown) + 1) % len(names)])

    def _focus(self) -> None:
        self.query_one(f"#part-{self.shown} > .body").focus()

    @on(OptionList.OptionSelected)
    def _act(self, message: OptionList.OptionSelected) -> None:
        message.stop()
        act_on(self.console, spec_of(message.option_id or ""), [self.tag], self._acted)

    def action_undo(self) -> None:
        """Ask whether the last act is to be undone."""
        act_on(self.console, spec_of("Undone"), [self.tag], self._acted)

    def _acted(self, report: ActReport) -> None:
        self.just_acted = True
        self.reload()


def _title(found: MachinePage) -> str:
    first, second = title_lines(found.view)
    return f"{first}\n{state_mark(found.view.life)} {second}"


def _texts(found: MachinePage, names: Names, where: Where) -> dict[str, Text]:
    latest = tuple(reversed(found.events))
    bench = filled(look_section(found.events, where), minutes_section(found.events))
    return {
        "about": _sections(about_sections(found.view, names)),
        "disks": _sections([*workshop_sections(found.view, names), *bench]),
        "timeline": Text("\n".join(timeline_lines(latest, names))),
    }


def _sections(sections: Sequence[Section]) -> Text:
    return Text("\n").join(_lines_of(sections))


def _lines_of(sections: Sequence[Section]) -> Iterator[Text]:
    for number, (title, lines) in enumerate(sections):
        if number:
            yield Text()
        yield Text(title, "bold")
        yield from (Text(line) for line in lines)
