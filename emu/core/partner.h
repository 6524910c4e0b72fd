// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The other end of a virtual SCSI adapter, as people write it. A server adapter can be open to any client partition, or to any
// adapter of one: "any" in the HMC's lists, 0 or 65535 as a number.

#include <optional>
#include <string>
#include <string_view>

#include "emu/core/text.h"
#include "emu/core/types.h"

namespace emu {

inline constexpr u32 any_partner = 0;  // as it is kept

constexpr bool is_any_partner(u32 lpar_or_slot) { return lpar_or_slot == any_partner || lpar_or_slot == 65535; }

// Nothing, if it is neither a number nor "any".
inline std::optional<u32> partner_from(const std::string& text) {
  if (text.empty() || text == "any") return any_partner;
  const auto number = parse_number<u32>(text);
  if (!number || *number > 65535) return std::nullopt;
  return is_any_partner(*number) ? any_partner : *number;
}

inline std::string partner_text(u32 lpar_or_slot) {
  return is_any_partner(lpar_or_slot) ? std::string("any") : std::to_string(lpar_or_slot);
}

}  // namespace emu
