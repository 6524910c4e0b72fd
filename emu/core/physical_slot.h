// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A physical I/O slot of a system, and the adapter in it. Its number is that of its dynamic reconfiguration connector, in hexadecimal
// 21010003: the first slot of bus 3. Each bus has one slot here, and so a host bridge of its own.

#include <optional>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "emu/core/fields.h"
#include "emu/core/text.h"
#include "emu/core/words.h"

namespace emu {

enum class SlotAdapter : u8 { empty, disk, network, unknown };
constexpr std::array<std::string_view, 3> words_of(SlotAdapter) { return {"empty", "disk", "network"}; }

struct PhysicalSlot {
  u32 drc_index = 0;
  std::string location;     // U789D.001.DQDYKGK-P1-C3
  std::string description;  // of the adapter
  SlotAdapter adapter = SlotAdapter::empty;
  u64 size_mb = 64;      // of a disk: a file of its own
  std::string path;      // or an image that is used as it is
  std::string image;     // what its own file begins as a copy of
  std::string segment;   // of a network adapter: where its cable leads
  std::string mac_addr;  // 12 hex digits
  FIELDS(PhysicalSlot, drc_index, location, description, adapter, size_mb, path, image, segment, mac_addr)

  u32 bus() const { return drc_index & 0xFFFF; }
};

// Of its host bridge, as its connector is called.
inline std::string bridge_name(u32 bus) { return fmt::format("PHB {}", bus); }

inline std::string drc_text(u32 drc_index) { return fmt::format("{:08X}", drc_index); }

// Of a disk without a path of its own, below <state>/slots.
inline std::string slot_file(std::string_view frame, u32 drc_index) {
  return fmt::format("{}-{}.img", frame, drc_text(drc_index));
}

// "21010003/none/1" of a profile: DRC index, I/O pool, required. Without the last part it counts as required.
struct SlotClaim {
  u32 drc_index = 0;
  bool required = true;
};
inline std::optional<SlotClaim> slot_claim(std::string_view text) {
  const auto parts = split(text, '/');
  if (parts.empty() || parts[0].empty() || parts[0].size() > 8) return std::nullopt;
  SlotClaim claim;
  for (const char digit : parts[0]) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    const size_t value = digits.find(static_cast<char>(digit >= 'a' && digit <= 'f' ? digit - 'a' + 'A' : digit));
    if (value == digits.npos) return std::nullopt;
    claim.drc_index = claim.drc_index << 4 | static_cast<u32>(value);
  }
  claim.required = parts.size() < 3 || parts[2] != "0";
  return claim;
}
inline std::string claim_text(u32 drc_index, bool required) {
  return fmt::format("{}/none/{}", drc_text(drc_index), required ? 1 : 0);
}

}  // namespace emu
