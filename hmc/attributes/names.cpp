// SPDX-License-Identifier: GPL-2.0-or-later
#include "hmc/attributes/names.h"

#include "emu/core/names.h"
#include "hmc/messages.h"
#include "hmc/users/policy.h"

namespace hmc::attributes {

namespace {
std::string cut(const std::string& name) { return emu::shown_name(std::string_view(name).substr(0, 80)); }
}  // namespace

emu::Status valid_name(const std::string& name) {
  if (emu::is_partition_name(name)) return emu::success();
  return say("HSCLF018", cut(name), emu::partition_name_rule);
}

emu::Status valid_user_name(const std::string& name) {
  if (users::is_user_name(name)) return emu::success();
  return say("HSCLF018", cut(name), users::user_name_rule);
}

emu::Status valid_policy_name(const std::string& name) {
  if (users::is_policy_name(name)) return emu::success();
  return say("HSCLF018", cut(name), users::policy_name_rule);
}

}  // namespace hmc::attributes
