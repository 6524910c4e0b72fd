// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// `sc 1`: r3 = number, r4..r12 arguments; back comes r3 = status and r4.. results. LoPAR numbers and names.
#include "lib/types.h"

namespace nomad {

enum : u64 {
  H_REMOVE = 0x04,
  H_ENTER = 0x08,
  H_PROTECT = 0x18,
  H_PUT_TCE = 0x20,
  H_GET_TERM_CHAR = 0x54,
  H_PUT_TERM_CHAR = 0x58,
  H_EOI = 0x64,
  H_CPPR = 0x68,
  H_IPI = 0x6C,
  H_XIRR = 0x74,
  H_CEDE = 0xE0,
  H_CONFER = 0xE4,
  H_PROD = 0xE8,
  H_REG_CRQ = 0xFC,
  H_FREE_CRQ = 0x100,
  H_VIO_SIGNAL = 0x104,
  H_SEND_CRQ = 0x108,
  H_REGISTER_LOGICAL_LAN = 0x114,
  H_FREE_LOGICAL_LAN = 0x118,
  H_ADD_LOGICAL_LAN_BUFFER = 0x11C,
  H_SEND_LOGICAL_LAN = 0x120,
  H_MULTICAST_CTRL = 0x130,
  H_JOIN = 0x298,
  H_VASI_SIGNAL = 0x2A0,
  H_VASI_STATE = 0x2A4,
  H_ENABLE_CRQ = 0x2B0,
  H_REGISTER_PROC_TBL = 0x37C,
};

enum : i64 {
  H_SUCCESS = 0,
  H_BUSY = 1,
  H_CLOSED = 2,
  H_IN_PROGRESS = 14,
  H_CONTINUE = 18,
  H_LONG_BUSY_FIRST = 9900,
  H_LONG_BUSY_LAST = 9905,
  H_FUNCTION = -2,
  H_PARAMETER = -4,
  H_PTEG_FULL = -6,
  H_NOT_FOUND = -7,
  H_DROPPED = -12,
  H_RESOURCE = -16,
};

inline bool is_busy(i64 status) {
  return status == H_BUSY || status == H_IN_PROGRESS || (status >= H_LONG_BUSY_FIRST && status <= H_LONG_BUSY_LAST);
}

struct Hypercall {
  i64 status;
  u64 out[3];
};

inline Hypercall hypercall(u64 number, u64 a = 0, u64 b = 0, u64 c = 0, u64 d = 0, u64 e = 0, u64 f = 0, u64 g = 0, u64 h = 0,
                           u64 i = 0) {
  register u64 r3 asm("r3") = number;
  register u64 r4 asm("r4") = a;
  register u64 r5 asm("r5") = b;
  register u64 r6 asm("r6") = c;
  register u64 r7 asm("r7") = d;
  register u64 r8 asm("r8") = e;
  register u64 r9 asm("r9") = f;
  register u64 r10 asm("r10") = g;
  register u64 r11 asm("r11") = h;
  register u64 r12 asm("r12") = i;
  asm volatile("sc 1"
               : "+r"(r3), "+r"(r4), "+r"(r5), "+r"(r6), "+r"(r7), "+r"(r8), "+r"(r9), "+r"(r10), "+r"(r11), "+r"(r12)
               :
               : "r0", "ctr", "xer", "cr0", "cr1", "cr2", "cr3", "cr4", "cr5", "cr6", "cr7", "memory");
  return {static_cast<i64>(r3), {r4, r5, r6}};
}

}  // namespace nomad
