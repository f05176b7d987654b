# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``parclibre image verify``: prove an image, to the byte, before it is used or after a copy."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from fleet.cli.context import Context
from fleet.cli.parser import Commands, Help, command
from fleet.errors import TrustRefused
from fleet.i18n import _
from fleet.output.jsonout import Shape
from fleet.services.images import find_image, images_folder, read_image
from fleet.services.images_proofs import is_proven
from fleet.services.images_trust import trusted_keys
from fleet.services.images_verify import verify_image

SHAPE = Shape(
    name="image-verify",
    fields=lambda: {
        "folder": _("where the image is"),
        "sound": _("true when everything holds: signature, every byte, proofs"),
        "why": _("what does not hold; empty when sound"),
        "proven": _("true when the boot test passed under UEFI and BIOS"),
    },
)


def register(commands: Commands) -> None:
    """Add ``image verify``."""
    parser = command(
        commands, "verify", verify,
        Help(
            line=_("prove an image: trusted signature, every byte, proofs of its boot test"),
            text=_(
                "Refuses, with status 6, an image that was altered in any way or that was signed "
                "by an installation that is not trusted here; says which file."
            ),
            examples=(
                ("parclibre image verify ecole-elementaire", _("the newest of that name")),
            ),
        ),
        shape=SHAPE,
    )  # fmt: skip
    parser.add_argument("image", metavar=_("IMAGE"), help=_("see image list"))


def verify(args: Namespace, context: Context) -> int:
    """Prove an image, or say what does not hold."""
    folder = _folder(args.image, context)
    trusted = trusted_keys(context.town())
    why = ""
    try:
        verify_image(folder, trusted, progress=_Percent(context))
    except TrustRefused as error:
        if not args.json:
            raise
        why = error.message
    proven = not why and is_proven(read_image(folder))
    if args.json:
        context.print_json(SHAPE, folder=str(folder), sound=not why, why=why, proven=proven)
        return TrustRefused.exit_status if why else 0
    context.say(_("{name}: sound").format(name=folder.name))
    if not proven:
        context.tell(_("No boot test passed under both firmwares: parclibre image test IMAGE"))
    return 0


def _folder(name: str, context: Context) -> Path:
    """Return the folder even when its manifest no longer reads: that is for ``verify`` to say."""
    images = images_folder(context.home)
    for folder in (Path(name), images / name):
        if folder.is_dir() and (folder.parent == images or "/" in name):
            return folder
    return find_image(images, name).folder


class _Percent:
    """Says how far it is, on one line, when somebody watches."""

    def __init__(self, context: Context) -> None:
        self._stream = context.stderr if context.stderr.isatty() else None
        self._shown = -1

    def __call__(self, done: int, total: int) -> None:
        percent = 100 * done // max(total, 1)
        if self._stream is None or percent == self._shown:
            return
        self._shown = percent
        end = "\n" if done >= total else ""
        print(f"\r{percent} %", end=end, file=self._stream, flush=True)
