# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``parclibre live``: its words. What it does is in ``live_making``, ``live_key_start``,
``live_deploying``.
"""

from __future__ import annotations

from pathlib import Path

from fleet.cli.install import size_of_text
from fleet.cli.parser import Commands, Help, Parser, command, group, later
from fleet.i18n import _


def register(commands: Commands) -> None:
    """Add the ``live`` commands."""
    found = group(
        commands, "live",
        Help(
            line=_("make the key or the disc that starts a PC, for the workshop or a room"),
            text=_(
                "The live system starts any 64-bit PC with 2 GiB of memory, under UEFI (Secure "
                "Boot may stay on) and BIOS, and needs no network. Build its image first: "
                "parclibre image build live."
            ),
        ),
    )  # fmt: skip
    _register_key(found)
    _register_iso(found)
    _register_on_key(found)


def _register_key(commands: Commands) -> None:
    key = command(
        commands, "key", later("fleet.cli.live_making"),
        Help(
            line=_("write a USB key, or a file of one"),
            text=_(
                "Shows what the stick holds and what will be made, asks to type its serial "
                "number, writes, and reads everything back. The key gets the images named, with "
                "their signatures, the public keys that this installation trusts, and numbers of "
                "tags of its own; no secret and nobody's name. It makes its own signing key when "
                "it first starts: trust it then, with the bundle that it leaves."
            ),
            examples=(
                ("parclibre live key /dev/sdb --images famille --label \"Clé 3\"",
                 _("a key for the workshop")),
                ("parclibre live key /dev/sdb --images ecole-elementaire --rooms salle-2.csv",
                 _("a key for a room")),
                ("parclibre live key --file cle.img", _("a file, for a virtual machine")),
            ),
        ),
    )  # fmt: skip
    key.add_argument("device", nargs="?", type=Path, metavar=_("DEVICE"), help=_("a whole stick"))
    key.add_argument("--file", type=Path, metavar=_("IMAGE"), help=_("a new file instead"))
    key.add_argument(
        "--size", type=size_of_text, metavar=_("SIZE"), help=_("of the file (default: enough)")
    )
    _add_image(key)
    key.add_argument(
        "--images", nargs="+", default=[], metavar=_("IMAGE"), help=_("images to install from it")
    )
    key.add_argument(
        "--lot", action="append", default=[], metavar=_("LOT"),
        help=_("a lot whose machines are expected"),
    )  # fmt: skip
    key.add_argument(
        "--tags", metavar=_("FROM-TO"), help=_("its numbers (default: the next hundred)")
    )
    key.add_argument(
        "--rooms", nargs="+", type=Path, default=[], metavar="CSV", help=_("lists of seats")
    )
    key.add_argument("--label", default="", metavar=_("NAME"), help=_("what the key is called"))
    key.add_argument("--plan", action="store_true", help=_("show what would be done, and stop"))
    key.add_argument(
        "--confirm", metavar=_("TEXT"),
        help=_("the text that the plan asks for, instead of typing it"),
    )  # fmt: skip


def _register_iso(commands: Commands) -> None:
    iso = command(
        commands, "iso", later("fleet.cli.live_disc"),
        Help(
            line=_("write an ISO image, for a disc or a plain stick"),
            text=_(
                "It starts as a key does, but keeps nothing: plug in a stick called PARCLIBRE for "
                "what it writes, or all is forgotten when the PC goes off."
            ),
            examples=(("parclibre live iso parclibre.iso", _("the newest live image")),),
        ),
    )  # fmt: skip
    iso.add_argument("file", type=Path, metavar=_("FILE"), help=_("a new file"))
    _add_image(iso)


def _register_on_key(commands: Commands) -> None:
    command(
        commands, "start", later("fleet.cli.live_key_start"),
        Help(
            line=_("on a key: make its store at the first start, take in what the desk told it"),
            text=_("The live system runs it by itself; running it again changes nothing."),
        ),
    )  # fmt: skip
    deploy = command(
        commands, "deploy", later("fleet.cli.live_deploying"),
        Help(
            line=_("on a key: install this PC for its seat, without a network"),
            text=_(
                "Asks for the image, the seat and the disk, installs as « install --disk » does, "
                "and records the machine in the bundle that goes back to the desk. The seats "
                "already installed are left out."
            ),
        ),
    )  # fmt: skip
    deploy.add_argument(
        "--disk", type=Path, metavar=_("DISK"), help=_("the disk, instead of asking")
    )


def _add_image(parser: Parser) -> None:
    parser.add_argument(
        "--image", default="live", metavar=_("IMAGE"), help=_("the live image (default: live)")
    )
    parser.add_argument(
        "--kernel-arguments", default="", metavar=_("TEXT"),
        help=_("more arguments for the kernel (--kernel-arguments=console=ttyS0)"),
    )  # fmt: skip
