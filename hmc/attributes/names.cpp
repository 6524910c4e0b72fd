// SPDX-License-Identifier: GPL-2.0-or-later
#include "hmc/attributes/names.h"

#include "emu/core/names.h"
#include "hmc/messages.h"

namespace hmc::attributes {

emu::Status valid_name(const std::string& name) {
  if (emu::is_partition_name(name)) return emu::success();
  return say("HSCL8018", emu::shown_name(std::string_view(name).substr(0, 80)), emu::partition_name_rule);
}

}  // namespace hmc::attributes
