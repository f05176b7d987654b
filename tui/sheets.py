# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Style sheets that are read once for each look, and ahead of the screens that use them.

Textual reads every sheet again for each screen that opens for the first time, on the interface's
thread: three readings of 20 ms for one key.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from textual.css.parse import parse
from textual.css.stylesheet import CssSource, Stylesheet
from textual.css.types import CSSLocation
from textual.dom import DOMNode
from textual.widget import Widget


class Sheets(Stylesheet):
    """An application's style sheets."""

    def __init__(self, variables: dict[str, str]) -> None:
        super().__init__(variables=variables)
        self._parse_cache = {}  # type: ignore[assignment]  # forgets nothing, for any thread

    def set_variables(self, variables: dict[str, str]) -> None:
        """Take the colours of a look; the sheets are read again only when they changed."""
        if variables != self._variables:
            self._parse_cache = {}  # type: ignore[assignment]
            super().set_variables(variables)

    def reparse(self) -> None:
        """Put the rules together again; a sheet that was read is not read again."""
        self.parse()

    def read_ahead(self, sources: Iterable[tuple[CSSLocation, CssSource]]) -> None:
        """Read sheets for a later screen; may be called from any thread."""
        kept, tokens = self._parse_cache, self._variable_tokens
        for place, (css, default, tie_breaker, scope) in sources:
            key = (css, place, default, tie_breaker, scope)
            if key not in kept:
                kept[key] = list(
                    parse(
                        scope, css, place,
                        variable_tokens=tokens, is_default_rules=default, tie_breaker=tie_breaker,
                    )
                )  # fmt: skip


def sheet_files(folder: Path) -> Iterator[tuple[CSSLocation, CssSource]]:
    """Yield the style sheets of a folder's screens, as Textual would read them."""
    for path in sorted(folder.glob("*.tcss")):
        yield (str(path), ""), CssSource(path.read_text(encoding="utf-8"), False, 0, "")


def widget_sheets() -> Iterator[tuple[CSSLocation, CssSource]]:
    """Yield what each loaded class of widgets says of its own look."""
    for made in _classes(Widget):
        nobody = made.__new__(made)
        for place, css, tie_breaker, scope in DOMNode._get_default_css(nobody):
            yield place, CssSource(css, True, tie_breaker, scope)


def _classes(above: type[Widget]) -> Iterator[type[Widget]]:
    for made in above.__subclasses__():
        yield made
        yield from _classes(made)
