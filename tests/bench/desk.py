# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The town's desk at the command line: what it does with a machine that comes back from a bench."""

from __future__ import annotations

from pathlib import Path

from tests.cli.command_line import Said, Typist


def done(said: Said) -> Said:
    """What a command said, once it is sure that it did what it was for."""
    assert said.status == 0, said.err + said.out
    return said


def give_away(desk: Typist, tag: str, folder: Path) -> None:
    """Give a machine that is ready to a family, through an association."""
    assert "Ready" in done(desk.types("machine", "show", tag)).out
    done(desk.types("partner", "add", "Repair Café", "--quality", "esus"))
    done(desk.types("beneficiary", "add", "DEM-118", "--referrer", "CCAS"))
    receipt = folder / "receipt.pdf"
    receipt.write_bytes(b"%PDF-1.4 received")

    given = desk.types(
        "hand-over", tag, "--partner", "Repair Café", "--beneficiary", "DEM-118",
        "--receipt", receipt, "--yes",
    )  # fmt: skip

    done(given)
    assert "Given" in desk.types("machine", "show", tag).out
