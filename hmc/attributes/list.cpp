// SPDX-License-Identifier: GPL-2.0-or-later
#include "hmc/attributes/list.h"

namespace hmc::attributes {

std::string trimmed(std::string text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\n')) text.erase(text.begin());
  while (!text.empty() && (text.back() == ' ' || text.back() == '\n' || text.back() == '\r')) text.pop_back();
  return text;
}

// Quotes: "a,b" is one piece, also within one (name='p'). A doubled quote within quotes stays as one, to be parted later.
std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> pieces;
  std::string piece;
  char quote = 0;
  for (size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (quote) {
      if (c != quote) {
        piece += c;
      } else if (at + 1 < text.size() && text[at + 1] == quote) {
        piece += quote;
        ++at;
      } else {
        quote = 0;
      }
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == ',') {
      pieces.push_back(trimmed(piece));
      piece.clear();
    } else {
      piece += c;
    }
  }
  pieces.push_back(trimmed(piece));
  return pieces;
}

std::string list_text(const std::vector<std::string>& entries) {
  std::string text;
  for (const std::string& entry : entries) {
    if (&entry != entries.data()) text += ",";
    text += entry.find(',') == entry.npos ? entry : "\"" + entry + "\"";
  }
  return text;
}

}  // namespace hmc::attributes
