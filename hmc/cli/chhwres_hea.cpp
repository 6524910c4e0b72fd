// SPDX-License-Identifier: GPL-2.0-or-later
// chhwres -r hea: logical ports of a partition that runs, and what its port groups and physical ports are to be.
// SIMPLIFIED: the hypervisor's matter alone: no operating system sees a logical port, and no link goes down when a physical port changes.
#include <algorithm>

#include <fmt/format.h>

#include "hmc/attributes/host_ethernet.h"
#include "hmc/cli/change.h"
#include "hmc/cli/chhwres.h"
#include "hmc/messages.h"

namespace hmc::cli {

namespace {

Result<const emu::HostEthernet*> adapter_of(const Call& call, const System& system) {
  const std::string text = call.options.value("-l");
  const auto id = emu::hea_from(text);
  if (!id) return usage_error("-l");
  const auto found = std::ranges::find(system.info.heas, *id, &emu::HostEthernet::adapter_id);
  if (found == system.info.heas.end()) return say("HSCLF080", text);
  return &*found;
}

Result<u32> number_of(const Call& call, std::string_view option) {
  const auto number = call.options.number(option);
  if (!number) return usage_error(std::string(option));
  return *number;
}

emu::Status may_change(const Lpar& lpar) {
  if (lpar.off() || lpar.failed() || !lpar.current()) return say("HSCL05DF", lpar.name(), state_of(lpar.info));
  return emu::success();
}

Result<Data> data_of(const Call& call) {
  if (!call.options.has("-a")) return Data();
  return Data::parse(call.options.value("-a"));
}

// The port that --logport names among those of the partition.
Result<emu::LogicalPort> own_port(const Call& call, const Lpar& lpar, const emu::HostEthernet& adapter) {
  emu::LogicalPort wanted;
  wanted.adapter_id = adapter.adapter_id;
  wanted.group = TRY(number_of(call, "-g"));
  wanted.logical_port = TRY(number_of(call, "--logport"));
  for (const std::string& text : lpar.current()->lhea_logical_ports)
    if (const auto port = emu::logical_port_from(text); port && port->same_port(wanted)) return *port;
  return say("HSCLF084", lpar.name(), wanted.logical_port, wanted.group, emu::hea_text(adapter.adapter_id));
}

Result<int> store(const Target& target, std::vector<std::string> ports) {
  TRY(ask(*target.link, service::SetLogicalPorts{target.lpar->id(), std::move(ports)}));
  return 0;
}

Result<int> change_group(Call& call, const SystemTarget& target, const emu::HostEthernet& before, const Data& data) {
  emu::HostEthernet wanted = before;
  const u32 id = TRY(number_of(call, "-g"));
  const auto group = std::ranges::find(wanted.groups, id, &emu::HeaGroup::id);
  if (group == wanted.groups.end()) return usage_error("-g");
  TRY(attributes::assign(attributes::hea_group_attributes(), attributes::By::setting, data.all(), *group, [&] {
    return attributes::HeaRow{target.system, &before, before.group(id), nullptr};
  }));
  TRY(ask(*target.link, service::ChangeHostEthernet{wanted}));
  return 0;
}

Result<int> change_port(Call& call, const SystemTarget& target, const emu::HostEthernet& before, const Data& data) {
  emu::HostEthernet wanted = before;
  const u32 group = TRY(number_of(call, "-g")), id = TRY(number_of(call, "--physport"));
  const auto port = std::ranges::find_if(wanted.ports, [&](const auto& each) { return each.group == group && each.id == id; });
  if (port == wanted.ports.end()) return say("HSCLF081", emu::hea_text(before.adapter_id), id, group);
  TRY(attributes::assign(attributes::hea_port_attributes(), attributes::By::setting, data.all(), *port, [&] {
    return attributes::HeaRow{target.system, &before, before.group(group), before.port(group, id)};
  }));
  if (data.find("promisc_lpar_id") && data.find("promisc_lpar_name")) return usage_error("-a");
  for (const std::string_view name : {"promisc_lpar_id", "promisc_lpar_name"}) {
    const Assignment* given = data.find(name);
    if (!given) continue;
    const auto number = emu::parse_number<u32>(given->text);
    const Lpar* lpar = name == "promisc_lpar_name" ? target.system->lpar(given->text) : target.system->lpar(number.value_or(0));
    if (!lpar && given->text != "none") return attributes::wrong_value(*given);
    port->promisc_lpar_id = lpar ? lpar->id() : 0;
  }
  TRY(ask(*target.link, service::ChangeHostEthernet{wanted}));
  return 0;
}

}  // namespace

Result<int> add_logical_port(Call& call) {
  const Target target = TRY(target_of(call, "-p"));
  const emu::HostEthernet& adapter = *TRY(adapter_of(call, *target.system));
  emu::LogicalPort port;
  port.adapter_id = adapter.adapter_id;
  port.group = TRY(number_of(call, "-g"));
  port.phys_port = TRY(number_of(call, "--physport"));
  port.logical_port = TRY(number_of(call, "--logport"));
  port.all_vlans = true;
  TRY(may_change(*target.lpar));
  const Data data = TRY(data_of(call));
  TRY(attributes::assign(attributes::logical_port_attributes(), attributes::By::adding, data.all(), port, [&] {
    return attributes::LogicalPortRow{target.lpar, &adapter, port};
  }));
  std::vector<std::string> ports = target.lpar->current()->lhea_logical_ports;
  ports.push_back(text_of(port));
  return store(target, std::move(ports));
}

// One port, or all that the partition has of the adapter.
Result<int> remove_logical_port(Call& call) {
  const Target target = TRY(target_of(call, "-p"));
  const emu::HostEthernet& adapter = *TRY(adapter_of(call, *target.system));
  TRY(may_change(*target.lpar));
  std::vector<std::string> ports = target.lpar->current()->lhea_logical_ports;
  if (call.options.has("-g") || call.options.has("--logport")) {
    std::erase(ports, text_of(TRY(own_port(call, *target.lpar, adapter))));
    return store(target, std::move(ports));
  }
  const auto of_adapter = [&](const std::string& text) {
    const auto port = emu::logical_port_from(text);
    return port && port->adapter_id == adapter.adapter_id;
  };
  if (std::erase_if(ports, of_adapter) == 0) return say("HSCLF089", target.lpar->name(), emu::hea_text(adapter.adapter_id));
  return store(target, std::move(ports));
}

Result<int> set_host_ethernet(Call& call) {
  if (!call.options.has("-a")) return usage_error("-a");
  const Data data = TRY(data_of(call));
  if (call.options.has("-p") || call.options.has("--id")) {
    if (call.options.has("--physport")) return usage_error("--physport");
    const Target target = TRY(target_of(call, "-p"));
    const emu::HostEthernet& adapter = *TRY(adapter_of(call, *target.system));
    TRY(may_change(*target.lpar));
    const emu::LogicalPort before = TRY(own_port(call, *target.lpar, adapter));
    emu::LogicalPort port = before;
    TRY(attributes::assign(attributes::logical_port_attributes(), attributes::By::setting, data.all(), port, [&] {
      return attributes::LogicalPortRow{target.lpar, &adapter, before};
    }));
    std::vector<std::string> ports = target.lpar->current()->lhea_logical_ports;
    std::ranges::replace(ports, text_of(before), text_of(port));
    return store(target, std::move(ports));
  }
  if (call.options.has("--logport")) return usage_error("--logport");
  const SystemTarget target = TRY(system_target(call));
  const emu::HostEthernet& adapter = *TRY(adapter_of(call, *target.system));
  return call.options.has("--physport") ? change_port(call, target, adapter, data) : change_group(call, target, adapter, data);
}

}  // namespace hmc::cli
