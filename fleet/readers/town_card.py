# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads how a town names itself on its papers: ``collectivite.yml``, with French keys."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from fleet.i18n import _
from fleet.model.paper_facts import Issuer
from fleet.model.recipe_draft import ListEdit, Scalar
from fleet.model.recipe_spec import Kind, Spec
from fleet.readers.recipe_values import explained, read_settings

# Key of the file -> field of the record.
KEYS: Mapping[str, str] = MappingProxyType(
    {
        "nom": "name",
        "siren": "siren",
        "representant": "represented_by",
        "delegation": "empowered_by",
        "service": "service",
        "telephone": "phone",
        "courriel": "email",
        "horaires": "opening_hours",
        "retour": "return_address",
        "enlevement": "collection_place",
        "compte": "account",
    }
)
_TEXT = Spec(kind=Kind.TEXT, longest=300)
_LINES = Spec(kind=Kind.LIST, elements=_TEXT, edits=False)
_CARD = Spec(kind=Kind.MAP, options={"adresse": _LINES, **dict.fromkeys(KEYS, _TEXT)})


def read_town_card(raw: bytes, source: str) -> Issuer:
    """Return the town as papers name it. Raises RecipeRefused with every problem found.

    ``source`` is the file's name, for the messages.
    """
    with explained(_("Write an example again: parclibre document copy collectivite")):
        root = read_settings(raw, source, _CARD)
    texts: dict[str, Any] = {
        KEYS[key]: str(found.value)
        for key, found in root.settings.items()
        if isinstance(found, Scalar) and key in KEYS
    }
    lines = root.settings.get("adresse")
    address = tuple(map(str, lines.values())) if isinstance(lines, ListEdit) else ()
    return Issuer(address=address, **texts)
