# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a boot test's proof tells, in the language of who reads it; the proof itself holds codes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fleet.i18n import _, in_english
from fleet.model.proof import CheckOutcome, Proof, Retry, Told


def check_words(check: CheckOutcome) -> str:
    """Return what a check proves; what the proof says itself for a question not asked any more."""
    known = {**check_sentences(), **image_sentences()}
    return known.get(check.id) or check.proves or check.id


def failure_words(proof: Proof) -> str:
    """Return where a test stopped and why; empty when nothing stopped it."""
    return _known(proof.stopped) or proof.failure


def retry_words(retry: Retry) -> str:
    """Return why a start was given up."""
    return _known(retry.told) or retry.reason


def worded(told: Sequence[Told]) -> str:
    """Return what happened: one sentence, and the rest between parentheses."""
    first, *rest = (_sentence(one) for one in told)
    return f"{first} ({'; '.join(rest)})" if rest else first


def english(told: Sequence[Told]) -> str:
    """Return the same in English, to be kept in a proof; empty for nothing."""
    with in_english():
        return worded(told) if told else ""


def english_check(name: str) -> str:
    """Return what a check proves in English, to be kept in a proof; empty for an unknown one."""
    with in_english():
        return {**check_sentences(), **image_sentences()}.get(name, "")


def _known(told: Sequence[Told]) -> str:
    """Return the words of codes that are all known here: another version may have others."""
    known = _sentences()
    return worded(told) if told and all(one.code in known for one in told) else ""


def _sentence(told: Told) -> str:
    return _sentences()[told.code].format_map(_Values(told.values))


class _Values(dict[str, str]):
    """The values of a sentence; what is missing is a question mark."""

    def __missing__(self, key: str) -> str:
        return "?"


def _sentences() -> Mapping[str, str]:
    return {
        "crashed": _("The system crashed: {words}"),
        "ended": _("The virtual machine ended by itself."),
        "silent": _("The virtual machine does not answer « {command} »."),
        "stopped": _("The machine stopped by itself."),
        "not_started": _("The system did not start within {seconds} s."),
        "not_ended": _("The checks did not end within {seconds} s."),
        "empty_screen": _("The login screen stayed empty."),
        "still_on": _("The machine did not switch off when asked."),
        "not_answered": _("Questions without an answer: {checks}."),
        "check_in_unheard": _("The machine says that it checked in, and nothing was received."),
        "place": _("last stage: {stage}; last check: {check}; last words: {words}"),
    }


def check_sentences() -> Mapping[str, str]:
    """Return what each check proves, in the user's language, in the order they run."""
    return {
        "login_screen": _("a person can log in: the login screen is there"),
        "system_running": _("the system finished its start and is not degraded"),
        "no_failed_unit": _("no service failed"),
        "secure_boot": _("Secure Boot checked every step of the start"),
        "locale": _("programs speak French"),
        "keyboard_console": _("the console's keyboard is French"),
        "keyboard_graphical": _("the keyboard of graphical sessions is French"),
        "timezone": _("the clock shows France's time"),
        "paper": _("paper is A4"),
        "root_grown": _("the system fills the whole disk"),
        "desktop_entries": _("every program of the menus is there"),
        "no_default_password": _("no account has an empty or a known password; root is locked"),
        "firewall": _("the firewall drops what was not allowed"),
        "listening_ports": _("nothing unexpected listens to the network"),
        "updates": _("security updates come by themselves"),
        "check_in": _("the machine's first check-in reaches the town's server"),
        "printing": _("a page reaches a driverless printer with its text"),
        "letter_to_pdf": _("LibreOffice turns a letter with accents into a right PDF"),
        "spreadsheet": _("LibreOffice opens a spreadsheet and computes it"),
    }


def image_sentences() -> Mapping[str, str]:
    """Return what the checks of the image itself prove: nothing runs for these."""
    return {
        "no_machine_id": _("the image has no machine identifier: each machine makes its own"),
        "no_host_key": _("the image has no SSH host key: each machine makes its own"),
    }
