# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``parclibre install --disk``: its words. What it does is in ``installing``."""

from __future__ import annotations

import argparse
import re
import textwrap
from argparse import Namespace
from pathlib import Path
from typing import TypeAlias

from fleet.cli.context import Context, Run
from fleet.cli.parser import Commands, later
from fleet.errors import UsageError
from fleet.i18n import _
from fleet.model.install_plan import HomePlace

Group: TypeAlias = "argparse._ArgumentGroup"
_WIDTH = 79
_SIZE = re.compile(r"(\d+)\s*([MGT])(i?B)?", re.IGNORECASE)
_UNITS = {"M": 20, "G": 30, "T": 40}


def register(commands: Commands) -> None:
    """Give ``install`` its second half: with ``--disk``, it writes an image on a disk here.

    Without it the command records that machines were put in service (``fleet.cli.life``).
    """
    parser = commands.choices["install"]
    recorded: Run = parser.get_default("run")
    on_disk = later("fleet.cli.installing")

    def run(args: Namespace, context: Context) -> int:
        return on_disk(args, context) if args.disk else _without_disk(args, context, recorded)

    parser.set_defaults(run=run)
    parser.description = f"{parser.description}\n\n{_about()}"
    parser.epilog = f"{parser.epilog}\n{_examples()}"
    _add_what(parser.add_argument_group(_("install an image on a disk of this computer")))
    _add_machine(parser.add_argument_group(_("what the installed computer is given")))


def _about() -> str:
    return textwrap.fill(
        _(
            "With --disk: installs an image on a disk or a disk file. Verifies the image, shows "
            "what the disk holds and what will be made, asks to type the disk's serial number, "
            "installs, and reads everything back. The disk starts under UEFI (Secure Boot stays "
            "on) and BIOS. Cut at any moment, it starts or says that it is not finished."
        ),
        _WIDTH,
    )


def _examples() -> str:
    examples = (
        (
            "parclibre install --image ecole-elementaire --disk /dev/sda "
            "--hostname salle-2-poste-07 --plan",
            _("show what would be done to a disk, and stop"),
        ),
        (
            "parclibre install --image ecole-elementaire --disk essai.img --hostname essai "
            "--home separate --confirm essai.img",
            _("on the disk file of a virtual machine (truncate -s 20G essai.img)"),
        ),
    )
    return "\n".join(f"  {line}\n      {what}" for line, what in examples)


def _add_what(group: Group) -> None:
    group.add_argument(
        "--disk", type=Path, metavar=_("DISK"), help=_("a whole disk, or a disk file")
    )
    group.add_argument(
        "--home", type=HomePlace, choices=tuple(HomePlace), default=HomePlace.ROOT,
        help=_("people's files with the system (root, default), or on a partition (separate)"),
    )  # fmt: skip
    group.add_argument(
        "--root-size", type=size_of_text, metavar=_("SIZE"),
        help=_("the system's partition when /home is separate (30G)"),
    )  # fmt: skip
    group.add_argument(
        "--sector-size", type=int, choices=(512, 4096), default=512,
        help=_("bytes in a sector of a disk file (default: 512)"),
    )  # fmt: skip
    group.add_argument(
        "--trusted-key", type=Path, action="append", default=[], metavar=_("FILE"),
        help=_("public key whose images are accepted (default: this installation's trust)"),
    )  # fmt: skip
    group.add_argument("--plan", action="store_true", help=_("show what would be done, and stop"))
    group.add_argument(
        "--confirm", metavar=_("TEXT"),
        help=_("the text that the plan asks for, instead of typing it"),
    )  # fmt: skip


def _add_machine(group: Group) -> None:
    group.add_argument("--hostname", metavar=_("NAME"), help=_("the computer's name"))
    group.add_argument(
        "--check-in-url", metavar="URL", help=_("where the computer reports to, once installed")
    )
    group.add_argument(
        "--check-in-credential", type=Path, metavar=_("FILE"),
        help=_("its secret for that, readable by root only once installed"),
    )  # fmt: skip
    group.add_argument(
        "--authorized-keys", type=Path, metavar=_("FILE"),
        help=_("SSH public keys that may administer it as root"),
    )  # fmt: skip
    group.add_argument(
        "--kernel-arguments", default="", metavar=_("TEXT"),
        help=_("more arguments for the kernel (--kernel-arguments=console=ttyS0)"),
    )  # fmt: skip


def _without_disk(args: Namespace, context: Context, recorded: Run) -> int:
    if args.plan or args.hostname or args.confirm:
        raise UsageError(
            _("--hostname, --plan and --confirm are for an installation on a disk."),
            hint=_("Say which disk: --disk DISK"),
        )
    return recorded(args, context)


def size_of_text(text: str) -> int:
    """Return the bytes of « 30G »; raises argparse's error for anything else."""
    found = _SIZE.fullmatch(text.strip())
    if found is None:
        raise argparse.ArgumentTypeError(_("{text} is not a size; write 30G").format(text=text))
    return int(found[1]) << _UNITS[found[2].upper()]
