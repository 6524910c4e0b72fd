// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/core/database.h"

#include <fmt/format.h>
#include <sqlite3.h>
#include <xxhash.h>

namespace emu {

Statement::Statement(sqlite3* database, const char* sql) {
  sqlite3_prepare_v3(database, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement_, nullptr);
}
Statement::~Statement() { sqlite3_finalize(statement_); }

void Statement::bind(int at, u64 number) { sqlite3_bind_int64(statement_, at, static_cast<sqlite3_int64>(number)); }
void Statement::bind(int at, const std::string& text) {
  sqlite3_bind_text(statement_, at, text.data(), static_cast<int>(text.size()), SQLITE_TRANSIENT);
}
void Statement::bind(int at, const Bytes& content) {
  sqlite3_bind_blob(statement_, at, content.empty() ? "" : static_cast<const void*>(content.data()),
                    static_cast<int>(content.size()), SQLITE_TRANSIENT);
}

bool Statement::row() { return statement_ && sqlite3_step(statement_) == SQLITE_ROW; }
bool Statement::done() {
  const bool well = statement_ && sqlite3_step(statement_) == SQLITE_DONE;
  reset();  // it holds no lock until it runs again
  return well;
}
u64 Statement::number(int column) { return static_cast<u64>(sqlite3_column_int64(statement_, column)); }
std::string Statement::text(int column) {
  const Bytes bytes = content(column);
  return {bytes.begin(), bytes.end()};
}
Bytes Statement::content(int column) {
  const auto* from = static_cast<const u8*>(sqlite3_column_blob(statement_, column));
  const int length = sqlite3_column_bytes(statement_, column);
  return from ? Bytes(from, from + length) : Bytes{};
}
bool Statement::is_null(int column) { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }
void Statement::reset() { sqlite3_reset(statement_); }

namespace {
constexpr const char* ways =
    "PRAGMA journal_mode = WAL;"
    "PRAGMA synchronous = OFF;";
constexpr int patience = 5000;  // milliseconds, for another process in its transaction
constexpr int openings = 100;   // that is made or changed by another process just now: SQLite does not wait for that by itself
}  // namespace

Result<std::unique_ptr<Database>> Database::open(const std::string& file, const std::string& what, const std::string& set_up) {
  sqlite3* handle = nullptr;
  const int opened =
      sqlite3_open_v2(file.c_str(), &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_FULLMUTEX, nullptr);
  std::unique_ptr<Database> database(new Database(handle, file, what));
  sqlite3_busy_timeout(handle, patience);
  bool well = opened == SQLITE_OK;
  for (int i = 0; well && i < openings; ++i) {
    well = database->execute(ways) && database->execute(set_up.c_str());
    if (well || (sqlite3_errcode(handle) & 0xFF) != SQLITE_BUSY) break;
    well = i + 1 < openings;
    sqlite3_sleep(20);
  }
  // A full disk, or a file of somebody else, is no damage.
  const auto failure = [&]() -> Error {
    const int code = sqlite3_errcode(handle) & 0xFF;
    if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB) return database->damaged(sqlite3_errmsg(handle));
    return {"journal", fmt::format("{} {} cannot be opened: {}.", what, file, sqlite3_errmsg(handle))};
  };
  if (!well) return failure();
  Statement check(handle, "PRAGMA quick_check");
  if (!check.row()) return failure();
  if (const std::string found = check.text(0); found != "ok") return database->damaged(found);
  return database;
}

Database::~Database() { sqlite3_close(handle_); }

u64 Database::changes() const { return static_cast<u64>(sqlite3_changes(handle_)); }
u64 Database::last_row() const { return static_cast<u64>(sqlite3_last_insert_rowid(handle_)); }
bool Database::execute(const char* sql) { return sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr) == SQLITE_OK; }

bool Database::has_column(const std::string& table, const std::string& column) {
  Statement query(handle_, "SELECT 1 FROM pragma_table_info(?) WHERE name = ?");
  return query.with(table, column).row();
}

Error Database::damaged(const std::string& why) const {
  return {"damaged",
          fmt::format("{} {} is damaged ({}): `twinframe recover --explain` tells what is known without it.", what_, file_, why)};
}
Error Database::unwritable() const { return {"journal", fmt::format("{} cannot be written: {}.", what_, reason())}; }
std::string Database::reason() const { return sqlite3_errmsg(handle_); }

RowSum& RowSum::add(const void* data, size_t size) {
  sum_ = XXH3_64bits_withSeed(data, size, sum_ ^ size);
  return *this;
}
RowSum& RowSum::add(u64 number) { return add(&number, sizeof number); }
RowSum& RowSum::add(const std::string& text) { return add(text.data(), text.size()); }
RowSum& RowSum::add(const Bytes& content) { return add(content.data(), content.size()); }

}  // namespace emu
