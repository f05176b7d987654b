# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A report's facts beside those of machines it may speak of, with a word on each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.text import Text
from textual.reactive import reactive
from textual.widgets import Static

from fleet.i18n import _
from fleet.model.facts import ReportFacts
from fleet.model.state import MachineState
from fleet.model.text import fold
from fleet.output.words import state_name
from fleet.services.reports import CandidateView, HeldReport
from tui.widgets.columns import cell

LABEL = 18
NARROWEST = 28
GAP = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class FactRow:
    """One fact: what the report says, and what each candidate has."""

    label: str
    reported: tuple[str, ...]
    known: tuple[tuple[str, ...], ...]


def fact_rows(facts: ReportFacts, candidates: Sequence[CandidateView]) -> list[FactRow]:
    """Return the rows of the comparison, identity first; a fact that nobody has is left out."""
    states = [candidate.view.machine for candidate in candidates]
    evidence = [state.evidence for state in states]
    rows = [
        _row(_("Maker"), [facts.manufacturer], [[s.manufacturer] for s in states]),
        _row(_("Model"), [facts.display_model], [[s.model] for s in states]),
        _row(_("Serial"), [facts.serial], [_serials(s) for s in states]),
        _row(_("Board serial"), [facts.board.serial], [e.get("board", []) for e in evidence]),
        _row(_("SMBIOS UUID"), [facts.uuid], [e.get("uuid", []) for e in evidence]),
        _row(_("Chassis serial"), [facts.chassis_serial], [e.get("chassis", []) for e in evidence]),
        _row(_("Network"), _macs(facts), [e.get("mac", []) for e in evidence]),
        _row(_("Disks"), _disks(facts), [[d.name for d in c.view.disks] for c in candidates]),
        _row(_("Processor"), [facts.cpu.model], [[s.facts.cpu] for s in states]),
        _row(_("Memory"), _gib(facts.memory_bytes), [_gib(s.facts.memory_bytes) for s in states]),
    ]  # fmt: skip
    return [row for row in rows if row.reported or any(row.known)]


def _row(
    label: str, reported: Iterable[str | None], known: Iterable[Iterable[str | None]]
) -> FactRow:
    return FactRow(
        label=label,
        reported=tuple(value for value in reported if value),
        known=tuple(tuple(value for value in values if value) for values in known),
    )


def _macs(facts: ReportFacts) -> list[str]:
    return [nic.mac for nic in facts.nics if not nic.removable]


def _disks(facts: ReportFacts) -> list[str]:
    return [" ".join(part for part in (disk.model, disk.serial) if part) for disk in facts.disks]


def _gib(size: int | None) -> list[str]:
    return [] if size is None else [_("{size} GiB").format(size=round(size / 2**30))]


def _serials(state: MachineState) -> list[str | None]:
    return [*state.evidence.get("serial", [state.serial])]


def likeness(row: FactRow, candidate: int) -> str:
    """Return the word for a fact of a candidate: same, different, or not known."""
    reported = {fold(value) for value in row.reported}
    known = {fold(value) for value in row.known[candidate]}
    if not reported or not known:
        return _("not known")
    return _("same") if reported & known else _("different")


class Comparison(Static):
    """The table of a held report. ``chosen`` is the candidate that a key press speaks of."""

    chosen: reactive[int] = reactive(0)
    linear: reactive[bool] = reactive(False)

    def __init__(self, report: HeldReport) -> None:
        super().__init__(markup=False)
        self.report = report
        self.rows = fact_rows(report.facts, report.candidates)

    def shown(self) -> range:
        """Return which candidates the width has room for, the chosen one among them."""
        total = len(self.report.candidates)
        room = max((self.size.width - LABEL) // (NARROWEST + GAP) - 1, 1)
        first = min(max(self.chosen - room + 1, 0), max(total - room, 0))
        return range(first, min(first + room, total))

    def render(self) -> Text:
        """Draw the rows side by side, or one fact per line."""
        lines = self._sentences() if self.linear else self._side_by_side()
        return Text("\n").join(lines)

    def _sentences(self) -> Iterable[Text]:
        for number in range(len(self.report.candidates)):
            yield Text(self._title(number), style="bold")
            for row in self.rows:
                text = _("{label}: report {reported}; machine {known}; {likeness}").format(
                    label=row.label,
                    reported=", ".join(row.reported) or _("nothing"),
                    known=", ".join(row.known[number]) or _("nothing"),
                    likeness=likeness(row, number),
                )
                yield Text("  " + text)

    def _side_by_side(self) -> Iterable[Text]:
        shown = self.shown()
        width = max((self.size.width - LABEL) // (len(shown) + 1) - GAP, 10)
        heads = [_("The report"), *(self._title(number) for number in shown)]
        yield Text(" " * LABEL + "".join(cell(head, width + GAP) for head in heads), "bold")
        for row in self.rows:
            yield from self._fact(row, shown, width)

    def _fact(self, row: FactRow, shown: range, width: int) -> Iterable[Text]:
        columns = [row.reported, *(row.known[number] for number in shown)]
        words = ["", *(likeness(row, number) for number in shown)]
        height = max(len(values) for values in columns) or 1
        for line in range(height):
            label = row.label if line == 0 else ""
            texts = [values[line] if line < len(values) else "" for values in columns]
            yield Text(cell(label, LABEL) + "".join(cell(t, width) + " " * GAP for t in texts))
        yield self._verdicts(words, width)

    def _verdicts(self, words: Sequence[str], width: int) -> Text:
        line = Text(" " * LABEL)
        for word in words:
            style = {_("same"): "bold", _("different"): "bold reverse"}.get(word, "dim")
            line.append(word, style)
            line.append(" " * max(width + GAP - len(word), 0))
        return line

    def _title(self, number: int) -> str:
        candidate = self.report.candidates[number]
        mark = "> " if number == self.chosen else "  "
        return f"{mark}{candidate.tag} ({state_name(candidate.view.life)})"

    def watch_chosen(self) -> None:
        """Draw the mark elsewhere."""
        self.refresh(layout=True)
