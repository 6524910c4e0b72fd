// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// One hypercall on its way: what came in r4 - r12, what goes back there. The status is the handler's answer.

#include <array>
#include <initializer_list>
#include <string>
#include <string_view>

#include "firmware/hcall_numbers.h"
#include "firmware/partition.h"

namespace firmware {

struct Call {
  std::array<u64, 9> in{};
  std::array<u64, 9> out{};
  u32 outs = 0;                    // registers beyond these keep what the guest had in them
  Processor* processor = nullptr;  // who calls; null for a native partition

  void give(std::initializer_list<u64> values) {
    for (const u64 value : values)
      if (outs < out.size()) out[outs++] = value;
  }
};

using Answer = s64;
using Handler = Answer (*)(Partition&, Call&);

struct Hcall {
  u64 number;
  std::string_view name;      // as LoPAR spells it
  std::string_view call_set;  // the string of ibm,hypertas-functions; empty: none
  Handler run;
};

std::span<const Hcall> hcalls();      // ascending
const Hcall* find_hcall(u64 number);  // null: H_FUNCTION
Answer run_hcall(Partition&, u64 number, Call&);
std::vector<std::string> hypertas_functions();  // every call set once
std::string hcall_table_markdown();             // docs/hcalls.md

}  // namespace firmware
