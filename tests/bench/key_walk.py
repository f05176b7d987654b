# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A person at the wizard of a key, on the serial line of a virtual machine: French, keys alone.

A translated machine takes seconds to draw a screen: each step waits for words of the next one.
Keys are counted, as a person presses them.
"""

from __future__ import annotations

import time
from mmap import ACCESS_READ, mmap
from pathlib import Path

from tests.bench.key_machine import KeyMachine, Target

#: What was on a disk before it came; looked for in the raw file, from outside the machine.
OLD_DATA = b"photos des vacances a la mer "
MENU = "Que voulez-vous faire"
_READY_TO_TYPE_S = 1.5
_KEYS = {
    "enter": b"\r", "escape": b"\x1b", "space": b" ", "down": b"\x1b[B", "home": b"\x1b[H",
    "end": b"\x1b[F", "f8": b"\x1b[19~", "f9": b"\x1b[20~", "quit": b"\x11",
}  # fmt: skip
# The limits that come along, for a machine as small as a virtual one, and tests of one second.
_SMALL = (
    r"s/(memory_mib: \{value:) [0-9]+/\1 1000/;s/(cores: \{value:) [0-9]+/\1 1/;"
    r"s/((cpu_mhz|disk_gb|hdd_read_mb_s|flash_read_mb_s): \{value:) [0-9]+/\1 1/;"
    r"s/((memory|cpu|disk_read|discharge)_s: \{value:) [0-9]+/\1 1/"
)
_LIMITS = "/usr/lib/parclibre/source/fleet/data/triage-2026.yml"


def used_disk(path: Path, mebibytes: int) -> Path:
    """A disk with somebody's data at its beginning, at its end, and once per MiB in between."""
    length = 2 << 20
    with path.open("wb") as file:
        file.truncate(mebibytes << 20)
        for place in (0, (mebibytes << 20) - length):
            file.seek(place)
            file.write((OLD_DATA * (length // len(OLD_DATA) + 1))[:length])
        for number in range(mebibytes):
            file.seek((number << 20) + 4096 * (number % 200))
            file.write(OLD_DATA)
    return path


def holds_old_data(disk: Target) -> bool:
    """Whether anything of what the disk held can be read in its raw file, from outside."""
    with disk.path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as content:
        return content.find(OLD_DATA) >= 0


def accept_a_small_machine(pc: KeyMachine) -> None:
    """In the shell: the workshop of this key takes machines of one core and small disks."""
    pc.shell(f"sed -E '{_SMALL}' {_LIMITS} > /var/lib/parclibre/triage.yml")


class Walk:
    """The wizard, step by step. ``pc`` shows the rescue menu."""

    def __init__(self, pc: KeyMachine) -> None:
        self.pc = pc
        self.keys = 0

    def press(self, *keys: str) -> None:
        """Press keys, or type texts, once the screen had the time to be drawn."""
        time.sleep(_READY_TO_TYPE_S)
        for key in keys:
            self.pc.press(_KEYS.get(key) or key.encode())
            self.keys += 1 if key in _KEYS else len(key)
            time.sleep(0.3)

    def to_the_wipe(self) -> str:
        """From the menu to the wipe of both disks; returns the number of the machine."""
        self.sits_down()
        number = self.identifies()
        self.press("f9")
        self.tests_the_screen()
        self.tests_the_keys()
        self.pc.expect("réparé quelque chose")
        self.press("enter")
        self.starts_the_wipe(number, disks=2)
        return number

    def after_the_cut(self, number: str) -> str:
        """From the menu to the end of that machine; returns what its last page says."""
        self.sits_down()
        self.pc.expect("Le courant a été coupé")
        self.goes_on_with(number)
        self.wipes(number, disks=2)
        self.press("enter")
        self.keeps_the_verdict()
        self.grades()
        said = self.hands_over_bare()
        self.leaves()
        return said

    def sits_down(self) -> None:
        """From the menu to the first question of the wizard, at the first table."""
        self.pc.type("1")
        self.pc.expect("quelle table")
        self.press("enter")

    def identifies(self) -> str:
        """This PC, given by a person; returns the number that the key gave it."""
        self.pc.expect("devant vous")
        self.press("enter")
        self.pc.expect("D'où vient-elle")
        self.press("enter")
        self.pc.expect("Son numéro")
        number = self.pc.expect(r"PL-\d{5}")[0]
        self.press("enter")
        self.pc.expect("PREMIER AVIS")
        return number

    def goes_on_with(self, number: str) -> None:
        """Take the machine that was on the bench, and go to the step that is not finished."""
        self.pc.expect(f"Continuer avec {number}")
        self.press("enter")
        self.pc.expect("PREMIER AVIS")
        self.press("f9")

    def tests_the_screen(self) -> None:
        """Wait for what the machine tests by itself, then answer for the screen."""
        self.pc.expect(r"Tests faits\s:\s4 sur 6")
        self.press("enter")
        self.press(*["space"] * 5)
        self.pc.expect("1/3")
        self.press("n")
        self.pc.expect("2/3")
        self.press("o")
        self.pc.expect("3/3")
        self.press("n")
        self.pc.expect(r"Tests faits\s:\s5 sur 6")

    def tests_the_keys(self) -> None:
        """The keyboard, of which most keys are not there; then go on."""
        self.press("home", *["down"] * 4)
        self.press("enter")
        self.press("a", "z", "escape")
        time.sleep(_READY_TO_TYPE_S)
        self.press("escape")
        self.pc.expect("pas répondu")
        self.press("o")
        self.pc.expect("2/2")
        self.press("o")
        self.pc.expect(r"Tests faits\s:\s6 sur 6")
        self.press("f9")

    def repairs(self, fault: str) -> None:
        """Write one repair down."""
        self.pc.expect("réparé quelque chose")
        self.press("f8")
        self.pc.expect("Une panne")
        self.press(fault, "enter", "f9")
        self.pc.expect(f"- {fault}")

    def starts_the_wipe(self, number: str, *, disks: int) -> None:
        """Read the plan, then type the number in small letters."""
        self.pc.expect(f"{disks} disques? à effacer")
        self.press("enter")
        self.pc.expect("Pour confirmer")
        self.press(number.lower(), "enter")

    def wipes(self, number: str, *, disks: int) -> None:
        """Wipe, until the certificates are on the key."""
        self.starts_the_wipe(number, disks=disks)
        self.pc.expect("sont sur la clé")

    def keeps_the_verdict(self) -> None:
        self.pc.expect("VERDICT")
        self.press("f9")

    def grades(self) -> None:
        """Say what it looks like; the question of the system comes."""
        self.pc.expect("bout de bras")
        self.press("down", "enter")
        self.pc.expect("Quel système")

    def hands_over_bare(self) -> str:
        """Choose no system; returns what the last page says."""
        self.press("end", "enter")
        self.pc.expect("touches")
        said = self.pc.text[-4000:]
        self.press("f9")
        self.pc.expect("devant vous")
        return said

    def leaves(self) -> None:
        self.press("quit")
        self.pc.expect(MENU)
