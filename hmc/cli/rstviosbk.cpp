// SPDX-License-Identifier: GPL-2.0-or-later
// rstviosbk: virtual target devices of a backup that a Virtual I/O Server has not any more are made again. What it has beside them stays.
#include <algorithm>

#include <fmt/format.h>

#include "hmc/cli/commands.h"
#include "hmc/cli/vios_backup.h"
#include "hmc/messages.h"

namespace hmc::cli {

namespace {

// What the device stood for, as the server calls it now; empty: it is not there.
std::string backing_now(const ViosBackup& backup, const service::ViosTarget& target, const service::ViosInfo& now) {
  const auto was = std::ranges::find(backup.disks, target.backing, &service::ViosDisk::name);
  if (was == backup.disks.end()) return target.backing;  // a logical volume
  const auto is = std::ranges::find(now.disks, was->udid, &service::ViosDisk::udid);
  return is == now.disks.end() ? "" : is->name;
}

// The commands of padmin that do it.
Result<std::vector<std::string>> commands_of(const ViosBackup& backup, const service::ViosInfo& now) {
  std::vector<std::string> commands;
  for (const service::ViosHost& was : backup.hosts) {
    const auto is = std::ranges::find(now.hosts, was.slot, &service::ViosHost::slot);
    for (const service::ViosTarget& target : was.targets) {
      const auto has = [&](const service::ViosTarget& each) { return each.vtd == target.vtd; };
      if (std::ranges::any_of(now.hosts, [&](const service::ViosHost& h) { return std::ranges::any_of(h.targets, has); }))
        continue;
      if (is == now.hosts.end()) return say("HSCLF0BA", target.vtd, fmt::format("there is no adapter in slot {}", was.slot));
      const std::string backing = backing_now(backup, target, now);
      if (backing.empty()) return say("HSCLF0BA", target.vtd, fmt::format("its disk {} is not there", target.backing));
      commands.push_back(fmt::format("mkvdev -vdev {} -vadapter {} -dev {}", backing, is->name, target.vtd));
    }
  }
  return commands;
}

}  // namespace
constinit const OptionTable rstviosbk_options = backup_options;

Result<int> rstviosbk(Call& call) {
  const auto [inventory, system, vios, backup] = TRY(named_backup(call, Detail::vios));
  if (!vios->vios) return say("HSCLA246", vios->name());
  FrameLink& link = *call.console.link(system->frame);
  for (const std::string& command : TRY(commands_of(backup, *vios->vios))) {
    const service::ViosOutput output = TRY(ask(link, service::RunViosCommand{vios->id(), command}));
    if (output.exit_code != 0) return say("HSCLF0BB", command, vios->name(), attributes::trimmed(output.output));
  }
  return 0;
}

}  // namespace hmc::cli
