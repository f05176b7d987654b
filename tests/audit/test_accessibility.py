# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page in a real browser: no violation for axe-core, nothing cut at 320 px, A4 on paper."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest

from fleet.i18n import set_language
from fleet.model.audit_all import audit
from fleet.output.audit_html import audit_html
from fleet.output.audit_numbers import publishable
from tests.audit import browser
from tests.audit.table_town import ADVERSE, read_town

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(bool(browser.missing()), reason=browser.missing() or "none"),
]


@pytest.fixture(params=["fr", "en"])
def page(request: pytest.FixtureRequest) -> str:
    set_language(request.param)
    found = audit(read_town(ADVERSE, 2025, "2025-12-31"), heads={"replica:1": (12, "link")})
    shown = publishable(found, 5)
    return audit_html(shown, lambda id_: id_, before=replace(shown, year=2024), digest="ab" * 32)


def test_axe_finds_nothing(page: str, tmp_path: Path) -> None:
    assert browser.violations(page, tmp_path) == []


def test_axe_is_really_asked(tmp_path: Path) -> None:
    bad = "<!DOCTYPE html><html><title>x</title><body><img src='x.png'></body></html>"

    rules = {one.partition(":")[0] for one in browser.violations(bad, tmp_path)}

    assert {"image-alt", "html-has-lang"} <= rules


def test_page_is_no_wider_than_a_telephone(page: str, tmp_path: Path) -> None:
    assert browser.width_in(page, 320, tmp_path) <= 320


def test_no_table_scrolls_sideways_on_a_telephone(page: str, tmp_path: Path) -> None:
    assert browser.scrolled_in(page, 320, tmp_path) == []


def test_page_prints_on_a4(page: str, tmp_path: Path) -> None:
    pdf = browser.printed(page, tmp_path)

    boxes = set(re.findall(rb"/MediaBox ?\[([^\]]+)\]", pdf))
    assert boxes and all([round(float(n)) for n in box.split()] in ([0, 0, 595, 842],)
                         for box in boxes)  # fmt: skip


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext is missing: poppler-utils")
def test_no_printed_page_ends_with_a_heading_or_the_head_of_a_table(
    page: str, tmp_path: Path
) -> None:
    browser.printed(page, tmp_path)
    titles = map(unescape, re.findall(r"<h[23][^>]*>([^<]+)<", page))
    columns = map(unescape, re.findall(r'<th [^>]*scope="col"[^>]*>([^<]+)<', page))
    heads = tuple({*titles, *(f"{column}  " for column in columns)})

    read = ["pdftotext", "-layout", str(tmp_path / "print.pdf"), "-"]
    sheets = subprocess.run(read, capture_output=True, text=True, check=True).stdout.split("\f")

    last = [sheet.strip().splitlines()[-1].strip() for sheet in sheets if sheet.strip()]
    assert len(last) > 3
    assert [line for line in last if line.startswith(heads)] == []
