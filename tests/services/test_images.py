# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Images written, found, proven, compared and removed, on real files with real signatures."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import msgspec
import pytest

from fleet.errors import BadInput, FleetError, NotFound, TrustRefused
from fleet.model.image import MEMBERS, ImagePackage, StoredImage
from fleet.model.image import recipe_digest as manifest_digest
from fleet.model.proof import Firmware
from fleet.model.recipe import canonical_recipe, recipe_digest
from fleet.services.images import (
    find_image,
    images_folder,
    list_images,
    plan_removal,
    read_image,
    remove_image,
)
from fleet.services.images_diff import Change, diff_images
from fleet.services.images_hash import list_tree, measure
from fleet.services.images_proofs import is_proven, read_proofs
from fleet.services.images_verify import verify_image
from fleet.services.images_write import discard_unfinished, new_part, write_artifact
from fleet.services.recipes import find_recipe
from fleet.store.keys import ReplicaKey
from tests.services.image_samples import RECIPE, facts_of, make_image, make_root, prove
from tests.store.installations import new_replica


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def key(tmp_path: Path) -> ReplicaKey:
    return new_replica(tmp_path / "key")


@pytest.fixture
def image(home: Path, key: ReplicaKey) -> StoredImage:
    return make_image(home, key)


def flip(path: Path) -> None:
    """Change one bit in the middle of a file."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))


# --- writing ------------------------------------------------------------------------------------


def test_a_written_image_is_named_for_its_recipe_day_and_content(image: StoredImage) -> None:
    name = image.folder.name

    assert name == f"ecole-20261122-{image.manifest.digest[:12]}"
    assert {path.name for path in image.folder.iterdir()} == {
        *MEMBERS, "manifest.json", "manifest.json.sig", "proof",
    }  # fmt: skip


def test_the_same_build_made_twice_is_one_image_and_keeps_its_proofs(
    home: Path, key: ReplicaKey, image: StoredImage
) -> None:
    prove(image, key, Firmware.UEFI)

    again = make_image(home, key, built_at="2026-11-22T17:00:00Z")

    assert again.folder == image.folder
    assert again.manifest.built_at == image.manifest.built_at
    assert len(read_proofs(again)) == 1
    assert [path.name for path in images_folder(home).iterdir()] == [image.folder.name]


def test_a_damaged_image_gives_way_to_the_same_one_built_again(
    home: Path, key: ReplicaKey, image: StoredImage
) -> None:
    flip(image.folder / "vmlinuz")

    again = make_image(home, key)

    assert again.folder == image.folder
    assert verify_image(again.folder, {key.public_key}) == again.manifest


def test_a_build_that_left_no_kernel_makes_no_image(home: Path, key: ReplicaKey) -> None:
    root = make_root(home / "root")
    part = new_part(home, "ecole")
    for name in ("rootfs.squashfs", "initrd.img", "build.log"):
        (part / name).write_bytes(b"x")

    with pytest.raises(FleetError, match="vmlinuz"):
        write_artifact(part, facts_of(root, part / "files.sha256"), key)

    assert list_images(images_folder(home)) == ((), ())


def test_what_a_killed_build_left_is_removed_and_images_stay(
    home: Path, image: StoredImage
) -> None:
    part = new_part(home, "ecole")
    (part / "rootfs.squashfs").write_bytes(b"half")
    (images_folder(home) / ".removed-x" / image.folder.name).mkdir(parents=True)

    count = discard_unfinished(home)

    assert count == 2
    assert [path.name for path in images_folder(home).iterdir()] == [image.folder.name]


def test_ssh_keygen_accepts_the_signature(
    image: StoredImage, key: ReplicaKey, tmp_path: Path
) -> None:
    allowed = tmp_path / "allowed"
    allowed.write_text(f"atelier {key.public_key}\n")
    command: list[str | Path] = [
        "ssh-keygen", "-Y", "verify", "-f", allowed, "-I", "atelier", "-n", "parclibre-image",
        "-s", image.folder / "manifest.json.sig",
    ]  # fmt: skip

    with (image.folder / "manifest.json").open("rb") as manifest:
        checked = subprocess.run(command, stdin=manifest, capture_output=True, text=True)

    assert checked.returncode == 0, checked.stderr


def test_sha256sum_accepts_the_list_of_files_whatever_their_names(tmp_path: Path) -> None:
    root = make_root(tmp_path / "root", accentué="é", **{"two\nlines": "x", "back\\slash": "y"})
    (root / "etc" / os.fsdecode(b"latin\xe9")).write_bytes(b"z")
    (root / "etc" / "again").hardlink_to(root / "etc" / "hostname")

    sizes = list_tree(root, tmp_path / "list")

    command = ["sha256sum", "--check", "--strict", str(tmp_path / "list")]
    checked = subprocess.run(command, cwd=root, capture_output=True)
    assert checked.returncode == 0, checked.stderr
    assert (sizes.files, sizes.folders, sizes.links) == (6, 2, 1)
    assert sizes.uncompressed_bytes == len("ecole\n") + len("é".encode()) + 3


def test_measuring_tells_how_far_it_is(tmp_path: Path) -> None:
    big = tmp_path / "big"
    big.write_bytes(bytes(9_000_000))
    seen: list[tuple[int, int]] = []

    found = measure(big, lambda done, total: seen.append((done, total)))

    assert found.size_bytes == 9_000_000
    assert seen[-1] == (9_000_000, 9_000_000)
    assert len(seen) > 2


@pytest.mark.parametrize("name", ["ecole-elementaire", "mairie", "zorin-ecole"])
def test_a_manifest_and_its_recipe_have_the_same_digest(name: str) -> None:
    recipe = find_recipe(name)

    content = json.loads(canonical_recipe(recipe))

    assert manifest_digest(content) == recipe_digest(recipe)


# --- proving ------------------------------------------------------------------------------------


def test_an_untouched_image_is_proven_with_its_proofs(image: StoredImage, key: ReplicaKey) -> None:
    prove(image, key, Firmware.UEFI)
    prove(image, key, Firmware.BIOS)
    seen: list[tuple[int, int]] = []

    manifest = verify_image(
        image.folder, {key.public_key}, progress=lambda done, total: seen.append((done, total))
    )

    assert manifest == image.manifest
    total = sum(file.size_bytes for file in manifest.files.values())
    assert seen[-1] == (total, total)
    assert is_proven(read_image(image.folder))


@pytest.mark.parametrize(
    "name",
    [
        *MEMBERS, "manifest.json", "manifest.json.sig", "proof/uefi.json", "proof/uefi.json.sig",
        "proof/uefi.png", "proof/uefi.serial.log",
    ],
)  # fmt: skip
def test_one_flipped_bit_is_refused_and_its_file_is_named(
    image: StoredImage, key: ReplicaKey, name: str
) -> None:
    prove(image, key, Firmware.UEFI)
    flip(image.folder / name)

    with pytest.raises(FleetError) as refused:
        verify_image(image.folder, {key.public_key})

    assert isinstance(refused.value, TrustRefused)
    assert name.removesuffix(".sig") in refused.value.message


@pytest.mark.parametrize("name", [*MEMBERS, "manifest.json.sig", "proof/uefi.png"])
def test_a_missing_file_is_refused_and_named(
    image: StoredImage, key: ReplicaKey, name: str
) -> None:
    prove(image, key, Firmware.UEFI)
    (image.folder / name).unlink()

    with pytest.raises(TrustRefused, match=Path(name).name):
        verify_image(image.folder, {key.public_key})


@pytest.mark.parametrize("name", ["preseed.cfg", "proof/other.png"])
def test_an_extra_file_is_refused_and_named(image: StoredImage, key: ReplicaKey, name: str) -> None:
    (image.folder / name).write_text("something")

    with pytest.raises(TrustRefused, match=Path(name).name):
        verify_image(image.folder, {key.public_key})


def test_a_link_in_the_place_of_a_file_is_refused(
    image: StoredImage, key: ReplicaKey, tmp_path: Path
) -> None:
    kernel = image.folder / "vmlinuz"
    kernel.rename(tmp_path / "vmlinuz")
    kernel.symlink_to(tmp_path / "vmlinuz")

    with pytest.raises(TrustRefused, match="vmlinuz"):
        verify_image(image.folder, {key.public_key})


def test_an_image_of_somebody_else_is_refused_until_trusted(
    image: StoredImage, key: ReplicaKey, tmp_path: Path
) -> None:
    ours = new_replica(tmp_path / "ours")

    with pytest.raises(TrustRefused, match="not trusted"):
        verify_image(image.folder, {ours.public_key})

    assert verify_image(image.folder, {ours.public_key, key.public_key}) == image.manifest


def test_a_signature_made_for_another_use_is_refused(image: StoredImage, key: ReplicaKey) -> None:
    content = (image.folder / "manifest.json").read_bytes()
    (image.folder / "manifest.json.sig").write_text(key.sign(content, "parclibre-bundle"))

    with pytest.raises(TrustRefused, match="another use"):
        verify_image(image.folder, {key.public_key})


def test_the_proof_of_another_image_proves_nothing(
    home: Path, image: StoredImage, key: ReplicaKey
) -> None:
    prove(image, key, Firmware.UEFI)
    other = make_image(home, key, recipe={**RECIPE, "desktop": "gnome"})
    shutil.copytree(image.folder / "proof", other.folder / "proof", dirs_exist_ok=True)

    with pytest.raises(TrustRefused, match="another image"):
        verify_image(other.folder, {key.public_key})

    assert read_proofs(other) == ()


def test_an_image_is_proven_only_under_both_firmwares(image: StoredImage, key: ReplicaKey) -> None:
    untested = is_proven(image)
    prove(image, key, Firmware.UEFI)
    half = is_proven(image)
    prove(image, key, Firmware.BIOS, failure="No login screen within 600 s.")
    failed = is_proven(image)
    prove(image, key, Firmware.BIOS)

    assert (untested, half, failed, is_proven(image)) == (False, False, False, True)


# --- finding and removing -----------------------------------------------------------------------


def test_a_name_means_the_newest_image_of_that_name(home: Path, key: ReplicaKey) -> None:
    old = make_image(home, key, built_at="2026-11-20T08:00:00Z")
    new = make_image(home, key, built_at="2026-11-21T08:00:00Z")
    images = images_folder(home)

    assert find_image(images, "ecole").folder == new.folder
    assert find_image(images, old.folder.name).folder == old.folder
    assert find_image(images, str(old.folder)).folder == old.folder
    assert [one.folder for one in list_images(images)[0]] == [new.folder, old.folder]


def test_an_unknown_name_suggests_the_nearest(home: Path, image: StoredImage) -> None:
    with pytest.raises(NotFound) as refused:
        find_image(images_folder(home), "ecolle")

    assert "ecole" in refused.value.hint


def test_no_image_yet_is_an_empty_list(home: Path) -> None:
    assert list_images(images_folder(home)) == ((), ())


def test_an_unreadable_folder_is_listed_with_its_reason_and_hides_nothing(
    home: Path, image: StoredImage
) -> None:
    broken = images_folder(home) / "mairie-20261120-0123456789ab"
    broken.mkdir()
    (broken / "manifest.json").write_text('{"format": 1}')

    found, unreadable = list_images(images_folder(home))

    assert [one.folder for one in found] == [image.folder]
    assert [(one.folder, bool(one.why)) for one in unreadable] == [(broken, True)]


def test_a_manifest_of_a_newer_program_says_so(image: StoredImage) -> None:
    manifest = image.folder / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"format":1', '"format":2'))

    with pytest.raises(BadInput, match="format 2") as refused:
        read_image(image.folder)

    assert "Upgrade" in refused.value.hint


def test_a_removed_image_is_gone_and_only_it(home: Path, key: ReplicaKey) -> None:
    old = make_image(home, key, built_at="2026-11-20T08:00:00Z")
    new = make_image(home, key, built_at="2026-11-21T08:00:00Z")
    plan = plan_removal(old.folder)

    remove_image(plan)

    assert plan.size_bytes > old.manifest.compressed_bytes
    assert [path.name for path in images_folder(home).iterdir()] == [new.folder.name]


# --- comparing ----------------------------------------------------------------------------------


def test_a_diff_names_packages_files_and_variables(home: Path, key: ReplicaKey) -> None:
    before = make_image(home, key, make_root(home / "a", gone="1", same="1", changed="1"))
    packages = tuple(
        msgspec.structs.replace(one, version="5.2.37-3") if one.name == "bash" else one
        for one in before.manifest.packages
        if one.name != "libstdc++6"
    )
    vlc = ImagePackage(name="vlc", version="3.0.21-2", arch="amd64", source="vlc")
    after = make_image(
        home, key, make_root(home / "b", same="1", changed="2", new="1"),
        packages=(*packages, vlc), kernel="6.12.60+deb13-amd64",
        recipe={**RECIPE, "variables": {"french_locale_keyboard": "ch", "browser_home": "x"}},
    )  # fmt: skip

    found = diff_images(before, after)

    assert not found.identical
    assert found.files.added == ("/etc/new",)
    assert found.files.removed == ("/etc/gone",)
    assert found.files.changed == ("/etc/changed",)
    assert found.packages == (
        Change(name="bash", before="5.2.37-2", after="5.2.37-3"),
        Change(name="libstdc++6", before="14.2.0-19", after=None),
        Change(name="vlc", before=None, after="3.0.21-2"),
    )
    assert found.recipe == (
        Change(name="variables.browser_home", before=None, after="x"),
        Change(name="variables.french_locale_keyboard", before="fr", after="ch"),
        Change(name="variables.office_suite_page", before="A4", after=None),
    )
    assert "kernel" in {change.name for change in found.about}


def test_the_same_image_on_two_days_is_identical(home: Path, key: ReplicaKey) -> None:
    monday = make_image(home, key, built_at="2026-11-23T08:00:00Z")
    tuesday = make_image(home, key, built_at="2026-11-24T08:00:00Z")

    found = diff_images(monday, tuesday)

    assert monday.folder != tuesday.folder
    assert found.identical
    assert (found.about, found.recipe, found.packages) == ((), (), ())
