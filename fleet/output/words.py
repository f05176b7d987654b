# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The codes of states, kinds, owners, disks and events in the user's language.

A code without a word here is shown as it is: a newer program may have written it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from fleet.i18n import _
from fleet.model.events import NOBODY
from fleet.output.event_words import event_names

# Turns an id of the journal (``room:0192…``) into a name; None when it has none.
Names = Callable[[str], str | None]
_SKIPPED = "skipped: "
_ID = re.compile(r"\b[a-z]{3,20}:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")


def no_names(id_: str) -> str | None:
    """Know no name at all."""
    return None


def with_names(text: str, names: Names) -> str:
    """Return text in which the ids that have a name are replaced by it."""
    return _ID.sub(lambda found: names(found.group()) or found.group(), text)


def labelled(label: object, value: object) -> str:
    """Return a label and what it labels, with the colon of the user's language."""
    return _("{label}: {value}").format(label=label, value=value)


def listed(parts: Iterable[str]) -> str:
    """Return phrases one after the other, with the semicolon of the user's language."""
    return _("; ").join(parts)


def author_name(id_: str, names: Names) -> str:
    """Return who acted; an id when the name was purged."""
    return _("nobody named") if id_ == NOBODY else names(id_) or id_


def state_name(code: str) -> str:
    """Return a state's name, e.g. « En atelier »."""
    return states().get(code, code)


def kind_name(code: str) -> str:
    """Return a kind of machine's name."""
    return kinds().get(code, code)


def owner_name(code: str) -> str:
    """Return the name of an owner or title holder given by a code; an id is returned as it is."""
    return owners().get(code, code)


def owned_by(code: str) -> str:
    """Return ``owned by ...`` for an owner's code or name, as the end of a sentence."""
    return _("owned by {owner}").format(owner=owner_name(code))


def provenance_name(code: str) -> str:
    """Return how a machine came: bought, leased, given."""
    return provenances().get(code, code)


def transition_name(kind: str) -> str:
    """Return a transition as an order, for a button or a plan: « Réformer »."""
    return transitions().get(kind, kind)


def event_name(kind: str) -> str:
    """Return what happened, e.g. « Réformée »; a newer kind is named as such."""
    return event_names().get(kind) or _("Event of a newer program ({kind})").format(kind=kind)


def presence_name(code: str) -> str:
    """Return what became of a disk: present, unaccounted for, kept, destroyed, moved."""
    return presences().get(code, code)


def health_name(code: str) -> str:
    """Return a disk's health."""
    return healths().get(code, code)


def disk_kind_name(code: str) -> str:
    """Return a storage technology's name."""
    return disk_kinds().get(code, code)


def level_name(code: str) -> str:
    """Return a wipe level's name, with the standard's own word."""
    return levels().get(code, code)


def test_name(code: str) -> str:
    """Return the name of a test of the test sheet."""
    return tests().get(code, code)


def result_name(code: str, names: Names = no_names) -> str:
    """Return a test's result; ``skipped: who, why`` says by whom and why."""
    if code.startswith(_SKIPPED):
        why = with_names(code.removeprefix(_SKIPPED), names)
        return _("left out ({why})").format(why=why)
    return results().get(code, code)


def issue_name(code: str) -> str:
    """Return the name of a kind of inbox entry."""
    return issues().get(code, code)


def site_kind_name(code: str) -> str:
    """Return the name of a kind of site."""
    return site_kinds().get(code, code)


def evidence_name(code: str) -> str:
    """Return the name of a piece of identity evidence."""
    return evidences().get(code, code)


def states() -> Mapping[str, str]:
    """Return the name of every state."""
    return {
        "in_stock": _("In stock"),
        "in_service": _("In service"),
        "in_repair": _("In repair"),
        "retired": _("Retired"),
        "in_workshop": _("In the workshop"),
        "ready": _("Ready to give"),
        "given": _("Given to a family"),
        "loaned": _("Lent"),
        "sold_or_transferred": _("Sold or transferred"),
        "dismantled": _("Dismantled for parts"),
        "to_recycle": _("To be recycled"),
        "recycled": _("Recycled"),
        "lost": _("Lost or stolen"),
    }


def kinds() -> Mapping[str, str]:
    """Return the name of every kind of machine."""
    return {
        "laptop": _("Laptop"),
        "desktop": _("Desktop computer"),
        "all_in_one": _("All-in-one"),
        "mini_pc": _("Mini PC"),
        "screen": _("Screen"),
        "tablet": _("Tablet"),
        "printer": _("Printer"),
        "other": _("Other"),
    }


def owners() -> Mapping[str, str]:
    """Return the name of every kind of owner."""
    return {
        "town": _("the town"),
        "other_authority": _("another authority"),
        "lessor": _("a lessor"),
        "association": _("an association"),
        "unknown": _("nobody known"),
    }


def provenances() -> Mapping[str, str]:
    """Return the name of every provenance."""
    return {
        "bought": _("Bought"),
        "leased": _("Leased"),
        "given_by_person": _("Given by a person"),
        "given_by_company": _("Given by a company"),
    }


def transitions() -> Mapping[str, str]:
    """Return every transition as an order."""
    return {
        "Installed": _("Put in service"),
        "Moved": _("Move"),
        "RepairOpened": _("Open a repair"),
        "RepairClosed": _("Close the repair"),
        "Retired": _("Retire"),
        "TakenIn": _("Take into the workshop"),
        "Returned": _("Record its return"),
        "ReadyLost": _("Take back from ready"),
        "MadeReady": _("Make ready to give"),
        "HandedOver": _("Hand over to a family"),
        "Loaned": _("Lend"),
        "Exited": _("Sell or transfer"),
        "Dismantled": _("Dismantle for parts"),
        "ToRecycle": _("Send to recycling"),
        "Recycled": _("Record its recycling"),
        "Lost": _("Declare lost or stolen"),
        "Found": _("Record that it was found"),
        "TitleTransferred": _("Transfer the title"),
    }


def presences() -> Mapping[str, str]:
    """Return every word for what became of a disk."""
    return {
        "present": _("in the machine"),
        "unaccounted": _("unaccounted for"),
        "kept": _("taken out and kept"),
        "destroyed": _("destroyed"),
        "moved": _("moved to another machine"),
    }


def healths() -> Mapping[str, str]:
    """Return every disk health."""
    return {
        "good": _("good"),
        "worn": _("worn"),
        "failing": _("failing"),
        "unknown": _("unknown"),
    }


def disk_kinds() -> Mapping[str, str]:
    """Return every storage technology; they are the same in all languages but one."""
    return {"hdd": "HDD", "ssd": "SSD", "nvme": "NVMe", "emmc": "eMMC", "unknown": _("unknown")}


def levels() -> Mapping[str, str]:
    """Return every wipe level (words of NIST SP 800-88)."""
    return {"clear": _("overwritten (Clear)"), "purge": _("erased by the drive itself (Purge)")}


def readbacks() -> Mapping[str, str]:
    """Return every way of checking a wipe."""
    return {
        "full": _("read back in full"),
        "sampled": _("read back by samples"),
        "none": _("not read back"),
    }


def tests() -> Mapping[str, str]:
    """Return the name of every test of a test sheet."""
    return {
        "start": _("start-up"),
        "disk": _("disk"),
        "memory": _("memory"),
        "cpu": _("processor"),
        "screen": _("screen"),
        "keyboard": _("keyboard"),
        "touchpad": _("touchpad"),
        "network": _("wired network"),
        "wifi": _("Wi-Fi"),
        "bluetooth": _("Bluetooth"),
        "camera": _("camera"),
        "sound": _("sound"),
        "usb": _("USB sockets"),
        "battery": _("battery"),
        "charger": _("charger"),
        "hinges": _("hinges"),
        "firmware": _("firmware"),
    }


def results() -> Mapping[str, str]:
    """Return every short test result; one that was skipped has more to say."""
    return {"pass": _("passed"), "fail": _("failed"), "na": _("not applicable")}


def doubts() -> Mapping[str, str]:
    """Return why a report asks for a person."""
    return {
        "several_match": _("Several machines match it."),
        "evidence_conflicts": _("One piece of evidence matches a machine, another speaks against."),
        "weak_match": _("What matches is too weak to be sure."),
        "no_identity": _("Nothing in it identifies a machine; these are alike."),
    }


def decisions() -> Mapping[str, str]:
    """Return every decision on a held report."""
    return {
        "same": _("a machine that was known"),
        "new": _("a new machine"),
        "dismissed": _("dismissed"),
    }


def qualities() -> Mapping[str, str]:
    """Return the legal qualities of partners that have a word; older free words are as written.

    The two plain associations are older words, which say nothing of a right to receive.
    """
    return {
        "reconnue_utilite_publique": _("association of public utility"),
        "interet_general_precarite": _("association of general interest, for people in precarity"),
        "esus": _("reuse body approved ESUS"),
        "parents_eleves": _("parents’ association"),
        "soutien_scolaire": _("tutoring association"),
        "etudiants": _("students’ association"),
        "bienfaisance": _("charity"),
        "staff": _("staff"),
        "public_body": _("public body"),
        "company": _("company"),
        "other": _("other"),
        "unknown": _("unknown"),
        "association": _("association"),
        "association_loi_1901": _("association (1901 act)"),
    }


def needs() -> Mapping[str, str]:
    """Return every need of a family's request; older free words are as written."""
    return {
        "laptop": _("a laptop"),
        "desktop": _("a desktop computer"),
        "tablet": _("a tablet"),
        "large_screen": _("a large screen"),
        "no_internet": _("of use without Internet"),
        "wifi": _("Wi-Fi"),
        "camera": _("a camera"),
        "sound": _("sound"),
    }


def need_name(code: str) -> str:
    """Return a need's name."""
    return needs().get(code, code)


def person_role(code: str) -> str:
    """Return why a person is known."""
    roles = {
        "operator": _("operator"),
        "holder": _("holder"),
        "beneficiary": _("beneficiary"),
        "donor": _("donor"),
    }
    return roles.get(code, code)


def donors() -> Mapping[str, str]:
    """Return every kind of donor."""
    return {"person": _("a person"), "company": _("a company")}


def lot_outcomes() -> Mapping[str, str]:
    """Return how a machine left its lot, and how a request ended."""
    return {
        "refused": _("refused by the partner"),
        "returned": _("returned by the partner"),
        "withdrawn": _("withdrawn"),
        "served_elsewhere": _("served elsewhere"),
    }


def follow_ups() -> Mapping[str, str]:
    """Return every answer to a request for a sign of life."""
    return {
        "works": _("works"),
        "problem": _("has a problem"),
        "no_answer": _("no answer"),
    }


def askers() -> Mapping[str, str]:
    """Return the kinds of those who ask for a machine; another word is as written."""
    return {"family": _("family"), "association": _("association")}


def issues() -> Mapping[str, str]:
    """Return the name of every kind of inbox entry about a machine."""
    return {
        "violation": _("Left without proof"),
        "unlawful": _("Against the law"),
        "unready": _("No longer ready"),
        "conflict": _("Contradiction"),
        "newer": _("Newer program needed"),
    }


def site_kinds() -> Mapping[str, str]:
    """Return every kind of site."""
    return {
        "school": _("School"),
        "town_hall": _("Town hall"),
        "workshop": _("Workshop"),
        "other": _("Other"),
    }


def evidences() -> Mapping[str, str]:
    """Return every kind of identity evidence."""
    return {
        "serial": _("System serial"),
        "board": _("Board serial"),
        "uuid": _("SMBIOS UUID"),
        "chassis": _("Chassis serial"),
        "mac": _("On-board network address"),
        "disk": _("Disk"),
        "model": _("Model"),
    }


def ways() -> Mapping[str, str]:
    """Return every way a title changes hands."""
    return {
        "gift": _("gift"),
        "staff_gift": _("gift to staff"),
        "sale": _("sale"),
        "transfer": _("transfer to a public body"),
        "take_back": _("take-back"),
    }


def outcomes() -> Mapping[str, str]:
    """Return every outcome of a repair."""
    return {
        "repaired": _("repaired"),
        "not_repaired": _("not repaired"),
        "no_fault": _("no fault found"),
    }
