# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a spreadsheet file gives: a header and numbered rows of plain text; and its limits.

Readers of one format each (CSV, ODS, XLSX) fill ``RawTable`` through a shared ``Budget``, so
that a hostile file is refused before it costs memory or time.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from sys import getsizeof

from fleet.errors import BadInput
from fleet.i18n import _

MAX_COLUMNS = 256
MAX_LINE = 1_048_576
MAX_CELL_CHARACTERS = 32_767  # what LibreOffice and Excel allow in one cell

# A cell whose formula was never computed by the program that wrote the file. Written like the
# spreadsheet's own error values, so that it is reported with them.
UNCOMPUTED = "#UNCOMPUTED!"

# Measured on CPython 3.11: a dictionary entry while it grows; a row, its tuple and its place.
_ENTRY_BYTES = 70
ROW_BYTES = 104


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetRow:
    """One row; ``line`` is the number the user sees in the margin of the spreadsheet."""

    line: int
    cells: tuple[str, ...]

    @property
    def blank(self) -> bool:
        """True when no cell holds a visible character."""
        return not any(cell.strip() for cell in self.cells)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One table of a file, its header found.

    ``kind`` is csv, ods or xlsx; ``encoding`` is None for the last two. ``preamble`` holds the
    non-blank rows above the header (a title), ``other_tables`` the sheets that were not read.
    """

    name: str
    kind: str
    encoding: str | None
    table: str
    header_line: int
    header: tuple[str, ...]
    rows: tuple[SheetRow, ...]
    preamble: tuple[SheetRow, ...] = ()
    other_tables: tuple[str, ...] = ()


@dataclass(slots=True, kw_only=True)
class RawTable:
    """A table while it is read: its rows in order, blank ones left out."""

    name: str
    hidden: bool = False
    rows: list[SheetRow] = field(default_factory=list)


class Budget:
    """Counts what the rows of one file cost and refuses beyond ``limit`` bytes.

    Equal texts are stored once: makes, models and rooms repeat on every line.
    """

    def __init__(self, limit: int = 44 * 1024 * 1024) -> None:
        self._left = limit
        self._texts: dict[str, str] = {}

    def row(self, line: int, cells: list[str]) -> SheetRow:
        """Return a row of shared strings. Raises BadInput when the file is too large."""
        while cells and not cells[-1].strip():
            cells.pop()
        if len(cells) > MAX_COLUMNS:
            raise too_wide()
        self.spend(ROW_BYTES + 8 * len(cells))
        return SheetRow(line=line, cells=tuple([self.text(cell) for cell in cells]))

    def text(self, text: str) -> str:
        """Return the shared copy of a text. Raises BadInput when the file is too large."""
        known = self._texts.get(text)
        if known is None:
            known = self._texts[text] = text[:MAX_CELL_CHARACTERS]
            self.spend(getsizeof(known) + _ENTRY_BYTES)
        return known

    def spend(self, cost: int) -> None:
        """Take ``cost`` bytes. Raises BadInput when none are left."""
        self._left -= cost
        if self._left < 0:
            raise too_large()


def too_large() -> BadInput:
    """Return the refusal of a file beyond the limits."""
    return BadInput(
        _("The spreadsheet is too large to be read."),
        hint=_("Split it in several files, for instance one per school, and import each."),
    )


def too_wide() -> BadInput:
    """Return the refusal of a table with text far to the right of any inventory."""
    return BadInput(
        _("The spreadsheet has more than {most} columns.").format(most=MAX_COLUMNS),
        hint=_("Delete what lies to the right of the inventory, save, then import again."),
    )


def damaged(kind: str) -> BadInput:
    """Return the refusal of a file that breaks its own format."""
    return BadInput(
        _("The {kind} file is damaged and cannot be read.").format(kind=kind.upper()),
        hint=_("Open it in LibreOffice, save it again, then import the new file."),
    )
