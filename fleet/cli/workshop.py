# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The workshop: take in, return, test, verdict, ``image record``, ready."""

from __future__ import annotations

import argparse
from argparse import Namespace

from fleet.cli.acting import act_command, move_on, note
from fleet.cli.context import Context
from fleet.cli.parser import Commands, Help, group
from fleet.errors import UsageError
from fleet.i18n import _
from fleet.model import kinds as k
from fleet.model.policy import PROFILES, tests_asked
from fleet.model.views import MachineView
from fleet.services import records

RESULTS = ("pass", "fail", "na")
TESTS = frozenset(test for tests in PROFILES.values() for test in tests)


def register(commands: Commands) -> None:
    """Add the workshop's commands."""
    _take_in(commands)
    _return(commands)
    _test(group(commands, "test", Help(line=_("test sheets"))))
    _verdict(commands)
    _ready(commands)


def _take_in(commands: Commands) -> None:
    help_ = Help(
        line=_("take machines into the workshop"),
        text=_(
            "Take machines into the town's workshop, or into a partner's. With data still on "
            "their disks they only leave the town under an agreement with a data clause."
        ),
        examples=(
            ("parclibre take-in VJ-0042", _("into the town's own workshop")),
            (
                'parclibre take-in VJ-0042 --partner "Repair Café" --agreement CONV-2026-3',
                _("into a partner's"),
            ),
        ),
    )
    parser = act_command(commands, "take-in", take_in, help_)
    parser.add_argument("--partner", metavar=_("PARTNER"), help=_("whose workshop"))
    parser.add_argument("--agreement", metavar=_("REFERENCE"), help=_("under which agreement"))


def _return(commands: Commands) -> None:
    help_ = Help(
        line=_("record that machines came back from a family or a loan"),
        text=_("Record a return. It counts as a use: disks must be wiped again."),
    )
    parser = act_command(commands, "return", give_back, help_)
    parser.add_argument("--why", default="", metavar=_("TEXT"), help=_("why, without names"))
    parser.add_argument(
        "--end-of-life", action="store_true", help=_("brought back to be recycled, not repaired")
    )


def _test(commands: Commands) -> None:
    help_ = Help(
        line=_("record test results"),
        text=_("Record results of the test sheet. Tests: {tests}.").format(
            tests=", ".join(sorted(TESTS))
        ),
        examples=(
            ("parclibre test record VJ-0042 --all-pass", _("every test asked for passed")),
            (
                "parclibre test record VJ-0042 --all-pass --result battery=fail "
                '--skip "camera=no driver"',
                _("all but two; a skipped test says why"),
            ),
        ),
    )
    parser = act_command(commands, "record", record_tests, help_)
    parser.add_argument(
        "--profile", choices=tuple(PROFILES), help=_("test sheet (default: the policy's)")
    )
    parser.add_argument(
        "--result", action="append", default=[], type=test_result, metavar=_("TEST=RESULT"),
        help=_("pass, fail or na (may be repeated)"),
    )  # fmt: skip
    parser.add_argument(
        "--skip", action="append", default=[], type=skipped_test, metavar=_("TEST=WHY"),
        help=_("a test left out, and why (may be repeated)"),
    )  # fmt: skip
    parser.add_argument("--all-pass", action="store_true", help=_("all others passed"))


def _verdict(commands: Commands) -> None:
    help_ = Help(
        line=_("give the technical verdict"),
        examples=(
            ("parclibre verdict VJ-0042 --accept", _("good for a family")),
            ('parclibre verdict VJ-0042 --reject "carte mère oxydée"', _("not to be given")),
        ),
    )
    parser = act_command(commands, "verdict", verdict, help_)
    choice = parser.add_mutually_exclusive_group(required=True)
    choice.add_argument("--accept", action="store_true", help=_("good for a family"))
    choice.add_argument(
        "--reject", action="append", metavar=_("WHY"), help=_("not to be given (may be repeated)")
    )


def register_image_record(commands: Commands) -> None:
    """Add ``record`` to the commands of ``image``."""
    help_ = Help(
        line=_("record the system installed for a family"),
        examples=(
            ("parclibre image record VJ-0042 --image famille-2026", _("after the wipe")),
            ("parclibre image record VJ-0042 --bare", _("handed over without a system")),
        ),
    )
    parser = act_command(commands, "record", record_image, help_)
    choice = parser.add_mutually_exclusive_group(required=True)
    choice.add_argument("--image", metavar=_("IMAGE"), help=_("the image's name or digest"))
    choice.add_argument("--bare", action="store_true", help=_("handed over without a system"))


def _ready(commands: Commands) -> None:
    help_ = Help(
        line=_("make machines ready to give"),
        text=_(
            "Make machines ready to give. Refused, with every reason, unless: no data can leave "
            "(G1), the test sheet is complete (G2), a system was installed after the wipe (G3), "
            "and the technical verdict does not reject them (G4)."
        ),
        examples=(("parclibre ready --select-state in_workshop", _("those that may, may")),),
    )
    act_command(commands, "ready", ready, help_)
    parser = act_command(
        commands, "unready", unready, Help(line=_("take machines back from ready"))
    )
    parser.add_argument("--why", default="", metavar=_("TEXT"), help=_("why"))


def test_result(text: str) -> tuple[str, str]:
    """Return (test, result) from ``battery=fail``."""
    test, _equals, result = text.partition("=")
    if test in TESTS and result in RESULTS:
        return test, result
    raise argparse.ArgumentTypeError(
        _("{text} is not a test and its result, such as battery=fail").format(text=text)
    )


def skipped_test(text: str) -> tuple[str, str]:
    """Return (test, why) from ``camera=no driver``."""
    test, _equals, why = text.partition("=")
    if test in TESTS and why.strip():
        return test, why.strip()
    raise argparse.ArgumentTypeError(
        _("{text} is not a test and why it was left out, such as camera=no driver").format(
            text=text
        )
    )


def take_in(args: Namespace, context: Context) -> int:
    """Take into a workshop."""
    town = context.acting_town()
    partner = records.find(town, "partner", args.partner).id if args.partner else None
    agreement = records.find(town, "agreement", args.agreement).id if args.agreement else None
    body = k.TakenIn(partner=partner, agreement=agreement, on=args.on)
    return move_on(args, context, town, body)


def give_back(args: Namespace, context: Context) -> int:
    """Record a return."""
    body = k.Returned(why=args.why, on=args.on, end_of_life=args.end_of_life)
    return move_on(args, context, context.acting_town(), body)


def record_tests(args: Namespace, context: Context) -> int:
    """Record test results."""
    town = context.acting_town()
    profile = args.profile or records.current_policy(town).test_profile
    given = {test: f"skipped: {town.operator}, {why}" for test, why in args.skip}
    given |= dict(args.result)
    if not given and not args.all_pass:
        raise UsageError(
            _("No test result is given."), hint=_("Give some: --result screen=pass, or --all-pass")
        )

    def sheet(view: MachineView) -> k.Body:
        asked = tests_asked(profile, view.machine.kind) if args.all_pass else ()
        results = {**dict.fromkeys(asked, "pass"), **given}
        return k.TestsRecorded(profile=profile, results=results, on=args.on)

    return note(args, context, town, sheet, "TestsRecorded")


def verdict(args: Namespace, context: Context) -> int:
    """Give the technical verdict."""
    reasons = tuple(args.reject or ())
    body = k.VerdictGiven(rejected=not args.accept, reasons=reasons, on=args.on)
    told = ", ".join((_("accepted") if args.accept else _("rejected"), *reasons))
    return note(args, context, context.acting_town(), body, "VerdictGiven", told=told)


def record_image(args: Namespace, context: Context) -> int:
    """Record the family system."""
    body = k.ImageInstalled(image=args.image, bare=args.bare, on=args.on)
    return note(args, context, context.acting_town(), body, "ImageInstalled")


def ready(args: Namespace, context: Context) -> int:
    """Make ready to give."""
    return move_on(args, context, context.acting_town(), k.MadeReady(on=args.on))


def unready(args: Namespace, context: Context) -> int:
    """Take back from ready."""
    body = k.ReadyLost(why=args.why, on=args.on)
    return move_on(args, context, context.acting_town(), body)
