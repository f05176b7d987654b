# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads keyboard layouts from YAML: rows of ``code=label``."""

from __future__ import annotations

import re

from fleet.model.keyboards import Key, Keyboard
from fleet.model.recipe_draft import Group, ListEdit, Scalar
from fleet.model.recipe_spec import Kind, Spec
from fleet.readers.recipe_values import read_settings

_ROW = Spec(
    kind=Kind.TEXT,
    required=True,
    pattern=r"[1-9]\d{0,2}=\S{1,12}( [1-9]\d{0,2}=\S{1,12}){0,40}",
    words="1=Échap 59=F1",
)
_ROWS = Spec(kind=Kind.LIST, elements=_ROW, required=True, edits=False)
_TITLE = Spec(kind=Kind.TEXT, required=True, longest=80)
_KEYBOARD = Spec(kind=Kind.MAP, options={"title": _TITLE, "rows": _ROWS})
_SPEC = Spec(kind=Kind.MAP, elements=_KEYBOARD)


def read_keyboards(raw: bytes, source: str) -> dict[str, Keyboard]:
    """Return the layouts of a file by name. Raises RecipeRefused with every problem found."""
    root = read_settings(raw, source, _SPEC)
    layouts = {name: part for name, part in root.settings.items() if isinstance(part, Group)}
    return {name: _keyboard(name, part) for name, part in layouts.items()}


def _keyboard(name: str, part: Group) -> Keyboard:
    title, rows = part.settings["title"], part.settings["rows"]
    assert isinstance(title, Scalar)  # noqa: S101  (the spec says so)
    assert isinstance(rows, ListEdit)  # noqa: S101  (the spec says so)
    return Keyboard(
        name=name, title=str(title.value), rows=tuple(_row(str(row)) for row in rows.values())
    )


def _row(text: str) -> tuple[Key, ...]:
    pairs = re.findall(r"(\d{1,3})=(\S+)", text)
    return tuple(Key(code=int(code), label=label) for code, label in pairs)
