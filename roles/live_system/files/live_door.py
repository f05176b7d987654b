#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The first screen of the live system: the keyboard, then the door that the start-up menu chose.

``parclibre.door=deploy|recondition|rescue`` on the kernel's command line; without it, rescue.
Nothing here writes to a disk of the machine: installing asks ParcLibre's installer, which has its
own questions. A clock that cannot be right is asked, before anything is dated by it.
Python 3.11, standard library only.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

MOUNT = Path("/run/parclibre/stick")
COLLECTOR = "/usr/lib/parclibre/parclibre-collect"
STICK_FORMATS = {"vfat", "exfat", "ext4", "ext3", "ext2"}
IMAGE_FOLDERS = ("IMAGES", "images", "parclibre/images", ".")
# The large font's letters, in pixels: the wizard needs 80 of them by 24.
LARGE = (16, 32)
LARGE_FONT = "/usr/share/consolefonts/Lat15-TerminusBold32x16.psf.gz"
SMALL_FONT = "/usr/share/consolefonts/Lat15-TerminusBold20x10.psf.gz"
DOOR = re.compile(r"(?:^|\s)parclibre\.door=(\w+)")
# The digits' row of a French keyboard, unshifted: whoever types 1 there types « & ».
UNSHIFTED = dict(zip("&é\"'(-è_çà", "1234567890", strict=True))
KEYBOARDS = (
    ("Français (azerty)", "fr", "oss"),
    ("Belge", "be", ""),
    ("Suisse", "ch", "fr"),
    ("Français (bépo)", "fr", "bepo"),
    ("Anglais (qwerty)", "us", ""),
)
NO_STICK = "Aucune clé USB lisible. Branchez-en une, attendez trois secondes, et recommencez."
RUN = Path("/run/parclibre")
BUILT = Path("/run/live/medium/live/built-at")
# A machine's battery that died dates it 2009; no key serves for ten years.
LATEST = timedelta(days=3653)
DOORS = {
    "recondition": ["parclibre", "bench"],
    "deploy": ["parclibre", "live", "deploy"],
}
KEY_UNIT = "parclibre-key.service"
NETWORK = "parclibre-network.target"
CLOSED = "Voici le menu de dépannage."

Json = dict[str, Any]


@dataclass(frozen=True)
class Volume:
    """A partition of a USB stick that can hold files."""

    path: str
    label: str
    size_bytes: int

    def __str__(self) -> str:
        return f"{self.label or 'clé sans nom'} ({self.path}, {in_gb(self.size_bytes)})"


@dataclass(frozen=True)
class Disk:
    """A disk inside the machine."""

    path: str
    model: str
    size_bytes: int

    def __str__(self) -> str:
        return f"{self.model or 'disque'} ({self.path}, {in_gb(self.size_bytes)})"


def in_gb(size_bytes: int) -> str:
    """Return a size as it is printed on disks."""
    return f"{round(size_bytes / 1_000_000_000)} Go"


# What the machine has


def read_door(command_line: str) -> str:
    """Return the door that the kernel's command line names; rescue for any other."""
    found = DOOR.findall(command_line)
    return found[-1] if found and found[-1] in (*DOORS, "rescue") else "rescue"


def read_devices() -> list[Json]:
    """Return the disks as lsblk tells them."""
    columns = "PATH,TYPE,RM,TRAN,FSTYPE,LABEL,MODEL,SIZE,RO"
    done = subprocess.run(
        ["lsblk", "--json", "--bytes", "--output", columns],
        stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    devices: list[Json] = json.loads(done.stdout)["blockdevices"]
    return [device for device in devices if device["type"] == "disk" and device["size"]]


def is_stick(device: Json) -> bool:
    """Say whether a disk is plugged in for the occasion."""
    return bool(device["tran"] == "usb" or device["rm"])


def volumes_of(devices: Sequence[Json]) -> list[Volume]:
    """Return what can be written on the sticks."""
    parts = [
        part
        for device in devices
        if is_stick(device) and not device["ro"]
        for part in [device, *device.get("children", [])]
    ]
    return [
        Volume(part["path"], part["label"] or "", int(part["size"]))
        for part in parts
        if part["fstype"] in STICK_FORMATS
    ]


def disks_of(devices: Sequence[Json]) -> list[Disk]:
    """Return the disks inside the machine, sticks left out."""
    return [
        Disk(device["path"], (device["model"] or "").strip(), int(device["size"]))
        for device in devices
        if not is_stick(device) and not device["ro"]
    ]


def images_in(folder: Path) -> list[Path]:
    """Return the folders of images on a stick, the newest name last."""
    # By name: FAT shows one folder as IMAGES and as images.
    found = {
        manifest.parent.name: manifest.parent.resolve()
        for place in IMAGE_FOLDERS
        for manifest in (folder / place).glob("*/manifest.json")
    }
    return [found[name] for name in sorted(found)]


@contextlib.contextmanager
def mounted(volume: Volume, folder: Path = MOUNT) -> Iterator[Path]:
    """Mount a stick for as long as it serves; nothing on it can be run."""
    folder.mkdir(parents=True, exist_ok=True)
    # The key that the system runs from is mounted already, and stays so.
    if os.path.ismount(folder):
        yield folder
        os.sync()
        return
    options = "nosuid,nodev,noexec"
    subprocess.run(["mount", "-o", options, volume.path, str(folder)], check=True)
    try:
        yield folder
    finally:
        os.sync()
        subprocess.run(["umount", str(folder)], check=False)


# The conversation


def say(text: str = "") -> None:
    """Show a line."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def unshift(text: str) -> str:
    """Return what a French keyboard would have given with the shift key."""
    return "".join(UNSHIFTED.get(letter, letter) for letter in text)


def choose(
    question: str, choices: Sequence[object], enter: str = "Entrée pour revenir"
) -> int | None:
    """Return the number of the choice made, from 0; None for the Enter key alone."""
    say()
    say(question)
    for number, choice in enumerate(choices, start=1):
        say(f"  {number}. {choice}")
    while True:
        typed = input(f"Votre choix, ou {enter} : ").strip()
        typed = unshift(typed)
        if not typed:
            return None
        if typed.isdecimal() and 0 < int(typed) <= len(choices):
            return int(typed) - 1
        say(f"Tapez un nombre de 1 à {len(choices)}.")


def choose_keyboard() -> None:
    """Set the keyboard, French unless another is chosen."""
    names = [keyboard[0] for keyboard in KEYBOARDS]
    number = choose("Quel est votre clavier ?", names, "Entrée pour le français")
    _name, layout, variant = KEYBOARDS[number or 0]
    settings = {"XKBMODEL": "pc105", "XKBLAYOUT": layout, "XKBVARIANT": variant, "BACKSPACE": ""}
    lines = [f'{key}="{value}"' for key, value in settings.items()]
    Path("/etc/default/keyboard").write_text("\n".join([*lines, "XKBOPTIONS=", ""]))
    if os.environ.get("TERM") == "linux":
        subprocess.run(["setupcon", "--force", "-k"], check=False)


def read_built(path: Path = BUILT) -> datetime:
    """Return when the live system was built; long ago when the medium does not say."""
    try:
        told = datetime.strptime(path.read_text().strip(), "%Y-%m-%dT%H:%M:%SZ")
    except (OSError, ValueError):
        told = datetime(2026, 1, 1)
    return told.replace(tzinfo=UTC)


def is_absurd(now: datetime, built: datetime) -> bool:
    """Say whether a clock cannot be right: before this system was made, or ten years after."""
    return now < built - timedelta(days=1) or now > built + LATEST


def read_moment(day: str, hour: str) -> datetime | None:
    """Return the local moment that a person typed, 22/11/2026 and 14:05; None when it is none."""
    digits = [text if re.search(r"\d", text) else unshift(text) for text in (day, hour)]
    numbers = re.findall(r"\d+", " ".join(digits))
    if len(numbers) != 5:
        return None
    day_, month, year, hours, minutes = map(int, numbers)
    with contextlib.suppress(ValueError, OverflowError):
        return datetime(year, month, day_, hours, minutes).astimezone()
    return None


def check_clock(folder: Path = RUN) -> None:
    """Ask the date when the machine's clock cannot be right; keep both times for the journal."""
    now, built = datetime.now(UTC), read_built()
    if not is_absurd(now, built):
        return
    say()
    say(f"L’horloge de cet ordinateur dit {now:%d/%m/%Y} : elle est fausse.")
    while True:
        day = input("Quel jour sommes-nous ? (22/11/2026) : ")
        hour = input("Quelle heure est-il ? (14:05) : ")
        moment = read_moment(day, hour)
        if moment is not None and not is_absurd(moment, built):
            break
        say("Cette date n’est pas possible. Recommencez.")
    subprocess.run(["date", f"--set=@{moment.timestamp():.0f}"], stdout=subprocess.DEVNULL)
    said = {"machine_said": stamp(now), "person_said": stamp(moment)}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "clock.json").write_text(json.dumps(said))


def stamp(moment: datetime) -> str:
    """Return a moment as the journal writes it."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def choose_font() -> None:
    """Take the largest letters of which 80 by 24 fit on the screen."""
    if os.environ.get("TERM") != "linux":
        return
    with contextlib.suppress(OSError, ValueError):
        size = Path("/sys/class/graphics/fb0/virtual_size").read_text().split(",")
        font = LARGE_FONT if fits_large(int(size[0]), int(size[1])) else SMALL_FONT
        subprocess.run(["setfont", font], check=False)


def fits_large(width: int, height: int) -> bool:
    """Say whether a screen of that many pixels has room for 80 by 24 large letters."""
    return width >= 80 * LARGE[0] and height >= 24 * LARGE[1]


def choose_volume() -> Volume | None:
    """Return the stick to use, asking only when there are several; our own key first."""
    if os.path.ismount(MOUNT):
        return Volume(str(MOUNT), "PARCLIBRE", 0)
    volumes = volumes_of(read_devices())
    if not volumes:
        say(NO_STICK)
        return None
    if len(volumes) == 1:
        return volumes[0]
    number = choose("Quelle clé ?", volumes)
    return None if number is None else volumes[number]


# What can be done


def collect_report() -> None:
    """Write the machine's report on a stick."""
    volume = choose_volume()
    if volume is None:
        return
    with mounted(volume) as folder:
        done = subprocess.run([COLLECTOR, "--output", f"{folder}/"], check=False)
    if done.returncode == 0:
        say("Relevé écrit. Vous pouvez retirer la clé.")


def install_image() -> None:
    """Hand one image of a stick and one disk to the installer, which asks before it writes."""
    volume = choose_volume()
    if volume is None:
        return
    with mounted(volume) as folder:
        image = choose_among("Quelle image ?", images_in(folder), "Aucune image sur cette clé.")
        if image is None:
            return
        none = "Aucun disque dans cette machine."
        disk = choose_among("Sur quel disque ?", disks_of(read_devices()), none)
        if disk is not None:
            words = ["--image", str(image), "--disk", disk.path]
            subprocess.run(["parclibre", "install", *words], check=False)


def choose_among(question: str, choices: Sequence[Any], none: str) -> Any:
    """Return the thing chosen; None when there is none, or when the person goes back."""
    if not choices:
        say(none)
        return None
    shown = [choice.name if isinstance(choice, Path) else choice for choice in choices]
    number = choose(question, shown)
    return None if number is None else choices[number]


def open_shell() -> None:
    """Give a command line."""
    say("Tapez « exit » pour revenir au menu.")
    subprocess.run(["bash", "--login"], check=False)


def power_off() -> None:
    """Switch the machine off."""
    subprocess.run(["systemctl", "poweroff"], check=False)


def restart() -> None:
    """Start the machine again."""
    subprocess.run(["systemctl", "reboot"], check=False)


RESCUE: tuple[tuple[str, Callable[[], None]], ...] = (
    ("Remettre cet ordinateur en état (atelier)", lambda: open_door("recondition")),
    ("Installer des ordinateurs de la clé, sans réseau", lambda: open_door("deploy")),
    ("Faire le relevé de cette machine, sur une clé", collect_report),
    ("Installer une image qui est sur une clé", install_image),
    ("Ouvrir une ligne de commande", open_shell),
    ("Changer de clavier", choose_keyboard),
    ("Éteindre", power_off),
    ("Redémarrer", restart),
)


def rescue() -> None:
    """Offer the rescue menu until the machine goes off."""
    while True:
        number = choose("Que voulez-vous faire ?", [name for name, _act in RESCUE])
        if number is None:
            continue
        try:
            RESCUE[number][1]()
        except (OSError, subprocess.CalledProcessError) as error:
            say(f"Cela n’a pas marché : {error}")


def prepare_key(*, wait: bool) -> None:
    """Have the key's partitions mounted and its store made, behind the questions."""
    block = [] if wait else ["--no-block"]
    done = subprocess.run(["systemctl", *block, "start", KEY_UNIT], check=False)
    if wait and done.returncode:
        show = ["journalctl", "--unit", KEY_UNIT, "--boot", "--lines", "12", "--output", "cat"]
        subprocess.run([*show, "--no-pager"], check=False)
        say("La clé n’a pas pu être préparée.")


def start_network() -> None:
    """Start the firewall and the network behind the first question."""
    subprocess.run(["systemctl", "--no-block", "start", NETWORK], check=False)


def tell_memory() -> None:
    """Say so when nothing of what is done here would be kept."""
    if not os.path.ismount("/var/lib/parclibre"):
        say("Pas de clé inscriptible : tout sera oublié à l’extinction, sauf ce que vous copiez.")


def open_door(door: str) -> None:
    """Run what a door is for; afterwards the rescue menu is there."""
    if door not in DOORS:
        return
    say("Préparation de la clé...")
    prepare_key(wait=True)
    tell_memory()
    subprocess.run(DOORS[door], check=False)
    say()
    say(CLOSED)


def main(argv: Sequence[str] | None = None) -> int:
    """Open the door that was asked for."""
    parser = argparse.ArgumentParser(prog="live-door", description="Accueil du système autonome.")
    parser.add_argument("--command-line", type=Path, default="/proc/cmdline")
    # agetty adds the name of an account, which does not matter here.
    parser.add_argument("account", nargs="*")
    chosen = parser.parse_args(argv)
    choose_font()
    say("ParcLibre")
    say("Rien n’est écrit sur les disques de cette machine sans vous le demander.")
    try:
        start_network()
        choose_keyboard()
        check_clock()
        prepare_key(wait=False)
        open_door(read_door(chosen.command_line.read_text(encoding="utf-8")))
        rescue()
    except (EOFError, KeyboardInterrupt):
        return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
