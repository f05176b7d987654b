# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``people export`` and ``people erase``: a person's rights of access and of erasure."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from fleet.cli.acting import add_yes
from fleet.cli.confirming import require_typed
from fleet.cli.context import Context
from fleet.cli.parser import Commands, Help, command
from fleet.i18n import _
from fleet.output.person_file import PersonFile, as_zip
from fleet.output.words import event_name, labelled, person_role
from fleet.services import browse, people_rights
from fleet.services.people_rights import Held
from fleet.store.files import replace_file


def register(commands: Commands) -> None:
    """Add ``people export`` and ``people erase``."""
    help_ = Help(
        line=_("write all that is held about a person (right of access)"),
        text=_(
            "Write a ZIP that the person can read: their name and contact, what the journal says "
            "of their number, and the papers sealed with their key. Give it to them, then destroy "
            "it."
        ),
        examples=(("parclibre people export DEM-118 donnees.zip", _("a family")),),
    )
    export = command(commands, "export", export_, help_)
    export.add_argument(
        "person", metavar=_("PERSON"), help=_("an id, a name, or a request's reference")
    )
    export.add_argument("file", type=Path, metavar=_("FILE"))
    help_ = Help(
        line=_("destroy a person's name, contact and papers (right to erasure)"),
        text=_(
            "Destroy a person's name, contact and papers for good, and tell what stays and why: "
            "the journal's lines, under a number that names nobody."
        ),
    )
    erase = command(commands, "erase", erase_, help_)
    erase.add_argument(
        "person", metavar=_("PERSON"), help=_("an id, a name, or a request's reference")
    )
    add_yes(erase)


def export_(args: Namespace, context: Context) -> int:
    """Write what is held."""
    town = context.town()
    found = people_rights.held_about(town, args.person)
    replace_file(args.file, as_zip(_file(found), browse.names(town)))
    context.say(str(args.file))
    context.tell(_("It bears a name: hand it over, then destroy it."))
    return 0


def _file(found: Held) -> PersonFile:
    identity = found.identity
    return PersonFile(
        id=found.id,
        role=person_role(found.role),
        name=identity.name if identity else None,
        contact=identity.contact if identity else None,
        purge_on=found.purge_on,
        purged_on=found.purged_on,
        acts=found.acts,
        written=found.written,
        papers=found.papers,
    )


def erase_(args: Namespace, context: Context) -> int:
    """Destroy and tell what stays."""
    town = context.town()
    person = people_rights.person_of(town, args.person)
    _confirm(args, context, person)
    done = people_rights.erase(town, person, context.today())
    context.say(
        _("Destroyed: the name, the contact and the papers of {person}.").format(person=person)
    )
    context.say(_("What stays, under that number alone:"))
    for kind, count in done.stays.items():
        context.say("  " + labelled(event_name(kind), str(count)))
    context.say(
        _(
            "Why: these lines prove what became of public goods and of the data on them; they name "
            "nobody. Backups made before hold the name sealed, without its key; destroy older key "
            "backups."
        )
    )
    if not done.purge.traces_erased:
        context.tell(
            _("Another program holds old pages of the store: close it, then purge --due again.")
        )
    return 0


def _confirm(args: Namespace, context: Context, person: str) -> None:
    if args.yes:
        return
    question = _("Everything that names {person} will be destroyed. Type « erase » to confirm:")
    require_typed(
        context,
        question.format(person=person),
        expected=("erase", _("erase")),
        hint=_("An erasure cannot be undone: check who is named, then add --yes."),
    )
