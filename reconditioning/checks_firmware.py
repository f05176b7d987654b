# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests the firmware: version, passwords, theft locks, TPM; and that the machine started at all.

What is not visible from Linux is not claimed: a lock kept by a maker's servers (MDM, Autopilot)
leaves no trace here, and the result says so.
"""

from __future__ import annotations

from fleet.model.facts import Finding
from fleet.model.triage_weight import finding
from fleet.readers.bench_tools import firmware_passwords, firmware_version, theft_locks
from reconditioning.checks_base import Bench, Places, Running, failed, passed, read, undecided

# Values of the makers' own settings of a theft lock (dell-wmi-sysman, hp-bioscfg, think-lmi).
_LOCK_SETTINGS = ("Absolute", "AbsoluteEnable", "Computrace", "ComputraceModuleActivation")
_LOCK_ON = frozenset({"enabled", "enable", "activate", "activated", "permanentlyenabled"})
_SECURE_BOOT = "firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"


def check_start(bench: Bench) -> Running:
    """A machine that runs this started; say how."""
    yield bench.advanced("reading_firmware", 50)
    places = bench.context.places
    notes = [finding("started_by", "uefi" if (places.sys / "firmware/efi").exists() else "bios")]
    secure = _secure_boot(places)
    if secure is not None:
        notes.append(Finding(code="secure_boot_on" if secure else "secure_boot_off"))
    return passed(*notes)


def check_firmware(bench: Bench) -> Running:
    """Look for passwords and locks that would stop a family from using the machine."""
    yield bench.advanced("reading_firmware", 20)
    places = bench.context.places
    dmi = bench.run(["dmidecode"], timeout_s=30).stdout
    version = firmware_version(dmi)
    passwords = {**firmware_passwords(dmi), **_kernel_passwords(places)}
    locks = (*theft_locks(dmi), *_active_locks(places))
    notes = tuple(_notes(bench, version, passwords))
    faults = [Finding(code="firmware_password")] if any(passwords.values()) else []
    faults += [finding("theft_lock", lock) for lock in dict.fromkeys(locks)]
    if faults:
        return failed(*faults, *notes)
    if version is None and not passwords:
        return undecided(Finding(code="firmware_silent"), *notes)
    return passed(*notes)


def _notes(bench: Bench, version: str | None, passwords: dict[str, bool | None]) -> list[Finding]:
    places = bench.context.places
    notes = [finding("firmware_version", version)] if version else []
    if not passwords or None in passwords.values():
        notes.append(Finding(code="firmware_password_unknown"))
    notes.append(_tpm(bench, places))
    if (places.sys / "firmware/acpi/tables/WPBT").exists():
        notes.append(Finding(code="windows_program_in_firmware"))
    notes.append(Finding(code="remote_locks_invisible"))
    return notes


def _tpm(bench: Bench, places: Places) -> Finding:
    major = bench.read(places.sys / "class/tpm/tpm0/tpm_version_major")
    if major:
        return finding("tpm", major)
    present = (places.sys / "class/tpm/tpm0").exists()
    return finding("tpm", "1") if present else Finding(code="no_tpm")


def _kernel_passwords(places: Places) -> dict[str, bool | None]:
    """Return the passwords that the makers' drivers tell (sysfs-class-firmware-attributes)."""
    found = places.sys.glob("class/firmware-attributes/*/authentication/*/is_enabled")
    return {f"{path.parent.name} password": read(path) == "1" for path in found}


def _active_locks(places: Places) -> tuple[str, ...]:
    settings = places.sys.glob("class/firmware-attributes/*/attributes/*/current_value")
    return tuple(
        path.parent.name.lower()
        for path in settings
        if path.parent.name in _LOCK_SETTINGS and read(path).replace(" ", "").lower() in _LOCK_ON
    )


def _secure_boot(places: Places) -> bool | None:
    """Return whether Secure Boot is on; an EFI variable's first four bytes are attributes."""
    try:
        raw = (places.sys / _SECURE_BOOT).read_bytes()
    except OSError:
        return None
    return raw[4] == 1 if len(raw) > 4 else None
