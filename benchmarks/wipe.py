# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m benchmarks.wipe DISK... --destroy``: overwriting, ours and nwipe's, in turns.

As root, on disks of a virtual machine that may be lost: they are. Each tool writes zeros over the
same first disk, and reads it back; what counts is the whole time, our markers included. With
several rate-limited disks of one size, also ours on all of them together against one. A virtual
disk of a known speed: ``-drive file=d.img,if=virtio,cache=none,throttling.bps-total=104857600``.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from fleet.model.policy import CLEAR
from fleet.model.wipe import VerifiedWipe, WipeFinished
from reconditioning.wipe_find import find_targets
from reconditioning.wipe_plan import plan_wipe
from reconditioning.wipe_run import wipe

SHARE_WANTED = 0.95
TOGETHER_WANTED = 1.15
_TAG = "BENCH"
_LIMIT_S = 24 * 3600
# nwipe's closing table: « ! vda | Erased | 98 MB/s | 00:00:21 | ... ».
_STATUS = re.compile(r"^!?\s*(?P<disk>[a-z]\S*) \|\s*(?P<status>[^|]+?)\s*\|", flags=re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Medians, in seconds. ``share`` is our speed over nwipe's; ``together`` our time on all the
    disks over our time on one; None when there was only one.
    """

    ours_s: float
    nwipe_s: float
    share: float
    together_s: float | None
    together: float | None

    @property
    def met(self) -> bool:
        """Whether both targets are met."""
        return self.share >= SHARE_WANTED and (self.together or 1.0) <= TOGETHER_WANTED


def main(arguments: list[str] | None = None) -> int:
    """Measure, print JSON; the exit status says whether the targets were met."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.wipe", description=__doc__)
    parser.add_argument("disks", type=Path, nargs="+", help="block devices to lose")
    parser.add_argument("--destroy", action="store_true", required=True, help="yes, lose them")
    parser.add_argument("--turns", type=int, default=3, help="of each tool (default: 3)")
    chosen = parser.parse_args(arguments)
    outcome = measured(chosen.disks, chosen.turns)
    print(json.dumps({**asdict(outcome), "met": outcome.met}, indent=1))
    return 0 if outcome.met else 1


def measured(disks: Sequence[Path], turns: int) -> Outcome:
    """Run both tools in turns, so that a busy host slows both."""
    pairs = [(ours(disks[:1]), nwipe(disks[0])) for _ in range(turns)]
    ours_s, nwipe_s = (median(times) for times in zip(*pairs, strict=True))
    together_s = median(ours(disks) for _ in range(turns)) if len(disks) > 1 else None
    return Outcome(
        ours_s=ours_s,
        nwipe_s=nwipe_s,
        share=nwipe_s / ours_s,
        together_s=together_s,
        together=together_s / ours_s if together_s else None,
    )


def ours(disks: Sequence[Path]) -> float:
    """Return the seconds that we take, markers and full read-back included."""
    targets = find_targets(paths=disks)
    plans = [
        plan_wipe(target, disk=str(target.path), machine_tag=_TAG, level=CLEAR)
        for target in targets
    ]
    started = time.monotonic()
    results = [
        event.result for event in wipe(plans, confirmation=_TAG) if isinstance(event, WipeFinished)
    ]
    taken = time.monotonic() - started
    assert all(isinstance(result, VerifiedWipe) for result in results), results
    return taken


def nwipe(disk: Path) -> float:
    """Return the seconds that nwipe takes to write zeros once and verify them."""
    with TemporaryDirectory() as folder:
        log = Path(folder) / "nwipe.log"
        command = [
            "nwipe", "--autonuke", "--nogui", "--nowait", "--noblank", "--rounds=1",
            "--method=zero", "--verify=last", f"--logfile={log}", str(disk),
        ]  # fmt: skip
        started = time.monotonic()
        subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=True,
            timeout=_LIMIT_S,
        )  # fmt: skip
        taken = time.monotonic() - started
        assert statuses(log.read_text("utf-8", "replace")) == {disk.name: "Erased"}
    return taken


def statuses(log: str) -> dict[str, str]:
    """Return what nwipe's closing table says of each disk: its exit status tells nothing of it."""
    table = log.rpartition(" Drive Status ")[2]
    return {found["disk"]: found["status"] for found in _STATUS.finditer(table)}


if __name__ == "__main__":
    sys.exit(main())
