# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Layers are whole or absent, and their keys follow what decides of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from fleet.errors import StoreDamaged
from fleet.services.image_layers import LayerStore, files_digest, key_of, mentioned


def test_a_finished_layer_is_found_again_with_its_facts(tmp_path: Path) -> None:
    store = LayerStore(tmp_path)
    draft = store.start("k1", "browser")
    (draft.root / "etc").mkdir()

    store.finish(draft, 1500, {"packages": ["firefox-esr"]})

    layer = LayerStore(tmp_path).find("k1")
    assert layer is not None
    assert (layer.name, layer.milliseconds) == ("browser", 1500)
    assert layer.facts == {"packages": ["firefox-esr"]}
    assert (layer.root / "etc").is_dir()


def test_a_killed_draft_is_no_layer_and_leaves_nothing_in_the_next(tmp_path: Path) -> None:
    store = LayerStore(tmp_path)
    (store.start("k1", "browser").root / "half").touch()

    assert store.find("k1") is None
    assert list(store.start("k1", "browser").root.iterdir()) == []


def test_a_layer_whose_note_is_damaged_is_named(tmp_path: Path) -> None:
    store = LayerStore(tmp_path)
    layer = store.finish(store.start("k1", "browser"), 1, {})
    (layer.folder / "layer.json").write_text("{", encoding="utf-8")

    with pytest.raises(StoreDamaged, match="k1"):
        store.find("k1")


def test_pruning_keeps_what_is_named(tmp_path: Path) -> None:
    store = LayerStore(tmp_path)
    for key in ("k1", "k2"):
        store.finish(store.start(key, key), 1, {})
    store.start("k3", "k3")

    store.prune(["k2"])

    assert [path.name for path in tmp_path.iterdir()] == ["k2"]


def test_a_role_s_key_follows_its_files_their_modes_and_the_variables_it_mentions(
    tmp_path: Path,
) -> None:
    role = tmp_path / "browser"
    (role / "tasks").mkdir(parents=True)
    task = role / "tasks" / "main.yml"
    task.write_text("- debug: var=browser_home_page\n", encoding="utf-8")
    before = files_digest([role])

    seen = mentioned({"browser_home_page": "x", "desktop_environment": "xfce"}, role)
    task.chmod(0o755)
    executable = files_digest([role])
    task.write_text("- debug: var=other\n", encoding="utf-8")

    assert seen == {"browser_home_page": "x"}
    assert len({before, executable, files_digest([role])}) == 3
    assert key_of("a", {"x": 1, "y": 2}) == key_of("a", {"y": 2, "x": 1})
    assert key_of("a", "b") != key_of("b", "a")
