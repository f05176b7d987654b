# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Proposes ready machines to waiting requests: by need, then by waiting time. A person decides.

What nobody measured is unknown, and shown as such: it is neither a yes nor a no.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from fleet.model.needs import Need
from fleet.model.requests import Request

_DESKTOPS = ("desktop", "all_in_one", "mini_pc")
_COMPUTERS = ("laptop", "tablet", *_DESKTOPS)


class Fit(StrEnum):
    """Whether a machine meets a need."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A machine that is ready. ``since`` is the day it became so (ISO); ``has_screen`` tells
    whether its estimated configuration holds a screen of its own; ``title`` who owns it.
    """

    id: str
    tag: str
    kind: str
    model: str | None
    since: str
    has_screen: bool
    has_system: bool
    title: str
    tests: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A machine for a request, with how it meets each need."""

    candidate: Candidate
    fits: Mapping[str, Fit]

    @property
    def unknown(self) -> tuple[str, ...]:
        """The needs that a person must check."""
        return tuple(need for need, fit in self.fits.items() if fit is Fit.UNKNOWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A request with the machine proposed first, and others that would do."""

    request: Request
    first: Match | None
    others: tuple[Match, ...] = ()


def propose(requests: Sequence[Request], candidates: Sequence[Candidate]) -> tuple[Proposal, ...]:
    """Return a proposal for each request, the one waiting longest first.

    No machine is proposed first to two requests; none that fails a need is proposed at all.
    """
    taken: set[str] = set()
    found = []
    for request in sorted(requests, key=_waiting):
        matches = matches_of(request, candidates)
        free = [match for match in matches if match.candidate.id not in taken]
        first = free[0] if free else None
        if first is not None:
            taken.add(first.candidate.id)
        others = tuple(match for match in matches if match is not first)
        found.append(Proposal(request=request, first=first, others=others))
    return tuple(found)


def matches_of(request: Request, candidates: Sequence[Candidate]) -> list[Match]:
    """Return the machines that fail no need of a request: surest first, then longest ready."""
    matches = [
        Match(candidate=one, fits=MappingProxyType({n: fit(n, one) for n in request.needs}))
        for one in candidates
        if one.kind in _COMPUTERS
    ]
    fitting = [match for match in matches if Fit.NO not in match.fits.values()]
    return sorted(fitting, key=_rank)


def fit(need: str, candidate: Candidate) -> Fit:
    """Tell whether a machine meets a need; UNKNOWN for an older free word."""
    check = _CHECKS.get(need)
    return Fit.UNKNOWN if check is None else check(candidate)


def _waiting(request: Request) -> tuple[str, str, str]:
    return request.asked_on, request.eligible_on or "", request.reference


def _rank(match: Match) -> tuple[int, str, str]:
    return len(match.unknown), match.candidate.since, match.candidate.tag


def _of_kind(*kinds: str) -> Callable[[Candidate], Fit]:
    return lambda candidate: Fit.YES if candidate.kind in kinds else Fit.NO


def _large_screen(candidate: Candidate) -> Fit:
    """A laptop's or tablet's inches are not in its report; a desktop needs a screen beside it."""
    if candidate.kind == "all_in_one" or (candidate.kind in _DESKTOPS and candidate.has_screen):
        return Fit.YES
    return Fit.NO if candidate.kind == "tablet" else Fit.UNKNOWN


def _no_internet(candidate: Candidate) -> Fit:
    """A family's system is of use without a network; a bare machine is not."""
    return Fit.YES if candidate.has_system else Fit.NO


def _tested(test: str) -> Callable[[Candidate], Fit]:
    results = {"pass": Fit.YES, "fail": Fit.NO, "na": Fit.NO}
    return lambda candidate: results.get(candidate.tests.get(test, ""), Fit.UNKNOWN)


_CHECKS: Mapping[str, Callable[[Candidate], Fit]] = MappingProxyType(
    {
        Need.LAPTOP: _of_kind("laptop"),
        Need.DESKTOP: _of_kind(*_DESKTOPS),
        Need.TABLET: _of_kind("tablet"),
        Need.LARGE_SCREEN: _large_screen,
        Need.NO_INTERNET: _no_internet,
        Need.WIFI: _tested("wifi"),
        Need.CAMERA: _tested("camera"),
        Need.SOUND: _tested("sound"),
    }
)
