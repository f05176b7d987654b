# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``parclibre disk`` and ``parclibre wipe``: disks by hand, and wipes told by a person."""

from __future__ import annotations

import argparse
import re
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path

from fleet.cli import wipe
from fleet.cli.acting import act_command, confirm, note, show_plan
from fleet.cli.context import Context
from fleet.cli.parser import Commands, Help, Parser, command, group
from fleet.cli.selection import tags_of
from fleet.errors import UsageError
from fleet.i18n import _, ngettext
from fleet.model import kinds as k
from fleet.model.facts import DiskKind
from fleet.model.views import MachineView
from fleet.output.words import event_name, labelled
from fleet.services.disk_acts import (
    DiskOf,
    choose_disks,
    declared_wipe,
    record_on_disks,
    require_wipe_papers,
    signed_disks,
)
from fleet.services.machines import add_disk, find_disk
from fleet.services.papers import read_paper, second_person
from fleet.services.town import Town

_UNITS = {"": 1, "M": 10**6, "G": 10**9, "T": 10**12}
_SIZE = re.compile(r"(\d{1,16}(?:\.\d{1,3})?)([MGT]?)[BO]?")


def register(commands: Commands) -> None:
    """Add ``disk`` and ``wipe``."""
    inner = group(commands, "disk", Help(line=_("disks: add, remove, declare, destroy, keep")))
    _add(inner)
    _remove(inner)
    _declare(inner)
    _destroy_and_keep(inner)
    wipe.register_in(inner)
    _wipe(group(commands, "wipe", Help(line=_("wipes recorded by hand"))))


def _add(commands: Commands) -> None:
    line = 'parclibre disk add VJ-0042 --kind ssd --model "CT240BX500" --serial 2102E5 --size 240GB'
    help_ = Help(line=_("record a disk that is in a machine"), examples=((line, _("an SSD")),))
    parser = command(commands, "add", add, help_)
    parser.add_argument("tag", metavar=_("TAG"))
    kinds = tuple(kind.value for kind in DiskKind)
    parser.add_argument("--kind", choices=kinds, default="unknown", help=_("its technology"))
    parser.add_argument("--model", metavar=_("TEXT"), help=_("its model"))
    parser.add_argument("--serial", metavar=_("TEXT"), help=_("its serial number"))
    parser.add_argument("--wwn", metavar=_("TEXT"), help=_("its world-wide name"))
    parser.add_argument("--size", type=disk_size, metavar=_("SIZE"), help=_("such as 240GB"))
    parser.add_argument("--label", metavar=_("TEXT"), help=_("our label, without a serial"))


def _remove(commands: Commands) -> None:
    line = "parclibre disk remove VJ-0042 --disk 2102E5 --outcome moved"
    help_ = Help(
        line=_("record that a disk left a machine"),
        text=_(
            "Record that a disk left a machine. A disk of which nobody knows what became blocks "
            "the exits. For one that is kept or destroyed: disk keep, disk destroy."
        ),
        examples=((line, _("it is in another machine now")),),
    )
    parser = act_command(commands, "remove", remove, help_)
    _add_disk(parser)
    parser.add_argument(
        "--outcome", choices=("unaccounted", "moved"), default="unaccounted",
        help=_("what became of it (default: unaccounted)"),
    )  # fmt: skip
    parser.add_argument("--note", metavar=_("TEXT"), help=_("without names"))


def _declare(commands: Commands) -> None:
    help_ = Help(
        line=_("sign the complete list of a machine's disks"),
        text=_(
            "Sign the complete list of a machine's disks, when no report of our key says it: the "
            "disks recorded in it, only those named, or none."
        ),
        examples=(
            ("parclibre disk declare VJ-0042", _("the recorded disks are all there is")),
            ("parclibre disk declare VJ-0042 --none", _("opened: there is no disk inside")),
        ),
    )
    parser = act_command(commands, "declare", declare, help_)
    chosen = parser.add_mutually_exclusive_group()
    chosen.add_argument("--none", action="store_true", help=_("there is no disk inside"))
    chosen.add_argument(
        "--disk", action="append", metavar=_("SERIAL"), help=_("only these (may be repeated)")
    )
    parser.add_argument("--second-person", metavar=_("NAME"), help=_("who signs too"))


def _destroy_and_keep(commands: Commands) -> None:
    line = 'parclibre disk destroy VJ-0042 --disk 2102E5 --how "broyage" --report pv.pdf'
    help_ = Help(
        line=_("record that a disk was physically destroyed"), examples=((line, _("with proof")),)
    )
    parser = act_command(commands, "destroy", destroy, help_)
    _add_disk(parser, every=True)
    parser.add_argument("--how", required=True, metavar=_("TEXT"), help=_("how"))
    parser.add_argument("--report", type=Path, metavar=_("FILE"), help=_("the paper that says so"))
    line = 'parclibre disk keep VJ-0042 --where "armoire 3"'
    help_ = Help(
        line=_("record that a disk was taken out and is kept by us"),
        examples=((line, _("its only disk")),),
    )
    parser = act_command(commands, "keep", keep, help_)
    _add_disk(parser, every=True)
    parser.add_argument("--where", required=True, metavar=_("PLACE"), help=_("where it is kept"))


def _wipe(commands: Commands) -> None:
    help_ = Help(
        line=_("record a wipe that ParcLibre did not do itself"),
        text=_(
            "Record a wipe by hand. It is a declared wipe: the report is attached and a second "
            "person named, papers say « declared », no certificate is ever made of it, and it "
            "counts only when the policy says so. A failed wipe is worth recording too."
        ),
        examples=(
            (
                "parclibre wipe record VJ-0042 --declared --level purge --readback full "
                '--method "ATA Secure Erase" --report rapport.pdf --second-person "Sacha L."',
                _("its only disk; name another with --disk SERIAL"),
            ),
            (
                'parclibre wipe record VJ-0042 --declared --failed --level clear --method "dd"',
                _("it stopped half-way"),
            ),
        ),
    )
    parser = act_command(commands, "record", record_wipe, help_)
    _add_disk(parser, every=True)
    parser.add_argument("--declared", action="store_true", help=_("a person tells it"))
    parser.add_argument(
        "--level", required=True, choices=("clear", "purge"), help=_("clear or purge (NIST 800-88)")
    )
    parser.add_argument("--method", required=True, metavar=_("TEXT"), help=_("what was done"))
    parser.add_argument(
        "--readback", choices=("full", "sampled", "none"), default="none",
        help=_("how it was checked (default: none)"),
    )  # fmt: skip
    parser.add_argument("--failed", action="store_true", help=_("the wipe failed"))
    parser.add_argument("--report", type=Path, metavar=_("FILE"), help=_("the tool's report"))
    parser.add_argument("--second-person", metavar=_("NAME"), help=_("who saw it too"))
    parser.add_argument("--tool", metavar=_("TEXT"), help=_("the program and its version"))


def _add_disk(parser: Parser, *, every: bool = False) -> None:
    parser.add_argument(
        "--disk", metavar=_("SERIAL"),
        help=_("the disk's serial, label or number; not needed when there is only one"),
    )  # fmt: skip
    if every:
        parser.add_argument("--all-disks", action="store_true", help=_("every disk inside"))


def disk_size(text: str) -> int:
    """Return bytes from ``240GB`` (or ``240Go``); decimal units, as on a disk's label."""
    found = _SIZE.fullmatch(text.replace(" ", "").replace(",", ".").upper())
    size = round(float(found[1]) * _UNITS[found[2]]) if found else 0
    if not 0 < size < 10**16:
        raise argparse.ArgumentTypeError(_("{text} is not a size, such as 240GB").format(text=text))
    return size


def add(args: Namespace, context: Context) -> int:
    """Record a disk in a machine."""
    if not (args.serial or args.wwn or args.label):
        raise UsageError(
            _("The disk has neither a serial nor a label."),
            hint=_("Stick a label on it and give it: --label D-0001"),
        )
    body = k.DiskRegistered(
        model=args.model,
        serial=args.serial,
        wwn=args.wwn,
        size_bytes=args.size,
        kind=args.kind,
        label=args.label,
    )
    add_disk(context.acting_town(), args.tag, body)
    context.say(labelled(args.tag, event_name("DiskAdded")))
    return 0


def remove(args: Namespace, context: Context) -> int:
    """Record that a disk left."""

    def gone(view: MachineView) -> k.Body:
        disk = find_disk(view, args.disk).disk.id
        return k.DiskRemoved(disk=disk, outcome=args.outcome, note=args.note, on=args.on)

    return note(args, context, context.acting_town(), gone, "DiskRemoved")


def declare(args: Namespace, context: Context) -> int:
    """Sign the list of disks."""
    town = context.acting_town()
    witness = second_person(town, args.second_person) if args.second_person else None

    def signed(view: MachineView) -> k.Body:
        disks = _declared_disks(args, view)
        return k.DisksDeclared(disks=disks, second_person=witness, on=args.on)

    return note(args, context, town, signed, "DisksDeclared")


def _declared_disks(args: Namespace, view: MachineView) -> tuple[str, ...]:
    if args.none:
        return ()
    if args.disk:
        return tuple(find_disk(view, wanted).disk.id for wanted in args.disk)
    return signed_disks(view)


def destroy(args: Namespace, context: Context) -> int:
    """Record a destruction."""
    town = context.acting_town()
    chosen = _chosen(args, context, town)
    _ask(args, context, chosen, "DiskDestroyed", physical=True)
    body = k.DiskDestroyed(how=args.how, report=_attached(town, args.report), on=args.on)
    return _done(context, town, chosen, body)


def keep(args: Namespace, context: Context) -> int:
    """Record that disks are kept."""
    town = context.acting_town()
    chosen = _chosen(args, context, town)
    _ask(args, context, chosen, "DiskKept", physical=False)
    return _done(context, town, chosen, k.DiskKept(where=args.where, on=args.on))


def record_wipe(args: Namespace, context: Context) -> int:
    """Record a declared wipe."""
    if not args.declared:
        raise UsageError(
            _("A wipe recorded by hand is a declared wipe."),
            hint=_("Say so: --declared, with --report FILE and --second-person NAME"),
        )
    require_wipe_papers(not args.failed, args.report, args.second_person)
    town = context.acting_town()
    chosen = _chosen(args, context, town)
    _ask(args, context, chosen, "DiskWiped", physical=False)
    told = k.DiskWiped(
        level=args.level,
        method=args.method,
        readback=args.readback,
        succeeded=not args.failed,
        tool=args.tool,
        on=args.on,
    )
    body = declared_wipe(town, told, args.report, args.second_person)
    return _done(context, town, chosen, body)


def _chosen(args: Namespace, context: Context, town: Town) -> list[DiskOf]:
    if args.disk and args.all_disks:
        raise UsageError(
            _("--disk and --all-disks exclude each other."), hint=_("Choose one of them.")
        )
    tags = tags_of(args, context, town)
    return choose_disks(town, tags, args.disk, every=args.all_disks)


def _ask(
    args: Namespace, context: Context, chosen: Sequence[DiskOf], kind: str, *, physical: bool
) -> None:
    tags = list(dict.fromkeys(one.machine.machine.tag for one in chosen))
    if args.yes or not (physical or len(tags) > 1):
        return
    show_plan(context, event_name(kind), [_name(one) for one in chosen])
    confirm(args, context, tags)


def _done(context: Context, town: Town, chosen: Sequence[DiskOf], body: k.Body) -> int:
    record_on_disks(town, chosen, body)
    for one in chosen:
        context.say(labelled(_name(one), event_name(type(body).__name__)))
    if len(chosen) > 1:
        context.say(ngettext("{n} disk", "{n} disks", len(chosen)).format(n=len(chosen)))
    return 0


def _name(one: DiskOf) -> str:
    return f"{one.machine.machine.tag}  {one.disk.name}"


def _attached(town: Town, path: Path | None) -> str | None:
    return town.attachments.put(read_paper(path)) if path is not None else None
