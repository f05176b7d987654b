# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A key in a file: looked at from outside, by the programs of whoever plugs it in."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from fleet.errors import TrustRefused, UsageError
from fleet.model.image import StoredImage
from fleet.model.live_key import (
    TO_SEND,
    KeyNeeds,
    KeyPlan,
    KeyRole,
    KeyTooSmall,
    decode_seed,
    lay_out_key,
)
from fleet.model.tags import parse_range
from fleet.services import machines, records
from fleet.services.installer_verify import ReadBackFailed
from fleet.services.live_content import KeyWishes, plan_key, reserve_tags
from fleet.services.live_key import KeyEvent, write_key
from fleet.services.town import Town
from fleet.store.keys import open_replica_key
from tests.services.image_samples import make_image
from tests.services.live_samples import make_desk, make_live_image, words_of

SEATS = "site;salle;place;nom\nJaurès;Salle 2;A1;salle-2-poste-01\n"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Town:
    return make_desk(tmp_path_factory.mktemp("desk") / "home")


@pytest.fixture(scope="module")
def live(desk: Town, tmp_path_factory: pytest.TempPathFactory) -> StoredImage:
    return make_live_image(desk, tmp_path_factory.mktemp("live") / "root")


@pytest.fixture
def wishes(live: StoredImage, tmp_path: Path) -> KeyWishes:
    return KeyWishes(target=tmp_path / "cle.img", is_file=True, image=live, label="Clé 3")


def made(desk: Town, wishes: KeyWishes, folder: Path) -> tuple[KeyPlan, list[KeyEvent]]:
    plan = plan_key(desk, wishes, folder=folder)
    return plan, list(write_key(plan, confirmation=""))


def said(*command: object) -> str:
    words = [str(word) for word in command]
    environ = {**os.environ, "LC_ALL": "C.UTF-8"}
    return subprocess.run(words, check=True, capture_output=True, text=True, env=environ).stdout


def offset(plan: KeyPlan, role: KeyRole) -> int:
    return plan.part(role).start_bytes


@pytest.fixture(scope="module")
def key(
    desk: Town, live: StoredImage, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[KeyPlan, list[KeyEvent]]]:
    """One key with everything on it, for the tests that only look."""
    folder = tmp_path_factory.mktemp("key")
    rooms = folder / "salle-2.csv"
    rooms.write_text(SEATS)
    lot = records.open_lot(desk, "Lot de juin")
    image = make_image(desk.home, desk.key, name="famille")
    wishes = KeyWishes(
        target=folder / "cle.img", is_file=True, image=live, images=(image,), label="Clé 3",
        lots=(lot,), rooms=(rooms,), tags=parse_range("PL-00500-PL-00599", "r1"),
        kernel_arguments="console=ttyS0",
    )  # fmt: skip
    yield made(desk, wishes, folder)


def test_windows_sees_the_first_partition_and_every_partition_is_what_it_says(
    key: tuple[KeyPlan, list[KeyEvent]],
) -> None:
    plan, _events = key

    table = said("sgdisk", "--print", plan.target)
    checked = said("sgdisk", "--verify", plan.target)

    codes = re.findall(r"^ +(\d) .* ([0-9A-F]{4})  (\S+)$", table, re.M)
    assert codes == [
        ("1", "0700", "PARCLIBRE"), ("2", "EF02", "BIOS"), ("3", "EF00", "PARC-BOOT"),
        ("4", "8300", "PARCLIBRE-DATA"),
    ]  # fmt: skip
    assert "No problems found" in checked


def test_the_files_of_the_key_are_there_for_people_and_for_the_firmware(
    key: tuple[KeyPlan, list[KeyEvent]],
) -> None:
    plan, _events = key
    files = f"{plan.target}@@{offset(plan, KeyRole.FILES)}"
    boot = f"{plan.target}@@{offset(plan, KeyRole.ESP)}"

    on_files = said("mdir", "-/", "-b", "-i", files, "::")
    menu = said("mtype", "-i", boot, "::/boot/grub/grub.cfg")

    for name in ("LISEZ-MOI.txt", f"{TO_SEND}/", "CERTIFICATS/", "SALLES/salle-2.csv"):
        assert f"::/{name}" in on_files
    assert "/manifest.json.sig" in on_files
    assert "live/filesystem.squashfs" in said("mdir", "-/", "-b", "-i", boot, "::")
    medium = re.search(r"parclibre\.medium=([0-9A-F]{4}-[0-9A-F]{4}) ", menu)
    assert medium is not None
    assert f"search --no-floppy --fs-uuid --set=root {medium[1]}" in menu
    assert "parclibre.door=recondition console=ttyS0" in menu
    assert "live-media" not in menu


def test_the_store_s_partition_holds_what_the_desk_tells_and_no_secret(
    key: tuple[KeyPlan, list[KeyEvent]], desk: Town
) -> None:
    plan, _events = key
    ext4 = f"{plan.target}?offset={offset(plan, KeyRole.STORE)}"

    seed = decode_seed(said("debugfs", "-R", "cat /seed/key.json", ext4).encode())
    listed = said("debugfs", "-R", "ls -p /seed", ext4)
    top = said("debugfs", "-R", "stat /", ext4)

    assert [one.public_key for one in seed.town] == [desk.key.public_key]
    assert seed.tags == ("r1", "PL-", 500, 599)
    assert "expected.tar.zst" in listed
    assert "Mode:  0700" in top and "User:     0" in top
    secret = (desk.home / "keys" / "replica").read_text().splitlines()[3]
    assert secret.encode() not in plan.target.read_bytes()


def test_the_events_tell_each_file_twice_then_the_end(
    key: tuple[KeyPlan, list[KeyEvent]],
) -> None:
    _plan, events = key

    assert words_of(events) == ["KeyStarted", "KeyFileWritten", "KeyFileRead", "KeyMade"]


def test_a_bios_finds_grub_s_core_where_the_first_sector_says(
    key: tuple[KeyPlan, list[KeyEvent]],
) -> None:
    plan, _events = key
    with plan.target.open("rb") as file:
        sector = file.read(512)

    at = int.from_bytes(sector[0x5C:0x64], "little") * 512

    assert at == offset(plan, KeyRole.BIOS)
    assert sector[446] == 0x80
    assert sector[510:] == b"\x55\xaa"


def test_what_cannot_be_read_back_makes_no_key(
    desk: Town, wishes: KeyWishes, tmp_path: Path
) -> None:
    plan = plan_key(desk, wishes, folder=tmp_path)
    events = write_key(plan, confirmation="")
    for event in events:
        if type(event).__name__ == "KeyFileRead":
            break
    # The stick forgets: its FAT for Windows reads as zeros.
    with plan.target.open("r+b") as file:
        file.seek(offset(plan, KeyRole.FILES))
        file.write(bytes(1 << 20))

    with pytest.raises(ReadBackFailed, match="LISEZ-MOI"):
        list(events)

    table = subprocess.run(["sgdisk", "--print", plan.target], capture_output=True, text=True)
    assert "PARCLIBRE" not in table.stdout


def test_an_image_too_large_for_fat_goes_to_the_store_s_partition(
    desk: Town, wishes: KeyWishes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = make_image(desk.home, desk.key, name="grosse")
    monkeypatch.setattr("fleet.services.live_content.fits_fat", lambda size: size < 10)
    plan, _events = made(desk, _with(wishes, images=(image,)), tmp_path)

    ext4 = f"{plan.target}?offset={offset(plan, KeyRole.STORE)}"
    listed = said("debugfs", "-R", f"ls -p /images/{image.folder.name}", ext4)

    assert "rootfs.squashfs" in listed
    assert not any("IMAGES" in file.name for file in plan.on_files)


def test_two_keys_never_get_the_same_numbers(desk: Town, wishes: KeyWishes, tmp_path: Path) -> None:
    first = plan_key(desk, wishes, folder=tmp_path)
    reserve_tags(desk, first)
    second = plan_key(desk, wishes, folder=tmp_path)

    with pytest.raises(UsageError, match="not free"):
        reserve_tags(desk, first)

    assert first.seed.tags is not None and second.seed.tags is not None
    assert second.seed.tags[2] > first.seed.tags[3]
    number = int(machines.next_tag(desk).removeprefix("PL-"))
    assert not first.seed.tags[2] <= number <= first.seed.tags[3]


def test_an_image_that_nobody_here_trusts_is_not_put_on_a_key(
    desk: Town, wishes: KeyWishes, tmp_path: Path
) -> None:
    stranger = open_replica_key(tmp_path / "stranger")
    image = make_image(tmp_path / "elsewhere", stranger)

    with pytest.raises(TrustRefused):
        plan_key(desk, _with(wishes, images=(image,)), folder=tmp_path)

    assert not wishes.target.exists()


def test_a_stick_that_is_too_small_is_refused_before_anything() -> None:
    with pytest.raises(KeyTooSmall, match="too small"):
        lay_out_key(512 << 20, KeyNeeds(files=1, boot=600 << 20, store=0))


def test_a_file_that_exists_is_never_written_over(
    desk: Town, wishes: KeyWishes, tmp_path: Path
) -> None:
    wishes.target.write_text("notes")

    with pytest.raises(UsageError, match="exists already"):
        plan_key(desk, wishes, folder=tmp_path)

    assert wishes.target.read_text() == "notes"


def _with(wishes: KeyWishes, *, images: tuple[StoredImage, ...]) -> KeyWishes:
    return replace(wishes, images=images)
