// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Every instruction that is judged: how it is written, what its operands are, and what the model says that it does.

#include <array>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "cpu/registers.h"
#include "tests/guest/judging/model.h"
#include "tests/support/random.h"

namespace judge {

enum class Form { fpr, vsr, vr, gpr };  // which registers there are

// What an operand set is made of.
// `general`: general registers; `quads` are decimal, `binary_quads` are not; `mixed`: general registers as well as vectors.
enum class Kind {
  doubles,
  singles_as_doubles,
  singles,
  integers,
  any,
  general,
  vectors,
  decimals,
  quads,
  binary_quads,
  halves,
  mixed
};

// One execution: the registers as the model leaves them, and what nobody knows of them.
struct Case {
  cpu::Registers r;
  u32 word = 0;
  u64 unknown_fpscr = 0;
  u32 unknown_cr = 0;
  std::array<u64, 2> unknown_target{};
  u64 unknown_general = 0;  // of general register `target`
  u32 target = 0;
  bool may_interrupt = true;       // vector floating point does not
  u32 t = 0, a = 0, b = 0, c = 0;  // VSRs
  // An estimate cannot be foretold: how near it must be, for each element that has one.
  struct Estimate {
    int element;
    bool single_word;  // an element of 32 bits
    Shared exact;
    int bits;
    bool tells_class;
    Format format;
  };
  std::vector<Estimate> estimates;

  u64 dword(u32 vsr, int i) const;
  void set_dword(u32 vsr, int i, u64 value);
  u32 w(u32 vsr, int i) const;
  void set_w(u32 vsr, int i, u32 value);
  void set_cr(u32 field, u32 value);
};

struct Row {
  std::string_view name;
  std::string_view group;
  int since;  // of which processor
  u32 word;   // with registers 0
  Form form;
  std::string_view fields;  // which of t, a, b, c it names
  Kind operands;
  std::function<void(Case&)> model;
  std::string_view pairs = {};                                // those of the fields that name an even register and the next one
  std::function<void(Case&, support::Random&)> prepare = {};  // makes operands that are no numbers of this kind
  bool alone = false;                                         // not in programs
};

// A register that a field of it can name, near to this one.
u32 nameable(const Row&, char field, u32 number);
u32 encoded(const Row&, u32 t, u32 a, u32 b, u32 c);  // its word with these registers

std::vector<Row> scalar_rows();
std::vector<Row> vsx_rows();
std::vector<Row> vmx_rows();
std::vector<Row> fpscr_rows();
std::vector<Row> integer_rows();
std::vector<Row> immediate_rows();
std::vector<Row> vector_rows();
std::vector<Row> vector_bit_rows();
std::vector<Row> decimal_rows();
std::vector<Row> power9_rows();
std::vector<Row> all_rows();

}  // namespace judge
