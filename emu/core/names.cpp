// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/core/names.h"

#include <algorithm>

#include <fmt/format.h>

namespace emu {

namespace {

bool is_plain(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

// How many bytes the character at the beginning has; 0 if it is no UTF-8, or one that steers a terminal (C1).
size_t character(std::string_view text) {
  const auto byte = [&](size_t at) { return static_cast<unsigned char>(text[at]); };
  const size_t length = byte(0) < 0x80 ? 1 : byte(0) >= 0xC2 && byte(0) < 0xE0 ? 2 : byte(0) >= 0xE0 && byte(0) < 0xF0 ? 3 : 4;
  if (byte(0) >= 0xF5 || (byte(0) >= 0x80 && byte(0) < 0xC2) || length > text.size()) return 0;
  for (size_t at = 1; at < length; ++at)
    if ((byte(at) & 0xC0) != 0x80) return 0;
  if (length == 1) return byte(0) >= ' ' && byte(0) != 0x7F ? 1 : 0;
  return length == 2 && byte(0) == 0xC2 && byte(1) < 0xA0 ? 0 : length;
}

}  // namespace

bool is_partition_name(std::string_view name) {
  constexpr std::string_view others = " ,./;:~@#^-_=+{}";
  return !name.empty() && name.size() <= 31 && name != "any" && name.front() != ' ' && name.back() != ' ' &&
         std::ranges::all_of(name, [&](char c) { return is_plain(c) || others.find(c) != others.npos; });
}

bool is_device_name(std::string_view name) {
  return !name.empty() && name.size() <= 31 && name[0] != '.' && name[0] != '-' &&
         std::ranges::all_of(name, [](char c) { return is_plain(c) || c == '-' || c == '_' || c == '.'; });
}

std::string file_part(std::string_view name) {
  std::string part;
  for (const char c : name) {
    if (is_plain(c) || c == '.' || c == '-' || c == '_')
      part += c;
    else
      part += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return part;
}

static std::string escaped(std::string_view text, bool (*harmless)(char)) {
  std::string result;
  while (!text.empty()) {
    const size_t length = character(text);
    if (length || harmless(text[0]))
      result += text.substr(0, std::max<size_t>(length, 1));
    else
      result += fmt::format("\\x{:02X}", static_cast<unsigned char>(text[0]));
    text.remove_prefix(std::max<size_t>(length, 1));
  }
  return result;
}

std::string shown(std::string_view text) {
  return escaped(text, [](char c) { return c == '\n' || c == '\t'; });
}

std::string shown_name(std::string_view name) {
  return escaped(name, [](char) { return false; });
}

}  // namespace emu
