# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""first_boot in a real Debian, its growing on a real file system, its questions on a terminal."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from tests.roles.harness import Chroot, made_layer, open_chroot
from tests.roles.terminal import talk

FILES = Path(__file__).parent.parent.parent / "roles" / "first_boot" / "files"
PROGRAM = "/usr/lib/parclibre/first-boot"
RECORD = "/etc/parclibre/first-boot.json"
# These stand on one layer, made once.
one_layer = pytest.mark.xdist_group("first_boot")
FAMILY = {"first_boot_owner": True, "first_boot_owner_window": False}


@pytest.fixture
def owner(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The program that asks, as a module."""
    monkeypatch.syspath_prepend(FILES)
    return importlib.import_module("first_owner")


@pytest.fixture(scope="module")
def given_away(
    role_cache: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Path, ...]]:
    """What the role writes on a machine that will ask a family for its account."""

    def play(fresh: Chroot) -> None:
        fresh.apply_twice("first_boot", FAMILY)

    with made_layer(role_cache, tmp_path_factory.mktemp("family"), play) as layer:
        yield layer


@pytest.fixture
def family(role_cache: Path, tmp_path: Path, given_away: tuple[Path, ...]) -> Iterator[Chroot]:
    """A machine that will ask a family for its account, of one test."""
    with open_chroot(role_cache, tmp_path / "family", above=given_away) as chroot:
        yield chroot


@pytest.mark.root
@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_machine_gets_keys_of_its_own_once(chroot: Chroot) -> None:
    chroot.apply_twice("first_boot", {"first_boot_owner": False}, packages=True)
    chroot.shell("mkdir -p /etc/ssh && printf '#!/bin/sh\n' > /usr/sbin/sshd")
    chroot.shell("chmod +x /usr/sbin/sshd && : > /etc/ssh/ssh_host_ed25519_key")
    fake_certificate = "/etc/ssl/certs/ssl-cert-snakeoil.pem"
    before = chroot.read(fake_certificate) if chroot.exists(fake_certificate) else ""

    first = chroot.run(PROGRAM)
    key = chroot.read("/etc/ssh/ssh_host_ed25519_key.pub")
    record = json.loads(chroot.read(RECORD))
    again = chroot.run(PROGRAM)

    assert (first.status, again.status) == (0, 0)
    assert record["steps"]["host_keys"] == "made"
    assert record["steps"]["grow"] == "already"
    assert chroot.mode("/etc/ssh/ssh_host_ed25519_key") == "0600 root:root"
    assert chroot.read("/etc/ssh/ssh_host_ed25519_key.pub") == key
    assert chroot.read(fake_certificate) != before
    unit = "/etc/systemd/system/parclibre-first-boot.service"
    assert chroot.run("systemd-analyze", "verify", unit).status == 0


@pytest.mark.root
@pytest.mark.slow
def test_a_step_that_fails_is_tried_at_the_next_start(chroot: Chroot) -> None:
    chroot.apply("first_boot")
    chroot.shell("mkdir -p /boot/grub && printf '#!/bin/sh\nexit 1\n' > /usr/sbin/update-grub")
    chroot.shell("chmod +x /usr/sbin/update-grub")

    failed = chroot.run(PROGRAM, check=False)
    recorded = chroot.exists(RECORD)
    chroot.shell("printf '#!/bin/sh\n' > /usr/sbin/update-grub")
    then = chroot.run(PROGRAM)

    assert failed.status == 1
    assert not recorded
    assert then.status == 0
    assert json.loads(chroot.read(RECORD))["steps"]["boot_menu"] == "written"


GROW = """
mount --make-rprivate /
loop=$(losetup --find --show "$1")
trap 'umount "$2"; losetup --detach "$loop"' EXIT
mount "$loop" "$2"
python3 -c "
import sys; sys.path.insert(0, sys.argv[1])
import first_boot
print(first_boot._grow(sys.argv[2]), first_boot._grow(sys.argv[2]))
" "$3" "$2"
df --block-size=1M --output=size "$2" | tail -1
"""


def test_the_size_of_a_file_system_is_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.syspath_prepend(FILES)
    first_boot = importlib.import_module("first_boot")
    disk = tmp_path / "disk"
    subprocess.run(["/sbin/mke2fs", "-q", "-t", "ext4", disk, "64M"], check=True)
    command = ("/sbin/dumpe2fs", "-h", str(disk))

    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout

    assert first_boot.file_system_bytes(told) == 64 * 1024 * 1024


def may_resize() -> bool:
    """Say whether this computer lets root grow a mounted file system (CAP_SYS_RESOURCE)."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    capabilities = next(line for line in status.splitlines() if line.startswith("CapEff"))
    return bool(int(capabilities.split()[1], 16) >> 24 & 1)


@pytest.mark.root
@pytest.mark.skipif(not may_resize(), reason="root may not resize file systems here")
def test_a_file_system_grows_to_its_disk_once(tmp_path: Path) -> None:
    disk, mounted = tmp_path / "disk", tmp_path / "mounted"
    mounted.mkdir()
    subprocess.run(["mke2fs", "-q", "-t", "ext4", disk, "64M"], check=True)
    os.truncate(disk, 256 * 1024 * 1024)

    done = subprocess.run(
        ["unshare", "-m", "bash", "-euc", GROW, "bash", disk, mounted, FILES],
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    grown, size_mib = done.stdout.splitlines()
    assert grown == "True False"
    assert int(size_mib) > 200


@one_layer
@pytest.mark.root
def test_a_family_makes_its_account_on_the_console(family: Chroot) -> None:
    weak, good = "azertyuiop", "lune-velo-citron"
    answers = ["", "Éloïse Léa", weak, good, "autre chose", good, good]

    said = talk([*family.rootfs.enter, "/usr/lib/parclibre/first-owner", "--console"], answers)

    shadow = family.shell("getent shadow eloise-lea").split(":")[1]
    assert "Tapez au moins une lettre" in said
    assert "trop facile à deviner" in said
    assert "ne sont pas les mêmes" in said
    assert "eloise-lea" in said
    assert good not in said
    assert shadow.startswith("$")
    assert "eloise-lea" in family.shell("getent group audio")
    assert talk([*family.rootfs.enter, "/usr/lib/parclibre/first-owner", "--console"], []) == ""


@one_layer
@pytest.mark.root
def test_an_agent_is_no_administrator_and_a_locked_account_gets_its_password(
    family: Chroot,
) -> None:
    family.run("useradd", "prof")
    questions = {"create_owner": True, "owner_groups": [], "ask_password_for": ["prof"]}
    family.write("/etc/parclibre/first-boot.d/accounts.json", json.dumps(questions))
    answers = [*["craie-tableau-noir"] * 2, "Zoé", *["lune-vélo-citron"] * 2]

    said = talk([*family.rootfs.enter, "/usr/lib/parclibre/first-owner", "--console"], answers)

    assert "« prof »" in said
    assert "sudo" not in family.shell("id --name --groups zoe").split()
    locked = [line.split(":")[1][:1] for line in family.read("/etc/shadow").splitlines()[-2:]]
    assert locked == ["$", "$"]


@one_layer
@pytest.mark.root
def test_a_cut_between_account_and_password_is_made_good(family: Chroot) -> None:
    family.write("/var/lib/parclibre/first-boot/owner-pending", "lea")
    family.shell("useradd --create-home lea")
    answers = ["Léa", "lune-velo-citron", "lune-velo-citron"]

    talk([*family.rootfs.enter, "/usr/lib/parclibre/first-owner", "--console"], answers)

    assert family.shell("getent shadow lea").split(":")[1].startswith("$")
    assert not family.exists("/var/lib/parclibre/first-boot/owner-pending")


@one_layer
@pytest.mark.root
def test_without_a_family_nothing_is_asked(family: Chroot) -> None:
    unit = "/etc/systemd/system/parclibre-first-owner.service"
    verified = family.run("systemd-analyze", "verify", unit).status

    family.apply_twice("first_boot", {"first_boot_owner": False})

    assert verified == 0
    assert not family.exists(unit)


@pytest.mark.parametrize(
    ("name", "login"),
    [
        ("Jean-Noël", "jean-noel"),
        ("  Œdipe ", "oedipe"),
        ("3 petits cochons", "petits-cochons"),
        ("Ελένη", ""),
        ("42", ""),
        ("a" * 80, "a" * 30),
    ],
)
def test_a_name_becomes_a_login(owner: ModuleType, name: str, login: str) -> None:
    assert owner.login_of(name) == login


@pytest.mark.parametrize("name", ["", "   ", "!!", "root", "Root", "a:b", "x" * 61, "a\nb"])
def test_a_name_that_does_not_suit_is_refused_with_a_reason(owner: ModuleType, name: str) -> None:
    assert owner.name_problem(name, {"root"}).endswith(".")


@pytest.mark.parametrize(
    "password", ["", "court", "MotDePasse", "aaaaaaaaaa", "eloise-2026", "deux\nlignes!!"]
)
def test_a_weak_password_is_refused_with_a_reason(owner: ModuleType, password: str) -> None:
    assert owner.password_problem(password, "Éloïse").endswith(".")


def test_a_good_password_is_accepted(owner: ModuleType) -> None:
    assert owner.password_problem("lune-vélo-citron", "Éloïse") == ""
    assert owner.password_problem("telephone vert", "Al") == ""
