// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A terminal: what a guest has written, as characters in cells, with scrollback; and keys, as the bytes that a terminal
// sends for them. Anything may be written to it. One thread at a time.

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "emu/core/types.h"

struct VTerm;
struct VTermScreen;

namespace emu::app::console {

// Colors are numbers: 0 - 15 ANSI's, then `default_color`, or 0x1000000 + 0xRRGGBB.
inline constexpr u32 default_color = 16;
inline constexpr u32 exact_color = 0x1000000;

struct Cell {
  char32_t character = U' ';  // 0: the right half of a wide one
  u32 ink = default_color;
  u32 paper = default_color;
  bool bold = false;
  bool underlined = false;
};
using Line = std::vector<Cell>;

struct Position {
  int row = 0;  // negative: scrollback
  int column = 0;
};

class Screen {
 public:
  Screen(int rows, int columns);
  ~Screen();
  Screen(const Screen&) = delete;
  Screen& operator=(const Screen&) = delete;

  void write(std::span<const u8> output);
  void clear();  // everything, scrollback included
  void resize(int rows, int columns);
  int rows() const { return rows_; }
  int columns() const { return columns_; }
  int scrollback() const { return static_cast<int>(scrollback_.size()); }

  Line line(int row) const;  // -scrollback() ... rows() - 1
  Position cursor() const { return cursor_; }
  bool cursor_visible() const { return cursor_visible_; }
  u64 version() const { return version_; }  // another one whenever something looks different

  // As text: lines without trailing blanks.
  std::string text() const;
  std::string text(Position from, Position to) const;  // both included

  // What a terminal sends; empty for keys that it does not know. `key` is SDL's name of it.
  std::string bytes_of_key(const std::string& key, bool control, bool shift, bool alt);
  // And answers to questions that the guest has asked with escape sequences, since the last call.
  std::string answers();

 private:
  struct Library;  // libvterm's calls back
  int rows_;
  int columns_;
  VTerm* terminal_;
  VTermScreen* screen_;
  std::deque<Line> scrollback_;
  Position cursor_;
  bool cursor_visible_ = true;
  u64 version_ = 1;
  std::string sent_;
  std::string held_;  // the beginning of a character
};

}  // namespace emu::app::console
