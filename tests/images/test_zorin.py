# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Zorin's base taken out of ISOs of both layouts, by each program that reads ISOs."""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path

import pytest

from fleet.adapters import process
from fleet.adapters.iso import READERS, Reader, open_iso
from fleet.adapters.process import Progress
from fleet.errors import BadInput, FleetError, NotFound, ToolMissing
from fleet.readers.casper import kernel_version, live_layers, live_packages, md5_by_name
from fleet.services.images_hash import measure
from fleet.services.zorin import (
    check_iso,
    kernels_without_initrd,
    merge_layer,
    open_zorin,
    zorin_base,
)
from fleet.services.zorin_sources import sources_of
from tests.images.standin import OS_RELEASE, StandIn, call, make_iso, write_live_system

EPOCH = 1_790_000_000
STATUS = """\
Package: bash
Status: install ok installed
Version: 5.2
Architecture: amd64

Package: casper
Status: install ok installed
Version: 1
Architecture: amd64

Package: gparted
Status: install ok installed
Version: 1
Architecture: amd64
"""
CASPER = "casper/filesystem.squashfs"


def small_root(folder: Path, *, release: str = OS_RELEASE) -> Path:
    """A tree that says to be Zorin and holds three packages."""
    for name in ("usr/lib/modules/6.8.0-31-generic", "var/lib/dpkg", "boot", "etc/opt", "etc/apt"):
        (folder / name).mkdir(parents=True)
    (folder / "usr/lib/os-release").write_text(release.format(codename="noble"))
    (folder / "etc/os-release").symlink_to("../usr/lib/os-release")
    (folder / "etc/opt/settings").write_text("below\n")
    (folder / "etc/motd").write_text("below\n")
    (folder / "etc/apt/sources.list").write_text("deb http://ubuntu/ noble main\n")
    (folder / "var/lib/dpkg/status").write_text(STATUS)
    return folder


def kernel(version: str) -> bytes:
    """The first sectors of an x86 kernel."""
    head = bytearray(0x400)
    head[0x202:0x206] = b"HdrS"
    head[0x20E:0x210] = (0x100).to_bytes(2, "little")
    head[0x300 : 0x300 + len(version) + 2] = version.encode() + b" \0"
    return bytes(head)


def pressed(disc: Path, target: Path) -> StandIn:
    make_iso(disc, target, EPOCH)
    return StandIn(path=target, sha256=measure(target).sha256)


def single(folder: Path, **options: str) -> Path:
    """The files of an ISO with one squashfs."""
    disc = folder / "disc"
    (disc / "casper").mkdir(parents=True)
    root = small_root(folder / "made", **options)
    write_live_system(root, disc / "casper", "filesystem", EPOCH)
    (disc / "casper/filesystem.manifest-remove").write_text("gparted\nnot-there\n")
    (disc / "casper/vmlinuz").write_bytes(kernel("6.8.0-31-generic"))
    (disc / "casper/big name.txt").write_text("spaces and 'quotes'\n")
    return disc


def layered(folder: Path) -> Path:
    """The files of an ISO with layers: a second one hides and replaces what is below."""
    disc, above, live = folder / "disc", folder / "above", folder / "live"
    (disc / "casper").mkdir(parents=True)
    (above / "etc/opt").mkdir(parents=True)
    (above / "etc/added").write_text("above\n")
    (above / "etc/opt/other").write_text("above\n")
    os.setxattr(above / "etc/opt", "trusted.overlay.opaque", b"y")
    os.mknod(above / "etc/motd", stat.S_IFCHR | 0o600, os.makedev(0, 0))
    (live / "etc").mkdir(parents=True)
    (live / "etc/live").write_text("never\n")
    roots = {
        "minimal": small_root(folder / "made"),
        "minimal.standard": above,
        "minimal.standard.live": live,
        "minimal.de": live,
    }
    for name, root in roots.items():
        write_live_system(root, disc / "casper", name, EPOCH)
    return disc


@pytest.fixture
def zorin(tmp_path: Path) -> StandIn:
    return pressed(single(tmp_path), tmp_path / "zorin.iso")


# --- reading without mounting -------------------------------------------------------------------


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.program)
def test_each_program_reads_the_same_iso(zorin: StandIn, tmp_path: Path, reader: Reader) -> None:
    if process.find(reader.program) is None:
        pytest.skip(f"{reader.program} is not installed")
    disc = tmp_path / "disc"
    expected = {
        str(path.relative_to(disc)): path.stat().st_size
        for path in disc.rglob("*")
        if path.is_file()
    }

    opened = open_iso(zorin.path, readers=[reader])

    assert dict(opened.files) == expected
    assert opened.read("casper/big name.txt") == b"spaces and 'quotes'\n"
    taken = opened.extract(CASPER, tmp_path / "out")
    assert taken.read_bytes() == (disc / CASPER).read_bytes()


def test_without_any_program_the_hint_names_one(
    zorin: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr(process, "_SYSTEM_PATH", "/nowhere")

    with pytest.raises(ToolMissing) as refused:
        open_iso(zorin.path)

    assert "libarchive-tools" in refused.value.hint


def test_a_path_that_leads_nowhere_says_so(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"absent\.iso"):
        open_iso(tmp_path / "absent.iso")


def test_a_file_that_is_no_iso_is_refused(tmp_path: Path) -> None:
    text = tmp_path / "text.iso"
    text.write_text("Bonjour\n" * 5000)

    with pytest.raises(FleetError):
        open_iso(text)


def test_a_name_that_the_iso_does_not_hold_is_not_found(zorin: StandIn) -> None:
    with pytest.raises(NotFound, match="install-sources"):
        open_iso(zorin.path).read("casper/install-sources.yaml")


# --- refusing -----------------------------------------------------------------------------------


def test_a_wrong_digest_is_refused_with_both(zorin: StandIn) -> None:
    with pytest.raises(BadInput) as refused:
        check_iso(zorin.path, "0" * 64)

    assert zorin.sha256 in refused.value.message
    assert "0" * 64 in refused.value.message


def test_the_right_digest_is_accepted_as_people_paste_it(zorin: StandIn) -> None:
    seen: list[Progress] = []

    assert check_iso(zorin.path, f" {zorin.sha256.upper()}\n", seen.append).path == zorin.path
    assert seen[-1].percent == 100


def test_a_disc_without_a_live_system_is_refused(tmp_path: Path) -> None:
    disc = tmp_path / "disc"
    disc.mkdir()
    (disc / "README").write_text("Debian installer\n")
    other = pressed(disc, tmp_path / "other.iso")

    with pytest.raises(BadInput, match="no live system"):
        check_iso(other.path, other.sha256)


@pytest.mark.root
def test_a_system_that_md5sum_txt_disowns_is_refused(tmp_path: Path) -> None:
    disc = single(tmp_path)
    make_iso(disc, tmp_path / "first.iso", EPOCH)
    text = (disc / "md5sum.txt").read_text()
    found = hashlib.md5((disc / CASPER).read_bytes()).hexdigest()  # noqa: S324
    (disc / "md5sum.txt").write_text(text.replace(found, "0" * 32))
    target = tmp_path / "second.iso"
    call(["xorriso", "-as", "mkisofs", "-quiet", "-r", "-o", target, disc], epoch=EPOCH)

    with pytest.raises(BadInput, match=r"filesystem\.squashfs is damaged"):
        zorin_base(target, measure(target).sha256, tmp_path / "base")

    assert not (tmp_path / "base").exists()


@pytest.mark.root
def test_another_distribution_is_refused_by_its_name(tmp_path: Path) -> None:
    release = 'ID=ubuntu\nPRETTY_NAME="Ubuntu 24.04"\nVERSION_CODENAME={codename}\n'
    ubuntu = pressed(single(tmp_path, release=release), tmp_path / "ubuntu.iso")

    with pytest.raises(BadInput, match=r"Ubuntu 24\.04, not Zorin OS"):
        zorin_base(ubuntu.path, ubuntu.sha256, tmp_path / "base")

    assert list(tmp_path.glob("*base*")) == []


# --- unpacking ----------------------------------------------------------------------------------


@pytest.mark.root
def test_the_system_of_one_squashfs_becomes_the_base(zorin: StandIn, tmp_path: Path) -> None:
    base = tmp_path / "base"

    facts = zorin_base(zorin.path, zorin.sha256, base)

    assert (facts.id, facts.version, facts.codename) == ("zorin", "18", "noble")
    assert facts.layers == (CASPER,)
    assert facts.live_packages == ("casper", "gparted")
    assert (base / "etc/motd").read_text() == "below\n"
    # The ISOs of Ubuntu keep the kernel beside the system only.
    assert (base / "boot/vmlinuz-6.8.0-31-generic").read_bytes() == kernel("6.8.0-31-generic")


@pytest.mark.root
@pytest.mark.parametrize("with_sources", [False, True])
def test_the_layers_of_newer_isos_are_merged_as_an_overlay(
    tmp_path: Path, with_sources: bool
) -> None:
    disc = layered(tmp_path)
    if with_sources:
        (disc / "casper/install-sources.yaml").write_text(
            "- {id: tiny, path: minimal.squashfs}\n"
            "- {id: full, default: true, path: minimal.standard.squashfs}\n"
        )
    iso, base = pressed(disc, tmp_path / "zorin.iso"), tmp_path / "base"

    facts = zorin_base(iso.path, iso.sha256, base)

    assert facts.layers == ("casper/minimal.squashfs", "casper/minimal.standard.squashfs")
    names = sorted(str(path.relative_to(base)) for path in (base / "etc").rglob("*"))
    assert names == [
        "etc/added",
        "etc/apt",
        "etc/apt/sources.list",
        "etc/opt",
        "etc/opt/other",
        "etc/os-release",
    ]
    assert os.listxattr(base / "etc/opt") == []


def test_a_layer_replaces_a_link_and_never_writes_through_it(tmp_path: Path) -> None:
    root, layer, outside = tmp_path / "root", tmp_path / "layer", tmp_path / "outside"
    for folder in (root, layer / "opt", outside):
        folder.mkdir(parents=True)
    (root / "opt").symlink_to(outside)
    (layer / "opt/file").write_text("above\n")

    merge_layer(layer, root)

    assert (root / "opt/file").read_text() == "above\n"
    assert list(outside.iterdir()) == []
    assert not layer.exists()


@pytest.mark.root
def test_an_iso_is_unpacked_once_and_then_no_longer_needed(zorin: StandIn, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    first = open_zorin(zorin.path, zorin.sha256, cache)
    zorin.path.unlink()

    again = open_zorin(zorin.path, zorin.sha256, cache)

    assert again == first
    assert again.status.read_text() == STATUS
    assert [(one.suite, one.components) for one in again.sources] == [("noble", ("main",))]


def test_only_the_kernels_without_a_first_stage_are_to_be_given_one(tmp_path: Path) -> None:
    for name in ("vmlinuz-6.8.0-31-generic", "vmlinuz-6.11.0-8-generic", "config-6.8.0-31-generic"):
        (tmp_path / "boot").mkdir(exist_ok=True)
        (tmp_path / "boot" / name).touch()
    (tmp_path / "boot/initrd.img-6.11.0-8-generic").touch()

    assert kernels_without_initrd(tmp_path) == ("6.8.0-31-generic",)


# --- archives -----------------------------------------------------------------------------------

ARMORED = """\
-----BEGIN PGP PUBLIC KEY BLOCK-----
Version: 1

a2V5
=abcd
-----END PGP PUBLIC KEY BLOCK-----"""


def test_the_archives_of_a_system_come_with_the_keys_that_it_holds(tmp_path: Path) -> None:
    root, keys = tmp_path / "root", tmp_path / "keys"
    apt = root / "etc/apt"
    for name in ("sources.list.d", "trusted.gpg.d"):
        (apt / name).mkdir(parents=True)
    (root / "usr/share/keyrings").mkdir(parents=True)
    (root / "usr/share/keyrings/mine.gpg").write_bytes(b"mine")
    (apt / "trusted.gpg.d/a.gpg").write_bytes(b"one")
    (apt / "trusted.gpg.d/b.asc").write_text(ARMORED)
    (apt / "sources.list").write_text(
        "# deb http://commented/ noble main\n"
        "deb cdrom:[Zorin OS 18]/ noble main\n"
        "deb-src http://ubuntu/ noble main\n"
        "deb http://ubuntu/ noble main restricted # the usual ones\n"
        "deb [arch=amd64 signed-by=/usr/share/keyrings/mine.gpg] https://zorin/ noble main\n"
    )
    indented = "\n".join(f" {line or '.'}" for line in ARMORED.splitlines())
    (apt / "sources.list.d/x.sources").write_text(
        f"Types: deb deb-src\nURIs: http://ppa/\nSuites: noble noble-updates\n"
        f"Components: main\nSigned-By:\n{indented}\n\n"
        "Types: deb\nEnabled: no\nURIs: http://off/\nSuites: noble\nComponents: main\n"
    )

    found = sources_of(root, keys)

    assert [(one.uri, one.suite, one.components) for one in found] == [
        ("http://ubuntu/", "noble", ("main", "restricted")),
        ("https://zorin/", "noble", ("main",)),
        ("http://ppa/", "noble", ("main",)),
        ("http://ppa/", "noble-updates", ("main",)),
    ]
    assert [one.keyring.read_bytes() for one in found] == [b"onekey", b"mine", b"key", b"key"]


@pytest.mark.parametrize(
    "line",
    [
        "deb [signed-by=/usr/share/keyrings/gone.gpg] http://ubuntu/ noble main",
        "deb [signed-by=/../../secret.gpg] http://ubuntu/ noble main",
        "# nothing",
    ],
)
def test_an_archive_without_its_key_is_bad_input(tmp_path: Path, line: str) -> None:
    root = tmp_path / "root"
    (root / "etc/apt").mkdir(parents=True)
    (root / "etc/apt/sources.list").write_text(f"{line}\n")
    (tmp_path / "secret.gpg").write_bytes(b"secret")

    with pytest.raises(BadInput):
        sources_of(root, tmp_path / "keys")


# --- what ISOs write ----------------------------------------------------------------------------

UBUNTU = (
    "minimal", "minimal.de", "minimal.standard", "minimal.standard.de", "minimal.standard.live",
    "minimal.standard.no-languages", "minimal.standard.enhanced-secureboot", "minimal.pt_BR",
)  # fmt: skip


@pytest.mark.parametrize(
    ("stems", "sources", "expected"),
    [
        (("filesystem",), None, ("filesystem",)),
        (("filesystem", "minimal"), None, ("filesystem",)),
        (UBUNTU, None, ("minimal", "minimal.standard")),
        (UBUNTU, "- {path: minimal.squashfs, default: true}", ("minimal",)),
        (UBUNTU, "version: 2\nsources: [{path: minimal.standard.squashfs}]",
         ("minimal", "minimal.standard")),
    ],
)  # fmt: skip
def test_the_layers_of_the_installed_system_are_chosen(
    stems: tuple[str, ...], sources: str | None, expected: tuple[str, ...]
) -> None:
    files = {f"casper/{stem}.squashfs" for stem in stems} | {"pool/x.squashfs", "casper/vmlinuz"}

    chosen = live_layers(files, sources)

    assert chosen == tuple(f"casper/{stem}.squashfs" for stem in expected)


@pytest.mark.parametrize("sources", [None, "- {path: gone.squashfs}", "{", "- 1", "text"])
def test_layers_that_make_no_system_are_bad_input(sources: str | None) -> None:
    with pytest.raises(BadInput):
        live_layers({"casper/minimal.standard.live.squashfs", "casper/de.squashfs"}, sources)


def test_only_installed_packages_are_purged() -> None:
    listed = "ubiquity\ngparted\nlibfoo:amd64\n\nabsent\n"

    found = live_packages(listed, ["bash", "casper", "gparted", "libfoo", "ubiquity-slideshow"])

    assert found == ("casper", "gparted", "libfoo", "ubiquity-slideshow")


def test_md5sum_txt_is_read_in_both_of_its_forms() -> None:
    text = f"{'a' * 32}  ./casper/vmlinuz\n{'b' * 32} *boot/grub/grub.cfg\nnonsense\n"

    assert md5_by_name(text) == {"casper/vmlinuz": "a" * 32, "boot/grub/grub.cfg": "b" * 32}


@pytest.mark.parametrize("head", [b"", b"MZ" + bytes(1000), kernel("../../etc"), kernel("")])
def test_a_kernel_that_names_no_version_is_unknown(head: bytes) -> None:
    assert kernel_version(head) is None
