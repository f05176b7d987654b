# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the machine samples are, what their index says, and what is wrong in it."""

from __future__ import annotations

import csv
import dataclasses
import os
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from fleet.model.facts import ReportFacts
from fleet.readers.detect import decode, read_report

HERE = Path(__file__).parent
SHIPPED = HERE.parent / "fixtures" / "hardware"
CORRECTIONS = HERE / "sample_corrections.md"
KINDS = ("dmidecode", "lshw_json", "lscpu_text", "lsblk_json", "hwinfo", "ereuse_snapshot")
SHARED = Path(
    os.environ.get("PARCLIBRE_SAMPLES", HERE.parent.parent.parent / "shared" / "hardware-samples")
)

_INVISIBLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


def index_rows() -> list[dict[str, str]]:
    """The rows of the shared index for machine reports; none where it is absent."""
    index = SHARED / "index.csv"
    if not index.is_file():
        return []
    with index.open(encoding="utf-8", newline="") as opened:
        return [row for row in csv.DictReader(opened) if row["kind"] in KINDS]


@cache
def corrections() -> dict[tuple[str, str], str]:
    """What the dump says, by file and field, where the index is wrong."""
    rows = [
        [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        for line in CORRECTIONS.read_text(encoding="utf-8").splitlines()
        if re.match(r"\| \w+/", line)
    ]
    return {(file, field): really for file, field, _index, really, _why in rows}


def read_one(path: Path) -> ReportFacts:
    """The facts of a sample that describes one machine."""
    (facts,) = read_report(decode(path.read_bytes()))
    return facts


def shipped(kind: str, name: str) -> str:
    """The text of a sample that the repository holds."""
    return decode((SHIPPED / kind / name).read_bytes())


def strings_of(value: object) -> Iterator[str]:
    """Every text inside a record, however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from strings_of(item)
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from strings_of(getattr(value, field.name))


def holds_control_characters(value: object) -> bool:
    """Whether a record would send something invisible to a terminal."""
    return any(_INVISIBLE.search(text) for text in strings_of(value))
