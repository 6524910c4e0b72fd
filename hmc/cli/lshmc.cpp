// SPDX-License-Identifier: GPL-2.0-or-later
// lshmc: the console itself. (docs/hmc.md, lshmc)
#include <algorithm>
#include <iterator>
#include <span>

#include <fmt/format.h>

#include "emu/core/console_release.h"
#include "emu/core/words.h"
#include "hmc/cli/commands.h"
#include "hmc/console_identity.h"
#include "hmc/messages.h"

namespace hmc::cli {

namespace {

constexpr Option options[] = {{"-V", Takes::nothing},      {"-v", Takes::nothing},         {"-n", Takes::nothing},
                              {"-b", Takes::nothing},      {"-r", Takes::nothing},         {"-l", Takes::nothing},
                              {"-L", Takes::nothing},      {"-h", Takes::nothing},         {"-e", Takes::nothing},
                              {"-i", Takes::nothing},      {"--netroute", Takes::nothing}, {"-F", Takes::names},
                              {"--header", Takes::nothing}};
constexpr std::string_view subjects[] = {"-V", "-v", "-n", "-b", "-r", "-l", "-L", "-h", "-e", "-i", "--netroute"};

// Each as it was recorded, but the first two, in the same form: of V7R3.1 only -v was, and V7R3.2 is the one which Live Partition Mobility
// needs (Redbook 3.1, 3.4).
struct Level {
  emu::ConsoleRelease release;
  std::string_view version, part, service_pack, build, fixes, base, level;
};
constexpr Level levels[] = {
    {emu::ConsoleRelease::v7r3_1, "7", "3.1", "0", "20070615.1", "", "V7R3.1", "V7R3.1.0.1"},
    {emu::ConsoleRelease::v7r3, "7", "3.2", "0", "20071121.1", "", "V7R3.2", "V7R3.2.0.0"},
    {emu::ConsoleRelease::v7r7, "7", "7.9.0", "3", "20151216.1", "", "V7R7.9.0", "V7R7.9.0.3"},
    {emu::ConsoleRelease::v10r3, "10", "3", "1060", "2408210051", "MF71689 - HMC V10R3 M1060\n", "V10R3", "V10R3.1060.0"},
    {emu::ConsoleRelease::v11r2, "11", "2", "1120", "2607082225", "", "V11R2", "V11R2.1120.0"},
};
static_assert(std::size(levels) == emu::all_of<emu::ConsoleRelease>().size());

const Level& level_of(const Call& call) { return *std::ranges::find(levels, call.release(), &Level::release); }

std::string version(const Level& of) {
  return fmt::format("\"version= Version: {}\n Release: {}\n Service Pack: {}\nHMC Build level {}\n{}\",\"base_version={}\n\"\n",
                     of.version, of.part, of.service_pack, of.build, of.fixes, of.base);
}

std::string vital_data(const Level& of, const std::string& serial) {
  return fmt::format(
      "\"vpd=*FC ????????\n*VC 20.0\n*N2 Thu Mar 29 14:33:00 UTC 2007\n*FC ????????\n*DS Hardware Management Console\n*TM "
      "7310-CR4\n"
      "*SE {}\n*MN IBM\n*PN Unknown\n*SZ 4294967296\n*OS Embedded Operating Systems\n*NA 127.0.0.1\n*FC ????????\n"
      "*DS Platform Firmware\n*RM {}\n\"\n",
      serial, of.level);
}

struct Network {
  std::string host;
};
constexpr Shown always = Shown::always;
constexpr Column<Network> network_columns[] = {
    {"hostname", always, [](const Network& n) { return Value(n.host); }},
    {"domain", always, [](const Network&) { return Value(""); }},
    {"gateway", always, [](const Network&) { return Value(""); }},
    {"nameserver", always, [](const Network&) { return Value(""); }},
    {"ipaddr", always, [](const Network&) { return Value("127.0.0.1"); }},
    {"networkmask", always, [](const Network&) { return Value("255.0.0.0"); }},
};

// One line of several, as -V and -v print them: "attribute=value","attribute=value". The values have lines, and no quotes.
std::string value_in(std::string_view record, std::string_view attribute) {
  const std::string opening = fmt::format("\"{}=", attribute);
  const size_t from = record.find(opening);
  if (from == record.npos) return "";
  const std::string_view value = record.substr(from + opening.size());
  return std::string(value.substr(0, value.find('"')));
}

struct Nothing {};
constexpr Column<Level> version_columns[] = {
    {"version", always, [](const Level& l) { return Value(value_in(version(l), "version")); }},
    {"base_version", always, [](const Level& l) { return Value(attributes::trimmed(value_in(version(l), "base_version"))); }},
};
constexpr Column<std::string> vital_columns[] = {
    {"vpd", always, [](const std::string& record) { return Value(value_in(record, "vpd")); }},
};

Value disabled(const Nothing&) { return Value("disable"); }
Value empty(const Nothing&) { return Value(""); }
constexpr Column<Nothing> remote_columns[] = {
    {"ssh", always, [](const Nothing&) { return Value("enable"); }},
    {"sshprotocol", always, [](const Nothing&) { return Value("2"); }},
    {"remotewebui", always, disabled},
    {"xntp", always, disabled},
    {"xntpserver", always, empty},
    {"syslogserver", always, empty},
    {"netboot", always, disabled},
    {"altdiskboot", always, disabled},
    {"ldap", always, disabled},
    {"kerberos", always, disabled},
};
constexpr Column<Nothing> locale_columns[] = {
    {"locale", always, [](const Nothing&) { return Value("en_US"); }},
};
constexpr Column<Nothing> bios_columns[] = {
    {"bios", always, [](const Nothing&) { return Value("none"); }},
};

}  // namespace

constinit const OptionTable lshmc_options = options;

// Of RAID, the Event Manager for Call Home, an integrated management module, and routes that somebody has made, there is none: the
// console is a process, and reaches its partitions' networks directly.
Result<int> lshmc(Call& call) {
  const Options& given = call.options;
  const auto wanted = [&](std::string_view subject) { return given.has(subject); };
  if (std::ranges::count_if(subjects, wanted) != 1) return usage_error("-V, -v, -n, -b, -r, -l, -L, -h, -e, -i, --netroute");
  const auto print_one = [&]<class Row, size_t n>(const Column<Row>(&columns)[n], const Row& row) -> Result<int> {
    std::string text = TRY(list<Row>(std::span<const Column<Row>>(columns), {row}, given));
    // What -V and -v tell has lines, and keeps them.
    constexpr std::string_view line_end = "\\x0A";
    for (size_t at = 0; (at = text.find(line_end, at)) != text.npos;) text.replace(at, line_end.size(), "\n");
    call.print(text);
    return 0;
  };
  const std::string vital = vital_data(level_of(call), console_serial(call.console.options().name));
  if (given.has("-V") && given.has("-F")) return print_one(version_columns, level_of(call));
  if (given.has("-v") && given.has("-F")) return print_one(vital_columns, vital);
  for (const std::string_view whole : {"-V", "-v"})
    if (given.has(whole) && given.has("--header")) return usage_error("--header");
  if (given.has("-V")) call.print(version(level_of(call)));
  if (given.has("-v")) call.print(vital);
  if (given.has("-n")) call.print(TRY(list<Network>(network_columns, {{call.console.options().name}}, given)));
  if (given.has("-r")) return print_one(remote_columns, Nothing{});
  if (given.has("-b")) return print_one(bios_columns, Nothing{});
  if (given.has("-l") || given.has("-L")) return print_one(locale_columns, Nothing{});
  for (const std::string_view nothing : {"-h", "-e", "-i", "--netroute"})
    if (given.has(nothing)) call.print("No results were found.\n");
  return 0;
}

}  // namespace hmc::cli
