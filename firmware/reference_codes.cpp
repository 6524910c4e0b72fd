// SPDX-License-Identifier: GPL-2.0-or-later
#include "firmware/reference_codes.h"

#include <algorithm>

namespace firmware {

namespace {

constexpr size_t kept = 64;

}  // namespace

void ReferenceCodes::show(u64 wall, const std::string& refcode) {
  own_ = refcode;
  show_in_a_move(wall, refcode, "");
}

void ReferenceCodes::show_in_a_move(u64 wall, const std::string& refcode, const std::string& word2) {
  codes_.push_front({wall, refcode, word2});
  if (codes_.size() > kept) codes_.pop_back();
}

void ReferenceCodes::show_own_again(u64 wall) {
  if (!codes_.empty() && codes_.front().refcode != own_) show(wall, std::string(own_));
}

std::vector<RefCodeEntry> ReferenceCodes::newest(u32 count) const {
  const auto shown = static_cast<std::ptrdiff_t>(std::min<size_t>(count, codes_.size()));
  return {codes_.begin(), codes_.begin() + shown};
}

}  // namespace firmware
