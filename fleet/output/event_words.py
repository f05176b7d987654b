# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The kinds of events in the user's language, in the past."""

from __future__ import annotations

from fleet.i18n import _


def event_names() -> dict[str, str]:
    """Return the name of every kind of event, in the past."""
    return _machine_events() | _life_events() | _disk_events() | _other_events()


def _other_events() -> dict[str, str]:
    return _bench_events() | _record_events() | _giving_events()


def _machine_events() -> dict[str, str]:
    return {
        "MachineRegistered": _("Registered"),
        "MachineDescribed": _("Description changed"),
        "ReportImported": _("Report read"),
        "ReportHeld": _("Report put in the inbox"),
        "ReportSettled": _("Report settled"),
        "Seen": _("Seen in stock-taking"),
        "MachinePutInLot": _("Put in a lot"),
        "MachinesMerged": _("Merged with another record of the same machine"),
        "MachinesSplit": _("Split again from another record"),
        "StateDeclared": _("State declared from past records"),
        "GuardWaived": _("Exception granted by a supervisor"),
        "Undone": _("Undone"),
        "ConflictSettled": _("Inbox entry settled"),
    }


def _life_events() -> dict[str, str]:
    return {
        "Installed": _("Put in service"),
        "Moved": _("Moved"),
        "CheckedIn": _("Checked in"),
        "ForeignBoot": _("A foreign system was started"),
        "RepairOpened": _("Repair opened"),
        "RepairClosed": _("Repair closed"),
        "Retired": _("Retired"),
        "TakenIn": _("Taken into the workshop"),
        "Returned": _("Returned"),
        "ReadyLost": _("Taken back from ready"),
        "TestsRecorded": _("Tests recorded"),
        "VerdictGiven": _("Technical verdict"),
        "ImageInstalled": _("Family system recorded"),
        "MadeReady": _("Made ready to give"),
        "HandedOver": _("Handed over to a family"),
        "Loaned": _("Lent"),
        "Exited": _("Sold or transferred"),
        "Dismantled": _("Dismantled for parts"),
        "ToRecycle": _("Sent to recycling"),
        "Recycled": _("Recycled"),
        "Lost": _("Lost or stolen"),
        "Found": _("Found again"),
        "TitleTransferred": _("Title transferred"),
    }


def _disk_events() -> dict[str, str]:
    return {
        "DiskAdded": _("Disk added"),
        "DiskRemoved": _("Disk removed"),
        "DisksDeclared": _("List of disks declared"),
        "DiskRegistered": _("Disk registered"),
        "DiskMeasured": _("Disk health read"),
        "DiskWiped": _("Wipe recorded"),
        "DiskDestroyed": _("Disk destroyed"),
        "DiskKept": _("Disk kept under our control"),
    }


def _bench_events() -> dict[str, str]:
    return {
        "BenchStarted": _("Came on the bench"),
        "StepTimed": _("Time spent on a step"),
        "TestMeasured": _("Test measured"),
        "FirstOpinion": _("First opinion"),
        "CosmeticGraded": _("Cosmetic grade given"),
        "RepairDone": _("Repair done"),
        "CertificateIssued": _("Wipe certificate issued"),
        "ClockDoubted": _("Wrong clock found"),
    }


def _giving_events() -> dict[str, str]:
    return {
        "ValueEstimated": _("Value estimated"),
        "GiftReceived": _("Gift received"),
        "LeftLot": _("Taken out of its lot"),
        "LotClosed": _("Lot collected"),
        "EligibilityAttested": _("Eligibility attested"),
        "RequestClosed": _("Request closed"),
        "FollowedUp": _("Sign of life"),
        "ReuseProven": _("Reuse proven"),
    }


def _record_events() -> dict[str, str]:
    return {
        "SiteAdded": _("Site added"),
        "RoomAdded": _("Room added"),
        "PartnerAdded": _("Partner added"),
        "AgreementSigned": _("Agreement signed"),
        "LotOpened": _("Lot opened"),
        "BeneficiaryReferred": _("Beneficiary referred"),
        "DocumentIssued": _("Document made"),
        "DocumentSigned": _("Signed document kept"),
        "AuditSealed": _("Audit sealed"),
        "OperatorAdded": _("Operator added"),
        "PolicyChosen": _("Policy chosen"),
        "OpeningStockDeclared": _("Opening stock declared"),
        "ReplicaEnrolled": _("Replica enrolled"),
        "ReplicaTrusted": _("Replica trusted"),
        "ReplicaRevoked": _("Replica revoked"),
        "ReplicaRehomed": _("Replica rehomed"),
        "TagsReserved": _("Numbers of tags given to a key"),
        "TagsTaken": _("Numbers of tags taken by this key"),
    }
