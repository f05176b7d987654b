# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A PC that does not start, or that is too old for the key: registered by hand and by label."""

from __future__ import annotations

from typing import ClassVar

from fleet.i18n import _
from fleet.output.words import kind_name
from fleet.services.machines import MACHINE_KINDS
from reconditioning.session_dead import take_dead
from reconditioning.session_identify import is_known, register_by_hand
from tui.acts import FieldSpec
from tui.bench.side import FormScreen
from tui.widgets.form import Offered
from tui.wording import N_


class DeadScreen(FormScreen):
    """Gives it a number; what follows is ``dead_path``."""

    PURPOSE = N_(
        "Give the machine its number. Then take its disks out and list them: they are wiped on a "
        "dock, or destroyed."
    )
    HEADING = N_("A PC that does not start, or too old for this key")
    FIELDS = (
        FieldSpec(name="tag", label=N_("Number on its label"), required=True, hint="PL-00042"),
        FieldSpec(name="kind", label=N_("Kind"), type="choice", preset=True),
        FieldSpec(name="origin", label=N_("Where from"), type="choice", preset=True),
        FieldSpec(name="model", label=N_("Maker and model"), hint="HP ProBook 450 G3"),
        FieldSpec(name="serial", label=N_("Serial number")),
    )
    tag: ClassVar[str] = ""

    def offered(self) -> Offered:
        """Return the kinds of machine, and where it may come from."""
        return {
            "kind": [(kind, kind_name(kind)) for kind in MACHINE_KINDS],
            "origin": [
                ("given_by_person", _("A person gave it")),
                ("given_by_company", _("A company gave it")),
                ("town", _("It belongs to the town (a school, the town hall)")),
            ],
        }

    def filled(self, values: dict[str, str]) -> None:
        """Register it, and start its session."""
        town, profile = self.town, self.bench.profile

        def record() -> str:
            if not is_known(town, values["tag"]):
                register_by_hand(town, **values)
            return take_dead(town, values["tag"].strip(), profile)

        self.bench.perform(record, lambda tag: self.bench.hold(tag, self.bench.go_on))
