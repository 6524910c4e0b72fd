// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Numbers that the assembler and C++ share; saved_registers.h and cpu.h check them with static_assert.

#define STACK_HEADER 112   // room for the ABI's own stack header below saved registers
#define SAVED_GPR 0
#define SAVED_NIP 256
#define SAVED_MSR 264
#define SAVED_LR 272
#define SAVED_CTR 280
#define SAVED_CR 288
#define SAVED_XER 296
#define SAVED_VECTOR 304
#define SAVED_BYTES 320
#define SAVED_TOTAL (STACK_HEADER + SAVED_BYTES)
#define RED_ZONE 288       // ELFv2: a leaf function may use so much below r1

#define CPU_R10 0
#define CPU_R11 8
#define CPU_R12 16
#define CPU_KERNEL_STACK 24
#define CPU_KERNEL_MSR 32
#define CPU_TOC 40
#define CPU_RTAS_STACK 48
#define CPU_RTAS_MSR 56
#define CPU_BYTES 1024

#define SWITCH_AREA 192   // r14..r31 above the ABI header

#define MSR_SF 0x8000000000000000
#define MSR_TM 0x100000000
#define MSR_VEC 0x2000000
#define MSR_VSX 0x800000
#define MSR_EE 0x8000
#define MSR_PR 0x4000
#define MSR_FP 0x2000
#define MSR_ME 0x1000
#define MSR_IR 0x20
#define MSR_DR 0x10
#define MSR_RI 0x2
