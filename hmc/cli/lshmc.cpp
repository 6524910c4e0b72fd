// SPDX-License-Identifier: GPL-2.0-or-later
// lshmc: the console itself. (docs/hmc.md, lshmc)
#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "emu/core/console_release.h"
#include "emu/core/words.h"
#include "hmc/cli/commands.h"
#include "hmc/messages.h"

namespace hmc::cli {

namespace {

constexpr Option options[] = {{"-V", Takes::nothing}, {"-v", Takes::nothing}, {"-n", Takes::nothing},      {"-b", Takes::nothing},
                              {"-r", Takes::nothing}, {"-F", Takes::names},   {"--header", Takes::nothing}};

// Each as it was recorded, but the first: that is the one which Live Partition Mobility needs (Redbook 3.1), in the same form.
struct Level {
  emu::ConsoleRelease release;
  std::string_view version, part, service_pack, build, fixes, base, level;
};
constexpr Level levels[] = {
    {emu::ConsoleRelease::v7r3, "7", "3.2", "0", "20071121.1", "", "V7R3.2", "V7R3.2.0.0"},
    {emu::ConsoleRelease::v7r7, "7", "7.9.0", "3", "20151216.1", "", "V7R7.9.0", "V7R7.9.0.3"},
    {emu::ConsoleRelease::v10r3, "10", "3", "1060", "2408210051", "MF71689 - HMC V10R3 M1060\n", "V10R3", "V10R3.1060.0"},
};
static_assert(std::size(levels) == emu::all_of<emu::ConsoleRelease>().size());

const Level& level_of(const Call& call) { return *std::ranges::find(levels, call.release(), &Level::release); }

std::string version(const Level& of) {
  return fmt::format("\"version= Version: {}\n Release: {}\n Service Pack: {}\nHMC Build level {}\n{}\",\"base_version={}\n\"\n",
                     of.version, of.part, of.service_pack, of.build, of.fixes, of.base);
}

std::string vital_data(const Level& of) {
  return fmt::format(
      "\"vpd=*FC ????????\n*VC 20.0\n*N2 Thu Mar 29 14:33:00 UTC 2007\n*FC ????????\n*DS Hardware Management Console\n*TM "
      "7310-CR4\n"
      "*SE 1000001\n*MN IBM\n*PN Unknown\n*SZ 4294967296\n*OS Embedded Operating Systems\n*NA 127.0.0.1\n*FC ????????\n"
      "*DS Platform Firmware\n*RM {}\n\"\n",
      of.level);
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

struct Nothing {};
constexpr Column<Nothing> remote_columns[] = {
    {"ssh", always, [](const Nothing&) { return Value("enable"); }},
    {"sshprotocol", always, [](const Nothing&) { return Value("2"); }},
    {"remotewebui", always, [](const Nothing&) { return Value("disable"); }},
    {"xntp", always, [](const Nothing&) { return Value("disable"); }},
};
constexpr Column<Nothing> bios_columns[] = {
    {"bios", always, [](const Nothing&) { return Value("none"); }},
};

}  // namespace

constinit const OptionTable lshmc_options = options;

Result<int> lshmc(Call& call) {
  const Options& given = call.options;
  if (given.has("-V") + given.has("-v") + given.has("-n") + given.has("-b") + given.has("-r") != 1)
    return usage_error("-V, -v, -n, -b, -r");
  for (const std::string_view listed : {"-F", "--header"})
    if (given.has(listed) && (given.has("-V") || given.has("-v"))) return usage_error(listed);
  if (given.has("-V")) call.print(version(level_of(call)));
  if (given.has("-v")) call.print(vital_data(level_of(call)));
  if (given.has("-n")) call.print(TRY(list<Network>(network_columns, {{call.console.options().name}}, given)));
  if (given.has("-r")) call.print(TRY(list<Nothing>(remote_columns, {{}}, given)));
  if (given.has("-b")) call.print(TRY(list<Nothing>(bios_columns, {{}}, given)));
  return 0;
}

}  // namespace hmc::cli
