// SPDX-License-Identifier: GPL-2.0-or-later
#include "hmc/journal/journal.h"

#include <sqlite3.h>

#include <mutex>

#include "hmc/messages.h"

namespace hmc {

using emu::Error;
using emu::Result;
using emu::Status;

namespace {

struct Closer {
  void operator()(sqlite3* database) const { sqlite3_close(database); }
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Database = std::unique_ptr<sqlite3, Closer>;
using Statement = std::unique_ptr<sqlite3_stmt, Closer>;

class SqliteJournal final : public Journal {
 public:
  explicit SqliteJournal(Database database) : database_(std::move(database)) {}

  Status prepare() {
    sqlite3_busy_timeout(database_.get(), 5000);
    for (const char* sql :
         {"PRAGMA synchronous=OFF",
          "CREATE TABLE IF NOT EXISTS moves (stream INTEGER PRIMARY KEY, plan BLOB NOT NULL, row INTEGER NOT NULL, "
          "direction INTEGER NOT NULL)"})
      if (sqlite3_exec(database_.get(), sql, nullptr, nullptr, nullptr) != SQLITE_OK) return failure();
    return emu::success();
  }

  Status put(const MoveRecord& record) override {
    const std::lock_guard lock(mutex_);
    const Statement statement = sql("INSERT OR REPLACE INTO moves VALUES (?, ?, ?, ?)");
    if (!statement) return failure();
    sqlite3_bind_int64(statement.get(), 1, static_cast<sqlite3_int64>(record.stream));
    sqlite3_bind_blob(statement.get(), 2, record.plan.data(), static_cast<int>(record.plan.size()), SQLITE_STATIC);
    sqlite3_bind_int64(statement.get(), 3, record.row);
    sqlite3_bind_int64(statement.get(), 4, static_cast<int>(record.direction));
    if (sqlite3_step(statement.get()) != SQLITE_DONE) return failure();
    return emu::success();
  }

  Status remove(u64 stream) override {
    const std::lock_guard lock(mutex_);
    const Statement statement = sql("DELETE FROM moves WHERE stream = ?");
    if (!statement) return failure();
    sqlite3_bind_int64(statement.get(), 1, static_cast<sqlite3_int64>(stream));
    if (sqlite3_step(statement.get()) != SQLITE_DONE) return failure();
    return emu::success();
  }

  std::vector<MoveRecord> moves() const override {
    const std::lock_guard lock(mutex_);
    std::vector<MoveRecord> found;
    const Statement statement = sql("SELECT stream, plan, row, direction FROM moves ORDER BY stream");
    while (statement && sqlite3_step(statement.get()) == SQLITE_ROW) {
      MoveRecord& record = found.emplace_back();
      record.stream = static_cast<u64>(sqlite3_column_int64(statement.get(), 0));
      const auto* plan = static_cast<const u8*>(sqlite3_column_blob(statement.get(), 1));
      const int length = sqlite3_column_bytes(statement.get(), 1);
      if (plan) record.plan.assign(plan, plan + length);
      record.row = static_cast<u32>(sqlite3_column_int64(statement.get(), 2));
      record.direction = sqlite3_column_int(statement.get(), 3) == 2 ? Direction::undo : Direction::forward;
    }
    return found;
  }

 private:
  Statement sql(const char* text) const {
    sqlite3_stmt* statement = nullptr;
    sqlite3_prepare_v2(database_.get(), text, -1, &statement, nullptr);
    return Statement(statement);
  }
  Error failure() const { return say("HSCLA30B", std::string(sqlite3_errmsg(database_.get()))); }

  Database database_;
  mutable std::mutex mutex_;
};

}  // namespace

Result<std::unique_ptr<Journal>> Journal::open(const std::string& file) {
  sqlite3* opened = nullptr;
  const int result =
      sqlite3_open_v2(file.c_str(), &opened, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_FULLMUTEX, nullptr);
  Database database(opened);
  if (result != SQLITE_OK) return say("HSCLA30B", file + ": " + sqlite3_errstr(result) + ".");
  auto journal = std::make_unique<SqliteJournal>(std::move(database));
  TRY(journal->prepare());
  return std::unique_ptr<Journal>(std::move(journal));
}

}  // namespace hmc
