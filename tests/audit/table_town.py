# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A town written as a Markdown table: read into what the audit is computed from."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import msgspec

from fleet.model import kinds as k
from fleet.model.audit import Audit, Number
from fleet.model.audit_life import Folded, Life, Part, TitleChange, Town, life_of, part_of
from fleet.model.state import MachineState
from fleet.readers.dated import DatedTable, load_dated
from tests.model.history import MACHINE, History

DATA = Path(__file__).parents[2] / "fleet" / "data"
ADVERSE = Path(__file__).parent / "adverse-ville-2025.md"


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """One line of the second table; ``value`` None: the figure has none."""

    key: str
    value: Fraction | None
    tags: tuple[str, ...]


def tables(name: str) -> DatedTable:
    """A shipped file of dated values."""
    return load_dated((DATA / name).read_bytes(), name)


def law() -> DatedTable:
    """The law, with what the audit counts with."""
    return tables("law-france.yml").completed(tables("audit-france.yml"))


def rows(text: str, title: str) -> Iterator[list[str]]:
    """Yield the cells of the lines of the table under a title."""
    part = text.partition(f"## {title}\n")[2].partition("\n## ")[0]
    lines = [line for line in part.splitlines() if line.startswith("|")]
    for line in lines[2:]:
        yield [cell.strip() for cell in line.strip().strip("|").split("|")]


def read_town(path: Path, year: int, day: str) -> Town:
    """The town of a page, as the audit sees it."""
    text = path.read_text("utf-8")
    machines = list(rows(text, "Machines"))
    lives = [life for cells in machines if (life := _life(cells, day)) is not None]
    titles = {cells[0]: _titles(cells[7]) for cells in machines if cells[7]}
    return Town(
        year=year, day=day, lives=lives, law=law(), impact=tables("impact-2025.yml"),
        money=tables("money-2026.yml").completed(_prices(text)), titles=titles,
        parts=_parts(text), seconds={"D01": 1800, "D09": 5400},
    )  # fmt: skip


def _parts(text: str) -> dict[str, list[Part]]:
    found: dict[str, list[Part]] = {}
    for tag, day, what in rows(text, "Pièces posées"):
        found.setdefault(tag, []).append(part_of(what, day))
    return found


def _prices(text: str) -> DatedTable:
    """The town's own prices, read as its money.yml is."""
    lines = []
    for part, price, since, until in rows(text, "Prix des pièces, en euros"):
        key = f"price.part.{part}:"
        entry = {"value": price, "unit": "euro", "from": since, "until": until}
        shown = "".join(f"{name}: {value}, " for name, value in entry.items() if value)
        lines += [*([key] if key not in lines else []), f"  - {{{shown}source: A, verified: true}}"]
    return load_dated("\n".join(lines) + "\n", "money.yml")


def _life(cells: list[str], day: str) -> Life | None:
    tag, kind, bought, euros, came, told, life, _titled = cells
    stays = [one.split() for one in life.split("; ")]
    gifts = [on for state, on in stays if state == "given"]
    fold = {
        **msgspec.to_builtins(_told(told)), "id": tag, "tag": tag, "kind": kind,
        "purchased_on": bought or None,
        "purchase_value_cents": int(euros) * 100 if euros else None,
        "provenance": "leased" if came == "leased" else "bought",
        "origin": "gift" if came == "gift" else "stock",
        "intervals": [{"state": state, "from_on": on, "known_at": ""} for state, on in stays],
        "exits": [{"event": f"{tag}-{on}", "kind": "HandedOver"} for on in gifts],
        "deeds": [{"event": f"{tag}-{on}", "said": {"on": on}} for on in gifts],
    }  # fmt: skip
    folded = msgspec.json.decode(msgspec.json.encode(fold), type=Folded)
    broken = {f"{what}:{tag}-{on}" for what in ("exit", "law") for on in gifts if tag == "D09"}
    return life_of(folded, day, violations=broken, unproven=int(tag == "R01"))


def _told(text: str) -> MachineState:
    """What events tell of places, system and model: words with a room are moves, others are
    descriptions, in the order in which they were told; those without a day come first.
    """
    history = History()
    history.add(MACHINE, k.MachineRegistered(tag="T"))
    for one in filter(None, text.split("; ")):
        day, told = one.split(" ", 1) if one[0].isdigit() else ("2000-01-01", one)
        words: dict[str, Any] = dict(word.split("=") for word in told.split(", "))
        place = {name: words.pop(name) for name in ("site", "room") if "room" in words}
        at = f"{day}T09:00:00.000Z"
        if place:
            history.add(MACHINE, k.Moved(**place), at=at)
        if words:
            history.add(MACHINE, k.MachineDescribed(**words), at=at)
    return history.state()


def _titles(text: str) -> list[TitleChange]:
    found = []
    for one in text.split("; "):
        way, on, taker, *rest = [*one.split(), "", ""]
        commitment, _at, committed_on = rest[0].strip("-").partition("@")
        found.append(
            TitleChange(
                on, way, taker.strip("-"), commitment or None, rest[1] or None, committed_on or None
            )
        )
    return found


def expected(path: Path, year: int) -> Iterator[Expected]:
    """The figures that a page expects of a year."""
    for key, value, tags, _why in rows(path.read_text("utf-8"), f"Chiffres attendus en {year}"):
        yield Expected(key=key, value=number(value), tags=tuple(tags.split()))


def value_of(found: Audit, key: str, name: Callable[[str], str] = str) -> Number:
    """The value of a figure, or the first one of a table's line: ``fleet.by_site:site:a``.

    ``name`` gives the word of a line's label.
    """
    table, _colon, label = key.partition(":")
    if not label:
        return found.figure(key).value
    bars = (bar for part in found.sections for one in part.breakdowns if one.key == table
            for bar in one.bars)  # fmt: skip
    return next(bar.values[0] for bar in bars if name(bar.label) == label)


def number(text: str) -> Fraction | None:
    """The value of an arithmetic expression, exact: 5845/3/365.25."""
    if not text:
        return None
    exact = re.sub(r"\d+(\.\d+)?", lambda found: f"F('{found[0]}')", text)
    value: Fraction = eval(exact, {"__builtins__": {}, "F": Fraction})  # noqa: S307
    return value
