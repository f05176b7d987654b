# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A town's copies: what they may change, and what is refused with its file and line."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from fleet.errors import BadInput
from fleet.model.papers import PAPERS
from fleet.output import documents
from fleet.output.documents import to_pdf
from fleet.output.papers import check_template, paper_html
from fleet.output.specimens import specimen
from fleet.services.papers_law import laws
from tests.documents.pdf import DAY, TOWN, answer, needs_poppler, words_of

pytestmark = pytest.mark.timeout(300)
DON = PAPERS["convention-de-don"]
FACTS = specimen(DON, number="CONV-20261122-SPEC", issuer=TOWN, law=laws(DAY))


def write(folder: Path, *lines: str) -> Path:
    path = folder / DON.template
    path.write_text("\n".join(("<html lang=fr><body>", *lines, "</body></html>")), "utf-8")
    return path


def picture(path: Path, kind: str = "PNG", size: tuple[int, int] = (40, 20)) -> Path:
    from PIL import Image

    Image.new("RGB", size, "navy").save(path, kind)
    return path


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("{{ ''.__class__.__mro__ }}", "__class__"),
        ("{{ lot['__class__'] }}", "__class__"),
        ("{{ lot.name.upper() }}", "only macros may be called"),
        ("{{ range(9) }}", "only macros may be called"),
        ("{{ cycler('a')() }}", "only macros may be called"),
        ("{{ 10 ** 10 }}", "pow"),
        ("{{ 'a' * 1000 }}", "mul"),
        ("{{ lot.total_cents / 100 }}", "div"),
        ("{{ lot.name|attr('x') }}", "attr"),
        ("{{ lot.name|center(9999) }}", "center"),
        ("{{ machines|map(attribute='tag')|join }}", "map"),
        ("{{ lot.name|safe }}", "safe"),
        ("{% autoescape false %}x{% endautoescape %}", "is not allowed in a template"),
        ("{% include '../../etc/passwd' %}", "only a file of the same folder"),
        ("{% include lot.name %}", "only a file of the same folder"),
        ("{% extends 'papier-debut.html' %}", "extends"),
        ("{% import 'a/b.html' as m %}", "only a file of the same folder"),
        ("<script>alert(1)</script>", "script"),
        ("<iframe src='logo.png'></iframe>", "iframe"),
        ("<link rel=stylesheet href='x.css'>", "link"),
        ("<base href='file:///etc/'>", "base"),
        ("<img src='https://town.example/logo.png' alt=''>", "https://town.example"),
        ("<img src='//town.example/logo.png' alt=''>", "//town.example"),
        ("<img src='file:///etc/passwd' alt=''>", "file:///etc/passwd"),
        ("<img src='../keys/replica.key' alt=''>", "../keys/replica.key"),
        ("<img src='data:image/png;base64,AAAA' alt=''>", "data:image/png"),
        ("<p style=\"background: url('http://x.example/a.png')\">", "http://x.example"),
        ("<style>@import 'x.css';</style>", "@import"),
        ("<p onclick='x()'>", "onclick"),
        ("<a href='file:///etc/passwd'>x</a>", "file:///etc/passwd"),
        ("{{ lot. }}", "it cannot be read"),
        ("{% if %}", "it cannot be read"),
        ("{{ partnr.name }}", "the nearest is « partner »"),
        ("{{ lot.nmae }}", "the nearest is « lot.name »"),
        ("{% for one in machines %}{{ one.serail }}{% endfor %}", "« machines.serial »"),
        ("{% if false %}{{ lot.nothing_like_it }}{% endif %}", "lot.nothing_like_it"),
        ("{{ machines.tag }}", "is not a field"),
    ],
)
def test_a_copy_with_code_or_an_unknown_field_is_refused_with_its_line(
    line: str, told: str, tmp_path: Path
) -> None:
    write(tmp_path, "<p>{{ lot.name }}</p>", line)

    with pytest.raises(BadInput) as refused:
        paper_html(DON, FACTS, (tmp_path,))

    assert told in refused.value.message
    assert f"{DON.template}, line 3:" in refused.value.message


def test_a_field_used_by_a_macro_of_the_copy_is_checked_too(tmp_path: Path) -> None:
    write(
        tmp_path,
        "{% macro goods(one) %}{{ one.tag }} {{ one.colour }}{% endmacro %}",
        "{% for one in machines %}{{ goods(one) }}{% endfor %}",
    )

    told = [finding.what for finding in check_template(DON, (tmp_path,)) if finding.fatal]

    assert told == ["there is no field « machines.colour »"]


def test_needed_fields_that_are_missing_are_listed_and_refuse_nothing(tmp_path: Path) -> None:
    write(tmp_path, "<h1>Convention {{ number }}</h1>", "{% include 'papier-biens.html' %}")

    findings = check_template(DON, (tmp_path,))

    told = [finding.what for finding in findings]
    assert not any(finding.fatal for finding in findings)
    assert "the field « law.gift_cap » is not used" in told
    assert not any("machines.serial" in one for one in told)
    assert "SPEC-0001" in paper_html(DON, FACTS, (tmp_path,))


@needs_poppler
def test_a_copy_changes_words_style_and_logo(tmp_path: Path) -> None:
    picture(tmp_path / "logo.png")
    (tmp_path / "papier.css").write_text("html { font-size: 20pt } img.logo { width: 3cm }")
    write(
        tmp_path,
        "<style>{{ style|safe }}</style>",
        "{% if issuer.logo %}<img class=logo src='{{ issuer.logo }}' alt='Armes'>{% endif %}",
        "<p>Nos mots pour {{ partner.name }}</p>",
    )
    facts = replace(FACTS, issuer=replace(TOWN, logo="logo.png"), specimen=False)
    path = tmp_path / "out.pdf"

    path.write_bytes(to_pdf(paper_html(DON, facts, (tmp_path,)), (tmp_path,)))

    assert "Nos mots pour Association Le Lavoir numérique" in words_of(path)
    assert "SPÉCIMEN" not in words_of(path)
    assert "image" in answer("pdfimages", "-list", path)


@pytest.mark.parametrize(
    "line",
    [
        "{{ lot['__cl' ~ 'ass__'] }}",
        "{{ machines|join(',', attribute='__class__') }}",
        "{% set name = '__init__' %}{{ lot[name] }}",
        "{% for one in machines %}{{ one['__mod' ~ 'ule__'] }}{% endfor %}",
    ],
)
def test_a_name_put_together_while_it_runs_reaches_nothing(line: str, tmp_path: Path) -> None:
    write(tmp_path, line)

    with pytest.raises(BadInput, match=DON.template):
        paper_html(DON, FACTS, (tmp_path,))


@pytest.mark.parametrize(
    "page",
    [
        "<p style='background: u\\72l(file:///etc/hostname)'>x",
        "<img alt='' src='file:///etc/hostname'>",
        "<img alt='' src='http://127.0.0.1:9/logo.png'>",
        "<img alt='' src='%2e%2e/logo.png'>",
        "<img alt='' src='outside.png'>",
        "<img alt='' src='data:image/png;base64,AAAA'>",
        "<link rel=attachment href='file:///etc/hostname'>",
        "<svg><image href='file:///etc/hostname'/></svg>",
    ],
)
def test_what_slips_past_the_reading_is_still_not_fetched(page: str, tmp_path: Path) -> None:
    folder = tmp_path / "documents"
    folder.mkdir()
    picture(tmp_path / "logo.png")
    (folder / "outside.png").symlink_to(tmp_path / "logo.png")

    with pytest.raises(BadInput):
        to_pdf(f"<html lang=fr><title>x</title><body>{page}", (folder,))


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("logo.png", b"GIF89a" + b"\0" * 40, "it is a GIF file"),
        ("logo.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "it is a SVG file"),
        ("logo.jpg", b"%PDF-1.7 ...", "it is a PDF file"),
        ("logo.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 40, "it is"),
        ("logo.jpg", b"", "neither a PNG nor a JPEG"),
        ("logo.png", b"\0" * (2 * 1024 * 1024 + 1), "larger than 2 MB"),
    ],
    ids=("gif", "svg", "pdf", "cut png", "empty", "too large"),
)
def test_a_logo_of_the_wrong_kind_is_refused_by_name(
    name: str, content: bytes, told: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(content)

    with pytest.raises(BadInput) as refused:
        to_pdf(f"<html lang=fr><title>x</title><img alt='' src='{name}'>", (tmp_path,))

    assert name in refused.value.message
    assert told in refused.value.message


def test_a_logo_with_too_many_dots_is_refused(tmp_path: Path) -> None:
    picture(tmp_path / "logo.png", size=(6001, 10))

    with pytest.raises(BadInput, match="too many"):
        to_pdf("<html lang=fr><title>x</title><img alt='' src='logo.png'>", (tmp_path,))


def test_a_page_without_end_and_a_macro_without_end_are_stopped(tmp_path: Path) -> None:
    loop = "{% for a in machines %}" * 8 + "x" * 20_000 + "{% endfor %}" * 8
    own = tmp_path / "loop.html"
    own.write_text(loop)
    machines = tuple(range(20))

    with pytest.raises(BadInput, match="without end"):
        documents.fill("loop.html", (tmp_path,), machines=machines)
    own.write_text("{% macro a(x) %}{{ a(x) }}{% endmacro %}{{ a(1) }}")
    with pytest.raises(BadInput):
        documents.fill("loop.html", (tmp_path,))


def test_a_mistake_that_only_shows_when_it_runs_names_its_line(tmp_path: Path) -> None:
    (tmp_path / "late.html").write_text("<p>\n{% set a = {'b': 1} %}\n{{ a.c.d }}\n</p>")

    with pytest.raises(BadInput, match=r"late\.html, line 3"):
        documents.fill("late.html", (tmp_path,))


def test_a_copy_that_is_too_large_or_not_utf8_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, "x" * 300_000)
    with pytest.raises(BadInput, match="larger than 256 KB"):
        paper_html(DON, FACTS, (tmp_path,))

    path.write_bytes(b"<p>\xe9t\xe9</p>")
    with pytest.raises(BadInput):
        paper_html(DON, FACTS, (tmp_path,))
