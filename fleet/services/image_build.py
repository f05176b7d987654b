# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Carries out a build plan, layer after layer, and tells each step as it goes.

A layer is kept as soon as it is good: what failed or was killed starts again from there.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from fleet.adapters import ansible
from fleet.adapters.ansible_events import PlayEvent, TaskFinished
from fleet.adapters.apt import Resolution
from fleet.adapters.apt_install import initrds_later, install, install_binds
from fleet.adapters.process import Progress
from fleet.adapters.rootfs import Rootfs, open_rootfs, open_view
from fleet.adapters.squashfs import DEFAULT_BLOCK_KIB, RUNNING_BLOCK_KIB, pack
from fleet.errors import FleetError
from fleet.i18n import _
from fleet.model.image import BUILD_LOG, FILES, INITRD, KERNEL, ROOTFS, BuildStep
from fleet.services.image_cleaning import clean
from fleet.services.image_facts import Contents, copy_boot_files, facts_of, read_contents
from fleet.services.image_layers import Layer, LayerDraft, locked_build
from fleet.services.image_plan import (
    BASE,
    BOOT_LOADER,
    CLEANING,
    LIVE,
    PACKAGES,
    PACKING,
    BuildPlan,
    PlannedStep,
)
from fleet.services.image_plan import FILES as LISTING
from fleet.services.images_hash import list_tree
from fleet.services.images_write import discard_part, new_part, write_artifact
from fleet.services.zorin import make_initrds
from fleet.store.keys import ReplicaKey

DOWNLOAD = "download"
SIGNING = "signing"
_PURGE_S = 1800


@dataclass(frozen=True, slots=True, kw_only=True)
class StepStarted:
    """A step began."""

    step: str
    number: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StepAdvanced:
    """A step that counts went on."""

    step: str
    progress: Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskTold:
    """A role's task began, ended, or the role's play is over."""

    step: str
    event: PlayEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class StepFinished:
    """A step is done; ``reused`` when a kept layer served."""

    step: str
    milliseconds: int
    reused: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageBuilt:
    """The image is signed and in its folder."""

    folder: Path


BuildEvent: TypeAlias = StepStarted | StepAdvanced | TaskTold | StepFinished | ImageBuilt


class BuildFailed(FleetError):
    """A step failed; the message says which task and why, the hint where the log is."""


def build_image(
    plan: BuildPlan, signer: ReplicaKey, *, now: Callable[[], str]
) -> Iterator[BuildEvent]:
    """Build; the last event is ImageBuilt. Closing the iterator stops the build cleanly.

    ``now`` gives the UTC time, ISO 8601, to the second. Raises FleetError, with every good layer
    kept.
    """
    with locked_build(plan.place.layers.folder):
        yield from _Build(plan, signer, now()).run()


class _Build:
    """One build under way."""

    def __init__(self, plan: BuildPlan, signer: ReplicaKey, built_at: str) -> None:
        self.plan = plan
        self.signer = signer
        self.built_at = built_at
        # Uppermost first; the system of an ISO lies under all of them.
        self.layers: list[Path] = [plan.base.root] if plan.base.root else []
        self.times: list[BuildStep] = []

    def run(self) -> Iterator[BuildEvent]:
        self.plan.log.parent.mkdir(parents=True, exist_ok=True)
        self.plan.log.write_text(f"{self.plan.recipe.name}, {self.built_at}\n", encoding="utf-8")
        try:
            for event in self._steps():
                self._note(event)
                yield event
        except FleetError as error:
            self._write(error.message)
            raise

    def _steps(self) -> Iterator[BuildEvent]:
        yield from self._download()
        for step in self.plan.steps:
            if step.key:
                yield from self._layer(step)
        yield from self._finish()

    def _note(self, event: BuildEvent) -> None:
        """Add an event to the log; programs add their own words there."""
        match event:
            case StepStarted():
                self._write(f"== {event.step}")
            case StepFinished():
                kept = " (kept layer)" if event.reused else ""
                self._write(f"== {event.step}: {event.milliseconds} ms{kept}")
            case TaskTold(event=TaskFinished() as task):
                told = f"{task.status} {task.seconds:.1f} s {task.task} {task.message}"
                self._write(told.strip())

    def _write(self, line: str) -> None:
        with self.plan.log.open("a", encoding="utf-8") as file:
            file.write(f"{line}\n")

    # --- layers --------------------------------------------------------------------------

    def _download(self) -> Iterator[BuildEvent]:
        began = time.monotonic()
        yield self._started(DOWNLOAD)
        base = self.plan.base
        both = Resolution(packages=(*base.packages.packages, *self.plan.packages.packages))
        for progress in base.apt.download(both, installed=base.status):
            yield StepAdvanced(step=DOWNLOAD, progress=progress)
        yield self._timed(DOWNLOAD, began)

    def _layer(self, step: PlannedStep) -> Iterator[BuildEvent]:
        yield self._started(step.name)
        store = self.plan.place.layers
        found = store.find(step.key)
        if found is None:
            found = yield from self._made(step)
            self.times.append(BuildStep(name=step.name, milliseconds=found.milliseconds))
            yield StepFinished(step=step.name, milliseconds=found.milliseconds)
        else:
            self.times.append(
                BuildStep(name=step.name, milliseconds=found.milliseconds, reused=True)
            )
            yield StepFinished(step=step.name, milliseconds=found.milliseconds, reused=True)
        self.layers.insert(0, found.root)

    def _made(self, step: PlannedStep) -> Generator[BuildEvent, None, Layer]:
        store = self.plan.place.layers
        draft = store.start(step.key, step.name)
        began = time.monotonic()
        try:
            yield from self._work(step, draft)
            return store.finish(draft, _since(began), {})
        finally:
            store.discard(draft)

    def _work(self, step: PlannedStep, draft: LayerDraft) -> Iterator[BuildEvent]:
        if step.name == BASE:
            draft.root.rmdir()
            for progress in self.plan.base.make(draft.root, self.plan.log):
                yield StepAdvanced(step=step.name, progress=progress)
        elif step.name == PACKAGES:
            yield from self._packages(draft)
        else:
            yield from self._role(step.name, draft)

    def _packages(self, draft: LayerDraft) -> Iterator[BuildEvent]:
        base = self.plan.base
        # The role makes the first stage of every kernel; without it, packages make theirs.
        by_role = BOOT_LOADER in self.plan.recipe.roles
        with self._open(draft, install_binds(base.apt)) as rootfs:
            with initrds_later(rootfs) if by_role else nullcontext():
                packages, asked = self.plan.packages, self.plan.asked
                for progress in install(rootfs, packages, asked, log=self.plan.log):
                    yield StepAdvanced(step=PACKAGES, progress=progress)
                if base.purged:
                    rootfs.run(["apt-get", "--yes", "purge", *base.purged], timeout_s=_PURGE_S)
            if not by_role:
                make_initrds(rootfs)

    def _role(self, role: str, draft: LayerDraft) -> Iterator[BuildEvent]:
        with self._open(draft) as rootfs:
            events = ansible.play(
                self.plan.place.assets / ansible.IMAGE_PLAYBOOK,
                inventory=ansible.image_inventory(rootfs.enter),
                variables={
                    **self.plan.variables, "image_roles": [role], "package_set_mode": "assume",
                },
                project=self.plan.place.assets,
            )  # fmt: skip
            told: list[PlayEvent] = []
            for event in events:
                told.append(event)
                yield TaskTold(step=role, event=event)
            _require_success(role, told)

    def _open(
        self, draft: LayerDraft, binds: Mapping[Path, str] | None = None
    ) -> AbstractContextManager[Rootfs]:
        return open_rootfs(
            self.layers, draft.root, draft.work, binds=binds, epoch=self.plan.base.epoch
        )

    # --- the whole -----------------------------------------------------------------------

    def _finish(self) -> Iterator[BuildEvent]:
        store = self.plan.place.layers
        draft = store.start(f"clean-{self.plan.steps[-4].key[:32]}", CLEANING)
        part = new_part(self.plan.place.home, self.plan.recipe.name)
        try:
            yield from self._cleaned(draft)
            contents = yield from self._packed([draft.root, *self.layers], part)
            yield from self._signed(part, contents)
        finally:
            store.discard(draft)
            discard_part(part)

    def _cleaned(self, draft: LayerDraft) -> Iterator[BuildEvent]:
        began = time.monotonic()
        yield self._started(CLEANING)
        with open_view(self.layers, upper=draft.root, work=draft.work) as rootfs:
            clean(rootfs.outside, self.plan.base.epoch)
        yield self._timed(CLEANING, began)

    def _packed(self, layers: Sequence[Path], part: Path) -> Generator[BuildEvent, None, Contents]:
        with open_view(layers) as view:
            began = time.monotonic()
            yield self._started(LISTING)
            sizes = list_tree(view.outside, part / FILES)
            contents = read_contents(view.outside, sizes)
            copy_boot_files(view.outside, contents, part / KERNEL, part / INITRD)
            yield self._timed(LISTING, began)
            began = time.monotonic()
            yield self._started(PACKING)
            yield from self._squashed(view, part)
            yield self._timed(PACKING, began)
        return contents

    def _squashed(self, view: Rootfs, part: Path) -> Iterator[BuildEvent]:
        recipe = self.plan.recipe
        block_kib = RUNNING_BLOCK_KIB if LIVE in recipe.roles else DEFAULT_BLOCK_KIB
        for progress in pack(
            view, part / ROOTFS, epoch=self.plan.base.epoch, level=recipe.compression,
            block_kib=block_kib,
        ):  # fmt: skip
            yield StepAdvanced(step=PACKING, progress=progress)

    def _signed(self, part: Path, contents: Contents) -> Iterator[BuildEvent]:
        yield self._started(SIGNING)
        shutil.copyfile(self.plan.log, part / BUILD_LOG)
        facts = facts_of(self.plan, contents, tuple(self.times), self.built_at)
        folder = write_artifact(
            part, facts, self.signer, installed=contents.packages, copyrights=contents.copyrights
        )
        yield ImageBuilt(folder=folder)

    def _started(self, step: str) -> StepStarted:
        names = (DOWNLOAD, *(one.name for one in self.plan.steps), SIGNING)
        return StepStarted(step=step, number=names.index(step) + 1, total=len(names))

    def _timed(self, step: str, began: float) -> StepFinished:
        self.times.append(BuildStep(name=step, milliseconds=_since(began)))
        return StepFinished(step=step, milliseconds=self.times[-1].milliseconds)


def _require_success(role: str, told: Sequence[PlayEvent]) -> None:
    try:
        ansible.last_event(iter(told))
    except ansible.PlayFailed as error:
        raise BuildFailed(
            _("The role {role} failed: {why}").format(role=role, why=error.message),
            hint=_("Correct the role or the recipe and build again: good layers are kept."),
        ) from error


def _since(began: float) -> int:
    return int((time.monotonic() - began) * 1000)
