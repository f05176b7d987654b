# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The shape of every command: help with examples, JSON shapes, dates, errors as FleetError.

argparse's own words follow the user's language too.
"""

from __future__ import annotations

import argparse
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from importlib import import_module
from typing import Any, NoReturn, TypeAlias

from fleet.cli.context import Context, Run
from fleet.errors import UsageError
from fleet.i18n import _, ngettext
from fleet.model.dates import iso_day
from fleet.output.jsonout import Shape
from fleet.output.words import labelled

Commands: TypeAlias = "argparse._SubParsersAction[Parser]"
_WIDTH = 79


class Parser(argparse.ArgumentParser):
    """A parser that raises UsageError instead of ending the process, and keeps examples' lines."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("formatter_class", _Formatter)
        super().__init__(**options, allow_abbrev=False)
        self.shape: Shape | None = None

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        """Raise UsageError with the nearest command, instead of the list of all of them."""
        names = action.choices if isinstance(action, argparse._SubParsersAction) else None
        if names is None or value in names:
            super()._check_value(action, value)
            return
        near = get_close_matches(value, names, n=1)
        hint = _("Did you mean « {command} »?").format(command=near[0]) if near else ""
        raise UsageError(
            _("There is no command « {command} ».").format(command=f"{self.prog} {value}"),
            hint=hint or _("See the help: {command} --help").format(command=self.prog),
        )

    def error(self, message: str) -> NoReturn:
        """Raise UsageError with argparse's message."""
        raise UsageError(
            message[:1].upper() + message[1:] + ("" if message.endswith(".") else "."),
            hint=_("See the help: {command} --help").format(command=self.prog),
        )


class _Formatter(argparse.RawDescriptionHelpFormatter):
    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=28)


@dataclass(frozen=True, slots=True, kw_only=True)
class Help:
    """What ``--help`` says: one line for lists, a text, examples (command, what it does)."""

    line: str
    text: str = ""
    examples: Sequence[tuple[str, str]] = field(default_factory=tuple)


def speak() -> None:
    """Make argparse say its own words in our language.

    It looks them up through gettext's two functions, which it imports by name.
    """
    vars(argparse).update({"_": _, "ngettext": ngettext})


def command(
    commands: Commands, name: str, run: Run, help_: Help, *, shape: Shape | None = None
) -> Parser:
    """Add one command; ``shape`` adds ``--json`` and describes its document in the help."""
    parser: Parser = commands.add_parser(
        name,
        help=help_.line,
        description=textwrap.fill(help_.text or help_.line, _WIDTH),
        epilog=_epilog(help_, shape),
    )
    parser.set_defaults(run=run)
    parser.add_argument(
        "--operator", metavar=_("NAME"), default=argparse.SUPPRESS,
        help=_("who acts, for this command only"),
    )  # fmt: skip
    if shape is not None:
        parser.shape = shape
        parser.add_argument("--json", action="store_true", help=_("print JSON, see below"))
    return parser


def later(module: str) -> Run:
    """Return the ``run`` of a module that is imported only when its command is: some need much.

    ``module:name`` is another function of it.
    """
    where, _colon, name = module.partition(":")

    def run(args: argparse.Namespace, context: Context) -> int:
        return int(getattr(import_module(where), name or "run")(args, context))

    return run


def group(commands: Commands, name: str, help_: Help) -> Commands:
    """Add a command that has commands of its own (``machine list``)."""
    parser: Parser = commands.add_parser(
        name,
        help=help_.line,
        description=textwrap.fill(help_.text or help_.line, _WIDTH),
        epilog=_epilog(help_, None),
    )
    return parser.add_subparsers(
        title=_("commands"), metavar=_("COMMAND"), required=True, dest=f"{name}_command"
    )


def _epilog(help_: Help, shape: Shape | None) -> str:
    parts = []
    if help_.examples:
        lines = [f"  {line}\n      {what}" for line, what in help_.examples]
        parts.append(_("examples:") + "\n" + "\n".join(lines))
    if shape is not None:
        fields = [_wrapped(labelled(name, what)) for name, what in shape.fields().items()]
        title = _("JSON: {format}, version {version}").format(
            format=shape.format, version=shape.version
        )
        parts.append(title + "\n" + "\n".join(fields))
    return "\n\n".join(parts)


def _wrapped(text: str) -> str:
    return textwrap.fill(text, _WIDTH, initial_indent="  ", subsequent_indent="    ")


def all_commands(parser: Parser) -> Iterator[tuple[tuple[str, ...], Parser]]:
    """Yield the words and the parser of every command, with its ``shape``: for the reference."""
    groups = [a for a in parser._actions if isinstance(a, argparse._SubParsersAction)]
    for name, inner in (pair for group in groups for pair in group.choices.items()):
        if inner.get_default("run") is not None:
            yield (name,), inner
        yield from (((name, *words), one) for words, one in all_commands(inner))


def add_on(parser: argparse.ArgumentParser, help_: str = "") -> None:
    """Add ``--on DATE``, the day on which it really happened (ISO in ``args.on``).

    A day to come is refused: the journal tells what happened, not what is planned.
    """
    parser.add_argument(
        "--on", type=past_date, metavar=_("DATE"),
        help=help_ or _("the day it happened (YYYY-MM-DD or dd/mm/yyyy; default: today)"),
    )  # fmt: skip


def iso_date(text: str) -> str:
    """Return a typed date as ISO. Raises argparse's error when it is not a day of a calendar."""
    if found := iso_day(text):
        return found
    raise argparse.ArgumentTypeError(
        _("{text} is not a date; write 2026-03-31 or 31/03/2026").format(text=text)
    )


def past_date(text: str) -> str:
    """Return a typed date as ISO. Raises argparse's error for a day to come too."""
    found = iso_date(text)
    if found > date.today().isoformat():
        raise argparse.ArgumentTypeError(_("{text} is in the future").format(text=text))
    return found


def argparse_words() -> tuple[str, ...]:
    """Return argparse's own messages, so that the catalogue holds them."""
    return (
        _("usage: "),
        _("positional arguments"),
        _("options"),
        _("show this help message and exit"),
        _("the following arguments are required: %s"),
        _("unrecognized arguments: %s"),
        _("invalid choice: %(value)r (choose from %(choices)s)"),
        _("expected one argument"),
        _("expected at least one argument"),
        _("expected at most one argument"),
        _("argument %(argument_name)s: %(message)s"),
        _("invalid %(type)s value: %(value)r"),
        _("not allowed with argument %s"),
        _("one of the arguments %s is required"),
        _("ignored explicit argument %r"),
        _("unknown parser %(parser_name)r (choices: %(choices)s)"),
        ngettext("expected %s argument", "expected %s arguments", 1),
    )
