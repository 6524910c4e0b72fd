// SPDX-License-Identifier: GPL-2.0-or-later
#include "hmc/cli/data.h"

#include <algorithm>

#include "hmc/attributes/list.h"

namespace hmc::cli {

using attributes::split_list;
using attributes::trimmed;
using emu::Result;

namespace {

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

Result<Data> Data::parse(std::string_view text) {
  Data data;
  const emu::Error malformed{"",
                             "The format of the configuration data is invalid. Please check your entry and retry the command."};
  if (trimmed(std::string(text)).empty()) return malformed;
  for (const std::string& piece : split_list(text)) {
    const size_t equals = equals_of(piece);
    if (equals == piece.npos) {
      if (data.assignments_.empty()) return malformed;
      data.assignments_.back().values.push_back(piece);
      data.assignments_.back().text += "," + piece;
      continue;
    }
    Assignment assignment;
    const bool change = piece[equals - 1] == '+' || piece[equals - 1] == '-';
    assignment.name = piece.substr(0, equals - (change ? 1 : 0));
    if (change) assignment.change = piece[equals - 1] == '+' ? Change::add : Change::remove;
    // A quoted pair holds a list: its commas are in the piece.
    assignment.text = piece.substr(equals + 1);
    assignment.values = split_list(assignment.text);
    if (const Assignment* other = data.find(assignment.name); other && (!change || other->change == Change::set))
      return malformed;
    data.assignments_.push_back(std::move(assignment));
  }
  return data;
}

const Assignment* Data::find(std::string_view name) const {
  const auto found = std::ranges::find(assignments_, name, &Assignment::name);
  return found == assignments_.end() ? nullptr : &*found;
}

std::string Data::text(std::string_view name) const {
  const Assignment* assignment = find(name);
  return assignment ? assignment->text : std::string();
}

std::vector<std::string> Data::values(std::string_view name) const {
  const Assignment* assignment = find(name);
  if (!assignment) return {};
  std::vector<std::string> values = assignment->values;
  std::erase(values, "");
  return values;
}

}  // namespace hmc::cli
