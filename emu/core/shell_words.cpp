// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/core/shell_words.h"

namespace emu {

Result<std::vector<std::string>> split_words(std::string_view line) {
  std::vector<std::string> words;
  bool in_word = false;
  char quote = 0;
  for (size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    const bool escapes = c == '\\' && quote != '\'' && i + 1 < line.size();
    const bool blank = !quote && (c == ' ' || c == '\t' || c == '\n');
    if (blank) {
      in_word = false;
      continue;
    }
    if (!in_word) words.emplace_back();
    in_word = true;
    if (escapes && (!quote || line[i + 1] == quote || line[i + 1] == '\\')) {
      words.back() += line[++i];
    } else if (quote ? c == quote : (c == '"' || c == '\'')) {
      quote = quote ? 0 : c;
    } else {
      words.back() += c;
    }
  }
  if (quote) return Error{"words", "A quote is not closed."};
  return words;
}

}  // namespace emu
