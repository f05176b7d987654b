# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A machine's page as lines of text, the same for the command line and the console."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from fleet.i18n import _, day_name
from fleet.model.events import Event
from fleet.model.facts import Finding
from fleet.model.fold import effective
from fleet.model.kinds import body_of
from fleet.model.kinds_bench import CosmeticGraded, StepTimed
from fleet.model.lifecycle import is_out
from fleet.model.reasons import Refused, Verdict
from fleet.model.state import MachineState
from fleet.model.views import DiskView, MachineView
from fleet.output import words
from fleet.output.amounts import core_count, disk_size, euros, memory_size
from fleet.output.bench_text import condition_word, cosmetic_grades
from fleet.output.events import effective_date, event_summary
from fleet.output.findings import describe as describe_finding
from fleet.output.minutes_text import minutes_lines
from fleet.output.reasons import describe
from fleet.output.triage_text import sentence_of
from fleet.output.words import Names

_LABEL_WIDTH = 26
Section = tuple[str, list[str]]
# From an attachment's digest to the file that people open.
Where = Callable[[str], str]


def title_lines(view: MachineView) -> Iterator[str]:
    """Yield the tag and model, then the state and since when."""
    machine = view.machine
    yield f"{machine.tag}  {_model(machine)}".rstrip()
    since = _("{state}, since {date}").format(
        state=words.state_name(view.life), date=day_name(machine.since) or "?"
    )
    yield since


def _model(machine: MachineState) -> str:
    maker, model = machine.manufacturer or "", machine.model or ""
    return model if model.startswith(maker) else f"{maker} {model}".strip()


def _pairs(*pairs: tuple[str, object]) -> Iterator[str]:
    for label, value in pairs:
        if value not in (None, "", ()):
            yield words.labelled(label, "").rstrip().ljust(_LABEL_WIDTH) + str(value)


def _description(machine: MachineState) -> Iterator[str]:
    return _pairs(
        (_("Kind"), words.kind_name(machine.kind)),
        (_("Serial"), machine.serial),
        (_("Other tags"), ", ".join(machine.other_tags)),
        (_("Provenance"), words.provenance_name(machine.provenance)),
        (_("Accounting number"), machine.accounting_number),
        (_("Bought on"), day_name(machine.purchased_on)),
        (_("Purchase value"), euros(machine.purchase_value_cents)),
        (_("Net book value"), euros(machine.net_book_value_cents)),
        (_("System"), machine.system),
        (_("Note"), machine.note),
        (_("Last seen"), day_name(machine.last_seen)),
    )


def _place(machine: MachineState, names: Names) -> Iterator[str]:
    def named(value: str | None) -> str | None:
        return (names(value) or words.owner_name(value)) if value else None

    return _pairs(
        (_("Site"), named(machine.site)),
        (_("Room"), named(machine.room)),
        (_("Seat"), machine.seat),
        (_("Holder"), named(machine.holder)),
        (_("Who has it"), named(machine.custody)),
        (_("Who owns it"), named(machine.title)),
        (_("Lot"), named(machine.lot)),
    )


def _facts(machine: MachineState) -> Iterator[str]:
    facts = machine.facts
    cores = core_count(facts.cores) if facts.cores else ""
    battery = f"{facts.battery_percent} %" if facts.battery_percent is not None else ""
    return _pairs(
        (_("Processor"), ", ".join(part for part in (facts.cpu, cores) if part)),
        (_("Memory"), memory_size(facts.memory_bytes)),
        (_("Memory slots"), facts.memory_slots),
        (_("Chassis"), facts.chassis),
        (_("Board"), facts.board_model),
        (_("Firmware of"), day_name(facts.firmware_date)),
        (_("Battery health"), battery),
        (_("Reports read"), len(facts.reports) or None),
    )


def _evidence(machine: MachineState) -> Iterator[str]:
    found = machine.evidence.items()
    return _pairs(*((words.evidence_name(kind), ", ".join(values)) for kind, values in found))


def disk_lines(view: MachineView, names: Names) -> Iterator[str]:
    """Yield each disk with its proof of wipe, or what is missing."""
    for number, disk in enumerate(view.disks, start=1):
        yield f"{number}. {_disk_line(disk)}"
        for finding in disk.disk.reasons:
            yield f"   {describe_finding(_finding(finding))}"
        for reason in () if is_out(view.life) else disk.missing:
            yield f"   - {describe(reason, view.machine.tag, names)}"
    if is_out(view.life):
        return
    if not view.known:
        yield _("Nobody knows for sure that this list is complete.")
    elif not view.disks:
        yield _("No disk inside.")


def _disk_line(disk: DiskView) -> str:
    state = disk.disk
    parts = [
        disk.name,
        words.disk_kind_name(state.kind),
        disk_size(state.size_bytes),
        _("health: {health}").format(health=words.health_name(state.health)),
        words.presence_name(disk.presence),
    ]
    if disk.disk.wipes and disk.disk.wipes[-1].succeeded:
        parts.append(_wipe_words(disk))
    return ", ".join(part for part in parts if part)


def _wipe_words(disk: DiskView) -> str:
    wipe = disk.disk.wipes[-1]
    if wipe.declared:
        return _("wipe declared on {date}").format(date=day_name(wipe.on) or "?")
    return _("wiped on {date}").format(date=day_name(wipe.on) or "?")


def _finding(text: str) -> Finding:
    code, _equals, value = text.partition("=")
    return Finding(code=code, value=value)


def _workshop(machine: MachineState, names: Names) -> Iterator[str]:
    tests = ", ".join(
        f"{words.test_name(test)} {words.result_name(result, names)}"
        for test, result in machine.tests.items()
    )
    told = (sentence_of(reason) or reason for reason in machine.verdict_reasons)
    verdict = words.listed(told) if machine.rejected else ""
    condition = condition_word(machine.tests, machine.kind) if machine.tests else ""
    bare = _("handed over without a system") if machine.bare else ""
    return _pairs(
        (_("Tests"), tests),
        (_("Condition"), condition),
        (_("Rejected because"), verdict),
        (_("Family system"), machine.image or bare),
    )


def issue_lines(view: MachineView, names: Names) -> Iterator[str]:
    """Yield what the inbox says about the machine."""
    for issue in view.issues:
        yield words.issue_name(issue.kind)
        for reason in issue.reasons:
            yield f"  - {describe(reason, view.machine.tag, names)}"


def timeline_lines(events: Sequence[Event], names: Names) -> Iterator[str]:
    """Yield what happened, when, by whom, in the order of the events."""
    for event in events:
        author = words.author_name(event.header.author, names)
        yield f"{day_name(effective_date(event))}  {event_summary(event, names)}  ({author})"


def step_lines(kind: str, verdict: Verdict, tag: str, names: Names) -> Iterator[str]:
    """Yield a step that may come next, then every reason when it is refused."""
    if not isinstance(verdict, Refused):
        yield _("{step}: possible").format(step=words.transition_name(kind))
        return
    yield _("{step}: refused").format(step=words.transition_name(kind))
    for reason in verdict.reasons:
        yield f"  - {describe(reason, tag, names)}"


def next_lines(next_: Mapping[str, Verdict], tag: str, names: Names) -> Iterator[str]:
    """Yield every step that the state has."""
    for kind, verdict in next_.items():
        yield from step_lines(kind, verdict, tag, names)


def about_sections(view: MachineView, names: Names) -> list[Section]:
    """Return what the machine is, where, whose, and how it was identified."""
    machine = view.machine
    return filled(
        (_("Description"), _description(machine)),
        (_("Place and ownership"), _place(machine, names)),
        (_("Facts"), _facts(machine)),
        (_("Identity"), _evidence(machine)),
    )


def workshop_sections(view: MachineView, names: Names) -> list[Section]:
    """Return the disks, the workshop's results, and what waits in the inbox."""
    return filled(
        (_("Disks"), disk_lines(view, names)),
        (_("Workshop"), _workshop(view.machine, names)),
        (_("Inbox"), issue_lines(view, names)),
    )


def minutes_section(events: Sequence[Event]) -> tuple[str, Iterator[str]]:
    """Return the time spent on the machine at the bench."""
    bodies = (body_of(event) for event in effective(events))
    steps = [body for body in bodies if isinstance(body, StepTimed)]
    return _("Time at the bench"), minutes_lines(steps)


def look_section(events: Sequence[Event], where: Where) -> tuple[str, Iterator[str]]:
    """Return the cosmetic grade last given, and where its photos are."""
    bodies = (body_of(event) for event in reversed(effective(events)))
    graded = next((body for body in bodies if isinstance(body, CosmeticGraded)), None)
    return _("How it looks"), iter(()) if graded is None else _look(graded, where)


def _look(graded: CosmeticGraded, where: Where) -> Iterator[str]:
    yield words.labelled(graded.grade, cosmetic_grades()[graded.grade])
    for number, digest in enumerate(graded.photos, start=1):
        yield words.labelled(_("Photo {n}").format(n=number), where(digest))


def filled(*sections: tuple[str, Iterator[str]]) -> list[Section]:
    """Return the sections that have lines."""
    listed = [(title, list(lines)) for title, lines in sections]
    return [(title, lines) for title, lines in listed if lines]


def section_lines(sections: Sequence[Section]) -> Iterator[str]:
    """Yield the sections' titles and lines, each section after a blank line."""
    for title, lines in sections:
        yield ""
        yield title
        yield from (f"  {line}" for line in lines)
