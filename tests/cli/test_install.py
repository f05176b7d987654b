# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``install --disk``: shown, confirmed, carried out, and apart from the act of the town."""

from __future__ import annotations

from pathlib import Path

import pytest

from fleet.store.keys import open_replica_key
from tests.cli.command_line import Said, Typist
from tests.services.installer_samples import MIB, make_disk, make_image, make_root


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A town with one image."""
    home = tmp_path_factory.mktemp("town") / "home"
    assert Typist(home).types("init", "--name", "Bréville").status == 0
    root = make_root(tmp_path_factory.mktemp("root") / "root")
    make_image(home, open_replica_key(home), root)
    return home


@pytest.fixture
def person(home: Path) -> Typist:
    return Typist(home)


@pytest.fixture
def disk(tmp_path: Path) -> Path:
    return make_disk(tmp_path / "essai.img")


def installs(person: Typist, disk: Path, *more: str, answer: str | None = None) -> Said:
    return person.types(
        "install", "--image", "ecole", "--disk", disk, "--hostname", "poste-1", *more,
        answer=answer,
    )  # fmt: skip


def is_untouched(disk: Path) -> bool:
    with disk.open("rb") as file:
        return file.read(2 * MIB) == bytes(2 * MIB)


def test_the_plan_shows_what_is_lost_and_made_and_touches_nothing(
    person: Typist, disk: Path
) -> None:
    said = installs(person, disk, "--plan", "--home", "separate", "--root-size", "650M")

    assert said.status == 0
    assert said.out == ""
    lines = said.err
    for part in (str(disk), "serial number: not told", "1.26 GB", "poste-1", "/home (ext4)"):
        assert part in lines
    assert lines.index("What will be destroyed") < lines.index("What will be made")
    assert is_untouched(disk)


@pytest.mark.root
def test_typing_the_asked_text_installs_and_prints_the_host_key(person: Typist, disk: Path) -> None:
    said = installs(person, disk, answer="essai.img")

    assert said.status == 0
    assert said.out.startswith("poste-1 ssh-ed25519 AAAA")
    assert "To go on, type essai.img" in said.err
    assert "poste-1 is ready to start" in said.err
    again = installs(person, disk, "--plan")
    assert "ext4 « system »" in again.err


@pytest.mark.root
def test_a_script_confirms_with_the_same_text(person: Typist, disk: Path) -> None:
    said = installs(person, disk, "--confirm", "essai.img")

    assert said.status == 0
    assert "Unpacking 100 %" in said.err


@pytest.mark.parametrize("answer", ["", "yes", "o", "essai", "ESSAI.IMG"])
def test_any_other_answer_touches_nothing(person: Typist, disk: Path, answer: str) -> None:
    said = installs(person, disk, answer=answer)

    assert said.status == 1
    assert "Not confirmed" in said.err
    assert is_untouched(disk)


def test_nobody_to_answer_is_a_refusal_that_names_the_text(person: Typist, disk: Path) -> None:
    said = installs(person, disk)

    assert said.status == 2
    assert "--confirm essai.img" in said.err
    assert is_untouched(disk)


def test_a_wrong_confirmation_of_a_script_touches_nothing(person: Typist, disk: Path) -> None:
    said = installs(person, disk, "--confirm", "essai")

    assert said.status == 2
    assert is_untouched(disk)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("VJ-0001",), "takes no tags"),
        (("--yes",), "never --yes"),
        (("--root-size", "1G"), "--home separate"),
        (("--root-size", "grand"), "not a size"),
        (("--home", "separate", "--root-size", "900G"), "between"),
        (("--trusted-key", "/nowhere"), "cannot be read"),
        (("--hostname", "Poste 1"), "cannot be a computer's name"),
    ],
)
def test_wrong_words_are_refused_untouched(
    person: Typist, disk: Path, words: tuple[str, ...], told: str
) -> None:
    said = installs(person, disk, *words)

    assert said.status in (2, 3, 4)
    assert told in said.err
    assert is_untouched(disk)


def test_what_is_missing_is_named(person: Typist, disk: Path) -> None:
    said = person.types("install", "--disk", disk)

    assert said.status == 2
    assert "--image, --hostname" in said.err


def test_without_a_disk_it_is_the_act_of_the_town(person: Typist) -> None:
    refused = person.types("install", "VJ-0001", "--hostname", "poste-1")
    recorded = person.types("install", "VJ-0001", "--image", "ecole")

    assert refused.status == 2
    assert "--disk" in refused.err
    assert recorded.status == 3
    assert "VJ-0001" in recorded.err


def test_another_key_than_the_signer_s_is_refused(
    person: Typist, disk: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.pub"
    other.write_text(open_replica_key(tmp_path / "other").public_key + " comment\n")

    said = installs(person, disk, "--plan", "--trusted-key", str(other))

    assert said.status == 6
    assert "not trusted" in said.err


def test_a_key_given_by_file_is_enough_without_a_town(home: Path, disk: Path) -> None:
    (image,) = (home / "images").glob("ecole-*")

    said = Typist(home.parent / "none").types(
        "install", "--image", image, "--disk", disk, "--hostname", "poste", "--plan",
        "--trusted-key", home / "keys" / "replica.pub",
    )  # fmt: skip

    assert said.status == 0


def test_no_such_disk_is_said(person: Typist, tmp_path: Path) -> None:
    said = installs(person, tmp_path / "none")

    assert said.status == 3
    assert "truncate" in said.err
