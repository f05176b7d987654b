# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists of seats, as a spreadsheet writes them, and as people get them wrong."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.errors import BadInput
from fleet.readers.seats import Seat, read_seats

LIST = "Site;Salle;Place;Nom\nÉcole Jaurès;Salle 2;A1;s2-01\n;;;\nÉcole Jaurès;Salle 2;A2;s2-02\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_a_list_is_read_whatever_wrote_it(encoding: str) -> None:
    seats = read_seats(LIST.encode(encoding), "s2.csv")

    assert seats == (
        Seat(hostname="s2-01", site="École Jaurès", room="Salle 2", seat="A1"),
        Seat(hostname="s2-02", site="École Jaurès", room="Salle 2", seat="A2"),
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "line 1: it is empty"),
        ("salle,place\nS2,A1\n", "no column is called « nom »"),
        ("nom\nSalle 2\n", "line 2: « Salle 2 » cannot be"),
        ("nom\np1\np2\np1\n", "line 4: « p1 » is there twice"),
        ("nom;place\n;A1\n", "line 2"),
        ("nom\n" + "".join(f"p{n}\n" for n in range(501)), "more than 500"),
    ],
)
def test_a_wrong_list_says_where_and_why(text: str, words: str) -> None:
    with pytest.raises(BadInput, match=r"s2\.csv") as error:
        read_seats(text.encode(), "s2.csv")

    assert words in error.value.message


def test_a_seat_may_name_the_printer_of_its_test_page() -> None:
    text = "nom;imprimante\np1;ipps://10.0.0.9:631/ipp/print\np2;\np3;ipp://[fd00::9]/ipp/print\n"

    seats = read_seats(text.encode(), "s2.csv")

    assert [seat.printer for seat in seats] == [
        "ipps://10.0.0.9:631/ipp/print", "", "ipp://[fd00::9]/ipp/print",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "printer",
    [
        "Imprimante du couloir",
        "10.0.0.9",
        "socket://10.0.0.9:9100",
        "file:///dev/null",
        "http://10.0.0.9/ipp/print",
        "ipp:///ipp/print",
        "ipp://nom:secret@10.0.0.9/ipp/print",
        "ipp://10.0.0.9:99999/ipp/print",
        "ipp://10.0.0.9/ipp/print?waitjob=false",
        "ipp://[fd00::9/ipp/print",
        "ipp://10.0.0.9/a b",
        "-ipp://10.0.0.9/",
    ],
)
def test_a_printer_without_an_ipp_address_is_refused_with_its_line(printer: str) -> None:
    with pytest.raises(BadInput) as error:
        read_seats(f"nom;imprimante\np1;\np2;{printer}\n".encode(), "s2.csv")

    assert error.value.message.startswith(f"s2.csv, line 3: « {printer} » is not a printer's")


@given(st.binary(max_size=300))
def test_any_bytes_are_seats_or_a_refusal(data: bytes) -> None:
    with contextlib.suppress(BadInput):
        assert all(seat.hostname for seat in read_seats(data, "x.csv"))
