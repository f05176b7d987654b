# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs ``certificate verify``: files and codes, against a key or the keys trusted here."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import asdict, dataclass
from pathlib import Path

from fleet.cli.certificate import VERIFY
from fleet.cli.context import Context
from fleet.cli.files import read_text
from fleet.errors import BadInput, TrustRefused, UsageError
from fleet.i18n import _, day_name
from fleet.output.words import labelled, level_name
from fleet.services.certificate_proof import (
    ProvenPaper,
    check_logs,
    prove_certificate,
    prove_code,
    public_keys,
)
from fleet.services.certificates import LOGS_SUFFIX
from fleet.services.certificates_list import good_keys, prove_here
from fleet.services.papers import read_paper
from fleet.services.town import Town, is_initialised


@dataclass(frozen=True, slots=True, kw_only=True)
class _Checked:
    """What was proven, for people and programs."""

    number: str
    serial: str
    category: str
    day: str
    fingerprint: str
    logs: int | None


def run(args: Namespace, context: Context) -> int:
    """Prove what was given, or say what does not hold."""
    if args.file is None and args.qr is None:
        raise UsageError(
            _("There is nothing to prove."), hint=_("Give a file, or the text of a code: --qr TEXT")
        )
    try:
        found = _check(args, context)
    except (BadInput, TrustRefused) as error:
        if not args.json:
            raise
        nothing = dict.fromkeys(_Checked.__dataclass_fields__)
        context.print_json(VERIFY, sound=False, why=error.message, **nothing)
        return error.exit_status
    if args.json:
        context.print_json(VERIFY, sound=True, why="", **asdict(found))
    else:
        _tell(found, context)
    return 0


def _check(args: Namespace, context: Context) -> _Checked:
    proven = _proven(args, context) if args.file is not None else None
    if args.qr is not None:
        return _check_code(args, context, proven)
    assert proven is not None  # noqa: S101  (one of both is given)
    return _checked(proven, _check_logs(args, proven))


def _proven(args: Namespace, context: Context) -> ProvenPaper:
    data = read_paper(args.file)
    if args.key is not None:
        return prove_certificate(data, public_keys(read_text(args.key)))
    town = _here(context)
    return prove_certificate(data, {prove_here(town, data).paper.key})


def _check_code(args: Namespace, context: Context, proven: ProvenPaper | None) -> _Checked:
    keys = public_keys(read_text(args.key)) if args.key else good_keys(_here(context))
    scanned = prove_code(args.qr, keys)
    code = scanned.code
    if proven is not None:
        if proven.code != code.text:
            raise TrustRefused(
                _("The code is sound, and is not this file's: it is {number}'s.").format(
                    number=code.number
                ),
                hint=_("Compare the paper and the file."),
            )
        return _checked(proven, _check_logs(args, proven))
    return _Checked(
        number=code.number,
        serial=code.serial_shown,
        category=code.category,
        day=code.day,
        fingerprint=scanned.fingerprint,
        logs=None,
    )


def _check_logs(args: Namespace, proven: ProvenPaper) -> int | None:
    folder: Path = args.logs or args.file.with_name(args.file.stem + LOGS_SUFFIX)
    if args.logs is None and not folder.is_dir():
        return None
    check_logs(proven.paper, folder)
    return len(proven.paper.logs)


def _checked(proven: ProvenPaper, logs: int | None) -> _Checked:
    paper = proven.paper
    return _Checked(
        number=paper.number,
        serial=paper.medium.serial or "",
        category=paper.wipe.category,
        day=paper.times.ended_at[:10],
        fingerprint=proven.fingerprint,
        logs=logs,
    )


def _here(context: Context) -> Town:
    if not is_initialised(context.home):
        raise UsageError(
            _("There is no store here that knows whom to trust."),
            hint=_("Give the public key of the installation that made it: --key FILE"),
        )
    return context.town()


def _tell(found: _Checked, context: Context) -> None:
    context.say(_("{number}: sound").format(number=found.number))
    for label, value in (
        (_("serial number"), found.serial or _("unknown")),
        (_("category"), level_name(found.category)),
        (_("day of the wipe"), day_name(found.day)),
        (_("signed by the key"), found.fingerprint),
    ):
        context.say(labelled(label, value))
    if found.logs is None:
        context.tell(_("The raw logs were not checked: they were not given."))
    else:
        context.say(labelled(_("raw logs checked"), found.logs))
