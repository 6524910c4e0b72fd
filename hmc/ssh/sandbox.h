// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// How a program of a user is started so that it stays inside: by bubblewrap, with file system, processes, network and host name of its
// own, no privileges, and nothing that can be executed but what is there (hmc/ssh/root.h). Any thread.

#include <optional>
#include <string>
#include <vector>

#include "emu/core/result.h"
#include "hmc/ssh/root.h"

namespace hmc::ssh {

struct SandboxOptions {
  std::string root;       // folder of make_root
  std::string homes;      // folder: a folder in it for each user
  std::string passwds;    // folder: an /etc/passwd for each user
  std::string host_name;  // the console's
};

class Sandbox {
 public:
  // Makes the root, and tries it. An error says why there can be none on this host.
  static emu::Result<Sandbox> create(SandboxOptions, const RootSources&);

  // The words that start a program for the user, whose folders are made. `terminal`: its type, if there is one.
  emu::Result<std::vector<std::string>> command_line(const std::string& user, const std::string& terminal,
                                                     const std::vector<std::string>& program) const;

 private:
  explicit Sandbox(SandboxOptions options) : options_(std::move(options)) {}
  emu::Status probe() const;
  SandboxOptions options_;
  bool has_proc_ = true;  // the shell has process substitution; not every host lets a sandbox have its processes listed
};

// A folder and a word of a command line: no user may be called anything else.
bool may_be_user(std::string_view name);

}  // namespace hmc::ssh
