# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``parclibre certificate``: prove certificates of wipes, list them, print them again."""

from __future__ import annotations

from pathlib import Path

from fleet.cli.parser import Commands, Help, command, group, later
from fleet.i18n import _
from fleet.output.jsonout import Shape

_RUN = "fleet.cli.certificate_{name}"

VERIFY = Shape(
    name="certificate-verify",
    fields=lambda: {
        "sound": _("true when everything holds"),
        "why": _("what does not hold; empty when sound"),
        "number": _("the certificate's number"),
        "serial": _("the disk's serial number, as the certificate or the code says it"),
        "category": _("clear or purge"),
        "day": _("the day of the wipe"),
        "fingerprint": _("of the key that signed"),
        "logs": _("number of raw logs checked; null when they were not given"),
    },
)
LIST = Shape(
    name="certificate-list",
    fields=lambda: {
        "papers": _(
            "list of {number, certified, disk, disk_name, machine, machine_tag, at, digest}"
        )
    },
)
SHOW = Shape(
    name="certificate-show",
    fields=lambda: {
        "papers": _("list of {paper, certified, digest, signed_digest, fingerprint, code}")
    },
)


def register(commands: Commands) -> None:
    """Add ``certificate``."""
    inner = group(commands, "certificate", Help(line=_("certificates of wipes")))
    _verify(inner)
    _list(inner)
    _show(inner)
    _print(inner)


def _verify(commands: Commands) -> None:
    help_ = Help(
        line=_("prove a certificate, with nothing but the public key"),
        text=_(
            "Prove the signed file of a certificate, or the text of its QR code, or both "
            "together. With --key no store is needed; without it, the keys trusted here count. "
            "The raw logs beside the file are checked too. Any altered byte is refused with "
            "status 6, or 4 when the file can no longer be read."
        ),
        examples=(
            ("parclibre certificate verify certificat.json --key replica.pub", _("a file")),
            (
                'parclibre certificate verify --qr "PLC1/CE-20261122-NTMSYDUQ" --key replica.pub',
                _("a scanned code"),
            ),
        ),
    )
    parser = command(
        commands, "verify", later(_RUN.format(name="verify")), help_, shape=VERIFY
    )  # fmt: skip
    parser.add_argument("file", nargs="?", type=Path, metavar=_("FILE"), help=_("the signed file"))
    parser.add_argument("--qr", metavar=_("TEXT"), help=_("the text of the QR code"))
    parser.add_argument(
        "--key", type=Path, metavar=_("FILE"),
        help=_("the public key of the installation that made it (keys/replica.pub)"),
    )  # fmt: skip
    parser.add_argument(
        "--logs", type=Path, metavar=_("FOLDER"),
        help=_("the raw logs (default: the folder of the same name beside the file)"),
    )  # fmt: skip


def _list(commands: Commands) -> None:
    help_ = Help(
        line=_("list certificates, and the reports of wipes that failed"),
        text=_("List the certificates of every disk, or every paper of the disks of a machine."),
        examples=(("parclibre certificate list VJ-0042", _("a machine's")),),
    )
    parser = command(commands, "list", later(_RUN.format(name="list")), help_, shape=LIST)
    parser.add_argument("tag", nargs="?", metavar=_("TAG"), help=_("a machine"))


def _show(commands: Commands) -> None:
    help_ = Help(
        line=_("show what certificates say, once proven again"),
        examples=(("parclibre certificate show VJ-0042", _("a machine's")),),
    )
    parser = command(commands, "show", later(_RUN.format(name="show")), help_, shape=SHOW)
    parser.add_argument("wanted", metavar=_("TAG"), help=_("a machine's tag, or a number"))


def _print(commands: Commands) -> None:
    help_ = Help(
        line=_("make the PDF of certificates again, from what was signed"),
        text=_(
            "Make the PDF of a machine (its page, then one for each disk), or of one certificate "
            "named by its number. The operator's name is printed when it is still known here."
        ),
        examples=(
            ("parclibre certificate print VJ-0042", _("in this folder")),
            (
                "parclibre certificate print VJ-0042 --output papiers --proofs",
                _("with the signed files and the raw logs"),
            ),
        ),
    )
    parser = command(commands, "print", later(_RUN.format(name="print")), help_)
    parser.add_argument("wanted", metavar=_("TAG"), help=_("a machine's tag, or a number"))
    parser.add_argument(
        "--output", type=Path, default=Path(), metavar=_("FOLDER"),
        help=_("where to write (default: this folder)"),
    )  # fmt: skip
    parser.add_argument(
        "--proofs", action="store_true", help=_("write the signed files and the raw logs too")
    )
