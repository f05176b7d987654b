# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``parclibre image build``: its words. What it does is in ``image_building``."""

from __future__ import annotations

from fleet.cli.parser import Commands, Help, command, later
from fleet.i18n import _
from fleet.output.jsonout import Shape

SHAPE = Shape(
    name="image-plan",
    fields=lambda: {
        "recipe": _("the recipe, resolved"),
        "steps": _("list of {name, reused, last_ms}, in order"),
        "packages": _("list of {name, version}: what is installed over the base"),
        "download_bytes": _("what is still to be downloaded"),
        "needed_bytes": _("the space that the build may take on the disk"),
        "free_bytes": _("the space that is free"),
    },
)


def register(commands: Commands) -> None:
    """Add ``image build``."""
    parser = command(
        commands, "build", later("fleet.cli.image_building"),
        Help(
            line=_("build the image of a recipe"),
            text=_(
                "Every package is looked for before anything is built. A build that failed or "
                "was stopped starts again after its last good step. As root."
            ),
            examples=(
                ("parclibre image build ecole-elementaire --plan",
                 _("say what will be done, how large, how long")),
                ("parclibre image build mairie --set base.debian.suite=bookworm",
                 _("another Debian")),
            ),
        ),
        shape=SHAPE,
    )  # fmt: skip
    parser.add_argument("recipe", metavar=_("RECIPE"), help=_("its name, or a file"))
    parser.add_argument("--plan", action="store_true", help=_("show the plan, build nothing"))
    parser.add_argument(
        "--set", action="append", default=[], metavar=_("KEY=VALUE"),
        help=_("change one value of the recipe for this build"),
    )  # fmt: skip
    lists = parser.add_mutually_exclusive_group()
    lists.add_argument(
        "--refresh", action="store_const", const=True, default=None,
        help=_("ask the mirror for its lists, even if those here are of today"),
    )  # fmt: skip
    lists.add_argument(
        "--offline", dest="refresh", action="store_const", const=False,
        help=_("only use what was fetched before"),
    )  # fmt: skip
