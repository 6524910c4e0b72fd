// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A POSIX extended regular expression. (g++ 12 warns of std::regex itself when it compiles it with sanitizers.)
#include <string>

#include <regex.h>

namespace support {

class Pattern {
 public:
  explicit Pattern(const std::string& text) {
    valid_ = regcomp(&compiled_, ("^(" + text + ")$").c_str(), REG_EXTENDED | REG_NOSUB) == 0;
  }
  ~Pattern() {
    if (valid_) regfree(&compiled_);
  }
  Pattern(const Pattern&) = delete;
  Pattern& operator=(const Pattern&) = delete;

  bool matches(const std::string& whole) const { return valid_ && regexec(&compiled_, whole.c_str(), 0, nullptr, 0) == 0; }

 private:
  regex_t compiled_{};
  bool valid_ = false;
};

}  // namespace support
