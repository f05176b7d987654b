# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hand-made reports in the shapes that no freely licensed sample shows."""

from __future__ import annotations

import json

DMI_SERVER = """\
# dmidecode 3.3
Getting SMBIOS data from sysfs.
SMBIOS 3.2.0 present.

Handle 0x0100, DMI type 1, 27 bytes
System Information
\tManufacturer: Dell Inc.
\tProduct Name: PowerEdge R640
\tVersion: Not Specified
\tSerial Number: 2RJF153
\tUUID: 4c4c4544-0052-4a10-8046-b2c04f313533
\tSKU Number: SKU=NotProvided;ModelName=PowerEdge R640

Handle 0x0200, DMI type 2, 8 bytes
Base Board Information
\tManufacturer: Dell Inc.
\tProduct Name: Riser
\tSerial Number: R1
\tType: I/O Module

Handle 0x0201, DMI type 2, 8 bytes
Base Board Information
\tManufacturer: Dell Inc.
\tProduct Name: 06NR82
\tSerial Number: .2RJF153.CNFCP0099F01JM.
\tType: Motherboard

Handle 0x0300, DMI type 3, 22 bytes
Chassis Information
\tType: Rack Mount Chassis
\tSerial Number: 2RJF153

Handle 0x0400, DMI type 4, 48 bytes
Processor Information
\tSocket Designation: CPU1
\tType: Central Processor
\tVersion: Intel(R) Xeon(R) Gold 6244 CPU @ 3.60GHz
\tStatus: Populated, Enabled
\tCore Count: 8
\tThread Count: 16
\tFlags:
\t\tVersion: of a flag, not of the processor

Handle 0x0401, DMI type 4, 48 bytes
Processor Information
\tSocket Designation: CPU2
\tType: Central Processor
\tVersion: Intel(R) Xeon(R) Gold 6244 CPU @ 3.60GHz
\tStatus: Populated, Enabled
\tCore Count: 8
\tThread Count: 16

Handle 0x0402, DMI type 4, 48 bytes
Processor Information
\tSocket Designation: CPU3
\tType: Central Processor
\tStatus: Unpopulated

Handle 0x1000, DMI type 16, 23 bytes
Physical Memory Array
\tUse: System Memory

Handle 0x1001, DMI type 16, 23 bytes
Physical Memory Array
\tUse: Flash Memory

Handle 0x1100, DMI type 17, 84 bytes
Memory Device
\tArray Handle: 0x1000
\tSize: 32 GB
\tType: DDR4

Handle 0x1101, DMI type 17, 84 bytes
Memory Device
\tArray Handle: 0x1000
\tSize: 16384 MB
\tType: DDR4

Handle 0x1102, DMI type 17, 84 bytes
Memory Device
\tArray Handle: 0x1000
\tSize: No Module Installed
\tType: Unknown

Handle 0x1103, DMI type 17, 84 bytes
Memory Device
\tArray Handle: 0x1000
\tSize: 128 GB
\tType: Logical non-volatile device
\tNon-Volatile Size: 128 GB
\tVolatile Size: None

Handle 0x1104, DMI type 17, 84 bytes
Memory Device
\tArray Handle: 0x1001
\tSize: 16 MB
\tType: Other

Handle 0x1600, DMI type 22, 26 bytes
Portable Battery
\tName: DELL 5XJ6R7B
\tDesign Capacity: 60000 mWh
"""

DMI_QUIET = """\
BIOS Information
\tVendor: American Megatrends Inc.
\tRelease Date: 02/11/99

System Information
\tManufacturer: LENOVO
\tProduct Name: 20CLS4PA00
\tVersion: ThinkPad X250
\tSerial Number: PC0A1B2C

Cache Information
\tInstalled Size: 128 kB

Memory Device
\tSize: 8 GB
\tType: DDR3
"""

DMI_OF_2003 = """\
SMBIOS 2.3 present.
Handle 0x0100
\tDMI type 1, 25 bytes.
\tSystem Information Block
\t\tVendor: IBM
\t\tProduct: -[84803AX]-
\t\tVersion: IBM CORPORATION
\t\tSerial Number: KBKGW40
Handle 0x0600
\tDMI type 6, 12 bytes.
\tMemory Bank
\t\tSocket: DIMM1
\t\tInstalled Size: 256Mbyte
Handle 0x0601
\tDMI type 6, 12 bytes.
\tMemory Bank
\t\tSocket: DIMM2
\t\tInstalled Size: Not Installed
"""

LSCPU_FRENCH = """\
Architecture :                          x86_64
Mode(s) opératoire(s) des processeurs : 32-bit, 64-bit
Boutisme :                              Little Endian
Processeur(s) :                         8
Liste de processeur(s) en ligne :       0-7
Thread(s) par cœur :                    2
Cœur(s) par socket :                    4
Socket(s) :                             1
Nœud(s) NUMA :                          1
Identifiant constructeur :              GenuineIntel
Modèle :                                142
Nom de modèle :                         Intel(R) Core(TM) i7-8565U CPU @ 1.80GHz
"""

LSCPU_GERMAN = """\
Architektur:                   x86_64
CPU Operationsmodus:           32-bit, 64-bit
CPU(s):                        48
Liste der Online-CPU(s):       0-47
Thread(s) pro Kern:            2
Kern(e) pro Socket:            24
Sockel:                        1
NUMA-Knoten:                   1
Modell:                        1
Modellname:                    AMD EPYC 7413 24-Core Processor
"""

LSCPU_SPANISH = """\
Arquitectura:                        x86_64
modo(s) de operación de las CPUs:    32-bit, 64-bit
CPU(s):                              4
Lista de la(s) CPU(s) en línea:      0-3
Hilo(s) de procesamiento por núcleo: 2
Núcleo(s) por «socket»:              2
«Socket(s)»                          1
«Socket(s)»:                         1
Nombre del modelo:                   Intel(R) Core(TM) i3-5005U CPU @ 2.00GHz
"""

LSCPU_MIXED_CORES = """\
Architecture:            aarch64
  CPU op-mode(s):        32-bit, 64-bit
CPU(s):                  6
  On-line CPU(s) list:   0-5
Vendor ID:               ARM
  Model name:            Cortex-A53
    Model:               4
    Thread(s) per core:  1
    Core(s) per cluster: 4
    Socket(s):           -
    Cluster(s):          1
  Model name:            Cortex-A72
    Model:               2
    Thread(s) per core:  1
    Core(s) per cluster: 2
    Socket(s):           -
    Cluster(s):          1
"""

LSCPU_NAMELESS = """\
Architecture:          armv7l
Byte Order:            Little Endian
CPU(s):                4
On-line CPU(s) list:   0-3
Thread(s) per core:    1
Core(s) per socket:    4
Socket(s):             1
"""

LSCPU_CORES_AT_REST = """\
Architecture:         x86_64
CPU(s):               4
On-line CPU(s) list:  0
Off-line CPU(s) list: 1-3
Thread(s) per core:   1
Core(s) per socket:   1
Socket(s):            1
Model name:           AMD A10-7870K Radeon R7, 12 Compute Cores 4C+8G
"""

LSCPU_JSON = json.dumps(
    {
        "lscpu": [
            {"field": "Architecture:", "data": "x86_64", "children": [
                {"field": "CPU op-mode(s):", "data": "32-bit, 64-bit"}]},
            {"field": "CPU(s):", "data": "16"},
            {"field": "Vendor ID:", "data": "GenuineIntel", "children": [
                {"field": "Model name:", "data": "12th Gen Intel(R) Core(TM) i7-1260P",
                 "children": [
                    {"field": "Thread(s) per core:", "data": "2"},
                    {"field": "Core(s) per socket:", "data": "12"},
                    {"field": "Socket(s):", "data": "1"}]}]},
        ]
    }
)  # fmt: skip

LSBLK = json.dumps(
    {
        "blockdevices": [
            {"name": "loop0", "type": "loop", "size": 4096},
            {"name": "sda", "type": "disk", "size": 500107862016, "rota": True, "tran": "sata",
             "model": "ST500DM002-1BD142", "serial": "Z2AYS308", "wwn": "0x5000c500424c3b5a",
             "rm": False, "children": [
                 {"name": "sda1", "type": "part", "size": 500000000000},
                 {"name": "md0", "type": "raid1", "size": 500000000000}]},
            {"name": "sdb", "type": "disk", "size": "238.5G", "rota": "0", "tran": "sata",
             "model": "KINGSTON SA400S37240G ", "serial": "50026B7782018EE6", "rm": "0"},
            {"name": "sdc", "type": "disk", "size": 8053063680, "rota": True, "tran": "usb",
             "model": "Flash Disk", "serial": "CB7A8994", "rm": True},
            {"name": "sdd", "type": "disk", "size": 0, "rota": True, "tran": "usb",
             "model": "SD/MMC", "rm": True},
            {"name": "nvme0n1", "type": "disk", "size": "512110190592", "rota": False,
             "tran": "nvme", "model": "SAMSUNG MZVLB512HBJQ", "serial": "S4GENX0N500001"},
            {"name": "mmcblk0", "type": "disk", "size": 31268536320, "rota": False, "tran": None},
            {"name": "mmcblk0boot0", "type": "disk", "size": 4194304, "rota": False},
            {"name": "zram0", "type": "disk", "size": 4294967296, "rota": False},
            {"name": "sr0", "type": "rom", "size": 1073741312},
        ]
    }
)  # fmt: skip


def lshw_machine() -> dict[str, object]:
    """An lshw tree with USB storage, NVMe, eMMC parts, a RAID controller and docks."""
    return {
        "id": "pc", "class": "system", "product": "HP ProDesk 400 G4 (1EY20EA#ABF)",
        "vendor": "HP", "serial": "CZC7000001", "version": "-",
        "configuration": {"chassis": "mini-tower", "sku": "1EY20EA#ABF",
                          "uuid": "716A9027-4FDD-DD11-BBDA-7D495E310023"},
        "children": [
            {"id": "core", "class": "bus", "product": "82A1", "vendor": "HP", "serial": "PGYX01",
             "children": [
                 {"id": "firmware", "class": "memory", "date": "06/18/2017", "size": 65536},
                 {"id": "cache:0", "class": "memory", "description": "L1 cache", "size": 262144},
                 {"id": "memory", "class": "memory", "description": "System Memory", "children": [
                     {"id": "bank:0", "class": "memory", "size": 8589934592},
                     {"id": "bank:1", "class": "memory", "description": "DIMM [empty]"}]},
                 {"id": "cpu:0", "class": "processor", "handle": "DMI:0004",
                  "configuration": {"cores": "4", "enabledcores": "4", "threads": "8"}},
                 {"id": "cpu:1", "class": "processor", "handle": "DMI:0005", "disabled": True,
                  "description": "CPU [empty]"},
                 {"id": "pci", "class": "bridge", "children": [
                     {"id": "raid", "class": "storage", "description": "RAID bus controller",
                      "product": "Volume Management Device NVMe RAID Controller",
                      "businfo": "pci@0000:00:0e.0"},
                     {"id": "sata", "class": "storage", "businfo": "pci@0000:00:17.0",
                      "configuration": {"driver": "ahci"}, "children": [
                          {"id": "disk:0", "class": "disk", "description": "ATA Disk",
                           "product": "ST1000DM003-1SB1", "serial": "Z9A1", "logicalname":
                           "/dev/sda", "businfo": "scsi@0:0.0.0", "size": 1000204886016,
                           "capabilities": {"7200rpm": "7200 rotations per minute"}},
                          {"id": "cdrom", "class": "disk", "logicalname": "/dev/sr0"}]},
                     {"id": "nvme", "class": "storage", "description": "NVMe device",
                      "product": "SAMSUNG MZVLB256", "serial": "S4GE", "logicalname": "/dev/nvme0",
                      "configuration": {"driver": "nvme"}, "children": [
                          {"id": "hwmon", "class": "disk", "logicalname": "hwmon1"},
                          {"id": "namespace:0", "class": "disk", "logicalname": "hwmon1",
                           "description": "NVMe disk"},
                          {"id": "namespace:1", "class": "disk", "logicalname": "/dev/nvme0n1",
                           "businfo": "nvme@0:1", "size": 256060514304, "configuration":
                           {"wwid": "eui.0025388b71b0"}}]},
                     {"id": "usbhost", "class": "bus", "businfo": "usb@1", "children": [
                         {"id": "usb:0", "class": "storage", "businfo": "usb@1:3", "children": [
                             {"id": "disk", "class": "disk", "product": "DT 101 G2",
                              "logicalname": "/dev/sdb", "children": [
                                  {"id": "medium", "class": "disk", "size": 4002910208}]}]},
                         {"id": "usb:1", "class": "storage", "businfo": "usb@1:4", "children": [
                             {"id": "disk", "class": "disk", "product": "SD/MMC",
                              "logicalname": "/dev/sdc", "capabilities": {"removable": "yes"}}]},
                         {"id": "usb:2", "class": "network", "businfo": "usb@1:5",
                          "logicalname": "enp0s20u5", "serial": "00:e0:4c:68:01:db"}]},
                     {"id": "network", "class": "network", "businfo": "pci@0000:00:1f.6",
                      "logicalname": "eno1", "serial": "10:E7:C6:11:22:33"}]}]},
            {"id": "network:0", "class": "network", "logicalname": "docker0",
             "serial": "02:42:ac:11:00:02"},
            {"id": "network:1", "class": "network", "logicalname": "enx70886b86f4d6",
             "serial": "70:88:6b:86:f4:d6"},
        ],
    }  # fmt: skip


LSHW = json.dumps(lshw_machine())

HWINFO = """\
01: None 00.0: 10105 BIOS
  [Created at bios.186]
  Hardware Class: bios
  BIOS Info: #0
    Vendor: "Dell Inc."
    Date: "08/07/2013"
  System Info: #1
    Manufacturer: "Dell Inc."
    Product: "Latitude E5530 non-vPro"
    Version: "01"
    Serial: "D8FTRY1"
  Chassis Info: #3
    Type: 0x09 (LapTop)
  Physical Memory Array: #53
    Use: 0x05 (Flash memory)
  Physical Memory Array: #72
    Use: 0x03 (System memory)
  Memory Device: #73
    Memory Array: #72
    Size: 4 GB
  Memory Device: #74
    Memory Array: #72
    Size: No Memory Installed
  Memory Device: #75
    Memory Array: #53
    Size: 4 MB

02: PCI 1f.2: 0104 RAID bus controller
  [Created at pci.378]
  Hardware Class: storage
  Model: "Intel 82801 Mobile SATA Controller [RAID mode]"

03: IDE 00.0: 10600 Disk
  [Created at block.245]
  SysFS Device Link: /devices/pci0000:00/0000:00:1f.2/ata1/host0/target0:0:0/0:0:0:0
  Hardware Class: disk
  Model: "HGST HTS725050A7"
  Serial ID: "TF755AWHKL0LHM"
  Driver: "ahci", "sd"
  Device File: /dev/sda
  Capacity: 465 GB (500107862016 bytes)

04: SCSI 600.0: 10600 Disk
  [Created at block.245]
  SysFS Device Link: /devices/pci0000:00/0000:00:1a.0/usb1/1-1/1-1.2/1-1.2:1.0/host6
  Hardware Class: disk
  Model: "USB Flash Disk"
  Device File: /dev/sdb (/dev/sg2)
  Capacity: 0 GB (1002438656 bytes)

05: None 00.0: 10103 CPU
  [Created at cpu.460]
  Hardware Class: cpu
  Model: 6.58.9 "Intel(R) Core(TM) i5-3340M CPU @ 2.70GHz"

06: None 00.0: 10701 Ethernet
  [Created at net.126]
  Hardware Class: network interface
  Device File: enp12s0
  Permanent HW Address: f0:1f:af:41:3f:18
"""

SMART_OF_THE_KINGSTON = {
    "json_format_version": [1, 0],
    "smartctl": {"version": [7, 2], "exit_status": 0},
    "device": {"name": "/dev/sdb", "type": "sat", "protocol": "ATA"},
    "model_name": "KINGSTON SA400S37240G",
    "serial_number": "50026B7782018EE6",
    "rotation_rate": 0,
    "user_capacity": {"bytes": 240057409536},
    "smart_status": {"passed": True},
    "power_on_time": {"hours": 6892},
}


def parclibre_report(**tools: object) -> dict[str, object]:
    """A report of our collector; each tool is its raw output, or how it ended badly."""
    runs = {
        name.replace("__", ":"): (
            {"status": output[1:], "exit_status": 127, "output": ""}
            if isinstance(output, str) and output.startswith("!")
            else {"status": "ok", "exit_status": 0, "output": output}
        )
        for name, output in tools.items()
    }
    return {
        "format": "parclibre-report",
        "version": 1,
        "collected_at": "2026-11-22T10:00:00Z",
        "environment": "live",
        "clock": "ntp",
        "tools": runs,
    }


PARCLIBRE = json.dumps(
    parclibre_report(
        dmidecode=DMI_QUIET,
        lshw="!missing",
        lscpu=LSCPU_FRENCH,
        lsblk=LSBLK,
        smartctl__sdb=json.dumps(SMART_OF_THE_KINGSTON),
        sysfs_net=json.dumps(
            [
                {"name": "eno1", "mac": "10:e7:c6:11:22:33", "removable": False},
                {"name": "enp0s20u5", "mac": "00:e0:4c:68:01:db", "removable": True},
            ]
        ),
        sysfs_storage=json.dumps({"raid_or_vmd": ["RAID bus controller: Intel"], "disks": []}),
    )
)

EREUSE = json.dumps(
    {
        "type": "Snapshot", "uuid": "0", "timestamp": "2025-01-23 11:44:29.577819",
        "software": "workbench-script",
        "data": {"dmidecode": DMI_QUIET, "lshw": LSHW, "lspci":
                 "00:0e.0 RAID bus controller: Intel Volume Management Device (rev 01)\n",
                 "smartctl": json.dumps([SMART_OF_THE_KINGSTON])},
    }
)  # fmt: skip

EREUSE_PARSED = json.dumps(
    {
        "type": "Snapshot", "endTime": "2022-01-13T10:24:04.179939+00:00",
        "device": {"type": "Laptop", "manufacturer": "Acer", "model": "AOHAPPY", "version": "V3.05",
                   "serialNumber": "LUSEA0D010038879A01601", "chassis": "Netbook", "sku": None},
        "components": [
            {"type": "Processor", "model": "Intel Atom CPU N450 @ 1.66GHz", "cores": 1,
             "threads": 2},
            {"type": "RamModule", "size": 1024.0},
            {"type": "RamModule", "size": "1024.0 mebibyte"},
            {"type": "Motherboard", "manufacturer": "Acer", "model": "AOHAPPY",
             "serialNumber": "Base Board Serial Number", "ramSlots": 2,
             "biosDate": "2010-08-12T00:00:00"},
            {"type": "HardDrive", "model": "WDC WD1600BEVT-2", "serialNumber": "WD-WX11A80W7430",
             "size": 160041.88569599998, "interface": "ATA"},
            {"type": "SolidStateDrive", "model": "Emtec X150", "serialNumber": "LDS645R002202",
             "size": "120034.0 MB", "interface": "ATA"},
            {"type": "HardDrive", "model": "WDC WDS120G1G0A-", "serialNumber": "173586804248",
             "size": 120034.0, "interface": None},
            {"type": "NetworkAdapter", "serialNumber": "88:ae:1d:a6:f3:d0"},
            {"type": "Battery", "model": "AL10A31", "size": "2200 hour * milliampere", "actions": [
                {"type": "MeasureBattery", "size": 660.0, "cycleCount": 12}]},
        ],
    }
)  # fmt: skip

GLPI = json.dumps(
    {
        "action": "inventory", "deviceid": "pc-2024-10-18-16-44-47", "itemtype": "Computer",
        "content": {
            "versionclient": "GLPI-Agent_v1.7",
            "bios": {"smanufacturer": "HP", "smodel": "HP EliteBook 840 G3", "ssn": "5CG7000001",
                     "mmanufacturer": "HP", "mmodel": "8079", "msn": "PFK1", "bdate": "2019-05-02",
                     "skunumber": "T9X59EA#ABF", "assettag": "MAIRIE-042"},
            "hardware": {"uuid": "716A9027-4FDD-DD11-BBDA-7D495E310023", "memory": 7800,
                         "chassis_type": "Notebook", "lastloggeduser": "jeanne.martin",
                         "name": "PC-JEANNE", "winowner": "Jeanne Martin"},
            "users": [{"login": "jeanne.martin"}],
            "cpus": [{"name": "Intel(R) Core(TM) i5-6200U CPU @ 2.30GHz", "core": 2, "thread": 4}],
            "memories": [{"capacity": 8192, "numslots": 1}, {"numslots": 2}],
            "storages": [
                {"name": "sda", "model": "SAMSUNG MZ7LN256HMJP", "serial": "S2ZP", "type": "disk",
                 "disksize": 256060, "interface": "SATA"},
                {"name": "sdb", "model": "DT 101 G2", "type": "disk", "disksize": 4002,
                 "interface": "USB"},
                {"name": "sr0", "model": "hp DVDRW DU8A6SH", "type": "cd"}],
            "batteries": [{"name": "CS03XL", "capacity": 46482, "real_capacity": 35210}],
            "networks": [
                {"description": "lo", "mac": "00:00:00:00:00:00", "virtualdev": True},
                {"description": "eno1", "mac": "30:E1:71:11:22:33", "type": "ethernet"},
                {"description": "eth1", "mac": "00:e0:4c:68:01:db", "type": "ethernet",
                 "driver": "r8152"}],
            "controllers": [{"type": "RAID bus controller", "name": "82801 SATA [RAID mode]"}],
        },
    }
)  # fmt: skip

TEXTS = {
    "dmidecode": DMI_SERVER,
    "dmidecode -q": DMI_QUIET,
    "dmidecode 1.x": DMI_OF_2003,
    "lscpu in French": LSCPU_FRENCH,
    "lscpu in German": LSCPU_GERMAN,
    "lscpu of mixed cores": LSCPU_MIXED_CORES,
    "lscpu -J": LSCPU_JSON,
    "lsblk": LSBLK,
    "lshw": LSHW,
    "hwinfo": HWINFO,
    "GLPI": GLPI,
    "eReuse": EREUSE,
    "eReuse parsed": EREUSE_PARSED,
    "ours": PARCLIBRE,
}
