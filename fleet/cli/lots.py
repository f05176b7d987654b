# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``parclibre lot``: open, pick by scanning, show, take out of, collect."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from fleet.cli.acting import REFUSED, act_command, note
from fleet.cli.context import Context
from fleet.cli.listing import print_list
from fleet.cli.parser import Commands, Help, add_on, command, group, iso_date
from fleet.cli.selection import tags_of
from fleet.i18n import _, day_name, ngettext
from fleet.model.kinds import MachinePutInLot
from fleet.output.act_words import counts, refusal_lines
from fleet.output.amounts import euros
from fleet.output.jsonout import Shape
from fleet.output.reasons import describe
from fleet.output.words import Names, kind_name, labelled, owner_name, state_name
from fleet.services import browse, lots, records
from fleet.services.lots import Lot, LotContent, Picked, Picking

_LONGEST = 60  # of a scan that is no tag, when it is told
LIST = Shape(
    name="lot-list",
    fields=lambda: {
        "lots": _(
            "list of {id, name, partner, partner_name, agreement, agreement_name, opened_on, "
            "collect_by, place, collected_on, count, expected, late}"
        )
    },
)
SHOW = Shape(
    name="lot",
    fields=lambda: {
        "lot": _("as in lot list"),
        "machines": _("list of {id, tag, kind, model, serial, state, title, value_cents}"),
        "total_cents": _("the sum of the values that are known"),
        "cap_cents": _("the most that one configuration may be worth to be given, today"),
        "unvalued": _("tags of machines nobody estimated"),
        "over_cap": _("tags of machines worth more than the cap"),
    },
)


def register(commands: Commands) -> None:
    """Add ``lot``."""
    found = group(commands, "lot", Help(line=_("lots of machines for a partner")))
    _add(found)
    _list_and_show(found)
    _put_and_pick(found)
    _leave_and_close(found)


def _add(commands: Commands) -> None:
    line = (
        'parclibre lot add "Lot 7" --partner "Repair Café" --agreement CONV-2026-3 '
        "--collect-by 30/06/2026"
    )
    help_ = Help(line=_("open a lot"), examples=((line, _("to be collected before July")),))
    add = command(commands, "add", add_lot, help_)
    add.add_argument("name", metavar=_("NAME"))
    add.add_argument("--partner", metavar=_("PARTNER"), help=_("for this partner"))
    add.add_argument("--agreement", metavar=_("REFERENCE"), help=_("under this agreement"))
    add.add_argument(
        "--collect-by", type=iso_date, metavar=_("DATE"), help=_("the last day to collect it")
    )
    add.add_argument("--place", metavar=_("TEXT"), help=_("where it is collected"))


def _list_and_show(commands: Commands) -> None:
    listed = command(commands, "list", list_, Help(line=_("list the lots")), shape=LIST)
    listed.add_argument(
        "--late", action="store_true", help=_("only those whose deadline of collection is over")
    )
    show = command(
        commands, "show", show_lot,
        Help(line=_("show a lot: its machines, their values, what is missing")), shape=SHOW,
    )  # fmt: skip
    show.add_argument("lot", metavar=_("LOT"))


def _put_and_pick(commands: Commands) -> None:
    line = "parclibre lot put --lot Lot-7 --select-state retired"
    help_ = Help(line=_("put machines in a lot"), examples=((line, _("all retired ones")),))
    put = act_command(commands, "put", put_in_lot, help_, dated=False)
    put.add_argument("--lot", required=True, metavar=_("LOT"), help=_("the lot's name"))
    help_ = Help(
        line=_("pick a lot by scanning"),
        text=_(
            "Scan one tag after the other: each is answered at once, taken or refused with the "
            "reason, with the number of machines and their value so far. An empty line ends."
        ),
        examples=(('parclibre lot pick "Lot 7"', _("then scan")),),
    )
    pick = command(commands, "pick", pick_lot, help_)
    pick.add_argument("lot", metavar=_("LOT"))


def _leave_and_close(commands: Commands) -> None:
    help_ = Help(
        line=_("take machines out of their lot"),
        examples=(
            (
                'parclibre lot leave VJ-0042 --outcome refused --why "écran cassé"',
                _("the partner does not want it"),
            ),
        ),
    )
    out = act_command(commands, "leave", leave_lot, help_)
    out.add_argument(
        "--outcome", required=True, choices=("refused", "returned"),
        help=_("refused at the collection, or returned by the partner later"),
    )  # fmt: skip
    out.add_argument("--why", default="", metavar=_("TEXT"), help=_("why, without names"))
    help_ = Help(
        line=_("record that a lot was collected, with the count made at the door"),
        examples=(('parclibre lot close "Lot 7" --count 12', _("all were there")),),
    )
    close = command(commands, "close", close_lot, help_)
    close.add_argument("lot", metavar=_("LOT"))
    close.add_argument("--count", required=True, type=int, metavar="N", help=_("machines counted"))
    close.add_argument(
        "--why", default="", metavar=_("TEXT"), help=_("why the count differs, without names")
    )
    add_on(close)


def add_lot(args: Namespace, context: Context) -> int:
    """Open a lot."""
    records.open_lot(
        context.acting_town(),
        args.name,
        partner=args.partner,
        agreement=args.agreement,
        collect_by=args.collect_by,
        place=args.place,
    )
    context.say(_("Lot opened: {name}").format(name=args.name))
    return 0


def list_(args: Namespace, context: Context) -> int:
    """List lots."""
    town = context.town()
    names, today = browse.names(town), context.today().isoformat()
    found = lots.late_lots(town) if args.late else lots.all_lots(town)
    header = (_("Name"), _("Partner"), _("Agreement"), _("To collect by"), _("Collected"))
    return print_list(
        args, context, LIST, found, header=header,
        row=lambda lot: _row(lot, names, today), as_json=lambda lot: _object(lot, names, today),
    )  # fmt: skip


def _object(lot: Lot, names: Names, today: str) -> dict[str, Any]:
    return {
        **asdict(lot),
        "partner_name": names(lot.partner) if lot.partner else None,
        "agreement_name": names(lot.agreement) if lot.agreement else None,
        "late": lot.is_late(today),
    }


def _row(lot: Lot, names: Names, today: str) -> tuple[object, ...]:
    partner, agreement = (names(id_) if id_ else None for id_ in (lot.partner, lot.agreement))
    deadline = day_name(lot.collect_by)
    if lot.is_late(today):
        deadline = _("{day} (late)").format(day=deadline)
    return (lot.name, partner, agreement, deadline, _collected(lot))


def _collected(lot: Lot) -> str:
    if lot.collected_on is None:
        return ""
    return _("{day}: {count} of {expected}").format(
        day=day_name(lot.collected_on), count=lot.count, expected=lot.expected
    )


def show_lot(args: Namespace, context: Context) -> int:
    """Show a lot."""
    town = context.town()
    names, found = browse.names(town), lots.content(town, args.lot)
    if args.json:
        today = context.today().isoformat()
        context.print_json(
            SHOW,
            lot=_object(found.lot, names, today),
            machines=[asdict(machine) for machine in found.machines],
            total_cents=found.total_cents,
            cap_cents=found.cap_cents,
            unvalued=list(found.unvalued),
            over_cap=list(found.over_cap),
        )
        return 0
    for line in _heading(found, names, context.today().isoformat()):
        context.say(line)
    header = (_("Tag"), _("Kind"), _("Model"), _("State"), _("Owner"), _("Value"))
    rows = [
        (m.tag, kind_name(m.kind), m.model, state_name(m.state),
         names(m.title) or owner_name(m.title), euros(m.value_cents))
        for m in found.machines
    ]  # fmt: skip
    context.print_table(header, rows)
    for line in _remarks(found):
        context.say(line)
    return 0


def _heading(found: LotContent, names: Names, today: str) -> Iterator[str]:
    name, partner, agreement, deadline, collected = _row(found.lot, names, today)
    yield labelled(_("Lot"), name)
    for label, value in (
        (_("Partner"), partner), (_("Agreement"), agreement), (_("To collect by"), deadline),
        (_("Where"), found.lot.place), (_("Collected"), collected),
    ):  # fmt: skip
        if value:
            yield labelled(label, value)


def _remarks(found: LotContent) -> Iterator[str]:
    yield so_far(len(found.machines), found.total_cents)
    if found.unvalued:
        yield labelled(_("Without an estimated value"), ", ".join(found.unvalued))
    if found.over_cap and found.cap_cents is not None:
        over = _("Worth more than {cap}, not to be given").format(cap=euros(found.cap_cents))
        yield labelled(over, ", ".join(found.over_cap))


def so_far(count: int, total_cents: int) -> str:
    """Return how many machines a lot holds, and what they are worth together."""
    machines = ngettext("{n} machine", "{n} machines", count).format(n=count)
    return _("{machines}, {total} in all").format(machines=machines, total=euros(total_cents))


def put_in_lot(args: Namespace, context: Context) -> int:
    """Put machines in a lot."""
    town = context.acting_town()
    body = MachinePutInLot(lot=records.find(town, "lot", args.lot).id)
    return note(args, context, town, body, "MachinePutInLot")


def pick_lot(args: Namespace, context: Context) -> int:
    """Pick a lot: one scan a line, answered at once."""
    town = context.acting_town()
    picking, names = Picking(town, args.lot), browse.names(town)
    refused = 0
    if context.interactive:
        context.tell(_("Scan; an empty line ends."))
    for line in context.stdin:
        tag = line.strip()
        if not tag:
            break
        picked = picking.take(tag)
        refused += not picked.accepted
        for said in _answer(picked, picking, names):
            context.say(said)
        context.stdout.flush()
    context.say(labelled(picking.lot.name, so_far(picking.count, picking.total_cents)))
    return REFUSED if refused else 0


def _answer(picked: Picked, picking: Picking, names: Names) -> Iterator[str]:
    machine = picked.machine
    if machine is None:
        yield _("REFUSED {tag}: no machine bears this tag.").format(tag=picked.tag[:_LONGEST])
        return
    if not picked.accepted:
        yield _("REFUSED {tag}:").format(tag=picked.tag)
        for reason in picked.reasons:
            yield f"  - {describe(reason, picked.tag, names)}"
        return
    about = ", ".join(filter(None, (kind_name(machine.kind), machine.model)))
    value = euros(machine.value_cents) or _("value unknown")
    text = _("{tag} was in it already") if picked.again else _("taken {tag}: {about}, {value}")
    done = text.format(tag=picked.tag, about=about, value=value)
    yield _("{done} - {sum}").format(done=done, sum=so_far(picking.count, picking.total_cents))


def leave_lot(args: Namespace, context: Context) -> int:
    """Take machines out of their lot."""
    town = context.acting_town()
    tags = tags_of(args, context, town)
    report = lots.leave(town, tags, args.outcome, why=args.why, on=args.on)
    context.say(counts(len(report.accepted), len(report.refused)))
    names = browse.names(town)
    for refusal in report.refused:
        for line in refusal_lines(refusal.tag, refusal.reasons, names):
            context.say(line)
    return REFUSED if report.refused else 0


def close_lot(args: Namespace, context: Context) -> int:
    """Record a collection."""
    lot = lots.close(context.acting_town(), args.lot, args.count, why=args.why, on=args.on)
    context.say(labelled(lot.name, _collected(lot)))
    return 0
