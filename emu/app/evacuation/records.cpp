// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/app/evacuation/records.h"

#include <set>

#include <fmt/format.h>

namespace emu::app::evacuation {

namespace {

constexpr const char* set_up =
    "CREATE TABLE IF NOT EXISTS entries (system TEXT NOT NULL, place INTEGER NOT NULL, partition TEXT NOT NULL, action INTEGER "
    "NOT "
    "NULL, target TEXT NOT NULL, why TEXT NOT NULL, was_running INTEGER NOT NULL, outcome INTEGER NOT NULL, error TEXT NOT NULL, "
    "PRIMARY KEY (system, partition));"
    // Where a step leads from, if that is not the key.
    "CREATE TABLE IF NOT EXISTS sources (system TEXT NOT NULL, partition TEXT NOT NULL, source TEXT NOT NULL, "
    "PRIMARY KEY (system, partition));"
    "CREATE TABLE IF NOT EXISTS roll (place INTEGER PRIMARY KEY, system TEXT NOT NULL)";

template <class E>
Result<E> known(u64 number, E last, const Database& database) {
  if (number == 0 || number > static_cast<u64>(last)) return database.damaged("it has a number that means nothing");
  return static_cast<E>(number);
}

}  // namespace

Error in_maintenance(const std::string& system) {
  return {"evacuation", fmt::format("{0} is in maintenance itself: `twinframe evacuate {0} --back` ends that.", system)};
}

Records::Records(std::unique_ptr<Database> database) : database_(std::move(database)) {}

Result<std::unique_ptr<Records>> Records::open(const std::string& state_folder) {
  auto database = TRY(Database::open(state_folder + "/evacuations", "The record of evacuations", set_up));
  return std::unique_ptr<Records>(new Records(std::move(database)));
}

Status Records::begin(const std::string& key, const std::vector<Entry>& entries) {
  if (!database_->execute("BEGIN IMMEDIATE")) return database_->unwritable();
  const auto write = [&]() -> Status {
    Statement any(database_->handle(), "SELECT 1 FROM entries WHERE system = ?");
    if (any.with(key).row())
      return Error{"evacuation", "One is recorded already: go on with --resume, or bring everybody home with --back."};
    // Two plans may have been made at the same time.
    for (const Entry& each : entries)
      if (any.with(each.step.to).row()) return in_maintenance(each.step.to);
    Statement coming(database_->handle(), "SELECT system FROM entries WHERE target = ? AND outcome IN (?, ?)");
    std::set<std::string> left{key};
    for (const Entry& each : entries) left.insert(each.step.from);
    for (const std::string& each : left)
      if (!each.empty() && coming.with(each, static_cast<u64>(Outcome::open), static_cast<u64>(Outcome::failed)).row())
        return Error{"evacuation",
                     fmt::format("{} to {}. Let it end first, with --resume or --back.",
                                 coming.text(0)[0] == not_a_system ? "Another command moves partitions"
                                                                   : "The evacuation of " + coming.text(0) + " brings partitions",
                                 each)};
    Statement source(database_->handle(), "INSERT INTO sources VALUES (?, ?, ?)");
    for (const Entry& each : entries)
      if (!each.step.from.empty() && each.step.from != key && !source.with(key, each.step.partition, each.step.from).done())
        return database_->unwritable();
    Statement insert(database_->handle(), "INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
    u64 place = 0;
    for (const Entry& each : entries)
      if (!insert
               .with(key, ++place, each.step.partition, static_cast<u64>(each.step.action), each.step.to, each.step.why,
                     u64{each.was_running}, static_cast<u64>(each.outcome), each.error)
               .done())
        return database_->unwritable();
    return success();
  };
  Status written = write();
  if (written && !database_->execute("COMMIT")) written = database_->unwritable();
  if (!written) database_->execute("ROLLBACK");
  return written;
}

Status Records::note(const std::string& key, const std::string& partition, Outcome outcome, const std::string& error) {
  Statement update(database_->handle(), "UPDATE entries SET outcome = ?, error = ? WHERE system = ? AND partition = ?");
  if (!update.with(static_cast<u64>(outcome), error, key, partition).done()) return database_->unwritable();
  return success();
}

Status Records::forget(const std::string& key) {
  if (!database_->execute("BEGIN IMMEDIATE")) return database_->unwritable();
  Statement remove(database_->handle(), "DELETE FROM entries WHERE system = ?");
  Statement sources(database_->handle(), "DELETE FROM sources WHERE system = ?");
  if (remove.with(key).done() && sources.with(key).done() && database_->execute("COMMIT")) return success();
  database_->execute("ROLLBACK");
  return database_->unwritable();
}

Result<std::vector<Entry>> Records::entries(const std::string& key) {
  std::vector<Entry> all;
  Statement select(
      database_->handle(),
      "SELECT partition, action, target, why, was_running, outcome, error, (SELECT source FROM sources WHERE sources.system = "
      "entries.system AND sources.partition = entries.partition) FROM entries WHERE system = ? ORDER BY place");
  select.with(key);
  while (select.row()) {
    Entry entry;
    entry.step.partition = select.text(0);
    entry.step.action = TRY(known(select.number(1), Action::stays, *database_));
    entry.step.to = select.text(2);
    entry.step.why = select.text(3);
    entry.was_running = select.number(4) != 0;
    entry.outcome = TRY(known(select.number(5), Outcome::back, *database_));
    entry.error = select.text(6);
    entry.step.from = select.text(7);
    if (entry.step.from.empty()) entry.step.from = key;
    all.push_back(std::move(entry));
  }
  return all;
}

Result<std::vector<std::string>> Records::systems() {
  std::vector<std::string> all;
  Statement select(database_->handle(), "SELECT DISTINCT system FROM entries ORDER BY system");
  select.with();
  while (select.row())
    if (const std::string key = select.text(0); !key.empty() && key[0] != not_a_system) all.push_back(key);
  return all;
}

Status Records::begin_roll(const std::vector<std::string>& systems) {
  if (!database_->execute("BEGIN IMMEDIATE")) return database_->unwritable();
  const auto write = [&]() -> Status {
    Statement any(database_->handle(), "SELECT 1 FROM roll");
    if (any.with().row()) return Error{"roll", "A rolling update is recorded already: go on with --resume."};
    Statement insert(database_->handle(), "INSERT INTO roll VALUES (?, ?)");
    u64 place = 0;
    for (const std::string& each : systems)
      if (!insert.with(++place, each).done()) return database_->unwritable();
    return success();
  };
  Status written = write();
  if (written && !database_->execute("COMMIT")) written = database_->unwritable();
  if (!written) database_->execute("ROLLBACK");
  return written;
}

Result<std::vector<std::string>> Records::roll() {
  std::vector<std::string> all;
  Statement select(database_->handle(), "SELECT system FROM roll ORDER BY place");
  select.with();
  while (select.row()) all.push_back(select.text(0));
  return all;
}

Status Records::rolled(const std::string& system) {
  Statement remove(database_->handle(), "DELETE FROM roll WHERE system = ?");
  if (!remove.with(system).done()) return database_->unwritable();
  return success();
}

}  // namespace emu::app::evacuation
