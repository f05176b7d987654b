# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Small foreign values made comparable: sizes, dates, MAC addresses, chassis, disk kinds."""

from __future__ import annotations

import datetime
import re

from fleet.model.facts import DiskKind, Finding
from fleet.model.text import clean, known

_SIZE = re.compile(r"\s*(\d{1,18}(?:[.,]\d{1,6})?)\s*([kKMGTPE]?)(?:i?[bB](?:yte)?s?|ytes)?\b")
_POWER = {"": 0, "K": 1, "M": 2, "G": 3, "T": 4, "P": 5, "E": 6}
_US_DATE = re.compile(r"\s*(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})\b")
_ISO_DATE = re.compile(r"\s*(\d{4})[-/](\d{2})[-/](\d{2})(?!\d)")
_COMPILER_DATE = re.compile(r"\s*([A-Z][a-z]{2}) {1,2}(\d{1,2}) (\d{4})\b")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MAC = re.compile(r"[0-9a-f]{2}(?::[0-9a-f]{2}){5}")

# SMBIOS 3.7, table 17 "System Enclosure or Chassis Types", as dmidecode prints them.
CHASSIS_NAMES = (
    "", "Other", "Unknown", "Desktop", "Low Profile Desktop", "Pizza Box", "Mini Tower", "Tower",
    "Portable", "Laptop", "Notebook", "Hand Held", "Docking Station", "All In One",
    "Sub Notebook", "Space-saving", "Lunch Box", "Main Server Chassis", "Expansion Chassis",
    "Sub Chassis", "Bus Expansion Chassis", "Peripheral Chassis", "RAID Chassis",
    "Rack Mount Chassis", "Sealed-case PC", "Multi-system", "CompactPCI", "AdvancedTCA", "Blade",
    "Blade Enclosing", "Tablet", "Convertible", "Detachable", "IoT Gateway", "Embedded PC",
    "Mini PC", "Stick PC",
)  # fmt: skip

# Names other tools give to the same chassis (lshw dmi.cc, hwinfo smbios.c, eReuse).
_CHASSIS_ALIASES = {
    "lowprofile": "Low Profile Desktop", "lowprofiledesktopcomputer": "Low Profile Desktop",
    "pizzabox": "Pizza Box", "minitower": "Mini Tower", "handheld": "Hand Held",
    "docking": "Docking Station", "allinone": "All In One", "subnotebook": "Sub Notebook",
    "spacesaving": "Space-saving", "lunchbox": "Lunch Box", "server": "Main Server Chassis",
    "expansion": "Expansion Chassis", "sub": "Sub Chassis", "busexpansion": "Bus Expansion Chassis",
    "peripheral": "Peripheral Chassis", "raid": "RAID Chassis", "rackmount": "Rack Mount Chassis",
    "sealed": "Sealed-case PC", "multisystemchassis": "Multi-system", "netbook": "Notebook",
    "desktopcomputer": "Desktop", "towercomputer": "Tower", "minipc": "Mini PC",
    "stickpc": "Stick PC", "virtual": "Other", "bladeenclosure": "Blade Enclosing",
}  # fmt: skip

_SOLID_STATE_MODEL = re.compile(r"SSD|^WDC WDS|\bMTFDD|\bTHNS|\bMZ[-7]", re.IGNORECASE)
_HIDING_CONTROLLER = re.compile(
    r"\bRAID (?:bus )?controller|\[RAID[ \w]*\]|\bRAID mode|\bRAIDTSATA|Volume Management Device"
    r"|\bVMD\b|Rapid Storage Technology|\bMegaRAID\b|Smart Array",
    re.IGNORECASE,
)
_VIRTUAL_DISK = re.compile(
    r"(?:loop|ram|zram|md|dm-|fd|sr|sg|nbd|drbd|zd|rbd|mtdblock)\d*|ng\d+n\d+"
)
_VIRTUAL_NIC = re.compile(
    r"(?:lo\d*$|docker|br-|virbr|veth|tun|tap|vnet|bond|wg|zt|vmnet|vboxnet|dummy|team)"
)
_USB_NIC = re.compile(r"(?:enx|wlx|usb\d)|(?:en|wl|ww)[ps]\w*s\d+(?:f\d+)?u\d")
_USB_NIC_DRIVERS = frozenset(
    {
        "r8152", "r8153_ecm", "ax88179_178a", "asix", "cdc_ether", "cdc_ncm", "cdc_mbim",
        "cdc_eem", "cdc_subset", "rndis_host", "dm9601", "lan78xx", "smsc75xx", "smsc95xx",
        "pegasus", "mcs7830", "sr9700", "sr9800", "aqc111", "ipheth", "rtl8150", "qmi_wwan",
    }
)  # fmt: skip
_DISK_PART = re.compile(r"mmcblk\d+(?:boot\d+|rpmb|gp\d+)")


def parse_size(text: str | None) -> int | None:
    """Return bytes from ``8192 MB``, ``8 GB``, ``256Mbyte``, ``238.5G`` or ``238,5G``.

    All these tools count by 1024 whatever the letter; None when it is no positive size.
    """
    match = _SIZE.match(text or "")
    if match is None:
        return None
    number = float(match[1].replace(",", "."))
    size = int(number * 1024 ** _POWER[match[2].upper()])
    return size if 0 < size < 2**63 else None


def iso_date(text: str | None) -> str | None:
    """Return ``yyyy-mm-dd`` from the firmware's ``mm/dd/yyyy``; None when no such day exists.

    Also reads ``05.04.2021`` (Surface), ``2014/07/28`` and the compiler's ``Dec  4 2020``.
    """
    if match := _ISO_DATE.match(text or ""):
        year, month, day = (int(part) for part in match.groups())
    elif match := _US_DATE.match(text or ""):
        month, day, year = (int(part) for part in match.groups())
        year += 0 if year >= 100 else 1900 if year >= 80 else 2000
    elif (match := _COMPILER_DATE.match(text or "")) and match[1] in _MONTHS:
        year, month, day = int(match[3]), _MONTHS.index(match[1]) + 1, int(match[2])
    else:
        return None
    try:
        return datetime.date(year, month, day).isoformat() if year >= 1980 else None
    except ValueError:
        return None


def utc_time(text: str | None) -> str | None:
    """Return ``yyyy-mm-ddThh:mm:ssZ`` from an ISO time; one without a zone is taken as UTC.

    None when it is no time, or one that no report can have been made at.
    """
    try:
        moment = datetime.datetime.fromisoformat((text or "").strip()[:40])
        if moment.tzinfo is not None:
            moment = moment.astimezone(datetime.UTC)
    except (ValueError, OverflowError):
        return None
    return f"{moment:%Y-%m-%dT%H:%M:%S}Z" if 2000 <= moment.year < 2200 else None


def real_mac(text: str | None) -> str | None:
    """Return a lower-case MAC that a maker assigned; None for invented, blank or group ones."""
    mac = (text or "").strip().lower().replace("-", ":")
    if not _MAC.fullmatch(mac):
        return None
    first = int(mac[:2], 16)
    return None if first & 0b11 or len(set(mac.split(":"))) == 1 else mac


def is_virtual_nic(name: str | None) -> bool:
    """Tell whether an interface name is a bridge, a tunnel or another program's invention."""
    return bool(_VIRTUAL_NIC.match(name or ""))


def is_usb_nic(name: str | None, driver: str | None) -> bool:
    """Tell by its name or driver that an interface hangs on USB and so can be taken away."""
    return (driver or "") in _USB_NIC_DRIVERS or bool(_USB_NIC.match(name or ""))


def chassis_name(text: str | None) -> str | None:
    """Return the chassis as dmidecode names it; None when unknown."""
    label = known(text)
    if label is None or label.startswith("<"):
        return None
    compact = re.sub(r"[^a-z0-9]", "", label.lower())
    for name in CHASSIS_NAMES[1:]:
        if re.sub(r"[^a-z0-9]", "", name.lower()) == compact:
            return None if name == "Unknown" else name
    return _CHASSIS_ALIASES.get(compact, label)


def disk_kind(device: str | None, model: str | None, rotational: bool | None) -> DiskKind:
    """Tell the storage technology from device name, model and what the kernel says of rotation.

    A model name alone may prove flash, never a hard disk: the kind decides which wipe counts.
    """
    name = (device or "").removeprefix("/dev/")
    if name.startswith("nvme"):
        return DiskKind.NVME
    if name.startswith("mmcblk"):
        return DiskKind.EMMC
    if rotational is False or _SOLID_STATE_MODEL.search(model or ""):
        return DiskKind.SSD
    return DiskKind.HDD if rotational else DiskKind.UNKNOWN


def is_drive(device: str | None) -> bool:
    """Tell whether a block device is a drive, not a loop, a RAID, a floppy or an eMMC part."""
    name = (device or "").removeprefix("/dev/")
    return not (_VIRTUAL_DISK.fullmatch(name) or _DISK_PART.fullmatch(name))


def hides_disks(*descriptions: str | None) -> bool:
    """Tell whether a controller's description means that disks may be out of sight."""
    return any(_HIDING_CONTROLLER.search(text) for text in descriptions if text)


def hidden_storage_warning(controller: str | None) -> Finding:
    """Return the warning that this controller may hide disks."""
    return Finding(code="raid_or_vmd_controller", value=clean(controller) or "")
