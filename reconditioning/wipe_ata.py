# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""ATA drives that erase themselves: SANITIZE, and SECURITY ERASE UNIT (ACS-3), through hdparm."""

from __future__ import annotations

from fleet.errors import FleetError
from fleet.model.wipe import Technique
from fleet.readers.hdparm import (
    AtaIdentity,
    SanitizeState,
    SanitizeStatus,
    read_identity,
    read_sanitize_status,
)
from reconditioning.wipe_job import (
    COMMAND_S,
    GivenUp,
    Job,
    Outcome,
    Steps,
    until_settled,
    version_of,
    waited,
)
from reconditioning.wipe_tools import Tools, said

# Known on purpose: a cut during the erase leaves the drive locked with it, and the log says it.
PASSWORD = "parclibre"  # noqa: S105
_I_KNOW = "--yes-i-know-what-i-am-doing"
_NO_ESTIMATE_MINUTES = 360
_OPTIONS = {
    Technique.ATA_SANITIZE_BLOCK: ("--sanitize-block-erase",),
    Technique.ATA_SANITIZE_CRYPTO: ("--sanitize-crypto-scramble",),
    Technique.ATA_SANITIZE_OVERWRITE: (
        "--sanitize-overwrite-passes", "1",
        "--sanitize-overwrite", "hex:00000000",
    ),
}  # fmt: skip


def sanitize(job: Job, technique: Technique) -> Steps:
    """Sanitize, then wait until the drive's own status says how it ended.

    A sanitize that a power cut interrupted goes on by itself: it is waited for first.
    """
    before = yield from until_settled(job, lambda: _status(job, "sanitize status before"))
    if before.state is SanitizeState.FROZEN:
        raise GivenUp("sanitize_frozen")
    done = job.run(technique, ["hdparm", _I_KNOW, *_OPTIONS[technique], job.path])
    if done.status or "failed" in said(done):
        raise GivenUp("command_refused", tool="hdparm", status=str(done.status))
    after = yield from until_settled(job, lambda: _status(job, "sanitize status"))
    if after.state is SanitizeState.FAILED:
        raise GivenUp("sanitize_failed")
    return Outcome(
        tool=version_of(job, "hdparm", "-V"), device_log=after.state is SanitizeState.SUCCEEDED
    )


def _status(job: Job, name: str) -> SanitizeStatus:
    return read_sanitize_status(said(job.run(name, ["hdparm", "--sanitize-status", job.path])))


def security_erase(job: Job, technique: Technique) -> Steps:
    """Set our password, erase, and check that the drive took the password away by itself."""
    enhanced = technique is Technique.ATA_ERASE_ENHANCED
    _require_open(_identity(job, "identity before the erase"))
    _set_password(job)
    option = "--security-erase-enhanced" if enhanced else "--security-erase"
    command = ["hdparm", "--user-master", "u", option, PASSWORD, job.path]
    seconds = (job.target.erase_minutes or _NO_ESTIMATE_MINUTES) * 60
    try:
        done = yield from waited(
            job, technique, command, estimate_s=seconds, timeout_s=seconds * 2 + 600
        )
    except GivenUp:
        release(job.tools, job.path)
        raise
    after = _identity(job, "identity after the erase")
    if done.status or "failed" in said(done) or after is None or after.locked:
        release(job.tools, job.path)
        raise GivenUp("erase_failed", status=str(done.status))
    if after.enabled:
        release(job.tools, job.path)
    return Outcome(tool=version_of(job, "hdparm", "-V"), device_log=not after.enabled)


def _identity(job: Job, name: str) -> AtaIdentity | None:
    return read_identity(job.run(name, ["hdparm", "-I", job.path]).stdout)


def _require_open(identity: AtaIdentity | None) -> None:
    if identity is None:
        raise GivenUp("no_answer", tool="hdparm")
    if identity.frozen:
        raise GivenUp("drive_frozen")
    if identity.locked or identity.enabled:
        raise GivenUp("password_set")


def _set_password(job: Job) -> None:
    set_ = ["hdparm", "--user-master", "u", "--security-set-pass", PASSWORD, job.path]
    done = job.run("set password", set_)
    now = _identity(job, "identity with our password")
    if done.status or now is None or not now.enabled:
        release(job.tools, job.path)
        raise GivenUp("command_refused", tool="hdparm", status=str(done.status))


def release(tools: Tools, path: str) -> bool:
    """Unlock a drive that a cut erase left with our password; tell whether it is open now."""
    try:
        for option in ("--security-unlock", "--security-disable"):
            command = ["hdparm", "--user-master", "u", option, PASSWORD, path]
            tools.run(command, timeout_s=COMMAND_S)
        told = tools.run(["hdparm", "-I", path], timeout_s=COMMAND_S).stdout
    except FleetError:
        return False
    identity = read_identity(told)
    return identity is not None and not identity.locked and not identity.enabled
