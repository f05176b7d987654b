# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The manifest of an image, and what dpkg's files say, read from any bytes."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.errors import BadInput
from fleet.model.image import (
    MEMBERS,
    BuildStep,
    ImageBase,
    ImageFile,
    ImageSizes,
    Manifest,
    Provenance,
    decode_manifest,
    encode_manifest,
    is_image_folder,
    recipe_digest,
)
from fleet.readers.dpkg_status import read_copyright, read_installed

RECIPE = {"recipe": 1, "name": "ecole"}
MANIFEST = Manifest(
    format=1,
    name="ecole",
    title="École",
    built_at="2026-11-22T08:00:00Z",
    epoch=1_790_000_000,
    recipe=RECIPE,
    recipe_sha256=recipe_digest(RECIPE),
    base=ImageBase(system="debian", suite="trixie", codename="trixie"),
    provenance=Provenance(commit=None, dirty=True, host_suite="bookworm", tool_version="0.1.0"),
    desktop="xfce",
    kernel="6.12.57+deb13-amd64",
    packages=(),
    sizes=ImageSizes(uncompressed_bytes=10, files=1, folders=1, links=0),
    minimum_disk_bytes=8 * 10**9,
    steps=(BuildStep(name="packages", milliseconds=5),),
    files={name: ImageFile(sha256="0" * 64, size_bytes=1) for name in MEMBERS},
)


def changed(**values: object) -> Manifest:
    return msgspec.structs.replace(MANIFEST, **values)


def with_file(name: str, digest: str) -> Manifest:
    return changed(files={**MANIFEST.files, name: ImageFile(sha256=digest, size_bytes=1)})


def test_a_manifest_comes_back_from_its_bytes() -> None:
    assert decode_manifest(encode_manifest(MANIFEST)) == MANIFEST


def test_the_name_of_an_image_ignores_when_and_how_long_it_was_built() -> None:
    later = changed(built_at="2026-11-22T19:00:00Z", steps=())
    logged = with_file("build.log", "1" * 64)

    assert later.folder_name == logged.folder_name == MANIFEST.folder_name


@pytest.mark.parametrize("name", [name for name in MEMBERS if name != "build.log"])
def test_the_name_of_an_image_changes_with_each_of_its_files(name: str) -> None:
    assert with_file(name, "1" * 64).digest != MANIFEST.digest


def test_the_name_of_an_image_changes_with_its_recipe() -> None:
    assert changed(recipe_sha256="1" * 64).digest != MANIFEST.digest


def test_the_folder_of_an_image_is_recognised_by_its_name() -> None:
    assert is_image_folder(MANIFEST.folder_name)
    assert not is_image_folder("ecole")
    assert not is_image_folder(f".{MANIFEST.folder_name}.part")


@pytest.mark.parametrize("name", MEMBERS)
def test_a_manifest_that_leaves_a_file_out_is_refused(name: str) -> None:
    files = {known: file for known, file in MANIFEST.files.items() if known != name}

    with pytest.raises(BadInput, match=name):
        decode_manifest(encode_manifest(changed(files=files)))


def test_a_manifest_that_names_a_file_elsewhere_is_refused() -> None:
    with pytest.raises(BadInput, match="etc/passwd"):
        decode_manifest(encode_manifest(with_file("../../etc/passwd", "0" * 64)))


@given(st.binary(max_size=200))
def test_bytes_that_are_no_manifest_are_bad_input(content: bytes) -> None:
    with pytest.raises(BadInput):
        decode_manifest(content)


STATUS = """\
Package: libstdc++6
Status: install ok installed
Maintainer: Debian GCC Maintainers <debian-gcc@lists.debian.org>
Architecture: amd64
Source: gcc-14 (14.2.0-18)
Version: 14.2.0-19
Description: GNU Standard C++ Library v3
 This package contains an additional runtime library.
 .
 Package: not-a-field

Package: gone
Status: deinstall ok config-files
Architecture: all
Version: 1

Package: bash
Essential: yes
Status: install ok installed
Maintainer: Matthias Klose <doko@debian.org>
Architecture: amd64
Version: 5.2.37-2
"""


def test_only_installed_packages_are_read_sorted_by_name() -> None:
    found = read_installed(STATUS)

    assert [(one.package.name, one.package.source) for one in found] == [
        ("bash", "bash"),
        ("libstdc++6", "gcc-14"),
    ]
    assert found[0].maintainer == "Matthias Klose"


def test_a_machine_readable_copyright_gives_its_licences() -> None:
    text = (
        b"Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n\n"
        b"Files: *\nLicense: GPL-3+\n\nFiles: doc/*\nLicense: GFDL-1.3 or MIT\n free text\n"
    )

    assert read_copyright(text).licences == ("GFDL-1.3", "GPL-3+", "MIT")


@pytest.mark.parametrize("content", [b"", b"This is free software.\nLicense: none\n", b"\xff\xfe"])
def test_a_copyright_for_people_only_declares_nothing(content: bytes) -> None:
    found = read_copyright(content)

    assert found.licences == ()
    assert len(found.sha256) == 64
