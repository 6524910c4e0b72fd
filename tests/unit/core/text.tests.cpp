// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/core/text.h"

#include "tests/support/catch.h"

TEST_CASE("a text is split with its empty parts, or without", "[core][text]") {
  using Parts = std::vector<std::string>;
  CHECK(emu::split("5/client//V/", '/') == Parts{"5", "client", "", "V", ""});
  CHECK(emu::split("", '/') == Parts{""});
  CHECK(emu::words(",a,,b,", ',') == Parts{"a", "b"});
  CHECK(emu::words("", ',').empty());
}

TEST_CASE("a number is digits, and fits", "[core][text]") {
  CHECK(emu::parse_number("123") == 123u);
  CHECK(emu::parse_number("0") == 0u);
  CHECK(emu::parse_number<u8>("255") == 255);
  CHECK_FALSE(emu::parse_number<u8>("256"));
  for (const std::string_view wrong : {"", "0123", "00", " 1", "1 ", "-1", "+1", "0x1", "1.5"})
    CHECK_FALSE(emu::parse_number(wrong));
}
