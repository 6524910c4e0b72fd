// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/app/console/screen.h"

#include <vterm.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <utility>

namespace emu::app::console {

namespace {

constexpr size_t most_scrollback = 5000;

u32 number_of(VTermScreen* screen, VTermColor color, bool ink) {
  if (ink ? VTERM_COLOR_IS_DEFAULT_FG(&color) : VTERM_COLOR_IS_DEFAULT_BG(&color)) return default_color;
  if (VTERM_COLOR_IS_INDEXED(&color) && color.indexed.idx < 16) return color.indexed.idx;
  vterm_screen_convert_color_to_rgb(screen, &color);
  return exact_color + (u32{color.rgb.red} << 16 | u32{color.rgb.green} << 8 | color.rgb.blue);
}

Cell cell_of(VTermScreen* screen, const VTermScreenCell& from) {
  Cell cell;
  // -1 stands for the right half of a wide character.
  cell.character = from.chars[0] == 0 ? U' ' : from.chars[0] == ~u32{0} ? U'\0' : static_cast<char32_t>(from.chars[0]);
  cell.ink = number_of(screen, from.fg, true);
  cell.paper = number_of(screen, from.bg, false);
  if (from.attrs.reverse) {
    std::swap(cell.ink, cell.paper);
    // The defaults differ: turned around, each must say which one it was.
    if (cell.ink == default_color) cell.ink = default_color + 1;
    if (cell.paper == default_color) cell.paper = default_color + 1;
  }
  cell.bold = from.attrs.bold;
  cell.underlined = from.attrs.underline != 0;
  return cell;
}

void append_utf8(std::string& text, char32_t c) {
  const auto put = [&](u32 byte) { text += static_cast<char>(byte); };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xC0 | c >> 6);
    put(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    put(0xE0 | c >> 12);
    put(0x80 | (c >> 6 & 0x3F));
    put(0x80 | (c & 0x3F));
  } else {
    put(0xF0 | c >> 18);
    put(0x80 | (c >> 12 & 0x3F));
    put(0x80 | (c >> 6 & 0x3F));
    put(0x80 | (c & 0x3F));
  }
}

// How many bytes at the end begin a character that has more.
size_t unfinished(std::string_view text) {
  for (size_t back = 1; back <= std::min<size_t>(3, text.size()); ++back) {
    const auto byte = static_cast<u8>(text[text.size() - back]);
    if ((byte & 0xC0) == 0x80) continue;
    const size_t length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1;
    return length > back ? back : 0;
  }
  return 0;
}

std::string text_of(const Line& line, int from, int to) {
  std::string text;
  for (int column = from; column <= to && column < static_cast<int>(line.size()); ++column)
    if (const char32_t c = line[static_cast<size_t>(column)].character) append_utf8(text, c);
  text.erase(text.find_last_not_of(' ') + 1);
  return text;
}

struct NamedKey {
  const char* name;
  VTermKey key;
};
constexpr NamedKey named_keys[] = {
    {"Return", VTERM_KEY_ENTER},      {"Keypad Enter", VTERM_KEY_ENTER},
    {"Tab", VTERM_KEY_TAB},           {"Backspace", VTERM_KEY_BACKSPACE},
    {"Escape", VTERM_KEY_ESCAPE},     {"Up", VTERM_KEY_UP},
    {"Down", VTERM_KEY_DOWN},         {"Left", VTERM_KEY_LEFT},
    {"Right", VTERM_KEY_RIGHT},       {"Insert", VTERM_KEY_INS},
    {"Delete", VTERM_KEY_DEL},        {"Home", VTERM_KEY_HOME},
    {"End", VTERM_KEY_END},           {"PageUp", VTERM_KEY_PAGEUP},
    {"PageDown", VTERM_KEY_PAGEDOWN},
};

}  // namespace

struct Screen::Library {
  static Screen& of(void* user) { return *static_cast<Screen*>(user); }
  static int damage(VTermRect, void* user) {
    ++of(user).version_;
    return 1;
  }
  static int move_cursor(VTermPos to, VTermPos, int, void* user) {
    of(user).cursor_ = {to.row, to.col};
    ++of(user).version_;
    return 1;
  }
  static int set_property(VTermProp property, VTermValue* value, void* user) {
    if (property == VTERM_PROP_CURSORVISIBLE) of(user).cursor_visible_ = value->boolean;
    ++of(user).version_;
    return 1;
  }
  static int push_line(int columns, const VTermScreenCell* cells, void* user) {
    Screen& screen = of(user);
    Line line;
    for (int i = 0; i < columns; ++i) line.push_back(cell_of(screen.screen_, cells[i]));
    screen.scrollback_.push_back(std::move(line));
    if (screen.scrollback_.size() > most_scrollback) screen.scrollback_.pop_front();
    return 1;
  }
  static void output(const char* bytes, size_t length, void* user) { of(user).sent_.append(bytes, length); }
  static const VTermScreenCallbacks all;
};

const VTermScreenCallbacks Screen::Library::all = [] {
  VTermScreenCallbacks calls{};
  calls.damage = damage;
  calls.movecursor = move_cursor;
  calls.settermprop = set_property;
  calls.sb_pushline = push_line;
  return calls;
}();

Screen::Screen(int rows, int columns)
    : rows_(rows), columns_(columns), terminal_(vterm_new(rows, columns)), screen_(vterm_obtain_screen(terminal_)) {
  vterm_set_utf8(terminal_, 1);
  vterm_output_set_callback(terminal_, Library::output, this);
  vterm_screen_set_callbacks(screen_, &Library::all, this);
  vterm_screen_enable_altscreen(screen_, 1);
  vterm_screen_reset(screen_, 1);
}

Screen::~Screen() { vterm_free(terminal_); }

void Screen::write(std::span<const u8> output) {
  // The library forgets a character whose bytes come in two pieces: the first is held back.
  held_.append(output.begin(), output.end());
  const size_t whole = held_.size() - unfinished(held_);
  vterm_input_write(terminal_, held_.data(), whole);
  held_.erase(0, whole);
  ++version_;
}

void Screen::clear() {
  scrollback_.clear();
  held_.clear();
  vterm_screen_reset(screen_, 1);
  sent_.clear();
  ++version_;
}

void Screen::resize(int rows, int columns) {
  if (rows == rows_ && columns == columns_) return;
  rows_ = rows;
  columns_ = columns;
  vterm_set_size(terminal_, rows, columns);
  cursor_ = {std::min(cursor_.row, rows - 1), std::min(cursor_.column, columns - 1)};
  ++version_;
}

Line Screen::line(int row) const {
  if (row < 0) return -row <= scrollback() ? scrollback_[scrollback_.size() - static_cast<size_t>(-row)] : Line();
  Line line;
  for (int column = 0; column < columns_; ++column) {
    VTermScreenCell cell{};
    vterm_screen_get_cell(screen_, {row, column}, &cell);
    line.push_back(cell_of(screen_, cell));
  }
  return line;
}

std::string Screen::text() const { return text({-scrollback(), 0}, {rows_ - 1, columns_ - 1}); }

std::string Screen::text(Position from, Position to) const {
  if (to.row < from.row || (to.row == from.row && to.column < from.column)) std::swap(from, to);
  std::string text;
  for (int row = from.row; row <= to.row; ++row) {
    const Line content = line(row);
    text += text_of(content, row == from.row ? from.column : 0, row == to.row ? to.column : static_cast<int>(content.size()) - 1);
    if (row != to.row) text += '\n';
  }
  return text;
}

std::string Screen::bytes_of_key(const std::string& key, bool control, bool shift, bool alt) {
  const auto modifiers =
      static_cast<VTermModifier>((shift ? VTERM_MOD_SHIFT : 0) | (alt ? VTERM_MOD_ALT : 0) | (control ? VTERM_MOD_CTRL : 0));
  std::string before;
  std::swap(before, sent_);
  if (const auto named = std::ranges::find(named_keys, key, [](const NamedKey& each) { return std::string_view(each.name); });
      named != std::end(named_keys)) {
    vterm_keyboard_key(terminal_, named->key, modifiers);
  } else if (key.size() >= 2 && key[0] == 'F' && std::isdigit(static_cast<unsigned char>(key[1]))) {
    vterm_keyboard_key(terminal_, static_cast<VTermKey>(VTERM_KEY_FUNCTION(std::atoi(key.c_str() + 1))), modifiers);
  } else if (key.size() == 1 && (control || alt)) {
    vterm_keyboard_unichar(terminal_, static_cast<u32>(std::tolower(static_cast<unsigned char>(key[0]))), modifiers);
  }
  std::swap(before, sent_);
  return before;
}

std::string Screen::answers() { return std::exchange(sent_, {}); }

}  // namespace emu::app::console
