# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the disk and battery samples are, what their index says, and how they are damaged."""

from __future__ import annotations

import csv
import dataclasses
import os
import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from hypothesis import strategies as st

from fleet.model.facts import DiskFacts, ReportFacts

HERE = Path(__file__).parent
SHIPPED = HERE.parent / "fixtures" / "hardware"
CORRECTIONS = HERE / "sample_corrections_disks.md"
_CHECKOUT = HERE.parent.parent
_INVISIBLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


def shared_samples() -> Path:
    """The folder of all samples, some of which may not be shipped; skips when it is absent."""
    default = _CHECKOUT.parent / "shared" / "hardware-samples"
    folder = Path(os.environ.get("PARCLIBRE_SAMPLES", default))
    if not (folder / "index.csv").is_file():
        pytest.skip(f"The shared hardware samples are not at {folder} (PARCLIBRE_SAMPLES)")
    return folder


def shipped(kind: str) -> list[Path]:
    """The samples of one kind that the repository holds."""
    return sorted(p for p in (SHIPPED / kind).iterdir() if p.suffix in (".json", ".txt"))


def recorded_facts(row: ReportFacts) -> dict[str, str]:
    """The facts of a disk as the columns of ``expected-disks.csv`` write them."""
    disk = row.disks[0]
    names = ("model", "serial", "wwn", "size_bytes", "kind", "transport", "power_on_hours")
    facts = {
        name: str(value) if (value := getattr(disk, name)) is not None else "" for name in names
    }
    return facts | {"health": disk.health, "reasons": " ".join(map(str, disk.reasons))}


def expected_facts(kind: str) -> dict[str, dict[str, str]]:
    """The recorded facts of each shipped disk sample of one kind, by file name."""
    with (SHIPPED / "expected-disks.csv").open(encoding="utf-8", newline="") as opened:
        rows = list(csv.DictReader(opened))
    return {row.pop("file"): row for row in rows if row["file"].startswith(f"{kind}/")}


def index_of(kind: str) -> list[dict[str, str]]:
    """The rows of the shared index for one kind of sample."""
    with (shared_samples() / "index.csv").open(encoding="utf-8", newline="") as opened:
        return [row for row in csv.DictReader(opened) if row["kind"] == kind]


@cache
def corrections() -> dict[tuple[str, str], str]:
    """What a sample really says where its index is wrong, by file and fact."""
    table: dict[tuple[str, str], str] = {}
    for line in CORRECTIONS.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 5 and "/" in cells[0]:
            table[cells[0], cells[1]] = cells[3]
    return table


def health_facts(text: str) -> dict[str, str]:
    """The ``name=value`` pairs of the index's health column."""
    return dict(re.findall(r"([\w-]+)=(\S*)", text))


def texts_in(value: object) -> Iterator[str]:
    """Every string of a record, however deep."""
    if isinstance(value, str):
        yield value
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for part in dataclasses.fields(value):
            yield from texts_in(getattr(value, part.name))
    elif isinstance(value, tuple):
        for item in value:
            yield from texts_in(item)


def unsafe_texts(value: object) -> list[str]:
    """The strings of a record that a terminal should not be sent."""
    return [
        text
        for text in texts_in(value)
        if _INVISIBLE.search(text) or any(unicodedata.category(c) == "Cs" for c in text)
    ]


JUNK = st.sampled_from(
    [
        "", "\x1b[2J", "\x00", "\u202e", "\ud800", "-1", "9" * 30, "1e999", "0x", "NaN", "null",
        "[]", "{}", "true", '"', "\\", "\r", "\n", ":", "=", "|", "é", " ", "٣", "²",
    ]
)  # fmt: skip


@st.composite
def damaged(draw: st.DrawFn, originals: list[str]) -> str:
    """A real report with a few pieces cut out, doubled, or replaced by nonsense."""
    text = draw(st.sampled_from(originals))
    for _ in range(draw(st.integers(1, 6))):
        tokens = [match.span() for match in re.finditer(r"[\w.,+-]+|[^\w\s]", text)]
        if not tokens:
            return text
        start, end = tokens[draw(st.integers(0, len(tokens) - 1))]
        length = draw(st.sampled_from([0, 0, 0, 40, 400]))
        piece = draw(JUNK | st.just(text[start : end + length]) | st.text(max_size=8))
        text = text[:start] + piece + text[end + draw(st.sampled_from([0, 0, length])) :]
    return text


def compare_with_index(
    kind: str, read: Callable[[str], tuple[ReportFacts, ...]]
) -> list[tuple[str, str, str, str]]:
    """Each (file, fact, index, sample) that differ and are not in the table of corrections.

    A correction that corrects nothing is listed too.
    """
    wrong = []
    unused = {key for key in corrections() if key[0].startswith(f"{kind}/")}
    for row in index_of(kind):
        text = (shared_samples() / row["file"]).read_text(encoding="utf-8")
        disk = read(text)[0].disks[0]
        for fact, (indexed, found) in _pairs(row, disk).items():
            if indexed == found:
                continue
            unused.discard((row["file"], fact))
            if corrections().get((row["file"], fact)) != found:
                wrong.append((row["file"], fact, indexed, found))
    return wrong + [(file, fact, "", "the correction is not needed") for file, fact in unused]


def _pairs(row: dict[str, str], disk: DiskFacts) -> dict[str, tuple[str, str]]:
    """What the index and the disk say of each fact, in the index's words."""
    said = health_facts(row["health"])
    reasons = {reason.code: reason.value for reason in disk.reasons}
    pairs = {
        "disk_model": (row["disk_model"], disk.model),
        "serial": (row["serial"].replace("--", ""), disk.serial),
        "disk_bytes": (row["disk_bytes"], disk.size_bytes),
        "realloc": (_positive(said, "realloc"), reasons.get("reallocated_sectors")),
        "pending": (_positive(said, "pending"), reasons.get("pending_sectors")),
        "uncorr": (_positive(said, "uncorr"), reasons.get("reported_uncorrectable")),
        "poh": (said.get("poh", str(disk.power_on_hours)), disk.power_on_hours),
        "failed": (str(_failed(said)), "self_assessment_failed" in reasons),
    }
    return {fact: (left, str(right or "")) for fact, (left, right) in pairs.items()} | {
        "failed": (pairs["failed"][0], str(pairs["failed"][1])),
        "poh": (pairs["poh"][0], str(disk.power_on_hours)),
    }


def _positive(said: dict[str, str], name: str) -> str:
    value = said.get(name, "")
    return value if value.isdigit() and int(value) else ""


def _failed(said: dict[str, str]) -> bool:
    return said.get("passed") == "False" or said.get("self-assessment") == "FAILED!"
