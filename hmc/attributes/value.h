// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What an attribute shows, and where.

#include <string>
#include <string_view>

#include "emu/core/types.h"
#include "emu/core/words.h"

namespace hmc::attributes {

struct Value {
  Value(std::string the_text) : text(std::move(the_text)) {}
  Value(const char* the_text) : text(the_text) {}
  Value(std::string_view the_text) : text(the_text) {}
  Value(u64 number) : text(std::to_string(number)) {}
  Value(u32 number) : text(std::to_string(number)) {}
  Value(int number) : text(std::to_string(number)) {}
  Value(bool flag) : text(flag ? "1" : "0") {}
  template <emu::HasWords E>
  Value(E word) : text(emu::word_of(word)) {}
  // Not in the default listing of this line; what -F prints in its place.
  static Value absent(std::string text_for_f = "null") {
    Value value(std::move(text_for_f));
    value.listed = false;
    return value;
  }

  std::string text;
  bool listed = true;
};

enum class Shown : u8 {
  always = 1,  // in the default listing, and in -F without names: these are the same attributes
  on_request,  // if -F names it
  never        // it is only set
};

template <class Row>
struct Column {
  std::string_view name;
  Shown shown;
  Value (*value)(const Row&);
};

}  // namespace hmc::attributes
