// SPDX-License-Identifier: GPL-2.0-or-later
#include "hmc/ssh/root.h"

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <set>
#include <string_view>

#include <fmt/format.h>

#include "emu/core/paths.h"

namespace hmc::ssh {

namespace {

namespace fs = std::filesystem;
using emu::Error;
using emu::Status;

// What clients of an HMC use in its shell, and what a user needs for the files in the home folder. No shell among them: what a program
// hands to one (awk's system, sed's e) does not run.
constexpr std::string_view filters[] = {"awk",   "basename", "cat",   "chmod", "cp",    "cut",   "date", "dirname", "expr",
                                        "false", "grep",     "head",  "id",    "ls",    "mkdir", "mv",   "nl",      "paste",
                                        "rev",   "rm",       "rmdir", "sed",   "seq",   "sleep", "sort", "stty",    "tail",
                                        "tee",   "touch",    "tr",    "true",  "uname", "uniq",  "wc",   "whoami"};
constexpr std::string_view scp = "scp";  // for clients that ask for it as a command (`scp -O`)
constexpr std::string_view sftp_server = "/usr/lib/openssh/sftp-server";

// Terminals that the shell's line editor finds by name; it takes any other one for a dumb one.
constexpr std::string_view terminals[] = {"d/dumb",  "l/linux", "s/screen", "s/screen-256color", "t/tmux", "t/tmux-256color",
                                          "v/vt100", "v/vt220", "x/xterm",  "x/xterm-256color",  "r/rxvt", "a/ansi"};
constexpr std::string_view terminal_folders[] = {"/lib/terminfo", "/usr/share/terminfo"};

// Read by the shell before its restrictions begin.
constexpr std::string_view rc = R"(enable -n help
command_not_found_handle() { printf 'bash: %s: command not found\n' "$1" >&2; return 127; }
egrep() { grep -E "$@"; }
fgrep() { grep -F "$@"; }
quit() { exit "$@"; }
PS1='\u@\h:\w> '
)";
constexpr std::string_view inputrc = "set enable-bracketed-paste off\n";

std::optional<fs::path> found(std::string_view program) {
  if (program.starts_with('/')) return emu::is_there(program) ? std::optional<fs::path>(program) : std::nullopt;
  for (const char* folder : {"/bin", "/usr/bin"})
    if (const fs::path path = fs::path(folder) / program; emu::is_there(path)) return path;
  return std::nullopt;
}

Status take_over(const fs::path& from, const fs::path& to) {
  std::error_code failed;
  fs::create_directories(to.parent_path(), failed);
  if (!fs::copy_file(fs::canonical(from, failed), to, fs::copy_options::skip_existing, failed) && failed)
    return Error{"ssh", fmt::format("{} cannot be copied to {}: {}", from.string(), to.string(), failed.message())};
  fs::permissions(to, fs::perms(0500), failed);  // inside, they are the user's
  return emu::success();
}

Status write(const fs::path& file, std::string_view content) {
  std::error_code failed;
  fs::create_directories(file.parent_path(), failed);
  std::ofstream stream(file);
  stream << content;
  return stream.flush() ? emu::success() : Status(Error{"ssh", file.string() + " cannot be written"});
}

// The loader and the libraries of a program, as the loader of the host lists them: "libc.so.6 => /lib/.../libc.so.6 (0x...)".
std::set<fs::path> libraries_of(const fs::path& program) {
  std::set<fs::path> all;
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(fmt::format("ldd '{}' 2>/dev/null", program.string()).c_str(), "re"),
                                                   pclose);
  if (!pipe) return all;
  std::array<char, 1024> line{};
  while (std::fgets(line.data(), line.size(), pipe.get())) {
    const std::string_view text = line.data();
    const size_t begin = text.find('/');
    if (begin == text.npos) continue;
    const size_t end = text.find_first_of(" \n", begin);
    all.insert(fs::path(text.substr(begin, end - begin)));
  }
  return all;
}

Status add(const fs::path& root, std::string_view program, const fs::path& as) {
  const auto path = found(program);
  if (!path) return Error{"ssh", fmt::format("the program {} is not installed", program)};
  TRY(take_over(*path, root / as.relative_path()));
  for (const fs::path& library : libraries_of(*path)) TRY(take_over(library, root / library.relative_path()));
  return emu::success();
}

}  // namespace

Status make_root(const std::string& folder, const RootSources& sources) {
  std::error_code failed;
  fs::remove_all(folder, failed);
  const fs::path root = folder;
  for (const char* place : {"bin", "dev", "etc", "home", "lib/hmc", "proc", "tmp"}) fs::create_directories(root / place, failed);
  fs::create_symlink("/proc/self/fd", root / "dev/fd", failed);
  // What devices and the user's own files are laid over.
  for (const char* place : {"dev/null", "dev/zero", "dev/tty", "dev/urandom", "etc/passwd"}) TRY(write(root / place, ""));
  TRY(add(root, "bash", inside_bash));
  for (const std::string_view filter : filters) TRY(add(root, filter, fs::path("/bin") / filter));
  // Without them files are not exchanged, and the rest works.
  (void)add(root, scp, inside_scp);
  (void)add(root, sftp_server, inside_sftp_server);
  TRY(take_over(sources.seal, root / fs::path(inside_seal).relative_path()));
  TRY(take_over(sources.command, root / "lib/hmc/command"));
  for (const std::string& command : sources.commands) {
    fs::remove(root / "bin" / command, failed);
    fs::create_symlink("/lib/hmc/command", root / "bin" / command, failed);
  }
  for (const std::string_view terminal : terminals)
    for (const std::string_view place : terminal_folders)
      if (const fs::path file = fs::path(place) / terminal; fs::exists(file, failed)) {
        TRY(take_over(file, root / file.relative_path()));
        break;
      }
  TRY(write(root / fs::path(inside_rc).relative_path(), rc));
  TRY(write(root / "etc/inputrc", inputrc));
  return emu::success();
}

}  // namespace hmc::ssh
