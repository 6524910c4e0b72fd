// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/core/shell_words.h"

#include "tests/support/catch.h"

using namespace emu;

TEST_CASE("a command line is split as a shell does it", "[words]") {
  using Words = std::vector<std::string>;
  CHECK(*split_words("migrlpar -o m  -p mobile") == Words{"migrlpar", "-o", "m", "-p", "mobile"});
  CHECK(*split_words("") == Words{});
  CHECK(*split_words("-i \"name=x,\\\"a=1,2\\\"\"") == Words{"-i", "name=x,\"a=1,2\""});
  CHECK(*split_words("a 'b \"c' d\\ e") == Words{"a", "b \"c", "d e"});
  CHECK(*split_words("-f ''") == Words{"-f", ""});
  CHECK_FALSE(split_words("a 'b"));
}
