# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A seat's test page, sent to a real virtual IPP printer, and to those that will not print it."""

from __future__ import annotations

import shutil
import socket
import time
from datetime import date
from pathlib import Path

import pytest

from fleet.i18n import set_language
from fleet.readers.seats import Seat
from fleet.services.live_printing import PageNotPrinted, print_test_page
from tests.ipp_printer import free_port, ipp_printer, skip_without_printing

DAY = date(2026, 9, 1)


def seat_with(printer: str) -> Seat:
    return Seat(
        hostname="jaures-s2-01", site="École Jean-Jaurès", room="Salle 2", seat="A1",
        printer=printer,
    )  # fmt: skip


def test_the_printer_receives_a_page_that_names_the_computer_and_its_seat(tmp_path: Path) -> None:
    skip_without_printing()
    set_language("fr")

    with ipp_printer(tmp_path) as printer:
        print_test_page(seat_with(printer.uri), DAY)
        text = printer.only_page()

    for words in ("jaures-s2-01", "École Jean-Jaurès", "Salle 2", "A1", "01/09/2026"):
        assert words in text


def test_a_printer_that_does_not_take_pdf_is_told_and_sent_nothing(tmp_path: Path) -> None:
    skip_without_printing()

    with ipp_printer(tmp_path, formats="image/pwg-raster,image/urf") as printer:
        with pytest.raises(PageNotPrinted, match="does not take PDF files") as error:
            print_test_page(seat_with(printer.uri), DAY)
        received = list(printer.received.iterdir())

    assert received == []
    assert printer.uri in error.value.message
    assert "jaures-s2-01" in error.value.hint


def test_a_printer_that_is_busy_is_told_with_its_own_words(tmp_path: Path) -> None:
    skip_without_printing()

    with ipp_printer(tmp_path) as printer:
        print_test_page(seat_with(printer.uri), DAY)
        with pytest.raises(PageNotPrinted) as error:
            print_test_page(seat_with(printer.uri), DAY)

    assert error.value.message.endswith(
        "refuses: server-error-busy - Currently printing another job."
    )


def test_a_printer_that_is_off_is_told() -> None:
    skip_without_printing()
    uri = f"ipp://localhost:{free_port()}/ipp/print"

    with pytest.raises(PageNotPrinted, match=f"the printer {uri} does not answer"):
        print_test_page(seat_with(uri), DAY)


def test_a_printer_that_stays_silent_is_left_in_time() -> None:
    skip_without_printing()

    with socket.create_server(("127.0.0.1", 0)) as silent:
        uri = f"ipp://127.0.0.1:{silent.getsockname()[1]}/ipp/print"
        started = time.monotonic()
        with pytest.raises(PageNotPrinted, match="does not answer"):
            print_test_page(seat_with(uri), DAY, limit_s=1)

    assert time.monotonic() - started < 5


def test_a_seat_without_a_printer_says_so() -> None:
    with pytest.raises(PageNotPrinted, match="gives this computer a printer"):
        print_test_page(seat_with(""), DAY)


def test_a_key_without_ipptool_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    if shutil.which("ipptool", path="/usr/local/sbin:/usr/sbin:/sbin"):
        pytest.skip("this computer keeps ipptool where it is always found")

    with pytest.raises(PageNotPrinted, match="ipptool is not on this key"):
        print_test_page(seat_with("ipp://localhost/ipp/print"), DAY)
