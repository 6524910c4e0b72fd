// SPDX-License-Identifier: GPL-2.0-or-later
#include "hmc/cli/users.h"

#include <algorithm>

#include "hmc/messages.h"

namespace hmc::cli {

namespace {

constexpr u64 poll_time = 200 * millisecond;

// One line of the input. What follows it stays in `rest`.
Result<std::string> read_line(Call& call, std::string& rest) {
  constexpr size_t longest = 1024;
  size_t end;
  while ((end = rest.find_first_of("\r\n")) == rest.npos) {
    if (call.session.cancelled() || rest.size() > longest) return usage_error("--passwd");
    const Result<std::string> more = call.session.read(poll_time);
    if (more)
      rest += *more;
    else if (more.error().code != "timeout")
      return usage_error("--passwd");
  }
  const std::string typed = rest.substr(0, end);
  rest.erase(0, rest.compare(end, 2, "\r\n") == 0 ? end + 2 : end + 1);
  // A terminal sends each key, those that correct too.
  constexpr char interrupt = 3, end_of_input = 4, backspace = 8, erase = 127;
  std::string line;
  for (const char c : typed) {
    if (c == interrupt || c == end_of_input) return usage_error("--passwd");
    if (c != backspace && c != erase)
      line += c;
    else if (!line.empty())
      line.pop_back();
  }
  return line;
}

}  // namespace

std::vector<Assignment> assignments_of(const Options& options, std::span<const OptionOfAttribute> known) {
  std::vector<Assignment> all;
  for (const auto& [option, attribute] : known)
    if (options.has(option)) all.push_back({std::string(attribute), Change::set, {options.value(option)}, options.value(option)});
  return all;
}

std::string value_of(std::span<const Assignment> given, std::string_view attribute) {
  const auto found = std::ranges::find(given, attribute, &Assignment::name);
  return found == given.end() ? "" : found->text;
}

emu::Status assign_to_user(Call& call, users::User& user, attributes::By by, std::span<const Assignment> given) {
  const std::optional<users::PasswordPolicy> policy = call.console.users().policies().active();
  const bool own = by == attributes::By::changing && user.name == call.user.name && !call.may("ManageAllUserPasswords");
  attributes::UserChange change{user, policy ? &*policy : nullptr, own ? users::By::user : users::By::administrator,
                                call.console.clock().wall()};
  return attributes::assign(attributes::user_attributes(), by, given, change, [&] {
    return attributes::UserRow{&user, call.console.users().is_disabled(user)};
  });
}

// The prompts of chhmcusr are recorded.
Result<std::string> ask_for_password(Call& call) {
  std::string rest;
  call.session.raw();
  const auto ask = [&](std::string_view prompt) {
    call.print(prompt);
    auto typed = read_line(call, rest);
    call.print("\r\n");  // what was typed is not shown, and neither is its end
    return typed;
  };
  const std::string first = TRY(ask("Enter the new password:"));
  const std::string second = TRY(ask("Retype the new password:"));
  if (first != second) return say("HSCLF059", "it was not typed twice in the same way");
  return first;
}

}  // namespace hmc::cli
