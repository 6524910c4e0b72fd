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
          "direction INTEGER NOT NULL)",
          "CREATE TABLE IF NOT EXISTS changes (number INTEGER PRIMARY KEY AUTOINCREMENT, change BLOB NOT NULL)",
          "CREATE TABLE IF NOT EXISTS heard (system TEXT PRIMARY KEY, life INTEGER NOT NULL, last INTEGER NOT NULL)",
          "CREATE TABLE IF NOT EXISTS life (one INTEGER PRIMARY KEY CHECK (one = 1), began INTEGER NOT NULL)",
          "INSERT OR IGNORE INTO life VALUES (1, CAST((julianday('now') - 2440587.5) * 86400000000000 AS INTEGER))"})
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

  // Heard of before it is noted: what a full disk keeps out of the list is lost, and nothing is in it twice.
  Status put_change(const emu::Change& change, const Heard& heard) override {
    const std::lock_guard lock(mutex_);
    if (heard.life) {
      const Statement statement = sql("INSERT OR REPLACE INTO heard VALUES (?, ?, ?)");
      if (!statement) return failure();
      sqlite3_bind_text(statement.get(), 1, change.system.data(), static_cast<int>(change.system.size()), SQLITE_STATIC);
      sqlite3_bind_int64(statement.get(), 2, static_cast<sqlite3_int64>(heard.life));
      sqlite3_bind_int64(statement.get(), 3, static_cast<sqlite3_int64>(heard.last));
      if (sqlite3_step(statement.get()) != SQLITE_DONE) return failure();
    }
    const Bytes content = emu::to_bytes(change);
    const Statement statement = sql("INSERT INTO changes (change) VALUES (?)");
    if (!statement) return failure();
    sqlite3_bind_blob(statement.get(), 1, content.data(), static_cast<int>(content.size()), SQLITE_STATIC);
    if (sqlite3_step(statement.get()) != SQLITE_DONE) return failure();
    const sqlite3_int64 number = sqlite3_last_insert_rowid(database_.get());
    if (number % changes_forgotten_at_once) return emu::success();
    const Statement forget = sql("DELETE FROM changes WHERE number <= ?");
    sqlite3_bind_int64(forget.get(), 1, number - changes_kept);
    return sqlite3_step(forget.get()) == SQLITE_DONE ? emu::success() : Status(failure());
  }

  Heard heard_from(const std::string& system) const override {
    const std::lock_guard lock(mutex_);
    const Statement statement = sql("SELECT life, last FROM heard WHERE system = ?");
    if (!statement) return {};
    sqlite3_bind_text(statement.get(), 1, system.data(), static_cast<int>(system.size()), SQLITE_STATIC);
    if (sqlite3_step(statement.get()) != SQLITE_ROW) return {};
    return {static_cast<u64>(sqlite3_column_int64(statement.get(), 0)),
            static_cast<u64>(sqlite3_column_int64(statement.get(), 1))};
  }

  emu::Changes changes_after(u64 number) const override {
    const std::lock_guard lock(mutex_);
    emu::Changes found;
    found.life = this->number("SELECT began FROM life");
    found.last = this->number("SELECT seq FROM sqlite_sequence WHERE name = 'changes'");
    const u64 first = this->number("SELECT MIN(number) FROM changes");
    found.complete = number <= found.last && (number == found.last || number + 1 >= first);
    const Statement statement = sql("SELECT number, change FROM changes WHERE number > ? ORDER BY number");
    sqlite3_bind_int64(statement.get(), 1, found.complete ? static_cast<sqlite3_int64>(number) : 0);
    while (sqlite3_step(statement.get()) == SQLITE_ROW) {
      const auto* content = static_cast<const u8*>(sqlite3_column_blob(statement.get(), 1));
      auto change = emu::from_bytes<emu::Change>({content, static_cast<size_t>(sqlite3_column_bytes(statement.get(), 1))});
      if (!change) continue;
      change->number = static_cast<u64>(sqlite3_column_int64(statement.get(), 0));
      found.changes.push_back(std::move(*change));
    }
    return found;
  }

 private:
  static constexpr sqlite3_int64 changes_kept = 10'000;
  static constexpr sqlite3_int64 changes_forgotten_at_once = 100;

  // Of a question that has one number for an answer; 0: it has none.
  u64 number(const char* question) const {
    const Statement statement = sql(question);
    return statement && sqlite3_step(statement.get()) == SQLITE_ROW ? static_cast<u64>(sqlite3_column_int64(statement.get(), 0))
                                                                    : 0;
  }
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
