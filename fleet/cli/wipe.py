# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``parclibre disk wipe``: its words. What it does is in ``wiping``."""

from __future__ import annotations

from pathlib import Path

from fleet.cli.parser import Commands, Help, command, later
from fleet.i18n import _
from fleet.model.policy import CLEAR, PURGE


def register_in(commands: Commands) -> None:
    """Add ``wipe`` to the commands of ``disk``."""
    help_ = Help(
        line=_("wipe disks of this computer, prove it, and record it"),
        text=_(
            "Wipes disks of this computer, or disk files. Shows what will be done and why, asks "
            "to type the machine's number, plants markers, wipes, and reads back. Several disks "
            "are wiped together. With a store, the machine and the disk must be in it: the result "
            "is recorded, with its certificate or its report of failure. Without one, nothing is "
            "recorded: keep the result with --output."
        ),
        examples=(
            ("parclibre disk wipe VJ-0042 /dev/sda --plan", _("show what would be done, and stop")),
            ("parclibre disk wipe VJ-0042 /dev/sda /dev/nvme0n1", _("two disks, together")),
            (
                "parclibre disk wipe VJ-0042 essai.img --confirm VJ-0042 --output essai.json",
                _("a disk file (truncate -s 1G essai.img)"),
            ),
        ),
    )
    parser = command(commands, "wipe", later("fleet.cli.wiping"), help_)
    parser.add_argument("tag", metavar=_("TAG"), help=_("the number of the machine they are in"))
    parser.add_argument("disks", type=Path, nargs="+", metavar=_("DISK"), help=_("whole disks"))
    parser.add_argument(
        "--record-as", metavar=_("SERIAL"),
        help=_("the disk's serial, label or number in the store, when the disk gives none"),
    )  # fmt: skip
    parser.add_argument(
        "--level", choices=(CLEAR, PURGE), help=_("the level asked for (default: the policy's)")
    )
    parser.add_argument("--plan", action="store_true", help=_("show what would be done, and stop"))
    parser.add_argument(
        "--confirm", metavar=_("TAG"), help=_("the machine's number, instead of typing it")
    )
    parser.add_argument(
        "--suspend", action="store_true",
        help=_("let the computer sleep for some seconds, to free drives that its firmware froze"),
    )  # fmt: skip
    parser.add_argument(
        "--unlock", action="store_true",
        help=_("first open a drive that a wipe of ours left locked when the power went"),
    )  # fmt: skip
    parser.add_argument(
        "--output", type=Path, metavar=_("FILE"), help=_("write the whole result there, as JSON")
    )
