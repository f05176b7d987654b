# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m benchmarks.images RECIPE``: building an image, ours and others', side by side.

Same packages, same state of the mirror (kept on this computer), same compressor and level. Ours
also plays the roles, which the others do not: that part is itemised. Then ours again after one
role changed. As root, on a computer that may be thrown away: the other tools run packages'
scripts with its /proc.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.image_mirror import local_mirror
from benchmarks.image_peers import PEERS, Peer, Work
from benchmarks.image_watch import Cost, measured
from fleet.adapters import process
from fleet.adapters.apt_sources import host_mirrors
from fleet.model.recipe_roles import ROLE_ORDER
from fleet.paths import assets_folder
from fleet.services.image_build import BuildEvent, ImageBuilt, StepFinished, build_image
from fleet.services.image_plan import BuildPlace, BuildPlan, plan_build
from fleet.services.recipes import resolve_recipe
from fleet.store.keys import open_replica_key

_OURS = "parclibre"
_REBUILT = "parclibre, one role changed"
# What the others do too; the rest of our steps are roles, or what makes an image of ours.
_SHARED_STEPS = ("download", "base", "packages", "packing")
# A role in the middle of the order: those after it are played again too.
_CHANGED = "variables.printer_queues_retry_minutes=11"


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """One tool's run. ``steps`` itemises ours, in seconds; a kept layer's time is not there."""

    tool: str
    cost: Cost
    squashfs_bytes: int
    steps: dict[str, float]


def main(arguments: list[str] | None = None) -> int:
    """Measure, print, and write the figures where asked."""
    chosen = _parser().parse_args(arguments)
    chosen.cache.mkdir(parents=True, exist_ok=True)
    upstream = host_mirrors().archive.rstrip("/")
    with local_mirror(upstream, chosen.cache / "mirror") as mirror:
        timings = list(_run(chosen, mirror))
    if chosen.output:
        chosen.output.write_text(json.dumps([asdict(one) for one in timings], indent=1) + "\n")
    return 0


def _run(chosen: argparse.Namespace, mirror: str) -> Iterator[Timing]:
    peers = [peer for peer in PEERS if not chosen.peer or peer.name in chosen.peer]
    work = _work(chosen, mirror)
    for number in range(chosen.rounds + 1):
        found = [_peer(peer, work, chosen.cache / peer.name) for peer in peers]
        if not chosen.only_peers:
            _forget(chosen.cache)
            found.append(_ours(_OURS, chosen, mirror))
            found.append(_ours(_REBUILT, chosen, mirror, [chosen.changed]))
        # The first round fills the local mirror.
        for timing in found if number or not chosen.rounds else ():
            print(_line(timing), flush=True)
            yield timing


def _work(chosen: argparse.Namespace, mirror: str) -> Work:
    security = host_mirrors().security
    if chosen.package:
        packages = tuple(chosen.package)
        return Work(suite=chosen.suite, mirror=mirror, security=security, packages=packages)
    plan = _plan(chosen, mirror)
    return Work(
        suite=plan.base.suite,
        mirror=mirror,
        security=security,
        packages=tuple(sorted(file.name for file in plan.packages.packages)),
        compression=plan.recipe.compression,
    )


def _plan(chosen: argparse.Namespace, mirror: str, words: Sequence[str] = ()) -> BuildPlan:
    place = BuildPlace(
        home=chosen.cache / "home", cache=chosen.cache / "ours", assets=assets_folder({})
    )
    for folder in (place.home, place.cache):
        folder.mkdir(parents=True, exist_ok=True)
    words = [f"base.debian.mirror={mirror}", *words]
    return plan_build(resolve_recipe(chosen.recipe, words).recipe, place)


def _forget(cache: Path) -> None:
    """Leave nothing of an earlier build."""
    shutil.rmtree(cache / "ours", ignore_errors=True)
    shutil.rmtree(cache / "home" / "images", ignore_errors=True)


def _ours(tool: str, chosen: argparse.Namespace, mirror: str, words: Sequence[str] = ()) -> Timing:
    steps: dict[str, float] = {}
    squashfs = 0
    with measured() as cost:
        plan = _plan(chosen, mirror, words)
        key = open_replica_key(plan.place.home)
        for event in build_image(plan, key, now=_now):
            squashfs = _noted(event, steps) or squashfs
    return Timing(tool=tool, cost=cost, squashfs_bytes=squashfs, steps=steps)


def _noted(event: BuildEvent, steps: dict[str, float]) -> int:
    """Note a step; return the size of the squashfs once it is known."""
    if isinstance(event, StepFinished) and not event.reused:
        steps[event.step] = event.milliseconds / 1000
    elif isinstance(event, ImageBuilt):
        return (event.folder / "rootfs.squashfs").stat().st_size
    return 0


def _peer(peer: Peer, work: Work, folder: Path) -> Timing:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    process.require(peer.name)
    with measured() as cost:
        made = peer.build(work, folder)
    return Timing(tool=peer.name, cost=cost, squashfs_bytes=made.stat().st_size, steps={})


def _line(timing: Timing) -> str:
    cost, size = timing.cost, timing.squashfs_bytes / 1e6
    told = (
        f"{timing.tool:<28}{cost.wall_s:8.1f} s, of which dpkg {cost.dpkg_s:.1f} s;"
        f" processors {cost.cpu_s:.1f} s; {size:.1f} MB"
    )
    steps = "".join(f"\n    {name:<24}{value:8.1f} s" for name, value in _grouped(timing))
    return told + steps


def _grouped(timing: Timing) -> Iterator[tuple[str, float]]:
    """Yield what others do too, step by step, then all roles together, then the rest."""
    steps = timing.steps
    roles = [name for name in steps if name in ROLE_ORDER]
    yield from ((name, steps[name]) for name in _SHARED_STEPS if name in steps)
    if roles:
        yield f"roles (Ansible), {len(roles)}", sum(steps[name] for name in roles)
    rest = timing.cost.wall_s - sum(steps.values()) if steps else 0.0
    yield from ((n, s) for n, s in steps.items() if n not in _SHARED_STEPS and n not in roles)
    if steps:
        yield "planning and signing", rest


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.images", description=__doc__)
    parser.add_argument("recipe", nargs="?", default="ci")
    parser.add_argument("--rounds", type=int, default=3, help="after one that fills the mirror")
    parser.add_argument("--peer", action="append", choices=[peer.name for peer in PEERS])
    parser.add_argument("--only-peers", action="store_true", help="do not build ours")
    parser.add_argument(
        "--changed", default=_CHANGED, help="the word that changes one role for the rebuild"
    )
    parser.add_argument("--package", action="append", help="instead of the recipe's; for peers")
    parser.add_argument("--suite", default="trixie", help="with --package")
    parser.add_argument("--cache", type=Path, default=Path("/var/tmp/parclibre-bench"))  # noqa: S108
    parser.add_argument("--output", type=Path, help="write the figures there (JSON)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
