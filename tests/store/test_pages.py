# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pages of the fleet are the same however they are read: walked, searched, from either end."""

from __future__ import annotations

import pytest

from fleet.model import kinds as k
from fleet.services.machines import register_in
from fleet.services.town import Town, init_town
from fleet.store import queries, search
from fleet.store.queries import MachineFilter
from fleet.store.schema import SORTABLE

MODELS = ("Latitude 5300", "OptiPlex 3020", None, "École numérique", "ProBook 450 G5")
FILTERS = (
    MachineFilter(),
    MachineFilter(text="latitude"),
    MachineFilter(text="pro g5"),
    MachineFilter(text="ec"),
    MachineFilter(text="e"),
    MachineFilter(text="g5 pr", states=("in_stock",)),
    MachineFilter(text="zz"),
    MachineFilter(text="no such machine"),
    MachineFilter(states=("in_stock",)),
    MachineFilter(states=("given",)),
)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    home = tmp_path_factory.mktemp("pages")
    town = init_town(home, f"sqlite:///{home / 'journal.db'}").acting_as("Camille B.")
    with town.act() as act:
        for number in range(60):
            model, bought = MODELS[number % len(MODELS)], f"20{10 + number % 7}-01-01"
            body = k.MachineRegistered(tag=f"T{number:03d}", model=model, purchased_on=bought)
            register_in(act, body)
    return town


@pytest.mark.parametrize("wanted", FILTERS, ids=repr)
@pytest.mark.parametrize("common", [1, 10**9], ids=["searched", "walked"])
@pytest.mark.parametrize("descending", [False, True])
def test_every_page_is_a_piece_of_the_whole_list(
    town: Town,
    monkeypatch: pytest.MonkeyPatch,
    wanted: MachineFilter,
    common: int,
    descending: bool,
) -> None:
    with town.journal.read() as connection:
        for sort in SORTABLE:
            whole = queries.page_machines(
                connection, wanted, sort=sort, descending=descending, limit=1_000
            )
            with monkeypatch.context() as patch:
                patch.setattr(queries, "_DEEP", 3)
                patch.setattr(search, "_COMMON", common)
                for offset in range(0, 70, 7):
                    page = queries.page_machines(
                        connection, wanted, sort=sort, descending=descending,
                        offset=offset, limit=9,
                    )  # fmt: skip
                    assert page == whole[offset : offset + 9]
            assert queries.count_machines(connection, wanted) == len(whole)
