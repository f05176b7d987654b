# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The gates that no linter has: short functions, short modules, portable lock files."""

from __future__ import annotations

import ast
import re
import statistics
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGES = ("fleet", "tui", "reconditioning")
LONGEST_MODULE = 500
MEDIAN_FUNCTION = 10
LOCK_FILES = ("requirements.txt", "requirements-dev.txt", "requirements-image.txt")
# REUSE-IgnoreStart
LICENCE = "# SPDX-License-Identifier: GPL-3.0-or-later\n"
# REUSE-IgnoreEnd


def modules(repository: Path) -> list[Path]:
    return [path for package in PACKAGES for path in sorted((repository / package).rglob("*.py"))]


def function_lengths(path: Path) -> Iterator[int]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno is not None
            yield node.end_lineno - node.lineno + 1


def test_the_median_function_has_fewer_than_ten_lines(repository: Path) -> None:
    lengths = [length for path in modules(repository) for length in function_lengths(path)]

    assert statistics.median(lengths) < MEDIAN_FUNCTION


def test_no_module_is_longer_than_the_limit(repository: Path) -> None:
    too_long = {
        path.relative_to(repository).as_posix(): lines
        for path in modules(repository)
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST_MODULE
    }

    assert too_long == {}


def test_every_module_opens_with_its_licence_and_says_what_it_owns(repository: Path) -> None:
    silent = [
        path.relative_to(repository).as_posix()
        for path in modules(repository)
        if (source := path.read_text(encoding="utf-8")).strip()
        and (LICENCE not in source[:300] or ast.get_docstring(ast.parse(source)) is None)
    ]

    assert silent == []


@pytest.mark.parametrize("name", LOCK_FILES)
def test_the_lock_files_name_versions_and_hashes_and_no_place(repository: Path, name: str) -> None:
    lines = (repository / name).read_text(encoding="utf-8").splitlines()
    allowed = re.compile(
        r"#|$|    --hash=sha256:[0-9a-f]{64}( \\)?$|    #"
        r"|[a-z0-9-]+(\[[a-z,]+\])?==[0-9][0-9a-z.+]*( ; [^/\\]+)? \\$"
    )

    strange = [line for line in lines if not allowed.match(line)]

    assert strange == []
    assert not any("://" in line for line in lines)


def test_the_lock_files_agree_on_what_is_shipped(repository: Path) -> None:
    shipped, developed, imaging = (
        set(re.findall(r"^[a-z0-9-]+(?=\[|=)\S*==\S+", text, flags=re.MULTILINE))
        for text in ((repository / name).read_text(encoding="utf-8") for name in LOCK_FILES)
    )

    assert shipped | imaging <= developed


def test_no_tracked_file_names_an_index_of_packages(
    repository: Path, tracked_files: tuple[Path, ...]
) -> None:
    index = re.compile(rb"(https?|file)://[^\s\"']+/simple\b|--(extra-)?index-url[ =]\S*://")

    naming = [
        path.relative_to(repository).as_posix()
        for path in tracked_files
        if path != Path(__file__) and index.search(path.read_bytes())
    ]

    assert naming == []
