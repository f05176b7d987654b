# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A simulated town, seeded: ten years of it, on three replicas that exchange every week.

``python -m benchmarks.simulate FOLDER --machines 1000`` makes an installation that the console
opens: PARCLIBRE_HOME=FOLDER parclibre console
"""

from __future__ import annotations

import argparse
import heapq
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from random import Random

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from benchmarks.chains import ChainWriter
from benchmarks.life import DAY_S, KEYS, TOWN, Life, Places, Step, draw_id
from fleet.model import kinds as k
from fleet.services.town import Town, open_town
from fleet.store.files import private_folder
from fleet.store.keys import FOLDER as KEYS_FOLDER
from fleet.store.keys import ReplicaKey
from fleet.store.rebuild import rebuild

MACHINES = 100_000
EVENTS_PER_MACHINE = 20
YEARS = 10
STARTS_ON = datetime(2016, 1, 4, 8, tzinfo=UTC)
_PARTNERS, _LOTS = 6, 40
Tell = Callable[[str], None]
_Waiting = tuple[int, int, Step, Iterator[Step]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fleet:
    """What to simulate. Tags are ``prefix`` and a number."""

    machines: int = MACHINES
    seed: int = 1
    prefix: str = "PL-"

    @property
    def events(self) -> int:
        """How many events the store holds."""
        return self.machines * EVENTS_PER_MACHINE

    @property
    def rooms(self) -> int:
        """How many rooms the town has: 1 500 for a hundred thousand machines."""
        return max(self.machines * 3 // 200, 4)

    @property
    def sites(self) -> int:
        """How many sites it has."""
        return min(self.rooms, 60)


def store_url(home: Path) -> str:
    """Return the embedded store's URL in a folder."""
    return f"sqlite:///{home / 'journal.db'}"


def simulate(fleet: Fleet, home: Path, url: str, tell: Tell) -> Town:
    """Make an installation with a simulated journal and its projections."""
    town = lay_down(fleet, home, url, tell)
    project(town, tell)
    return town


def project(town: Town, tell: Tell) -> None:
    """Compute an installation's projections."""
    began = time.perf_counter()
    done = rebuild(town.journal)
    tell(f"projections of {done} events in {time.perf_counter() - began:.1f} s")
    with town.journal.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


def lay_down(fleet: Fleet, home: Path, url: str, tell: Tell) -> Town:
    """Make an installation with a simulated journal and no projections."""
    random = Random(fleet.seed)
    keys = [_key(random) for _replica in (TOWN, *KEYS)]
    _write_key(private_folder(home) / KEYS_FOLDER, keys[TOWN])
    town = open_town(home, url)
    began = time.perf_counter()
    with town.journal.write() as writer:
        chains = ChainWriter(writer.connection, [key.replica for key in keys], random)
        for step in islice(steps(fleet, random, keys), fleet.events):
            chains.write(step)
            if chains.written % 200_000 == 0:
                tell(f"{chains.written} events in {time.perf_counter() - began:.1f} s")
        chains.finish()
    tell(f"{chains.written} events in {time.perf_counter() - began:.1f} s")
    return town


def steps(fleet: Fleet, random: Random, keys: list[ReplicaKey]) -> Iterator[Step]:
    """Yield the town's events in order of time: its places first, then its machines' lives."""
    now_s = int(STARTS_ON.timestamp())
    for key in keys[1:]:
        yield Step(now_s, TOWN, key.replica, k.ReplicaTrusted(public_key=key.public_key))
    places, first = found_town(fleet, random, now_s)
    yield from first
    yield from in_time(
        Life(random=random, places=places, tag=f"{fleet.prefix}{number:06d}", at_s=born).steps()
        for number, born in enumerate(_births(fleet, random), start=1)
    )


def in_time(lives: Iterator[Iterator[Step]]) -> Iterator[Step]:
    """Merge lives, given in order of birth, into one stream in order of time."""
    waiting: list[_Waiting] = []
    for number, life in enumerate(lives):
        step = next(life)
        while waiting and waiting[0][0] <= step.at_s:
            yield _advance(waiting)
        heapq.heappush(waiting, (step.at_s, number, step, life))
    while waiting:
        yield _advance(waiting)


def _advance(waiting: list[_Waiting]) -> Step:
    _at_s, number, step, life = waiting[0]
    following = next(life, None)
    if following is None:
        heapq.heappop(waiting)
    else:
        heapq.heapreplace(waiting, (following.at_s, number, following, life))
    return step


def _births(fleet: Fleet, random: Random) -> list[int]:
    """Return when machines are bought: a third are there in the first months, then orders."""
    start = int(STARTS_ON.timestamp()) + DAY_S
    third = fleet.machines // 3
    first = [start + random.randrange(180 * DAY_S) for _machine in range(third)]
    later = [
        start + random.randrange((YEARS * 365 - 30) * DAY_S)
        for _machine in range(fleet.machines - third)
    ]
    return sorted(first + later)


def found_town(fleet: Fleet, random: Random, now_s: int) -> tuple[Places, list[Step]]:
    """Return a town's records, and the events that write them."""
    found: list[Step] = []

    def add(type_: str, body: k.Body) -> str:
        subject = draw_id(random, type_)
        found.append(Step(now_s, TOWN, subject, body))
        return subject

    sites = [
        add("site", k.SiteAdded(name=f"École {n + 1:02d}", kind="school"))
        for n in range(fleet.sites)
    ]
    rooms = [(sites[n % fleet.sites], n) for n in range(fleet.rooms)]
    partners = [
        add("partner", k.PartnerAdded(name=f"Association {n}", quality="association_utility"))
        for n in range(1, _PARTNERS + 1)
    ]
    places = Places(
        rooms=tuple(
            (site, add("room", k.RoomAdded(site=site, name=f"Salle {n:04d}", rows=5, columns=6)))
            for site, n in rooms
        ),
        partners=tuple(partners),
        lots=tuple(
            add("lot", k.LotOpened(name=f"Lot {n:02d}", partner=partners[n % _PARTNERS]))
            for n in range(_LOTS)
        ),
    )
    for n, partner in enumerate(partners):
        add("agreement", k.AgreementSigned(partner=partner, reference=f"CONV-{n}"))
    return places, found


def _key(random: Random) -> ReplicaKey:
    return ReplicaKey(
        replica=draw_id(random, "replica"),
        private=Ed25519PrivateKey.from_private_bytes(random.randbytes(32)),
    )


def _write_key(folder: Path, key: ReplicaKey) -> None:
    """Put the seed's key where the installation would mint its own."""
    private_folder(folder)
    private = key.private.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())
    (folder / "replica").write_bytes(private)
    (folder / "replica").chmod(0o600)
    (folder / "replica.pub").write_text(f"{key.public_key} {key.replica}\n", encoding="ascii")


def tell_on_stderr(line: str) -> None:
    """Print progress."""
    print(line, file=sys.stderr, flush=True)


def main(arguments: list[str] | None = None) -> int:
    """Make one simulated installation."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.simulate", description=__doc__)
    parser.add_argument("folder", type=Path, help="an empty or missing folder")
    parser.add_argument("--machines", type=int, default=MACHINES)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args(arguments)
    fleet = Fleet(machines=chosen.machines, seed=chosen.seed)
    simulate(fleet, chosen.folder, store_url(chosen.folder), tell_on_stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
