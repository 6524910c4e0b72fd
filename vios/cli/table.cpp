// SPDX-License-Identifier: GPL-2.0-or-later
#include "vios/cli/table.h"

#include "emu/core/text.h"
#include "vios/cli/root_shell.h"

#include <algorithm>

#include <fmt/format.h>

namespace vios::cli {

namespace {

// One to a line, or every line changes with a new one.
// clang-format off
constexpr const Command* table[] = {
    &alog,
    &cfgdev,
    &chdate,
    &chdev,
    &chkdev,
    &chsp,
    &chtcpip,
    &cluster,
    &date,
    &entstat,
    &errlog,
    &extendvg,
    &fcstat,
    &help,
    &hostname,
    &ioslevel,
    &license,
    &lsdev,
    &lsgcl,
    &lslv,
    &lsmap,
    &lsnports,
    &lspv,
    &lssp,
    &lstcpip,
    &lsvg,
    &mkbdsp,
    &mklv,
    &mksp,
    &mktcpip,
    &mkvdev,
    &mkvg,
    &oem_platform_level,
    &oem_setup_env,
    &reducevg,
    &rmbdsp,
    &rmdev,
    &rmlv,
    &rmsp,
    &rmtcpip,
    &rmvdev,
    &uname,
    &updateios,
    &vfcmap,
};
// clang-format on

}  // namespace

std::vector<std::string> words_of_line(const std::string& line) {
  std::vector<std::string> words;
  std::string word;
  bool inside = false;
  char quote = '\0';
  for (const char c : line) {
    if (quote ? c == quote : c == '"' || c == '\'') {
      quote = quote ? '\0' : c;
      inside = true;
    } else if (!quote && (c == ' ' || c == '\t' || c == '\n' || c == '\r')) {
      if (inside) words.push_back(std::exchange(word, {}));
      inside = false;
    } else {
      word += c;
      inside = true;
    }
  }
  if (inside) words.push_back(word);
  return words;
}

std::span<const Command* const> commands() { return table; }

Output run(const std::string& line, Devices& devices) {
  constexpr int command_not_found = 127;
  auto words = words_of_line(line);
  if (!words.empty() && words.front() == "ioscli") words.erase(words.begin());
  if (words.empty()) return {};
  const auto* row = std::ranges::find(table, words.front(), [](const Command* each) { return each->name; });
  if (row == std::end(table)) return {command_not_found, fmt::format("rksh: {}:  not found.\n", words.front())};
  devices.command_log().record(line);
  if (*row == &oem_setup_env) {
    // The lines behind it are root's.
    std::vector<std::string> lines = emu::split(line, '\n');
    if (words_of_line(lines.front()).size() != 1) return usage_error(oem_setup_env, "Command takes no words.");
    return run_as_root(std::span<const std::string>(lines).subspan(1), devices);
  }
  const Command& command = **row;
  auto arguments = parse(std::span<const std::string>(words).subspan(1), command.options);
  if (!arguments) return usage_error(command, arguments.error().text);
  if (arguments->operands().size() > command.operands)
    return usage_error(command, fmt::format("\"{}\" stands where no word belongs.", arguments->operands()[command.operands]));
  return command.run(*arguments, devices);
}

}  // namespace vios::cli
