// SPDX-License-Identifier: GPL-2.0-or-later
#include "lib/text.h"

namespace nomad {

bool equal(const char* left, const char* right) {
  while (*left && *left == *right) left++, right++;
  return *left == *right;
}

bool starts_with(const char* text, const char* prefix) {
  while (*prefix)
    if (*text++ != *prefix++) return false;
  return true;
}

const char* find(const char* text, char wanted) {
  for (; *text; text++)
    if (*text == wanted) return text;
  return nullptr;
}

void copy_text(char* to, u64 size, const char* from) {
  u64 i = 0;
  for (; i + 1 < size && from[i]; i++) to[i] = from[i];
  if (size) to[i] = 0;
}

bool parse_number(const char* text, u64& value, u32 base) {
  if (base == 16 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) text += 2;
  if (!*text) return false;
  u64 number = 0;
  for (; *text; text++) {
    u32 digit = 99;
    if (*text >= '0' && *text <= '9') digit = static_cast<u32>(*text - '0');
    if (*text >= 'a' && *text <= 'f') digit = static_cast<u32>(*text - 'a' + 10);
    if (*text >= 'A' && *text <= 'F') digit = static_cast<u32>(*text - 'A' + 10);
    if (digit >= base || number > (~0ul - digit) / base) return false;
    number = number * base + digit;
  }
  value = number;
  return true;
}

bool option(const char* argument, const char* name, const char*& value) {
  const u64 length = strlen(name);
  if (!starts_with(argument, name) || argument[length] != '=') return false;
  value = argument + length + 1;
  return true;
}

bool next_word(const char*& line, char* word, u64 size) {
  while (*line == ' ' || *line == '\t') line++;
  u64 length = 0;
  for (; *line && *line != ' ' && *line != '\t'; line++)
    if (length + 1 < size) word[length++] = *line;
  word[length] = 0;
  return length != 0;
}

namespace {

struct Output {
  char* buffer;
  u64 size;
  u64 length = 0;
  void put(char c) {
    if (length + 1 < size) buffer[length++] = c;
  }
};

void put_padded(Output& out, const char* text, u64 length, u64 width, bool left, char pad) {
  if (!left)
    for (u64 i = length; i < width; i++) out.put(pad);
  for (u64 i = 0; i < length; i++) out.put(text[i]);
  if (left)
    for (u64 i = length; i < width; i++) out.put(' ');
}

}  // namespace

u64 format_list(char* buffer, u64 size, const char* pattern, __builtin_va_list arguments) {
  Output out{buffer, size};
  for (; *pattern; pattern++) {
    if (*pattern != '%') {
      out.put(*pattern);
      continue;
    }
    pattern++;
    bool left = false;
    char pad = ' ';
    for (; *pattern == '-' || *pattern == '0'; pattern++) *pattern == '-' ? void(left = true) : void(pad = '0');
    u64 width = 0;
    for (; *pattern >= '0' && *pattern <= '9'; pattern++) width = width * 10 + static_cast<u64>(*pattern - '0');
    bool wide = false;
    for (; *pattern == 'l'; pattern++) wide = true;
    char digits[24];
    u64 count = 0;
    u64 number = 0;
    bool negative = false;
    u32 base = 10;
    switch (*pattern) {
      case 0: pattern--; continue;
      case '%': out.put('%'); continue;
      case 'c': out.put(static_cast<char>(__builtin_va_arg(arguments, int))); continue;
      case 's': {
        const char* text = __builtin_va_arg(arguments, const char*);
        put_padded(out, text ? text : "(null)", strlen(text ? text : "(null)"), width, left, ' ');
        continue;
      }
      case 'd': {
        const i64 value = wide ? __builtin_va_arg(arguments, i64) : __builtin_va_arg(arguments, i32);
        negative = value < 0;
        number = negative ? 0 - static_cast<u64>(value) : static_cast<u64>(value);
        break;
      }
      case 'p': number = __builtin_va_arg(arguments, u64); base = 16; break;
      case 'x':
      case 'X': base = 16; [[fallthrough]];
      default: number = wide ? __builtin_va_arg(arguments, u64) : __builtin_va_arg(arguments, u32); break;
    }
    const char* alphabet = *pattern == 'X' ? "0123456789ABCDEF" : "0123456789abcdef";
    char* end = digits + sizeof digits;
    char* start = end;
    do *--start = alphabet[number % base], number /= base; while (number);
    if (negative) *--start = '-';
    count = static_cast<u64>(end - start);
    put_padded(out, start, count, width, left, pad);
  }
  if (size) buffer[out.length] = 0;
  return out.length;
}

u64 format(char* buffer, u64 size, const char* pattern, ...) {
  __builtin_va_list arguments;
  __builtin_va_start(arguments, pattern);
  const u64 length = format_list(buffer, size, pattern, arguments);
  __builtin_va_end(arguments);
  return length;
}

// Civil calendar from days, with the year starting in March so that the leap day comes last.
Date date_of(u64 seconds) {
  const u64 days = seconds / 86400 + 719468;
  const u64 era = days / 146097;
  const u64 day_of_era = days % 146097;
  const u64 year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const u64 day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const u64 month = (5 * day_of_year + 2) / 153;
  Date date{};
  date.day = static_cast<u32>(day_of_year - (153 * month + 2) / 5 + 1);
  date.month = static_cast<u32>(month < 10 ? month + 3 : month - 9);
  date.year = static_cast<u32>(year_of_era + era * 400 + (date.month <= 2 ? 1 : 0));
  date.hour = static_cast<u32>(seconds % 86400 / 3600);
  date.minute = static_cast<u32>(seconds % 3600 / 60);
  date.second = static_cast<u32>(seconds % 60);
  return date;
}

u64 seconds_of(const Date& date) {
  const u64 year = date.year - (date.month <= 2 ? 1u : 0u);
  const u64 month = date.month > 2 ? date.month - 3 : date.month + 9;
  const u64 day_of_year = (153 * month + 2) / 5 + date.day - 1;
  const u64 days = year * 365 + year / 4 - year / 100 + year / 400 + day_of_year - 719468;
  return days * 86400 + date.hour * 3600ul + date.minute * 60ul + date.second;
}

}  // namespace nomad
