// SPDX-License-Identifier: GPL-2.0-or-later
// lshmc: the console itself. (docs/hmc.md, lshmc)
#include <fmt/format.h>

#include "hmc/cli/commands.h"
#include "hmc/messages.h"

namespace hmc::cli {

namespace {

constexpr Option options[] = {{"-V", Takes::nothing}, {"-v", Takes::nothing}, {"-n", Takes::nothing},      {"-b", Takes::nothing},
                              {"-r", Takes::nothing}, {"-F", Takes::names},   {"--header", Takes::nothing}};

// The first release that Live Partition Mobility needs. (Redbook 3.1)
constexpr std::string_view version =
    "\"version= Version: 7\n Release: 3.2\n Service Pack: 0\nHMC Build level 20071121.1\n\",\"base_version=V7R3.2\n\"\n";

constexpr std::string_view vital_data =
    "\"vpd=*FC ????????\n*VC 20.0\n*N2 Thu Mar 29 14:33:00 UTC 2007\n*FC ????????\n*DS Hardware Management Console\n*TM "
    "7310-CR4\n"
    "*SE 1000001\n*MN IBM\n*PN Unknown\n*SZ 4294967296\n*OS Embedded Operating Systems\n*NA 127.0.0.1\n*FC ????????\n"
    "*DS Platform Firmware\n*RM V7R3.2.0.0\n\"\n";

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
  if (given.has("-V")) call.print(version);
  if (given.has("-v")) call.print(vital_data);
  if (given.has("-n")) call.print(TRY(list<Network>(network_columns, {{call.console.options().name}}, given)));
  if (given.has("-r")) call.print(TRY(list<Nothing>(remote_columns, {{}}, given)));
  if (given.has("-b")) call.print(TRY(list<Nothing>(bios_columns, {{}}, given)));
  return 0;
}

}  // namespace hmc::cli
