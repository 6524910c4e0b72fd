// SPDX-License-Identifier: GPL-2.0-or-later
// The few things that cannot be said in C++: first instructions of a processor, turning translation on, RTAS, switching stacks.
#include "kernel/offsets.h"

  .macro load_address register, symbol
  lis \register, \symbol@highest
  ori \register, \register, \symbol@higher
  sldi \register, \register, 32
  oris \register, \register, \symbol@high
  ori \register, \register, \symbol@l
  .endm

  .text
// Boot processor: r3 = flattened device tree, MMU off. .bss is cleared here because the stack lies in it.
  .globl boot_start
boot_start:
  mfmsr 4                  // QEMU enters a -bios image in 32-bit mode
  li 5, 1
  sldi 5, 5, 63
  or 4, 4, 5
  mtmsrd 4
  isync
  load_address 4, boot_seen
  lwz 5, 0(4)
  cmpwi 5, 0
  bne system_reset_again
  li 5, 1
  stw 5, 0(4)
  load_address 5, image_file_end
  load_address 6, image_end
  li 0, 0
1:cmpld 5, 6
  bge 2f
  std 0, 0(5)
  addi 5, 5, 8
  b 1b
2:load_address 2, .TOC.
  load_address 13, cpus
  mtspr 272, 13
  std 2, CPU_TOC(13)
  li 0, MSR_ME | MSR_RI    // the MSR for exceptions taken before translation is on
  li 4, 1
  sldi 4, 4, 63
  or 0, 0, 4
  std 0, CPU_KERNEL_MSR(13)
  load_address 1, boot_stack_top
  std 1, CPU_KERNEL_STACK(13)
  li 0, 0
  stdu 0, -STACK_HEADER(1)
  bl kernel_main
  nop
  b .

// A system reset after boot (H_SIGNAL_SYS_RESET from a debugger or an operator's dump request) ends in the panic path.
system_reset_again:
  mfspr 13, 272
  ld 2, CPU_TOC(13)
  ld 1, CPU_KERNEL_STACK(13)
  addi 1, 1, -SAVED_TOTAL
  bl system_reset_panic
  nop
  b .

// RTAS start-cpu enters here with r3 = index of the processor, real mode.
  .globl secondary_start
secondary_start:
  load_address 13, cpus
  mulli 4, 3, CPU_BYTES
  add 13, 13, 4
  mtspr 272, 13
  ld 2, CPU_TOC(13)
  ld 1, CPU_KERNEL_STACK(13)
  li 0, 0
  stdu 0, -STACK_HEADER(1)
  bl secondary_main
  nop
  b .

// void enable_translation(u64 msr): returns to the caller's address with the base address's bits set.
  .globl enable_translation
enable_translation:
  mflr 4
  load_address 5, image_start
  or 4, 4, 5
  mtsrr0 4
  mtsrr1 3
  rfid

// void rtas_enter(u64 argument_buffer, u64 entry, u64 base): LoPAR 7.2.1: 32-bit real mode, EE off; RTAS may clobber the upper
// halves of all registers and everything volatile, so all is kept on the stack.
  .globl rtas_enter
rtas_enter:
  mflr 0
  std 0, 16(1)
  mfcr 0
  std 0, 8(1)
  stdu 1, -256(1)
  .irp r, 2, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
  std \r, 8 * \r(1)
  .endr
  std 1, CPU_RTAS_STACK(13)
  mfmsr 6
  std 6, CPU_RTAS_MSR(13)
  load_address 7, rtas_return
  clrldi 7, 7, 4
  mtlr 7
  mtsrr0 4
  li 6, MSR_ME | MSR_RI
  mtsrr1 6
  mr 4, 5
  rfid
rtas_return:               // 32-bit real mode: addresses are cut to their low 32 bits, which is right for the image
  mfspr 13, 272
  ld 1, CPU_RTAS_STACK(13)
  ld 6, CPU_RTAS_MSR(13)
  load_address 7, rtas_returned
  mtsrr0 7
  mtsrr1 6
  rfid
rtas_returned:
  .irp r, 2, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
  ld \r, 8 * \r(1)
  .endr
  addi 1, 1, 256
  ld 0, 8(1)
  mtcr 0
  ld 0, 16(1)
  mtlr 0
  blr

// What firmware would have put at linux,rtas-entry: used when the tree names none (QEMU -bios without firmware of its own).
  .globl rtas_stub
rtas_stub:
  mr 4, 3
  li 3, 0
  ori 3, 3, 0xf000         // H_RTAS
  sc 1
  blr

// void switch_stacks(u64* save, u64 next): keeps what the ABI says a callee keeps.
  .globl switch_stacks
switch_stacks:
  mflr 0
  std 0, 16(1)
  mfcr 0
  std 0, 8(1)
  stdu 1, -SWITCH_AREA(1)
  .irp r, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
  std \r, 32 + 8 * (\r - 14)(1)
  .endr
  std 1, 0(3)
  mr 1, 4
  .irp r, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
  ld \r, 32 + 8 * (\r - 14)(1)
  .endr
  addi 1, 1, SWITCH_AREA
  ld 0, 8(1)
  mtcr 0
  ld 0, 16(1)
  mtlr 0
  blr

// First instructions of a new user process: r1 = below its saved registers.
  .globl process_start
process_start:
  addi 3, 1, STACK_HEADER
  bl leave_kernel
  nop
  b exception_return

// First instructions of a kernel thread: r14 = function, r15 = argument.
  .globl thread_start
thread_start:
  mtctr 14
  mr 12, 14
  mr 3, 15
  bctrl
  bl thread_end
  nop
  b .

// Floating point and vector state of the current process; the caller has made the facility available to itself.
  .globl floating_save, floating_restore, vector_save, vector_restore
  .machine push
  .machine "power6"
floating_save:
  .irp r, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
  stfd \r, 8 * \r(3)
  .endr
  mffs 0
  stfd 0, 256(3)
  lfd 0, 0(3)
  blr
floating_restore:
  lfd 0, 256(3)
  mtfsf 0xff, 0
  .irp r, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
  lfd \r, 8 * \r(3)
  .endr
  blr
vector_save:
  li 4, 0
  .irp r, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
  stvx \r, 3, 4
  addi 4, 4, 16
  .endr
  mfvscr 0
  stvx 0, 3, 4
  lvx 0, 0, 3
  mfspr 5, 256
  stw 5, 528(3)
  blr
vector_restore:
  lwz 5, 528(3)
  mtspr 256, 5
  li 4, 512
  lvx 0, 3, 4
  mtvscr 0
  li 4, 0
  .irp r, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
  lvx \r, 3, 4
  addi 4, 4, 16
  .endr
  blr
  .machine pop

  .data
  .balign 4
boot_seen:
  .long 0

  .bss
  .balign 4096
  .skip 16384
  .globl boot_stack_top
boot_stack_top:
