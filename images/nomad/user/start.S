// SPDX-License-Identifier: GPL-2.0-or-later
// r3 = command line, r1 = stack: as kernel/process.cpp leaves them.
  .section .start, "ax"
  .globl _start
_start:
  lis 2, .TOC.@h
  ori 2, 2, .TOC.@l
  clrrdi 1, 1, 4
  li 0, 0
  stdu 0, -64(1)
  bl runtime_start
  nop
  trap
