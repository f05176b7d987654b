# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
# ruff: noqa: E101, W291 - the tools indent with tabs, and leave spaces at ends.
"""What hdparm 9.65, nvme-cli 2 and mmc-utils print, word for word but for serials and sizes.

``hdparm -I`` is that of a WD Blue SSD; sanitize states are the strings of hdparm.c; NVMe fields are
those of a drive with block and crypto sanitize; the eMMC's register is that of a laptop's card.
"""

from __future__ import annotations

import json

ATA_FEATURES = """\
	   *	SMART feature set
	    	Security Mode feature set
	   *	Power Management feature set
	   *	Write cache
	   *	Look-ahead
{hpa}	   *	WRITE_BUFFER command
	   *	READ_BUFFER command
	   *	DOWNLOAD_MICROCODE
	   *	48-bit Address feature set
{dco}	   *	Mandatory FLUSH_CACHE
	   *	FLUSH_CACHE_EXT
	   *	General Purpose Logging feature set
	   *	64-bit World wide name
	   *	Gen3 signaling speed (6.0Gb/s)
	   *	Native Command Queueing (NCQ)
	   *	Device Sleep (DEVSLP)
{sanitize}	   *	DOWNLOAD MICROCODE DMA command
	   *	Data Set Management TRIM supported (limit 8 blocks)
	   *	Deterministic read ZEROs after TRIM
"""
HPA = "	   *	Host Protected Area feature set\n"
DCO = "	   *	Device Configuration Overlay feature set\n"
SANITIZE = """\
	   *	SANITIZE feature set
	   *	CRYPTO_SCRAMBLE_EXT command
	   *	BLOCK_ERASE_EXT command
	   *	OVERWRITE_EXT command
"""
ATA_IDENTITY = """
{path}:

ATA device, with non-removable media
	Model Number:       {model:<40}
	Serial Number:      {serial:<20}
	Firmware Revision:  X61170WD
	Transport:          Serial, ATA8-AST, SATA 1.0a, SATA II Extensions, SATA Rev 2.5, SATA Rev 3.0
Standards:
	Used: unknown (minor revision code 0x005e)
	Supported: 11 10 9 8 7 6 5
	Likely used: 11
Configuration:
	Logical		max	current
	cylinders	16383	0
	heads		16	0
	sectors/track	63	0
	--
	LBA    user addressable sectors:{sectors:>11}
	LBA48  user addressable sectors:{sectors:>11}
	Logical  Sector size:                   512 bytes
	Physical Sector size:                   512 bytes
	Form Factor: 2.5 inch
	Nominal Media Rotation Rate: {rate}
Capabilities:
	LBA, IORDY(can be disabled)
	Queue depth: 32
Commands/features:
	Enabled	Supported:
{features}Security: 
	Master password revision code = 65534
		supported
	{enabled}	enabled
	{locked}	locked
	{frozen}	frozen
	not	expired: security count
		supported: enhanced erase
{level}	2min for SECURITY ERASE UNIT. 2min for ENHANCED SECURITY ERASE UNIT.
Logical Unit WWN Device Identifier: 5001b448bbc61f38
	NAA		: 5
	IEEE OUI	: 001b44
	Unique ID	: 8bbc61f38
Checksum: correct
"""
SANITIZE_STATES = (
    "SD0 Sanitize Idle",
    "SD1 Sanitize Frozen",
    "SD2 Sanitize operation In Process",
    "SD3 Sanitize Operation Failed",
    "SD4 Sanitize Operation succeeded",
)
SANITIZE_STARTED = """
{path}:
Issuing {what} command
Operation started in background
You may use `--sanitize-status` to check progress
"""
SANITIZE_REFUSED = "SANITIZE failed: Input/output error\n"
SANITIZE_FAILED = (
    "SANITIZE failed: Input/output error\n"
    "SANITIZE device error reason: Last Sanitize Command completed unsuccessfully\n"
    "Drive in SD3 Sanitize Operation Failed state\n"
)
MAX_SECTORS = """
{path}:
 max sectors   = {visible}/{native}, HPA is {state}
"""
DCO_IDENTIFY = """
{path}:
DCO Checksum verified.
DCO Revision: 0x0002
The following features can be selectively disabled via DCO:
	Transfer modes:
		 mdma0 mdma1 mdma2
		 udma0 udma1 udma2 udma3 udma4 udma5 udma6
	Real max sectors: {real}
	ATA command/feature sets:
		 SMART self_test error_log security HPA 48_bit
"""
EXT_CSD = """\
=============================================
  Extended CSD rev 1.8 (MMC 5.1)
=============================================

Card Supported Command sets [S_CMD_SET: 0x01]
TRIM Multiplier [TRIM_MULT: 0x02]
Secure Feature support [SEC_FEATURE_SUPPORT: 0x{bits:02x}]
Boot Information [BOOT_INFO: 0x07]
 Device supports alternative boot method
Boot partition size [BOOT_SIZE_MULTI: 0x20]
Sector Count [SEC_COUNT: 0x00e90000]
 Device is block-addressed
"""
_SSTAT = (
    "NVM Subsystem has never been sanitized.",
    "Most Recent Sanitize Command Completed Successfully.",
    "Sanitize in Progress.",
    "Most Recent Sanitize Command Failed.",
)


def sanitize_log(device: str, state: int, progress: int) -> str:
    sstat = {
        "media_verification_canceled": 0,
        "global_erased": 0,
        "no_cmplted_passes": 0,
        "status": f"({state}) {_SSTAT[state]}",
    }
    told = {
        "sprog": progress,
        "sstat": sstat,
        "cdw10_info": 2,
        "time_over_write": 4294967295,
        "time_block_erase": 4294967295,
        "time_crypto_erase": 4294967295,
    }
    return json.dumps({device: told})


def id_ctrl(model: str, serial: str, *, sanicap: int, fna: int) -> str:
    return json.dumps(
        {
            "vid": 5197,
            "ssvid": 5197,
            "sn": f"{serial:<20}",
            "mn": f"{model:<40}",
            "fr": "2B2QEXM7",
            "oacs": 23,
            "nn": 1,
            "fna": fna,
            "tnvmcap": 500107862016,
            "unvmcap": 0,
            "sanicap": sanicap,
        }
    )


def id_ns(sectors: int) -> str:
    formats = [{"ms": 0, "ds": 9, "rp": 0}, {"ms": 0, "ds": 12, "rp": 0}]
    return json.dumps(
        {"nsze": sectors, "ncap": sectors, "nuse": 0, "flbas": 0, "fpi": 128, "lbafs": formats}
    )
