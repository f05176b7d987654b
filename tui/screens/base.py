# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every place of the console has: the town, a top bar, the keys, and fresh figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

from textual.app import ComposeResult
from textual.screen import Screen

from tui.widgets.key_bar import KeyBar
from tui.widgets.top_bar import TopBar

if TYPE_CHECKING:
    from fleet.services.town import Town
    from tui.app import ParcLibreApp


class TownScreen(Screen[None]):
    """A place of the console.

    A subclass gives ``PLACE``, ``contents`` (its widgets), and ``reload``, which is called when the
    screen is shown and when any process has written: it starts a thread worker that reads
    through fleet.services and posts a message.
    """

    PLACE: ClassVar[str] = ""
    _shown_token: int | None = None

    def __init__(self) -> None:
        super().__init__()
        # A new screen is laid out with the look in force: without this, Textual does it again, and
        # the place that is left with it.
        self._css_update_count = self.console._css_update_count

    @property
    def console(self) -> ParcLibreApp:
        """The application, with its own type."""
        return cast("ParcLibreApp", self.app)

    @property
    def town(self) -> Town:
        """The open installation, with who is acting."""
        return self.console.town

    def compose(self) -> ComposeResult:
        yield TopBar(self.PLACE)
        yield from self.contents()
        yield KeyBar()

    def contents(self) -> ComposeResult:
        """Yield the screen's own widgets."""
        yield from ()

    def reload(self) -> None:
        """Read the store again, in a worker."""

    def redraw(self) -> None:
        """Compose the screen anew, in the language now in force."""
        self._shown_token = None
        self.refresh(recompose=True)
        self.call_after_refresh(self.store_changed, self.console.change_token)

    def on_screen_resume(self) -> None:
        """Show what was written while another place was open."""
        self.store_changed(self.console.change_token)

    def store_changed(self, token: int) -> None:
        """Reload unless this state of the store is already shown."""
        if token != self._shown_token:
            self._shown_token = token
            self.reload()
