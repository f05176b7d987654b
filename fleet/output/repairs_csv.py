# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Repairs as a CSV file of the Open Repair Data Standard: UTF-8, commas, one header row."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from fleet.model.repairs import Publication, Repair, RepairStandard, ords_row
from fleet.output.safe import for_csv


def repairs_csv(
    repairs: Iterable[Repair], publication: Publication, standard: RepairStandard
) -> str:
    """Return the file's text; no cell is a formula for a spreadsheet."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(standard.columns)
    for repair in repairs:
        writer.writerow([for_csv(cell) for cell in ords_row(repair, publication, standard)])
    return text.getvalue()
