// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A list of changes in a database file: numbers are never given twice, and the latest changes are kept. Whoever uses it holds the lock of
// the file's owner; what is put belongs to the transaction that is open there.

#include "emu/core/change.h"
#include "emu/core/database.h"

namespace emu {

class KeptChanges {
 public:
  // Of the file's set-up.
  static constexpr const char* tables =
      "CREATE TABLE IF NOT EXISTS change (number INTEGER PRIMARY KEY AUTOINCREMENT, content BLOB NOT NULL);"
      "CREATE TABLE IF NOT EXISTS change_life (began INTEGER NOT NULL);"
      "INSERT INTO change_life SELECT abs(random()) WHERE NOT EXISTS (SELECT 1 FROM change_life);";

  // `most`: so many are kept.
  KeptChanges(Database& database, u64 most);

  // Its number is the list's to give. False: it could not be written.
  bool put(const Change& change);
  // All that are kept, and `complete` false, if `number` is older than those, or was not given yet.
  Changes after(u64 number) const;

 private:
  u64 number(const char* question) const;

  Database& database_;
  const u64 most_;
  Statement put_, forget_;
};

}  // namespace emu
