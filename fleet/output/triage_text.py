# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The reasons of triage and tests as sentences in the user's language.

Codes are those of ``fleet.model.triage`` and ``reconditioning.checks``; SMART's own are in
``fleet.output.findings``. The parts of a value are ``{a}``, ``{b}``, ``{c}``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial

from fleet.i18n import _
from fleet.model.facts import Finding
from fleet.model.triage import Opinion, Triage
from fleet.model.triage_weight import parts_of
from fleet.output import bench_text, check_text
from fleet.output.amounts import memory_size
from fleet.output.findings import describe as describe_finding
from fleet.output.findings import sentences as finding_sentences
from fleet.output.words import labelled, test_name


def describe(reason: Finding | str) -> str:
    """Return one sentence for a reason of a triage or a test, as a finding or as ``code=value``."""
    found = reason if isinstance(reason, Finding) else _finding(reason)
    sentence = sentences().get(found.code)
    if sentence is None:
        return describe_finding(found)
    shown = _SHOWN.get(found.code, ())
    parts = [_part(shown, place, part) for place, part in enumerate(parts_of(found))]
    return sentence.format(**dict(zip("abc", (*parts, "?", "?", "?"), strict=False)))


def sentence_of(text: str) -> str | None:
    """Return the sentence of a coded reason without its full stop; None for a person's words."""
    code = text.partition("=")[0]
    if code not in sentences() and code not in finding_sentences():
        return None
    return describe(text).removesuffix(".")


def opinion_name(opinion: str) -> str:
    """Return what becomes of a machine, as a heading."""
    return opinions().get(opinion, opinion)


def opinions() -> dict[str, str]:
    """Return the name of every opinion."""
    return {
        "keep": _("Keep it"),
        "upgrade": _("Keep it, with an upgrade"),
        "parts": _("Take it apart for parts"),
        "recycle": _("Recycle it"),
    }


def desktop_name(desktop: str | None) -> str:
    """Return the desktop that a machine can run, as a phrase; empty for none."""
    return {
        "xfce": _("family image with its light desktop (Xfce)"),
        "gnome": _("family image with GNOME, or on Zorin OS"),
    }.get(desktop or "", "")


def triage_lines(triage: Triage) -> Iterator[str]:
    """Yield the opinion, then each reason, each upgrade, each piece of advice, and the date."""
    yield opinion_name(triage.opinion)
    if triage.desktop:
        yield labelled(_("Installs"), desktop_name(triage.desktop))
    for title, found in _lists(triage):
        yield from (labelled(title, describe(one)) for one in found)
    yield _("Limits of {day}.").format(day=triage.thresholds)


def _lists(triage: Triage) -> tuple[tuple[str, tuple[Finding, ...]], ...]:
    return (
        (_("Because"), triage.reasons),
        (_("To do"), triage.upgrades),
        (_("Would help"), triage.advice),
        (_("Worth taking out"), triage.parts),
    )


def is_kept(opinion: str) -> bool:
    """Tell whether an opinion lets the machine go to a family."""
    return opinion in (Opinion.KEEP, Opinion.UPGRADE)


def _finding(text: str) -> Finding:
    code, _equals, value = text.partition("=")
    return Finding(code=code, value=value)


def sentences() -> Mapping[str, str]:
    """Return the sentence of every code of triage and tests."""
    return {
        **_machine_reasons(),
        **_disk_reasons(),
        **_actions(),
        **check_text.sentences(),
        **bench_text.faults(),
    }


def _machine_reasons() -> dict[str, str]:
    return {
        "floors_reached": _("It reaches every limit."),
        "cpu_bits": _("The processor has {a} bits; today's systems need {b}."),
        "cpu_few_cores": _("Cores of the processor: {a}; at least {b} are needed."),
        "cpu_slow": _("The processor runs at {a} MHz; at least {b} are needed."),
        "cpu_unknown": _("The processor is not fully known: have a look."),
        "memory_low": _("It has {a} of memory; at least {b} are needed."),
        "memory_unknown": _("The amount of memory is unknown: have a look."),
        "memory_soldered": _("Its memory is soldered: none can be added."),
        "memory_max": _("Its board takes at most {a} of memory."),
        "battery_absent": _("It has no battery."),
        "battery_unknown": _("The battery does not tell its health."),
        "battery_dead": _(
            "The battery holds {a} percent of its charge when new: on the mains only."
        ),
        "battery_weak": _("The battery holds {a} percent of its charge when new."),
        "test_failed": _("Failed test: {a}."),
        "test_skipped": _("Test left out: {a}."),
        "kind": _("This kind of machine has none."),
        "does_not_start": _("It does not start, or is too old for the key."),
    }


def _disk_reasons() -> dict[str, str]:
    return {
        "hidden_storage": _("A controller may hide disks: set it to AHCI in the firmware."),
        "disks_unknown": _("Its disks are not known."),
        "no_disk": _("It has no disk."),
        "disk_failing": _("The disk {a} is failing."),
        "disk_small": _("The disk {a} holds {b} GB; at least {c} are needed."),
        "disk_soldered": _("{a} is soldered on the board: it cannot be replaced."),
        "disk_worn": _("The disk {a} is worn."),
        "disk_health_unknown": _("The disk {a} does not tell its health."),
        "same_serial_twice": _(
            "Two disks give the same serial number ({a}): know them apart by their place."
        ),
    }


def _actions() -> dict[str, str]:
    return {
        "add_memory": _("add {a} of memory ({b})"),
        "replace_memory": _("put {a} modules of {b} of memory ({c})"),
        "replace_bad_memory": _("find and replace the faulty memory module"),
        "add_disk_ssd": _("put an SSD in"),
        "replace_disk_ssd": _("replace the disk {a} with an SSD"),
        "remove_disk": _("take the disk {a} out; the other one is enough"),
        "replace_failed_disk": _("replace the disk that failed with an SSD"),
        "replace_battery": _("replace the battery"),
        "repair_screen": _("repair or replace the screen"),
        "replace_keyboard": _("replace the keyboard"),
        "repair_touchpad": _("repair the touchpad, or give a mouse with it"),
        "replace_charger": _("find another charger"),
        "repair_hinges": _("repair the hinges"),
        "unlock_firmware": _("take the firmware's lock off: ask whoever gave the machine"),
        "add_usb_wifi": _("add a USB Wi-Fi key"),
        "add_usb_sound": _("add a USB sound key or headphones"),
        "add_usb_network": _("add a USB network adapter"),
        "part_memory": _("memory module of {a} ({b})"),
        "part_disk": _("disk {a}, in good health"),
        "part_battery": _("battery at {a} %"),
        "part_by_hand": _("parts that the workshop can use"),
    }


def _part(shown: tuple[Callable[[str], str], ...], place: int, part: str) -> str:
    return shown[place](part) if place < len(shown) else part


def _bytes(unit: int, text: str) -> str:
    """Return an amount of memory; as it is when it is no number."""
    try:
        return memory_size(round(float(text) * unit))
    except (ValueError, OverflowError):
        return text


_MIB = partial(_bytes, 2**20)
_GIB = partial(_bytes, 2**30)
# How the parts of a value are shown, for those that are not shown as they are.
_SHOWN: Mapping[str, tuple[Callable[[str], str], ...]] = {
    "memory_low": (_MIB, _MIB),
    "memory_max": (_MIB,),
    "memory_tested": (_MIB, _MIB),
    "memory_mostly_used": (_MIB, _MIB),
    "memory_not_free": (_MIB,),
    "add_memory": (_GIB,),
    "replace_memory": (str, _GIB),
    "part_memory": (_GIB,),
    "test_failed": (test_name,),
    "test_skipped": (test_name,),
}
