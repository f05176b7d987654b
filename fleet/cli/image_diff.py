# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``parclibre image diff``: what changed between two images."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from dataclasses import asdict

from fleet.cli.context import Context
from fleet.cli.parser import Commands, Help, command
from fleet.i18n import _
from fleet.output.image_text import change_line, section
from fleet.output.jsonout import Shape
from fleet.services.images import find_image, images_folder, previous_image
from fleet.services.images_diff import Change, FileChanges, diff_images

SHAPE = Shape(
    name="image-diff",
    fields=lambda: {
        "before": _("the folder of the first image"),
        "after": _("the folder of the second image"),
        "identical": _("true when both were made of the same recipe and hold the same bytes"),
        "about": _("list of {name, before, after}: base, desktop, kernel, roles, sizes"),
        "recipe": _("list of {name, before, after}: what changed in the recipe; null for absent"),
        "packages": _("list of {name, before, after}: versions; null for absent"),
        "files": _("{added, removed, changed}: names of files"),
    },
)


def register(commands: Commands) -> None:
    """Add ``image diff``."""
    parser = command(
        commands, "diff", diff,
        Help(
            line=_("show what changed between two images: recipe, packages, files"),
            examples=(
                ("parclibre image diff mairie", _("the newest image and the one before")),
                ("parclibre image diff ecole-elementaire ecole-maternelle --all",
                 _("two images, down to the last file")),
            ),
        ),
        shape=SHAPE,
    )  # fmt: skip
    parser.add_argument("image", metavar=_("IMAGE"), help=_("see image list"))
    parser.add_argument(
        "other", nargs="?", metavar=_("IMAGE"),
        help=_("the second one (default: the first is compared with the one before it)"),
    )  # fmt: skip
    parser.add_argument("--all", action="store_true", help=_("every line, however many"))


def diff(args: Namespace, context: Context) -> int:
    """Print what changed."""
    images = images_folder(context.home)
    first = find_image(images, args.image)
    pair = (first, find_image(images, args.other)) if args.other else None
    before, after = pair or (previous_image(images, first), first)
    found = diff_images(before, after)
    if args.json:
        names = {"before": str(before.folder), "after": str(after.folder)}
        context.print_json(SHAPE, **names, **asdict(found))
        return 0
    context.tell(f"{before.folder.name} -> {after.folder.name}")
    if found.identical:
        context.say(_("Same recipe, same bytes."))
    sections = (
        (_("About"), _lines(found.about)),
        (_("Recipe"), _lines(found.recipe)),
        (_("Packages"), _lines(found.packages)),
        (_("Files"), _file_lines(found.files)),
    )
    for title, lines in sections:
        for line in section(title, lines, whole=args.all):
            context.say(line)
    return 0


def _lines(changes: Sequence[Change]) -> list[str]:
    return [change_line(one.name, one.before, one.after) for one in changes]


def _file_lines(files: FileChanges) -> list[str]:
    marked = (("+", files.added), ("-", files.removed), ("~", files.changed))
    return [f"{mark} {name}" for mark, names in marked for name in names]
