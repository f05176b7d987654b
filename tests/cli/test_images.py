# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``parclibre image`` typed on small images signed by a real installation."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fleet.model.image import StoredImage
from fleet.model.proof import Firmware
from fleet.store.keys import ReplicaKey
from tests.cli.command_line import Typist
from tests.services.image_samples import RECIPE, make_image, make_root, prove
from tests.store.installations import new_replica


@pytest.fixture
def old(desk: Typist, key: ReplicaKey) -> StoredImage:
    return make_image(desk.home, key, built_at="2026-11-20T08:00:00Z")


@pytest.fixture
def new(desk: Typist, key: ReplicaKey, old: StoredImage) -> StoredImage:
    root = make_root(desk.home / "other-root", motd="Bonjour\n")
    return make_image(desk.home, key, root, recipe={**RECIPE, "desktop": "gnome"})


def test_images_are_listed_newest_first_and_say_if_they_are_proven(
    desk: Typist, key: ReplicaKey, old: StoredImage, new: StoredImage
) -> None:
    for firmware in Firmware:
        prove(old, key, firmware)

    listed = desk.types("image", "list", "--json").json["images"]

    assert [one["folder"] for one in listed] == [str(new.folder), str(old.folder)]
    assert [one["proven"] for one in listed] == [False, True]
    assert new.folder.name in desk.types("image", "list").out


def test_no_image_yet_says_how_to_make_one(desk: Typist) -> None:
    said = desk.types("image", "list")

    assert (said.status, said.out) == (0, "")
    assert "parclibre image build" in said.err


def test_show_tells_the_image_and_what_its_boot_test_proved(
    desk: Typist, key: ReplicaKey, new: StoredImage
) -> None:
    prove(new, key, Firmware.UEFI)

    said = desk.types("image", "show", "ecole")

    assert said.status == 0
    assert "École élémentaire (ecole)" in said.out
    assert "UEFI: passed" in said.out
    assert "[passed] locale" in said.out
    assert "LANG=fr_FR.UTF-8" in said.out
    assert "96 s after power-on" in said.out
    assert str(new.folder / "proof" / "uefi.png") in said.out
    assert "BIOS: not tested" in said.out


def test_show_json_holds_the_manifest_and_the_proofs(
    desk: Typist, key: ReplicaKey, new: StoredImage
) -> None:
    prove(new, key, Firmware.BIOS, failure="No login screen within 600 s.")

    shown = desk.types("image", "show", new.folder.name, "--json").json

    assert shown["manifest"] == json.loads((new.folder / "manifest.json").read_bytes())
    assert shown["digest"][:12] in new.folder.name
    assert [proof["passed"] for proof in shown["proofs"]] == [False]
    assert shown["proven"] is False


def test_diff_of_one_name_compares_with_the_image_before(
    desk: Typist, old: StoredImage, new: StoredImage
) -> None:
    said = desk.types("image", "diff", "ecole")
    found = desk.types("image", "diff", "ecole", "--json").json

    assert f"{old.folder.name} -> {new.folder.name}" in said.err
    assert "+ /etc/motd" in said.out
    assert found["files"]["added"] == ["/etc/motd"]
    assert found["recipe"] == [{"name": "desktop", "before": None, "after": "gnome"}]
    assert found["identical"] is False


def test_diff_without_an_older_image_says_so(desk: Typist, old: StoredImage) -> None:
    said = desk.types("image", "diff", "ecole")

    assert said.status == 3
    assert "no older image" in said.err


def test_sbom_is_printed_or_written_as_it_is(
    desk: Typist, old: StoredImage, tmp_path: Path
) -> None:
    target = tmp_path / "ecole.cdx.json"

    printed = desk.types("image", "sbom", "ecole")
    written = desk.types("image", "sbom", "ecole", "--output", target)

    assert (printed.status, written.status, written.out) == (0, 0, "")
    assert printed.json["bomFormat"] == "CycloneDX"
    assert target.read_bytes() == (old.folder / "sbom.cdx.json").read_bytes()


def test_a_sound_image_verifies_and_an_altered_one_ends_with_status_6(
    desk: Typist, old: StoredImage
) -> None:
    sound = desk.types("image", "verify", "ecole")
    (old.folder / "initrd.img").write_bytes(b"initrD")
    altered = desk.types("image", "verify", "ecole")
    told = desk.types("image", "verify", "ecole", "--json")

    assert (sound.status, sound.out) == (0, f"{old.folder.name}: sound\n")
    assert altered.status == told.status == 6
    assert "initrd.img was altered" in altered.err
    assert told.json["sound"] is False
    assert "initrd.img" in told.json["why"]


def test_verify_shows_how_far_it_is_to_who_watches(desk: Typist, old: StoredImage) -> None:
    said = desk.types("image", "verify", "ecole", answer="")

    assert "100 %" in said.err


def test_an_image_made_elsewhere_is_refused_by_its_path(desk: Typist, tmp_path: Path) -> None:
    stick = make_image(tmp_path / "stick", new_replica(tmp_path / "stranger"))

    said = desk.types("image", "verify", stick.folder)

    assert said.status == 6
    assert "not trusted here" in said.err
    assert "parclibre replica trust" in said.err


def test_rm_shows_and_asks_then_removes_that_image_only(
    desk: Typist, old: StoredImage, new: StoredImage
) -> None:
    ambiguous = desk.types("image", "rm", "ecole", "--yes")
    refused = desk.types("image", "rm", old.folder.name, answer="no")
    kept = old.folder.exists()
    done = desk.types("image", "rm", old.folder.name, answer=old.folder.name[-12:])

    assert ambiguous.status == 2
    assert old.folder.name in ambiguous.err
    assert (refused.status, kept) == (1, True)
    assert done.status == 0
    assert not old.folder.exists()
    assert new.folder.exists()


def test_rm_asks_nobody_when_nobody_is_there(desk: Typist, old: StoredImage) -> None:
    silent = desk.types("image", "rm", "ecole")
    forced = desk.types("image", "rm", "ecole", "--yes")

    assert (silent.status, forced.status) == (2, 0)
    assert not old.folder.exists()


@pytest.mark.parametrize("command", ["show", "sbom", "diff", "verify", "rm"])
def test_an_unknown_image_ends_with_status_3(desk: Typist, command: str) -> None:
    said = desk.types("image", command, "mairie")

    assert said.status == 3
    assert "« mairie »" in said.err


def test_list_and_show_answer_about_recipes_too(desk: Typist) -> None:
    listed = desk.types("image", "list", "--recipes", "--json").json["recipes"]
    shown = desk.types("image", "show", "--recipe", "mairie", "--json").json["recipe"]
    neither = desk.types("image", "show")

    assert "mairie" in {one["name"] for one in listed}
    assert shown["name"] == "mairie"
    assert neither.status == 2
