# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``parclibre image``: the images of this computer, listed, shown, proven and removed."""

from __future__ import annotations

from argparse import Namespace
from typing import Any

from fleet.cli import (
    image_build,
    image_diff,
    image_recipe,
    image_show,
    image_test,
    image_verify,
    workshop,
)
from fleet.cli.acting import add_yes
from fleet.cli.confirming import require_typed
from fleet.cli.context import Context
from fleet.cli.parser import Commands, Help, command, group
from fleet.i18n import _, moment_name
from fleet.model.image import StoredImage
from fleet.output.image_text import size
from fleet.output.jsonout import Shape
from fleet.output.words import labelled
from fleet.services import images
from fleet.services.images_proofs import is_proven

LIST_SHAPE = Shape(
    name="images",
    fields=lambda: {
        "images": _(
            "list of {name, folder, title, built_at, base, desktop, digest, compressed_bytes, "
            "uncompressed_bytes, packages, proven}, newest first"
        ),
        "unreadable": _("list of {folder, why}: folders of images that cannot be read"),
        **image_recipe.list_fields(),
    },
)


def register(commands: Commands) -> None:
    """Add the ``image`` commands."""
    found = group(
        commands, "image",
        Help(
            line=_("make and prove the systems to install: recipes, images, boot tests"),
            text=_(
                "A recipe is a text; an image is what was built from it: one signed folder, that "
                "a boot test proves. NAME means the newest image of that name; the name of a "
                "folder (NAME-DAY-DIGEST), or a path, means that very image."
            ),
        ),
    )  # fmt: skip
    image_recipe.register(found)
    listing = command(
        found, "list", list_, Help(line=_("list the images of this computer")), shape=LIST_SHAPE
    )
    image_recipe.add_list_option(listing)
    image_show.register(found)
    image_build.register(found)
    image_test.register(found)
    image_diff.register(found)
    image_verify.register(found)
    _register_removal(found)
    workshop.register_image_record(found)


def _register_removal(commands: Commands) -> None:
    parser = command(
        commands, "rm", remove,
        Help(
            line=_("remove an image of this computer, with its proofs"),
            text=_(
                "Shows what goes, and asks. When several images have the same name, give the "
                "name of the folder."
            ),
            examples=(
                ("parclibre image rm ecole-elementaire-20261122-0123456789ab",
                 _("this very image")),
            ),
        ),
    )  # fmt: skip
    parser.add_argument("image", metavar=_("IMAGE"), help=_("see image list"))
    add_yes(parser)


def list_(args: Namespace, context: Context) -> int:
    """Print the images, or the recipes."""
    if args.recipes:
        return image_recipe.list_(args, context, LIST_SHAPE)
    found, unreadable = images.list_images(images.images_folder(context.home))
    if args.json:
        context.print_json(
            LIST_SHAPE,
            images=[_summary(image) for image in found],
            unreadable=[{"folder": str(one.folder), "why": one.why} for one in unreadable],
        )
        return 0
    if found:
        header = (_("Image"), _("Built"), _("Size"), _("Proven"), _("Folder"))
        context.print_table(header, [_row(image) for image in found])
    else:
        context.tell(_("There is no image here yet: parclibre image build RECIPE"))
    for one in unreadable:
        context.tell(labelled(one.folder.name, one.why))
    return 0


def _row(image: StoredImage) -> tuple[str, ...]:
    manifest = image.manifest
    return (
        manifest.name,
        moment_name(manifest.built_at),
        size(manifest.compressed_bytes),
        _("yes") if is_proven(image) else _("no"),
        image.folder.name,
    )


def _summary(image: StoredImage) -> dict[str, Any]:
    manifest = image.manifest
    return {
        "name": manifest.name,
        "folder": str(image.folder),
        "title": manifest.title,
        "built_at": manifest.built_at,
        "base": f"{manifest.base.system} {manifest.base.suite}",
        "desktop": manifest.desktop,
        "digest": manifest.digest,
        "compressed_bytes": manifest.compressed_bytes,
        "uncompressed_bytes": manifest.sizes.uncompressed_bytes,
        "packages": len(manifest.packages),
        "proven": is_proven(image),
    }


def remove(args: Namespace, context: Context) -> int:
    """Remove an image, once it was shown and confirmed."""
    folder = images.folder_to_remove(images.images_folder(context.home), args.image)
    plan = images.plan_removal(folder)
    context.tell(labelled(folder.name, size(plan.size_bytes)))
    if not args.yes:
        _confirm(context, folder.name)
    images.remove_image(plan)
    context.say(_("{name}: removed").format(name=folder.name))
    return 0


def _confirm(context: Context, name: str) -> None:
    end = name.rpartition("-")[2]
    question = _("Type the end of its name, {end}, to remove it:").format(end=end)
    hint = _("Add --yes once you have read what will be removed.")
    require_typed(context, question, expected=end, hint=hint)
