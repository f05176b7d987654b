# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files complete their parents; what comes out is a frozen recipe with a steady digest."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fleet.model.recipe import FrozenMap, frozen, plain, recipe_digest, recipe_document
from fleet.model.recipe_draft import Draft, Group, ListEdit, Scalar, Setting, setting_from
from fleet.model.recipe_problems import Origin, RecipeRefused
from fleet.model.recipe_resolve import Resolved, resolve
from fleet.model.recipe_roles import DESKTOPS, ROLE_ORDER, SOFTWARE, Choice, role_of, variables_of

PARENT: dict[str, object] = {
    "title": "Parent",
    "summary": "Du parent",
    "base": {"debian": {"suite": "trixie", "components": ["main"]}},
    "desktop": "xfce",
    "software": ["socle"],
}


def draft(name: str, settings: dict[str, object], **lists: Setting) -> Draft:
    root = setting_from(settings, Origin(source=f"{name}.yml", line=1, column=1))
    assert isinstance(root, Group)
    whole = Group(origin=root.origin, settings={**root.settings, **lists})
    return Draft(name=name, source=f"{name}.yml", root=whole)


def edit(
    added: tuple[object, ...] = (), removed: tuple[object, ...] = (), *, only: bool = False
) -> ListEdit:
    origin = Origin(source="enfant.yml", line=2, column=1)
    return ListEdit(
        origin=origin,
        added=tuple(Scalar(value=frozen(one), origin=origin) for one in added),
        removed=tuple(Scalar(value=frozen(one), origin=origin) for one in removed),
        only=only,
    )


def extended(child: dict[str, object] | None = None, **lists: Setting) -> Resolved:
    return resolve(
        [draft("parent", PARENT), draft("enfant", {"title": "Enfant", **(child or {})}, **lists)]
    )


def refused(child: dict[str, object], parent: dict[str, object] | None = None) -> str:
    drafts = [draft("parent", parent or PARENT), draft("enfant", {"title": "E", **child})]
    with pytest.raises(RecipeRefused) as caught:
        resolve(drafts)
    return caught.value.message


def test_a_child_keeps_what_it_does_not_say() -> None:
    recipe = extended().recipe

    assert (recipe.name, recipe.title, recipe.summary) == ("enfant", "Enfant", "Du parent")
    assert (recipe.base.suite, recipe.desktop, recipe.software) == ("trixie", "xfce", ("socle",))


def test_one_value_of_a_map_changes_and_its_neighbours_stay() -> None:
    recipe = extended({"base": {"debian": {"suite": "bookworm"}}}).recipe

    assert (recipe.base.suite, recipe.base.components) == ("bookworm", ("main",))


def test_another_base_replaces_the_parents_whole() -> None:
    recipe = extended({"base": {"zorin": {"suite": "noble"}}, "desktop": "zorin"}).recipe

    assert (recipe.base.system, recipe.base.suite, recipe.base.components) == (
        "zorin",
        "noble",
        (),
    )


@pytest.mark.parametrize(
    ("change", "software"),
    [
        (edit(("mairie",)), ("socle", "mairie")),
        (edit(("mairie", "socle")), ("socle", "mairie")),
        (edit(("mairie",), ("socle",)), ("mairie",)),
        (edit(("borne",), only=True), ("borne",)),
    ],
)
def test_lists_add_and_remove(change: ListEdit, software: tuple[str, ...]) -> None:
    assert extended(software=change).recipe.software == software


def test_a_grandchild_can_want_again_what_its_parent_removed() -> None:
    drafts = [
        draft("a", PARENT, packages=edit(("vlc", "vim"))),
        draft("b", {"title": "B"}, packages=edit((), ("vlc", "nano"))),
        draft("c", {"title": "C"}, packages=edit(("vlc",))),
    ]

    recipe = resolve(drafts).recipe

    assert recipe.packages_added == ("vim", "vlc")
    assert recipe.packages_removed == ("nano",)


def test_a_printer_written_again_is_replaced_and_keeps_its_place() -> None:
    hall = {"name": "hall", "uri": "ipp://10.0.0.1/ipp/print"}
    office = {"name": "bureau", "uri": "ipp://10.0.0.2/ipp/print"}
    moved = {"name": "hall", "uri": "ipp://10.0.0.9/ipp/print"}
    parent = draft("parent", PARENT, printers=edit((hall, office)))

    recipe = resolve([parent, draft("enfant", {}, printers=edit((moved,)))]).recipe

    printers = recipe.plain_variables()["printer_queues_list"]
    assert [(one["name"], one["uri"]) for one in printers] == [
        ("hall", "ipp://10.0.0.9/ipp/print"),
        ("bureau", "ipp://10.0.0.2/ipp/print"),
    ]


def test_a_printer_is_removed_by_its_name() -> None:
    hall = {"name": "hall", "uri": "ipp://10.0.0.1/ipp/print"}
    parent = draft("parent", PARENT, printers=edit((hall,)))

    recipe = resolve([parent, draft("enfant", {}, printers=edit((), ("hall",)))]).recipe

    assert recipe.plain_variables()["printer_queues_list"] == []


def test_roles_come_from_the_choices_in_the_order_in_which_they_play() -> None:
    roles = extended(software=edit(("mairie",))).recipe.roles

    assert roles == tuple(role for role in ROLE_ORDER if role in roles)
    assert {"desktop", "office_suite", "office_software", "browser"} <= set(roles)
    assert not {"school_software", "live_system", "check_in"} & set(roles)


def test_a_role_can_be_added_and_a_usual_one_removed() -> None:
    roles = extended(roles=edit(("check_in",), ("firmware",))).recipe.roles

    assert "check_in" in roles
    assert "firmware" not in roles


def test_naming_printers_brings_the_role_of_printers() -> None:
    hall = {"name": "hall", "uri": "ipp://10.0.0.1/ipp/print"}
    bare = {**PARENT, "software": []}

    recipe = resolve([draft("a", bare, printers=edit((hall,)))]).recipe

    assert "printer_queues" in recipe.roles


def test_a_variable_that_the_recipe_sets_wins_over_what_a_set_brings() -> None:
    recipe = extended({"software": ["mairie"], "variables": {"browser_profile": "famille"}}).recipe

    assert recipe.variables["browser_profile"] == "famille"


def test_a_list_variable_adds_to_what_a_set_brings() -> None:
    recipe = extended({"variables": {"office_suite_parts": ["base"]}}).recipe

    assert recipe.variables["office_suite_parts"] == ("writer", "calc", "impress", "base")


def test_the_variables_of_a_parents_role_that_is_removed_go_with_it() -> None:
    parent = draft("parent", {**PARENT, "variables": {"browser_homepage": "https://a.fr/"}})

    recipe = resolve([parent, draft("enfant", {}, roles=edit((), ("browser",)))]).recipe

    assert "browser_homepage" not in recipe.variables


def test_a_variable_for_a_role_that_is_not_played_is_refused() -> None:
    said = refused({"variables": {"school_software_fonts": True}})

    assert "« school_software_fonts » is for the role « school_software »" in said
    assert "roles: [school_software]" in said


@pytest.mark.parametrize(
    ("child", "said"),
    [
        ({"desktop": "zorin"}, "The Zorin desktop comes only with a Zorin base."),
        ({"root_gib": 40}, "« root_gib » goes with « home: separate »"),
        (
            {"base": {"zorin": {"suite": "noble", "iso": "z.iso"}}},
            "« iso » and « sha256 » go together",
        ),
        ({"base": {"zorin": {}}}, "« suite » is missing."),
        (
            {"printers": [{"name": "h", "uri": "ipp://h/", "mode": "ppd"}]},
            "« mode: ppd » goes with « ppd » or « model ».",
        ),
    ],
)
def test_contradictions_are_refused(child: dict[str, object], said: str) -> None:
    assert said in refused(child)


def test_a_recipe_without_base_or_desktop_is_refused_with_both_reasons() -> None:
    said = refused({}, parent={"title": "Vide"})

    assert "« base » must name one system" in said
    assert "« desktop » is missing" in said


def test_the_questions_of_the_boot_test_follow_the_roles() -> None:
    office = extended().recipe.checks
    bare = extended(software=edit((), ("socle",))).recipe.checks

    assert {"letter_to_pdf", "printing"} <= set(office)
    assert not {"letter_to_pdf", "printing", "desktop_entries"} & set(bare)
    assert {"no_failed_unit", "no_default_password"} <= set(bare)


def test_each_value_says_which_file_decided_it() -> None:
    resolved = extended({"desktop": "gnome"}, software=edit(("mairie",)))

    places = {(one.path, one.value): one.origin.source for one in resolved.values}

    assert resolved.files == ("parent.yml", "enfant.yml")
    assert places["base.debian.suite", "trixie"] == "parent.yml"
    assert places["desktop", "gnome"] == "enfant.yml"
    assert places["software[]", "socle"] == "parent.yml"
    assert places["software[]", "mairie"] == "enfant.yml"
    assert places["variables.desktop_environment", "gnome"] == "enfant.yml"
    assert places["variables.office_suite_parts[]", "writer"] == "parent.yml"


def test_a_recipe_is_hashable_and_two_readings_are_equal() -> None:
    one, other = extended().recipe, extended().recipe

    assert (one, hash(one)) == (other, hash(other))


def test_the_digest_changes_with_the_content_and_not_with_words_or_the_isos_place() -> None:
    recipe = extended().recipe
    reworded = replace(recipe, name="autre", title="Autre", summary="Autre", checks=())
    moved = replace(recipe, base=replace(recipe.base, iso="/ailleurs.iso"))
    changed = replace(recipe, variables=FrozenMap({**recipe.variables, "browser_profile": "x"}))

    assert recipe_digest(reworded) == recipe_digest(moved) == recipe_digest(recipe)
    assert recipe_digest(changed) != recipe_digest(recipe)


def test_the_order_in_which_variables_are_written_does_not_change_the_digest() -> None:
    one = extended({"variables": {"browser_profile": "x", "browser_homepage": "y"}}).recipe
    other = extended({"variables": {"browser_homepage": "y", "browser_profile": "x"}}).recipe

    assert recipe_digest(one) == recipe_digest(other)


def test_the_document_of_a_recipe_holds_json_types_only() -> None:
    document = recipe_document(extended().recipe)

    assert document["recipe"] == 1
    assert document["base"]["suite"] == "trixie"
    assert isinstance(document["variables"]["office_suite_parts"], list)


def test_the_document_does_not_tell_where_the_iso_lay() -> None:
    recipe = extended().recipe

    document = recipe_document(replace(recipe, base=replace(recipe.base, iso="/home/zoe/z.iso")))

    assert document["base"]["iso"] == "z.iso"


def test_the_variables_of_a_role_are_its_own() -> None:
    recipe = extended({"software": ["mairie"]}).recipe

    assert variables_of(recipe, "office_software") == {"office_software_profile": "mairie"}
    assert variables_of(recipe, "check_in") == {}


def test_frozen_values_come_back_as_they_were() -> None:
    value = {"b": [1, {"c": [True, "x"]}], "a": None}

    assert plain(frozen(value)) == value
    assert hash(frozen(value)) == hash(frozen(dict(reversed(value.items()))))


@pytest.mark.parametrize("choice", [*DESKTOPS.values(), *SOFTWARE.values()])
def test_a_choice_sets_variables_of_roles_that_it_brings(choice: Choice) -> None:
    assert {role_of(name) for name in choice.variables} <= set(choice.roles)
