// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Transactional memory of POWER8 (Power ISA 2.07, Book II chapter 5, Book III 3.2.1): its instructions, and the words for its
// registers. What a transaction has stored is in footprint.h; processor.h has the rest of its life:
//
//   tbegin. -> active -> tend.                         what was stored becomes the memory's
//                     -> tabort., too large            it fails at once: registers as before, CR0 tells, on at TFHAR
//                     -> interrupt, end of the time    it has failed, and does so as soon as it is active again; meanwhile it is
//                                                      suspended, and the kernel may see what it was (treclaim.)
//                     -> tsr. (suspend)                accesses are not part of it; it goes on with tsr. (resume)
//
// A processor may let a transaction fail for any reason. This one does whenever anybody else gets to run: so no transaction ever
// meets another, and none is under way when a partition moves.
//
// SIMPLIFIED: an instruction that no transaction may execute (icbi, rfebb, mtspr of a register that is not put back) is executed.

#include "cpu/msr.h"
#include "cpu/privileged.h"

namespace cpu {

namespace msr {
inline constexpr u64 tm = u64{1} << 32;             // transactional memory available
inline constexpr u64 suspended = u64{1} << 33;      // TS: there is a transaction, but accesses are not part of it
inline constexpr u64 transactional = u64{1} << 34;  // TS: they are
inline constexpr u64 transaction_state = suspended | transactional;
}  // namespace msr

namespace texasr {
inline constexpr u64 code(u64 value) { return value << 56; }  // failure code, the lowest bit of which is `persistent`
inline constexpr u64 persistent = u64{1} << 56;               // trying again is in vain
inline constexpr u64 nesting_overflow = u64{1} << 54;
inline constexpr u64 footprint_overflow = u64{1} << 53;
inline constexpr u64 self_induced_conflict = u64{1} << 52;
inline constexpr u64 implementation_specific = u64{1} << 48;
inline constexpr u64 abort = u64{1} << 32;  // by an instruction
inline constexpr u64 suspended = u64{1} << 31;
inline constexpr u64 problem_state = u64{1} << 28;
inline constexpr u64 failed = u64{1} << 27;         // FS: the rest says how
inline constexpr u64 exact = u64{1} << 26;          // TFIAR is the instruction's address
inline constexpr u64 rollback_only = u64{1} << 25;  // what it has loaded need not stay as it was
inline constexpr u64 level = 0xFFF;                 // how many tbegin. are open
}  // namespace texasr

// As FSCR, and its interrupt, number facilities.
inline constexpr u64 facility_tm = 5;

// Their numbers as special purpose registers.
inline constexpr size_t spr_tfhar = 128, spr_tfiar = 129, spr_texasr = 130;

Outcome tbegin(Processor&, Instruction);
Outcome tend(Processor&, Instruction);
Outcome tcheck(Processor&, Instruction);
Outcome tsr(Processor&, Instruction);
Outcome tabort(Processor&, Instruction);
Outcome tabortwc(Processor&, Instruction);
Outcome tabortwci(Processor&, Instruction);
Outcome tabortdc(Processor&, Instruction);
Outcome tabortdci(Processor&, Instruction);
Outcome treclaim(Processor&, Instruction);
Outcome trechkpt(Processor&, Instruction);

// May MSR[TS] change so, by an instruction that loads MSR?
bool legal_transition(u64 old_msr, u64 new_msr);

}  // namespace cpu
