// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What the users of the console may do. One table: a task, what it is done to, and the predefined task roles that have it, as a console of
// V8R8.2 lists them (lsaccfg -t taskrole; recorded). The table of commands says which task each of them needs.
//
//   constexpr Task task = "MigrateLPAR";    // does not compile if it is not in the table
//   task.belongs_to(TaskRole::hmcviewer)    // false

#include <algorithm>
#include <array>
#include <iterator>
#include <string_view>

#include "emu/core/words.h"

namespace hmc::users {

enum class TaskRole : u8 { hmcsuperadmin, hmcoperator, hmcviewer, hmcpe, hmcservicerep, unknown };
constexpr std::array<std::string_view, 5> words_of(TaskRole) {
  return {"hmcsuperadmin", "hmcoperator", "hmcviewer", "hmcpe", "hmcservicerep"};
}

// A set of task roles.
class TaskRoles {
 public:
  template <class... Role>
  constexpr explicit TaskRoles(Role... roles) : bits_(static_cast<u8>((bit(roles) | ...))) {}
  constexpr bool has(TaskRole role) const { return role != TaskRole::unknown && (bits_ & bit(role)); }

 private:
  static constexpr unsigned bit(TaskRole role) { return 1u << static_cast<unsigned>(role); }
  u8 bits_;
};

struct TaskRow {
  std::string_view name;
  std::string_view object;  // a managed system, a partition, or the console: cec, lpar, HMCConsole
  TaskRoles roles;
};

namespace detail {
using enum TaskRole;
inline constexpr TaskRoles everybody{hmcsuperadmin, hmcoperator, hmcviewer, hmcpe, hmcservicerep};
inline constexpr TaskRoles no_viewer{hmcsuperadmin, hmcoperator, hmcpe, hmcservicerep};
inline constexpr TaskRoles changers{hmcsuperadmin, hmcoperator, hmcpe};
inline constexpr TaskRoles service{hmcsuperadmin, hmcpe, hmcservicerep};
inline constexpr TaskRoles administrators{hmcsuperadmin, hmcoperator};
inline constexpr TaskRoles superadmin{hmcsuperadmin};
}  // namespace detail

// Those that the commands here need; a real console has more.
inline constexpr TaskRow tasks[] = {
    {"ListFrameProperty", "frame", detail::everybody},
    {"ActivateSystemProfile", "cec", detail::no_viewer},
    {"BackupProfileData", "cec", detail::no_viewer},
    {"CECPowerOff", "cec", detail::no_viewer},
    {"CECPowerOn", "cec", detail::no_viewer},
    {"ChangeCECProperty", "cec", detail::changers},
    {"ChangeCoD", "cec", detail::superadmin},
    {"ChangeSystemProfileProperty", "cec", detail::changers},
    {"CreateLPAR", "cec", detail::changers},
    {"CreateSystemProfile", "cec", detail::changers},
    {"DLPARRestoreHWResources", "cec", detail::superadmin},
    {"DeleteSystemProfile", "cec", detail::changers},
    {"InitializeProfileData", "cec", detail::administrators},
    {"ListCECProperty", "cec", detail::everybody},
    {"ListCoDInformation", "cec", detail::everybody},
    {"ListSystemProfileProperty", "cec", detail::everybody},
    {"ListUtilizationData", "cec", detail::everybody},
    {"ManageUtilizationData", "cec", detail::no_viewer},
    {"RemoveProfileData", "cec", detail::administrators},
    {"RestoreProfileData", "cec", detail::administrators},
    {"UpdateLIC", "cec", detail::service},
    {"ValidateSystemProfile", "cec", detail::no_viewer},
    {"ActivateLPAR", "lpar", detail::no_viewer},
    {"ChangeLPARProperty", "lpar", detail::changers},
    {"ChangeProfileProperty", "lpar", detail::changers},
    {"CloseVTerm", "lpar", detail::no_viewer},
    {"CreateProfile", "lpar", detail::changers},
    {"DeleteLPAR", "lpar", detail::administrators},
    {"DeleteProfile", "lpar", detail::changers},
    {"DlparOperation", "lpar", detail::no_viewer},
    {"ListLPARProperty", "lpar", detail::everybody},
    {"ListProfileProperty", "lpar", detail::everybody},
    {"MigrateLPAR", "lpar", detail::changers},
    {"OpenVTerm", "lpar", detail::no_viewer},
    {"RRStartLPAR", "lpar", detail::changers},
    {"RebootLPAR", "lpar", detail::no_viewer},
    {"ShutdownLPAR", "lpar", detail::no_viewer},
    {"VirtualIOServerCommand", "lpar", detail::no_viewer},
    {"ChangeUserPasswords", "HMCConsole", detail::everybody},
    {"ListConnections", "HMCConsole", detail::everybody},
    {"ListHMCConfiguration", "HMCConsole", detail::everybody},
    {"ListHMCRole", "HMCConsole", detail::superadmin},
    {"ListHMCUser", "HMCConsole", detail::superadmin},
    {"ListLdapCfg", "HMCConsole", detail::superadmin},
    {"ListServiceableEvents", "HMCConsole", detail::everybody},
    {"ManageAllUserPasswords", "HMCConsole", detail::superadmin},
    {"ManageHMCUser", "HMCConsole", detail::superadmin},
    {"ManageServEvents", "HMCConsole", detail::service},
    {"UpdateHMC", "HMCConsole", detail::service},
    {"ViewConsoleEvents", "HMCConsole", detail::no_viewer},
    {"ViewHMCFileSystems", "HMCConsole", detail::everybody},
};

namespace detail {
void no_such_task();  // never defined: calling it where a constant is needed does not compile
}

class Task {
 public:
  consteval Task(const char* name) : row_(static_cast<u8>(std::ranges::find(tasks, name, &TaskRow::name) - tasks)) {
    if (row_ == std::size(tasks)) detail::no_such_task();
  }
  constexpr std::string_view name() const { return tasks[row_].name; }
  constexpr std::string_view object() const { return tasks[row_].object; }
  constexpr bool belongs_to(TaskRole role) const { return tasks[row_].roles.has(role); }
  // It only shows something.
  constexpr bool shows() const { return name().starts_with("List") || name().starts_with("View"); }

 private:
  u8 row_;
};

}  // namespace hmc::users
