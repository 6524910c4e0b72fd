// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Memory, strings and a small printf, shared by the kernel and the programs.
#include "lib/types.h"

extern "C" {
void* memcpy(void* to, const void* from, nomad::u64 length);
void* memmove(void* to, const void* from, nomad::u64 length);
void* memset(void* to, int value, nomad::u64 length);
int memcmp(const void* left, const void* right, nomad::u64 length);
nomad::u64 strlen(const char* text);
}

namespace nomad {

bool equal(const char* left, const char* right);
bool starts_with(const char* text, const char* prefix);
const char* find(const char* text, char wanted);                    // nullptr when absent
void copy_text(char* to, u64 size, const char* from);               // always terminated
bool parse_number(const char* text, u64& value, u32 base = 10);     // whole text must be a number; base 16 accepts 0x
bool option(const char* argument, const char* name, const char*& value);  // "name=value"

// The next word of a line; quotes are not special. Advances `line`; empty text at the end.
bool next_word(const char*& line, char* word, u64 size);

// printf with %s %c %d %u %x %X %p %%, l, width, '-', '0'. Returns the length written, never more than size - 1.
u64 format(char* buffer, u64 size, const char* pattern, ...) __attribute__((format(printf, 3, 4)));
u64 format_list(char* buffer, u64 size, const char* pattern, __builtin_va_list arguments);

struct Date {
  u32 year, month, day, hour, minute, second;
};
Date date_of(u64 seconds_since_1970);
u64 seconds_of(const Date& date);

}  // namespace nomad
