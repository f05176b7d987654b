# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys that were really pressed, and the map on which they light up."""

from __future__ import annotations

import os
import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.model.keyboards import conclude_keys
from fleet.model.recipe_problems import RecipeRefused
from fleet.readers.keyboards_yaml import read_keyboards
from fleet.services.keyboards import keyboard_for, keyboards
from reconditioning.checks import Places
from reconditioning.checks_keys import Input, input_devices, input_of, watch_input

KEY, REL, ABS = 1, 2, 3
DEVICES = """\
I: Bus=0011 Vendor=0001 Product=0001 Version=ab41
N: Name="AT Translated Set 2 keyboard"
H: Handlers=sysrq kbd event0 leds
B: EV=120013

I: Bus=0019 Vendor=0000 Product=0001 Version=0000
N: Name="Power Button"
H: Handlers=event1
B: EV=3

I: Bus=0011 Vendor=0002 Product=0007 Version=01b1
N: Name="SynPS/2 Synaptics TouchPad"
H: Handlers=mouse0 event4
B: EV=b
"""


def event(type_: int, code: int, value: int) -> bytes:
    return struct.pack("llHHi", 0, 0, type_, code, value)


def test_a_press_counts_once_and_neither_release_nor_repeat_does() -> None:
    raw = event(KEY, 30, 1) + event(KEY, 30, 2) + event(KEY, 30, 0) + event(KEY, 42, 1)

    assert input_of(raw) == Input(keys=(30, 42))


def test_a_pointer_says_where_it_went_and_which_buttons_were_pressed() -> None:
    raw = event(ABS, 0, 100) + event(ABS, 1, 5) + event(KEY, 0x110, 1) + event(KEY, 0x111, 0)

    assert input_of(raw).pointer == {"moved_across", "moved_along", "left"}
    assert input_of(event(REL, 0, -1)).pointer == {"moved_across"}


@given(st.binary(max_size=400))
def test_no_bytes_of_a_device_can_hurt(raw: bytes) -> None:
    found = input_of(raw)

    assert all(0 <= code < 0x100 for code in found.keys)


def test_keyboards_and_pointers_are_found_among_the_kernel_s_devices(tmp_path: Path) -> None:
    (tmp_path / "bus/input").mkdir(parents=True)
    (tmp_path / "bus/input/devices").write_text(DEVICES)
    places = Places(proc=tmp_path, dev=Path("/dev"))

    assert input_devices(places, "kbd") == (Path("/dev/input/event0"),)
    assert input_devices(places, "mouse") == (Path("/dev/input/event4"),)


def test_a_device_is_watched_until_it_goes_away_or_nobody_types(tmp_path: Path) -> None:
    pipe = tmp_path / "event0"
    os.mkfifo(pipe)
    keeper = os.open(pipe, os.O_RDWR)
    os.write(keeper, event(KEY, 16, 1) + event(KEY, 17, 1))

    seen = list(
        watch_input((pipe, tmp_path / "gone"), cancelled=lambda: False, grab=True, idle_s=0.3)
    )
    os.close(keeper)

    assert [found.keys for found in seen] == [(16, 17)]


def test_a_person_may_end_it_at_once(tmp_path: Path) -> None:
    pipe = tmp_path / "event0"
    os.mkfifo(pipe)
    keeper = os.open(pipe, os.O_RDWR)

    seen = list(watch_input((pipe,), cancelled=lambda: True, grab=False))
    os.close(keeper)

    assert seen == []


# --- the map ------------------------------------------------------------------------------------


def test_the_layouts_hold_each_code_once_and_what_a_french_keyboard_bears() -> None:
    for keyboard in keyboards().values():
        codes = [key.code for key in keyboard.keys]
        assert len(codes) == len(set(codes))
    full = keyboards()["azerty_105"]
    assert len(full.keys) == 105
    assert [key.label for key in full.rows[2][1:7]] == list("AZERTY")
    assert keyboard_for("laptop").name == "azerty_portable"
    assert keyboard_for("desktop") is full


def test_a_keyboard_passes_when_each_key_answered_or_is_not_on_this_model() -> None:
    keyboard = keyboards()["azerty_portable"]
    all_but_two = {key.code for key in keyboard.keys} - {30, 125}

    whole = conclude_keys(keyboard, all_but_two | {30, 125}, seconds=40)
    model = conclude_keys(keyboard, all_but_two | {30}, {125})
    dead = conclude_keys(keyboard, all_but_two, {125})

    assert (whole.result, whole.reasons, whole.seconds) == ("pass", (), 40)
    assert (model.result, model.reasons) == ("pass", ("keys_absent=Windows",))
    assert (dead.result, dead.reasons) == ("fail", ("keys_dead=Q", "keys_absent=Windows"))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('small:\n  title: Petit\n  rows: ["1=Échap A"]\n', "small.yml:3:10"),
        ('small:\n  rows: ["1=A"]\n', "title"),
        ("small:\n  title: x\n  rows: []\n  colour: red\n", "colour"),
        ("- 1\n", "small.yml:1:1"),
    ],
)
def test_a_bad_layout_is_refused_with_its_place(text: str, told: str) -> None:
    with pytest.raises(RecipeRefused) as refused:
        read_keyboards(text.encode(), "small.yml")

    assert told in str(refused.value)
