# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Models that French schools and town halls really have, for the example town. No real serials."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

_GIB = 1024**3


@dataclass(frozen=True, slots=True, kw_only=True)
class DiskModel:
    """A drive: its model name, size and kind (hdd, ssd, nvme), and the start of its serials."""

    name: str
    size_bytes: int
    kind: str
    prefix: str


_HDD = DiskModel(name="ST500DM002-1BD142", size_bytes=500_107_862_016, kind="hdd", prefix="W3T")
_SMALL_HDD = DiskModel(
    name="TOSHIBA MQ01ABF050", size_bytes=500_107_862_016, kind="hdd", prefix="X6"
)
_SSD = DiskModel(name="CT240BX500SSD1", size_bytes=240_057_409_536, kind="ssd", prefix="2051E")
_BIG_SSD = DiskModel(
    name="Samsung SSD 870 EVO 250GB", size_bytes=250_059_350_016, kind="ssd", prefix="S6PE"
)
_NVME = DiskModel(
    name="KBG40ZNS256G NVMe KIOXIA 256GB", size_bytes=256_060_514_304, kind="nvme", prefix="90LP"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PcModel:
    """A model as its firmware names it. ``mtm`` is Lenovo's machine type, its product name."""

    maker: str
    name: str
    kind: str
    chassis: str = ""
    cpu: str = ""
    cores: int = 0
    threads: int = 0
    memory_bytes: int = 0
    disk: DiskModel | None = None
    board: str = ""
    firmware: str = ""
    mtm: str | None = None
    cents: int = 0

    def serial(self, rng: Random) -> str:
        """Return an invented serial number in the maker's style."""
        letters = "BCDFGHJKLMNPQRSTVWXYZ0123456789"
        start, length = _SERIALS.get(self.maker, ("", 10))
        return start + "".join(rng.choices(letters, k=length - len(start)))

    @property
    def brand(self) -> str:
        """The maker as people write it in a spreadsheet."""
        return _BRANDS.get(self.maker, self.maker)


_BRANDS = {"Dell Inc.": "Dell", "LENOVO": "Lenovo", "FUJITSU": "Fujitsu", "TOSHIBA": "Toshiba"}
_SERIALS = {
    "Dell Inc.": ("", 7),
    "HP": ("5CG", 10),
    "Hewlett-Packard": ("CZC", 10),
    "LENOVO": ("PC", 8),
    "Acer": ("DQVPF", 22),
    "FUJITSU": ("YLMA", 10),
    "TOSHIBA": ("7D", 9),
    "Brother": ("E7", 15),
    "Kyocera": ("VCF", 10),
}


def _pc(
    maker: str, name: str, kind: str, cpu: tuple[str, int, int], memory_gib: int,
    disk: DiskModel, firmware: str, euros: int, *, board: str, mtm: str | None = None,
) -> PcModel:  # fmt: skip
    chassis = {"laptop": "Notebook", "all_in_one": "All In One", "mini_pc": "Mini PC"}
    return PcModel(
        maker=maker, name=name, kind=kind, chassis=chassis.get(kind, "Desktop"),
        cpu=cpu[0], cores=cpu[1], threads=cpu[2], memory_bytes=memory_gib * _GIB, disk=disk,
        board=board, firmware=firmware, mtm=mtm, cents=euros * 100,
    )  # fmt: skip


_I3_4150 = ("Intel(R) Core(TM) i3-4150 CPU @ 3.50GHz", 2, 4)
_I5_3470 = ("Intel(R) Core(TM) i5-3470 CPU @ 3.20GHz", 4, 4)
_I3_3110M = ("Intel(R) Core(TM) i3-3110M CPU @ 2.40GHz", 2, 4)
_I5_6200U = ("Intel(R) Core(TM) i5-6200U CPU @ 2.30GHz", 2, 4)
_I5_7300U = ("Intel(R) Core(TM) i5-7300U CPU @ 2.60GHz", 2, 4)
_I5_7400 = ("Intel(R) Core(TM) i5-7400 CPU @ 3.00GHz", 4, 4)
_I5_8250U = ("Intel(R) Core(TM) i5-8250U CPU @ 1.60GHz", 4, 8)
_I3_7100 = ("Intel(R) Core(TM) i3-7100 CPU @ 3.90GHz", 2, 4)
_I3_13100T = ("13th Gen Intel(R) Core(TM) i3-13100T", 4, 8)
_RYZEN = ("AMD Ryzen 5 PRO 4650GE with Radeon Graphics", 6, 12)

MODELS: dict[str, PcModel] = {
    "optiplex-3020": _pc("Dell Inc.", "OptiPlex 3020", "desktop", _I3_4150, 4, _HDD,
                         "04/14/2014", 498, board="040DDP"),
    "optiplex-7010": _pc("Dell Inc.", "OptiPlex 7010", "desktop", _I5_3470, 4, _HDD,
                         "02/19/2013", 612, board="0GY6Y8"),
    "latitude-e5470": _pc("Dell Inc.", "Latitude E5470", "laptop", _I5_6200U, 8, _SSD,
                          "05/11/2016", 879, board="0VHKV0"),
    "latitude-5480": _pc("Dell Inc.", "Latitude 5480", "laptop", _I5_7300U, 8, _BIG_SSD,
                         "07/20/2017", 0, board="0NDFXD"),
    "probook-450": _pc("HP", "HP ProBook 450 G5", "laptop", _I5_8250U, 8, _SSD,
                       "03/02/2018", 742, board="837D"),
    "probook-430": _pc("HP", "HP ProBook 430 G3", "laptop", _I5_6200U, 4, _SMALL_HDD,
                       "02/24/2016", 655, board="80FD"),
    "veriton-z4640g": _pc("Acer", "Veriton Z4640G", "all_in_one", _I3_7100, 4, _SMALL_HDD,
                          "05/03/2017", 689, board="Veriton Z4640G"),
    "thinkcentre-m710s": _pc("LENOVO", "ThinkCentre M710s", "desktop", _I5_7400, 8, _SSD,
                             "01/16/2018", 571, board="3111", mtm="10M8S0AB00"),
    "thinkpad-l480": _pc("LENOVO", "ThinkPad L480", "laptop", _I5_8250U, 8, _NVME,
                         "06/21/2018", 803, board="20LSS01A00", mtm="20LSS01A00"),
    "thinkcentre-m75q": _pc("LENOVO", "ThinkCentre M75q Gen 2", "mini_pc", _RYZEN, 8, _NVME,
                            "11/18/2022", 548, board="3182", mtm="11JN0042FR"),
    "hp-400-g9": _pc("HP", "HP Pro Mini 400 G9 Desktop PC", "mini_pc", _I3_13100T, 8, _NVME,
                     "04/09/2024", 529, board="8997"),
    "esprimo-p420": _pc("FUJITSU", "ESPRIMO P420", "desktop", _I3_4150, 4, _HDD,
                        "11/26/2012", 455, board="D3230-A1"),
    "satellite-pro": _pc("TOSHIBA", "SATELLITE PRO C850-1HL", "laptop", _I3_3110M, 4, _SMALL_HDD,
                         "12/20/2012", 520, board="PLCSF8"),
    "p2419h": PcModel(maker="Dell Inc.", name="P2419H", kind="screen", cents=18_900),
    "hl-l5100dn": PcModel(maker="Brother", name="HL-L5100DN", kind="printer", cents=27_500),
    "ecosys": PcModel(maker="Kyocera", name="ECOSYS M3645dn", kind="printer"),
}  # fmt: skip
