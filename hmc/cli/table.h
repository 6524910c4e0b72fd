// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// THE table of commands, and what every command works with. One command, one file.

#include <algorithm>
#include <array>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "hmc/cli/data.h"
#include "hmc/cli/options.h"
#include "hmc/console.h"
#include "hmc/users/user.h"

namespace hmc::cli {

struct Call {
  Console& console;
  Options options;
  Session& session;
  const users::User& user;  // who gives it

  // For what the options alone do not tell: HSCL350B if the user does not have the task.
  emu::Status may(users::Task task) const;
  void print(std::string_view text) { session.write(text); }
  emu::ConsoleRelease release() const { return console.release(); }
  // For the systems that -m and -t name, if they name any.
  Inventory inventory(Detail, Others = Others::by_name) const;
};

// --ip and -u: another console, and as whom it is asked (as who asks here, if -u does not tell). It is met if it is named; its systems
// are in Call::inventory then.
std::string remote_user(const Call&);
Status meet_other_console(const Call&, Console::Meet);

// The task that a command needs when it is given these options, "-r lpar -o on". No options: whatever it is given.
struct Need {
  std::string_view options;
  users::Task task;
};

// The first that applies; the last one always does. None: everybody may give the command.
class Needs {
 public:
  constexpr Needs() = default;
  consteval Needs(const char* task) : Needs({{"", users::Task(task)}}) {}
  consteval Needs(std::initializer_list<Need> needs) : count_(needs.size()) { std::ranges::copy(needs, needs_.begin()); }
  constexpr std::span<const Need> all() const { return {needs_.data(), count_}; }
  const users::Task* of(const Options&) const;  // null: none

 private:
  static constexpr Need nothing{"", "ListHMCConfiguration"};
  std::array<Need, 7> needs_{nothing, nothing, nothing, nothing, nothing, nothing, nothing};
  size_t count_ = 0;
};

struct Command {
  std::string_view name;
  std::string_view usage;
  std::span<const Option> options;
  // The exit status; or an error, which is printed, with exit status 1.
  Result<int> (*run)(Call&);
  Needs needs;
};

std::span<const Command> commands();
const Command* find_command(std::string_view name);

// The user's files that the options of a command name; none if it is wrong: it is refused without them.
std::vector<std::string> files_of(const std::vector<std::string>& argv);

// As one line, for logs and lists: passwords are left out.
std::string without_secrets(const std::vector<std::string>& argv);

int run(Console& console, const std::vector<std::string>& argv, Session& session);

// ---- what many commands need ----

// The system of an option such as -m, which must be there; connected, unless the caller can do without.
enum class Connection { needed = 1, not_needed };
Result<const System*> system_of(const Call&, const Inventory&, std::string_view option = "-m", Connection = Connection::needed);

// The partition of two options, a name and an ID, exactly one of which must be there.
Result<const Lpar*> lpar_of(const Call&, const System&, std::string_view name_option, std::string_view id_option = "--id");

// The partitions that --filter leaves of a system: all, or lpar_names, or lpar_ids. One that does not exist is an error.
// `allowed`: further filter names, which the caller looks at. The filter itself is returned too.
struct Filtered {
  std::vector<const Lpar*> lpars;
  Data filter;
};
Result<Filtered> filtered(const Call&, const System&, std::span<const std::string_view> allowed = {});

// An option that means nothing for what is asked is refused, and not ignored: beside -r, -m and -o only these are taken.
using Names = std::span<const std::string_view>;
emu::Status takes_only(const Call&, std::span<const Option> known, std::initializer_list<Names>);

// The configuration data of -i, or of each line of the file of -f: exactly one of the two is there.
Result<std::vector<Data>> input_data(const Call&);
// Runs the command for each record of -i or -f, up to the first that fails; its error says which one that is.
Result<int> for_each_input(Call&, Result<int> (*run)(Call&, const Data&));

}  // namespace hmc::cli
