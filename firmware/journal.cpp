// SPDX-License-Identifier: GPL-2.0-or-later
#include "firmware/journal.h"

#include <mutex>

#include <fmt/format.h>

#include "emu/core/database.h"
#include "emu/core/kept_changes.h"

namespace firmware {

using emu::Database;
using emu::RowSum;
using emu::Statement;

namespace {

constexpr u64 changes_kept = 4096;

constexpr const char* tables =
    "CREATE TABLE IF NOT EXISTS lpar (id INTEGER PRIMARY KEY, definition BLOB NOT NULL, sum INTEGER);"
    "CREATE TABLE IF NOT EXISTS stream (stream INTEGER PRIMARY KEY, lpar_id INTEGER NOT NULL, step INTEGER NOT NULL,"
    "  active INTEGER NOT NULL, other_system TEXT NOT NULL, sum INTEGER);"
    "CREATE TABLE IF NOT EXISTS kept (key TEXT PRIMARY KEY, content BLOB NOT NULL, sum INTEGER);"
    "CREATE TABLE IF NOT EXISTS noted_state (id INTEGER PRIMARY KEY, state TEXT NOT NULL);"
    "CREATE TABLE IF NOT EXISTS written (times INTEGER NOT NULL);"
    "INSERT INTO written SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM written);";
constexpr const char* named_tables[] = {"lpar", "stream", "kept"};

constexpr const char* initialized_key = "journal/initialized";
constexpr const char* id_key = "journal/id";

u64 sum_of(u32 lpar_id, const Bytes& definition) { return RowSum().add(lpar_id).add(definition).value(); }
u64 sum_of(const StreamRecord& r) {
  return RowSum().add(r.stream).add(r.lpar_id).add(static_cast<u64>(r.step)).add(u64{r.active}).add(r.other_system).value();
}
u64 sum_of(const std::string& key, const Bytes& content) { return RowSum().add(key).add(content).value(); }

class SqliteJournal final : public Journal {
 public:
  explicit SqliteJournal(std::unique_ptr<Database> database)
      : database_(std::move(database)),
        changes_(*database_, changes_kept),
        note_state_(handle(), "INSERT OR REPLACE INTO noted_state VALUES (?, ?)"),
        forget_state_(handle(), "DELETE FROM noted_state WHERE id = ?"),
        put_stream_(handle(), "INSERT OR REPLACE INTO stream VALUES (?, ?, ?, ?, ?, ?)"),
        drop_stream_(handle(), "DELETE FROM stream WHERE stream = ?"),
        put_lpar_(handle(), "INSERT OR REPLACE INTO lpar VALUES (?, ?, ?)"),
        drop_lpar_(handle(), "DELETE FROM lpar WHERE id = ?"),
        put_kept_(handle(), "INSERT OR REPLACE INTO kept VALUES (?, ?, ?)") {}

  std::string file() const override { return database_->file(); }
  std::string id() const override {
    const Bytes name = blob(id_key);
    return {name.begin(), name.end()};
  }
  emu::Status set_id(const std::string& id) override { return put_blob(id_key, {id.begin(), id.end()}); }

  u64 writes() const override {
    const std::lock_guard lock(mutex_);
    return written();
  }
  void on_write(std::function<void(u64)> listener) override {
    const std::lock_guard lock(mutex_);
    listener_ = std::move(listener);
  }

  emu::Status together(const std::function<emu::Status()>& changes) override {
    std::function<void(u64)> listener;
    u64 times = 0;
    {
      const std::lock_guard lock(mutex_);
      if (!database_->execute("BEGIN IMMEDIATE")) return database_->unwritable();
      together_ = true;
      emu::Status status = changes();
      together_ = false;
      if (status && !database_->execute("COMMIT")) status = database_->unwritable();
      if (!status) {
        (void)database_->execute("ROLLBACK");
        return status;
      }
      listener = listener_;
      if (listener) times = written();
    }
    if (listener) listener(times);
    return emu::success();
  }

  std::vector<emu::LparDefinition> lpars() const override {
    const std::lock_guard lock(mutex_);
    std::vector<emu::LparDefinition> all;
    Statement query(handle(), "SELECT definition FROM lpar ORDER BY id");
    while (query.row())
      if (auto definition = emu::from_bytes<emu::LparDefinition>(query.content(0))) all.push_back(std::move(*definition));
    return all;
  }

  emu::Status put_lpar(const emu::LparDefinition& lpar) override {
    const Bytes definition = emu::to_bytes(lpar);
    return write([&] { return put_lpar_.with(u64{lpar.lpar_id}, definition, sum_of(lpar.lpar_id, definition)).done(); });
  }
  emu::Status remove_lpar(u32 lpar_id) override {
    return write([&] { return drop_lpar_.with(u64{lpar_id}).done() && forget_state_.with(u64{lpar_id}).done(); });
  }

  bool initialized() const override { return !blob(initialized_key).empty(); }
  emu::Status set_initialized() override { return put_blob(initialized_key, Bytes{1}); }

  std::vector<StreamRecord> streams() const override {
    const std::lock_guard lock(mutex_);
    std::vector<StreamRecord> all;
    Statement query(handle(), "SELECT stream, lpar_id, step, active, other_system FROM stream ORDER BY rowid");
    while (query.row()) all.push_back(stream_of(query));
    return all;
  }

  emu::Status put_stream(const StreamRecord& r) override {
    return write([&] {
      if (r.step == StreamStep::finished) return drop_stream_.with(r.stream).done();
      return put_stream_.with(r.stream, u64{r.lpar_id}, static_cast<u64>(r.step), u64{r.active}, r.other_system, sum_of(r))
          .done();
    });
  }

  emu::Status put_blob(const std::string& key, const Bytes& content) override {
    return write([&] { return put_kept_.with(key, content, sum_of(key, content)).done(); });
  }

  // Not counted among the writes: the witness has nothing to see of it.
  emu::Status put_change(const emu::Change& change) override {
    const std::lock_guard lock(mutex_);
    bool well = changes_.put(change);
    if (change.kind == emu::ChangeKind::state) well = well && note_state_.with(u64{change.lpar_id}, change.detail).done();
    return well ? emu::success() : emu::Status(database_->unwritable());
  }
  std::map<u32, std::string> noted_states() const override {
    const std::lock_guard lock(mutex_);
    std::map<u32, std::string> all;
    Statement query(handle(), "SELECT id, state FROM noted_state");
    while (query.row()) all[static_cast<u32>(query.number(0))] = query.text(1);
    return all;
  }
  emu::Changes changes_after(u64 number) const override {
    const std::lock_guard lock(mutex_);
    return changes_.after(number);
  }

  Bytes blob(const std::string& key) const override {
    const std::lock_guard lock(mutex_);
    Statement query(handle(), "SELECT content FROM kept WHERE key = ?");
    return query.with(key).row() ? query.content(0) : Bytes{};
  }

  // Every row, when it is opened: is it what was written? Rows of version 0.2 have no sum.
  emu::Status verify() const {
    const std::lock_guard lock(mutex_);
    const auto wrong = [](Statement& row, int column, u64 sum) { return !row.is_null(column) && row.number(column) != sum; };
    Statement lpars(handle(), "SELECT id, definition, sum FROM lpar");
    while (lpars.row()) {
      const auto id = static_cast<u32>(lpars.number(0));
      const Bytes content = lpars.content(1);
      if (wrong(lpars, 2, sum_of(id, content)) || !emu::from_bytes<emu::LparDefinition>(content))
        return database_->damaged(fmt::format("partition {}", id));
    }
    Statement streams(handle(), "SELECT stream, lpar_id, step, active, other_system, sum FROM stream");
    while (streams.row()) {
      const StreamRecord r = stream_of(streams);
      if (wrong(streams, 5, sum_of(r)) || r.step < StreamStep::shell || r.step >= StreamStep::finished)
        return database_->damaged(fmt::format("migration {:x}", r.stream));
    }
    Statement kept(handle(), "SELECT key, content, sum FROM kept");
    while (kept.row())
      if (wrong(kept, 2, sum_of(kept.text(0), kept.content(1)))) return database_->damaged(kept.text(0));
    return emu::success();
  }

 private:
  sqlite3* handle() const { return database_->handle(); }

  static StreamRecord stream_of(Statement& row) {
    return {row.number(0), static_cast<u32>(row.number(1)), static_cast<StreamStep>(row.number(2)), row.number(3) != 0,
            row.text(4)};
  }

  u64 written() const {
    Statement query(handle(), "SELECT times FROM written");
    return query.row() ? query.number(0) : 0;
  }

  template <class Change>
  emu::Status write(Change&& change) {
    std::function<void(u64)> listener;
    u64 times = 0;
    {
      const std::lock_guard lock(mutex_);
      if (!change()) return database_->unwritable();
      if (!together_) listener = listener_;
      if (listener) times = written();
    }
    if (listener) listener(times);
    return emu::success();
  }

  std::unique_ptr<Database> database_;
  mutable std::recursive_mutex mutex_;
  emu::KeptChanges changes_;
  Statement note_state_, forget_state_, put_stream_, drop_stream_, put_lpar_, drop_lpar_, put_kept_;
  std::function<void(u64)> listener_;
  bool together_ = false;  // within a transaction of several writes
};

// Files of version 0.2 get what their tables lack. Every write is counted, in its own transaction.
bool complete_tables(Database& database) {
  for (const std::string table : named_tables) {
    if (!database.has_column(table, "sum") && !database.execute(("ALTER TABLE " + table + " ADD COLUMN sum INTEGER").c_str()))
      return false;
    for (const std::string change : {"INSERT", "DELETE"})
      if (!database.execute(fmt::format("CREATE TRIGGER IF NOT EXISTS {0}_{1} AFTER {1} ON {0} "
                                        "BEGIN UPDATE written SET times = times + 1; END",
                                        table, change)
                                .c_str()))
        return false;
  }
  return true;
}

}  // namespace

emu::Result<std::unique_ptr<Journal>> Journal::open(const std::string& file) {
  auto database = TRY(Database::open(file, "The frame's journal", std::string(tables) + emu::KeptChanges::tables));
  if (!complete_tables(*database)) return database->unwritable();
  auto journal = std::make_unique<SqliteJournal>(std::move(database));
  TRY(journal->verify());
  return std::unique_ptr<Journal>(std::move(journal));
}

}  // namespace firmware
