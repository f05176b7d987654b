# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Our own APT: on a tiny signed archive that can fail, and on what APT was seen to say."""

from __future__ import annotations

from pathlib import Path

import pytest

from fleet.adapters.apt import Apt, open_apt
from fleet.adapters.apt_records import MissingPackages, missing_names, parse_uris
from fleet.adapters.apt_sources import (
    HostMirrors,
    choose_mirrors,
    debian_sources,
    parse_release_uris,
)
from fleet.errors import FleetError, MirrorUnreachable, TrustRefused
from tests.adapters.tiny_archive import PUBLISHED, TinyArchive

# Two packages, the second needed by the first; large enough to be cut in the middle.
_SIZE = 300_000
MIRRORS = HostMirrors(
    archive="http://own.example/debian", security="http://own.example/debian-security"
)


@pytest.fixture
def apt(archive: TinyArchive, tmp_path: Path) -> Apt:
    """An APT whose source is the tiny archive, refreshed once."""
    archive.add("tool", depends="tool-data", size=_SIZE)
    archive.add("tool-data", size=_SIZE)
    archive.publish()
    apt = open_apt(tmp_path / "cache", [archive.source])
    apt.refresh()
    return apt


def test_resolution_lists_what_comes_along_with_sizes(apt: Apt) -> None:
    resolution = apt.resolve(["tool"])

    assert [package.name for package in resolution.packages] == ["tool-data", "tool"]
    assert resolution.size_bytes > 2 * _SIZE
    assert resolution.installed_bytes == 2 * 24 * 1024
    assert all(len(package.sha256) == 64 for package in resolution.packages)


def test_missing_packages_are_all_named_with_near_ones(apt: Apt) -> None:
    with pytest.raises(MissingPackages) as refused:
        apt.resolve(["tol-data", "tool", "zzzzzz"])

    assert refused.value.near == {"tol-data": ("tool-data",), "zzzzzz": ()}
    assert "tool-data" in refused.value.hint


def test_pinned_out_package_is_missing(apt: Apt) -> None:
    with pytest.raises(MissingPackages, match="tool-data"):
        apt.resolve(["tool-data"], pins="Package: tool-data\nPin: release *\nPin-Priority: -1\n")

    assert apt.resolve(["tool-data"]).packages


def test_installed_packages_are_not_asked_for_again(apt: Apt, tmp_path: Path) -> None:
    status = tmp_path / "status"
    status.write_text(
        "Package: tool-data\nStatus: install ok installed\nVersion: 1.0\nArchitecture: amd64\n"
        "Maintainer: T\nDescription: t\n"
    )

    resolution = apt.resolve(["tool"], installed=status)

    assert [package.name for package in resolution.packages] == ["tool"]


def test_download_reports_progress_and_is_done_once(apt: Apt, archive: TinyArchive) -> None:
    resolution = apt.resolve(["tool"])

    events = list(apt.download(resolution))
    asked = len(archive.asked)
    again = list(apt.download(resolution))

    assert events[-1].percent > 50
    assert apt.to_download(resolution) == ()
    assert again == [] and len(archive.asked) == asked


def test_mirror_that_fails_in_the_middle_is_told_and_the_download_goes_on_later(
    apt: Apt, archive: TinyArchive
) -> None:
    resolution = apt.resolve(["tool"])
    archive.broken_after = _SIZE // 2

    with pytest.raises(MirrorUnreachable):
        list(apt.download(resolution))
    left = apt.to_download(resolution)
    archive.broken_after = None
    list(apt.download(resolution))

    assert left == resolution.packages
    assert apt.to_download(resolution) == ()


def test_altered_package_is_refused(apt: Apt, archive: TinyArchive) -> None:
    deb = next(archive.pool.glob("tool-data*"))
    deb.write_bytes(deb.read_bytes()[:-1] + b"!")

    with pytest.raises(TrustRefused, match="other files"):
        list(apt.download(apt.resolve(["tool-data"])))

    assert apt.to_download(apt.resolve(["tool-data"]))


def test_file_that_was_spoilt_in_the_cache_is_fetched_again(apt: Apt) -> None:
    resolution = apt.resolve(["tool-data"])
    list(apt.download(resolution))
    file = apt.file_of(resolution.packages[0])
    file.write_bytes(bytes(file.stat().st_size))

    list(apt.download(resolution))

    assert file.read_bytes()[:7] == b"!<arch>"


def test_filled_cache_works_without_the_mirror(apt: Apt, archive: TinyArchive) -> None:
    resolution = apt.resolve(["tool"])
    list(apt.download(resolution))
    stale = open_apt(apt.folder.parent.parent, [archive.source])
    (archive.folder / "dists").rename(archive.folder / "gone")

    refreshed = stale.refresh()

    assert refreshed.why_stale
    assert list(stale.download(stale.resolve(["tool"]))) == []
    assert stale.newest_release_epoch() == int(PUBLISHED.timestamp())


def test_mirror_that_never_answered_is_told(tmp_path: Path, archive: TinyArchive) -> None:
    archive.url = "http://127.0.0.1:9"
    apt = open_apt(tmp_path / "cache", [archive.source])

    with pytest.raises(MirrorUnreachable, match=r"127\.0\.0\.1"):
        apt.refresh()


def test_index_signed_by_another_key_is_refused(tmp_path: Path, archive: TinyArchive) -> None:
    archive.add("tool")
    archive.publish()
    archive.keyring.write_bytes(Path("/usr/share/keyrings/debian-archive-keyring.gpg").read_bytes())
    apt = open_apt(tmp_path / "cache", [archive.source])

    with pytest.raises(TrustRefused):
        apt.refresh()


def test_mirrors_of_the_host_are_told_from_other_archives() -> None:
    said = (
        "'https://example.org/apt/dists/bookworm/InRelease' a 0 \n"
        "'http://mirror.example/debian/dists/bookworm/InRelease' b 0 \n"
        "'http://mirror.example/debian/dists/bookworm-updates/InRelease' c 0 \n"
        "'http://sec.example/debian-security/dists/bookworm-security/InRelease' d 0 \n"
    )

    mirrors = choose_mirrors(parse_release_uris(said))

    assert mirrors == HostMirrors(
        archive="http://mirror.example/debian", security="http://sec.example/debian-security"
    )


def test_host_without_debian_mirrors_is_asked_for_one() -> None:
    ubuntu = (("http://mirror.example/ubuntu", "noble-updates"),)

    with pytest.raises(FleetError, match="no mirror"):
        choose_mirrors(ubuntu)

    assert choose_mirrors(ubuntu, "http://own.example/debian") == HostMirrors(
        archive="http://own.example/debian", security="http://own.example/debian-security"
    )


def test_stable_suite_comes_with_its_updates() -> None:
    suites = [source.suite for source in debian_sources("trixie", MIRRORS)]

    assert suites == ["trixie", "trixie-updates", "trixie-security"]
    assert [source.suite for source in debian_sources("sid", MIRRORS)] == ["sid"]


def test_versions_with_epochs_and_other_places_are_read_from_uris() -> None:
    said = (
        "'http://m/pool/main/g/glibc/libc6_2.41-12%2bdeb13u4_amd64.deb'"
        " libc6_2.41-12+deb13u4_amd64.deb 2846580 MD5Sum:5559\n"
        "'file:/srv/pool/k/keyboard_1%3a1.2~rc1_all.deb' keyboard_1%3a1.2~rc1_all.deb 12 \n"
        "W: a word\n"
    )

    assert parse_uris(said) == (("libc6", "2.41-12+deb13u4"), ("keyboard", "1:1.2~rc1"))


def test_every_kind_of_absence_is_read() -> None:
    said = (
        "E: Unable to locate package one\n"
        "E: Package 'two' has no installation candidate\n"
        "E: Version '9' for 'three' was not found\n"
        "E: Couldn't find any package by glob 'four*'\n"
    )

    assert missing_names(said) == ("one", "two", "three=9", "four*")
