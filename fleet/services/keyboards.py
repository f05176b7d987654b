# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The keyboard layouts that come with the program."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from fleet.model.keyboards import Keyboard
from fleet.readers.keyboards_yaml import read_keyboards

_FILE = Path(__file__).parent.parent / "data" / "keyboards.yml"


@cache
def keyboards() -> dict[str, Keyboard]:
    """Return the layouts by name."""
    return read_keyboards(_FILE.read_bytes(), _FILE.name)


def keyboard_for(kind: str) -> Keyboard:
    """Return the layout to try first on a kind of machine."""
    return keyboards()["azerty_portable" if kind == "laptop" else "azerty_105"]
