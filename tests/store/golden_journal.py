# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A small journal of two replicas as JSON lines, written once and never again by newer programs.

``python -m tests.store.golden_journal`` wrote ``tests/fixtures/journal/golden.jsonl``. Do not run
it over the committed one: that it stays readable is what the test proves.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import msgspec

from fleet.model import kinds as k
from fleet.model.events import (
    GENESIS,
    Clock,
    Header,
    body_digest,
    canonical,
    next_link,
)
from fleet.store.journal import ChainedEvent, Journal
from fleet.store.queries import MachineFilter, list_issues, page_machines, stays
from tests.store.installations import Installation

FOLDER = Path(__file__).parent.parent / "fixtures" / "journal"
EVENTS, SUMMARY = FOLDER / "golden.jsonl", FOLDER / "golden-summary.json"
DESK, STICK = "replica:desk", "replica:stick"


def read_golden() -> list[ChainedEvent]:
    """Return the committed events."""
    lines = EVENTS.read_text("utf-8").splitlines()
    return [_event(json.loads(line)) for line in lines]


def _event(line: dict[str, Any]) -> ChainedEvent:
    return ChainedEvent(
        header=msgspec.convert(line["header"], Header),
        link=line["link"],
        salt=line["salt"],
        body=line["body"].encode(),
    )


def summary_of(journal: Journal) -> dict[str, Any]:
    """Return what the journal says, for people to read in a failed test."""
    with journal.read() as connection:
        lines = page_machines(connection, MachineFilter())
        told = {
            line.tag: {
                "state": line.state,
                "disks": line.disks,
                "unproven_disks": line.unproven_disks,
                "stays": [[stay.state, stay.from_on] for stay in stays(connection, line.id)],
            }
            for line in lines
        }
        issues = [[row.kind, [d["code"] for d in row.detail]] for row in list_issues(connection)]
    return {"machines": told, "issues": issues}


# --- how it was written ------------------------------------------------------------------------


class _Chains:
    def __init__(self) -> None:
        self.lines: list[str] = []
        self.heads: dict[str, tuple[int, str]] = {}
        self.known: dict[tuple[str, str], int] = {}

    def say(self, replica: str, subject: str, body: k.Body, *, clock: Clock = Clock.NTP) -> str:
        seq, link = self.heads.get(replica, (0, GENESIS))
        raw, salt = canonical(body), f"{len(self.lines):016x}"
        header = Header(
            id=f"0190-{len(self.lines):04}", subject=subject, kind=type(body).__name__, version=1,
            at=f"2026-03-{1 + len(self.lines):02}T09:00:00.000Z", clock=clock, author="operator:1",
            act=f"act:{len(self.lines)}", replica=replica, seq=seq + 1, seen=self._seen(replica),
            body_digest=body_digest(salt, raw),
        )  # fmt: skip
        link = next_link(link, header)
        self.heads[replica] = (seq + 1, link)
        line = {"header": msgspec.to_builtins(header), "link": link, "salt": salt,
                "body": raw.decode()}  # fmt: skip
        self.lines.append(json.dumps(line, ensure_ascii=False, sort_keys=True))
        return header.id

    def meet(self, replica: str, other: str) -> None:
        self.known[replica, other] = self.heads[other][0]

    def _seen(self, replica: str) -> dict[str, int]:
        fresh = {other: seq for (mine, other), seq in self.known.items() if mine == replica}
        for other in fresh:
            del self.known[replica, other]
        return fresh


def _tell() -> list[str]:
    chains = _Chains()
    one, two, disk = "machine:1", "machine:2", "disk:1"
    chains.say(DESK, one, k.MachineRegistered(tag="VJ-0001", kind="laptop", model="École X230"))
    chains.say(DESK, one, k.Installed(site="site:1", room="room:1", seat="A1", on="2021-09-01"))
    chains.say(DESK, two, k.MachineRegistered(tag="VJ-0002", kind="desktop"))
    chains.meet(STICK, DESK)
    chains.say(STICK, disk, k.DiskRegistered(model="ST500", serial="S1", kind="hdd"))
    chains.say(STICK, one, k.ReportImported(report="5e" * 32, format="parclibre-report",
                                            disks=(disk,), lists_disks=True))  # fmt: skip
    chains.say(STICK, one, k.DiskAdded(disk=disk))
    chains.say(DESK, one, k.Retired(decision="PV 12"))
    chains.meet(DESK, STICK)
    chains.say(DESK, one, k.TakenIn())
    chains.meet(STICK, DESK)
    chains.say(STICK, disk, k.DiskWiped(level="clear", method="nwipe", readback="full"))
    chains.meet(DESK, STICK)
    tests = dict.fromkeys(("start", "disk", "memory", "screen", "keyboard", "network"), "pass")
    chains.say(DESK, one, k.TestsRecorded(profile="rapide", results=tests))
    chains.say(DESK, one, k.ImageInstalled(bare=True))
    chains.say(DESK, one, k.MadeReady())
    chains.say(STICK, two, k.RepairOpened(fault="fan"), clock=Clock.RTC)
    wrong = chains.say(DESK, two, k.Lost())
    chains.say(DESK, two, k.Undone(events=(wrong,)))
    chains.say(DESK, two, k.Retired(decision="PV 12"))
    chains.say(STICK, two, k.RepairClosed(outcome="no_fault", back_to="in_service"))
    return chains.lines


def main() -> None:
    """Write both files."""

    EVENTS.write_text("\n".join(_tell()) + "\n", "utf-8")
    with tempfile.TemporaryDirectory() as name:
        one = Installation.at(Path(name))
        with one.journal.write() as writer:
            writer.merge(read_golden())
        told = summary_of(one.journal)
    SUMMARY.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
