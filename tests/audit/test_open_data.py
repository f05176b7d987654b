# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Open data: the table fits its schema, names nobody, and gives no small group away."""

from __future__ import annotations

import csv
import io
import json
import random
import re
from collections.abc import Hashable, Iterator
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from fleet.model.audit_life import Life, Stay, Town
from fleet.model.audit_open import Group, open_year, sums
from fleet.model.small_groups import by_sum, solved, to_hide
from fleet.model.state import State
from fleet.output.open_data import open_files
from tests.audit.table_town import ADVERSE, read_town
from tests.cli.command_line import Typist

SITES = {"site:a": "school", "site:b": "town_hall"}
Cell = tuple[int, int]


@pytest.fixture(scope="module")
def town() -> Town:
    return read_town(ADVERSE, 2025, "2025-12-31")


def copies(town: Town, count: int, **facts: object) -> list[Life]:
    """Machines in service that differ by their tag only."""
    stays = (Stay(State.IN_SERVICE, "2021-01-01"),)
    first = {"purchased_on": "2021-01-01", "stays": stays, "kind": "laptop", "site": "site:a"}
    return [
        _with(town.lives[0], {**first, **facts, "id": f"{facts}{n}", "tag": f"T{n}"})
        for n in range(count)
    ]


def varied(town: Town) -> list[Life]:
    """Twelve groups: 2 machines in the first, 5 in the next, and so on."""
    cuts = product(("laptop", "desktop", "tablet"), SITES, ("2014-01-01", "2021-01-01"))
    return [
        life
        for n, (kind, site, day) in enumerate(cuts)
        for life in copies(town, 2 + 3 * n, kind=kind, site=site, purchased_on=day)
    ]


def _with(life: Life, facts: dict[str, Any]) -> Life:
    old = {name: getattr(life, name) for name in life.__struct_fields__}
    return Life(**{**old, **facts})


def read(files: dict[str, str]) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(files["machines.csv"], newline="")))


def misfits(files: dict[str, str]) -> Iterator[str]:
    """Yield what in the table is against its own schema."""
    fields = json.loads(files["schema.json"])["fields"]
    for row in read(files):
        if list(row) != [field["name"] for field in fields]:
            yield f"columns {list(row)}"
        for field in fields:
            if wrong := _misfit(field, row[field["name"]]):
                yield f"{field['name']}: {wrong}"


def _misfit(field: dict[str, Any], cell: str) -> str:
    forms = {"integer": r"-?\d+", "year": r"\d{4}", "boolean": "true|false", "string": ".+"}
    limits = field.get("constraints", {})
    if not cell:
        return "missing" if limits.get("required") else ""
    if not re.fullmatch(forms[field["type"]], cell) or cell not in limits.get("enum", [cell]):
        return cell
    return cell if "minimum" in limits and int(cell) < limits["minimum"] else ""


# --- small groups ------------------------------------------------------------------------------


def margins(cell: Cell) -> Iterator[Hashable]:
    """What everybody knows of a table with two entries: its lines, its columns, its total."""
    yield "all"
    yield "line", cell[0]
    yield "column", cell[1]


def possible(counts: dict[Cell, int], hidden: frozenset[Cell]) -> dict[Cell, set[int]]:
    """Every value that each hidden cell may have, found by trying all of them."""
    totals = {
        key: sum(counts[one] for one in group) for key, group in by_sum(hidden, margins).items()
    }
    cells, found = sorted(hidden), {cell: set[int]() for cell in hidden}

    def fill(n: int, left: dict[Hashable, int], given: list[int]) -> None:
        if n == len(cells):
            if not any(left.values()):
                for cell, value in zip(cells, given, strict=True):
                    found[cell].add(value)
            return
        keys = list(margins(cells[n]))
        for value in range(min(left[key] for key in keys) + 1):
            fill(
                n + 1, {k: v - value if k in keys else v for k, v in left.items()}, [*given, value]
            )

    fill(0, totals, [])
    return found


@pytest.mark.parametrize("seed", range(12, 30))
def test_no_small_group_is_found_again_by_somebody_who_knows_every_total(seed: int) -> None:
    chance = random.Random(seed)
    drawn = {cell: chance.choice((0, 0, 1, 2, 3, 4)) for cell in product(range(3), range(3))}
    counts = {cell: count for cell, count in drawn.items() if count}

    hidden = to_hide(counts, margins, 3)

    assert {cell for cell, count in counts.items() if count < 3} <= hidden
    from_totals_alone = possible(counts, frozenset(counts))
    for cell, values in possible(counts, hidden).items():
        assert len(values) > 1 or len(from_totals_alone[cell]) == 1


def test_two_small_groups_do_not_make_a_small_hidden_total() -> None:
    counts = {(0,): 1, (1,): 1, (2,): 8, (3,): 50}

    hidden = to_hide(counts, lambda group: ["all"], 5)

    assert hidden == {(0,), (1,), (2,)}


def test_large_groups_stay_when_there_is_nothing_to_hide() -> None:
    assert to_hide({(0, 0): 5, (0, 1): 9, (1, 1): 700}, margins, 5) == frozenset()


def test_cell_that_two_subtractions_give_is_found() -> None:
    totals = [[(1,), (2,), (3,)], [(2,), (3,)], [(4,), (5,)]]

    assert solved(totals) == {(1,)}


def test_totals_of_the_audits_own_tables_give_no_small_group(town: Town) -> None:
    lives = varied(town)

    year = open_year(replace(town, lives=lives), SITES, fewest=5)

    told = {line.group: line.count for line in year.lines if line.group}
    every = open_year(replace(town, lives=lives), SITES, fewest=1)
    hidden = {line.group for line in every.lines if line.group} - told.keys()
    assert min(told.values()) >= 5 and len(hidden) >= 4
    assert solved(by_sum(hidden, sums).values()) == set()
    assert sum(line.count for line in year.lines) == len(lives)


# --- what is counted ---------------------------------------------------------------------------


def test_machine_that_left_in_an_earlier_year_is_not_counted_again(town: Town) -> None:
    def given(day: str) -> list[Life]:
        stays = (Stay(State.IN_SERVICE, "2020-01-01", day), Stay(State.GIVEN, day))
        return copies(town, 6, stays=stays)

    lives = [*given("2024-12-31"), *given("2025-01-01")]

    year = open_year(replace(town, lives=lives), SITES, fewest=5)

    (line,) = year.lines
    assert line.group == Group("school", "", "laptop", "3-4", "given") and line.count == 6


def test_making_of_new_machines_is_the_count_times_the_factor(town: Town) -> None:
    lives = [*copies(town, 10), *copies(town, 10, kind="other")]

    year = open_year(replace(town, lives=lives), SITES, fewest=5)

    kilograms = {line.group.kind: line.making_kg for line in year.lines if line.group}
    assert kilograms["laptop"] is not None and float(kilograms["laptop"]) == pytest.approx(1850.9)
    assert kilograms["other"] is None
    assert [value.key for value in year.used] == ["embodied.laptop"]


# --- the files ---------------------------------------------------------------------------------


@pytest.mark.parametrize("with_sites", [False, True])
def test_table_fits_its_schema_and_tells_what_it_is(town: Town, with_sites: bool) -> None:
    year = open_year(replace(town, lives=varied(town)), SITES, fewest=5, with_sites=with_sites)

    files = open_files(year, lambda id_: "=École", publisher="Ville")

    assert list(misfits(files)) == []
    package = json.loads(files["datapackage.json"])
    assert package["licenses"][0]["name"] == "etalab-2.0"
    assert any("ADEME" in source["title"] for source in package["sources"])
    assert package["resources"][0]["schema"] in files
    rows = read(files)
    assert ("site" in rows[0]) is with_sites
    assert [row["others"] for row in rows].count("true") == 1
    assert not re.search(r"(^|,)=", files["machines.csv"], flags=re.MULTILINE)


def test_check_against_the_schema_sees_bad_cells(town: Town) -> None:
    year = open_year(replace(town, lives=copies(town, 30)), SITES, fewest=5)
    files = open_files(year, lambda id_: None, publisher="Ville")

    files["machines.csv"] = (
        files["machines.csv"].replace(",30,", ",4,").replace("laptop", "Camille")
    )

    assert list(misfits(files)) == ["machine_kind: Camille", "count: 4"]


def test_command_writes_the_files_of_the_example_town_without_any_tag(tmp_path: Path) -> None:
    person = Typist(tmp_path / "example")
    person.types("init", "--example")
    out = tmp_path / "open"

    said = person.types("audit", "open-data", "--output", out)

    files = {path.name: path.read_text("utf-8") for path in out.iterdir()}
    assert said.status == 0, said.err
    assert files.keys() == {"machines.csv", "schema.json", "datapackage.json"}
    assert list(misfits(files)) == [] and len(read(files)) > 1
    tags = [one["tag"] for one in person.types("machine", "list", "--json").json["machines"]]
    assert tags and not any(tag in text for tag in tags for text in files.values())
