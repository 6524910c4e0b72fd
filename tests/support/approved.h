// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Texts that were read and approved: what commands print, pages that are made of tables. TWINFRAME_APPROVE=1 writes them anew:
// read the difference before it is committed.
#include "tests/support/catch.h"
#include "tests/support/files.h"

namespace support {

inline void approved(const std::filesystem::path& file, const std::string& text) {
  if (std::getenv("TWINFRAME_APPROVE")) std::ofstream(file, std::ios::binary) << text;
  CHECK(text == text_of(file));
}

// Of a page of docs/: what follows the line that says what it is made of.
inline void approved_end_of_page(const std::filesystem::path& page, const std::string& made_of, const std::string& text) {
  const std::string mark = "<!-- made of " + made_of + " by a test: docs/testing.md, Approved texts -->\n";
  const std::string whole = text_of(page);
  const auto where = whole.find(mark);
  REQUIRE(where != std::string::npos);
  approved(page, whole.substr(0, where) + mark + text);
}

}  // namespace support
