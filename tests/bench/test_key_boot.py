# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A key really starts a PC: under UEFI with Secure Boot, then the same key under BIOS, twice.

One story told in order: what a start leaves on the key, the next one finds. In the first, disks of
several kinds are wiped, one that fails and one that lies among them, while the machine's own disk,
an ext4 with a journal to replay, is never touched. Then the wizard is walked by keys, the power is
cut during the wipe, and the walk ends after another start; the desk takes the bundle from there.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
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
from fleet.services.live_disc import write_disc
from fleet.services.live_key import write_key
from fleet.services.recipes import RecipeFolders, find_recipe
from fleet.services.town import Town
from tests.bench.desk import done, give_away
from tests.bench.key_machine import SERIAL, Fault, KeyMachine, Target
from tests.bench.key_walk import MENU, Walk, accept_a_small_machine, holds_old_data, used_disk
from tests.bench.lying_disk import LyingDisk, the_eighth_mebibyte
from tests.cli.command_line import Typist
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
# The workshop of the odd disks: a store in memory, beside the key's own.
_OTHER_STORE = "export PARCLIBRE_HOME=/tmp/town LC_ALL=C.UTF-8 LANGUAGE=en"


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
def odd(made: Made) -> Iterator[dict[str, Target]]:
    """Disks full of old data, by serial number: sound ones, one that fails, one that lies."""
    bad = Fault(inject_errors=({"event": "none", "iotype": "write", "sector": 40000, "errno": 5},))
    liar = used_disk(made.folder / "liar.raw", 48)
    with LyingDisk(liar, made.folder, the_eighth_mebibyte) as lying:
        disks = (
            Target(used_disk(made.folder / "ssd.raw", 24), "ssd", "SSD00001"),
            Target(liar, "hdd", "LIAR0001", fault=Fault(nbd=lying.socket)),
            Target(used_disk(made.folder / "virtio.raw", 32), "virtio", "VIRT0001"),
            Target(used_disk(made.folder / "bad.raw", 32), "virtio", "BAD00001", fault=bad),
            Target(used_disk(made.folder / "nvme.raw", 40), "nvme", "NVME0001"),
        )
        yield {disk.serial: disk for disk in disks}


@pytest.fixture(scope="module")
def uefi(made: Made, odd: dict[str, Target]) -> Iterator[KeyMachine]:
    """The key's first start, in a PC with Secure Boot, at the command line."""
    disks = (Target(made.disk, "hdd"), *odd.values())
    with KeyMachine(made.key, Firmware.UEFI, made.folder / "uefi", disks=disks) as pc:
        open_shell(pc)
        yield pc


def open_shell(pc: KeyMachine) -> None:
    pc.expect(_KEYBOARD)
    pc.type()
    pc.expect(MENU, 600)
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


def test_only_disks_proven_wiped_get_a_certificate(
    uefi: KeyMachine, made: Made, odd: dict[str, Target]
) -> None:
    places = [f"$(lsblk -dnpo NAME,SERIAL | awk '/{serial}/ {{print $1}}')" for serial in odd]
    uefi.shell(_OTHER_STORE)
    uefi.shell("parclibre init; parclibre operator 'Atelier 1'; parclibre collect --output r.json")
    uefi.shell("parclibre report import r.json", 600)

    said = uefi.shell(
        f"parclibre disk wipe PL-00001 {' '.join(places)} --confirm PL-00001 2>&1 || echo refused",
        1200,
    )
    papers = json.loads(uefi.shell("parclibre certificate list --json", 600))["papers"]

    assert "Not every disk is proven wiped" in said
    assert "NVMe Format" in said
    certified = {paper["disk_name"].split()[-1] for paper in papers if paper["certified"]}
    assert certified == {"SSD00001", "VIRT0001", "NVME0001"}
    assert not any(holds_old_data(odd[serial]) for serial in certified)
    assert holds_old_data(odd["LIAR0001"])
    assert digest(made.disk) == made.disk_digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Walked:
    """A machine that went through the wizard: its number, its disks, and what was seen."""

    tag: str
    disks: tuple[Target, ...]
    replicas: tuple[str, ...]
    data_after_cut: bool
    ending: str
    keys: int


@pytest.fixture(scope="module")
def walked(made: Made, uefi: KeyMachine) -> Walked:
    """The same key in another PC, under BIOS: the wizard up to the wipe, a cut, then its end."""
    first = replica_of(uefi.shell("cat /var/lib/parclibre/keys/replica.pub"))
    uefi.cut()
    # The least disk that a verdict keeps, and a slow one: the cut falls in the middle of both.
    large, small = used_disk(made.folder / "a.raw", 1100), used_disk(made.folder / "b.raw", 40)
    slow = (
        Target(large, "hdd", "HDD00001", bytes_per_s=8 << 20),
        Target(small, "hdd", "HDD00002", bytes_per_s=1 << 20),
    )
    with KeyMachine(made.key, Firmware.BIOS, made.folder / "bios", disks=slow) as pc:
        open_shell(pc)
        pc.shell("systemctl start parclibre-key.service", 900)
        second = replica_of(pc.shell("cat /var/lib/parclibre/keys/replica.pub"))
        accept_a_small_machine(pc)
        pc.type("exit")
        pc.expect(MENU)
        walk = Walk(pc)
        tag = walk.to_the_wipe()
        pc.expect(r"\D[1-9]\d? %", 600)
        pc.cut()
    kept = any(holds_old_data(disk) for disk in slow)
    disks = tuple(Target(disk.path, disk.kind, disk.serial) for disk in slow)
    with KeyMachine(made.key, Firmware.BIOS, made.folder / "again", disks=disks) as pc:
        pc.expect(_KEYBOARD)
        pc.type()
        pc.expect(MENU, 600)
        again = Walk(pc)
        ending = again.after_the_cut(tag)
        pc.type("5")
        pc.expect("Tapez « exit »", 120)
        pc.shell("sync")
    return Walked(
        tag=tag, disks=disks, replicas=(first, second), data_after_cut=kept, ending=ending,
        keys=walk.keys + again.keys,
    )  # fmt: skip


def test_a_cut_then_a_start_under_bios_finds_the_same_replica(walked: Walked) -> None:
    first, second = walked.replicas

    assert first == second


def test_the_wizard_walked_by_keys_across_a_cut_ends_with_a_machine_that_is_ready(
    walked: Walked, record_property: Callable[[str, object], None]
) -> None:
    record_property("keys pressed, a cut included", walked.keys)
    assert walked.data_after_cut
    assert f"{walked.tag} peut être donnée" in " ".join(walked.ending.split())
    assert not any(holds_old_data(disk) for disk in walked.disks)


def replica_of(text: str) -> str:
    found = re.search(r"replica:[0-9a-f-]{36}", text)
    assert found is not None, text
    return found[0]


def test_the_desk_takes_the_bundle_and_gives_the_machine_to_a_family(
    made: Made, walked: Walked
) -> None:
    target = made.folder / "back"
    target.mkdir()
    part = f"{made.key}@@{first_byte(made.key, 1)}"
    subprocess.run(
        ["mcopy", "-s", "-n", "-i", part, "::/À ENVOYER", "::/CERTIFICATS", target], check=True,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
    )  # fmt: skip
    bundle = next(target.glob("*/*.tar.zst"))
    who = introduced(made.desk, str(bundle))
    exchange.trust_replica(made.desk, who.replica, who.public_key)
    desk = Typist(made.desk.home)

    done(desk.types("bundle", "import", bundle))

    assert who.replica == walked.replicas[0] != made.desk.key.replica
    papers = sorted(target.glob("CERTIFICATS/*.json"))
    assert len(papers) == 2
    for paper in papers:
        done(desk.types("certificate", "verify", paper))
    give_away(desk, walked.tag, made.folder)


def test_the_disc_starts_under_secure_boot_too(made: Made) -> None:
    disc = made.folder / "live.iso"
    image = find_image(images_folder(made.desk.home), "live")
    list(write_disc(image, disc, arguments=f"{SERIAL} parclibre.door=rescue"))

    with KeyMachine(None, Firmware.UEFI, made.folder / "disc", disc=disc) as pc:
        open_shell(pc)
        medium = pc.shell("findmnt -rno FSTYPE /run/live/medium")

    assert medium.strip() == "iso9660"


def first_byte(disk: Path, number: int) -> int:
    command = ["sgdisk", f"--info={number}", str(disk)]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = re.search(r"First sector: (\d+)", told)
    assert found is not None
    return int(found[1]) * 512
