// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Who works on which partition at this console. A validation, a migration and a recovery have a partition for themselves; commands
// that are done at once share it with each other. Nobody waits: who comes second is told so (HSCL3205). Any thread.
//
//   const Claims::Claim claim = TRY(console.claims().take(uuid, name, Claims::Kind::alone));   // until its end of life

#include <map>
#include <mutex>
#include <string>
#include <utility>

#include "emu/core/result.h"
#include "emu/core/types.h"

namespace hmc {

class Claims {
 public:
  enum class Kind { alone = 1, shared };

  class Claim {
   public:
    Claim() = default;
    Claim(Claim&& other) noexcept
        : claims_(std::exchange(other.claims_, nullptr)), uuid_(std::move(other.uuid_)), kind_(other.kind_) {}
    Claim& operator=(Claim&& other) noexcept {
      std::swap(claims_, other.claims_);
      std::swap(uuid_, other.uuid_);
      std::swap(kind_, other.kind_);
      return *this;
    }
    ~Claim() {
      if (claims_) claims_->give_back(uuid_, kind_);
    }

   private:
    friend class Claims;
    Claim(Claims& claims, std::string uuid, Kind kind) : claims_(&claims), uuid_(std::move(uuid)), kind_(kind) {}
    Claims* claims_ = nullptr;
    std::string uuid_;
    Kind kind_ = Kind::shared;
  };

  // By the partition's UUID, which it has on both sides of a move; its name is for the refusal.
  emu::Result<Claim> take(const std::string& uuid, const std::string& name, Kind);

 private:
  struct Held {
    bool alone = false;
    u32 shared = 0;
  };
  void give_back(const std::string& uuid, Kind);

  std::mutex mutex_;
  std::map<std::string, Held> held_;  // only partitions that somebody works on
};

}  // namespace hmc
