// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What an attribute shows, and where.

#include <string>
#include <string_view>

#include "emu/core/console_release.h"
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

// Which releases of the console have a name in their default listing, and where it was seen.
struct Listed {
  emu::ConsoleRelease since = emu::oldest_release;
  emu::ConsoleRelease until = emu::newest_release;
  std::string_view seen;  // empty: where the whole listing was (docs/hmc.md, Order of attributes)

  constexpr bool in(emu::ConsoleRelease release) const { return since <= release && release <= until; }
};
// A name that a recording of V7R7.9 has is in V7R3.2 as well, unless it is of something that came with POWER7 or later.
inline constexpr Listed since_v7r7{emu::ConsoleRelease::v7r7, emu::newest_release, "recorded: V7R7.9, V10R3"};
inline constexpr Listed only_v7r7{emu::ConsoleRelease::v7r7, emu::ConsoleRelease::v7r7, "recorded: V7R7.9"};
inline constexpr Listed until_v7r7{emu::oldest_release, emu::ConsoleRelease::v7r7, "recorded: V7R7.9"};
inline constexpr Listed since_v10r3{emu::ConsoleRelease::v10r3, emu::newest_release, "recorded: V10R3"};
inline constexpr Listed of_redbook{emu::oldest_release, emu::newest_release, "Redbook 5.6.3"};
inline constexpr Listed of_manual{emu::oldest_release, emu::newest_release, "a manual page"};
inline constexpr Listed of_client{emu::oldest_release, emu::newest_release, "a client asks for it"};
inline constexpr Listed of_ours{emu::oldest_release, emu::newest_release, "ours"};

template <class Row>
struct Column {
  std::string_view name;
  Shown shown;
  Value (*value)(const Row&);
  Listed listed = {};
};

}  // namespace hmc::attributes
