// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/core/kept_changes.h"

#include <algorithm>

namespace emu {

namespace {
constexpr u64 forgotten_at_once = 100;
}

KeptChanges::KeptChanges(Database& database, u64 most)
    : database_(database),
      most_(most),
      put_(database.handle(), "INSERT INTO change (content) VALUES (?)"),
      forget_(database.handle(), "DELETE FROM change WHERE number <= ?") {}

bool KeptChanges::put(const Change& change) {
  if (!put_.with(to_bytes(change)).done()) return false;
  const u64 number = database_.last_row();
  return number % forgotten_at_once || forget_.with(number - std::min(number, most_)).done();
}

// Of a question that has one number for an answer; 0: it has none.
u64 KeptChanges::number(const char* question) const {
  Statement query(database_.handle(), question);
  return query.row() ? query.number(0) : 0;
}

Changes KeptChanges::after(u64 number) const {
  Changes found;
  found.life = this->number("SELECT began FROM change_life");
  found.last = this->number("SELECT seq FROM sqlite_sequence WHERE name = 'change'");
  const u64 first = this->number("SELECT MIN(number) FROM change");
  found.complete = number <= found.last && (number == found.last || number + 1 >= first);
  if (found.complete && number == found.last) return found;
  Statement query(database_.handle(), "SELECT number, content FROM change WHERE number > ? ORDER BY number");
  query.with(found.complete ? number : u64{0});
  while (query.row()) {
    auto change = from_bytes<Change>(query.content(1));
    if (!change) continue;
    change->number = query.number(0);
    found.changes.push_back(std::move(*change));
  }
  return found;
}

}  // namespace emu
