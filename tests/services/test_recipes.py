# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Recipes are found, follow their parents, and those that ship are right to the last variable."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from fleet.errors import NotFound, UsageError
from fleet.model.recipe import FrozenMap, recipe_digest
from fleet.model.recipe_problems import RecipeRefused
from fleet.model.recipe_roles import CHECKS, ROLE_ORDER
from fleet.model.recipe_spec import Kind, Spec
from fleet.output.proof_words import check_sentences, image_sentences
from fleet.services.recipes import (
    RecipeFolders,
    find_recipe,
    list_recipes,
    new_recipe,
    recipe_folders,
    resolve_recipe,
    role_variables,
    schema,
)

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "inventory" / "recipes"
NAMES = sorted(path.stem for path in SHIPPED.glob("*.yml"))
PARENTS = {"socle", "parc"}
HEAD = "recipe: 1\ntitle: Essai\n"
BASE = "base: {debian: {suite: trixie}}\ndesktop: none\n"


@pytest.fixture
def folders(tmp_path: Path) -> RecipeFolders:
    """An empty town, two shipped recipes, the real roles."""
    shipped = tmp_path / "shipped"
    shipped.mkdir()
    (shipped / "base.yml").write_text(HEAD + BASE + "summary: La base\n")
    (shipped / "ecole.yml").write_text(f"{HEAD}extends: base\nsoftware: [socle]\n")
    (tmp_path / "town").mkdir()
    return RecipeFolders(town=tmp_path / "town", shipped=shipped, roles=ROOT / "roles")


def write(folders: RecipeFolders, name: str, text: str) -> Path:
    path = folders.town / f"{name}.yml"
    path.write_text(text)
    return path


def refused(name: str | Path, folders: RecipeFolders) -> RecipeRefused:
    with pytest.raises(RecipeRefused) as caught:
        find_recipe(str(name), folders=folders)
    return caught.value


def test_a_recipe_is_found_by_name_and_by_path(folders: RecipeFolders, tmp_path: Path) -> None:
    elsewhere = tmp_path / "ici" / "mairie.yml"
    elsewhere.parent.mkdir()
    elsewhere.write_text(f"{HEAD}extends: base\n")

    assert find_recipe("ecole", folders=folders).software == ("socle",)
    assert find_recipe(str(elsewhere), folders=folders).name == "mairie"


def test_the_towns_recipe_hides_the_shipped_one_and_may_extend_it(folders: RecipeFolders) -> None:
    write(folders, "ecole", "recipe: 1\ntitle: Ferry\nextends: ecole\nsoftware: [mairie]\n")

    recipe = find_recipe("ecole", folders=folders)

    assert (recipe.title, recipe.software) == ("Ferry", ("socle", "mairie"))


def test_a_parent_beside_the_file_comes_before_all_others(
    folders: RecipeFolders, tmp_path: Path
) -> None:
    (tmp_path / "base.yml").write_text(HEAD + BASE + "summary: A côté\n")
    child = tmp_path / "enfant.yml"
    child.write_text(f"{HEAD}extends: base\n")

    assert find_recipe(str(child), folders=folders).summary == "A côté"


def test_an_override_wins_over_the_files(folders: RecipeFolders) -> None:
    recipe = find_recipe(
        "ecole", ["base.debian.suite=bookworm", "software=[mairie]"], folders=folders
    )

    assert (recipe.base.suite, recipe.software) == ("bookworm", ("socle", "mairie"))


def test_every_wrong_override_is_told_at_once(folders: RecipeFolders) -> None:
    with pytest.raises(RecipeRefused) as caught:
        find_recipe("ecole", ["desktp=xfce", "home=nowhere"], folders=folders)

    assert len(caught.value.problems) == 2


def test_an_unknown_recipe_is_refused_with_the_nearest_name(folders: RecipeFolders) -> None:
    with pytest.raises(NotFound) as caught:
        find_recipe("ecol", folders=folders)

    assert caught.value.hint == "Did you mean « ecole »?"


@pytest.mark.parametrize("name", ["", "../inconnue", "x/y.yml", "é", "a" * 300])
def test_what_names_no_recipe_is_not_found(name: str, folders: RecipeFolders) -> None:
    with pytest.raises(NotFound):
        find_recipe(name, folders=folders)


def test_an_unknown_parent_is_refused_where_it_is_named(folders: RecipeFolders) -> None:
    path = write(folders, "enfant", f"{HEAD}extends: ecol\n")

    said = refused("enfant", folders).message

    assert said.startswith(f"{path}:3:10: There is no recipe « ecol » to extend. Did you mean")


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"a": "a"}, "The recipe « a » extends itself."),
        ({"a": "b", "b": "a"}, "extend each other, or are too many: a → b → a."),
        ({"a": "b", "b": "c", "c": "b"}, "too many: a → b → c → b."),
        ({**{f"n{i}": f"n{i + 1}" for i in range(20)}, "a": "n0"}, "too many: a → n0 → n1"),
    ],
)
def test_recipes_that_extend_each_other_are_refused(
    files: dict[str, str], said: str, folders: RecipeFolders
) -> None:
    for name, extends in files.items():
        write(folders, name, f"{HEAD}extends: {extends}\n")

    assert said in refused("a", folders).message


def test_a_problem_of_a_parent_names_the_parents_file(folders: RecipeFolders) -> None:
    (folders.shipped / "base.yml").write_text("recipe: 1\ntitle: Base\ndesktp: xfce\n")

    problem = refused("ecole", folders).problems[0]

    assert problem.origin.source == str(folders.shipped / "base.yml")


def test_a_recipe_that_is_only_a_parent_is_not_built(folders: RecipeFolders) -> None:
    write(folders, "parent", f"{HEAD}abstract: true\n{BASE}")
    write(folders, "enfant", f"{HEAD}extends: parent\n")

    assert "only a parent" in refused("parent", folders).message
    assert find_recipe("enfant", folders=folders).name == "enfant"


def test_a_folder_a_pipe_and_a_file_that_cannot_be_read_are_refused(
    folders: RecipeFolders, tmp_path: Path
) -> None:
    (tmp_path / "folder.yml").mkdir()
    os.mkfifo(tmp_path / "pipe.yml")

    assert "This is not a file." in refused(tmp_path / "folder.yml", folders).message
    assert "This is not a file." in refused(tmp_path / "pipe.yml", folders).message


def test_the_iso_is_looked_for_beside_the_file_that_names_it(folders: RecipeFolders) -> None:
    digest = "a" * 64
    write(folders, "z", f"{HEAD}base: {{zorin: {{suite: noble, iso: z.iso, sha256: {digest}}}}}\n"
          "desktop: zorin\n")  # fmt: skip

    written = find_recipe("z", folders=folders)
    typed = find_recipe("z", ["base.zorin.iso=autre.iso"], folders=folders)

    assert written.base.iso == str(folders.town / "z.iso")
    assert typed.base.iso == str(Path.cwd() / "autre.iso")
    assert recipe_digest(written) == recipe_digest(typed)


def test_a_file_that_a_role_reads_is_looked_for_beside_the_recipe_that_names_it(
    folders: RecipeFolders,
) -> None:
    printer = f"name: hall, uri: 'socket://h', mode: ppd, sha256: {'a' * 64}"
    parent = folders.shipped / "base.yml"
    parent.write_text(f"{HEAD}{BASE}printers:\n  - {{{printer}, ppd: pilotes/hall.ppd}}\n")
    write(folders, "enfant", f"{HEAD}extends: base\nprinters:\n"
          "  - {name: cour, uri: 'socket://c', mode: ppd, ppd: /srv/cour.ppd}\n"
          "variables: {printer_queues_list: [{name: rue, uri: 'socket://r', ppd: rue.ppd}]}\n"
    )  # fmt: skip

    printers = find_recipe("enfant", folders=folders).plain_variables()["printer_queues_list"]

    assert {one["name"]: one["ppd"] for one in printers} == {
        "hall": str(folders.shipped / "pilotes" / "hall.ppd"),
        "cour": "/srv/cour.ppd",
        "rue": str(folders.town / "rue.ppd"),
    }


def test_relative_paths_in_lists_are_added_and_removed_from_the_folder_of_each_file(
    folders: RecipeFolders, tmp_path: Path
) -> None:
    roles = tmp_path / "roles"
    specs = roles / "town_network" / "meta" / "argument_specs.yml"
    specs.parent.mkdir(parents=True)
    specs.write_text(
        "argument_specs: {main: {options: {town_network_logo: {type: path},\n"
        "  town_network_authorities: {type: list, elements: path}}}}\n"
    )
    mine = RecipeFolders(town=folders.town, shipped=folders.shipped, roles=roles)
    write(folders, "parent", f"{HEAD}{BASE}roles: [town_network]\nvariables:\n"
          "  town_network_logo: ''\n  town_network_authorities: [une.pem, deux.pem]\n"
    )  # fmt: skip
    child = tmp_path / "enfant.yml"
    child.write_text(
        "recipe: 1\ntitle: Enfant\nextends: parent\nvariables:\n  town_network_authorities:\n"
        "    add: [trois.pem]\n    remove: [town/une.pem]\n"
    )

    variables = find_recipe(str(child), folders=mine).plain_variables()
    typed = find_recipe(str(child), ["variables.town_network_logo=logo.png"], folders=mine)

    assert variables == {
        "town_network_logo": "",
        "town_network_authorities": [str(folders.town / "deux.pem"), str(tmp_path / "trois.pem")],
    }
    assert typed.variables["town_network_logo"] == str(Path.cwd() / "logo.png")


def test_the_list_shows_every_recipe_and_says_why_one_cannot_be_used(
    folders: RecipeFolders,
) -> None:
    write(folders, "cassee", "recipe: 1\ntitle: x\ndesktp: xfce\n")
    write(folders, "ferry", "recipe: 1\ntitle: Ferry\nextends: ecole\n")

    found = {one.name: one for one in list_recipes(folders)}

    assert set(found) == {"base", "ecole", "cassee", "ferry"}
    assert "desktp" in found["cassee"].refusal
    assert (found["ferry"].summary, found["ferry"].extends) == ("La base", "ecole")
    assert (found["ferry"].shipped, found["ecole"].shipped) == (False, True)


def test_a_new_recipe_resolves_as_it_is_written(folders: RecipeFolders) -> None:
    path = new_recipe("ferry", "ecole", title='L\'école « Ferry » \\ "bis"', folders=folders)

    recipe = find_recipe("ferry", folders=folders)

    assert path == folders.town / "ferry.yml"
    assert (recipe.title, recipe.software) == ('L\'école « Ferry » \\ "bis"', ("socle",))


def test_a_new_recipe_is_right_with_every_line_uncommented(folders: RecipeFolders) -> None:
    path = new_recipe("ferry", "ecole", folders=folders)
    lines = path.read_text().splitlines()

    path.write_text("\n".join(line[2:] if _is_example(line) else line for line in lines))

    recipe = find_recipe("ferry", folders=folders)
    assert recipe.packages_added == ("inkscape",)
    assert recipe.plain_variables()["printer_queues_list"][0]["name"] == "couloir"


def _is_example(line: str) -> bool:
    return line.startswith("# ") and (":" in line or line.startswith("#  "))


def test_a_new_recipe_never_replaces_one(folders: RecipeFolders) -> None:
    new_recipe("ferry", "ecole", folders=folders)

    with pytest.raises(UsageError):
        new_recipe("ferry", "ecole", folders=folders)


@pytest.mark.parametrize("name", ["Ferry", "a/b", "", "é", "-a"])
def test_a_new_recipe_takes_only_a_name_that_an_image_can_have(
    name: str, folders: RecipeFolders
) -> None:
    with pytest.raises(UsageError):
        new_recipe(name, "ecole", folders=folders)


def test_a_new_recipe_of_an_unknown_parent_is_not_written(folders: RecipeFolders) -> None:
    with pytest.raises(NotFound):
        new_recipe("ferry", "inconnue", folders=folders)

    assert list(folders.town.iterdir()) == []


# What ships.


@pytest.fixture
def shipped(tmp_path: Path) -> RecipeFolders:
    """An empty town, and what ships."""
    return recipe_folders({"PARCLIBRE_HOME": str(tmp_path)})


def test_what_the_brief_promises_is_there() -> None:
    promised = {
        "ecole-elementaire", "ecole-maternelle", "college", "mairie", "borne", "famille",
        "live", "zorin-ecole", "zorin-mairie", "zorin-famille", "ci",
    }  # fmt: skip

    assert promised <= set(NAMES)


def test_every_role_of_a_recipe_is_here() -> None:
    declared = {
        path.parent.parent.name for path in (ROOT / "roles").glob("*/meta/argument_specs.yml")
    }

    assert set(ROLE_ORDER) <= declared


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_recipe_resolves_with_variables_that_its_roles_take(
    name: str, shipped: RecipeFolders
) -> None:
    if name in PARENTS:
        assert "only a parent" in refused(name, shipped).message
        return

    recipe = find_recipe(name, folders=shipped)

    known = role_variables(shipped.roles)
    wrong = [
        trouble
        for variable, value in recipe.variables.items()
        if variable.split("_")[0] != "package"
        for trouble in troubles(variable, value, known.get(variable))
    ]
    assert wrong == []
    assert recipe.summary


def troubles(name: str, value: object, spec: Spec | None) -> Iterator[str]:
    """Yield why a value is not what its role declares."""
    kinds: dict[Kind, type | tuple[type, ...]] = {
        Kind.TEXT: str, Kind.PATH: str, Kind.INTEGER: int, Kind.BOOLEAN: bool,
        Kind.FLOAT: (int, float), Kind.LIST: tuple, Kind.MAP: FrozenMap, Kind.ANY: object,
    }  # fmt: skip
    if spec is None:
        yield f"{name}: no role declares it"
        return
    if not isinstance(value, kinds[spec.kind]):
        yield f"{name}: {value!r} is not {spec.kind}"
    elif spec.choices and not isinstance(value, tuple) and str(value) not in spec.choices:
        yield f"{name}: {value!r} is none of {spec.choices}"
    elif isinstance(value, tuple) and spec.elements is not None:
        for item in value:
            yield from troubles(f"{name}[]", item, spec.elements)
    elif isinstance(value, FrozenMap) and spec.options is not None:
        for key, inner in value.items():
            yield from troubles(f"{name}.{key}", inner, spec.options.get(key))
        missing = {key for key, one in spec.options.items() if one.required} - set(value)
        yield from (f"{name}.{key}: missing" for key in missing)


def test_a_friendly_printer_is_one_that_the_role_takes(shipped: RecipeFolders) -> None:
    shipped.town.mkdir()
    write(shipped, "ferry", (
        f"{HEAD}extends: ecole-elementaire\n"
        "printers:\n"
        "  - {name: hall, uri: 'ipp://h/ipp/print', place: Hall, rooms: [CE1],\n"
        "     default_for: [CE1], model: x.ppd, code_option: 'Code={code}',\n"
        f"     mode: ppd, ppd: /srv/x.ppd, sha256: {'a' * 64}, accounting: pin,\n"
        "     options: {PageSize: A4, Fold: 'on'}}\n"
    ))  # fmt: skip

    printers = find_recipe("ferry", folders=shipped).variables["printer_queues_list"]

    spec = role_variables(shipped.roles).get("printer_queues_list")
    assert list(troubles("printers", printers, spec)) == []


def test_the_checks_that_recipes_name_are_those_of_the_boot_test() -> None:
    assert set(CHECKS) == {*check_sentences(), *image_sentences()}


@pytest.mark.parametrize("name", ["famille", "zorin-famille"])
def test_nothing_of_the_towns_management_goes_to_a_family(
    name: str, shipped: RecipeFolders
) -> None:
    recipe = find_recipe(name, folders=shipped)

    assert not {"check_in", "directory_login", "town_network"} & set(recipe.roles)
    assert recipe.variables["remote_access_ssh"] is False
    assert "remote_access_accounts" not in recipe.variables
    assert "firewall" in recipe.checks


def test_the_kiosk_keeps_nothing_and_has_no_office(shipped: RecipeFolders) -> None:
    recipe = find_recipe("borne", folders=shipped)

    assert recipe.desktop == "kiosk"
    assert not {"office_suite", "school_software", "office_software"} & set(recipe.roles)
    assert "user_accounts_list" not in recipe.variables


def test_the_suite_of_the_test_image_is_a_variable(shipped: RecipeFolders) -> None:
    recipe = find_recipe("ci", ["base.debian.suite=bookworm"], folders=shipped)

    assert recipe.base.suite == "bookworm"
    assert "login_screen" in recipe.checks


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith("zorin-")])
def test_a_zorin_recipe_differs_from_debians_by_its_base_and_desktop_only(
    name: str, shipped: RecipeFolders
) -> None:
    resolved = resolve_recipe(name, folders=shipped)
    debian = find_recipe(Path(resolved.files[-2]).stem, folders=shipped)

    recipe = resolved.recipe

    assert (recipe.base.system, recipe.base.suite) == ("zorin", "noble")
    assert (recipe.roles, recipe.software) == (debian.roles, debian.software)


def test_a_towns_ten_lines_are_enough(shipped: RecipeFolders) -> None:
    shipped.town.mkdir()
    text = (
        "recipe: 1\n"
        "title: École Jules-Ferry\n"
        "extends: ecole-elementaire\n"
        "printers:\n"
        "  - name: couloir\n"
        "    uri: ipp://192.0.2.20/ipp/print\n"
        "packages:\n"
        "  add: [inkscape]\n"
        "variables:\n"
        "  browser_homepage: https://ecole.exemple.fr/\n"
    )

    write(shipped, "ferry", text)

    recipe = find_recipe("ferry", folders=shipped)
    assert recipe.packages_added == ("vlc", "simple-scan", "inkscape")
    assert recipe.variables["browser_homepage"] == "https://ecole.exemple.fr/"


@pytest.mark.skipif(shutil.which("apt-cache") is None, reason="needs apt-cache")
def test_the_packages_that_shipped_recipes_add_have_right_names(shipped: RecipeFolders) -> None:
    names = {
        package
        for name in NAMES
        if name not in PARENTS
        for package in find_recipe(name, folders=shipped).packages_added
    }

    shown = subprocess.run(
        ["apt-cache", "show", "--no-all-versions", "apt", *names], capture_output=True, text=True
    )

    found = set(re.findall(r"^Package: (\S+)$", shown.stdout, re.M))
    if not found - {"apt"}:
        pytest.skip("apt has no lists of packages: apt-get update")
    assert names <= found


PAGE = (ROOT / "docs" / "images" / "ecrire-une-recette.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("text", re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.M | re.S))
def test_a_recipe_of_the_documentation_resolves(text: str, shipped: RecipeFolders) -> None:
    shipped.town.mkdir()
    write(shipped, "exemple", text)

    recipe = find_recipe("exemple", folders=shipped)

    known = role_variables(shipped.roles)
    wrong = [
        trouble
        for name, value in recipe.variables.items()
        if name in known
        for trouble in troubles(name, value, known[name])
    ]
    assert wrong == []


def test_every_key_of_a_recipe_is_in_the_documentation(shipped: RecipeFolders) -> None:
    options = schema(shipped.roles).options or {}

    missing = [key for key in options if f"`{key}`" not in PAGE]

    assert missing == []
