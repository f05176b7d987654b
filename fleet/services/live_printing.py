# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The named test page that ``live deploy`` sends to a seat's printer, by IPP, without CUPS.

ipptool (Debian: cups-ipp-utils) speaks to the printer itself: no queue, no daemon, no driver. So
only a printer that takes PDF can be sent one.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

from fleet.adapters import process
from fleet.errors import FleetError
from fleet.i18n import _
from fleet.output.labels import find_fonts
from fleet.output.safe import for_terminal
from fleet.output.seat_page import seat_page
from fleet.readers.ipp import IppAnswer, read_ipp_answer
from fleet.readers.seats import Seat

_PDF = "application/pdf"
_LIMIT_S = 20.0
# The tests that come with ipptool.
_ASK, _PRINT = "get-printer-attributes.test", "print-job.test"

# Asks a printer with more words of ipptool's.
Ask = Callable[..., IppAnswer]


class PageNotPrinted(FleetError):
    """No test page was sent; the message says why, the hint what to do instead."""

    def __init__(self, why: str, seat: Seat) -> None:
        super().__init__(
            _("No test page was printed: {why}.").format(why=why),
            hint=_(
                "To print one from {hostname} once it has started: Settings, Printers, Print a "
                "test page."
            ).format(hostname=seat.hostname),
        )


def print_test_page(seat: Seat, day: date, *, limit_s: float = _LIMIT_S) -> None:
    """Send the seat's printer a page that bears the PC's name, in ``limit_s`` seconds in all.

    Raises PageNotPrinted unless the printer accepted the page.
    """
    if not seat.printer:
        raise PageNotPrinted(_("no list of seats gives this computer a printer"), seat)
    if process.find("ipptool") is None:
        raise PageNotPrinted(_("the program ipptool is not on this key"), seat)
    ask = _asker(seat, limit_s)
    if _PDF not in _accepted(ask(_ASK), seat).formats:
        raise PageNotPrinted(
            _("the printer {printer} does not take PDF files").format(printer=seat.printer), seat
        )
    _accepted(_send(ask, seat_page(seat, day, fonts=find_fonts())), seat)


def _accepted(answer: IppAnswer, seat: Seat) -> IppAnswer:
    """Return the printer's answer. Raises PageNotPrinted with its words when it refuses."""
    if not answer.accepted:
        raise PageNotPrinted(
            _("the printer {printer} refuses: {status}").format(
                printer=seat.printer, status=for_terminal(answer.status).rstrip(".")
            ),
            seat,
        )
    return answer


def _asker(seat: Seat, limit_s: float) -> Ask:
    """Return what asks the seat's printer; the time runs from now, for every request."""
    end = time.monotonic() + limit_s

    def ask(test: str, *words: str) -> IppAnswer:
        command = ["ipptool", "-X", *words, seat.printer, test]
        try:
            left_s = max(end - time.monotonic(), 0.1)
            return read_ipp_answer(process.run(command, timeout_s=left_s, check=False).stdout)
        except FleetError as error:
            silent = _("the printer {printer} does not answer").format(printer=seat.printer)
            raise PageNotPrinted(silent, seat) from error

    return ask


def _send(ask: Ask, page: bytes) -> IppAnswer:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "page.pdf"
        path.write_bytes(page)
        return ask(_PRINT, "-d", f"filetype={_PDF}", "-f", str(path))
