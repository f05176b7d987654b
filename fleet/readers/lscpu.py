# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads ``lscpu``, as text in several languages or as JSON (``lscpu -J``)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from fleet.errors import BadInput
from fleet.i18n import _
from fleet.model.facts import CpuFacts, ReportFacts
from fleet.model.text import fold, known
from fleet.readers.limits import MAX_DEPTH, count, items, lines, load_json, mapping, text_of

FORMAT = "lscpu_text"
JSON_FORMAT = "lscpu_json"
MAX_PAIRS = 5_000

# Labels of util-linux in English, French, German, Spanish, Italian, Portuguese and Dutch,
# folded to lower case without accents.
_FIRST = re.compile(r"archite[ck]tu|architett|architect")
_LABELS = {
    "processors": re.compile(r"(?:cpu|processeur|prozessor|procesador)\(?(?:s|en|es)?\)?$"),
    "threads_per_core": re.compile(r"(?:thread|hilo|filo|fil)\w*\(?s?\)?.*(?:c(?:o|œ|oe)+u?r|core"
                                   r"|kern|nucleo)"),
    "cores_per_socket": re.compile(r"(?:core|c(?:œ|oe)ur|kern|nucleo)\w*\(?\w*\)?.*"
                                   r"(?:socket|sockel|zocalo|soquete|support|cluster)"),
    "sockets": re.compile(r"(?:cpu )?[«\"]?(?:socket|sockel|zocalo|soquete|support"
                          r"|cluster)\w*\(?\w*\)?[»\"]?$"),
    "offline": re.compile(r".*(?:off-?line|hors ligne|fuera de linea)"),
    "model": re.compile(r"(?:model name|nom d[eu] modele|modellname|nombre del? modelo"
                        r"|nome (?:del )?modello|nome do modelo|modelnaam)$"),
}  # fmt: skip


def looks_like_lscpu(text: str) -> bool:
    """Tell whether a text begins like lscpu's, in any language known here."""
    labels = [label for label, _value in _pairs_of_text(text[:8192])]
    told = {name for name, shape in _LABELS.items() if any(map(shape.match, labels))}
    begins = any(_FIRST.match(label) for label in labels[:6])
    return "processors" in told and (begins or len(told) >= 3)


def read_lscpu(text: str) -> tuple[ReportFacts, ...]:
    """Return the processor facts of one machine, text or JSON. Raises BadInput on other text."""
    if text.lstrip("\ufeff \t\r\n").startswith("{"):
        return read_lscpu_document(load_json(text))
    if not looks_like_lscpu(text):
        raise _not_lscpu()
    return (_facts(tuple(_pairs_of_text(text)), FORMAT),)


def read_lscpu_document(document: object) -> tuple[ReportFacts, ...]:
    """Return the processor facts of parsed ``lscpu -J``. Raises BadInput on other JSON."""
    rows = mapping(document).get("lscpu")
    if not isinstance(rows, list):
        raise _not_lscpu()
    return (_facts(tuple(_pairs_of_rows(rows)), JSON_FORMAT),)


def _not_lscpu() -> BadInput:
    return BadInput(_("This is not the output of lscpu."), hint=_("Run: lscpu > report.txt"))


def _pairs_of_text(text: str) -> Iterator[tuple[str, str]]:
    for number, line in enumerate(lines(text)):
        if number >= MAX_PAIRS:
            return
        label, colon, value = line.partition(":")
        if colon and len(label) <= 80:
            yield _folded(label), value.strip()


def _pairs_of_rows(rows: object) -> Iterator[tuple[str, str]]:
    """Yield the rows of the JSON form, whose newer versions nest them."""
    pending = [(row, 0) for row in reversed(items(rows))]
    for _number in range(MAX_PAIRS):
        if not pending:
            return
        row, depth = pending.pop()
        yield _folded((text_of(row, "field") or "").rstrip(": \u00a0")), text_of(row, "data") or ""
        if depth < MAX_DEPTH:
            children = items(row.get("children"))
            pending.extend((child, depth + 1) for child in reversed(children))


def _folded(label: str) -> str:
    return fold(label[:80].replace("\u00a0", " ")).strip()


def _facts(pairs: Sequence[tuple[str, str]], form: str) -> ReportFacts:
    models = dict.fromkeys(name for value in _values(pairs, "model") if (name := known(value)))
    threads = next((n for value in _values(pairs, "processors") if (n := _number(value))), None)
    return ReportFacts(
        format=form,
        cpu=CpuFacts(
            model=" + ".join(models)[:256] or None, cores=_cores(pairs, threads), threads=threads
        ),
    )


def _cores(pairs: Sequence[tuple[str, str]], threads: int | None) -> int | None:
    """Return cores over all sockets; processors of mixed kinds have one section for each.

    lscpu counts only the cores that are on-line: when others rest, only a count that leaves
    one or two threads to each core is believed.
    """
    per_socket = [_number(value) for value in _values(pairs, "cores_per_socket")]
    sockets = [_number(value) for value in _values(pairs, "sockets")]
    sections = [
        cores * fitted
        for cores, fitted in zip(per_socket, _padded(sockets, len(per_socket)), strict=True)
        if cores and fitted
    ]
    cores = sum(sections) or None
    if cores is None or threads is None:
        return cores
    resting = any(_values(pairs, "offline"))
    possible = (threads, threads // 2) if resting else range(1, threads + 1)
    return cores if cores in possible else None


def _padded(sockets: Sequence[int | None], length: int) -> list[int | None]:
    """Return one count of sockets per section; clusters come after an unknown socket count."""
    told = [number for number in sockets if number]
    return [told[i] if i < len(told) else (told[-1] if told else None) for i in range(length)]


def _values(pairs: Sequence[tuple[str, str]], name: str) -> Iterator[str]:
    pattern = _LABELS[name]
    return (value for label, value in pairs if pattern.match(label))


def _number(value: str) -> int | None:
    return count(value, top=65_536) or None
