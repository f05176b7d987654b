# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The console as it is, on one installation, except that no cursor blinks: every paint counts."""

from __future__ import annotations

import sys
from pathlib import Path

from textual.events import DescendantFocus
from textual.widgets import Input

import tui.app
from benchmarks.simulate import store_url
from tui.app import ParcLibreApp

OPERATOR = "Camille B."


class StillConsole(ParcLibreApp):
    """The console with still cursors."""

    # A relative path would be looked for beside this module.
    CSS_PATH = str(Path(tui.app.__file__).with_name("app.tcss"))

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        """Stop the cursor of an input that gets the keys."""
        if isinstance(event.widget, Input):
            event.widget.cursor_blink = False


if __name__ == "__main__":
    home = Path(sys.argv[1])
    StillConsole(home, store_url(home), operator=OPERATOR).run()
