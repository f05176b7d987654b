# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page that an installed PC's printer is sent: its name, room, seat and the date, as PDF."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from fpdf import FPDF

from fleet.i18n import _
from fleet.output.labels import add_fonts, printable
from fleet.output.safe import for_terminal
from fleet.output.words import labelled
from fleet.readers.seats import Seat

_MARGIN_MM = 20.0
_WIDTH_MM = 210.0 - 2 * _MARGIN_MM
_FIRST_LINE_MM = 60.0
_MM_PER_POINT = 25.4 / 72
_LEADING = 1.8


def seat_page(seat: Seat, day: date, *, fonts: tuple[Path, Path] | None) -> bytes:
    """Return one A4 page in large type; a long name is shrunk to the page's width."""
    pdf = FPDF(format="A4")
    pdf.set_auto_page_break(False)
    pdf.set_title(f"{_('Test page')} - {seat.hostname}")
    family = add_fonts(pdf, fonts)
    pdf.add_page()
    y = _FIRST_LINE_MM
    for text, size, bold in _lines(seat, day):
        y += _write(pdf, printable(for_terminal(text), family), y, (family, size, bold))
    return bytes(pdf.output())


def _lines(seat: Seat, day: date) -> list[tuple[str, float, bool]]:
    """Return (text, largest size in points, bold) of each line."""
    places = (
        (_("Site"), seat.site),
        (_("Room"), seat.room),
        (_("Seat"), seat.seat),
        (_("Date"), f"{day:%d/%m/%Y}"),
    )
    return [
        (_("Test page"), 30.0, False),
        (seat.hostname, 60.0, True),
        *((labelled(name, value), 30.0, False) for name, value in places if value),
        (_("Sent by the ParcLibre key that installed this computer."), 16.0, False),
    ]


def _write(pdf: FPDF, text: str, y: float, font: tuple[str, float, bool]) -> float:
    """Write a line at this height; return how much height it took (mm)."""
    family, size, bold = font
    pdf.set_font(family, "B" if bold else "", size)
    size *= min(1.0, _WIDTH_MM / max(pdf.get_string_width(text), 1.0))
    pdf.set_font(family, "B" if bold else "", size)
    pdf.text(_MARGIN_MM, y, text)
    return size * _MM_PER_POINT * _LEADING
