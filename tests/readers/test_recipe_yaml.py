# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A recipe's file is read value by value; what is wrong is said with its line and column."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.i18n import set_language
from fleet.model.recipe_draft import Draft, ListEdit, Scalar, look_up, value_of
from fleet.model.recipe_problems import RecipeRefused
from fleet.model.recipe_schema import recipe_spec
from fleet.model.recipe_spec import Kind, Spec
from fleet.readers.recipe_specs import read_role_specs
from fleet.readers.recipe_yaml import read_override, read_recipe

SHIPPED = sorted((Path(__file__).parents[2] / "inventory" / "recipes").glob("*.yml"))
SPECS = """
argument_specs:
  main:
    short_description: Firefox
    options:
      browser_homepage: {type: str}
      browser_ad_blocker: {type: bool}
      browser_macro_level: {type: int, choices: [0, 1, 2]}
      browser_ratio: {type: float}
      browser_sites: {type: list, elements: str}
      browser_profile: {type: str, choices: [ecole, mairie]}
      browser_policies: {type: dict}
      browser_anything: {type: raw}
      browser_codes: {type: dict, no_log: true}
      browser_bookmarks:
        type: list
        elements: dict
        options:
          title: {type: str, required: true}
          url: {type: str, required: true}
"""
SPEC = recipe_spec(read_role_specs(SPECS, "browser"))
HEAD = "recipe: 1\ntitle: Essai\n"


def read(text: str, name: str = "essai") -> Draft:
    return read_recipe(textwrap.dedent(text).encode(), f"{name}.yml", SPEC)


def refused(text: str | bytes, name: str = "essai.yml") -> list[str]:
    raw = text if isinstance(text, bytes) else text.encode()
    with pytest.raises(RecipeRefused) as caught:
        read_recipe(raw, name, SPEC)
    return caught.value.message.splitlines()


def variable(draft: Draft, name: str) -> object:
    setting = look_up(draft.root, f"variables.{name}")
    assert setting is not None
    return value_of(setting)


def test_each_value_remembers_its_line_and_column() -> None:
    draft = read(HEAD + "base:\n  debian:\n    suite: trixie\n")

    suite = look_up(draft.root, "base.debian.suite")

    assert isinstance(suite, Scalar)
    assert (suite.value, str(suite.origin)) == ("trixie", "essai.yml:5:12")


def test_a_list_may_say_what_it_adds_and_what_it_removes() -> None:
    draft = read(HEAD + "packages: {add: [inkscape], remove: [tuxpaint]}\n")

    packages = look_up(draft.root, "packages")

    assert isinstance(packages, ListEdit)
    assert packages.values() == ("inkscape",)
    assert [item.value for item in packages.removed] == ["tuxpaint"]


def test_variables_take_the_types_that_their_role_declares() -> None:
    draft = read(
        HEAD
        + "variables:\n"
        + "  browser_homepage: 12\n"
        + "  browser_ad_blocker: no\n"
        + "  browser_macro_level: 2\n"
        + "  browser_ratio: 1.5\n"
        + "  browser_sites: [a.fr, b.fr]\n"
        + "  browser_policies: {DisableTelemetry: true, Levels: [1, x]}\n"
    )

    assert variable(draft, "browser_homepage") == "12"
    assert variable(draft, "browser_ad_blocker") is False
    assert variable(draft, "browser_macro_level") == 2
    assert variable(draft, "browser_ratio") == 1.5
    assert variable(draft, "browser_sites") == ("a.fr", "b.fr")
    assert variable(draft, "browser_policies") == {"DisableTelemetry": True, "Levels": (1, "x")}


REFUSED = {
    "unknown key": (
        "desktp: xfce",
        "essai.yml:3:1: « desktp » is not a key of « essai.yml ». Did you mean « desktop »?",
    ),
    "unknown choice": (
        "desktop: xfec",
        "essai.yml:3:10: « xfec » is not one of those of « desktop ». Did you mean « xfce »?",
    ),
    "unknown set": ("software: [mairi]", "essai.yml:3:12: « mairi » is not one of those"),
    "duplicate key": (
        "title: Encore",
        "essai.yml:3:1: « title » is already given on line 2.",
    ),
    "duplicate item": ("software: [socle, socle]", "3:19: « socle » is already in the list"),
    "boolean for text": ("summary: no", "3:10: YAML reads « no » as yes or no; put it between"),
    "no value": ("summary:", "« summary » has no value."),
    "list for text": ("summary: [a]", "3:10: « summary » is one value, not a list."),
    "map for text": ("summary: {a: b}", "3:10: « summary » is not a map."),
    "text for list": ("software: socle", "3:11: « software » is a list."),
    "text for map": ("base: debian", "3:7: « base » is a map."),
    "octal": ("root_gib: 010", "« 010 » is not a whole number for « root_gib ». Allowed: 8 to"),
    "sexagesimal": ("root_gib: 1:30", "« 1:30 » is not a whole number"),
    "too small": ("root_gib: 2", "« 2 » is out of bounds for « root_gib ». Allowed: 8 to 4096."),
    "huge number": ("root_gib: " + "9" * 5000, "is not a whole number"),
    "quoted number": ("root_gib: '40'", "« 40 » is not a whole number"),
    "bad package": ("packages: [Inkscape]", "« Inkscape » is not right for « packages »."),
    "both": ("packages: {add: [vim], remove: [vim]}", "« vim » is both added and removed."),
    "only and add": ("packages: {add: [vim], only: [nano]}", "« only » goes with neither"),
    "unknown variable": (
        "variables: {browser_hompage: x}",
        "« browser_hompage » is not a key of « variables ». Did you mean « browser_homepage »?",
    ),
    "wrong type": (
        "variables: {browser_ad_blocker: maybe}",
        "« maybe » is neither true nor false for « browser_ad_blocker ». Allowed: true or false.",
    ),
    "wrong choice": (
        "variables: {browser_profile: mairi}",
        "« mairi » is not one of those of « browser_profile ». Did you mean « mairie »?",
    ),
    "wrong number": ("variables: {browser_macro_level: 7}", "« 7 » is out of bounds"),
    "secret": ("variables: {browser_codes: {a: b}}", "« browser_codes » is a secret"),
    "missing in a map": (
        "variables: {browser_bookmarks: [{title: Mairie}]}",
        "3:33: « url » is missing. Allowed: a text.",
    ),
    "printer without address": ("printers: [{name: hall}]", "3:12: « uri » is missing."),
    "printer with a space": ("printers: [{name: le hall, uri: 'ipp://x/y'}]", "without spaces"),
    "announced printer": ("printers: [{name: h, uri: 'dnssd://h'}]", "« dnssd://h » is not right"),
    "bare yes": (
        "printers: [{name: h, uri: 'ipp://h/p', options: {Fold: on}}]",
        "YAML reads « on » as yes or no",
    ),
    "wrong digest": ("base: {zorin: {sha256: abc}}", "the 64 hexadecimal digits"),
    "tab": ("base:\n\tdebian: {}", "essai.yml:4:1: There is a tab here; YAML is indented"),
    "anchor": ("summary: &a x", "Anchors and aliases (& and *) are not used"),
    "tag": ("summary: !!python/object:os.system x", "Tags (!) are not used in recipes."),
    "merge key": ("<<: {summary: x}", "« << » is not used in recipes; use « extends »."),
    "two documents": ("---\ntitle: b", "A recipe is one document"),
    "list as key": ("? [a]\n: b", "This cannot be a key"),
    "open quote": ("summary: 'x", "A quote is opened and not closed."),
    "open bracket": ("software: [socle", "A bracket, a brace or a comma is missing"),
    "colon in a value": ("summary: a: b", "3:11: This is not valid YAML: « mapping values"),
    "sign first": ("summary: @x", "A value that begins with a sign goes between quotes."),
    "lines askew": ("base:\n  debian: {}\n a: b", "Lines of one level begin in the same column."),
    "control character": ("summary: a\x01b", "3:11: There is an invisible character here (U+0001)"),
    "direction mark": ("summary: a\u202eb", "3:11: There is an invisible character here (U+202E)"),
    "escaped surrogate": ('summary: "\\ud800"', "« summary » holds an invisible character."),
    "escaped bell": ('summary: "\\a"', "« summary » holds an invisible character."),
    "too deep": ("variables: {browser_policies: " + "[" * 40 + "]" * 40 + "}", "too deep"),
}


@pytest.mark.parametrize(("line", "said"), REFUSED.values(), ids=REFUSED)
def test_what_is_wrong_is_said_with_its_place_and_what_is_allowed(line: str, said: str) -> None:
    problems = refused(f"{HEAD}{line}\n")

    assert any(said in problem for problem in problems), problems
    assert len(problems) == 1


@pytest.mark.parametrize(
    "line", ["a: b: c", "a: [b", "a: @b", "a: |x", "a: }", "a: 'b", "a: 'b' c"]
)
def test_in_french_the_words_of_the_yaml_reader_are_only_quoted(line: str) -> None:
    set_language("fr")

    (said,) = refused(f"{line}\n")

    ours = re.sub(r"«[^»]*»", "", said)
    assert "Ce n'est pas du YAML correct" in ours.replace("’", "'")
    assert not re.search(r"\b(?:expected|found|while|not allowed|cannot|stream)\b", ours)


def test_every_problem_of_a_file_is_in_one_report_in_the_files_order() -> None:
    problems = refused("title: no\ndesktop: xfec\nsoftware: [mairi]\nfoo: bar\n")

    places = [problem.split(": ")[0] for problem in problems]

    assert places == ["essai.yml:1:1", "essai.yml:1:8", "essai.yml:2:10", "essai.yml:3:12",
                      "essai.yml:4:1"]  # fmt: skip
    assert "« recipe » is missing. Allowed: 1." in problems[0]


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "A recipe is a list of « key: value » lines."),
        (b"- a\n", "A recipe is a list of « key: value » lines."),
        (b"title: caf\xe9\n", "essai.yml:1:11: This is not UTF-8 text."),
        ("title: é\n".encode("utf-16"), "This is not UTF-8 text."),
        (b"# " + b"x" * 70_000, "This file is too big for a recipe: at most 64 KiB."),
        (b"\x00", "There is an invisible character here (U+0000)."),
        (b"a: [" + b"x, " * 20_000 + b"]", "too deep or too long"),
    ],
)
def test_what_is_no_recipe_at_all_is_refused(raw: bytes, said: str) -> None:
    problems = refused(raw)

    assert said in problems[0]


def test_a_bomb_of_aliases_is_refused_before_it_swells() -> None:
    lines = ["a0: &a0 [x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]

    problems = refused("\n".join(lines))

    assert "Anchors and aliases" in problems[0]


@pytest.mark.parametrize("name", ["École.yml", "a b.yml", "-a.yml", "a" * 41 + ".yml"])
def test_a_file_whose_name_cannot_be_an_images_name_is_refused(name: str) -> None:
    problems = refused(HEAD, name)

    assert "cannot name a recipe" in problems[0]


def test_an_override_changes_one_value() -> None:
    root = read_override("base.debian.suite=bookworm", SPEC)

    suite = look_up(root, "base.debian.suite")

    assert isinstance(suite, Scalar)
    assert (suite.value, str(suite.origin)) == ("bookworm", "--set base.debian.suite=bookworm")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("base.debian.suit=bookworm", "Did you mean « suite »?"),
        ("base.debian.suite", "This does not say which value to change."),
        ("desktop=xfec", "Did you mean « xfce »?"),
        ("desktop=", "« desktop » has no value."),
        ("desktop=a: b: c", "This is not valid YAML"),
        ("extends=socle", "« extends » is not a key"),
        ("software=[socle", "This is not valid YAML"),
        ("desktop=*a", "Anchors and aliases"),
    ],
)
def test_a_wrong_override_is_refused_without_a_line_number(text: str, said: str) -> None:
    with pytest.raises(RecipeRefused) as caught:
        read_override(text, SPEC)

    assert said in caught.value.message
    assert caught.value.message.startswith(f"--set {text}: ")


def test_the_variables_of_a_role_that_is_not_here_are_let_through() -> None:
    spec = recipe_spec({"browser_homepage": Spec(kind=Kind.TEXT)}, ("desktop_",))

    draft = read_recipe(f"{HEAD}variables: {{desktop_x: [1]}}\n".encode(), "essai.yml", spec)

    assert variable(draft, "desktop_x") == (1,)


MUTATIONS = st.tuples(
    st.integers(0, 4000),
    st.integers(0, 12),
    st.one_of(
        st.binary(max_size=8),
        st.sampled_from(
            [
                b"\t",
                b": ",
                b"- ",
                b"&a ",
                b"*a",
                b"!!int ",
                b"{",
                b"]",
                b"'",
                b'"',
                b"no",
                b"|\n",
                b"<<: ",
                b"? ",
                b"\n",
                b"%YAML 1.2\n",
                b"---\n",
                b"...\n",
                b"0o7",
                b"1e999",
                b"@",
                b"\xff",
                b"\xed\xa0\x80",
                b"\xc2\x85",
                b"=",
                b"2026-13-99",
            ]
        ),
    ),
)


@given(st.sampled_from(SHIPPED), st.lists(MUTATIONS, max_size=6))
def test_a_damaged_recipe_is_read_or_refused_and_nothing_else(
    path: Path, mutations: list[tuple[int, int, bytes]]
) -> None:
    raw = path.read_bytes()
    for place, removed, added in mutations:
        start = place % (len(raw) + 1)
        raw = raw[:start] + added + raw[start + removed :]

    try:
        read_recipe(raw, str(path), SPEC)
    except RecipeRefused as refusal:
        assert refusal.problems
        assert all(problem.origin.source == str(path) for problem in refusal.problems)


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_override_is_read_or_refused_and_nothing_else(path: str, value: str) -> None:
    for text in (f"{path}={value}", f"variables.browser_anything={value}", f"title={value}"):
        try:
            read_override(text, SPEC)
        except RecipeRefused as refusal:
            assert refusal.problems
