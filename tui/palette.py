# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command palette: go to a place, change language or look, plain text, who is acting."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, cast

from textual.command import CommandPalette, DiscoveryHit, Hit, Hits, Provider

from fleet.i18n import _, current_language
from fleet.model.text import fold
from tui.new_records import RECORDS
from tui.places import PLACES

if TYPE_CHECKING:
    from tui.app import ParcLibreApp

Command = tuple[str, Callable[[], object], str]


class ConsoleCommands(Provider):
    """Every command of the console, found by any part of its words, accents or not."""

    @property
    def console(self) -> ParcLibreApp:
        """The application, with its own type."""
        return cast("ParcLibreApp", self.app)

    async def discover(self) -> Hits:
        """Yield all commands."""
        for words, run, help_text in self._commands():
            yield DiscoveryHit(words, run, help=help_text)

    async def search(self, query: str) -> Hits:
        """Yield the commands that match what was typed."""
        matcher = self.matcher(fold(query))
        for words, run, help_text in self._commands():
            score = max(matcher.match(fold(words)), matcher.match(fold(help_text)))
            if score > 0:
                yield Hit(score, words, run, text=words, help=help_text)

    def _commands(self) -> Iterator[Command]:
        app = self.console
        for place in PLACES:
            words = _("Go to: {place}").format(place=_(place.title))
            yield words, self._going_to(place.name), _("Key {key}").format(key=place.key.upper())
        for type_ in ("machine", "site", "room"):
            yield _(RECORDS[type_].title), self._adding(type_), _("New in this town")
        other = "English" if current_language() == "fr" else "Français"
        words = _("Language: {language}").format(language=other)
        yield words, app.action_other_language, _("Change the language now")
        yield _("Dark or light"), app.action_other_theme, _("Key {key}").format(key="Ctrl+T")
        plain = _("Plain text: off") if app.plain else _("Plain text: on")
        yield plain, app.action_plain, _("For screen readers: no drawing, no colour")
        yield _("Who is acting"), app.ask_operator, _("Name of the person who records")
        yield _("Help"), app.action_help, _("Key {key}").format(key="F1")
        yield _("Quit"), self._quit, _("Key {key}").format(key="Ctrl+Q")

    def _going_to(self, place: str) -> Callable[[], None]:
        return lambda: self.console.go(place)

    def _adding(self, type_: str) -> Callable[[], object]:
        return lambda: self.console.add_record(type_)

    def _quit(self) -> None:
        self.console.exit(0)


def palette() -> CommandPalette:
    """Return the palette in the user's language."""
    return CommandPalette(placeholder=_("Which command?"))
