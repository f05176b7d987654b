# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The documentation says what the program does: commands, links, reference."""

from __future__ import annotations

import argparse
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from fleet.cli.main import build_parser
from fleet.errors import UsageError
from fleet.i18n import current_language, set_language
from tools import reference

ROOT = Path(__file__).parent.parent
REFERENCE = ROOT / "docs" / "reference" / "commandes.md"
PAGES = (
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    *sorted((ROOT / "docs").rglob("*.md")),
)
_FENCED = re.compile(r"^```(?P<kind>[^\n]*)\n(?P<body>.*?)^```$", flags=re.MULTILINE | re.DOTALL)
_SPAN = re.compile(r"`([^`]+)`")
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_SEPARATORS = {"|", "||", "&&", ";", "(", ")", ">", ">>", "<"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Quoted:
    """A command of ParcLibre as a page writes it, without the program's name.

    ``typed``: in a block to type; else in a sentence, where arguments may be left out.
    """

    page: Path
    words: tuple[str, ...]
    typed: bool

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}: parclibre {' '.join(self.words)}"


def quoted_commands(page: Path) -> Iterator[Quoted]:
    text = page.read_text(encoding="utf-8")
    shell = [found["body"] for found in _FENCED.finditer(text) if found["kind"].startswith("sh")]
    spans = [found[1] for found in _SPAN.finditer(_FENCED.sub("", text)) if "parclibre" in found[1]]
    for typed, lines in ((True, _lines(shell)), (False, spans)):
        for words in (found for line in lines for found in _simple_commands(line)):
            if words[:1] == ["parclibre"]:
                yield Quoted(page=page, words=tuple(words[1:]), typed=typed)


def _lines(scripts: list[str]) -> Iterator[str]:
    for script in scripts:
        without_documents = re.sub(r"<<'(\w+)'\n.*?^\1$", "", script, flags=re.M | re.S)
        for line in without_documents.replace("\\\n", " ").splitlines():
            if "parclibre" in line:
                yield line


def _simple_commands(line: str) -> Iterator[list[str]]:
    """Yield each command of a line: no comments, no pipes, no « sudo », no assignments."""
    for nested in re.findall(r"\$\(([^)]*)\)|'bash|\"(parclibre [^\"]*)\"'", line):
        yield from _simple_commands("".join(nested))
    lexer = shlex.shlex(line.replace("$(", "("), posix=True, punctuation_chars="|&;<>()")
    lexer.whitespace_split = True
    words: list[str] = []
    for word in [*lexer, ";"]:
        if word in _SEPARATORS:
            yield words
            words = []
        elif words or not (word == "sudo" or re.match(r"\w+=", word)):
            words.append(word)


COMMANDS = [quoted for page in PAGES for quoted in quoted_commands(page)]


@pytest.fixture(autouse=True)
def same_language_afterwards() -> Iterator[None]:
    before = current_language()
    yield
    set_language(before)


@pytest.mark.parametrize("quoted", [q for q in COMMANDS if q.typed], ids=str)
def test_every_command_to_type_is_one_that_the_program_understands(quoted: Quoted) -> None:
    try:
        build_parser().parse_args(quoted.words)
    except SystemExit as stopped:
        assert stopped.code == 0, "only --help and --version end the parsing"
    except UsageError as error:
        pytest.fail(f"{quoted}\n{error.message}")


@pytest.mark.parametrize("quoted", [q for q in COMMANDS if not q.typed], ids=str)
def test_every_command_of_a_sentence_exists_with_its_options(quoted: Quoted) -> None:
    parser: argparse.ArgumentParser = build_parser()
    rest = list(quoted.words)
    while rest and (inner := reference.inner_commands(parser)):
        if rest[0].startswith("-") or rest[0] == "COMMANDE":
            break
        assert rest[0] in inner, f"{quoted}: there is no command « {rest[0]} »"
        parser = inner[rest.pop(0)]

    options = [word.partition("=")[0] for word in rest if word.startswith("--")]
    assert set(options) <= set(parser._option_string_actions)


def test_the_pages_quote_commands_at_all() -> None:
    quoting = {quoted.page.name for quoted in COMMANDS}

    assert {"README.md", "demarrer.md", "commandes.md", "confiance-et-echanges.md"} <= quoting


def test_the_reference_is_what_the_parser_says() -> None:
    written = REFERENCE.read_text(encoding="utf-8")

    # When it is stale: python -m tools.reference > docs/reference/commandes.md
    assert written == reference.page()


def test_the_reference_has_a_section_for_each_command_and_no_other() -> None:
    sections = re.findall(r"^### (parclibre .+)$", REFERENCE.read_text("utf-8"), flags=re.M)

    assert sections == [command.words for command in reference.commands()]


def test_every_command_has_a_line_of_help() -> None:
    silent = [command.words for command in reference.commands() if not command.line.strip()]

    assert silent == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    text = _FENCED.sub("", page.read_text(encoding="utf-8"))
    broken = [link for link in _LINK.findall(text) if not _resolves(page, link)]

    assert broken == []


def _resolves(page: Path, link: str) -> bool:
    if re.match(r"https?://|mailto:", link):
        return True
    name, _hash, fragment = link.partition("#")
    target = page.parent / name if name else page
    if not target.exists():
        return False
    return not fragment or fragment in _anchors(target)


def _anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {reference.anchor(heading) for heading in headings}


def test_the_commands_that_the_readme_promises_are_in_the_makefile() -> None:
    promised = set(re.findall(r"^make (\w+)", (ROOT / "README.md").read_text("utf-8"), flags=re.M))
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text("utf-8"), flags=re.M))

    assert {"run", "test"} <= promised
    assert promised <= targets


def test_the_lifecycle_page_names_real_commands() -> None:
    text = (ROOT / "docs" / "cycle-de-vie.md").read_text(encoding="utf-8")
    known = {command.words.removeprefix("parclibre ") for command in reference.commands()}
    named = {span for span in _SPAN.findall(_FENCED.sub("", text)) if "parclibre" not in span}

    assert named <= known


def test_the_index_of_the_documentation_names_every_page() -> None:
    index = (ROOT / "docs" / "README.md").read_text(encoding="utf-8")
    pages = {
        page.relative_to(ROOT / "docs").as_posix()
        for page in (ROOT / "docs").rglob("*.md")
        if page.parent.name != "decisions" and page.name != "README.md"
    }

    assert pages <= set(_LINK.findall(index))
