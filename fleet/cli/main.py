# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ``parclibre`` command: reads the words, runs one command, shows its failure once."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import import_module
from importlib.metadata import version
from typing import TextIO

from fleet.cli.context import Context
from fleet.cli.parser import Parser, speak
from fleet.errors import FleetError
from fleet.i18n import _, current_language, language_of, set_language

# In the order in which the help lists them; each exposes ``register(commands)``.
MODULES = (
    "fleet.cli.init_cmd",
    "fleet.cli.operator",
    "fleet.cli.places",
    "fleet.cli.machine",
    "fleet.cli.reports",
    "fleet.cli.inbox",
    "fleet.cli.sheets",
    "fleet.cli.collect",
    "fleet.cli.life",
    "fleet.cli.workshop",
    "fleet.cli.bench",
    "fleet.cli.minutes",
    "fleet.cli.disks",
    "fleet.cli.certificate",
    "fleet.cli.exits",
    "fleet.cli.corrections",
    "fleet.cli.giving",
    "fleet.cli.partners",
    "fleet.cli.document",
    "fleet.cli.lots",
    "fleet.cli.families",
    "fleet.cli.audit",
    "fleet.cli.policy",
    "fleet.cli.journal",
    "fleet.cli.bundle",
    "fleet.cli.replica",
    "fleet.cli.people_cmd",
    "fleet.cli.backup",
    "fleet.cli.image",
    "fleet.cli.install",
    "fleet.cli.live",
    "fleet.cli.doctor",
)
INTERRUPTED = 130


def main(
    argv: Sequence[str] | None = None,
    *,
    environ: Mapping[str, str] = os.environ,
    stdin: TextIO | None = None,
    stdout: TextIO | None = None,
    stderr: TextIO | None = None,
) -> int:
    """Run one command and return its exit status; expected failures are told on stderr."""
    set_language(language_of(environ))
    context = Context(
        environ=environ,
        stdin=stdin or sys.stdin,
        stdout=stdout or sys.stdout,
        stderr=stderr or sys.stderr,
    )
    try:
        return _run(sys.argv[1:] if argv is None else argv, context)
    except FleetError as error:
        context.tell(error.message)
        if error.hint:
            context.tell(error.hint)
        return error.exit_status
    except KeyboardInterrupt:
        context.tell(_("Interrupted."))
        return INTERRUPTED
    except BrokenPipeError:
        # The reader (head, less) has seen enough; Python would complain again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _run(argv: Sequence[str], context: Context) -> int:
    args = build_parser().parse_args(argv)
    chosen = Context(
        environ=context.environ,
        stdin=context.stdin,
        stdout=context.stdout,
        stderr=context.stderr,
        operator=args.operator,
    )
    status: int = args.run(args, chosen)
    context.stdout.flush()
    return status


def build_parser() -> Parser:
    """Return the parser of the whole command line, in the language in force."""
    return _parser_in(current_language())


@cache
def _parser_in(language: str) -> Parser:
    speak()
    parser = Parser(
        prog="parclibre",
        description=_(
            "Follow a town's computers from stock to family: facts, wipes, papers, one journal."
        ),
        epilog=exit_statuses(),
    )
    parser.add_argument(
        "--version",
        action="version",
        version=f"ParcLibre {version('parclibre')}",
        help=_("show the program's version and exit"),
    )
    parser.add_argument("--operator", metavar=_("NAME"), help=_("who acts, for this command only"))
    commands = parser.add_subparsers(title=_("commands"), metavar=_("COMMAND"), required=True)
    for name in MODULES:
        import_module(name).register(commands)
    return parser


def exit_statuses() -> str:
    """Return what each exit status means, for the help."""
    meanings = (
        (0, _("done")),
        (1, _("failed, for a reason told on stderr")),
        (2, _("the command's words are wrong")),
        (3, _("something named does not exist")),
        (4, _("a file cannot be read as what it claims to be")),
        (5, _("the lifecycle refused at least one act")),
        (6, _("a bundle or a replica is not trusted")),
        (7, _("the journal or an attachment is damaged")),
        (8, _("the store cannot be opened")),
        (9, _("a program is missing; the hint says how to install it")),
        (10, _("a mirror of packages does not answer")),
        (11, _("the image did not pass its boot test")),
        (12, _("a disk is not proven wiped")),
    )
    lines = [f"  {status}  {meaning}" for status, meaning in meanings]
    where = _(
        "PARCLIBRE_HOME is the folder of the store, PARCLIBRE_STORE its URL when it is elsewhere."
    )
    return _("exit statuses:") + "\n" + "\n".join(lines) + "\n\n" + where


if __name__ == "__main__":
    sys.exit(main())
