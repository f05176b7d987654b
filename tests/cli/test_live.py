# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``parclibre live`` as it is typed: at the desk, then on the key it made."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from fleet.model.live_key import Seed, encode_seed
from fleet.services import exchange, machines
from fleet.services.introductions import introduced
from fleet.services.live_content import installations
from fleet.services.town import NOBODY, Town, init_town
from tests.cli.command_line import Typist
from tests.ipp_printer import free_port, ipp_printer, skip_without_printing
from tests.services.installer_samples import make_disk, make_image, make_root
from tests.services.live_samples import make_desk, make_live_image

SEATS = "site;salle;place;nom\nJaurès;Salle 2;A1;salle-2-poste-01\n"


@pytest.fixture
def maker(desk: Typist, tmp_path: Path) -> Typist:
    """A person whose installation has a live image."""
    town = init_town(desk.home, f"sqlite:///{desk.home / 'journal.db'}")
    make_live_image(replace(town, operator=NOBODY), tmp_path / "root")
    return desk


def test_a_key_is_planned_then_made_then_starts_with_its_own_numbers(
    maker: Typist, tmp_path: Path
) -> None:
    rooms = tmp_path / "salle-2.csv"
    rooms.write_text(SEATS)
    words = ("live", "key", "--file", tmp_path / "cle.img", "--image", "ecole",
             "--rooms", rooms, "--label", "Clé 3")  # fmt: skip

    planned = maker.types(*words, "--plan")
    nothing_yet = not (tmp_path / "cle.img").exists()
    made = maker.types(*words)
    again = maker.types(*words)

    assert planned.status == made.status == 0, planned.err + made.err
    assert nothing_yet
    assert "PL-00001 - PL-00100" in planned.err
    assert made.out == f"{tmp_path / 'cle.img'}\n"
    assert again.status == 2 and "exists already" in again.err
    key = started_key(tmp_path)
    assert key.types("live", "start").status == 0
    said = key.types("live", "start")
    assert "PL-00001 - PL-00100" in said.out and "Clé 3" in said.out
    assert key.types("machine", "add", "--kind", "laptop").out.startswith("PL-00001")
    assert maker.types("machine", "add", "--kind", "laptop").out.startswith("PL-00101")


def started_key(folder: Path) -> Typist:
    """The key's store, taken out of its partition, as the key finds it when it first starts."""
    table = subprocess.run(
        ["sgdisk", "--info=4", folder / "cle.img"], capture_output=True, text=True, check=True
    ).stdout
    first = next(line for line in table.splitlines() if line.startswith("First sector"))
    offset = int(first.split()[2]) * 512
    home = folder / "key-home"
    home.mkdir()
    command = ["debugfs", "-R", f"rdump /seed {home}", f"{folder / 'cle.img'}?offset={offset}"]
    subprocess.run(command, check=True, capture_output=True)
    return Typist(home, name="Sacha")


def test_the_words_are_checked_before_anything(maker: Typist, tmp_path: Path) -> None:
    disk = tmp_path / "disk.img"
    disk.write_bytes(bytes(1 << 20))
    bad = tmp_path / "bad.csv"
    bad.write_text("nom\nSalle 2 poste 1\n")
    key = ("live", "key", "--image", "ecole")

    nothing = maker.types(*key)
    a_file = maker.types(*key, disk)
    sized = maker.types(*key, disk, "--size", "4G")
    tags = maker.types(*key, "--file", tmp_path / "x", "--tags", "PL-9-PL-1")
    rooms = maker.types(*key, "--file", tmp_path / "x", "--rooms", bad)
    small = maker.types(*key, "--file", tmp_path / "x", "--size", "64M")

    assert [one.status for one in (nothing, a_file, sized, tags, rooms, small)] == [
        2, 2, 2, 2, 4, 4,
    ]  # fmt: skip
    assert "is a file" in a_file.err
    assert "bad.csv, line 2" in rooms.err
    assert not (tmp_path / "x").exists()


def test_a_stick_is_never_a_disk_of_this_computer(maker: Typist) -> None:
    listed = subprocess.run(
        ["lsblk", "--noheadings", "--nodeps", "--output", "PATH,TYPE,TRAN,RM"],
        capture_output=True, text=True, check=True,
    ).stdout.split("\n")  # fmt: skip
    inside = [line.split()[0] for line in listed if " disk" in line and "usb" not in line]
    if not inside:
        pytest.skip("this computer shows no disk")

    said = maker.types("live", "key", inside[0], "--image", "ecole", "--confirm", "yes")

    assert said.status != 0
    assert "in use" in said.err or "not a stick" in said.err


def test_an_iso_holds_the_signed_chain_and_both_ways_to_start(
    maker: Typist, tmp_path: Path
) -> None:
    if shutil.which("xorriso") is None:
        pytest.skip("xorriso is missing: apt-get install xorriso")
    iso = tmp_path / "parclibre.iso"

    said = maker.types("live", "iso", iso, "--image", "ecole")
    again = maker.types("live", "iso", iso, "--image", "ecole")

    assert said.status == 0, said.err
    assert again.status == 2
    report = subprocess.run(
        ["xorriso", "-indev", iso, "-report_el_torito", "plain", "-report_system_area", "plain"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    told = report.stdout + report.stderr
    assert "El Torito boot img :   1  BIOS" in told
    assert "El Torito boot img :   2  UEFI" in told
    assert "grub2-mbr" in told and "GPT" in told
    found = subprocess.run(
        ["xorriso", "-indev", iso, "-find", "/", "-type", "f"], capture_output=True, text=True,
        check=True,
    ).stdout  # fmt: skip
    for name in ("/live/filesystem.squashfs", "/boot/grub/grub.cfg", "/EFI/BOOT/BOOTX64.EFI"):
        assert f"'{name}'" in found
    assert not list(tmp_path.glob(".parclibre-iso-*"))


def key_for_a_room(desk: Typist, folder: Path, printer: str) -> tuple[Town, Typist, Path]:
    """A desk's installation, a key it made for two seats of a room, and the key's folder."""
    town = make_desk(desk.home)
    image = make_image(desk.home, town.key, make_root(folder / "root"))
    stick = folder / "stick"
    shutil.copytree(image, stick / "IMAGES" / image.name)
    (stick / "SALLES").mkdir()
    (stick / "SALLES" / "salle-2.csv").write_text(
        f"salle;place;nom;imprimante\nSalle 2;A1;s2-01;{printer}\nSalle 2;A2;s2-02;\n"
    )
    home = folder / "key"
    seed = Seed(label="Clé 3", town=installations(town), tags=("r1", "PL-", 500, 599))
    (home / "seed").mkdir(parents=True)
    (home / "seed" / "key.json").write_bytes(encode_seed(seed))
    key = Typist(home)
    key.environ["PARCLIBRE_STICK"] = str(stick)
    key.environ["PARCLIBRE_CLOCK"] = "rtc"
    key.types("live", "start")
    return town, key, stick


@pytest.mark.root
def test_a_room_is_installed_seat_after_seat_without_a_network(
    desk: Typist, tmp_path: Path
) -> None:
    off = f"ipp://localhost:{free_port()}/ipp/print"
    town, key, stick = key_for_a_room(desk, tmp_path, off)
    disk = make_disk(tmp_path / "disk.img")

    refused = key.types("live", "deploy", "--disk", disk, answer="\nnon")
    done = key.types("live", "deploy", "--disk", disk, answer="\ndisk.img")
    following = key.types("live", "deploy", "--disk", disk, answer="\nnon")

    assert refused.status == 1 and "nothing was done" in refused.err
    assert done.status == 0, done.err
    assert "1. A1 - s2-01" in refused.err and "2. A2 - s2-02" in refused.err
    assert done.out.splitlines()[-1] == "PL-00500: s2-01 Salle 2 A1"
    assert "No test page was printed: " in done.err
    assert "To print one from s2-01" in done.err
    assert "Which seat? (Enter: the first) A2 - s2-02" in following.err
    (bundle,) = (stick / "À ENVOYER").glob("*.tar.zst")
    who = introduced(town, str(bundle))
    exchange.trust_replica(town, who.replica, who.public_key)
    exchange.import_bundle(town, bundle)
    machine = machines.page(town, "PL-00500").view.machine
    assert machine.state == "in_service"


@pytest.mark.root
def test_an_installed_computer_s_name_comes_out_of_the_room_s_printer(
    desk: Typist, tmp_path: Path
) -> None:
    skip_without_printing()
    (tmp_path / "printer").mkdir()

    with ipp_printer(tmp_path / "printer") as printer:
        _town, key, _stick = key_for_a_room(desk, tmp_path, printer.uri)
        disk = make_disk(tmp_path / "disk.img")
        done = key.types("live", "deploy", "--disk", disk, answer="\ndisk.img")
        page = printer.only_page()

    assert done.status == 0, done.err
    assert f"The test page of s2-01 was sent to {printer.uri}." in done.err
    assert "s2-01" in page and "Salle 2" in page
