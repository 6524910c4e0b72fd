// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Who works on which partition at this console. A validation, a migration and a recovery have a partition for themselves: who comes
// second is told so (HSCL3205). Commands that are done at once take turns, because each reads what it changes: the next one waits, and is
// told so only if that takes long. Any thread.
//
//   const Claims::Claim claim = TRY(console.claims().take(uuid, name, Claims::Kind::alone));   // until its end of life

#include <condition_variable>
#include <map>
#include <mutex>
#include <string>
#include <utility>

#include "emu/core/result.h"
#include "emu/core/types.h"

namespace hmc {

class Claims {
 public:
  enum class Kind { alone = 1, in_turn };

  class Claim {
   public:
    Claim() = default;
    Claim(Claim&& other) noexcept : claims_(std::exchange(other.claims_, nullptr)), uuid_(std::move(other.uuid_)) {}
    Claim& operator=(Claim&& other) noexcept {
      std::swap(claims_, other.claims_);
      std::swap(uuid_, other.uuid_);
      return *this;
    }
    ~Claim() {
      if (claims_) claims_->give_back(uuid_);
    }

   private:
    friend class Claims;
    Claim(Claims& claims, std::string uuid) : claims_(&claims), uuid_(std::move(uuid)) {}
    Claims* claims_ = nullptr;
    std::string uuid_;
  };

  // By the partition's UUID, which it has on both sides of a move; its name is for the refusal.
  emu::Result<Claim> take(const std::string& uuid, const std::string& name, Kind);

 private:
  void give_back(const std::string& uuid);

  std::mutex mutex_;
  std::condition_variable free_;
  std::map<std::string, Kind> held_;  // only partitions that somebody works on
};

}  // namespace hmc
