# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What leaves the town hall: one accessible page, open data, and nothing on few people."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml

from fleet.i18n import set_language
from fleet.model.audit import Audit, Bar, Breakdown, Figure, Section
from fleet.model.audit_all import audit
from fleet.model.dated import DatedValue, Plain
from fleet.output.audit_data import audit_object, csv_files, digest_of
from fleet.output.audit_html import audit_html
from fleet.output.audit_numbers import hidden_note, number, publishable
from fleet.output.audit_text import audit_lines, comparison_lines
from fleet.output.audit_values import used_lines, value_words
from fleet.output.audit_words import figure_title, rows_title, section_title, table_title
from fleet.output.words import no_names
from fleet.services import example
from fleet.services.audit import DATA
from fleet.services.town import init_town
from tests.audit.table_town import ADVERSE, read_town
from tests.cli.command_line import Typist

HOSTILE = '<script>alert("1")</script>\u202e\x1b[2J'
VOID = {"meta", "br", "rect", "path", "link", "img"}


@pytest.fixture(scope="module")
def adverse() -> Audit:
    return audit(read_town(ADVERSE, 2025, "2025-12-31"), heads={"replica:1": (12, "link")})


class Page(HTMLParser):
    """Notes what a page holds, and refuses tags that do not close in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(html)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, (tag, self.getpos())

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def all(self, *names: str) -> list[dict[str, str | None]]:
        return [attrs for tag, attrs in self.tags if tag in names]


@pytest.fixture(scope="module")
def html(adverse: Audit) -> str:
    shown = publishable(adverse, 5)
    before = replace(shown, year=2024)
    return audit_html(shown, lambda id_: f"{HOSTILE} {id_}", before=before, digest="ab" * 32)


def test_page_asks_for_nothing_and_runs_nothing(html: str) -> None:
    page = Page(html)

    assert page.all("script", "link", "iframe", "img", "object", "form") == []
    assert not re.search(r"url\(|@import|https?://|\son\w+=", html)
    assert HOSTILE not in html and "\u202e" not in html and "\x1b" not in html


def test_page_has_a_language_a_title_landmarks_and_headings_in_order(html: str) -> None:
    page = Page(html)
    levels = [int(tag[1]) for tag, _attrs in page.tags if re.fullmatch(r"h[1-6]", tag)]

    assert page.all("html")[0]["lang"] == "en"
    assert levels.count(1) == 1 == len(page.all("main"))
    assert page.all("title")[0] == {}, "the charts' titles have ids, the page's comes first"
    assert all(after - before <= 1 for before, after in pairwise(levels))
    ids = [attrs["id"] for _tag, attrs in page.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    links = [str(attrs["href"]) for attrs in page.all("a")]
    assert {link.removeprefix("#") for link in links} <= set(ids)


def test_every_table_has_headings_and_every_chart_words_of_its_own(html: str) -> None:
    page = Page(html)
    ids = {attrs.get("id") for _tag, attrs in page.tags}

    assert all(attrs.get("scope") in ("col", "row") for attrs in page.all("th"))
    regions = [attrs for attrs in page.all("div") if "wide" in str(attrs.get("class")).split()]
    assert len(regions) == len(page.all("table"))
    assert all(one.get("tabindex") == "0" and one.get("role") == "region" for one in regions)
    named = [one.get("aria-labelledby") for one in regions if not one.get("aria-label")]
    assert set(named) <= ids
    for chart in page.all("svg"):
        labelled = str(chart.get("aria-labelledby", "")).split()
        assert chart.get("aria-hidden") == "true" or (labelled and set(labelled) <= ids)


def test_page_tells_every_figure_and_every_source(html: str, adverse: Audit) -> None:
    words = " ".join(Page(html).words)

    assert all(figure_title(figure.key) in words for figure in adverse.figures())
    for section in adverse.sections:
        assert all(value.source in words for value in section.used)
    assert "Not verified." in words and "ab" * 32 in words


def test_page_speaks_french(adverse: Audit) -> None:
    set_language("fr")

    assert Page(audit_html(adverse, no_names)).all("html")[0]["lang"] == "fr"


def test_table_says_its_title_once_and_heads_its_lines_with_what_they_are(
    html: str, adverse: Audit
) -> None:
    lines = list(audit_lines(adverse, no_names))

    for table in (one for section in adverse.sections for one in section.breakdowns if one.bars):
        title, first = table_title(table.key), rows_title(table.key)
        assert html.count(f">{title}<") == 1 and f'scope="col">{first}</th>' in html
        assert lines[lines.index(title) + 1].startswith(first)


def test_figures_caption_is_for_screen_readers_alone(html: str) -> None:
    captions = [one for one in Page(html).all("caption") if str(one.get("id")).endswith("-figures")]

    assert captions and all(one["class"] == "unseen" for one in captions)


def test_missing_value_is_a_dash_and_its_reason_stands_under_the_title(html: str) -> None:
    row = html[html.index("Upkeep") :].partition("</tr>")[0]

    assert "<small>2024, 2025: the cost of an hour is not set (money.yml)</small>" in row
    assert re.findall(r"<td [^>]+>([^<]*)</td>", row)[:3] == ["–", "–", "–"]


# --- values used -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (10, "year", "10 ans"),
        (1, "year", "1 an"),
        (50, "percent", "50 %"),
        (Decimal("0.3"), "share", "30 %"),
        (180, "euro", "180 €"),
        (Decimal("185.09"), "kgCO2e", "185,09 kg CO₂e"),
        (1500, "", "1\u202f500"),
        (("desktop", "mini_pc"), "", "PC fixe, Mini PC"),
    ],
)
def test_value_is_told_with_its_unit_in_the_users_language(
    value: Plain, unit: str, shown: str
) -> None:
    set_language("fr")

    assert value_words(dated("x", value, unit)).replace("\u00a0", " ") == shown


def test_values_of_one_sort_and_source_are_told_together() -> None:
    values = [dated(f"renew.years.{kind}", 7, "year") for kind in ("desktop", "mini_pc")]

    (line,) = used_lines(values)

    assert line.words == "Age at which it is renewed: Desktop computer 7\u00a0years, " + (
        "Mini PC 7\u00a0years"
    )
    assert line.keys == "renew.years.desktop, renew.years.mini_pc"


def dated(key: str, value: Plain, unit: str) -> DatedValue:
    return DatedValue(
        key=key, value=value, unit=unit, since="2025-01-01", until=None, source="s", verified=False
    )


@pytest.mark.parametrize("file", sorted(DATA.glob("*.yml")), ids=lambda path: path.name)
def test_every_source_that_a_paper_may_show_is_in_french(file: Path) -> None:
    for source in sources(yaml.safe_load(file.read_text("utf-8"))):
        assert not re.search(r"\b(the|and|of|with|from|not|own|its)\b", source), source


def sources(node: Any) -> Iterator[str]:
    inner = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    if isinstance(node, dict) and isinstance(node.get("source"), str):
        yield node["source"]
    for one in inner:
        yield from sources(one)


# --- few people --------------------------------------------------------------------------------


def ids(count: int) -> tuple[str, ...]:
    return tuple(f"machine:{n}" for n in range(count))


def published(section: Section) -> Section:
    found = Audit(year=2025, day="2025-12-31", sections=(section,), heads={})
    return publishable(found, 5).sections[0]


@pytest.mark.parametrize(("count", "shown"), [(0, 0), (1, None), (4, None), (5, 5)])
def test_number_of_few_families_is_hidden(count: int, shown: int | None) -> None:
    figure = Figure(key="workshop.families", value=count, machines=ids(count), people=True)

    (found,) = published(Section(key="workshop", figures=(figure,))).figures

    assert (found.value, found.machines) == (shown, ())


def test_rate_on_few_families_is_hidden_with_its_count() -> None:
    figure = Figure(key="workshop.returns", value=25, unit="percent", of=4, people=True)

    (found,) = published(Section(key="workshop", figures=(figure,))).figures

    assert (found.value, found.of) == (None, None)


def test_hidden_line_cannot_be_found_from_the_others() -> None:
    counts = {"in_service": 70, "given": 3, "lost": 2, "retired": 9}
    bars = tuple(Bar(label=one, values=(n,), machines=ids(n)) for one, n in counts.items())
    table = Breakdown(key="fleet.by_state", labels="state", bars=bars)

    (found,) = published(Section(key="fleet", breakdowns=(table,))).breakdowns

    assert {bar.label for bar in found.bars if bar.hidden} == {"given", "lost"}
    assert all(bar.values == (None,) for bar in found.bars if bar.hidden)
    assert all(bar.machines == () for bar in found.bars)


def test_hidden_number_is_one_word_and_its_table_says_why() -> None:
    bars = (Bar(label="given", values=(3,), machines=ids(3)),)
    section = Section(
        key="fleet",
        figures=(Figure(key="workshop.families", value=2, machines=ids(2), people=True),),
        breakdowns=(Breakdown(key="fleet.by_state", labels="state", bars=bars),),
    )
    shown = publishable(Audit(year=2025, day="2025-12-31", sections=(section,), heads={}), 5)

    page = audit_html(shown, no_names)

    assert len(re.findall(r"<td [^>]+>withheld</td>", page)) == 2
    assert page.count(hidden_note(5)) == 2 and "fewer than 5 people" in hidden_note(5)
    told = {one["aria-describedby"] for one in Page(page).all("table")}
    assert told == {one["id"] for one in Page(page).all("p") if one.get("class") == "withheld"}
    assert audit_object(shown, no_names)["sections"][0]["figures"][0]["missing"] == "hidden"


def test_nobodys_name_is_in_what_is_written(tmp_path: Path) -> None:
    """The example's families and operators have names in the people table: none comes out."""
    town = init_town(
        tmp_path / "home", f"sqlite:///{tmp_path / 'home' / 'journal.db'}",
        now=lambda: datetime(2026, 11, 22, tzinfo=UTC),
    )  # fmt: skip
    example.fill(town)
    town.journal.close()
    typist = Typist(tmp_path / "home")

    said = typist.types("audit", "--year", "2025").out
    said += typist.types("audit", "--year", "2025", "--json").out
    typist.types("audit", "--year", "2025", "--csv", tmp_path / "csv")
    typist.types("audit", "--year", "2025", "--html", tmp_path / "page.html")
    written = [path.read_text("utf-8") for path in (tmp_path / "csv").iterdir()]
    everything = "\n".join([said, *written, (tmp_path / "page.html").read_text("utf-8")])

    assert len(written) == 5
    for name in ("Marchand", "Ferrand", "Perrin", "Camille", "beneficiary:", "operator:"):
        assert name not in everything
    assert "machine:" not in "".join(written)


def test_taker_who_is_a_person_is_not_named() -> None:
    bars = (Bar(label="operator:7", values=(1,), machines=ids(1)),)
    table = Breakdown(key="decree.missing_proof", labels="name", bars=bars)
    found = Audit(
        year=2025, day="2025-12-31", heads={},
        sections=(Section(key="decree", breakdowns=(table,)),),
    )  # fmt: skip

    lines = list(audit_lines(found, lambda id_: "Nadia Ferrand"))

    assert any(line.startswith("a person") for line in lines)
    assert not any("Nadia" in line for line in lines)


# --- open data ---------------------------------------------------------------------------------


def test_csv_tables_are_what_their_description_says(adverse: Audit) -> None:
    files = csv_files(publishable(adverse, 5), no_names)
    package = json.loads(files["datapackage.json"])
    read = {"integer": int, "number": float, "date": str, "string": str, "boolean": str}

    assert {one["path"] for one in package["resources"]} == files.keys() - {"datapackage.json"}
    for resource in package["resources"]:
        fields = resource["schema"]["fields"]
        rows = list(csv.DictReader(io.StringIO(files[resource["path"]], newline="")))
        assert rows and list(rows[0]) == [field["name"] for field in fields]
        for row in rows:
            for field in fields:
                cell = row[field["name"]]
                assert cell == "" or read[field["type"]](cell) is not None
    assert package["licenses"][0]["name"] == "etalab-2.0"


def test_csv_cells_start_no_formula(adverse: Audit) -> None:
    files = csv_files(adverse, lambda id_: "=1+1")

    assert "'=1+1" in files["tables.csv"]
    assert not re.search(r"(^|,)\"?=", files["tables.csv"], flags=re.MULTILINE)


# --- the terminal ------------------------------------------------------------------------------


def test_terminal_shows_each_figure_with_its_count_and_bars(adverse: Audit) -> None:
    lines = list(audit_lines(adverse, no_names))

    assert "Official rate: A / B: 66.7 % (of 6)".replace(" %", "\u00a0%") in lines
    assert "Upkeep: the cost of an hour is not set (money.yml)" in lines
    assert any(line.startswith("0–2 years") and "█" in line for line in lines)


def test_bars_of_rooms_draw_machines_and_not_years() -> None:
    bars = (
        Bar(label="a", values=(2021, 20, None)), Bar(label="b", values=(2030, 5, 100)),
    )  # fmt: skip
    columns = (("due", "year"), ("machines", "machines"), ("cost", "cents"))
    rooms = Breakdown(key="forecast.rooms", labels="plain", columns=columns, bars=bars)
    section = Section(key="forecast", breakdowns=(rooms,))
    found = Audit(year=2025, day="2025-12-31", sections=(section,), heads={})

    drawn = {line[0]: line.count("█") for line in audit_lines(found, no_names) if "█" in line}
    widths = re.findall(r'<rect width="([\d.]+)"', audit_html(found, no_names))

    assert rooms.shares() == (1.0, 0.25)
    assert (drawn, widths) == ({"a": 24, "b": 6}, ["100.00", "25.00"])


def test_long_durations_are_told_in_years_and_written_in_days(adverse: Audit) -> None:
    assert [number(days, "days") for days in (730, 731, 2739)] == [
        "730\u00a0d", "2.0\u00a0years", "7.5\u00a0years",
    ]  # fmt: skip
    rows = csv.DictReader(io.StringIO(csv_files(adverse, no_names)["tables.csv"], newline=""))
    days = [row["value"] for row in rows if row["table"] == "states.time" and row["unit"] == "days"]
    assert max(map(float, days)) > 731


def test_two_years_stand_side_by_side_with_their_difference(adverse: Audit) -> None:
    before = audit(read_town(ADVERSE, 2024, "2024-12-31"), heads={})

    lines = list(comparison_lines(adverse, before))

    (line,) = (one for one in lines if one.startswith("A: goods"))
    assert line.split()[-4:] == ["2", "4", "+", "2"]
    assert {section_title(section.key) for section in adverse.sections} <= set(lines)
    (missing,) = (one for one in lines if one.startswith("Upkeep"))
    assert missing.split() == ["Upkeep", "unknown", "unknown", "–"]


def test_digest_changes_with_one_machine(adverse: Audit) -> None:
    town = read_town(ADVERSE, 2025, "2025-12-31")

    fewer = audit(replace(town, lives=town.lives[:-1]), heads={})

    assert digest_of(fewer) != digest_of(adverse) == digest_of(audit(town, heads={}))


def test_empty_town_has_an_audit_that_says_what_it_cannot(desk: Typist) -> None:
    said = desk.types("audit")

    assert said.status == 0
    assert "no retired good was in stock on 1 January: the rate does not exist" in said.out


def test_seal_is_written_checked_and_told_from_the_command_line(
    desk: Typist, tmp_path: Path
) -> None:
    page = tmp_path / "page.html"
    sealed = desk.types("audit", "seal", "--html", page)
    opened = desk.types("audit", "opening-stock", "2025", "3")

    checked = desk.types("audit", "check", "--json")

    assert (sealed.status, opened.status, checked.status) == (0, 0, 0)
    assert checked.json["sound"] is True
    assert sealed.out.strip() == checked.json["seals"][0]["digest"]
    assert sealed.out.strip() in page.read_text("utf-8")


def test_figure_that_does_not_exist_is_refused_with_those_that_do(desk: Typist) -> None:
    said = desk.types("audit", "--list", "decree.z")

    assert said.status == 3
    assert "decree.missing_proof" in said.err
