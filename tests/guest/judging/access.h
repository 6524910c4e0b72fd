// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Loads and stores of programs, and what they do to a piece of memory. (Book I 3.3, 4.6, 6.7, 7.6)

#include <span>
#include <vector>

#include "tests/guest/judging/table.h"

namespace judge {

struct Access {
  // What of a register goes where: `reversed` against the byte order, `words` and `doublewords` of a vector each in it, `quadword` as a
  // whole, at a multiple of 16; `whole` is at any place. The last three: of a VR its first doubleword, a single in that, and a number in the
  // first doubleword of a VSR.
  enum class What {
    number,
    algebraic,
    reversed,
    single,
    real,
    quadword,
    doublewords,
    words,
    splat,
    scalar,
    whole,
    halfwords,
    bytes_each,
    word_splat,
    scalar_of_vr,
    single_of_vr,
    number_in_vsr
  };

  std::string_view name;
  int since;
  bool stores;
  bool indexed;  // RA + RB, else RA + a number
  u32 word;      // with registers 0
  u32 bytes;
  What what;
  u32 multiple = 1;  // of what the number must be

  Form form() const;
  // The word with this register, and the address in RA (31) and in RB or the number. `offset`: a multiple of what it must be.
  u32 encoded(u32 t, u32 offset, u32 rb) const;
};
std::span<const Access> accesses();

// Executes one in the registers of a case and in memory (as a processor in this byte order sees it). Not: what is stored would not be
// defined. `unknown`: set if the second doubleword of its target is not defined.
bool execute(const Access&, Case&, std::vector<u8>& memory, u32 t, u32 offset, bool little, bool& unknown);

}  // namespace judge
