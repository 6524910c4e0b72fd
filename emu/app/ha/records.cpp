// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/app/ha/records.h"

#include <algorithm>

#include "emu/core/clock.h"

namespace emu::app::ha {

namespace {

constexpr const char* set_up =
    "CREATE TABLE IF NOT EXISTS package (name TEXT PRIMARY KEY, wanted INTEGER NOT NULL DEFAULT 1, switching INTEGER NOT NULL "
    "DEFAULT 1, moves_to TEXT NOT NULL DEFAULT '', restarts INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS event (number INTEGER PRIMARY KEY, wall INTEGER NOT NULL, package TEXT NOT NULL, text TEXT NOT "
    "NULL);";
constexpr u64 kept_events = 1000;

}  // namespace

Result<std::unique_ptr<Records>> Records::open(const std::string& state_folder) {
  return std::unique_ptr<Records>(new Records(TRY(Database::open(state_folder + "/packages", "The record of packages", set_up))));
}

Record Records::of(const std::string& package) {
  const std::lock_guard lock(mutex_);
  Record record;
  record.package = package;
  Statement look(database_->handle(), "SELECT wanted, switching, moves_to, restarts FROM package WHERE name = ?");
  if (!look.with(package).row()) return record;
  record.wanted = look.number(0) != 0;
  record.switching = look.number(1) != 0;
  record.moves_to = look.text(2);
  record.restarts = look.number(3);
  return record;
}

template <class... Values>
Status Records::change(const std::string& package, const char* what, const Values&... values) {
  const std::lock_guard lock(mutex_);
  Statement there(database_->handle(), "INSERT OR IGNORE INTO package (name) VALUES (?)");
  Statement update(database_->handle(), what);
  if (!there.with(package).done() || !update.with(values..., package).done()) return database_->unwritable();
  return success();
}

Status Records::want(const std::string& package, bool runs) {
  return change(package, "UPDATE package SET wanted = ? WHERE name = ?", u64{runs});
}
Status Records::enable(const std::string& package, bool switching) {
  return change(package, "UPDATE package SET switching = ? WHERE name = ?", u64{switching});
}
Status Records::move(const std::string& package, const std::string& to) {
  return change(package, "UPDATE package SET moves_to = ? WHERE name = ?", to);
}
Status Records::restarted(const std::string& package) {
  return change(package, "UPDATE package SET restarts = restarts + 1 WHERE name = ?");
}

Status Records::note(const std::string& package, const std::string& text) {
  const std::lock_guard lock(mutex_);
  Statement insert(database_->handle(), "INSERT INTO event (wall, package, text) VALUES (?, ?, ?)");
  if (!insert.with(HostClock().wall(), package, text).done()) return database_->unwritable();
  Statement old(database_->handle(), "DELETE FROM event WHERE number <= ?");
  const u64 last = database_->last_row();
  if (last > kept_events && !old.with(last - kept_events).done()) return database_->unwritable();
  return success();
}

std::vector<Event> Records::events(u32 latest) {
  const std::lock_guard lock(mutex_);
  std::vector<Event> all;
  Statement select(database_->handle(), "SELECT wall, package, text FROM event ORDER BY number DESC LIMIT ?");
  select.with(u64{latest});
  while (select.row()) all.push_back({select.number(0), select.text(1), select.text(2)});
  std::ranges::reverse(all);
  return all;
}

}  // namespace emu::app::ha
