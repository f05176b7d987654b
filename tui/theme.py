# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The two looks of the console. Style sheets use their variables and no colour of their own."""

from __future__ import annotations

from textual.theme import Theme

DARK = Theme(
    name="parclibre-dark",
    primary="#4fa3a5",
    secondary="#7aa2c9",
    accent="#e0a458",
    warning="#e0b458",
    error="#e57373",
    success="#7fbf7f",
    foreground="#e6e6e0",
    background="#14191c",
    surface="#1b2226",
    panel="#263036",
    dark=True,
)
LIGHT = Theme(
    name="parclibre-light",
    primary="#1f6f72",
    secondary="#2f5f92",
    accent="#9a5b00",
    warning="#8a5a00",
    error="#a82828",
    success="#2c6e2c",
    foreground="#1c2326",
    background="#f6f5f0",
    surface="#ffffff",
    panel="#e4e6e1",
    dark=False,
)
