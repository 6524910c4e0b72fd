// SPDX-License-Identifier: GPL-2.0-or-later
#include "firmware/journal.h"

#include <mutex>

#include <sqlite3.h>

#include "emu/core/log.h"

namespace firmware {

namespace {

constexpr emu::Log log{"journal"};

// A write-ahead log without fsync: what was committed is in the file system's cache, and survives the death of this process
// at any instant. WAL also needs no more than one write per transaction.
constexpr const char* set_up =
    "PRAGMA journal_mode = WAL;"
    "PRAGMA synchronous = OFF;"
    "PRAGMA busy_timeout = 2000;"
    "CREATE TABLE IF NOT EXISTS lpar (id INTEGER PRIMARY KEY, definition BLOB NOT NULL);"
    "CREATE TABLE IF NOT EXISTS stream (stream INTEGER PRIMARY KEY, lpar_id INTEGER NOT NULL, step INTEGER NOT NULL,"
    "  active INTEGER NOT NULL, other_system TEXT NOT NULL);"
    "CREATE TABLE IF NOT EXISTS kept (key TEXT PRIMARY KEY, content BLOB NOT NULL);";

constexpr const char* initialized_key = "journal/initialized";

class Statement {
 public:
  Statement(sqlite3* database, const char* sql) { sqlite3_prepare_v2(database, sql, -1, &statement_, nullptr); }
  ~Statement() { sqlite3_finalize(statement_); }
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  Statement& bind(int at, u64 number) {
    sqlite3_bind_int64(statement_, at, static_cast<sqlite3_int64>(number));
    return *this;
  }
  Statement& bind(int at, const std::string& text) {
    sqlite3_bind_text(statement_, at, text.data(), static_cast<int>(text.size()), SQLITE_TRANSIENT);
    return *this;
  }
  Statement& bind(int at, const Bytes& content) {
    sqlite3_bind_blob(statement_, at, content.empty() ? "" : static_cast<const void*>(content.data()),
                      static_cast<int>(content.size()), SQLITE_TRANSIENT);
    return *this;
  }
  bool row() { return statement_ && sqlite3_step(statement_) == SQLITE_ROW; }
  bool done() { return statement_ && sqlite3_step(statement_) == SQLITE_DONE; }
  u64 number(int column) { return static_cast<u64>(sqlite3_column_int64(statement_, column)); }
  std::string text(int column) {
    const Bytes bytes = content(column);
    return {bytes.begin(), bytes.end()};
  }
  Bytes content(int column) {
    const auto* from = static_cast<const u8*>(sqlite3_column_blob(statement_, column));
    const int length = sqlite3_column_bytes(statement_, column);
    return from ? Bytes(from, from + length) : Bytes{};
  }

 private:
  sqlite3_stmt* statement_ = nullptr;
};

class SqliteJournal final : public Journal {
 public:
  explicit SqliteJournal(sqlite3* database) : database_(database) {}
  ~SqliteJournal() override { sqlite3_close(database_); }

  std::vector<emu::LparDefinition> lpars() const override {
    const std::lock_guard lock(mutex_);
    std::vector<emu::LparDefinition> all;
    Statement query(database_, "SELECT id, definition FROM lpar ORDER BY id");
    while (query.row()) {
      const Bytes content = query.content(1);
      auto definition = emu::from_bytes<emu::LparDefinition>(content);
      if (definition)
        all.push_back(std::move(*definition));
      else
        log.error("partition {} of the journal cannot be read: {}", query.number(0), definition.error().text);
    }
    return all;
  }

  emu::Status put_lpar(const emu::LparDefinition& lpar) override {
    const std::lock_guard lock(mutex_);
    Statement change(database_, "INSERT OR REPLACE INTO lpar VALUES (?, ?)");
    return outcome(change.bind(1, u64{lpar.lpar_id}).bind(2, emu::to_bytes(lpar)).done());
  }

  emu::Status remove_lpar(u32 lpar_id) override {
    const std::lock_guard lock(mutex_);
    Statement change(database_, "DELETE FROM lpar WHERE id = ?");
    return outcome(change.bind(1, u64{lpar_id}).done());
  }

  bool initialized() const override { return !blob(initialized_key).empty(); }
  emu::Status set_initialized() override { return put_blob(initialized_key, Bytes{1}); }

  std::vector<StreamRecord> streams() const override {
    const std::lock_guard lock(mutex_);
    std::vector<StreamRecord> all;
    Statement query(database_, "SELECT stream, lpar_id, step, active, other_system FROM stream ORDER BY rowid");
    while (query.row())
      all.push_back({query.number(0), static_cast<u32>(query.number(1)), static_cast<StreamStep>(query.number(2)),
                     query.number(3) != 0, query.text(4)});
    return all;
  }

  emu::Status put_stream(const StreamRecord& record) override {
    const std::lock_guard lock(mutex_);
    if (record.step == StreamStep::finished) {
      Statement change(database_, "DELETE FROM stream WHERE stream = ?");
      return outcome(change.bind(1, record.stream).done());
    }
    Statement change(database_, "INSERT OR REPLACE INTO stream VALUES (?, ?, ?, ?, ?)");
    return outcome(change.bind(1, record.stream)
                       .bind(2, u64{record.lpar_id})
                       .bind(3, static_cast<u64>(record.step))
                       .bind(4, u64{record.active})
                       .bind(5, record.other_system)
                       .done());
  }

  emu::Status put_blob(const std::string& key, const Bytes& content) override {
    const std::lock_guard lock(mutex_);
    Statement change(database_, "INSERT OR REPLACE INTO kept VALUES (?, ?)");
    return outcome(change.bind(1, key).bind(2, content).done());
  }

  Bytes blob(const std::string& key) const override {
    const std::lock_guard lock(mutex_);
    Statement query(database_, "SELECT content FROM kept WHERE key = ?");
    return query.bind(1, key).row() ? query.content(0) : Bytes{};
  }

 private:
  emu::Status outcome(bool well) const {
    if (well) return emu::success();
    return emu::Error{"journal", std::string("The frame's journal cannot be written: ") + sqlite3_errmsg(database_) + "."};
  }

  sqlite3* database_;
  mutable std::mutex mutex_;
};

}  // namespace

emu::Result<std::unique_ptr<Journal>> Journal::open(const std::string& file) {
  sqlite3* database = nullptr;
  const int opened =
      sqlite3_open_v2(file.c_str(), &database, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_FULLMUTEX, nullptr);
  std::unique_ptr<Journal> journal = std::make_unique<SqliteJournal>(database);
  if (opened != SQLITE_OK || sqlite3_exec(database, set_up, nullptr, nullptr, nullptr) != SQLITE_OK)
    return emu::Error{"journal", "The frame's journal " + file + " cannot be opened: " + sqlite3_errmsg(database) + "."};
  return journal;
}

}  // namespace firmware
