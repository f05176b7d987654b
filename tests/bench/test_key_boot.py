# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A key really starts a PC: under UEFI with Secure Boot, then the same key under BIOS.

The two boots are one story told in order: what the first leaves on the key, the second finds. The
machine's own disk bears an ext4 with a journal to replay, which nothing may touch.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from fleet.model.proof import Firmware
from fleet.paths import assets_folder, cache_folder
from fleet.services import exchange
from fleet.services.image_build import ImageBuilt, build_image
from fleet.services.image_plan import BuildPlace, plan_build
from fleet.services.images import find_image, images_folder
from fleet.services.introductions import introduced
from fleet.services.live_content import KeyWishes, plan_key
from fleet.services.live_key import write_key
from fleet.services.recipes import RecipeFolders, find_recipe
from fleet.services.town import Town
from tests.bench.key_machine import SERIAL, KeyMachine, Target
from tests.services.live_samples import make_desk

pytestmark = [
    pytest.mark.root,
    pytest.mark.slow,
    pytest.mark.vm,
    pytest.mark.timeout(7200),
    pytest.mark.xdist_group("images"),
    pytest.mark.skipif(
        shutil.which("qemu-system-x86_64") is None, reason="needs qemu-system-x86 and ovmf"
    ),
]
BUILT_AT = "2026-11-22T08:00:00Z"
_KEYBOARD = "Quel est votre clavier"
_MENU = "Que voulez-vous faire"


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A desk, the key it made, and a disk of the machine with what it held before."""

    desk: Town
    key: Path
    disk: Path
    disk_digest: str
    folder: Path


@pytest.fixture(scope="session")
def live_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A desk with a live image: the one of PARCLIBRE_TEST_LIVE_HOME, or one built here."""
    if given := os.environ.get("PARCLIBRE_TEST_LIVE_HOME"):
        return Path(given)
    home = tmp_path_factory.mktemp("live-home")
    place = BuildPlace(home=home, cache=cache_folder(os.environ), assets=assets_folder({}))
    folders = RecipeFolders(
        town=home / "recipes", shipped=place.assets / "inventory" / "recipes",
        roles=place.assets / "roles",
    )  # fmt: skip
    recipe = find_recipe("live", ["compression=1"], folders=folders)
    *_others, last = build_image(
        plan_build(recipe, place), make_desk(home).key, now=lambda: BUILT_AT
    )
    assert isinstance(last, ImageBuilt)
    return home


@pytest.fixture(scope="module")
def made(live_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder = tmp_path_factory.mktemp("key")
    desk = make_desk(live_home)
    rooms = folder / "salle-2.csv"
    rooms.write_text("salle;place;nom\nSalle 2;A1;s2-01\n")
    wishes = KeyWishes(
        target=folder / "cle.img", is_file=True,
        image=find_image(images_folder(live_home), "live"), rooms=(rooms,), label="Essai",
        kernel_arguments=f"{SERIAL} parclibre.door=rescue",
    )  # fmt: skip
    for _event in write_key(plan_key(desk, wishes, folder=folder), confirmation=""):
        pass
    disk = old_disk(folder)
    return Made(
        desk=desk, key=wishes.target, disk=disk, disk_digest=digest(disk), folder=folder
    )  # fmt: skip


def old_disk(folder: Path) -> Path:
    """A disk whose filesystem waits for its journal, as a PC switched off by its button has."""
    disk = folder / "disk.raw"
    with disk.open("wb") as file:
        file.truncate(256 << 20)
    subprocess.run(["mke2fs", "-q", "-F", "-t", "ext4", "-L", "home", disk], check=True)
    subprocess.run(
        ["debugfs", "-w", "-R", "feature needs_recovery", disk], check=True, capture_output=True
    )
    return disk


def digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@pytest.fixture(scope="module")
def uefi(made: Made) -> Iterator[KeyMachine]:
    """The key's first start, in a PC with Secure Boot, at the command line."""
    target = Target(made.disk, "hdd")
    with KeyMachine(made.key, Firmware.UEFI, made.folder / "uefi", disks=(target,)) as pc:
        open_shell(pc)
        yield pc


def open_shell(pc: KeyMachine) -> None:
    pc.expect(_KEYBOARD)
    pc.type()
    pc.expect(_MENU, 600)
    pc.type("5")
    pc.expect("Tapez « exit »", 120)


def test_the_first_question_comes_under_secure_boot(uefi: KeyMachine) -> None:
    state = uefi.shell("od -An -tu1 /sys/firmware/efi/efivars/SecureBoot-*")

    assert state.split()[-1] == "1"


def test_the_key_mints_its_own_replica_and_leaves_its_introduction(
    uefi: KeyMachine, made: Made
) -> None:
    uefi.shell("systemctl start parclibre-key.service", 900)

    said = uefi.shell("parclibre live start; ls /run/parclibre/stick/*/", 600)

    assert "replica:" in said and made.desk.key.replica not in said
    assert "PL-00001 - PL-00100" in said
    assert "EMPREINTE.txt" in said and ".tar.zst" in said


def test_only_the_key_is_mounted_and_the_disk_of_the_pc_is_left_alone(uefi: KeyMachine) -> None:
    mounts = uefi.shell("findmnt -rno TARGET,SOURCE,FSTYPE")
    swaps = uefi.shell("cat /proc/swaps")

    key = dict(re.findall(r"(\S+) /dev/(\S+) ", mounts))
    assert {"/run/parclibre/stick", "/var/lib/parclibre", "/run/live/medium"} <= set(key)
    disks = {re.sub(r"\d+$", "", device) for device in key.values() if device.startswith("sd")}
    assert len(disks) == 1
    assert len(swaps.strip().splitlines()) == 1


def test_it_runs_in_two_gibibytes_with_the_console_s_library(uefi: KeyMachine) -> None:
    script = (
        "import resource, textual.app, fleet.cli.main, tui.app;"
        "print('rss', resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)"
    )
    said = uefi.shell(f'PYTHONPATH=/usr/lib/parclibre/source python3 -c "{script}"', 600)
    free = uefi.shell("free -m | awk '/^Mem/ {print $7}'")

    found = re.search(r"rss (\d+)", said)
    assert found is not None and int(found[1]) < 200
    assert int(free.split()[0]) > 1000


def test_no_service_failed(uefi: KeyMachine) -> None:
    failed = uefi.shell("systemctl --failed --no-legend --plain --no-pager")

    assert failed.strip() == ""


def test_a_cut_then_a_start_under_bios_finds_the_same_replica(uefi: KeyMachine, made: Made) -> None:
    first = replica_of(uefi.shell("cat /var/lib/parclibre/keys/replica.pub"))
    uefi.cut()

    disks = (Target(made.disk, "ssd"),)
    with KeyMachine(made.key, Firmware.BIOS, made.folder / "bios", disks=disks) as pc:
        open_shell(pc)
        pc.shell("systemctl start parclibre-key.service", 900)
        second = replica_of(pc.shell("cat /var/lib/parclibre/keys/replica.pub"))
        pc.shell("sync")

    assert first == second
    assert digest(made.disk) == made.disk_digest


def replica_of(text: str) -> str:
    found = re.search(r"replica:[0-9a-f-]{36}", text)
    assert found is not None, text
    return found[0]


def test_the_desk_trusts_the_key_by_what_it_left(made: Made, uefi: KeyMachine) -> None:
    uefi.cut()
    target = made.folder / "back"
    target.mkdir()
    part = f"{made.key}@@{first_byte(made.key, 1)}"
    subprocess.run(
        ["mcopy", "-s", "-n", "-i", part, "::/À ENVOYER", target], check=True,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
    )  # fmt: skip
    (bundle,) = target.glob("*/*.tar.zst")

    who = introduced(made.desk, str(bundle))
    exchange.trust_replica(made.desk, who.replica, who.public_key)
    report = exchange.import_bundle(made.desk, bundle)

    assert who.replica != made.desk.key.replica
    assert report is not None


def first_byte(disk: Path, number: int) -> int:
    command = ["sgdisk", f"--info={number}", str(disk)]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = re.search(r"First sector: (\d+)", told)
    assert found is not None
    return int(found[1]) * 512
