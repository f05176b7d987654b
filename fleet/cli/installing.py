# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs ``parclibre install --disk``: plan, show, confirm, carry out."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Collection

from fleet.cli.confirming import typed_confirmation
from fleet.cli.context import Context
from fleet.cli.install_text import Teller, plan_lines
from fleet.errors import FleetError, NotFound, UsageError
from fleet.i18n import _
from fleet.model.install_plan import HomePlace, InstallOptions, InstallPlan
from fleet.services.images import find_image, images_folder
from fleet.services.images_trust import trusted_keys
from fleet.services.installer import install, plan_install
from fleet.services.installer_events import Installed


def run(args: Namespace, context: Context) -> int:
    """Install an image, or show the plan only."""
    _require_words(args)
    image = find_image(images_folder(context.home), args.image).folder
    context.tell(_("Verifying the image..."))
    plan = plan_install(
        image,
        args.disk,
        _options(args),
        trusted_keys=_trusted(args, context),
        file_sector_bytes=args.sector_size,
    )
    for line in plan_lines(plan):
        context.tell(line)
    return 0 if args.plan else _carry_out(args, context, plan)


def _carry_out(args: Namespace, context: Context, plan: InstallPlan) -> int:
    teller = Teller(context)
    for event in install(plan, confirmation=_confirmation(args, context, plan)):
        teller.tell(event)
        if isinstance(event, Installed):
            for key in event.host_keys:
                context.say(f"{event.hostname} {key}")
    return 0


def _require_words(args: Namespace) -> None:
    if args.tags or args.tags_from or args.yes:
        raise UsageError(
            _("--disk installs on this computer: it takes no tags, and never --yes."),
            hint=_("Install first, then record it: parclibre install TAG --image IMAGE"),
        )
    missing = [f"--{name}" for name in ("image", "hostname") if not getattr(args, name)]
    if missing:
        raise UsageError(
            _("{options} must be given too.").format(options=", ".join(missing)),
            hint=_("See the help: {command} --help").format(command="parclibre install"),
        )


def _options(args: Namespace) -> InstallOptions:
    if args.root_size is not None and args.home is not HomePlace.SEPARATE:
        raise UsageError(
            _("--root-size is for a system whose /home is separate."),
            hint=_("Add --home separate, or leave --root-size out: the system takes the disk."),
        )
    return InstallOptions(
        hostname=args.hostname,
        home=args.home,
        root_bytes=args.root_size,
        check_in_url=args.check_in_url,
        check_in_credential=args.check_in_credential,
        authorized_keys=args.authorized_keys,
        kernel_arguments=args.kernel_arguments,
    )


def _trusted(args: Namespace, context: Context) -> Collection[str]:
    if not args.trusted_key:
        return trusted_keys(context.town())
    try:
        lines = [path.read_text("utf-8", "replace").strip() for path in args.trusted_key]
    except OSError as error:
        raise NotFound(
            _("The key {path} cannot be read: {why}.").format(
                path=error.filename, why=error.strerror
            )
        ) from error
    # replica.pub has a comment, which is no part of the key.
    return frozenset(" ".join(line.split()[:2]) for line in lines)


def _confirmation(args: Namespace, context: Context, plan: InstallPlan) -> str:
    typed = typed_confirmation(
        context,
        _("Everything on this disk will be lost. To go on, type {text} :"),
        asked=plan.asked_text,
        given=args.confirm,
    )
    if typed != plan.asked_text and args.confirm is None:
        raise FleetError(_("Not confirmed: nothing was done."))
    return typed
