# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``parclibre replica``: the installations we exchange with, and whom of them we trust."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import asdict

from fleet.cli.acting import add_yes
from fleet.cli.confirming import require_typed
from fleet.cli.context import Context
from fleet.cli.parser import Commands, Help, Parser, command, group
from fleet.errors import UsageError
from fleet.i18n import _, ngettext
from fleet.output.jsonout import Shape
from fleet.output.words import labelled
from fleet.services import exchange, introductions
from fleet.services.exchange import Introduction, KnownReplica

_ASKED = 8

LIST_SHAPE = Shape(
    name="replicas",
    fields=lambda: {"replicas": _("list of {replica, label, fingerprint, trusted, revoked_after}")},
)
SHOW_SHAPE = Shape(
    name="replica",
    fields=lambda: {
        "replica": _("the installation's id"),
        "public_key": _("its key, in OpenSSH form"),
        "fingerprint": _("the key's fingerprint, to compare by another way"),
    },
)


def register(commands: Commands) -> None:
    """Add the ``replica`` commands."""
    found = group(
        commands, "replica",
        Help(
            line=_("say which installations and keys are trusted"),
            text=_("Each installation and each USB key signs what it sends with a key of its own."),
        ),
    )  # fmt: skip
    command(found, "list", list_, Help(line=_("list the installations we know")), shape=LIST_SHAPE)
    shown = command(
        found, "show", show, Help(line=_("show a key's fingerprint: ours, or a bundle's maker's")),
        shape=SHOW_SHAPE,
    )  # fmt: skip
    shown.add_argument("source", nargs="?", metavar=_("BUNDLE|REPLICA"), help=_("default: ours"))
    _register_trusting(found)
    _register_ending(found)


def _register_trusting(commands: Commands) -> None:
    enrolling = command(
        commands, "enrol", enrol, Help(line=_("make an installation known, without trusting it"))
    )
    _add_source(enrolling)
    enrolling.add_argument("--label", required=True, metavar=_("NAME"), help=_("what we call it"))
    trusting = command(
        commands, "trust", trust,
        Help(
            line=_("accept an installation's bundles from now on"),
            text=_(
                "Compare the fingerprint with what « replica show » prints over there, by phone "
                "or on paper, never by the same way as the bundle."
            ),
            examples=(
                ("parclibre replica trust cle-3.tar.zst", _("the maker of this bundle")),
                ("parclibre replica trust cle-3.tar.zst --fingerprint SHA256:… --yes",
                 _("without a question")),
            ),
        ),
    )  # fmt: skip
    _add_source(trusting)
    trusting.add_argument(
        "--fingerprint", metavar="SHA256:…", help=_("refuse unless the key has this fingerprint")
    )
    add_yes(trusting)


def _register_ending(commands: Commands) -> None:
    revoking = command(
        commands, "revoke", revoke,
        Help(line=_("accept nothing more of an installation (lost, stolen, cloned)")),
    )  # fmt: skip
    revoking.add_argument("replica", metavar=_("REPLICA"), help=_("its id, see replica list"))
    revoking.add_argument(
        "--last-seq", type=int, metavar="N",
        help=_("its last good event (default: the last one we have)"),
    )  # fmt: skip
    revoking.add_argument("--why", required=True, metavar=_("TEXT"), help=_("one sentence"))
    moving = command(
        commands, "rehome", rehome,
        Help(
            line=_("go on under a new id, after a restored backup or a cloned key"),
            text=_(
                "What others have not received yet is written again under the new id. The others "
                "must trust it: see replica show."
            ),
        ),
    )  # fmt: skip
    moving.add_argument(
        "--common", type=int, metavar="N", help=_("the last of our events that others have too")
    )
    add_yes(moving)


def _add_source(parser: Parser) -> None:
    parser.add_argument(
        "source", metavar=_("BUNDLE|REPLICA"), help=_("a bundle it made, or its id")
    )
    parser.add_argument("--key", metavar=_("KEY"), help=_("its public key, when given by its id"))


def list_(args: Namespace, context: Context) -> int:
    """Print the known installations."""
    found = exchange.list_replicas(context.town())
    if args.json:
        context.print_json(LIST_SHAPE, replicas=[asdict(known) for known in found])
    elif found:
        header = (_("Installation"), _("Name"), _("Fingerprint"), _("Trust"))
        rows = [(k.replica, k.label, k.fingerprint, _trust_words(k)) for k in found]
        context.print_table(header, rows)
    else:
        context.tell(_("No other installation is known."))
    return 0


def _trust_words(known: KnownReplica) -> str:
    if known.revoked_after is not None:
        return _("revoked after event {seq}").format(seq=known.revoked_after)
    return _("trusted") if known.trusted else _("not trusted")


def show(args: Namespace, context: Context) -> int:
    """Print an id, a key and its fingerprint."""
    town = context.town()
    who = introductions.introduced(town, args.source) if args.source else None
    who = who or introductions.ourselves(town)
    if args.json:
        context.print_json(SHOW_SHAPE, **asdict(who))
        return 0
    for line in (who.replica, who.public_key, who.fingerprint):
        context.say(line)
    return 0


def enrol(args: Namespace, context: Context) -> int:
    """Make an installation known."""
    town = context.acting_town()
    who = introductions.introduced(town, args.source, args.key)
    exchange.enrol_replica(town, who.replica, who.public_key, args.label)
    context.say(labelled(who.replica, args.label))
    return 0


def trust(args: Namespace, context: Context) -> int:
    """Trust an installation, after its fingerprint was compared."""
    town = context.acting_town()
    who = introductions.introduced(town, args.source, args.key)
    if args.fingerprint and args.fingerprint != who.fingerprint:
        raise UsageError(
            _("The key has another fingerprint: {found}.").format(found=who.fingerprint),
            hint=_("Do not trust it. Ask the other side for « parclibre replica show »."),
        )
    _confirm_fingerprint(args, context, who)
    exchange.trust_replica(town, who.replica, who.public_key)
    context.say(_("{replica}: trusted").format(replica=who.replica))
    return 0


def _confirm_fingerprint(args: Namespace, context: Context, who: Introduction) -> None:
    if args.yes:
        return
    context.tell(f"{who.replica}\n{who.fingerprint}")
    question = _("Read it over there, and type its last {n} characters:").format(n=_ASKED)
    hint = _("Add --fingerprint with the one read over there, and --yes.")
    require_typed(context, question, expected=who.fingerprint[-_ASKED:], hint=hint)


def revoke(args: Namespace, context: Context) -> int:
    """Revoke an installation."""
    town = context.acting_town()
    exchange.revoke_replica(town, args.replica, last_seq=args.last_seq, why=args.why)
    context.say(_("{replica}: revoked").format(replica=args.replica))
    return 0


def rehome(args: Namespace, context: Context) -> int:
    """Take a new id and key."""
    town = context.acting_town()
    if not args.yes:
        own = town.key.replica
        question = _("Type the last {n} characters of our id {replica}:")
        require_typed(
            context, question.format(n=_ASKED, replica=own), expected=own[-_ASKED:],
            hint=_("Read « replica rehome --help », then add --yes."),
        )  # fmt: skip
    _new_town, done = exchange.rehome_replica(town, common=args.common)
    context.say(done.new)
    text = ngettext(
        "{n} event written again; the others must trust the new id.",
        "{n} events written again; the others must trust the new id.",
        done.rewritten,
    )
    context.tell(text.format(n=done.rewritten))
    return 0
