// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Names of partitions and of their profiles: what they may be, and how they are written where not everything may stand.

#include <string>
#include <string_view>

namespace emu {

// 1 to 31 of A-Z, a-z, 0-9, blank and , . / ; : ~ @ # ^ - _ = + { } with no blank at either end.
bool is_partition_name(std::string_view);
inline constexpr std::string_view partition_name_rule =
    "a name has 1 to 31 characters of A-Z, a-z, 0-9, blank and , . / ; : ~ @ # ^ - _ = + { }, no blank at either end, and is not "
    "any";

// Of a device of a Virtual I/O Server: 1 to 31 letters, digits, dots, - and _, and no dot or - at its beginning.
bool is_device_name(std::string_view);

// As a part of a file's name: what is no letter, digit, dot, - or _ becomes %XX.
std::string file_part(std::string_view name);

// For a terminal: what could steer it (control characters, and bytes that are no UTF-8) becomes \xXX. Line ends and tabs stay.
std::string shown(std::string_view text);
// The same for what stands within a line: there no line ends and tabs either.
std::string shown_name(std::string_view name);

}  // namespace emu
