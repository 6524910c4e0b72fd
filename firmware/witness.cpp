// SPDX-License-Identifier: GPL-2.0-or-later
#include "firmware/witness.h"

#include <mutex>

#include <fmt/format.h>

#include "emu/core/database.h"

namespace firmware {

namespace {

using emu::Database;
using emu::Error;
using emu::RowSum;
using emu::Statement;
using emu::Status;

constexpr const char* tables =
    "CREATE TABLE IF NOT EXISTS partition (uuid TEXT PRIMARY KEY, owner TEXT NOT NULL, number INTEGER NOT NULL,"
    "  state INTEGER NOT NULL, stream INTEGER NOT NULL, other TEXT NOT NULL, sum INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS released (uuid TEXT PRIMARY KEY, owner TEXT NOT NULL, number INTEGER NOT NULL,"
    "  state INTEGER NOT NULL, stream INTEGER NOT NULL, other TEXT NOT NULL, sum INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS journal (system TEXT PRIMARY KEY, id TEXT NOT NULL, writes INTEGER NOT NULL) WITHOUT ROWID;";
constexpr const char* columns = "SELECT uuid, owner, number, state, stream, other, sum FROM partition";
constexpr const char* released_columns = "SELECT uuid, owner, number, state, stream, other, sum FROM released";

u64 sum_of(const Ownership& o) {
  return RowSum().add(o.uuid).add(o.owner).add(o.number).add(static_cast<u64>(o.state)).add(o.stream).add(o.other).value();
}

Ownership ownership_of(Statement& row) {
  return {row.text(0), row.text(1), row.number(2), static_cast<HandOver>(row.number(3)), row.number(4), row.text(5)};
}

Error contradicts(const std::string& wanted, const Ownership& said) {
  return {"witness",
          fmt::format("The witness contradicts: {}, but partition {} belongs to {} (owner number {}, {}, migration {:x}).",
                      wanted, said.uuid, said.owner, said.number, name_of(said.state), said.stream)};
}
Error unknown(const std::string& uuid) { return {"witness", fmt::format("The witness knows no partition {}.", uuid)}; }

class SqliteWitness final : public Witness {
 public:
  explicit SqliteWitness(std::unique_ptr<Database> database)
      : database_(std::move(database)),
        begin_(handle(), "BEGIN IMMEDIATE"),
        commit_(handle(), "COMMIT"),
        look_(handle(), (std::string(columns) + " WHERE uuid = ?").c_str()),
        put_(handle(), "INSERT OR REPLACE INTO partition VALUES (?, ?, ?, ?, ?, ?, ?)"),
        drop_(handle(), "DELETE FROM partition WHERE uuid = ?"),
        remember_(handle(), "INSERT OR REPLACE INTO released SELECT * FROM partition WHERE uuid = ?"),
        back_(handle(), "DELETE FROM released WHERE uuid = ?"),
        see_(handle(),
             "INSERT INTO journal VALUES (?1, ?2, ?3) ON CONFLICT (system) DO UPDATE SET id = ?2, writes = max(writes, ?3)") {}

  std::string file() const override { return database_->file(); }
  std::vector<Ownership> all() const override { return select(columns); }
  std::vector<Ownership> released() const override { return select(released_columns); }

  std::optional<Ownership> of(const std::string& uuid) const override {
    const std::lock_guard lock(mutex_);
    return look(uuid);
  }
  std::optional<Ownership> of_stream(u64 stream) const override {
    if (stream == 0) return std::nullopt;
    return only(select(std::string(columns) + " WHERE stream = ?", stream));
  }

  std::vector<SeenJournal> journals() const override {
    const std::lock_guard lock(mutex_);
    std::vector<SeenJournal> seen;
    Statement query(handle(), "SELECT system, id, writes FROM journal");
    while (query.row()) seen.push_back({query.text(0), query.text(1), query.number(2)});
    return seen;
  }
  Status see_journal(const SeenJournal& journal) override {
    const std::lock_guard lock(mutex_);
    if (!see_.with(journal.system, journal.id, journal.writes).done()) return database_->unwritable();
    return emu::success();
  }

  Status claim(const std::string& uuid, const std::string& system) override {
    return change(uuid, [&](std::optional<Ownership>& row) -> Status {
      if (!row) row = Ownership{.uuid = uuid, .owner = system, .other = {}};
      if (row->owner != system) return contradicts(system + " says that it owns it", *row);
      return emu::success();
    });
  }

  Status release(const std::string& uuid, const std::string& system) override {
    return change(uuid, [&](std::optional<Ownership>& row) -> Status {
      if (row && row->owner != system) return contradicts(system + " deletes it", *row);
      row.reset();
      return emu::success();
    });
  }

  Status take_over(const Ownership& known) override {
    return change(known.uuid, [&](std::optional<Ownership>& row) -> Status {
      if (row && row->owner != known.owner) return contradicts("a journal says that it belongs to " + known.owner, *row);
      if (!row) row = known;
      return emu::success();
    });
  }

  Status correct(const Ownership& known) override {
    return change(known.uuid, [&](std::optional<Ownership>& row) -> Status {
      row = known;
      return emu::success();
    });
  }
  Status accept_journal(const SeenJournal& journal) override {
    const std::lock_guard lock(mutex_);
    Statement put(handle(), "INSERT OR REPLACE INTO journal VALUES (?, ?, ?)");
    if (!put.with(journal.system, journal.id, journal.writes).done()) return database_->unwritable();
    return emu::success();
  }

  Status begin(const std::string& uuid, const std::string& system, u64 stream, const std::string& other) override {
    return change(uuid, [&](std::optional<Ownership>& row) -> Status {
      if (!row) return unknown(uuid);
      if (row->owner != system || (row->state == HandOver::handed_over && row->stream != stream))
        return contradicts(fmt::format("{} begins migration {:x}", system, stream), *row);
      if (row->state == HandOver::handed_over) return emu::success();
      row->state = HandOver::source;
      row->stream = stream;
      row->other = other;
      return emu::success();
    });
  }

  Status hand_over(const std::string& uuid, const std::string& system, u64 stream) override {
    return change(uuid, [&](std::optional<Ownership>& row) -> Status {
      if (!row) return unknown(uuid);
      if (row->owner != system || row->stream != stream || row->state == HandOver::started)
        return contradicts(fmt::format("{} hands it over in migration {:x}", system, stream), *row);
      row->state = HandOver::handed_over;
      return emu::success();
    });
  }

  Status take_back(const std::string& uuid, const std::string& system, u64 stream) override {
    return change(uuid, [&](std::optional<Ownership>& row) -> Status {
      if (!row) return unknown(uuid);
      if (row->owner != system || row->stream != stream || row->state == HandOver::started)
        return contradicts(fmt::format("{} takes it back from migration {:x}", system, stream), *row);
      row->state = HandOver::source;
      return emu::success();
    });
  }

  Status start(const std::string& uuid, const std::string& system, u64 stream) override {
    return change(uuid, [&](std::optional<Ownership>& row) -> Status {
      if (!row) return unknown(uuid);
      if (row->owner == system && row->stream == stream && row->state == HandOver::started) return emu::success();
      if (row->other != system || row->stream != stream || row->state != HandOver::handed_over)
        return contradicts(fmt::format("{} starts it by migration {:x}", system, stream), *row);
      std::swap(row->owner, row->other);
      ++row->number;
      row->state = HandOver::started;
      return emu::success();
    });
  }

  // Every row, when it is opened.
  Status verify() const {
    const std::lock_guard lock(mutex_);
    for (const char* const of : {columns, released_columns}) {
      Statement rows(handle(), of);
      while (rows.row()) {
        const Ownership o = ownership_of(rows);
        if (rows.number(6) != sum_of(o) || o.state < HandOver::source || o.state > HandOver::started)
          return database_->damaged("partition " + o.uuid);
      }
    }
    return emu::success();
  }

 private:
  sqlite3* handle() const { return database_->handle(); }

  template <class... Values>
  std::vector<Ownership> select(const std::string& sql, const Values&... values) const {
    const std::lock_guard lock(mutex_);
    std::vector<Ownership> found;
    Statement query(handle(), sql.c_str());
    query.with(values...);
    while (query.row()) found.push_back(ownership_of(query));
    return found;
  }
  static std::optional<Ownership> only(std::vector<Ownership> found) {
    return found.empty() ? std::nullopt : std::optional(std::move(found.front()));
  }

  std::optional<Ownership> look(const std::string& uuid) const {
    std::optional<Ownership> row;
    if (look_.with(uuid).row()) row = ownership_of(look_);
    look_.reset();
    return row;
  }
  // Looks and writes with everybody else shut out. What is not changed is not written.
  template <class Decide>
  Status change(const std::string& uuid, Decide&& decide) {
    const std::lock_guard lock(mutex_);
    if (!begin_.with().done()) return database_->unwritable();
    std::optional<Ownership> row = look(uuid);
    const std::optional<Ownership> before = row;
    Status decided = decide(row);
    if (decided && row != before && !write(uuid, before, row)) decided = database_->unwritable();
    if (decided && !commit_.with().done()) decided = database_->unwritable();
    if (!decided) (void)database_->execute("ROLLBACK");
    return decided;
  }
  bool write(const std::string& uuid, const std::optional<Ownership>& before, const std::optional<Ownership>& row) {
    if (!row) return remember_.with(uuid).done() && drop_.with(uuid).done();
    if (!before && !back_.with(uuid).done()) return false;
    return put_.with(row->uuid, row->owner, row->number, static_cast<u64>(row->state), row->stream, row->other, sum_of(*row))
        .done();
  }

  std::unique_ptr<Database> database_;
  mutable std::mutex mutex_;
  Statement begin_, commit_;
  mutable Statement look_;
  Statement put_, drop_, remember_, back_, see_;
};

}  // namespace

std::string_view name_of(HandOver state) {
  switch (state) {
    case HandOver::source:
      return "SOURCE";
    case HandOver::handed_over:
      return "HANDED_OVER";
    case HandOver::started:
      return "STARTED";
  }
  return "unknown";
}

emu::Result<std::unique_ptr<Witness>> Witness::open(const std::string& file) {
  auto witness = std::make_unique<SqliteWitness>(TRY(Database::open(file, "The lab's witness", tables)));
  TRY(witness->verify());
  return std::unique_ptr<Witness>(std::move(witness));
}

}  // namespace firmware
