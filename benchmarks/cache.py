# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Simulated installations kept from one run to the next, made again when they are out of date."""

from __future__ import annotations

import shutil
from hashlib import sha256
from pathlib import Path
from types import ModuleType

from sqlalchemy.schema import CreateIndex, CreateTable

from benchmarks import catalogue, chains, life, simulate
from benchmarks.simulate import Fleet, Tell, lay_down, project, store_url
from fleet.model import fold, fold_disks, fold_giving, fold_places, state, views
from fleet.services.town import open_town
from fleet.store import machine_rows, rebuild
from fleet.store.schema import metadata

_SIMULATION = (catalogue, chains, life, simulate)
_PROJECTION = (
    fold, fold_disks, fold_giving, fold_places, machine_rows, rebuild, state, views,
)  # fmt: skip


def cached(fleet: Fleet, folder: Path, tell: Tell) -> Path:
    """Return a folder that holds this simulated installation, made when it is not there yet."""
    home = folder / folder_name(fleet)
    if not home.exists():
        making = home.with_suffix(".making")
        shutil.rmtree(making, ignore_errors=True)
        lay_down(fleet, making, store_url(making), tell).journal.engine.dispose()
        making.rename(home)
    mark, code = home / "projected-by", _digest(_PROJECTION)
    if not mark.exists() or mark.read_text(encoding="ascii") != code:
        mark.unlink(missing_ok=True)
        town = open_town(home, store_url(home))
        project(town, tell)
        town.journal.engine.dispose()
        mark.write_text(code, encoding="ascii")
    return home


def folder_name(fleet: Fleet) -> str:
    """Return a name that changes with the fleet, the simulation's code, and the tables."""
    tables = [str(CreateTable(table)) for table in metadata.sorted_tables]
    indexes = sorted(str(CreateIndex(i)) for t in metadata.sorted_tables for i in t.indexes)
    digest = sha256("".join((*tables, *indexes, _digest(_SIMULATION))).encode()).hexdigest()
    return f"{fleet.machines}-{fleet.seed}-{digest[:10]}"


def _digest(modules: tuple[ModuleType, ...]) -> str:
    """Return the SHA-256 of the source of modules."""
    return sha256(b"".join(Path(str(m.__file__)).read_bytes() for m in modules)).hexdigest()
