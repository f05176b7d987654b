# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``parclibre image show`` and ``sbom``: what an image holds and what its boot test proved."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

import msgspec

from fleet.cli import image_recipe
from fleet.cli.context import Context
from fleet.cli.parser import Commands, Help, command
from fleet.errors import FleetError, UsageError
from fleet.i18n import _
from fleet.model.image import SBOM
from fleet.model.proof import Firmware, as_mapping
from fleet.output.image_text import image_lines, proof_lines, untested_line
from fleet.output.jsonout import Shape
from fleet.services.images import find_image, images_folder
from fleet.services.images_proofs import is_proven, read_proofs

SHAPE = Shape(
    name="image",
    fields=lambda: {
        "folder": _("where the image is"),
        "digest": _("what the image is: the same for the same recipe and content"),
        "manifest_sha256": _("the digest of its manifest, which proofs name"),
        "manifest": _(
            "the manifest as it was signed: recipe, base, provenance, packages, sizes, steps, "
            "files with their digests"
        ),
        "proven": _("true when the boot test passed under UEFI and BIOS"),
        "proofs": _("list of boot tests, one per firmware, with checks and times"),
        **image_recipe.show_fields(),
    },
)


def register(commands: Commands) -> None:
    """Add ``image show`` and ``image sbom``."""
    showing = command(
        commands, "show", show,
        Help(
            line=_("show what an image holds and what its boot test proved, or a recipe"),
            text=_("Says what is written there; « image verify » proves it."),
            examples=(
                ("parclibre image show ecole-elementaire", _("the newest of that name")),
                ("parclibre image show --recipe mairie", _("what would be built, and why")),
            ),
        ),
        shape=SHAPE,
    )  # fmt: skip
    listing = command(
        commands, "sbom", sbom,
        Help(
            line=_("print an image's bill of materials (CycloneDX JSON)"),
            examples=(
                ("parclibre image sbom mairie --output mairie.cdx.json",
                 _("for a vulnerability scanner")),
            ),
        ),
    )  # fmt: skip
    listing.add_argument("--output", type=Path, metavar=_("FILE"), help=_("the file to write"))
    listing.add_argument("image", metavar=_("IMAGE"), help=_("see image list"))
    showing.add_argument("image", nargs="?", metavar=_("IMAGE"), help=_("see image list"))
    image_recipe.add_show_options(showing)


def show(args: Namespace, context: Context) -> int:
    """Print an image and its proofs, or a recipe."""
    if args.recipe:
        return image_recipe.show(args, context, SHAPE)
    if args.image is None:
        raise UsageError(
            _("Say what to show: an image, or a recipe with --recipe."),
            hint=_("See the images of this computer: parclibre image list"),
        )
    return _show_image(args, context)


def _show_image(args: Namespace, context: Context) -> int:
    image = find_image(images_folder(context.home), args.image)
    proofs = read_proofs(image)
    if args.json:
        context.print_json(
            SHAPE,
            folder=str(image.folder),
            digest=image.manifest.digest,
            manifest_sha256=image.manifest_sha256,
            manifest=msgspec.to_builtins(image.manifest),
            proven=is_proven(image),
            proofs=[as_mapping(one.proof) for one in proofs],
        )
        return 0
    context.say("\n".join(image_lines(image)))
    by_firmware = {one.proof.firmware: one for one in proofs}
    for firmware in Firmware:
        one = by_firmware.get(firmware)
        lines = proof_lines(one.proof, one.screenshot) if one else (untested_line(firmware),)
        context.say("\n".join(lines))
    return 0


def sbom(args: Namespace, context: Context) -> int:
    """Print the bill of materials, or write it."""
    image = find_image(images_folder(context.home), args.image)
    try:
        document = (image.folder / SBOM).read_bytes()
        if args.output is not None:
            args.output.write_bytes(document)
    except OSError as error:
        raise FleetError(
            _("{path} cannot be read or written: {why}.").format(
                path=error.filename, why=error.strerror
            )
        ) from error
    if args.output is None:
        context.say(document.decode("utf-8", "replace").rstrip("\n"))
    return 0
