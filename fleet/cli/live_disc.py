# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs ``parclibre live iso``."""

from __future__ import annotations

from argparse import Namespace

from fleet.cli.context import Context
from fleet.cli.live_making import tell
from fleet.i18n import _
from fleet.services.images import find_image, images_folder
from fleet.services.images_trust import trusted_keys
from fleet.services.images_verify import verify_image
from fleet.services.live_disc import write_disc


def run(args: Namespace, context: Context) -> int:
    """Write the ISO."""
    image = find_image(images_folder(context.home), args.image)
    context.tell(_("Verifying the image..."))
    verify_image(image.folder, trusted_keys(context.town()))
    for event in write_disc(image, args.file, arguments=args.kernel_arguments):
        tell(context, event)
    return 0
