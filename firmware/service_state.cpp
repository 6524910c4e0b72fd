// SPDX-License-Identifier: GPL-2.0-or-later
#include "firmware/service_state.h"

#include <algorithm>
#include <string_view>

#include "emu/core/firmware_level.h"
#include "emu/core/partition_profile.h"

namespace firmware {

namespace {

// The releases and levels that the first systems of these models came with: eFW3.2 is the first with partition mobility.
// (Redbook 3.2)
struct Delivered {
  std::string_view model;
  std::string_view release;
  u32 level;
};
constexpr Delivered delivered[] = {{"8247-", "01SV840", 56}, {"", "01EM320", 31}};

constexpr size_t longest_text = 256;

}  // namespace

emu::ServiceState first_service_state(const std::string& type_model, const std::string& firmware) {
  const auto row = std::ranges::find_if(delivered, [&](const Delivered& each) { return type_model.starts_with(each.model); });
  const auto [release, level] =
      emu::firmware_level_from(firmware).value_or(emu::FirmwareLevel{std::string(row->release), row->level});
  emu::ServiceState state;
  state.levels = {release, level, level, level, release, level};
  return state;
}

emu::Status may_become(const emu::ServiceState& now, const emu::ServiceState& before, const emu::ServiceState& after) {
  if (now != before) return emu::Error{changed_meanwhile_code, "Another console has changed it meanwhile."};
  const bool sound = emu::is_firmware_release(after.levels.release) && emu::is_firmware_release(after.levels.accepted_release) &&
                     after.lpar_attention.size() <= emu::lpar_limit && after.master_name.size() <= longest_text &&
                     after.master_mtms.size() <= longest_text && after.master_type.size() <= longest_text;
  if (!sound) return emu::Error{"configuration", "The service processor cannot keep that."};
  return emu::success();
}

emu::ServiceState lit_for(emu::ServiceState state, u32 lpar_id) {
  state.attention = state.virtual_attention = true;
  if (std::ranges::count(state.lpar_attention, lpar_id) == 0) state.lpar_attention.push_back(lpar_id);
  return state;
}

emu::ServiceState started(emu::ServiceState state) {
  state.levels.activated = state.levels.started = state.levels.installed;
  return state;
}

}  // namespace firmware
