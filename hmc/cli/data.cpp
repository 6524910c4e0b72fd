// SPDX-License-Identifier: GPL-2.0-or-later
#include "hmc/cli/data.h"

#include <algorithm>

#include "hmc/messages.h"

namespace hmc::cli {

using emu::Result;

namespace {

std::string trimmed(std::string text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\n')) text.erase(text.begin());
  while (!text.empty() && (text.back() == ' ' || text.back() == '\n' || text.back() == '\r')) text.pop_back();
  return text;
}

// The position of the = of `name=`, if the text begins like that.
size_t equals_of(const std::string& text) {
  size_t at = 0;
  while (at < text.size() && ((text[at] >= 'a' && text[at] <= 'z') || (text[at] >= '0' && text[at] <= '9') || text[at] == '_'))
    ++at;
  if (at == 0) return text.npos;
  if (at + 1 < text.size() && (text[at] == '+' || text[at] == '-') && text[at + 1] == '=') return at + 1;
  return at < text.size() && text[at] == '=' ? at : text.npos;
}

}  // namespace

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

Result<Data> Data::parse(std::string_view text) {
  Data data;
  const emu::Error malformed{"",
                             "The format of the configuration data is invalid. Please check your entry and retry the command."};
  if (trimmed(std::string(text)).empty()) return malformed;
  for (const std::string& piece : split_list(text)) {
    const size_t equals = equals_of(piece);
    if (equals == piece.npos) {
      if (data.attributes_.empty()) return malformed;
      data.attributes_.back().values.push_back(piece);
      data.attributes_.back().text += "," + piece;
      continue;
    }
    Attribute attribute;
    const bool change = piece[equals - 1] == '+' || piece[equals - 1] == '-';
    attribute.name = piece.substr(0, equals - (change ? 1 : 0));
    if (change) attribute.change = piece[equals - 1] == '+' ? Change::add : Change::remove;
    // A quoted pair holds a list: its commas are in the piece.
    attribute.text = piece.substr(equals + 1);
    attribute.values = split_list(attribute.text);
    if (const Attribute* other = data.find(attribute.name); other && (!change || other->change == Change::set)) return malformed;
    data.attributes_.push_back(std::move(attribute));
  }
  return data;
}

const Attribute* Data::find(std::string_view name) const {
  const auto found = std::ranges::find(attributes_, name, &Attribute::name);
  return found == attributes_.end() ? nullptr : &*found;
}

std::string Data::text(std::string_view name) const {
  const Attribute* attribute = find(name);
  return attribute ? attribute->text : std::string();
}

std::vector<std::string> Data::values(std::string_view name) const {
  const Attribute* attribute = find(name);
  if (!attribute) return {};
  std::vector<std::string> values = attribute->values;
  std::erase(values, "");
  return values;
}

}  // namespace hmc::cli
