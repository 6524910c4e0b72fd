// SPDX-License-Identifier: GPL-2.0-or-later
// lsaccfg: task roles with their tasks, and resource roles that somebody has made.
// SIMPLIFIED: there are the predefined roles alone, and of their tasks those that the commands here need.
#include "hmc/cli/commands.h"
#include "hmc/messages.h"

namespace hmc::cli {

namespace {

constexpr Option options[] = {{"-t"}, {"-F", Takes::names}, {"--header", Takes::nothing}};

using users::TaskRole;

// "cec:CECPowerOn+CECPowerOff,lpar:ActivateLPAR", in quotes of its own, as recorded.
Value tasks_of(const TaskRole& role) {
  std::string text;
  std::string_view object;
  for (const users::TaskRow& task : users::tasks) {
    if (!task.roles.has(role)) continue;
    if (task.object != object)
      text += (text.empty() ? "" : ",") + std::string(task.object) + ":";
    else
      text += "+";
    text += task.name;
    object = task.object;
  }
  return Value("\"" + text + "\"");
}

constexpr Shown always = Shown::always;
constexpr Column<TaskRole> columns[] = {
    {"name", always, [](const TaskRole& role) { return Value(role); }},
    {"parent", always, [](const TaskRole&) { return Value("Predefined"); }},
    {"resources", always, tasks_of},
};

}  // namespace
constinit const OptionTable lsaccfg_options = options;

Result<int> lsaccfg(Call& call) {
  const std::string what = call.options.value("-t");
  if (what != "taskrole" && what != "resourcerole") return usage_error("-t");
  std::vector<TaskRole> rows;
  using enum TaskRole;
  if (what == "taskrole") rows = {hmcservicerep, hmcviewer, hmcoperator, hmcpe, hmcsuperadmin};  // the recorded order
  call.print(TRY(list<TaskRole>(columns, rows, call.options)));
  return 0;
}

}  // namespace hmc::cli
