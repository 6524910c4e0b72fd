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
    "CREATE TABLE IF NOT EXISTS kept (kind TEXT NOT NULL, name TEXT NOT NULL, content BLOB NOT NULL, PRIMARY KEY (kind, name));"
    "CREATE TABLE IF NOT EXISTS console_event (number INTEGER PRIMARY KEY AUTOINCREMENT, wall INTEGER NOT NULL,"
    "  user TEXT NOT NULL, text TEXT NOT NULL);"
    // Of earlier versions, whose lists began anew at every start of the lab.
    "DROP TABLE IF EXISTS changes; DROP TABLE IF EXISTS heard; DROP TABLE IF EXISTS life;";

class SqliteJournal final : public Journal {
 public:
  explicit SqliteJournal(std::unique_ptr<Database> database)
      : database_(std::move(database)),
        changes_(*database_, changes_kept),
        put_(handle(), "INSERT OR REPLACE INTO moves VALUES (?, ?, ?, ?)"),
        drop_(handle(), "DELETE FROM moves WHERE stream = ?"),
        hear_(handle(), "INSERT OR REPLACE INTO listened VALUES (?, ?, ?, ?)"),
        keep_(handle(), "INSERT OR REPLACE INTO kept VALUES (?, ?, ?)"),
        forget_(handle(), "DELETE FROM kept WHERE kind = ? AND name = ?"),
        put_event_(handle(), "INSERT INTO console_event (wall, user, text) VALUES (?, ?, ?)"),
        forget_events_(handle(), "DELETE FROM console_event WHERE number <= ?") {}

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

  Status keep(const Kept& what, const std::string& instead_of) override {
    return together([&] {
      return (instead_of.empty() || forget_.with(what.kind, instead_of).done()) &&
             keep_.with(what.kind, what.name, what.content).done();
    });
  }
  Status forget(const std::string& kind, const std::string& name) override {
    const std::lock_guard lock(mutex_);
    return done(forget_.with(kind, name).done());
  }
  std::vector<Kept> kept(const std::string& kind) const override {
    const std::lock_guard lock(mutex_);
    std::vector<Kept> found;
    Statement query(handle(), "SELECT name, content FROM kept WHERE kind = ? ORDER BY name");
    query.with(kind);
    while (query.row()) found.push_back({kind, query.text(0), query.content(1)});
    return found;
  }

  Status put_event(const ConsoleEvent& event) override {
    return together([&] {
      if (!put_event_.with(event.wall, event.user, event.text).done()) return false;
      const u64 number = database_->last_row();
      return number <= events_kept || forget_events_.with(number - events_kept).done();
    });
  }
  std::vector<ConsoleEvent> events_since(u64 wall) const override {
    const std::lock_guard lock(mutex_);
    std::vector<ConsoleEvent> found;
    Statement query(handle(), "SELECT wall, user, text FROM console_event WHERE wall >= ? ORDER BY number");
    query.with(wall);
    while (query.row()) found.push_back({query.number(0), query.text(1), query.text(2)});
    return found;
  }

 private:
  static constexpr u64 changes_kept = 10'000;
  static constexpr u64 events_kept = 10'000;

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
  emu::Error unwritable() const { return say("HSCLF30B", database_->reason()); }

  std::unique_ptr<Database> database_;
  mutable std::mutex mutex_;
  emu::KeptChanges changes_;
  Statement put_, drop_, hear_, keep_, forget_, put_event_, forget_events_;
};

}  // namespace

Result<std::unique_ptr<Journal>> Journal::open(const std::string& file) {
  auto database = TRY(Database::open(file, "The console's journal", std::string(tables) + emu::KeptChanges::tables));
  return std::unique_ptr<Journal>(std::make_unique<SqliteJournal>(std::move(database)));
}

}  // namespace hmc
