# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m benchmarks.images RECIPE``: building an image, ours and others', side by side.

Same packages, same state of the mirror (kept on this computer), same compressor and level. Ours
also plays the roles, which the others do not: that part is itemised. As root, on a computer that
may be thrown away: the other tools run packages' scripts with its /proc.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.image_mirror import local_mirror
from benchmarks.image_peers import PEERS, Peer, Work
from fleet.adapters import process
from fleet.adapters.apt_sources import host_mirrors
from fleet.paths import assets_folder
from fleet.services.image_build import BuildEvent, ImageBuilt, StepFinished, build_image
from fleet.services.image_plan import BuildPlace, BuildPlan, plan_build
from fleet.services.recipes import resolve_recipe
from fleet.store.keys import open_replica_key

_OURS = "parclibre"
# What the others do too; the rest of our steps are roles, or what makes an image of ours.
_SHARED_STEPS = ("download", "base", "packages", "packing")


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """One tool's run. ``steps`` itemises ours, in seconds."""

    tool: str
    seconds: float
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
            found.append(_ours(chosen, mirror))
        # The first round fills the local mirror.
        for timing in found if number or not chosen.rounds else ():
            print(_line(timing), flush=True)
            yield timing


def _work(chosen: argparse.Namespace, mirror: str) -> Work:
    if chosen.package:
        return Work(suite=chosen.suite, mirror=mirror, packages=tuple(chosen.package))
    plan = _plan(chosen, mirror)
    return Work(
        suite=plan.base.suite,
        mirror=mirror,
        packages=tuple(sorted(file.name for file in plan.packages.packages)),
    )


def _plan(chosen: argparse.Namespace, mirror: str) -> BuildPlan:
    place = BuildPlace(
        home=chosen.cache / "home", cache=chosen.cache / "ours", assets=assets_folder({})
    )
    for folder in (place.home, place.cache):
        folder.mkdir(parents=True, exist_ok=True)
    words = [f"base.debian.mirror={mirror}"]
    return plan_build(resolve_recipe(chosen.recipe, words).recipe, place)


def _ours(chosen: argparse.Namespace, mirror: str) -> Timing:
    """Build with nothing kept from before."""
    shutil.rmtree(chosen.cache / "ours", ignore_errors=True)
    shutil.rmtree(chosen.cache / "home" / "images", ignore_errors=True)
    began = time.perf_counter()
    plan = _plan(chosen, mirror)
    key = open_replica_key(plan.place.home)
    steps = {"planning": time.perf_counter() - began}
    squashfs = 0
    for event in build_image(plan, key, now=_now):
        squashfs = _noted(event, steps) or squashfs
    return Timing(
        tool=_OURS,
        seconds=time.perf_counter() - began,
        squashfs_bytes=squashfs,
        steps=steps,
    )


def _noted(event: BuildEvent, steps: dict[str, float]) -> int:
    """Note a step; return the size of the squashfs once it is known."""
    if isinstance(event, StepFinished):
        steps[event.step] = event.milliseconds / 1000
    elif isinstance(event, ImageBuilt):
        return (event.folder / "rootfs.squashfs").stat().st_size
    return 0


def _peer(peer: Peer, work: Work, folder: Path) -> Timing:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    process.require(peer.name)
    began = time.perf_counter()
    made = peer.build(work, folder)
    return Timing(
        tool=peer.name,
        seconds=time.perf_counter() - began,
        squashfs_bytes=made.stat().st_size,
        steps={},
    )


def _line(timing: Timing) -> str:
    size = timing.squashfs_bytes / 1e6
    shared = sum(timing.steps.get(name, 0.0) for name in _SHARED_STEPS)
    itemised = f", of which what others do too {shared:.1f} s" if timing.steps else ""
    steps = "".join(f"\n    {name:<24}{value:8.1f} s" for name, value in timing.steps.items())
    return f"{timing.tool:<12}{timing.seconds:8.1f} s  {size:8.1f} MB{itemised}{steps}"


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.images", description=__doc__)
    parser.add_argument("recipe", nargs="?", default="ci")
    parser.add_argument("--rounds", type=int, default=3, help="after one that fills the mirror")
    parser.add_argument("--peer", action="append", choices=[peer.name for peer in PEERS])
    parser.add_argument("--only-peers", action="store_true", help="do not build ours")
    parser.add_argument("--package", action="append", help="instead of the recipe's; for peers")
    parser.add_argument("--suite", default="trixie", help="with --package")
    parser.add_argument("--cache", type=Path, default=Path("/var/tmp/parclibre-bench"))  # noqa: S108
    parser.add_argument("--output", type=Path, help="write the figures there (JSON)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
