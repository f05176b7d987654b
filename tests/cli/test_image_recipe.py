# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Recipes as they are typed: started, listed, shown with the place of each value."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from fleet.errors import BadInput, NotFound, UsageError
from tests.cli.command_line import Typist


@pytest.fixture
def typist(own_home: Path) -> Typist:
    return Typist(own_home)


def test_a_new_recipe_is_listed_and_shown(typist: Typist) -> None:
    made = typist.types("image", "new", "ferry", "--extends", "mairie", "--title", "Mairie Ferry")
    path = typist.home / "recipes" / "ferry.yml"
    path.write_text(path.read_text() + "desktop: gnome\n")
    listed = typist.types("image", "list", "--recipes", "--json").json["recipes"]
    shown = typist.types("image", "show", "--recipe", "ferry")

    assert made.out.strip() == str(path)
    (ferry,) = [one for one in listed if one["name"] == "ferry"]
    assert (ferry["title"], ferry["extends"], ferry["shipped"]) == ("Mairie Ferry", "mairie", False)
    assert "ferry: Mairie Ferry" in shown.out
    assert re.search(r"^desktop +gnome +ferry\.yml:\d+$", shown.out, re.M)
    assert "mairie.yml:" in shown.out


def test_the_list_hides_what_is_only_a_parent(typist: Typist) -> None:
    said = typist.types("image", "list", "--recipes")

    names = [line.split()[0] for line in said.out.splitlines()[1:]]
    assert "ecole-elementaire" in names
    assert not {"socle", "parc"} & set(names)


def test_a_recipe_is_shown_as_json_with_its_overrides(typist: Typist) -> None:
    shown = typist.types(
        "image", "show", "--recipe", "ci", "--set", "base.debian.suite=bookworm", "--json"
    ).json

    assert shown["recipe"]["base"]["suite"] == "bookworm"
    assert len(shown["recipe_sha256"]) == 64
    (suite,) = [one for one in shown["recipe_values"] if one["path"] == "base.debian.suite"]
    assert (suite["source"], suite["line"]) == ("--set base.debian.suite=bookworm", 0)


def test_every_mistake_of_a_recipe_is_told_with_its_place(typist: Typist) -> None:
    typist.types("image", "new", "ferry")
    path = typist.home / "recipes" / "ferry.yml"
    path.write_text(path.read_text() + "desktp: xfce\nhome: nowhere\n")

    shown = typist.types("image", "show", "--recipe", "ferry")
    listed = typist.types("image", "list", "--recipes")

    assert shown.status == BadInput.exit_status
    assert "Did you mean « desktop »?" in shown.err
    assert "« nowhere » is not one of those of « home »" in shown.err
    assert str(path) in shown.err
    assert "cannot be used" in listed.out
    assert "Did you mean « desktop »?" in listed.err


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (("image", "new", "Ferry"), UsageError.exit_status),
        (("image", "new", "ferry", "--extends", "inconnue"), NotFound.exit_status),
        (("image", "show", "--recipe", "inconnue"), NotFound.exit_status),
        (("image", "show", "--recipe", "socle"), BadInput.exit_status),
        (("image", "show", "--recipe", "ci", "--set", "x"), BadInput.exit_status),
        (("image", "show"), UsageError.exit_status),
    ],
)
def test_what_cannot_be_is_refused(words: tuple[str, ...], status: int, typist: Typist) -> None:
    assert typist.types(*words).status == status
