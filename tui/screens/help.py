# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can I press here? The keys of the screen below, of the whole console, and what it is for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar

from rich.text import Text
from textual.app import App, ComposeResult
from textual.binding import ActiveBinding, Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Label, Static

from fleet.i18n import _
from tui.places import PLACES
from tui.screens.base import TownScreen
from tui.widgets.key_bar import KeyBar
from tui.wording import N_, key_name

KEY_WIDTH = 18


class HelpScreen(ModalScreen[None]):
    """The keys, as the screen that asked for help has them."""

    CSS_PATH = "help.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,f1", "dismiss(None)", N_("Close"), key_display="Esc"),
    ]

    def compose(self) -> ComposeResult:
        with Vertical(id="help"):
            yield Label(_("Help"), id="help-title", markup=False)
            with VerticalScroll():
                yield Static(Text("\n").join(self._lines()), id="help-text", markup=False)
        yield KeyBar()

    def _lines(self) -> Iterable[Text]:
        below = self.app.screen_stack[-2] if len(self.app.screen_stack) > 1 else None
        if isinstance(below, TownScreen) and below.PLACE in purposes():
            yield Text(purposes()[below.PLACE])
            yield Text()
        if below is not None:
            yield Text(_("On this screen"), style="bold")
            yield from _keys_of(below.active_bindings)
            yield Text()
        yield Text(_("Everywhere"), style="bold")
        yield from (_line(keys, words) for keys, words in everywhere())


def _keys_of(active: Mapping[str, ActiveBinding]) -> Iterable[Text]:
    """Yield one line per action of the screen; those of the whole console are told apart."""
    keys: dict[str, tuple[list[str], str]] = {}
    for key, bound in active.items():
        binding = bound.binding
        if binding.description and _is_ours(bound):
            shown = binding.key_display or key_name(key)
            keys.setdefault(binding.action, ([], binding.description))[0].append(shown)
    for names, description in keys.values():
        yield _line(", ".join(names), _(description))


def _is_ours(bound: ActiveBinding) -> bool:
    """Tell whether the console gives this key its meaning, and not the library or the whole."""
    if isinstance(bound.node, App):
        return False
    return any(
        isinstance(own, Binding) and own.action == bound.binding.action
        for cls in type(bound.node).__mro__
        if cls.__module__.startswith("tui.")
        for own in cls.__dict__.get("BINDINGS", ())
    )


def _line(keys: str, words: str) -> Text:
    return Text.assemble("  ", (keys.ljust(KEY_WIDTH), "bold"), words)


def everywhere() -> list[tuple[str, str]]:
    """Return the keys of the whole console, with what they do."""
    places = [(place.key.upper(), _(place.title)) for place in PLACES]
    return [
        *places,
        ("F1", _("This help")),
        ("Ctrl+P", _("All commands: language, look, plain text, who is acting")),
        ("Ctrl+T", _("Dark or light")),
        (_("Esc"), _("Back, or cancel")),
        (_("Tab, Shift+Tab"), _("Next or previous part of the screen")),
        ("Ctrl+Q", _("Quit")),
        (_("Barcode reader"), _("Scanning a label opens its machine, wherever you are")),
    ]


def purposes() -> dict[str, str]:
    """Return what each place is for."""
    return {
        "fleet": _("Every machine of the town. Filter, sort, select several, act on them."),
        "board": _("How many machines stand in each state, and which can go on to the next."),
        "rooms": _("Sites and rooms. Open a room to see and change who sits where."),
        "inbox": _("What waits for a person: reports that may be one machine or another, and "
                   "machines whose record breaks a rule."),
        "scan": _("Find a machine by its label, or count what stands in a room."),
        "journal": _("Everything that was recorded, by whom and when. Nothing is ever erased; "
                     "a mistake is corrected by another event."),
        "audit": _("What became of every machine in a year, in figures: the decree, wiping, ages, "
                   "carbon, money. Enter lists the machines behind a figure."),
    }  # fmt: skip
