# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The same figures on a private PostgreSQL, for information: nothing is asked of them.

The server is the tests' own, which does not wait for the disk (``fsync=off``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks import append, queries
from benchmarks.measure import Figure, Plan, seconds
from benchmarks.simulate import Fleet, simulate
from fleet.store.journal import Journal
from tests.postgresql import PostgresServer, find_programs

# A tenth of the large store: the server's files live in a temporary folder.
SHARE = 10


def run(plan: Plan) -> Iterator[Figure]:
    """Fill a database, ask the questions, then append to it; nothing without PostgreSQL."""
    programs = find_programs()
    if programs is None:
        plan.tell("PostgreSQL's server programs are missing: apt-get install postgresql")
        return
    with (
        PostgresServer.started(programs) as server,
        server.database() as url,
        TemporaryDirectory(dir=plan.cache) as folder,
    ):
        fleet = Fleet(machines=max(plan.machines // SHARE, 30))
        journal = simulate(fleet, Path(folder) / "home", url, plan.tell).journal
        yield from _questions(plan, journal)
        yield from _appends(plan, journal)
        journal.engine.dispose()


def _questions(plan: Plan, journal: Journal) -> Iterator[Figure]:
    with journal.read() as connection:
        connection.exec_driver_sql("ANALYZE machines")
        for pair in queries.pairs(connection):
            taken = [seconds(partial(pair.ours, connection)) for _round in range(plan.repeats)]
            yield Figure(
                section="postgresql", name=pair.name, value=median(taken) * 1000, unit="ms"
            )


def _appends(plan: Plan, journal: Journal) -> Iterator[Figure]:
    for figure in append.batched(plan, journal, "postgresql"):
        yield replace(figure, ratio=None, target="", met=None)
    singles = append.in_batches(append.as_days_go_by(plan.singles, prefix="SG-"), append.ROUND)
    rates = [
        len(drafts) / seconds(partial(append.append_each, journal, drafts, []))
        for drafts in singles
    ]
    yield Figure(section="postgresql", name="one by one", value=median(rates), unit="events/s")
