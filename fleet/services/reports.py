# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reports into the journal: match, append, or hold for a person's decision. Idempotent."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from fleet.errors import BadInput, FleetError, GuardRefused, NotFound
from fleet.i18n import _
from fleet.model import kinds as k
from fleet.model.facts import ReportFacts
from fleet.model.identity import Candidate, Identity, Match, evidence_of, identify
from fleet.model.views import MachineView
from fleet.readers.detect import decode, read_report
from fleet.readers.limits import MAX_BYTES
from fleet.readers.redact import redact
from fleet.services.acts import resolve
from fleet.services.machines import next_tag_in, register_in
from fleet.services.report_events import absorb, absorb_disks
from fleet.services.report_matching import known_machines, known_report
from fleet.services.town import Act, Town
from fleet.store import queries
from fleet.store.project import Projector
from fleet.store.queries import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class FileOutcome:
    """What became of one file (or of one machine in it). ``outcome``: same, new, ask, refused."""

    file: str
    outcome: str
    tag: str | None = None
    detail: str = ""
    unchanged: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateView:
    """A candidate with what a person needs to decide."""

    tag: str
    view: MachineView
    matching: tuple[str, ...]
    differing: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognised:
    """Which machine a report speaks of, before anything is written. ``tag`` only for SAME."""

    match: Match
    tag: str | None
    why: str
    facts: ReportFacts
    candidates: tuple[CandidateView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldReport:
    """A report waiting for a decision, with its facts read again from the evidence."""

    id: str
    file: str
    format: str
    why: str
    facts: ReportFacts
    candidates: tuple[CandidateView, ...]


def import_files(town: Town, paths: Sequence[Path]) -> Iterator[FileOutcome]:
    """Import files, and the files of folders; yields one outcome for each machine or disk."""
    for path in _files(paths):
        try:
            yield from import_file(town, path)
        except FleetError as error:
            detail = " ".join(part for part in (error.message, error.hint) if part)
            yield FileOutcome(file=path.name, outcome="refused", detail=detail)


def import_file(town: Town, path: Path) -> list[FileOutcome]:
    """Import one file. Raises BadInput when it is not a report."""
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise NotFound(
            _("The file cannot be read: {why}.").format(why=error.strerror),
            hint=_("Check its name, and who may read it."),
        ) from error
    return import_text(town, redact(decode(raw)), path.name)


def recognise(town: Town, text: str) -> Recognised:
    """Tell which machine a redacted report speaks of; writes nothing.

    Raises BadInput when it says of no machine which one it is.
    """
    facts = next((facts for facts in read_report(text) if facts.has_machine), None)
    if facts is None or not _names_a_machine(facts):
        raise BadInput(_("This report does not say which machine it comes from."))
    with town.journal.read() as connection:
        projector = town.journal.reader(connection)
        identity = _identify(connection, projector, facts)
        views = [(projector.view(one.machine), one) for one in identity.candidates]
        same = projector.view(identity.machine) if identity.machine else None
    return Recognised(
        match=identity.match,
        tag=same.machine.tag if same else None,
        why=identity.why,
        facts=facts,
        candidates=tuple(_candidate(view, one) for view, one in views if view is not None),
    )


def import_text(
    town: Town, text: str, file: str, *, as_new: k.MachineRegistered | None = None
) -> list[FileOutcome]:
    """Import a redacted report's text; ``file`` is only its name for people.

    ``as_new`` is how a machine that nobody knows is registered: its tag, where it comes from.
    Raises UsageError when that tag is taken.
    """
    found = read_report(text)
    evidence = text.encode()
    digest = hashlib.sha256(evidence).hexdigest()
    with town.act() as act:
        outcomes = [
            _import_one(act, facts, _numbered(digest, n), file, as_new)
            for n, facts in enumerate(found)
        ]
        if any(outcome.outcome != "refused" and not outcome.unchanged for outcome in outcomes):
            town.attachments.put(evidence)
    return outcomes


def held_reports(town: Town) -> list[HeldReport]:
    """Return the reports that wait for a decision."""
    with town.journal.read() as connection:
        waiting = [r for r in queries.list_records(connection, "report") if not r.settled]
    return [_held(town, record) for record in waiting]


def settle(
    town: Town,
    report: str,
    decision: str,
    tag: str | None = None,
    *,
    as_new: k.MachineRegistered | None = None,
) -> str | None:
    """Decide on a held report: same (as ``tag``), new, or dismissed; returns the machine's tag.

    Raises NotFound for an unknown report or tag, GuardRefused when it is settled already.
    """
    with town.act() as act:
        record = queries.get_record(act.writer.connection, report)
        if record is None:
            raise NotFound(_("There is no report {report} to decide.").format(report=report))
        if record.settled:
            raise GuardRefused(_("This report was decided already."))
        digest = report.removeprefix("report:")
        facts = _facts(town, digest)
        if decision == "dismissed":
            act.add(report, k.ReportSettled(decision="dismissed"))
            return None
        machine = resolve(act.writer.connection, tag or "") if decision == "same" else None
        outcome = _absorb(act, facts, digest, record.name, machine, as_new)
        settled = k.ReportSettled(decision="same" if machine else "new", machine=machine)
        act.add(report, settled)
        return outcome.tag


def _import_one(
    act: Act, facts: ReportFacts, digest: str, file: str, as_new: k.MachineRegistered | None
) -> FileOutcome:
    connection = act.writer.connection
    if (holder := known_report(connection, digest)) is not None:
        return _already(act, holder, file)
    if not facts.has_machine:
        return _import_bare(act, facts, digest, file)
    if queries.get_record(connection, f"report:{digest}") is not None:
        detail = _("already waiting in the inbox")
        return FileOutcome(file=file, outcome="ask", detail=detail, unchanged=True)
    if not _names_a_machine(facts):
        return _refused(file, _("it does not say which machine it comes from"))
    identity = _identify(connection, act.writer.projector, facts)
    if identity.match is Match.ASK:
        return _hold(act, facts, digest, file, identity)
    return _absorb(act, facts, digest, file, identity.machine, as_new)


def _identify(connection: Connection, projector: Projector, facts: ReportFacts) -> Identity:
    known = known_machines(connection, projector, facts)
    evidence, disks = evidence_of(facts), frozenset(known.disks)
    return identify(evidence, facts.display_model, disks, known.machines)


def _absorb(
    act: Act,
    facts: ReportFacts,
    digest: str,
    file: str,
    machine: str | None,
    as_new: k.MachineRegistered | None,
) -> FileOutcome:
    outcome = "same" if machine else "new"
    if machine is None:
        body = as_new or k.MachineRegistered(tag=next_tag_in(act), kind=kind_of(facts))
        machine = register_in(act, body)
    detail = absorb(act, machine, facts, digest)
    act.done()
    act.writer.projector.flush()
    view = act.writer.projector.view(machine)
    return FileOutcome(
        file=file, outcome=outcome, tag=view.machine.tag if view else None, detail=detail
    )


def _hold(act: Act, facts: ReportFacts, digest: str, file: str, identity: Identity) -> FileOutcome:
    body = k.ReportHeld(
        format=facts.format,
        file=file,
        why=identity.why,
        candidates=tuple(candidate.machine for candidate in identity.candidates),
        summary=" ".join(p for p in (facts.manufacturer, facts.display_model, facts.serial) if p),
    )
    act.add(f"report:{digest}", body)
    act.done()
    tags = [_tag_of(act, candidate.machine) for candidate in identity.candidates]
    detail = _("may be {tags}: decide in the inbox").format(tags=", ".join(tags))
    return FileOutcome(file=file, outcome="ask", detail=detail)


def _import_bare(act: Act, facts: ReportFacts, digest: str, file: str) -> FileOutcome:
    """A bare disk dump measures a disk; a bare battery belongs to nobody."""
    named = [disk for disk in facts.disks if disk.serial or disk.wwn]
    if not named:
        return _refused(file, _("it names no machine and no disk with a serial number"))
    new = absorb_disks(act, named, digest)
    act.done()
    act.writer.projector.flush()
    detail = ", ".join(" ".join(p for p in (d.model, d.serial) if p) for d in named)
    return FileOutcome(file=file, outcome="new" if new else "same", detail=detail)


def _already(act: Act, holder: str, file: str) -> FileOutcome:
    tag = _tag_of(act, holder) if holder.startswith("machine:") else None
    detail = _("already imported")
    return FileOutcome(file=file, outcome="same", tag=tag, detail=detail, unchanged=True)


def _refused(file: str, detail: str) -> FileOutcome:
    return FileOutcome(file=file, outcome="refused", detail=detail)


def _tag_of(act: Act, machine: str) -> str:
    view = act.writer.projector.view(machine)
    return view.machine.tag if view else machine


def _names_a_machine(facts: ReportFacts) -> bool:
    return bool(evidence_of(facts) or facts.model or facts.board.model or facts.manufacturer)


_KINDS_BY_CHASSIS = (
    ("laptop", ("notebook", "laptop", "portable", "convertible", "sub notebook", "detachable")),
    ("all_in_one", ("all in one",)),
    ("mini_pc", ("mini pc", "stick pc")),
    ("tablet", ("tablet",)),
    ("desktop", ("desktop", "tower", "lunch box", "space-saving", "pizza box")),
)


def kind_of(facts: ReportFacts) -> str:
    """Return the kind of machine, by its chassis, else by its battery."""
    chassis = (facts.chassis or "").lower()
    for kind, words in _KINDS_BY_CHASSIS:
        if any(word in chassis for word in words):
            return kind
    return "laptop" if facts.batteries else "other"


def _numbered(digest: str, n: int) -> str:
    """Name the n-th machine of one file: the evidence's digest, then a number from the second."""
    return digest if n == 0 else f"{digest}.{n}"


def _facts(town: Town, digest: str) -> ReportFacts:
    name, _dot, number = digest.partition(".")
    return read_report(decode(town.attachments.get(name)))[int(number or 0)]


def _held(town: Town, record: queries.Record) -> HeldReport:
    digest = record.id.removeprefix("report:")
    facts = _facts(town, digest)
    with town.journal.read() as connection:
        projector = town.journal.reader(connection)
        identity = _identify(connection, projector, facts)
        by_machine = {c.machine: c for c in identity.candidates}
        candidates = []
        for machine in record.body.get("candidates", []):
            compared = by_machine.get(machine) or Candidate(
                machine=machine, weight=0, matching=(), differing=()
            )
            if (view := projector.view(machine)) is not None:
                candidates.append(_candidate(view, compared))
    return HeldReport(
        id=record.id,
        file=record.name,
        format=str(record.body.get("format", "")),
        why=str(record.body.get("why", "")),
        facts=replace(facts),
        candidates=tuple(candidates),
    )


def _candidate(view: MachineView, compared: Candidate) -> CandidateView:
    return CandidateView(
        tag=view.machine.tag,
        view=view,
        matching=compared.matching,
        differing=compared.differing,
    )


def _files(paths: Sequence[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted(p for p in path.rglob("*") if p.is_file() and p.name[0] != ".")
        else:
            yield path
