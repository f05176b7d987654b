# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages that are written at import and translated when shown."""

from __future__ import annotations

from fleet.i18n import _


def N_(message: str) -> str:  # noqa: N802 - the name that message extraction looks for
    """Return the message as it is, marked for translation."""
    return message


def key_name(key: str) -> str:
    """Return a key as it is written on keyboards."""
    names = {
        "escape": _("Esc"), "enter": _("Enter"), "space": _("Space"), "delete": _("Delete"),
        "tab": "Tab", "up": "↑", "down": "↓", "left": "←", "right": "→", "pageup": _("Page up"),
        "pagedown": _("Page down"), "home": _("Home"), "end": _("End"), "shift": _("Shift"),
        "ctrl": "Ctrl",
    }  # fmt: skip
    return "+".join(names.get(part) or part.upper() for part in key.split("+"))
