// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What the commands about users have in common.

#include "hmc/attributes/user.h"
#include "hmc/cli/table.h"

namespace hmc::cli {

// An option that says the same as an attribute.
struct OptionOfAttribute {
  std::string_view option;
  std::string_view attribute;
};
// Assignments that the options make; none, if none of them is there.
std::vector<Assignment> assignments_of(const Options&, std::span<const OptionOfAttribute>);

// The value of an attribute; empty if nothing is assigned to it.
std::string value_of(std::span<const Assignment>, std::string_view attribute);

// Assigns to a user who is made or changed.
emu::Status assign_to_user(Call&, users::User&, attributes::By, std::span<const Assignment>);

// Typed at two prompts, without anybody being shown it again.
Result<std::string> ask_for_password(Call&);

}  // namespace hmc::cli
