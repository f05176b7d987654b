# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Folders come from the environment first, then from where the program is."""

from __future__ import annotations

from pathlib import Path

import pytest

from fleet import paths


def test_the_setting_of_the_assets_comes_before_the_checkout(
    tmp_path: Path, repository: Path
) -> None:
    chosen = paths.assets_folder({"PARCLIBRE_ASSETS": str(tmp_path)})

    assert chosen == tmp_path
    assert paths.assets_folder({}) == repository


def test_without_a_checkout_the_assets_are_those_of_the_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paths, "_PACKAGE", tmp_path / "site-packages" / "fleet")

    assert paths.assets_folder({}) == tmp_path / "site-packages" / "fleet" / "assets"


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"PARCLIBRE_CACHE": "/srv/cache"}, "/srv/cache"),
        ({"XDG_CACHE_HOME": "/var/x"}, "/var/x/parclibre"),
        ({}, "~/.cache/parclibre"),
    ],
)
def test_the_cache_has_its_own_folder(environ: dict[str, str], expected: str) -> None:
    assert paths.cache_folder(environ) == Path(expected).expanduser()
