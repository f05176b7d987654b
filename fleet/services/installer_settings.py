# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files that make an installed system this machine: its name, keys, filesystems, loader.

``machine_files`` decides them before the disk is touched; ``write_files`` puts them in the root.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from fleet.errors import FleetError, NotFound, UsageError
from fleet.i18n import _
from fleet.model.install_plan import HomePlace, InstallPlan
from fleet.services.installer_boot import grub_cfg
from fleet.services.installer_image import (
    ACCOUNT_KEYS,
    CHECK_IN,
    CHECK_IN_TIMER,
    DEBCONF,
    BootFiles,
)

_GRUBENV_BYTES = 1024
# Names that the role check_in reads.
_CREDENTIAL = "etc/parclibre/check-in.token"
_AUTHORITIES = "/etc/ssl/certs/ca-certificates.crt"
_TIMER_WANTED = "etc/systemd/system/timers.target.wants/parclibre-check-in.timer"


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineFile:
    """A file that the installer writes itself, owned by root; a link when it has a target."""

    path: str
    content: bytes = b""
    mode: int = 0o644
    target: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Identifiers:
    """What is unique to this installation."""

    disk_guid: str
    root_uuid: str
    home_uuid: str
    # Eight hexadecimal digits.
    esp_id: str
    host_key: Ed25519PrivateKey = field(repr=False)

    @property
    def esp_uuid(self) -> str:
        """The ESP's identifier as fstab writes it."""
        return f"{self.esp_id[:4]}-{self.esp_id[4:]}".upper()


def machine_files(
    plan: InstallPlan, ids: Identifiers, boot: BootFiles, *, disk_link: Path | None
) -> tuple[MachineFile, ...]:
    """Return the machine's own files. Raises NotFound when a file named by an option is not."""
    options = plan.options
    return (
        _text("etc/hostname", f"{options.hostname}\n"),
        _text("etc/hosts", _hosts(options.hostname)),
        _text("etc/fstab", _fstab(plan, ids)),
        MachineFile(path="etc/machine-id", content=b"", mode=0o444),
        _text("boot/grub/grub.cfg", _grub_cfg(plan, ids)),
        MachineFile(path="boot/grub/grubenv", content=_grubenv()),
        # Debian's upgrades of GRUB and shim renew an ESP only where this file is.
        MachineFile(path="boot/grub/x86_64-efi/core.efi", content=boot.efi["grubx64.efi"]),
        *_kernel_arguments(options.kernel_arguments),
        *_host_keys(plan, ids.host_key),
        *_access(options.authorized_keys, boot.settings),
        *_check_in(options.check_in_url, options.check_in_credential, boot.settings),
        *_debconf(plan, boot.settings.get(DEBCONF, b""), disk_link),
    )


def public_host_keys(plan: InstallPlan, ids: Identifiers) -> tuple[str, ...]:
    """Return the public keys to enrol; none when the image has no SSH server."""
    if not plan.image.has_ssh_server:
        return ()
    public = ids.host_key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
    return (f"{public.decode('ascii')} root@{plan.options.hostname}",)


def write_files(root: Path, files: Sequence[MachineFile]) -> None:
    """Write files into a root filesystem, through no link of it.

    Raises FleetError when a folder on the way is a link or a file.
    """
    for file in files:
        folder = root
        for name in Path(file.path).parts[:-1]:
            folder = _own_folder(folder / name)
        target = folder / Path(file.path).name
        target.unlink(missing_ok=True)
        if file.target is not None:
            target.symlink_to(file.target)
            continue
        descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with os.fdopen(descriptor, "wb") as opened:
            opened.write(file.content)
            os.fchown(descriptor, 0, 0)
            os.fchmod(descriptor, file.mode)


def folder_mode(path: str) -> int:
    """Return the mode of a folder that the installer has to make."""
    return 0o700 if path == "root/.ssh" else 0o755


def _own_folder(folder: Path) -> Path:
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise FleetError(
            _("The image has something else where a folder must be: {path}.").format(path=folder)
        )
    if not folder.exists():
        folder.mkdir()
        below = folder.parts[-2:]
        folder.chmod(folder_mode("/".join(below)))
    return folder


def _text(path: str, content: str, mode: int = 0o644) -> MachineFile:
    return MachineFile(path=path, content=content.encode("utf-8"), mode=mode)


def _hosts(hostname: str) -> str:
    short = hostname.partition(".")[0]
    names = hostname if short == hostname else f"{hostname} {short}"
    return (
        f"127.0.0.1\tlocalhost\n127.0.1.1\t{names}\n\n"
        "::1\tlocalhost ip6-localhost ip6-loopback\n"
        "ff02::1\tip6-allnodes\nff02::2\tip6-allrouters\n"
    )


def _fstab(plan: InstallPlan, ids: Identifiers) -> str:
    lines = [f"UUID={ids.root_uuid}\t/\text4\terrors=remount-ro,noatime\t0\t1"]
    if plan.options.home is HomePlace.SEPARATE:
        lines.append(f"UUID={ids.home_uuid}\t/home\text4\tnoatime\t0\t2")
    # A faulty ESP must not keep a class waiting: only upgrades of the loader need it.
    lines.append(f"UUID={ids.esp_uuid}\t/boot/efi\tvfat\tumask=0077,nofail\t0\t1")
    return "\n".join([*lines, ""])


def _grub_cfg(plan: InstallPlan, ids: Identifiers) -> str:
    return grub_cfg(
        root_uuid=ids.root_uuid,
        kernels=plan.image.kernels,
        title="Ubuntu" if plan.image.vendor == "ubuntu" else "Debian GNU/Linux",
        arguments=plan.options.kernel_arguments,
    )


def _grubenv() -> bytes:
    return b"# GRUB Environment Block\n".ljust(_GRUBENV_BYTES, b"#")


def _kernel_arguments(arguments: str) -> Iterator[MachineFile]:
    if arguments:
        line = f'GRUB_CMDLINE_LINUX="$GRUB_CMDLINE_LINUX {arguments}"\n'
        yield _text("etc/default/grub.d/90-parclibre.cfg", line)


def _host_keys(plan: InstallPlan, key: Ed25519PrivateKey) -> Iterator[MachineFile]:
    if not plan.image.has_ssh_server:
        return
    private = key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())
    public = key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
    name = "etc/ssh/ssh_host_ed25519_key"
    yield MachineFile(path=name, content=private, mode=0o600)
    line = f"{public.decode('ascii')} root@{plan.options.hostname}\n"
    yield _text(f"{name}.pub", line)


def _access(keys: Path | None, settings: Mapping[str, bytes]) -> Iterator[MachineFile]:
    """Yield the administrators' keys: for the image's accounts of technicians, else for root."""
    if keys is None:
        return
    given, accounts = _given(keys), [path for path in settings if path.startswith(ACCOUNT_KEYS)]
    for path in accounts:
        yield MachineFile(path=path, content=settings[path].rstrip() + b"\n" + given)
    if not accounts:
        yield MachineFile(path="root/.ssh/authorized_keys", content=given, mode=0o600)


def _check_in(
    url: str | None, credential: Path | None, settings: Mapping[str, bytes]
) -> Iterator[MachineFile]:
    if url is not None:
        if CHECK_IN_TIMER not in settings:
            raise UsageError(
                _("This image reports to nobody: it was built without the role check_in."),
                hint=_("Leave --check-in-url out, or build the image with that role."),
            )
        config = {"authority": _AUTHORITIES, **json.loads(settings.get(CHECK_IN, b"{}"))}
        yield _text(CHECK_IN, json.dumps({**config, "url": url}, indent=4) + "\n")
        yield MachineFile(path=_TIMER_WANTED, target=f"/{CHECK_IN_TIMER}")
    if credential is not None:
        yield MachineFile(path=_CREDENTIAL, content=_given(credential), mode=0o600)


def _debconf(plan: InstallPlan, known: bytes, disk_link: Path | None) -> Iterator[MachineFile]:
    """Yield debconf's answers, so that later upgrades of GRUB ask nothing and miss no disk."""
    if not known:
        return
    device = str(disk_link) if disk_link and plan.starts_in_bios else ""
    # Without a name that the machine will know, GRUB's BIOS part is left as installed: core.img
    # and its modules stay together. What the image answers about EFI is the recipe's choice.
    answers = {
        "grub-pc/install_devices": ("grub-pc", device),
        "grub-pc/install_devices_empty": ("grub-pc", "false" if device else "true"),
    }
    if "Name: grub2/force_efi_extra_removable\n" not in known.decode("utf-8", "replace"):
        answers["grub2/force_efi_extra_removable"] = ("grub-efi-amd64", "true")
    content = set_answers(known.decode("utf-8", "surrogateescape"), answers)
    yield MachineFile(path=DEBCONF, content=content.encode("utf-8", "surrogateescape"))


def set_answers(database: str, answers: Mapping[str, tuple[str, str]]) -> str:
    """Return debconf's database with answers (name to owner and value) that count as given."""
    stanzas = {
        stanza.partition("\n")[0].removeprefix("Name: "): stanza
        for stanza in database.strip().split("\n\n")
        if stanza
    }
    for name, (owner, value) in answers.items():
        kept = [
            line
            for line in stanzas.get(name, f"Name: {name}\nTemplate: {name}\nOwners: {owner}").split(
                "\n"
            )
            if not line.startswith(("Value:", "Flags:"))
        ]
        stanzas[name] = "\n".join([*kept[:2], f"Value: {value}".rstrip(), *kept[2:], "Flags: seen"])
    return "\n\n".join([*stanzas.values(), ""])


def _given(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise NotFound(
            _("The file {path} cannot be read: {why}.").format(path=path, why=error.strerror)
        ) from error
