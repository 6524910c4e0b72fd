// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/core/names.h"

#include "tests/support/catch.h"

TEST_CASE("a partition's name is what the HMC takes", "[names]") {
  for (const char* good : {"a", "web01", "AIX 7.1 (not)", "x,y./;:~@#^-_=+{z}", "1234567890123456789012345678901"})
    CHECK(emu::is_partition_name(good) == (std::string_view(good).find('(') == std::string_view::npos));
  for (const char* bad : {"",     " ",    " a",       "a ",           "12345678901234567890123456789012",
                          "a\nb", "a\tb", "a\x1b[2J", "na\xc3\xafve", "a\"b",
                          "a'b",  "a\\b", "a|b",      "a*b",          "a<b>",
                          "a$b",  "a%b",  "a&b",      "a!b",          "a?b",
                          "a[b]", "a`b",  "\x7f"}) {
    CAPTURE(bad);
    CHECK_FALSE(emu::is_partition_name(bad));
  }
  CHECK_FALSE(emu::is_partition_name(std::string_view("a\0b", 3)));
}

TEST_CASE("a name in a file's name leads to no other folder, and names that differ stay different", "[names]") {
  CHECK(emu::file_part("S1_VIOS1") == "S1_VIOS1");
  CHECK(emu::file_part("../x y") == "..%2Fx%20y");
  CHECK(emu::file_part("a/b") != emu::file_part("a_b"));
}

TEST_CASE("nothing that steers a terminal reaches it", "[names]") {
  CHECK(emu::shown("plain, and na\xc3\xafve \xe2\x82\xac\n\t.") == "plain, and na\xc3\xafve \xe2\x82\xac\n\t.");
  CHECK(emu::shown("\x1b[2J") == "\\x1B[2J");
  CHECK(emu::shown("\xc2\x9b"
                   "2J") == "\\xC2\\x9B2J");  // the same as one character
  CHECK(emu::shown("\xff\xc3") == "\\xFF\\xC3");
  CHECK(emu::shown("\r\x7f") == "\\x0D\\x7F");
  CHECK(emu::shown_name("two\nlines") == "two\\x0Alines");
}
