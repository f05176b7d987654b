# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The way from machines to a recorded act, the same from every list: choose, fill in, read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from textual.app import App

from fleet.services.acts import ActReport

if TYPE_CHECKING:
    from tui.acts import ActSpec

Done = Callable[[ActReport], None]


def choose_and_act(app: App[int], tags: Sequence[str], done: Done) -> None:
    """Ask which act, then carry it out on these machines; ``done`` gets what came of it."""
    from tui.screens.choose_act import ChooseActScreen

    def chosen(spec: ActSpec | None) -> None:
        if spec is not None:
            act_on(app, spec, tags, done)

    app.push_screen(ChooseActScreen(tags), chosen)


def act_on(app: App[int], spec: ActSpec, tags: Sequence[str], done: Done) -> None:
    """Carry out an act on these machines; ``done`` gets what came of it."""
    from tui.screens.act import ActScreen

    def ended(report: ActReport | None) -> None:
        if report is not None:
            done(report)

    app.push_screen(ActScreen(spec, tags), ended)
