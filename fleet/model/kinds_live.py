# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Event bodies of keys: which numbers of asset tags each installation may issue."""

from __future__ import annotations

from fleet.model.body import Body


class TagsReserved(Body, frozen=True):
    """Numbers given to a key: nobody else issues them. Subject: the replica that gives them.

    Both ends count. ``label`` is what the key is called; the key is not known yet.
    """

    range: str
    prefix: str
    first: int
    last: int
    label: str = ""


class TagsTaken(Body, frozen=True):
    """The only numbers that this replica issues from here on. Subject: the replica itself."""

    range: str
    prefix: str
    first: int
    last: int
