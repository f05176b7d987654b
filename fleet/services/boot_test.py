# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Prove that an image starts: install it on a virtual disk, boot it, ask it questions, sign.

One installation serves both firmwares: each boots a copy-on-write layer of the same disk, so
each is the machine's first start.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from fleet.adapters import qemu, qemu_choice
from fleet.adapters.qemu_command import (
    Acceleration,
    Guest,
    GuestDisk,
    Receiver,
    processors,
)
from fleet.adapters.qemu_disk import add_files
from fleet.adapters.qemu_qmp import GuestGone
from fleet.errors import FleetError
from fleet.model.image import KERNEL, PROOFS, StoredImage
from fleet.model.proof import (
    PROOF_NAMESPACE,
    CheckOutcome,
    CheckResult,
    Emulator,
    Firmware,
    Proof,
    Retry,
    Told,
    digest_of,
    proof_bytes,
)
from fleet.output.proof_words import english
from fleet.services import boot_checks
from fleet.services.boot_checks import CheckSettings
from fleet.services.boot_test_events import (
    BootEvent,
    BootTestStarted,
    FirmwareTested,
    GuestRetried,
)
from fleet.services.boot_test_image import check_image
from fleet.services.boot_test_parts import InstalledDisk
from fleet.services.boot_test_watch import BootLimits, CheckInReceiver, GuestStopped, Watch
from fleet.store.files import replace_file

_MEMORY_MIB = 3072
_ATTEMPTS = 3

Sign = Callable[[bytes, str], str]


Install = Callable[[Path], Iterator[BootEvent | InstalledDisk]]


@dataclass(frozen=True, slots=True, kw_only=True)
class BootTest:
    """What to test and with what. ``install`` fills a folder with the installed disk.

    ``sign`` takes the bytes and the namespace. Without a receiver the first check-in is not
    waited for. ``acceleration`` None: the best that really works here.
    """

    image: StoredImage
    install: Install
    sign: Sign
    firmwares: tuple[Firmware, ...] = (Firmware.UEFI, Firmware.BIOS)
    settings: CheckSettings = field(default_factory=CheckSettings)
    limits: BootLimits = field(default_factory=BootLimits)
    receiver: CheckInReceiver | None = None
    acceleration: Acceleration | None = None
    scratch: Path | None = None
    now: Callable[[], datetime] = lambda: datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ready:
    """A test whose disk is installed."""

    test: BootTest
    acceleration: Acceleration
    disk: InstalledDisk
    folder: Path
    image_checks: tuple[CheckOutcome, ...]
    added: tuple[str, ...]


def boot_test(test: BootTest) -> Iterator[BootEvent]:
    """Test an image under each firmware; a FirmwareTested event bears each signed proof.

    A machine that fails still has its proof, which says where it stopped. Raises FleetError when
    the test itself cannot be made (a program is missing, no space, the installer refused).
    """
    with _scratch(test.scratch) as folder:
        kernel = test.image.folder / KERNEL
        chosen = test.acceleration or qemu_choice.choose(kernel, folder / "probe")
        yield BootTestStarted(
            image=test.image.folder, firmwares=test.firmwares, acceleration=chosen
        )
        image_checks = check_image(test.image.folder)
        files = _files(test)
        disk = yield from _install(test, folder)
        add_files(disk.path, disk.root_offset_bytes, files)
        ready = _Ready(
            test=test, acceleration=chosen, disk=disk, folder=folder,
            image_checks=image_checks, added=tuple(f"/{path}" for path in files),
        )  # fmt: skip
        for firmware in test.firmwares:
            yield from _test_firmware(ready, firmware)


def _files(test: BootTest) -> dict[str, bytes]:
    """Return what the test's disk has besides what the installer writes."""
    led = test.receiver.files() if test.receiver is not None else {}
    return {**boot_checks.added_files(test.settings), **led}


@contextmanager
def _scratch(chosen: Path | None) -> Iterator[Path]:
    """A private folder for disks, erased at the end unless the caller chose it."""
    if chosen is not None:
        chosen.mkdir(mode=0o700, parents=True, exist_ok=True)
        yield chosen
    else:
        with tempfile.TemporaryDirectory(prefix="parclibre-test-") as name:
            yield Path(name)


def _install(test: BootTest, folder: Path) -> Generator[BootEvent, None, InstalledDisk]:
    for step in test.install(folder):
        if isinstance(step, InstalledDisk):
            return step
        yield step
    raise RuntimeError("the installer ended without a disk")


def _test_firmware(ready: _Ready, firmware: Firmware) -> Iterator[BootEvent]:
    """Boot until a start is not crashed by the simulation, then write the proof."""
    retries: list[Retry] = []
    while True:
        run = _Run(ready=ready, firmware=firmware, retries=tuple(retries))
        yield from run.play()
        if not (run.crashed and _may_retry(ready, retries)):
            break
        retries.append(
            Retry(attempt=len(retries) + 1, reason=english(run.stopped), told=run.stopped)
        )
        yield GuestRetried(firmware=firmware, retry=retries[-1])
    yield FirmwareTested(proof=run.proof, path=_keep(ready.test, run))


def _may_retry(ready: _Ready, retries: Sequence[Retry]) -> bool:
    """Translated processors were seen to crash under load; a real one has no such excuse."""
    return ready.acceleration is Acceleration.TCG and len(retries) + 1 < _ATTEMPTS


@dataclass(slots=True, kw_only=True)
class _Run:
    """One start of the machine, from power-on to its proof."""

    ready: _Ready
    firmware: Firmware
    retries: tuple[Retry, ...]
    stopped: tuple[Told, ...] = ()
    crashed: bool = False
    words: bytes = b""
    screen: bytes = b""
    proof: Proof = field(init=False)

    def play(self) -> Iterator[BootEvent]:
        """Start the machine, follow it to its end, and make the proof."""
        folder = self.ready.folder / f"{self.firmware.value}-{len(self.retries) + 1}"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        layer = qemu.overlay(self.ready.disk.path, "raw", folder / "disk.qcow2")
        guest = self._guest(layer)
        if self.ready.test.receiver is not None:
            self.ready.test.receiver.begin()
        with qemu.started(guest, self.ready.acceleration, folder) as running:
            watch = Watch(
                firmware=self.firmware, guest=running, screen=folder / "screen.png",
                limits=self.ready.test.limits, receiver=self.ready.test.receiver,
            )  # fmt: skip
            try:
                yield from watch.follow()
            except GuestStopped as stopped:
                self._give_up(watch, stopped.told, crashed=stopped.crashed)
            except GuestGone as gone:
                self._give_up(watch, _gone(gone), crashed=True)
            self._collect(watch, guest)

    def _guest(self, layer: Path) -> Guest:
        return Guest(
            firmware=self.firmware,
            secure_boot=self.firmware is Firmware.UEFI,
            memory_mib=_MEMORY_MIB,
            disks=(GuestDisk(path=layer, format="qcow2"),),
            receiver=_network(self.ready.test.receiver),
        )

    def _give_up(self, watch: Watch, told: Told, *, crashed: bool) -> None:
        self.stopped = (told, watch.place())
        self.crashed = crashed
        if watch.guest.running:
            # A screen that cannot be had changes nothing to what happened.
            with suppress(FleetError):
                watch.guest.screenshot(watch.screen)

    def _collect(self, watch: Watch, guest: Guest) -> None:
        """Make the proof of what was seen."""
        test = self.ready.test
        stopped = self.stopped or self._missing(watch)
        self.words = watch.words()
        self.screen = watch.screen.read_bytes() if watch.screen.exists() else b""
        self.proof = Proof(
            image_digest=test.image.manifest_sha256,
            firmware=self.firmware,
            tool_version=_tool_version(),
            date=test.now().astimezone(UTC).isoformat(timespec="seconds"),
            emulator=self._emulator(watch, guest),
            times=watch.times,
            retries=self.retries,
            checks=(*self.ready.image_checks, *watch.checks),
            check_in=watch.check_in,
            powered_off_cleanly=watch.guest.powered_off and not self.stopped,
            screenshot=f"{self.firmware.value}.png" if self.screen else "",
            screenshot_digest=digest_of(self.screen) if self.screen else "",
            serial_log=f"{self.firmware.value}.serial.log",
            serial_digest=digest_of(self.words),
            added_files=self.ready.added,
            kernel_arguments=self.ready.disk.kernel_arguments,
            failure=english(stopped),
            stopped=stopped,
        )

    def _missing(self, watch: Watch) -> tuple[Told, ...]:
        """Return what was asked and never answered; empty when nothing."""
        answered = {check.id for check in watch.checks}
        absent = [name for name in self.ready.test.settings.checks if name not in answered]
        if absent:
            return (Told(code="not_answered", values={"checks": ", ".join(absent)}),)
        said = [check for check in watch.checks if check.id == "check_in"]
        if said and said[0].result is CheckResult.PASS and not watch.check_in:
            return (Told(code="check_in_unheard"),)
        return ()

    def _emulator(self, watch: Watch, guest: Guest) -> Emulator:
        return Emulator(
            name="QEMU",
            version=watch.guest.version,
            acceleration=self.ready.acceleration.value,
            cpu=processors(self.ready.acceleration)[0],
            memory_mib=guest.memory_mib,
            secure_boot=guest.secure_boot,
        )


def _gone(gone: GuestGone) -> Told:
    """Return how the emulator left: it ended, or left a command without an answer."""
    if gone.command:
        return Told(code="silent", values={"command": gone.command})
    return Told(code="ended")


def _network(receiver: CheckInReceiver | None) -> Receiver | None:
    if receiver is None:
        return None
    return Receiver(guest_port=receiver.guest_port, host_port=receiver.port)


def _keep(test: BootTest, run: _Run) -> Path:
    """Write a proof, its signature and what it names beside the image; returns its path."""
    folder = test.image.folder / PROOFS
    folder.mkdir(exist_ok=True)
    path = folder / f"{run.firmware.value}.json"
    content = proof_bytes(run.proof)
    # The signature goes first and comes last: an old one never stands beside a new proof.
    signature = folder / f"{path.name}.sig"
    signature.unlink(missing_ok=True)
    replace_file(folder / run.proof.serial_log, run.words)
    picture = folder / f"{run.firmware.value}.png"
    if run.screen:
        replace_file(picture, run.screen)
    else:
        picture.unlink(missing_ok=True)
    replace_file(path, content)
    replace_file(signature, test.sign(content, PROOF_NAMESPACE).encode("ascii"))
    return path


def _tool_version() -> str:
    try:
        return version("parclibre")
    except PackageNotFoundError:
        return "?"
