# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What shall be recorded on these machines? Every act, and why some are refused."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, cast

from rich.console import Group
from rich.padding import Padding
from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Label, OptionList
from textual.widgets.option_list import Option

from fleet.errors import FleetError
from fleet.i18n import _
from fleet.model.reasons import Refused
from fleet.output.machine_page import step_lines
from fleet.output.words import Names, state_name
from fleet.services import browse
from fleet.services.machines import MachinePage, page
from tui.act_plans import tags_line
from tui.acts import ACTS, ActSpec, spec_of
from tui.widgets.key_bar import KeyBar
from tui.wording import N_

if TYPE_CHECKING:
    from tui.app import ParcLibreApp


@dataclass
class ActsListed(Message):
    """What may be done with the machines was read."""

    options: list[Option | None]


class ChooseActScreen(ModalScreen[ActSpec | None]):
    """Offers every act; for one machine, with every reason of the refused ones."""

    CSS_PATH = "act.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", N_("Choose"), priority=True),
        Binding("escape", "dismiss(None)", N_("Cancel"), key_display="Esc"),
    ]

    def __init__(self, tags: Sequence[str]) -> None:
        super().__init__()
        self.tags = tuple(tags)

    def compose(self) -> ComposeResult:
        with Vertical(classes="act"):
            yield Label(tags_line(self.tags), classes="heading", markup=False)
            yield OptionList(markup=False)
        yield KeyBar()

    def on_mount(self) -> None:
        """Read what may be done."""
        self._read()

    @work(thread=True, group="read")
    def _read(self) -> None:
        console = cast("ParcLibreApp", self.app)
        try:
            found = page(console.town, self.tags[0]) if len(self.tags) == 1 else None
            options = list(act_options(found, browse.names(console.town)))
        except FleetError as error:
            console.show_error(error)
        else:
            self.post_message(ActsListed(options))

    @on(ActsListed)
    def _show(self, message: ActsListed) -> None:
        acts = self.query_one(OptionList)
        acts.add_options(message.options)
        acts.action_first()

    @on(OptionList.OptionSelected)
    def _chosen(self, message: OptionList.OptionSelected) -> None:
        self.dismiss(spec_of(message.option_id or ""))

    def action_choose(self) -> None:
        """Choose the highlighted act."""
        self.query_one(OptionList).action_select()


def act_options(found: MachinePage | None, names: Names) -> Iterator[Option | None]:
    """Yield every act for a list: what may come next with its verdict, what is recorded by hand,
    then what the machine's state does not have; lines (None) between them.
    """
    if found is None:
        yield from (Option(_(spec.title), id=spec.kind) for spec in ACTS if not spec.single)
        return
    tag = found.view.machine.tag
    steps = sorted(found.next.items(), key=lambda step: isinstance(step[1], Refused))
    for kind, verdict in steps:
        head, *reasons = step_lines(kind, verdict, tag, names)
        set_in = [Padding(Text(reason.strip()), (0, 0, 0, 4)) for reason in reasons]
        yield Option(Group(Text(head, "bold"), *set_in), id=kind)
    yield None
    others = [spec for spec in ACTS if spec.kind not in found.next]
    yield from (Option(_(spec.title), id=spec.kind) for spec in others if not spec.from_states)
    yield None
    here = state_name(found.view.life)
    for spec in others:
        if spec.from_states:
            said = _("{step}: not from « {state} »").format(step=_(spec.title), state=here)
            yield Option(said, id=spec.kind)
