// SPDX-License-Identifier: GPL-2.0-or-later
#include "firmware/console_lock.h"

#include <fmt/format.h>

#include "emu/core/archive.h"
#include "emu/core/names.h"

namespace firmware {

namespace {

constexpr const char* key = "system/console_lock";
constexpr size_t longest_holder = 255;  // a host name

emu::Error held_by(const std::string& system, const std::string& holder) {
  return {"HSCLF040",
          fmt::format("The managed system {} is locked by the console {}. Retry the command when that console has ended "
                      "its operation, or break the lock with rmlock.",
                      system, holder)};
}

}  // namespace

emu::Status ConsoleLock::restore() {
  const Bytes kept = journal_.blob(key);
  const std::lock_guard guard(mutex_);
  if (!kept.empty()) lock_ = TRY(emu::from_bytes<KeptLock>(kept));
  return emu::success();
}

emu::Result<u64> ConsoleLock::take(const std::string& holder, bool force) {
  if (holder.empty() || holder.size() > longest_holder || holder != emu::shown_name(holder))
    return emu::Error{"service", "The console has no name."};
  const std::lock_guard guard(mutex_);
  if (!lock_.holder.empty() && lock_.holder != holder && !force) return held_by(system_, lock_.holder);
  TRY(keep({holder, lock_.epoch + 1, clock_.wall()}));
  return lock_.epoch;
}

emu::Status ConsoleLock::give_back(u64 epoch, bool force) {
  const std::lock_guard guard(mutex_);
  if (lock_.holder.empty() || (epoch != lock_.epoch && !force)) return emu::success();
  return keep({"", lock_.epoch, 0});
}

emu::Status ConsoleLock::admits(u64 epoch) const {
  const std::lock_guard guard(mutex_);
  if (lock_.holder.empty() ? epoch == 0 : epoch == lock_.epoch) return emu::success();
  if (!lock_.holder.empty()) return held_by(system_, lock_.holder);
  return emu::Error{"HSCLF041", fmt::format("The lock of this console on the managed system {} was broken: the operation was not "
                                            "carried out.",
                                            system_)};
}

KeptLock ConsoleLock::now() const {
  const std::lock_guard guard(mutex_);
  return lock_;
}

emu::Status ConsoleLock::keep(KeptLock lock) {
  TRY(journal_.put_blob(key, emu::to_bytes(lock)));
  lock_ = std::move(lock);
  return emu::success();
}

}  // namespace firmware
