# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The list of a room's seats (CSV) to records: one line a PC. Pure.

Columns, found by their name in the first line, in any order: ``site``, ``salle`` (room),
``place`` (seat), ``nom`` (the computer's name), ``imprimante`` (the IPP address of the printer that
is sent a test page); only ``nom`` is needed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from fleet.errors import BadInput
from fleet.i18n import _
from fleet.model.text import fold
from fleet.readers.sheet_csv import read_csv

_COLUMNS = {
    "site": ("site", "ecole", "lieu"),
    "room": ("salle", "room"),
    "seat": ("place", "seat", "poste"),
    "hostname": ("nom", "nom du poste", "hostname", "name"),
    "printer": ("imprimante", "printer"),
}
_HOSTNAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.:-]{0,251}[A-Za-z0-9])?")
_PRINTABLE = re.compile(r"[!-~]+")
_MOST = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """One PC to be: its name, and where it will stand. Empty texts are not told.

    ``printer`` is an ``ipp://`` or ``ipps://`` address.
    """

    hostname: str
    site: str = ""
    room: str = ""
    seat: str = ""
    printer: str = ""


def read_seats(data: bytes, name: str) -> tuple[Seat, ...]:
    """Return the seats of a list. Raises BadInput that names the file and the line."""
    table, _encoding = read_csv(data)
    if not table.rows:
        raise _bad(name, 1, _("it is empty"))
    first, *rows = table.rows
    columns = _columns([str(cell) for cell in first.cells])
    if "hostname" not in columns:
        raise _bad(name, first.line, _("no column is called « nom »"))
    if len(rows) > _MOST:
        raise _bad(name, _MOST, _("it has more than {n} lines").format(n=_MOST))
    seats: list[Seat] = []
    for row in rows:
        cells = {key: _cell(row.cells, at) for key, at in columns.items()}
        seats.append(_seat(cells, name, row.line, seats))
    return tuple(seats)


def _columns(titles: list[str]) -> dict[str, int]:
    folded = [fold(title) for title in titles]
    named = {
        key: next((folded.index(word) for word in words if word in folded), None)
        for key, words in _COLUMNS.items()
    }
    return {key: at for key, at in named.items() if at is not None}


def _cell(cells: tuple[str, ...], at: int) -> str:
    return str(cells[at]).strip() if at < len(cells) else ""


def _seat(cells: dict[str, str], name: str, number: int, before: list[Seat]) -> Seat:
    seat = Seat(**cells)
    if not _HOSTNAME.fullmatch(seat.hostname):
        raise _bad(
            name, number,
            _("« {name} » cannot be a computer's name").format(name=seat.hostname),
        )  # fmt: skip
    if any(one.hostname == seat.hostname for one in before):
        raise _bad(name, number, _("« {name} » is there twice").format(name=seat.hostname))
    if seat.printer and not _is_ipp(seat.printer):
        raise _bad(
            name, number,
            _(
                "« {printer} » is not a printer's address: ipp://HOST/ipp/print or "
                "ipps://HOST/ipp/print"
            ).format(printer=seat.printer),
        )  # fmt: skip
    return seat


def _is_ipp(address: str) -> bool:
    """Tell whether an address names one host by IPP, with neither a password nor a query."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return False
    more = parts.query or parts.fragment or "@" in parts.netloc
    host = _HOST.fullmatch(parts.hostname or "")
    plain = _PRINTABLE.fullmatch(address) and not more
    return bool(parts.scheme in ("ipp", "ipps") and host and plain and port != 0)


def _bad(name: str, line: int, why: str) -> BadInput:
    return BadInput(
        _("{file}, line {line}: {why}.").format(file=name, line=line, why=why),
        hint=_("A list of seats has these columns: site;salle;place;nom;imprimante"),
    )
