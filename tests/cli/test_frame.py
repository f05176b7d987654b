# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The frame: help, language, exit statuses, the real program in its own process."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from fleet import errors
from fleet.cli.main import build_parser, exit_statuses
from fleet.cli.parser import all_commands
from fleet.i18n import LANGUAGES, set_language
from fleet.output.reasons import explanations
from tests.cli.command_line import Typist

CATALOGUE = Path("fleet/locale/fr/LC_MESSAGES/parclibre.mo")


@pytest.fixture
def person(tmp_path: Path) -> Typist:
    return Typist(tmp_path / "home")


def parclibre(home: Path, *words: str, language: str = "C") -> subprocess.CompletedProcess[str]:
    environ = {"PATH": os.environ["PATH"], "PARCLIBRE_HOME": str(home), "LANG": language}
    return subprocess.run(
        [sys.executable, "-m", "fleet.cli.main", *words],
        capture_output=True, text=True, encoding="utf-8", env=environ, timeout=60, check=False,
    )  # fmt: skip


def test_the_program_runs_and_fails_as_documented(tmp_path: Path) -> None:
    home = tmp_path / "home"

    runs = [
        parclibre(home, "--version"),
        parclibre(home, "machine", "list"),
        parclibre(home, "init"),
        parclibre(home, "machine", "add", "--operator", "Zoé Œil"),
        parclibre(home, "machine", "show", "PL-00001"),
        parclibre(home, "machine", "list", "--nonsense"),
    ]

    assert [run.returncode for run in runs] == [0, 3, 0, 0, 0, 2]
    assert "(Zoé Œil)" in runs[4].stdout
    assert not any("Traceback" in run.stderr for run in runs)


def test_a_reader_that_stops_early_is_no_failure(tmp_path: Path) -> None:
    home = tmp_path / "home"
    parclibre(home, "init")
    environ = {"PATH": os.environ["PATH"], "PARCLIBRE_HOME": str(home), "LANG": "C"}
    command = [sys.executable, "-m", "fleet.cli.main", "machine", "list"]
    read_end, write_end = os.pipe()
    os.close(read_end)

    run = subprocess.run(
        command, stdout=write_end, stderr=subprocess.PIPE, env=environ, timeout=60, check=False
    )
    os.close(write_end)

    assert (run.returncode, b"Broken" in run.stderr) == (0, False)


def test_wrong_words_say_what_is_wrong_and_where_to_look(person: Typist) -> None:
    said = person.types("retire")

    assert said.status == 2
    assert said.err == (
        "The following arguments are required: --decision.\nSee the help: parclibre retire --help\n"
    )


def test_a_mistyped_command_gets_the_nearest_one(person: Typist) -> None:
    said = person.types("retyre", "VJ-0042")

    assert said.status == 2
    assert "Did you mean « retire »?" in said.err


def test_every_exit_status_of_an_error_is_documented() -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type)]

    statuses = {kind.exit_status for kind in kinds if issubclass(kind, errors.FleetError)}

    documented = {int(line.split()[0]) for line in exit_statuses().splitlines() if line[:2] == "  "}
    assert statuses | {0} == documented


def test_every_command_has_a_line_of_help_and_a_runner() -> None:
    found = list(all_commands(build_parser()))

    assert len(found) > 50
    assert [words for words, parser in found if not parser.description] == []
    assert [words for words, parser in found if parser.get_default("run") is None] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_help_can_be_written(language: str) -> None:
    set_language(language)
    try:
        texts = [parser.format_help() for _words, parser in all_commands(build_parser())]
    finally:
        set_language("en")

    assert all("--operator" in text for text in texts)


def test_every_example_is_a_command_that_parses() -> None:
    wrong = {}
    for words, parser in all_commands(build_parser()):
        for line in (parser.epilog or "").splitlines():
            if line.startswith("  parclibre ") and (failure := parses(line)):
                wrong[" ".join(words)] = f"{line.strip()}: {failure}"

    assert wrong == {}


def test_every_command_that_a_refusal_gives_parses() -> None:
    wrong = {}
    for code, (_what, todo) in explanations().items():
        filled = todo.replace("{tag}", "VJ-1").replace("DATE", "2027-01-01")
        filled = filled.replace("LEVEL", "purge").replace("TEST=", "screen=")
        filled = filled.replace("CODE", "esus").replace("EUROS", "80")
        for line in re.findall(r"parclibre .*?(?=, or |\.?$)", filled):
            if failure := parses(line):
                wrong[code] = f"{line}: {failure}"

    assert wrong == {}


def parses(line: str) -> str | None:
    command = line.strip().split(" | ")[0]
    try:
        build_parser().parse_args(shlex.split(command)[1:])
    except errors.UsageError as error:
        return error.message
    return None


def test_the_help_of_a_reading_command_documents_its_json(person: Typist, capsys) -> None:
    with pytest.raises(SystemExit) as ended:
        person.types("machine", "list", "--help")

    help_ = capsys.readouterr().out
    assert ended.value.code == 0
    assert "JSON: parclibre/machine-list, version 1" in help_
    assert "examples:" in help_


def test_lang_c_speaks_english_and_french_is_the_first_language(tmp_path: Path) -> None:
    english = Typist(tmp_path / "home", language="C").types("machine", "list").err
    assert english.startswith("There is no ParcLibre store")

    if not CATALOGUE.is_file() or CATALOGUE.stat().st_size < 5000:
        pytest.skip("nothing is translated yet: make catalogue")
    french = Typist(tmp_path / "home", language="fr_FR.UTF-8")
    assert french.types("machine", "list").err != english
    assert french.types("retire").err.startswith("Les arguments suivants")
