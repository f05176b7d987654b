# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The user_accounts role: who may log in, and sessions that leave nothing behind."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from tests.roles.harness import PROJECT, Chroot, RoleFailed

_CHECK = PROJECT / "roles" / "user_accounts" / "files" / "check_accounts.py"
# Of a passphrase nobody will guess, and of "azerty".
_STRONG = (
    "$6$Pq7mZk2Rt9bXcV1n$MdZd7WqNe0eeNVbZlbLAQWhRk1hSbR9OjPxx4J3eYQf3"
    "8qHl0oGmLrrQ7s8v1m0E5pYxUuL6rWnqvKz9sTtB0/"
)
_PUPIL = {
    "name": "eleve", "display_name": "Élève", "password": "none_at_screen",
    "session": "throw_away",
}  # fmt: skip
_TEACHER = {"name": "prof", "password": "ask_at_first_boot"}
_ADMINISTRATOR = {"name": "commune", "password": _STRONG, "administrator": True}


def _problems(accounts: list[dict[str, Any]], **given: Any) -> list[str]:
    whole = {
        "accounts": accounts, "removed": [], "autologin": "", "umask": "027", "size": "25%",
        "known_passwords": ["azerty"], "sudo_timeout_minutes": 5, **given,
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, str(_CHECK)], input=json.dumps(whole), capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    found: list[str] = json.loads(done.stdout)
    return found


def _hash(password: str, kind: str) -> str:
    command = ["openssl", "passwd", f"-{kind}", "-salt", "abcdefgh", password]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def test_good_accounts_have_no_problem() -> None:
    assert _problems([_PUPIL, _TEACHER, _ADMINISTRATOR], autologin="eleve") == []


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("secret", "clear text"),
        ("", "clear text"),
        ("$1$abcdefgh$G/rFmCqIxZ9ktxxUFZ1aS1", "weak kind"),
        ("$5$abcdefgh$x", "weak kind"),
        (_STRONG[:-4], "weak kind, or cut"),
    ],
)
def test_a_password_in_clear_or_weak_is_refused_and_not_repeated(password: str, words: str) -> None:
    (problem,) = _problems([{"name": "prof", "password": password}])

    assert words in problem
    assert not password or password not in problem


def test_the_hash_of_a_password_everyone_knows_is_refused() -> None:
    own_name = _hash("prof", "6")
    known = _hash("azerty", "6")
    other = _hash("une-longue-phrase-de-passe", "6")

    found = [_problems([{"name": "prof", "password": one}]) for one in (own_name, known, other)]

    assert [len(problems) for problems in found] == [1, 1, 0]
    assert "tries first" in found[0][0]


def test_every_problem_is_listed() -> None:
    accounts: list[dict[str, Any]] = [
        {"name": "Élève", "password": "locked"},
        {"name": "root", "password": "locked"},
        {"name": "double", "password": "locked"},
        {"name": "double", "password": "locked"},
        {"name": "chef", "password": "none_at_screen", "administrator": True},
        {"name": "bas", "password": "locked", "uid": 12},
    ]

    found = _problems(accounts, autologin="chef", umask="9", removed=["bas"], size="beaucoup")

    for words in (
        "'Élève' is not an account name", "root is an account of the system", "double is there 2",
        "chef: an administrator needs", "number 12", "chef administers", "umask", "bas is in",
        "beaucoup",
    ):  # fmt: skip
        assert any(words in problem for problem in found), (words, found)


@pytest.mark.root
@pytest.mark.slow
def test_accounts_are_made_without_any_default_password(chroot: Chroot) -> None:
    accounts = [_PUPIL, _TEACHER, _ADMINISTRATOR]
    # Nothing can be mounted in here: the session lives on the disk.
    given = {"user_accounts_list": accounts, "user_accounts_throw_away_storage": "disk"}

    chroot.apply_twice("user_accounts", given, packages=True)

    shadow = {
        line.split(":")[0]: line.split(":")[1] for line in chroot.read("/etc/shadow").splitlines()
    }
    assert shadow["root"] == "!"
    assert (shadow["eleve"], shadow["prof"], shadow["commune"]) == ("!", "!", _STRONG)
    assert "nopasswdlogin" in chroot.run("id", "-nG", "eleve").stdout.split()
    assert "sudo" in chroot.run("id", "-nG", "commune").stdout.split()
    assert chroot.mode("/etc/sudoers.d/parclibre") == "0440 root:root"
    chroot.run("visudo", "--check")
    assert chroot.exists("/home/prof/Téléchargements")
    questions = json.loads(chroot.read("/etc/parclibre/first-boot.d/accounts.json"))
    assert questions == {
        "ask_password_for": ["prof"], "create_owner": False, "owner_groups": ["sudo"]
    }  # fmt: skip

    # When the role plays again on the machine, the password chosen there stays.
    chroot.shell(f"usermod --password '{_STRONG}' prof")
    again = chroot.apply("user_accounts", given, packages=True)
    assert again.changed == 0
    assert chroot.run("getent", "shadow", "prof").stdout.split(":")[1] == _STRONG

    # A throw-away session.
    uid = chroot.run("id", "-u", "eleve").stdout.strip()
    unit = f"/etc/systemd/system/user-runtime-dir@{uid}.service.d/parclibre-throw-away.conf"
    assert "throw-away-home open eleve" in chroot.read(unit)
    assert "KillOnlyUsers=eleve" in chroot.read(
        "/etc/systemd/logind.conf.d/60-parclibre-throw-away.conf"
    )
    seen = chroot.shell(
        "home=/usr/lib/parclibre/throw-away-home\n"
        "$home open eleve\n"
        "stat --format '%U %a' /home/eleve\n"
        "ls /home/eleve | head -1\n"
        "echo secret > /home/eleve/Bureau/note\n"
        "$home open eleve\n"
        "ls -A /home/eleve/Bureau | wc -l\n"
        "$home close eleve\n"
        "ls -A /home/eleve | wc -l\n"
    )
    assert seen.split("\n")[:4] == ["eleve 700", "Bureau", "0", "0"]

    # The session is kept again when the list says so.
    kept = [{**_PUPIL, "session": "kept"}, _TEACHER, _ADMINISTRATOR]
    chroot.apply_twice("user_accounts", {"user_accounts_list": kept}, packages=True)
    assert not chroot.exists(unit)
    assert not chroot.exists("/etc/systemd/logind.conf.d/60-parclibre-throw-away.conf")


@pytest.mark.root
@pytest.mark.slow
def test_vlc_does_not_ask_a_pupil_about_the_internet(chroot: Chroot) -> None:
    chroot.apply("user_accounts", {}, packages=True)
    without = chroot.exists("/etc/skel/.config/vlc")
    chroot.shell("install -m 755 /bin/true /usr/bin/vlc")

    chroot.apply("user_accounts", {})
    again = chroot.apply("user_accounts", {})

    assert not without
    assert again.changed == 0
    assert "qt-privacy-ask=0" in chroot.read("/etc/skel/.config/vlc/vlcrc").splitlines()


@pytest.mark.root
def test_a_password_in_clear_stops_the_role_before_it_changes_anything(chroot: Chroot) -> None:
    accounts = [{"name": "prof", "password": "azerty"}, {"name": "Bad", "password": "locked"}]

    with pytest.raises(RoleFailed) as refused:
        chroot.apply("user_accounts", {"user_accounts_list": accounts})

    assert "clear text" in str(refused.value)
    assert "'Bad'" in str(refused.value)
    assert "azerty" not in str(refused.value)
    assert chroot.run("getent", "passwd", "prof", check=False).status != 0
