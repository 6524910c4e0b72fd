// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Hypercalls that a native partition makes, and the answers that it looks at: numbers and names of LoPAR 14.5.3.

#include "emu/core/types.h"

namespace firmware::hcall {

inline constexpr u64 H_PUT_TCE = 0x20;
inline constexpr u64 H_REG_CRQ = 0xFC;
inline constexpr u64 H_FREE_CRQ = 0x100;
inline constexpr u64 H_VIO_SIGNAL = 0x104;
inline constexpr u64 H_SEND_CRQ = 0x108;
inline constexpr u64 H_COPY_RDMA = 0x110;
inline constexpr u64 H_REGISTER_LOGICAL_LAN = 0x114;
inline constexpr u64 H_FREE_LOGICAL_LAN = 0x118;
inline constexpr u64 H_ADD_LOGICAL_LAN_BUFFER = 0x11C;
inline constexpr u64 H_SEND_LOGICAL_LAN = 0x120;
inline constexpr u64 H_MULTICAST_CTRL = 0x130;
inline constexpr u64 H_ILLAN_ATTRIBUTES = 0x244;
inline constexpr u64 H_VIOCTL = 0x2A8;
inline constexpr u64 H_ENABLE_CRQ = 0x2B0;

// Subfunctions of H_VIOCTL for a virtual SCSI server.
inline constexpr u64 ENABLE_PREPARE_FOR_SUSPEND = 0x1D;
inline constexpr u64 READY_FOR_SUSPEND = 0x1E;

}  // namespace firmware::hcall

namespace firmware::status {

inline constexpr s64 H_SUCCESS = 0;
inline constexpr s64 H_BUSY = 1;
inline constexpr s64 H_CLOSED = 2;
inline constexpr s64 H_NOT_AVAILABLE = 3;
inline constexpr s64 H_CONSTRAINED = 4;
inline constexpr s64 H_PARTIAL = 5;
inline constexpr s64 H_IN_PROGRESS = 14;
inline constexpr s64 H_PENDING = 17;
inline constexpr s64 H_CONTINUE = 18;
inline constexpr s64 H_LONG_BUSY_FIRST = 9900;
inline constexpr s64 H_LONG_BUSY_10_MS = 9901;
inline constexpr s64 H_LONG_BUSY_LAST = 9905;
inline constexpr s64 H_HARDWARE = -1;
inline constexpr s64 H_FUNCTION = -2;
inline constexpr s64 H_PRIVILEGE = -3;
inline constexpr s64 H_PARAMETER = -4;
inline constexpr s64 H_BAD_MODE = -5;
inline constexpr s64 H_PTEG_FULL = -6;
inline constexpr s64 H_NOT_FOUND = -7;
inline constexpr s64 H_NO_MEM = -9;
inline constexpr s64 H_AUTHORITY = -10;
inline constexpr s64 H_PERMISSION = -11;
inline constexpr s64 H_DROPPED = -12;
inline constexpr s64 H_SOURCE_PARM = -13;
inline constexpr s64 H_DEST_PARM = -14;
inline constexpr s64 H_REMOTE_PARM = -15;
inline constexpr s64 H_RESOURCE = -16;
inline constexpr s64 H_ABORTED = -54;
inline constexpr s64 H_P2 = -55;
inline constexpr s64 H_P3 = -56;
inline constexpr s64 H_P4 = -57;
inline constexpr s64 H_P5 = -58;
inline constexpr s64 H_NOOP = -63;
inline constexpr s64 H_UNSUPPORTED_FLAG_START = -256;

}  // namespace firmware::status
