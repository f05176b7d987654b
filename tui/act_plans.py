# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an act would do, read before it is carried out: the plan that is shown and confirmed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fleet.i18n import _, ngettext
from fleet.model import kinds as k
from fleet.model.reasons import Allowed, Refused, Verdict
from fleet.output.act_words import counts, plan_line, refusal_lines
from fleet.output.events import event_summary
from fleet.output.reasons import describe
from fleet.services import browse
from fleet.services.acts import ActReport, check, last_events, view_of
from fleet.services.town import Town
from tui.act_bodies import Values, disks_of
from tui.acts import ActSpec, FieldSpec
from tui.widgets.form import Offered

SHOWN = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What would happen to each machine, and the reasons when the only one is refused."""

    lines: tuple[str, ...]
    refused: tuple[str, ...] = ()


def offered(fields: Sequence[FieldSpec], town: Town, tags: Sequence[str]) -> Offered:
    """Return what each field of a form offers."""
    return {field.name: field.choices(town, tags) for field in fields}


def plan(spec: ActSpec, town: Town, tags: Sequence[str], values: Values) -> Plan:
    """Return what an act would do. Raises FleetError when its words are wrong."""
    if "disk" in values:
        return Plan(lines=_disk_lines(town, tags, values))
    if not spec.transition:
        return Plan(lines=tuple(tags[:SHOWN]))
    names = browse.names(town)
    verdicts = [(tag, _verdict(spec, town, tag, values)) for tag in tags[:SHOWN]]
    lines = [plan_line(view_of(town, tag), verdict, names) for tag, verdict in verdicts]
    more = len(tags) - SHOWN
    if more > 0:
        lines.append(ngettext("  and {n} more", "  and {n} more", more).format(n=more))
    refused = reasons(spec, town, tags[0], values) if len(tags) == 1 else ()
    return Plan(lines=tuple(lines), refused=refused)


def _disk_lines(town: Town, tags: Sequence[str], values: Values) -> tuple[str, ...]:
    chosen = disks_of(town, tags, values["disk"])
    return tuple(f"{one.machine.machine.tag}  {one.disk.name}" for one in chosen[:SHOWN])


def reasons(spec: ActSpec, town: Town, tag: str, values: Values) -> tuple[str, ...]:
    """Return every reason why a transition is refused with these values; empty when it is not."""
    if not spec.transition:
        return ()
    verdict = _verdict(spec, town, tag, values)
    names = browse.names(town)
    found = verdict.reasons if isinstance(verdict, Refused) else ()
    return tuple(describe(reason, tag, names) for reason in found)


def about(spec: ActSpec, town: Town) -> tuple[str, ...]:
    """Return what is worth knowing before an act: for an undo, what it takes back."""
    if spec.kind != "Undone":
        return ()
    names = browse.names(town)
    return tuple(
        f"{names(event.subject) or event.subject}  {event_summary(event, names)}"
        for event in last_events(town)[:SHOWN]
    )


def result_lines(report: ActReport, town: Town) -> list[str]:
    """Return what an act did: how many took it, and each refusal with its reasons."""
    names = browse.names(town)
    lines = [counts(len(report.accepted), len(report.refused))]
    for refusal in report.refused:
        lines += refusal_lines(refusal.tag, refusal.reasons, names)
    return lines


def tags_line(tags: Sequence[str]) -> str:
    """Return the machines an act is about, the first ones by tag."""
    if len(tags) == 1:
        return tags[0]
    number = ngettext("{n} machine", "{n} machines", len(tags)).format(n=len(tags))
    return _("{number}: {tags}").format(number=number, tags=", ".join(tags))


def _verdict(spec: ActSpec, town: Town, tag: str, values: Values) -> Verdict:
    body = spec.make(values, town)
    return check(town, tag, body) if isinstance(body, k.Body) else Allowed()
