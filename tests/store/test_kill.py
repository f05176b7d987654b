# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""kill -9 in the middle of appends: nothing acknowledged is lost, nothing is corrupted."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from fleet.store.rebuild import projection_digest, rebuild
from fleet.store.verify import verify
from tests.store.appender import start
from tests.store.installations import Installation, registered

COUNT = 1_000


def _killed_after(home: Path, url: str, batch: int, acknowledged: int) -> list[str]:
    """Kill an appender once it acknowledged so many events; return all it acknowledged."""
    with start(home, url, "pc", COUNT, batch) as process:
        assert process.stdout is not None
        seen = [process.stdout.readline().strip() for _ in range(acknowledged)]
        process.kill()
        rest = process.stdout.read()
    complete = rest[: rest.rfind("\n") + 1].split()
    return [*seen, *complete]


@pytest.mark.parametrize(("batch", "seed"), [(1, 2), (1, 4), (100, 6)])
def test_killed_program_loses_no_acknowledged_event(
    tmp_path: Path, store_url: str, batch: int, seed: int
) -> None:
    Installation.at(tmp_path / "desk", store_url).journal.close()
    moment = random.Random(seed).randrange(1, COUNT - batch)

    acknowledged = _killed_after(tmp_path / "desk", store_url, batch, moment)

    desk = Installation.at(tmp_path / "desk", store_url)
    stored = [event.header.id for event in desk.events()]
    assert stored[: len(acknowledged)] == acknowledged
    assert len(stored) % batch == 0
    assert list(verify(desk.journal, desk.store)) == []
    left = projection_digest(desk.journal)
    rebuild(desk.journal)
    assert projection_digest(desk.journal) == left
    desk.say("machine:after", registered(1))
    assert len(desk.events()) == len(stored) + 1
    desk.journal.close()
