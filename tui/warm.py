# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is done behind the first screen, so that no later one holds the keys up.

Opening a screen for the first time reads its modules and its style sheets, from a slow stick on an
old PC; and looking through all of the program's own objects for garbage takes longer than a
handler may.
"""

from __future__ import annotations

import gc
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType

from textual import work
from textual.app import App
from textual.css.stylesheet import CssSource
from textual.css.types import CSSLocation

from tui.sheets import Sheets, sheet_files, widget_sheets


class WarmApp(App[int]):
    """An application that reads ahead what its screens need; ``warmed`` says when that is done."""

    warmed = False

    def __init__(self) -> None:
        super().__init__()
        self.stylesheet = self.sheets = Sheets(self.get_css_variables())

    @work(thread=True, group="warm")
    def warm_up(self, screens: ModuleType, *more: str) -> None:
        """Read all screens of a package, with their looks, and more modules.

        What was read is then left out of the search for garbage.
        """
        for found in iter_modules(screens.__path__, f"{screens.__name__}."):
            import_module(found.name)
        for name in more:
            import_module(name)
        files = dict(sheet_files(Path(screens.__path__[0])))
        self.sheets.read_ahead((*files.items(), *widget_sheets()))
        gc.freeze()
        self.call_from_thread(self._take_sheets, files)

    def _take_sheets(self, files: dict[CSSLocation, CssSource]) -> None:
        self.sheets.source.update(files)
        self.sheets.reparse()
        self.warmed = True
