# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A store made by another version of the program opens with projections made anew."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from fleet.model import kinds as k
from fleet.services import browse, machines
from fleet.services.town import Town, init_town
from fleet.store import freshness
from fleet.store.queries import MachineFilter
from fleet.store.rebuild import projection_digest
from fleet.store.verify import verify


def _town(home: Path) -> Town:
    return init_town(home, f"sqlite:///{home / 'journal.db'}")


def test_store_whose_projections_have_another_shape_is_rebuilt_on_opening(tmp_path: Path) -> None:
    town = _town(tmp_path).acting_as("Camille B.")
    machines.register(town, k.MachineRegistered(tag="PL-1", model="Latitude 5300"))
    before = projection_digest(town.journal)
    with town.journal.write() as writer:
        writer.connection.execute(text("ALTER TABLE machines DROP COLUMN system"))
        writer.connection.execute(text("UPDATE machines SET fold = '{}'"))
        writer.connection.execute(text("UPDATE local SET value = 'old' WHERE name = 'projections'"))
    town.journal.close()

    again = _town(tmp_path)

    assert projection_digest(again.journal) == before
    found = browse.machines(again, MachineFilter(text="latitude"))
    assert [line.tag for line in found.lines] == ["PL-1"]
    assert list(verify(again.journal, again.attachments)) == []


def test_store_of_the_present_shape_is_not_rebuilt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _town(tmp_path).journal.close()
    town = _town(tmp_path)

    assert not freshness.refresh(town.journal)


def test_rebuild_that_was_stopped_starts_again_at_the_next_opening(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    town = _town(tmp_path).acting_as("Camille B.")
    machines.register(town, k.MachineRegistered(tag="PL-1"))
    before = projection_digest(town.journal)
    monkeypatch.setattr(freshness, "shape", lambda: "newer")

    def stop(journal: object) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(freshness, "rebuild", stop)
        with pytest.raises(KeyboardInterrupt):
            freshness.refresh(town.journal)
    town.journal.close()

    assert projection_digest(_town(tmp_path).journal) == before
