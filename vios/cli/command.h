// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What every padmin command is made of: a row of the command table, its options, and what was typed.

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emu/link/service.h"
#include "vios/devices.h"

namespace vios::cli {

using Output = emu::service::ViosOutput;

enum class Takes : u8 { nothing, one, many, one_or_nothing };

struct Option {
  std::string_view name;  // with its dash
  Takes takes;
};

// A command line taken apart after a command's option list.
class Arguments {
 public:
  bool has(std::string_view option) const { return given_.contains(option); }
  // Empty if it was not given, or without a value.
  std::string value(std::string_view option) const;
  std::vector<std::string> values(std::string_view option) const;
  const std::vector<std::string>& operands() const { return operands_; }

 private:
  friend emu::Result<Arguments> parse(std::span<const std::string> words, std::span<const Option> options);
  std::map<std::string, std::vector<std::string>, std::less<>> given_;
  std::vector<std::string> operands_;
};
// The error's text is what the command prints above its usage.
emu::Result<Arguments> parse(std::span<const std::string> words, std::span<const Option> options);

struct Command {
  std::string_view name;
  std::string_view purpose;  // one line of help
  std::string_view usage;    // without the name
  std::span<const Option> options;
  Output (*run)(const Arguments&, Devices&);
  size_t operands = 0;  // words beside the options: at most so many
};
inline constexpr size_t any_number = ~size_t{0};

// The commands, each in its own file.
extern const Command alog, cfgdev, chdate, chdev, chkdev, chsp, chtcpip, cluster, date, entstat, errlog, extendvg, fcstat, help,
    hostname, ioslevel, license, lsdev, lsgcl, lslv, lsmap, lsnports, lspv, lssp, lstcpip, lsvg, mkbdsp, mklv, mksp, mktcpip,
    mkvdev, mkvg, oem_platform_level, oem_setup_env, reducevg, rmbdsp, rmdev, rmlv, rmsp, rmtcpip, rmvdev, uname, updateios,
    vfcmap;

Output failure(std::string text);                                // printed as it is, exit code 1
Output failure(const Command&, const emu::Error&);               // "name: text", or what the error says (vios/backends/backend.h)
Output usage_error(const Command&, std::string_view complaint);  // and the usage
std::string usage_of(const Command&);
Output not_found(const std::string& device);
Output busy(const Command&);  // AIX's own sentence

// "name=value", or nothing.
std::optional<std::pair<std::string, std::string>> parse_assignment(const std::string& word);

Output no_cluster(const std::string& name);
Output no_volume_group(const Command&, const std::string& name);

bool same_word(std::string_view, std::string_view);  // in capital letters or small ones

// Rows printed one per line, cells between `delimiter`; an empty cell is a blank, as real servers print it.
std::string delimited(const std::vector<std::vector<std::string>>& rows, const std::string& delimiter);

// The columns of a list, of which -field chooses some. Error if a name is unknown.
emu::Result<std::vector<size_t>> chosen_fields(const Arguments&, std::span<const std::string_view> names);

}  // namespace vios::cli
