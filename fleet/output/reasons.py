# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Why something is refused, as two sentences: what is missing, and what to do next."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from fleet.i18n import _, day_name
from fleet.model.reasons import UNVERIFIED, Reason
from fleet.output import words
from fleet.output.amounts import euros
from fleet.output.law_reasons import law_reasons
from fleet.output.words import Names, no_names

# Conditions of the way out that have a short name of their own, shown before the sentence.
_NAMED_GUARDS = frozenset({"G1", "G2", "G3", "G4", "C1"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """``what`` is missing or wrong; ``todo`` is what to do, with the command where one does it."""

    what: str
    todo: str


def describe(reason: Reason, tag: str | None = None, names: Names = no_names) -> str:
    """Return what is missing and what to do next, on one line; ``tag`` goes in the commands."""
    found = explain(reason, tag, names)
    text = f"{found.what} {found.todo}".strip()
    return f"[{reason.guard}] {text}" if reason.guard in _NAMED_GUARDS else text


def explain(reason: Reason, tag: str | None = None, names: Names = no_names) -> Explanation:
    """Return the two sentences of a reason; a code of a newer program is shown as it is."""
    template = explanations().get(reason.code)
    params = {"tag": tag or _("TAG"), **_params(reason, names)}
    if template is None:
        detail = ", ".join(f"{name} {value}" for name, value in reason.params.items())
        what = _("Refused: {code} ({detail}).").format(code=reason.code, detail=detail or "-")
        return Explanation(what=what, todo=_("Update ParcLibre to know more."))
    what, todo = template
    if UNVERIFIED in reason.params:
        todo += " " + _("(Nobody verified this entry in the text itself: ask your legal service.)")
    return Explanation(what=what.format(**params), todo=todo.format(**params))


def _params(reason: Reason, names: Names) -> dict[str, str]:
    return {name: _word(name, value, names) for name, value in reason.params.items()}


def _word(name: str, value: str, names: Names) -> str:
    if name == "tests":
        return ", ".join(words.test_name(code) for code in value.split(", "))
    if name in _WORDS:
        value = _WORDS[name](value)
    return names(value) or value


_WORDS: Mapping[str, Callable[[str], str]] = {
    "state": words.state_name,
    "title": words.owner_name,
    "level": words.level_name,
    "asked": words.level_name,
    "event": words.event_name,
    "quality": lambda code: words.qualities().get(code, code),
    "value_cents": lambda cents: euros(int(cents)),
    "cap_cents": lambda cents: euros(int(cents)),
    "price_cents": lambda cents: euros(int(cents)),
    "until": day_name,
    "on": day_name,
}


def explanations() -> dict[str, tuple[str, str]]:
    """Return what is missing and what to do for every code, with places for parameters."""
    return (
        _of_the_state()
        | _of_the_title()
        | law_reasons()
        | _of_the_records()
        | _of_the_disks()
        | _of_the_wipe()
        | _of_the_declared_wipe()
        | _of_the_workshop()
        | _of_the_program()
    )


def _of_the_state() -> dict[str, tuple[str, str]]:
    return {
        "wrong_state": (
            _("« {event} » does not follow the state « {state} »."),
            _("See what may come next: parclibre machine show {tag}"),
        ),
        "event_does_not_fit": (
            _("« {event} » came while the machine was « {state} »."),
            _("Look at the machine and settle which one is true."),
        ),
        "no_tag": (
            _("The machine has no asset tag."),
            _("Give it one: parclibre machine describe {tag} --new-tag NEW"),
        ),
        "not_retired": (
            _("The town's machine was never retired."),
            _("Record the decision: parclibre retire {tag} --decision REFERENCE"),
        ),
    }


def _of_the_title() -> dict[str, tuple[str, str]]:
    transfer = _("Record who owns it now: parclibre title transfer {tag} --way gift --taker NAME")
    return {
        "not_ours_to_use": (
            _("The machine belongs to {title}: the town may not put it in service."),
            _("Choose another machine, or record that the town owns it (take-back)."),
        ),
        "not_owned": (
            _("The machine belongs to {title}, not to the town: it is not the town's to give up."),
            _("Give it back to its owner, or record a transfer to the town first."),
        ),
        "leased": (
            _("The machine is leased: the town does not own it."),
            _("Give it back to the lessor, or buy it and correct its provenance."),
        ),
        "title_still": (
            _("The machine still belongs to {title}; a family cannot receive it from there."),
            transfer,
        ),
        "title_elsewhere": (
            _("The machine belongs to {title}, not to the partner {partner} that hands it over."),
            transfer,
        ),
    }


def _of_the_records() -> dict[str, tuple[str, str]]:
    return {
        "partner_unknown": (
            _("The partner {partner} is not recorded."),
            _("Add it: parclibre partner add NAME"),
        ),
        "beneficiary_unknown": (
            _("The beneficiary reference {beneficiary} is not recorded."),
            _("Add it: parclibre beneficiary add REFERENCE --referrer BODY"),
        ),
        "receipt_missing": (
            _("There is no signed receipt."),
            _("Give its file or its number: --receipt FILE"),
        ),
        "agreement_unknown": (
            _("The agreement {agreement} is not recorded."),
            _("Add it: parclibre agreement add PARTNER REFERENCE"),
        ),
        "agreement_of_another_partner": (
            _("The agreement {agreement} was signed with another partner."),
            _("Choose this partner's: parclibre agreement list"),
        ),
        "agreement_ended": (
            _("The agreement ended on {until}."),
            _("Record the new one: parclibre agreement add PARTNER REFERENCE --until DATE"),
        ),
        "no_data_clause": (
            _("The machine would leave the town with data on it, and no agreement covers that."),
            _(
                "Wipe its disks first, or name an agreement with a data clause: "
                "--agreement REFERENCE"
            ),
        ),
    }


def _of_the_disks() -> dict[str, tuple[str, str]]:
    return {
        "disks_unknown": (
            _("Nobody knows for sure which disks are inside since its last use."),
            _(
                "Start it on our key and import its report, or sign the list of its disks: "
                "parclibre disk declare {tag}"
            ),
        ),
        "disks_hidden": (
            _("A RAID or VMD controller may hide disks."),
            _("Set storage to AHCI in the firmware, then import a new report from our key."),
        ),
        "disks_only_declared": (
            _("The list of disks is only declared, and the policy does not accept that."),
            _(
                "Start it on our key and import its report, or let the town choose a policy that "
                "accepts it: parclibre policy set NAME --accept-declared-wipes"
            ),
        ),
        "disk_unaccounted": (
            _("The disk {disk} was inside and is gone without a record."),
            _(
                "Say what became of it: parclibre disk keep {tag} --disk SERIAL --where PLACE, "
                "or parclibre disk destroy {tag} --disk SERIAL --how METHOD"
            ),
        ),
    }


def _of_the_wipe() -> dict[str, tuple[str, str]]:
    again = _("Wipe it again, and check it, then import the wipe's report.")
    return {
        "no_wipe": (
            _("The disk {disk} was never wiped."),
            _(
                "Wipe it, then record it: parclibre wipe record {tag} --disk SERIAL --declared "
                "--level LEVEL --method METHOD --report FILE --second-person NAME"
            ),
        ),
        "wipe_failed": (
            _("The last wipe of the disk {disk} failed."),
            _(
                "Wipe it again, or destroy it: parclibre disk destroy {tag} --disk SERIAL "
                "--how METHOD"
            ),
        ),
        "wipe_after_exit": (
            _("The disk {disk} was wiped only after the machine had left."),
            _("Check with the receiver what was on it, then settle this in the inbox."),
        ),
        "wipe_not_after_use": (
            _("The disk {disk} may have been used since it was wiped."),
            again,
        ),
        "wipe_dated_before_use": (
            _("The wipe of the disk {disk} is dated {on}, before its last use."),
            again,
        ),
        "wipe_level_too_low": (
            _("The disk {disk} was {level}; the policy asks that it be {asked}."),
            again,
        ),
        "wipe_not_read_back": (
            _("The wipe of the disk {disk} was not checked by reading back."),
            again,
        ),
        "wipe_not_fully_read_back": (
            _("The wipe of the disk {disk} was only checked by samples."),
            _("Wipe it again with a full read-back."),
        ),
    }


def _of_the_declared_wipe() -> dict[str, tuple[str, str]]:
    return {
        "wipe_only_declared": (
            _(
                "The wipe of the disk {disk} is only declared by a person, and the policy "
                "« {policy} » does not accept that."
            ),
            _(
                "Wipe it with ParcLibre, or let the town choose a policy that accepts it: "
                "parclibre policy set NAME --accept-declared-wipes"
            ),
        ),
        "declared_wipe_undocumented": (
            _("The declared wipe of the disk {disk} has no report or no second person."),
            _(
                "Record it again with both: parclibre wipe record {tag} --disk SERIAL --declared "
                "--level LEVEL --method METHOD --report FILE --second-person NAME"
            ),
        ),
    }


def _of_the_workshop() -> dict[str, tuple[str, str]]:
    return {
        "tests_missing": (
            _("The test sheet « {profile} » is not complete; missing: {tests}."),
            _("Record the results: parclibre test record {tag} --result TEST=pass"),
        ),
        "no_image": (
            _("No system for a family is installed."),
            _(
                "Install one and record it: parclibre image record {tag} --image NAME, "
                "or declare it bare: parclibre image record {tag} --bare"
            ),
        ),
        "image_before_wipe": (
            _("The system was installed before the last wipe of {disk}."),
            _("Install it again and record it: parclibre image record {tag} --image NAME"),
        ),
        "verdict_rejected": (
            _("The technical verdict rejects the machine: {why}."),
            _(
                "Repair it and give a new verdict: parclibre verdict {tag} --accept, "
                "or send it to recycling: parclibre to-recycle {tag}"
            ),
        ),
    }


def _of_the_program() -> dict[str, tuple[str, str]]:
    return {
        "newer_program_needed": (
            _("A newer ParcLibre wrote events that this one does not understand: {kinds}."),
            _("Update ParcLibre on this computer, then look again."),
        ),
        "bodies_withheld": (
            _("Parts of this machine's history are withheld by the partner that sent them."),
            _("Ask the partner for a bundle that holds this machine's events."),
        ),
    }
