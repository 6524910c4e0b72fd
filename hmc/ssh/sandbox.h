// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// How a program of a user is started so that it stays inside: by bubblewrap, with file system, processes, network and host name of its
// own, no privileges, and nothing that can be executed but what is there (hmc/ssh/root.h). Any thread.

#include <optional>
#include <string>
#include <vector>

#include "emu/core/result.h"
#include "hmc/ssh/authority.h"
#include "hmc/ssh/child.h"
#include "hmc/ssh/root.h"

namespace hmc::ssh {

struct SandboxOptions {
  std::string root;       // folder of make_root
  std::string homes;      // folder: a folder in it for each user, not for each name
  std::string passwds;    // folder: an /etc/passwd for each of them
  std::string host_name;  // the console's
};

class Sandbox {
 public:
  // Makes the root, and tries it. An error says why there can be none on this host.
  static emu::Result<Sandbox> create(SandboxOptions, const RootSources&);

  // How a program is started for the user, whose folders are made. `terminal`: its type, if there is one.
  emu::Result<Start> start(const Account&, const std::string& terminal, const std::vector<std::string>& program) const;

 private:
  explicit Sandbox(SandboxOptions options) : options_(std::move(options)) {}
  emu::Status probe() const;
  emu::Result<Start> start_in(const std::string& home, const std::string& passwd, const std::string& user,
                              const std::string& terminal, const std::vector<std::string>& program) const;
  SandboxOptions options_;
  bool has_proc_ = true;  // the shell has process substitution; not every host lets a sandbox have its processes listed
};

// A folder and a word of a command line: no user may be called anything else.
bool may_be_user(std::string_view name);

}  // namespace hmc::ssh
