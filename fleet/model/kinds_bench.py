# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Event bodies of the bench: its steps and minutes, measured tests, grade, repairs, proofs."""

from __future__ import annotations

from typing import Literal

from fleet.model.body import Body

Step = Literal["identify", "test", "repair", "wipe", "triage", "install"]


class BenchStarted(Body, frozen=True):
    """A machine came on the bench. ``profile`` is the test sheet followed (rapide, complet)."""

    profile: str
    on: str | None = None


class StepTimed(Body, frozen=True):
    """Time spent on one step: a person's seconds with the machine, and the machine's alone."""

    step: Step
    human_s: int = 0
    machine_s: int = 0
    keys: int = 0


class TestMeasured(Body, frozen=True):
    """One test. ``result``: pass, fail, na, skipped (then ``who``, an operator id, and ``why``).

    ``raw`` is the digest of the tool's own words; ``reasons`` are codes, ``code=value``.
    """

    test: str
    result: Literal["pass", "fail", "na", "skipped"]
    seconds: int = 0
    reasons: tuple[str, ...] = ()
    raw: str | None = None
    who: str | None = None
    why: str | None = None


class FirstOpinion(Body, frozen=True):
    """What the thresholds say before hours are spent: keep, upgrade, parts, recycle."""

    opinion: Literal["keep", "upgrade", "parts", "recycle"]
    reasons: tuple[str, ...] = ()
    thresholds: str = ""


class CosmeticGraded(Body, frozen=True):
    """The cosmetic grade, by eye, apart from the verdict. ``photos`` are digests."""

    grade: Literal["A", "B", "C", "D"]
    reasons: tuple[str, ...] = ()
    photos: tuple[str, ...] = ()
    on: str | None = None


class RepairDone(Body, frozen=True):
    """One fault and what was done (Open Repair Data Standard: problem, repair status, barrier).

    ``parts`` are ``new:what`` or ``salvaged:what:TAG``.
    """

    fault: str
    actions: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    minutes: int = 0
    outcome: Literal["fixed", "repairable", "end_of_life", "unknown"] = "unknown"
    barrier: str | None = None
    on: str | None = None


class CertificateIssued(Body, frozen=True):
    """A certificate of a verified wipe. Subject: the disk. ``wipe`` is the DiskWiped event."""

    number: str
    machine: str
    wipe: str
    json_digest: str
    pdf_digest: str


class ClockDoubted(Body, frozen=True):
    """The machine's clock was wrong. Subject: the replica. Both times, ISO UTC."""

    machine_said: str
    person_said: str
