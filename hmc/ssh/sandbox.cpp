// SPDX-License-Identifier: GPL-2.0-or-later
#include "hmc/ssh/sandbox.h"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>

#include "hmc/ssh/child.h"

namespace hmc::ssh {

namespace {

namespace fs = std::filesystem;
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
  const auto line = TRY(command_line("probe", "", {inside_bash, "-r", "-c", "uname -n"}));
  const auto [status, output] = TRY(run_to_end(line));
  std::error_code ignored;
  fs::remove_all(fs::path(options_.homes) / "probe", ignored);
  if (status == 0 && output == options_.host_name + "\n") return emu::success();
  return Error{"ssh",
               output.empty() ? fmt::format("bubblewrap ended with status {}", status) : output.substr(0, output.find('\n'))};
}

Result<std::vector<std::string>> Sandbox::command_line(const std::string& user, const std::string& terminal,
                                                       const std::vector<std::string>& program) const {
  if (!may_be_user(user)) return Error{"ssh", "the user's name cannot be used"};
  const std::string home = fmt::format("{}/{}", options_.homes, user);
  const std::string inside_home = "/home/" + user;
  const std::string passwd = fmt::format("{}/{}", options_.passwds, user);
  std::error_code failed;
  fs::create_directories(home, failed);
  fs::create_directories(options_.passwds, failed);
  std::ofstream(passwd) << fmt::format("{}:x:{}:{}::{}:/bin/bash\n", user, user_id, user_id, inside_home);
  std::vector<std::string> line{"bwrap", "--unshare-all", "--unshare-user", "--die-with-parent", "--uid", std::string(user_id),
                                "--gid", std::string(user_id),
                                // The seal needs them, and gives them up.
                                "--cap-drop", "ALL", "--cap-add", "CAP_SYS_ADMIN", "--cap-add", "CAP_SETPCAP", "--hostname",
                                options_.host_name, "--ro-bind", options_.root, "/", "--ro-bind", passwd, "/etc/passwd", "--size",
                                std::string(scratch_bytes), "--tmpfs", "/tmp", "--size", "4096", "--tmpfs", "/home", "--bind",
                                home, inside_home, "--chdir", inside_home, "--clearenv"};
  if (has_proc_) line.insert(line.end(), {"--proc", "/proc"});
  for (const char* device : {"/dev/null", "/dev/zero", "/dev/tty", "/dev/urandom"})
    line.insert(line.end(), {"--dev-bind", device, device});
  const auto set = [&](const char* name, const std::string& value) { line.insert(line.end(), {"--setenv", name, value}); };
  set("HOME", inside_home);
  set("USER", user);
  set("LOGNAME", user);
  set("PATH", "/bin");
  set("LANG", "C");
  set("BASH_ENV", inside_rc);
  if (!terminal.empty()) set("TERM", terminal);
  line.insert(line.end(), {inside_seal, inside_home});
  line.insert(line.end(), program.begin(), program.end());
  return line;
}

}  // namespace hmc::ssh
