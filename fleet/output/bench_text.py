# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the guided tests ask, and what a bad answer means, as sentences."""

from __future__ import annotations

from collections.abc import Mapping

from fleet.i18n import _
from fleet.model.bench_tests import tested_on_all_functions


def question(code: str) -> str:
    """Return the question or the instruction of a guided step."""
    return questions().get(code, code.replace("_", " "))


def questions() -> dict[str, str]:
    """Return the question of every guided step; it is answered by yes or no."""
    return {
        "screen_colours": _("On these plain colours, do you see spots, lines or dead points?"),
        "screen_light": _("Is the light even, and can it be made brighter and darker?"),
        "screen_cracks": _("Is the glass or the frame cracked?"),
        "keyboard_keys": _("Press each key: it lights up. Did all of them?"),
        "keyboard_caps": _("Press Caps Lock: does its light go on, if it has one?"),
        "touchpad_moves": _("Slide to the four corners, then press left and right. Did it follow?"),
        "sound_left": _("Do you hear the sound on the left?"),
        "sound_right": _("Do you hear the sound on the right?"),
        "sound_microphone": _("Speak, then listen: do you hear yourself?"),
        "usb_move_stick": _("Put a USB stick in each socket. Did all of them see it?"),
        "charger_plug": _("Plug the charger in: does the machine see it?"),
        "charger_cable": _("Is the cable or the plug damaged, or too hot to hold?"),
        "battery_swollen": _("Is the battery swollen: a case that gapes, a touchpad that lifts?"),
        "hinges_hold": _("Open and close the lid slowly: does it hold at every angle?"),
        "hinges_cracks": _("Is the case cracked or loose around the hinges?"),
        "camera_cover": _("Uncover the camera, turn the light on: do you see yourself?"),
    }


def faults() -> dict[str, str]:
    """Return what a bad answer to each guided step means."""
    return {
        "screen_colours": _("Spots, lines or dead points on the screen."),
        "screen_light": _("The screen's light is uneven or cannot be changed."),
        "screen_cracks": _("The screen's glass or frame is cracked."),
        "keyboard_keys": _("Some keys do not answer."),
        "keyboard_caps": _("The light of Caps Lock does not go on."),
        "keys_dead": _("Keys that do not answer: {a}."),
        "keys_absent": _("Keys that this model does not have: {a}."),
        "touchpad_moves": _("The touchpad does not follow."),
        "sound_left": _("No sound on the left."),
        "sound_right": _("No sound on the right."),
        "sound_microphone": _("The microphone does not record."),
        "usb_move_stick": _("A USB socket does not work."),
        "charger_plug": _("The charger is not seen."),
        "charger_cable": _("The charger is damaged or dangerous."),
        "battery_swollen": _("The battery is swollen: take it out, it is dangerous."),
        "hinges_hold": _("The hinges do not hold."),
        "hinges_cracks": _("The case is cracked around the hinges."),
        "camera_cover": _("The camera shows nothing."),
    }


def cosmetic_grades() -> dict[str, str]:
    """Return what each cosmetic grade means, seen at arm's length, switched on and off.

    It says nothing of how the machine works.
    """
    return {
        "A": _("Like after a careful first year: no mark seen at arm's length."),
        "B": _("Light marks: fine scratches on the case, none on the screen."),
        "C": _("Marks that show: scratches, worn keys, stickers' traces; screen clean when lit."),
        "D": _("Knocks, cracks without danger, marks on the screen that do not hinder reading."),
    }


def condition_word(results: Mapping[str, str], kind: str) -> str:
    """Return the word that papers may use for a machine's condition (decree 2022-190)."""
    if tested_on_all_functions(results, kind):
        return _("reconditioned: tested on all functions")
    return _("put back in working order")
