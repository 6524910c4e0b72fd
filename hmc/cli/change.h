// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What the commands that change something have in common.

#include "hmc/cli/table.h"

namespace hmc::cli {

// A system and one of its partitions, for a command that changes it: both exist, and it takes part in no migration
// (Redbook 6.2: its configuration cannot be changed), nor does one begin meanwhile.
struct Target {
  Claims::Claim claim;
  Inventory inventory;
  const System* system = nullptr;
  const Lpar* lpar = nullptr;
  FrameLink* link = nullptr;
};
Result<Target> target_of(Call& call, std::string_view name_option, std::string_view id_option = "--id");

Result<Target> target_of(Call& call, u32 lpar_id);

// The same for a partition named within -i data.
Result<Target> target_of(Call& call, const Data& data, std::string_view name_attribute, std::string_view id_attribute);

// A virtual SCSI adapter can name its partner by ID, by name or by both: afterwards it has both.
emu::Status complete_partners(emu::Profile&, const System&);

// For a partition or a profile that is to be called so.
emu::Status valid_name(const std::string& name);

// An attribute that cannot be so.
emu::Error invalid_value(std::string_view name, std::string_view value);
// "0" or "1", of the attribute `name`.
emu::Status flag(bool& into, const std::string& value, std::string_view name);

}  // namespace hmc::cli
