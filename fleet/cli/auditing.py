# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs ``audit``: in the terminal, as JSON, as CSV tables, as a page, or one figure's machines."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterable, Mapping
from pathlib import Path

from fleet.cli.audit import LIST, SHAPE
from fleet.cli.context import Context
from fleet.errors import FleetError, UsageError
from fleet.i18n import _, day_name
from fleet.model.audit import Audit
from fleet.model.audit_life import Life
from fleet.output.audit_data import audit_object, csv_files, digest_of
from fleet.output.audit_html import audit_html
from fleet.output.audit_numbers import publishable
from fleet.output.audit_text import audit_lines, audit_title, comparison_lines
from fleet.output.words import Names, kind_name, state_name
from fleet.services import audit, browse
from fleet.services.audit import Period, Report
from fleet.services.town import Town


def run(args: Namespace, context: Context) -> int:
    """Compute the audit, and give it in the form asked for."""
    town = context.town()
    period = period_asked(args, context)
    report = audit.run(town, period)
    names = browse.names(town)
    if args.list:
        _list(args, context, report, names)
    elif args.csv:
        write_files(args.csv, context, csv_files(public(town, report.audit), names))
    elif args.html:
        page(args.html, context, town, report.audit, _other(args, town, period))
    elif args.json:
        found = audit_object(public(town, report.audit), names)
        context.print_json(SHAPE, **found, digest=digest_of(report.audit))
    else:
        _show(context, report.audit, _other(args, town, period), names)
    return 0


def period_asked(args: Namespace, context: Context) -> Period:
    """Return the period of the options. Raises UsageError for one to come."""
    return audit.period_of(
        context.today(), year=args.year, as_of=args.as_of, known_at=args.known_at
    )


def public(town: Town, found: Audit) -> Audit:
    """Return what may leave the town hall."""
    return publishable(found, audit.fewest_people(found.day))


def page(
    path: Path, context: Context, town: Town, found: Audit, before: Audit | None = None
) -> None:
    """Write the HTML page; the digest on it is that of the whole audit."""
    other = public(town, before) if before is not None else None
    shown = public(town, found)
    html = audit_html(shown, browse.names(town), before=other, digest=digest_of(found))
    write_text(path, html)
    context.tell(_("Written: {path}").format(path=path))


def write_text(path: Path, text: str) -> None:
    """Write a file. Raises FleetError when it cannot be."""
    try:
        path.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise FleetError(
            _("{path} cannot be written: {why}.").format(path=path, why=error.strerror)
        ) from error


def _other(args: Namespace, town: Town, period: Period) -> Audit | None:
    """Return the audit of the other year, until the same day of it."""
    if args.against is None:
        return None
    if args.against >= period.year:
        raise UsageError(
            _("--against names an earlier year than the audited one."),
            hint=_("For example: parclibre audit --year 2025 --against 2024"),
        )
    return audit.run(town, period.until_same_day_of(args.against)).audit


def _show(context: Context, found: Audit, before: Audit | None, names: Names) -> None:
    if before is None:
        for line in audit_lines(found, names):
            context.say(line)
        return
    context.say(audit_title(found))
    for line in comparison_lines(found, before):
        context.say(line)


def write_files(folder: Path, context: Context, files: Mapping[str, str]) -> None:
    """Write files in a folder, made when needed. Raises FleetError when it cannot be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FleetError(
            _("{path} cannot be written: {why}.").format(path=folder, why=error.strerror)
        ) from error
    for name, text in files.items():
        write_text(folder / name, text)
    context.tell(_("Written: {path}").format(path=folder))


def _list(args: Namespace, context: Context, report: Report, names: Names) -> None:
    lives = audit.listed(report, args.list)
    if args.json:
        context.print_json(LIST, key=args.list, machines=[_object(life) for life in lives])
        return
    header = (_("Tag"), _("Kind"), _("Model"), _("Site"), _("State"), _("Since"), _("Purchase"))
    context.print_table(header, _rows(lives, names))


def _rows(lives: Iterable[Life], names: Names) -> Iterable[tuple[str, ...]]:
    for life in lives:
        yield (
            life.tag, kind_name(life.kind), life.model_name, names(life.site or "") or "",
            state_name(life.now.state), day_name(life.now.from_on), day_name(life.purchased_on),
        )  # fmt: skip


def _object(life: Life) -> dict[str, object]:
    return {
        "id": life.id,
        "tag": life.tag,
        "kind": life.kind,
        "model": life.model_name,
        "state": life.now.state.value,
        "since": life.now.from_on,
        "purchased_on": life.purchased_on,
    }
