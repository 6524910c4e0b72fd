// SPDX-License-Identifier: GPL-2.0-or-later
#include "hmc/journal/journal.h"

#include <mutex>

#include "emu/core/database.h"
#include "emu/core/kept_changes.h"
#include "hmc/messages.h"

namespace hmc {

using emu::Database;
using emu::Result;
using emu::Statement;
using emu::Status;

namespace {

constexpr const char* tables =
    "CREATE TABLE IF NOT EXISTS moves (stream INTEGER PRIMARY KEY, plan BLOB NOT NULL, row INTEGER NOT NULL, direction INTEGER "
    "NOT NULL);"
    "CREATE TABLE IF NOT EXISTS listened (system TEXT PRIMARY KEY, life INTEGER NOT NULL, last INTEGER NOT NULL,"
    "  connected INTEGER NOT NULL);"
    // Of earlier versions, whose lists began anew at every start of the lab.
    "DROP TABLE IF EXISTS changes; DROP TABLE IF EXISTS heard; DROP TABLE IF EXISTS life;";

class SqliteJournal final : public Journal {
 public:
  explicit SqliteJournal(std::unique_ptr<Database> database)
      : database_(std::move(database)),
        changes_(*database_, changes_kept),
        put_(handle(), "INSERT OR REPLACE INTO moves VALUES (?, ?, ?, ?)"),
        drop_(handle(), "DELETE FROM moves WHERE stream = ?"),
        hear_(handle(), "INSERT OR REPLACE INTO listened VALUES (?, ?, ?, ?)") {}

  Status put(const MoveRecord& record) override {
    const std::lock_guard lock(mutex_);
    return done(put_.with(record.stream, record.plan, u64{record.row}, static_cast<u64>(record.direction)).done());
  }
  std::vector<MoveRecord> moves() const override {
    const std::lock_guard lock(mutex_);
    std::vector<MoveRecord> found;
    Statement query(handle(), "SELECT stream, plan, row, direction FROM moves ORDER BY stream");
    while (query.row())
      found.push_back({query.number(0), query.content(1), static_cast<u32>(query.number(2)),
                       query.number(3) == 2 ? Direction::undo : Direction::forward});
    return found;
  }

  Status put_change(const emu::Change& change, const Heard* heard) override {
    return together([&] {
      return (!heard || hear_.with(change.system, heard->life, heard->last, u64{heard->connected}).done()) &&
             changes_.put(change);
    });
  }
  Status put_end(u64 stream, const emu::Change& change) override {
    return together([&] { return drop_.with(stream).done() && changes_.put(change); });
  }
  emu::Changes changes_after(u64 number) const override {
    const std::lock_guard lock(mutex_);
    return changes_.after(number);
  }
  std::optional<Heard> heard_from(const std::string& system) const override {
    const std::lock_guard lock(mutex_);
    Statement query(handle(), "SELECT life, last, connected FROM listened WHERE system = ?");
    if (!query.with(system).row()) return std::nullopt;
    return Heard{query.number(0), query.number(1), query.number(2) != 0};
  }

 private:
  static constexpr u64 changes_kept = 10'000;

  sqlite3* handle() const { return database_->handle(); }
  template <class Writes>
  Status together(Writes&& writes) {
    const std::lock_guard lock(mutex_);
    if (!database_->execute("BEGIN IMMEDIATE")) return unwritable();
    if (writes() && database_->execute("COMMIT")) return emu::success();
    const emu::Error error = unwritable();
    (void)database_->execute("ROLLBACK");
    return error;
  }
  Status done(bool well) const { return well ? emu::success() : Status(unwritable()); }
  emu::Error unwritable() const { return say("HSCLA30B", database_->reason()); }

  std::unique_ptr<Database> database_;
  mutable std::mutex mutex_;
  emu::KeptChanges changes_;
  Statement put_, drop_, hear_;
};

}  // namespace

Result<std::unique_ptr<Journal>> Journal::open(const std::string& file) {
  auto database = TRY(Database::open(file, "The console's journal", std::string(tables) + emu::KeptChanges::tables));
  return std::unique_ptr<Journal>(std::make_unique<SqliteJournal>(std::move(database)));
}

}  // namespace hmc
