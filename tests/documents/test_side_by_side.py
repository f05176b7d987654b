# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many documents at once: the same bytes, in the same order, whoever makes them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from fleet.errors import BadInput
from fleet.output.documents import to_pdf
from fleet.services.documents import side_by_side

pytestmark = pytest.mark.timeout(300)


def pages(count: int) -> list[str]:
    return [f"<html lang=fr><title>{n}</title><p>Papier n° {n}" for n in range(count)]


@pytest.mark.parametrize("processors", [1, 2])
def test_many_documents_are_those_made_one_by_one(
    processors: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: processors)

    made = list(side_by_side(pages(17)))

    assert made == [to_pdf(page) for page in pages(17)]


def test_a_refusal_in_another_process_comes_back_with_its_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    (tmp_path / "logo.png").write_bytes(b"GIF89a")
    bad = "<html lang=fr><title>x</title><img src=logo.png alt=''>"

    with pytest.raises(BadInput, match="it is a GIF file") as refused:
        list(side_by_side([*pages(16), bad], (tmp_path,)))

    assert refused.value.hint == "Give a logo as PNG or JPEG, at most 2 MB."
