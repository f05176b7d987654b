# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a simulated town buys: machine models and the disks that come in them."""

from __future__ import annotations

from dataclasses import dataclass

GIB = 1 << 30


@dataclass(frozen=True, slots=True, kw_only=True)
class DiskModel:
    """A disk as its maker names it. ``kind`` is a ``DiskKind`` value."""

    model: str
    kind: str
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineModel:
    """A machine as its maker names it; screens and printers have neither CPU nor disk."""

    kind: str
    manufacturer: str
    model: str
    cpus: tuple[str, ...] = ()
    disks: tuple[DiskModel, ...] = ()


_HDD = (
    DiskModel(model="ST500DM002-1BD142", kind="hdd", size_bytes=500_107_862_016),
    DiskModel(model="WDC WD5000AAKX-60U6AA0", kind="hdd", size_bytes=500_107_862_016),
    DiskModel(model="TOSHIBA MQ01ABF050", kind="hdd", size_bytes=500_107_862_016),
)
_SSD = (
    DiskModel(model="Samsung SSD 860 EVO 250GB", kind="ssd", size_bytes=250_059_350_016),
    DiskModel(model="KINGSTON SA400S37240G", kind="ssd", size_bytes=240_057_409_536),
    DiskModel(model="CT240BX500SSD1", kind="ssd", size_bytes=240_057_409_536),
)
_NVME = (
    DiskModel(model="SAMSUNG MZVLW256HEHP-000H1", kind="nvme", size_bytes=256_060_514_304),
    DiskModel(model="WDC PC SN520 SDAPNUW-256G", kind="nvme", size_bytes=256_060_514_304),
)
_EMMC = (DiskModel(model="DF4064", kind="emmc", size_bytes=62_537_072_640),)
_OLD = ("Intel(R) Core(TM) i3-4130 CPU @ 3.40GHz", "Intel(R) Core(TM) i5-4590 CPU @ 3.30GHz")
_MID = ("Intel(R) Core(TM) i5-6300U CPU @ 2.40GHz", "Intel(R) Core(TM) i3-7100U CPU @ 2.40GHz")
_NEW = ("Intel(R) Core(TM) i5-10210U CPU @ 1.60GHz", "AMD Ryzen 5 PRO 4650U")
_SMALL = ("Intel(R) Celeron(R) N4020 CPU @ 1.10GHz",)


def _models(
    kind: str,
    manufacturer: str,
    names: tuple[str, ...],
    cpus: tuple[str, ...] = (),
    disks: tuple[DiskModel, ...] = (),
) -> tuple[MachineModel, ...]:
    return tuple(
        MachineModel(kind=kind, manufacturer=manufacturer, model=name, cpus=cpus, disks=disks)
        for name in names
    )


# Repeated by how many a French town owns of each.
MODELS: tuple[MachineModel, ...] = (
    *_models("laptop", "HP", ("EliteBook 840 G3", "ProBook 450 G4"), _MID, _SSD),
    *_models("laptop", "HP", ("EliteBook 840 G7", "ProBook 445 G7"), _NEW, _NVME),
    *_models("laptop", "LENOVO", ("ThinkPad T460", "ThinkPad L470", "ThinkPad X260"), _MID, _SSD),
    *_models("laptop", "LENOVO", ("ThinkPad T14 Gen 1", "ThinkPad L14 Gen 1"), _NEW, _NVME),
    *_models("laptop", "Dell Inc.", ("Latitude E5470", "Latitude 3480"), _MID, _SSD),
    *_models("laptop", "Dell Inc.", ("Latitude 5410",), _NEW, _NVME),
    *_models("laptop", "ASUSTeK COMPUTER INC.", ("E410MA",), _SMALL, _EMMC),
    *_models("desktop", "HP", ("ProDesk 600 G1 SFF", "Compaq Pro 6300 MT"), _OLD, _HDD),
    *_models("desktop", "HP", ("ProDesk 400 G5 SFF",), _MID, _SSD),
    *_models("desktop", "Dell Inc.", ("OptiPlex 7010", "OptiPlex 3020"), _OLD, _HDD),
    *_models("desktop", "Dell Inc.", ("OptiPlex 3060",), _MID, _SSD),
    *_models("desktop", "LENOVO", ("ThinkCentre M83", "ThinkCentre M710s"), _OLD, _HDD),
    *_models("mini_pc", "HP", ("EliteDesk 800 G3 DM",), _MID, _NVME),
    *_models("mini_pc", "LENOVO", ("ThinkCentre M720q",), _NEW, _NVME),
    *_models("all_in_one", "HP", ("ProOne 400 G2",), _MID, _HDD),
    *_models("screen", "iiyama", ("ProLite B2283HS",)),
    *_models("screen", "Philips", ("221B8LHEB",)),
    *_models("printer", "Brother", ("HL-L5100DN",)),
)
