# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs ``parclibre live key``: plan, show, confirm, carry out."""

from __future__ import annotations

import tempfile
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

from uuid6 import uuid7

from fleet.cli.confirming import typed_confirmation
from fleet.cli.context import Context
from fleet.cli.install_text import found_lines
from fleet.errors import FleetError, UsageError
from fleet.i18n import _, ngettext
from fleet.model.image import StoredImage
from fleet.model.live_key import FILES_LABEL, KeyPart, KeyPlan, KeyRole
from fleet.model.tags import parse_range, tag_of
from fleet.output.image_text import size
from fleet.output.safe import for_terminal
from fleet.output.words import labelled
from fleet.services.images import find_image, images_folder
from fleet.services.live_content import KeyWishes, plan_key, reserve_tags
from fleet.services.live_key import KeyEvent, KeyFileRead, KeyFileWritten, KeyMade, write_key

_WIDTH = 78


def run(args: Namespace, context: Context) -> int:
    """Make a key, or show the plan only."""
    wishes = _wishes(args, context)
    town = context.acting_town()
    with tempfile.TemporaryDirectory(prefix=".key-", dir=images_folder(context.home)) as folder:
        context.tell(_("Verifying the images..."))
        plan = plan_key(town, wishes, folder=Path(folder))
        for line in _plan_lines(plan):
            context.tell(line)
        if args.plan:
            return 0
        confirmation = _confirmation(args, context, plan)
        # First: numbers given for nothing are lost, numbers given twice are a conflict.
        reserve_tags(town, plan)
        for event in write_key(plan, confirmation=confirmation):
            tell(context, event)
    context.tell(_("After its first start, trust it with the bundle that it leaves in its folder."))
    return 0


def _wishes(args: Namespace, context: Context) -> KeyWishes:
    if (args.device is None) == (args.file is None):
        raise UsageError(
            _("Say which stick, or which file."),
            hint=_("For example: parclibre live key /dev/sdb; see the sticks: lsblk"),
        )
    if args.size is not None and args.file is None:
        raise UsageError(_("--size is for --file: a stick has its own."))
    folder = images_folder(context.home)
    images: tuple[StoredImage, ...] = tuple(find_image(folder, name) for name in args.images)
    return KeyWishes(
        target=args.file or args.device,
        is_file=args.file is not None,
        image=find_image(folder, args.image),
        images=images,
        lots=tuple(args.lot),
        rooms=tuple(args.rooms),
        tags=parse_range(args.tags, str(uuid7())) if args.tags else None,
        label=args.label,
        size_bytes=args.size,
        kernel_arguments=args.kernel_arguments,
    )


def _plan_lines(plan: KeyPlan) -> Iterator[str]:
    if plan.found is not None:
        yield from found_lines(plan.found)
        yield ""
    yield _("What will be made")
    yield "  " + labelled(_("key"), f"{plan.target} ({size(plan.size_bytes)})")
    yield "  " + labelled(_("live system"), plan.image.folder.name)
    for part in plan.parts:
        yield f"  {part.number}. {_purpose(part)}, {size(part.size_bytes)}"
    n = len(plan.seed.town)
    yield "  " + ngettext(
        "trusts {n} installation from its first start",
        "trusts {n} installations from its first start",
        n,
    ).format(n=n)
    if plan.seed.tags:
        _range, prefix, first, last = plan.seed.tags
        yield "  " + labelled(_("tags"), f"{tag_of(prefix, first)} - {tag_of(prefix, last)}")


def _purpose(part: KeyPart) -> str:
    return {
        KeyRole.FILES: _("files that Windows shows ({label})").format(label=FILES_LABEL),
        KeyRole.BIOS: _("start under BIOS"),
        KeyRole.ESP: _("start under UEFI, and the live system (FAT32)"),
        KeyRole.STORE: _("the key's own store (ext4)"),
    }[part.role]


def _confirmation(args: Namespace, context: Context, plan: KeyPlan) -> str:
    if not plan.asked_text:
        return ""
    typed = typed_confirmation(
        context,
        _("Everything on this stick will be lost. To go on, type {text} :"),
        asked=plan.asked_text,
        given=args.confirm,
    )
    if typed != plan.asked_text and args.confirm is None:
        raise FleetError(_("Not confirmed: nothing was done."))
    return typed


def tell(context: Context, event: KeyEvent) -> None:
    """Tell one event of a key or a disc being made."""
    match event:
        case KeyFileWritten():
            _over(context, _("Writing"), event.name, event.done, event.total)
        case KeyFileRead():
            _over(context, _("Reading back"), event.name, event.done, event.total)
        case KeyMade():
            _over(context, "", "", 0, 1)
            n = event.files
            context.tell(
                ngettext(
                    "{n} file written and read back", "{n} files written and read back", n
                ).format(n=n)
            )
            context.say(str(event.target))


def _over(context: Context, what: str, name: str, done: int, total: int) -> None:
    """Write over what moves, on a terminal only."""
    if context.stderr.isatty():
        text = f"{what} {done * 100 // max(total, 1):3} % {name}" if what else ""
        end = "" if what else "\r"
        words = for_terminal(text[:_WIDTH]).ljust(_WIDTH)
        print(f"\r{words}", end=end, file=context.stderr, flush=True)
