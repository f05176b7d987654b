# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every message has its French, with the same placeholders."""

from __future__ import annotations

import string
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

PACKAGES = ("fleet", "tui", "reconditioning")


@pytest.fixture(scope="module")
def french(repository: Path) -> Catalog:
    path = repository / "fleet" / "locale" / "fr" / "LC_MESSAGES" / "parclibre.po"
    with path.open("rb") as source:
        catalogue = read_po(source, locale="fr")
    if len(catalogue) == 0:
        pytest.skip("nothing is translated yet: make catalogue")
    return catalogue


def forms(text: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text or ("",))


def placeholders(texts: tuple[str, ...]) -> set[str]:
    return {name for text in texts for _, name, _, _ in string.Formatter().parse(text) if name}


def translated(message: Message | None) -> bool:
    return message is not None and not message.fuzzy and all(forms(message.string))


def test_every_message_of_the_program_has_its_french(repository: Path, french: Catalog) -> None:
    found = {
        message
        for package in PACKAGES
        for _, _, message, _, _ in extract_from_dir(repository / package)
    }

    missing = sorted(str(text) for text in found if not translated(french.get(text)))

    assert missing == []


def test_french_keeps_the_placeholders(french: Catalog) -> None:
    changed = [
        message.id
        for message in french
        if message.id and placeholders(forms(message.id)) != placeholders(forms(message.string))
    ]

    assert changed == []
