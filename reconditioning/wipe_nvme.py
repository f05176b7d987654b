# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""NVMe drives that erase themselves: Sanitize, and Format NVM with a secure erase, by nvme-cli."""

from __future__ import annotations

from fleet.model.wipe import Technique
from fleet.readers.hdparm import SanitizeState, SanitizeStatus
from fleet.readers.nvme_json import read_format_left, read_lba_format, read_sanitize_log
from reconditioning.wipe_find import controller_of
from reconditioning.wipe_job import (
    GivenUp,
    Job,
    Outcome,
    Steps,
    until_settled,
    version_of,
    waited,
)

_FORMAT_S = 4 * 3600
_FORMAT_ESTIMATE_S = 60
_EXIT_FAILURE = "--sanact=1"
_ACTIONS = {
    Technique.NVME_SANITIZE_BLOCK: ("--sanact=2",),
    Technique.NVME_SANITIZE_OVERWRITE: ("--sanact=3", "--owpass=1", "--ovrpat=0"),
    Technique.NVME_SANITIZE_CRYPTO: ("--sanact=4",),
}
_SES = {Technique.NVME_FORMAT_USER: "1", Technique.NVME_FORMAT_CRYPTO: "2"}


def sanitize(job: Job, technique: Technique) -> Steps:
    """Sanitize, then wait until the drive's own log says how it ended.

    A sanitize that a power cut interrupted goes on by itself: it is waited for first.
    """
    device = _controller(job)
    yield from until_settled(job, lambda: _log(job, "sanitize log before"))
    done = job.run(technique, ["nvme", "sanitize", device, *_ACTIONS[technique]])
    if done.status:
        raise GivenUp("command_refused", tool="nvme", status=str(done.status))
    after = yield from until_settled(job, lambda: _log(job, "sanitize log"))
    if after.state is SanitizeState.FAILED:
        # A drive whose sanitize failed answers nothing else until it is told to leave that state.
        job.run("leave the failed state", ["nvme", "sanitize", device, _EXIT_FAILURE])
        raise GivenUp("sanitize_failed")
    return Outcome(
        tool=version_of(job, "nvme", "version"), device_log=after.state is SanitizeState.SUCCEEDED
    )


def _log(job: Job, name: str) -> SanitizeStatus:
    command = ["nvme", "sanitize-log", _controller(job), "--output-format=json"]
    return read_sanitize_log(job.run(name, command).stdout)


def _controller(job: Job) -> str:
    """Return the controller's own device: a sanitize is not for one namespace."""
    name = controller_of(job.target.path.name)
    if name is None:
        raise GivenUp("no_answer", tool="nvme")
    return str(job.target.path.with_name(name))


def format_(job: Job, technique: Technique) -> Steps:
    """Format with a secure erase, in the sector format that it has; read back that it ended."""
    before = job.run("namespace before", _id_ns(job))
    lba_format = read_lba_format(before.stdout)
    if lba_format is None:
        raise GivenUp("no_answer", tool="nvme")
    command = [
        "nvme", "format", job.path,
        f"--ses={_SES[technique]}",
        f"--lbaf={lba_format}",
        f"--timeout={_FORMAT_S * 1000}",
        "--force",
    ]  # fmt: skip
    done = yield from waited(
        job, technique, command, estimate_s=_FORMAT_ESTIMATE_S, timeout_s=_FORMAT_S
    )
    if done.status:
        raise GivenUp("command_refused", tool="nvme", status=str(done.status))
    after = job.run("namespace after", _id_ns(job)).stdout
    ended = read_format_left(after) == 0 and read_lba_format(after) == lba_format
    return Outcome(tool=version_of(job, "nvme", "version"), device_log=ended)


def _id_ns(job: Job) -> list[str]:
    return ["nvme", "id-ns", job.path, "--output-format=json"]
