# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``parclibre image test``: its words. What it does is in ``image_testing``."""

from __future__ import annotations

from fleet.cli.parser import Commands, Help, command, later
from fleet.i18n import _
from fleet.output.jsonout import Shape

SHAPE = Shape(
    name="image-test",
    fields=lambda: {
        "folder": _("where the image is"),
        "passed": _("true when the image passed under every firmware that was asked"),
        "proofs": _("list of boot tests, one per firmware, with checks and times"),
    },
)
FIRMWARES = ("uefi", "bios", "both")


def register(subcommands: Commands) -> None:
    """Add ``image test``."""
    parser = command(
        subcommands, "test", later("fleet.cli.image_testing"),
        Help(
            line=_("prove that an image installs, starts and works (boot test)"),
            text=_(
                "Installs the image on a virtual disk with the real installer, starts it under "
                "UEFI with Secure Boot and under BIOS, waits for the login screen, asks it the "
                "recipe's questions from inside, and keeps a signed proof beside the image. "
                "Takes minutes, and needs root. Exit status 11 when the image does not pass."
            ),
            examples=(
                ("parclibre image test ecole-elementaire", _("the newest of that name")),
                ("parclibre image test mairie --firmware uefi --keep",
                 _("one firmware; the disks stay to be looked at")),
            ),
        ),
        shape=SHAPE,
    )  # fmt: skip
    parser.add_argument("image", metavar=_("IMAGE"), help=_("see image list"))
    parser.add_argument(
        "--firmware", choices=FIRMWARES, default="both",
        help=_("what the machine starts with (default: both)"),
    )  # fmt: skip
    parser.add_argument(
        "--keep", action="store_true", help=_("keep the virtual disks, and say where they are")
    )
