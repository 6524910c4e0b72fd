// SPDX-License-Identifier: GPL-2.0-or-later
// Exception vectors. The machine comes here in real mode with EE off (AIL is left 0) and the interrupted state in SRR0/SRR1.
// SPRG0 = this processor's Cpu, SPRG1 = scratch for r13. Eight instructions fit into the narrowest vectors (0xF20, 0xF40 ...).
#include "kernel/offsets.h"

  .macro vector address
  . = \address
  mtspr 273, 13            // SPRG1
  mfspr 13, 272            // SPRG0
  std 12, CPU_R12(13)
  li 12, \address
  b exception_common
  .endm

  .section .vectors, "ax"
  .globl image_start
image_start:
  . = 0x100                // system reset, and where firmware (or QEMU's -bios) enters
  b boot_start
  vector 0x200             // machine check
  vector 0x300             // data storage
  vector 0x380             // data segment
  vector 0x400             // instruction storage
  vector 0x480             // instruction segment
  vector 0x500             // external interrupt
  vector 0x600             // alignment
  vector 0x700             // program
  vector 0x800             // floating point unavailable
  vector 0x900             // decrementer
  vector 0x980             // hypervisor decrementer: never ours
  vector 0xa00             // privileged doorbell
  vector 0xb00
  vector 0xc00             // system call
  vector 0xd00             // trace
  vector 0xe00
  vector 0xe40
  vector 0xf00             // performance monitor
  vector 0xf20             // vector unavailable
  vector 0xf40             // VSX unavailable
  vector 0xf60             // facility unavailable
  vector 0xf80
  vector 0x1300
  vector 0x1500
  vector 0x1700
  . = 0x1800

// r13 = Cpu, r12 = vector; r12 is in the Cpu, r13 in SPRG1. Still in real mode: stacks and Cpus lie in the image, hence in
// the real mode area. Builds SavedRegisters on the kernel stack and continues in handle_exception with translation on.
exception_common:
  std 11, CPU_R11(13)
  std 10, CPU_R10(13)
  mfcr 10
  mfsrr1 11
  rldicl. 11, 11, 31, 62   // MSR[TS]
  bne in_a_transaction
out_of_the_transaction:
  mr 11, 1
  mfsrr1 1
  andi. 1, 1, MSR_PR
  beq 1f
  ld 1, CPU_KERNEL_STACK(13)
  addi 1, 1, -SAVED_TOTAL
  b 2f
1:addi 1, 11, -(SAVED_TOTAL + RED_ZONE)
2:std 11, STACK_HEADER + SAVED_GPR + 8 * 1(1)
  std 11, 0(1)
  std 10, STACK_HEADER + SAVED_CR(1)
  std 12, STACK_HEADER + SAVED_VECTOR(1)
  ld 10, CPU_R10(13)
  ld 11, CPU_R11(13)
  ld 12, CPU_R12(13)
  std 0, STACK_HEADER + SAVED_GPR(1)
  .irp r, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
  std \r, STACK_HEADER + SAVED_GPR + 8 * \r(1)
  .endr
  mfspr 10, 273
  std 10, STACK_HEADER + SAVED_GPR + 8 * 13(1)
  mflr 10
  std 10, STACK_HEADER + SAVED_LR(1)
  mfctr 10
  std 10, STACK_HEADER + SAVED_CTR(1)
  mfxer 10
  std 10, STACK_HEADER + SAVED_XER(1)
  mfsrr0 10
  std 10, STACK_HEADER + SAVED_NIP(1)
  mfsrr1 10
  std 10, STACK_HEADER + SAVED_MSR(1)
  ld 2, CPU_TOC(13)
  addi 3, 1, STACK_HEADER
  lis 4, exception_translated@highest
  ori 4, 4, exception_translated@higher
  sldi 4, 4, 32
  oris 4, 4, exception_translated@high
  ori 4, 4, exception_translated@l
  ld 5, CPU_KERNEL_MSR(13)
  mtsrr0 4
  mtsrr1 5
  rfid

// The transaction is over before anything else is done: the program's registers become what they were at its beginning, and it will
// go on where it looks at CR0. A system call in a transaction has not happened.
in_a_transaction:
  mtspr 274, 12            // SPRG2: treclaim. changes all registers
  li 10, 1
  sldi 10, 10, 32
  mfmsr 11
  or 11, 11, 10
  mtmsrd 11                // MSR[TM]
  li 10, 0xDE              // the failure code: somebody else
  cmpdi 12, 0xc00
  bne 1f
  li 10, 0xD9              // a system call; in vain again
1:.long 0x7C0A075D         // treclaim. 10
  mtspr 273, 13
  mfspr 13, 272
  std 12, CPU_R12(13)
  std 11, CPU_R11(13)
  std 10, CPU_R10(13)
  mfspr 11, 128            // TFHAR
  mtsrr0 11
  li 10, 3
  sldi 10, 10, 33
  mfsrr1 11
  andc 11, 11, 10
  mtsrr1 11
  mfcr 10
  rlwinm 10, 10, 0, 4, 31
  oris 10, 10, 0xA000
  mfspr 12, 274
  cmpdi 12, 0xc00
  bne out_of_the_transaction
  li 12, 0xa00
  b out_of_the_transaction

exception_translated:
  bl handle_exception
  nop

// r1 = below complete saved registers. EE is off and stays off up to the rfid, so SRR0/SRR1 are safe.
  .globl exception_return
exception_return:
  ld 10, STACK_HEADER + SAVED_NIP(1)
  ld 11, STACK_HEADER + SAVED_MSR(1)
  mtsrr0 10
  mtsrr1 11
  ld 10, STACK_HEADER + SAVED_LR(1)
  ld 11, STACK_HEADER + SAVED_CTR(1)
  mtlr 10
  mtctr 11
  ld 10, STACK_HEADER + SAVED_XER(1)
  ld 11, STACK_HEADER + SAVED_CR(1)
  mtxer 10
  mtcr 11
  ld 0, STACK_HEADER + SAVED_GPR(1)
  .irp r, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
  ld \r, STACK_HEADER + SAVED_GPR + 8 * \r(1)
  .endr
  ld 1, STACK_HEADER + SAVED_GPR + 8 * 1(1)
  rfid
