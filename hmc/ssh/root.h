// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The files that a user's shell sees beside the user's own: the shell, a few filters with the libraries that they need, and the
// console's commands. Copies, in a folder of their own; nothing of the host is in it.

#include <string>
#include <vector>

#include "emu/core/result.h"

namespace hmc::ssh {

// Of the shell's world, as it is seen from inside.
inline constexpr const char* inside_bash = "/lib/hmc/bash";
inline constexpr const char* inside_scp = "/lib/hmc/scp";
inline constexpr const char* inside_sftp_server = "/lib/hmc/sftp-server";
inline constexpr const char* inside_seal = "/lib/hmc/seal";
inline constexpr const char* inside_rc = "/etc/hmcrc";

struct RootSources {
  std::string command;                // hmc/ssh/inside/command.cpp as a program without libraries
  std::string seal;                   // hmc/ssh/inside/seal.cpp, likewise
  std::vector<std::string> commands;  // names of the console's
};

// Makes `folder` anew. An error if a program is not there.
emu::Status make_root(const std::string& folder, const RootSources&);

}  // namespace hmc::ssh
