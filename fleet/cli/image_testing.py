# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs ``parclibre image test``: boots an image, asks it questions, signs the proofs."""

from __future__ import annotations

import tempfile
from argparse import Namespace
from dataclasses import replace
from pathlib import Path
from typing import Any

from fleet.cli.context import Context
from fleet.cli.image_test import SHAPE
from fleet.errors import BootTestFailed
from fleet.i18n import _
from fleet.model.image import StoredImage
from fleet.model.proof import CheckResult, Firmware, Proof, as_mapping
from fleet.output.proof_words import check_words, failure_words, retry_words
from fleet.output.words import labelled
from fleet.services import boot_checks
from fleet.services.boot_test import BootTest, boot_test
from fleet.services.boot_test_events import (
    BootEvent,
    BootTestStarted,
    CheckFinished,
    DiskStep,
    FirmwareTested,
    GuestRetried,
    ScreenKept,
    Stage,
    StageReached,
)
from fleet.services.boot_test_install import with_installer
from fleet.services.boot_test_receiver import serving
from fleet.services.images import find_image, images_folder
from fleet.services.images_trust import trusted_keys
from fleet.services.images_verify import verify_image

_FIRMWARES = {
    "uefi": (Firmware.UEFI,),
    "bios": (Firmware.BIOS,),
    "both": (Firmware.UEFI, Firmware.BIOS),
}


def run(args: Namespace, context: Context) -> int:
    """Test an image; its proofs are written whether it passes or not."""
    image = find_image(images_folder(context.home), args.image)
    ready = _prepared(image, args, context)
    with serving() as receiver:
        proofs = _play(replace(ready, receiver=receiver), context)
    passed = all(proof.passed for proof in proofs)
    if args.json:
        found = [as_mapping(proof) for proof in proofs]
        context.print_json(SHAPE, folder=str(image.folder), passed=passed, proofs=found)
        return 0 if passed else BootTestFailed.exit_status
    if not passed:
        raise BootTestFailed(
            _("The image {name} did not pass its boot test.").format(name=image.folder.name),
            hint=_("Look at {folder}: screens, serial logs, proofs.").format(
                folder=image.folder / "proof"
            ),
        )
    context.say(_("{name}: passed").format(name=image.folder.name))
    return 0


def _prepared(image: StoredImage, args: Namespace, context: Context) -> BootTest:
    """Return the test of a verified image, as its recipe asks."""
    town = context.town()
    trusted = trusted_keys(town)
    verify_image(image.folder, trusted)
    ready = BootTest(
        image=image,
        install=with_installer(image, trusted),
        sign=town.key.sign,
        firmwares=_FIRMWARES[args.firmware],
        settings=boot_checks.settings_for(image.manifest.recipe),
    )
    if not args.keep:
        return ready
    scratch = Path(tempfile.mkdtemp(prefix="parclibre-test-"))
    context.tell(_("The virtual disks stay in {folder}.").format(folder=scratch))
    return replace(ready, scratch=scratch)


def _play(ready: BootTest, context: Context) -> tuple[Proof, ...]:
    proofs: list[Proof] = []
    for event in boot_test(ready):
        if words := _words(event):
            context.tell(words)
        if isinstance(event, FirmwareTested):
            proofs.append(event.proof)
    return tuple(proofs)


def _words(event: BootEvent) -> str:
    """Return an event as a person reads it."""
    match event:
        case BootTestStarted():
            return _("Test of {image}, simulated by {way}").format(
                image=event.image.name, way=event.acceleration.value.upper()
            )
        case DiskStep():
            return labelled(_("Disk"), event.words)
        case FirmwareTested():
            return _told(event.proof.firmware, _verdict(event.proof))
        case _:
            return _told(event.firmware, _step(event))


def _step(event: StageReached | CheckFinished | ScreenKept | GuestRetried) -> str:
    match event:
        case StageReached():
            return f"{_stage(event.stage)} ({event.seconds} s)"
        case CheckFinished():
            return _check(event)
        case ScreenKept():
            return _("screen photographed")
        case GuestRetried():
            return _again(event)


def _told(firmware: Firmware, words: str) -> str:
    return labelled(firmware.value.upper(), words)


def _stage(stage: Stage) -> str:
    return {
        Stage.POWER_ON: _("switched on"),
        Stage.CHECKS: _("the system answers"),
        Stage.LOGIN: _("login screen"),
        Stage.CHECKED: _("every question answered"),
        Stage.CHECK_IN: _("first check-in received"),
        Stage.POWERED_OFF: _("switched off cleanly"),
    }[stage]


def _check(event: CheckFinished) -> str:
    outcome = event.outcome
    words = {
        CheckResult.PASS: _("yes"),
        CheckResult.FAIL: _("NO"),
        CheckResult.NOT_APPLICABLE: _("not applicable"),
    }[outcome.result]
    shown = labelled(check_words(outcome), words)
    return shown if outcome.result is CheckResult.PASS else f"{shown} - {outcome.evidence}"


def _again(event: GuestRetried) -> str:
    return _("start {n} given up, made again: {why}").format(
        n=event.retry.attempt, why=retry_words(event.retry)
    )


def _verdict(proof: Proof) -> str:
    if proof.passed:
        return _("passed")
    names: list[Any] = [check.id for check in proof.failed_checks]
    return _("did not pass: {why}").format(
        why="; ".join(filter(None, (failure_words(proof), *names)))
    )
