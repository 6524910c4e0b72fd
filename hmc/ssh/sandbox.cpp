// SPDX-License-Identifier: GPL-2.0-or-later
#include "hmc/ssh/sandbox.h"

#include <algorithm>
#include <fstream>

#include <fmt/format.h>

#include "emu/core/paths.h"

namespace hmc::ssh {

namespace {

using emu::Error;
using emu::Result;
using emu::Status;

constexpr std::string_view user_id = "500";
constexpr std::string_view scratch_bytes = "16777216";

}  // namespace

bool may_be_user(std::string_view name) {
  const auto plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); };
  return !name.empty() && name.size() <= 32 && plain(name[0]) &&
         std::ranges::all_of(name, [&](char c) { return plain(c) || c == '-' || c == '_' || c == '.'; });
}

Result<Sandbox> Sandbox::create(SandboxOptions options, const RootSources& sources) {
  TRY(make_root(options.root, sources));
  Sandbox sandbox(std::move(options));
  if (!sandbox.probe()) {
    sandbox.has_proc_ = false;
    TRY(sandbox.probe());
  }
  return sandbox;
}

Status Sandbox::probe() const {
  // Beside the users' folders, under a name that no user can have.
  const std::string home = options_.homes + "/.probe";
  const auto start = TRY(start_in(home, options_.passwds + "/.probe", "probe", "", {inside_bash, "-r", "-c", "uname -n"}));
  const auto [status, output] = TRY(run_to_end(start));
  if (status == 0 && output == options_.host_name + "\n") return emu::success();
  return Error{"ssh",
               output.empty() ? fmt::format("bubblewrap ended with status {}", status) : output.substr(0, output.find('\n'))};
}

Result<Start> Sandbox::start(const Account& account, const std::string& terminal, const std::vector<std::string>& program) const {
  if (!may_be_user(account.user)) return Error{"ssh", "the user's name cannot be used"};
  const std::string folder = fmt::format("{:016x}", account.made);
  return start_in(options_.homes + "/" + folder, options_.passwds + "/" + folder, account.user, terminal, program);
}

Result<Start> Sandbox::start_in(const std::string& home, const std::string& passwd, const std::string& user,
                                const std::string& terminal, const std::vector<std::string>& program) const {
  const std::string inside_home = "/home/" + user;
  TRY(emu::own_folder(options_.homes));
  TRY(emu::own_folder(options_.passwds));
  TRY(emu::own_folder(home));
  std::ofstream(passwd) << fmt::format("{}:x:{}:{}::{}:/bin/bash\n", user, user_id, user_id, inside_home);
  std::vector<std::string> hidden{
      "--unshare-all", "--unshare-user", "--die-with-parent", "--uid", std::string(user_id), "--gid", std::string(user_id),
      // The seal needs them, and gives them up.
      "--cap-drop", "ALL", "--cap-add", "CAP_SYS_ADMIN", "--cap-add", "CAP_SETPCAP", "--hostname", options_.host_name,
      "--ro-bind", options_.root, "/", "--ro-bind", passwd, "/etc/passwd", "--size", std::string(scratch_bytes), "--tmpfs",
      "/tmp", "--size", "4096", "--tmpfs", "/home", "--bind", home, inside_home, "--chdir", inside_home, "--clearenv"};
  if (has_proc_) hidden.insert(hidden.end(), {"--proc", "/proc"});
  for (const char* device : {"/dev/null", "/dev/zero", "/dev/tty", "/dev/urandom"})
    hidden.insert(hidden.end(), {"--dev-bind", device, device});
  const auto set = [&](const char* name, const std::string& value) { hidden.insert(hidden.end(), {"--setenv", name, value}); };
  set("HOME", inside_home);
  set("USER", user);
  set("LOGNAME", user);
  set("PATH", "/bin");
  set("LANG", "C");
  set("BASH_ENV", inside_rc);
  if (!terminal.empty()) set("TERM", terminal);
  Start start{{"bwrap", "--args", std::to_string(hidden_words), inside_seal, inside_home}, "bwrap", std::move(hidden)};
  start.words.insert(start.words.end(), program.begin(), program.end());
  return start;
}

}  // namespace hmc::ssh
