// SPDX-License-Identifier: GPL-2.0-or-later
#include "vios/cli/command.h"

#include <algorithm>

#include <fmt/format.h>

namespace vios::cli {

namespace {

constexpr Option options[] = {
    {"-all", Takes::nothing},  {"-field", Takes::many}, {"-fmt", Takes::one},      {"-net", Takes::nothing},
    {"-npiv", Takes::nothing}, {"-type", Takes::many},  {"-vadapter", Takes::one},
};

// A field of -field and -fmt, and what a list calls it. Those of a target are repeated for each.
struct Field {
  std::string_view name;
  std::string_view title;
};
constexpr Field host_fields[] = {{"svsa", "SVSA"}, {"physloc", "Physloc"}, {"clientid", "Client Partition ID"}};
constexpr Field target_fields[] = {{"vtd", "VTD"},           {"status", "Status"},
                                   {"lun", "LUN"},           {"backing", "Backing device"},
                                   {"bdphysloc", "Physloc"}, {"mirrored", "Mirrored"}};
constexpr Field lan_fields[] = {{"svea", "SVEA"}, {"physloc", "Physloc"}};
constexpr Field bridge_fields[] = {{"sea", "SEA"}, {"backing", "Backing device"}, {"status", "Status"}, {"bdphysloc", "Physloc"}};

// An adapter and what hangs on it, as texts in the order of the fields above.
struct Mapping {
  std::vector<std::string> adapter;
  std::vector<std::vector<std::string>> targets;
};

struct Shape {
  std::span<const Field> adapter;
  std::span<const Field> target;
  std::string_view nothing;  // shown if an adapter has no target
};
constexpr Shape scsi_shape = {host_fields, target_fields, "VTD                   NO VIRTUAL TARGET DEVICE FOUND"};
constexpr Shape net_shape = {lan_fields, bridge_fields, "SEA                   NO SHARED ETHERNET ADAPTER FOUND"};

Mapping describe(const Host& host, Devices& devices) {
  Mapping mapping{{host.name, devices.physloc(host.name), fmt::format("{:#010x}", host.stored.client_id)}, {}};
  for (const StoredTarget& target : host.stored.targets) {
    const Disk* disk = devices.backing(target);
    const bool volume = disk && disk->volume;
    mapping.targets.push_back({target.vtd, target.available ? "Available" : "Defined", fmt::format("{:#018x}", target.lun),
                               disk ? disk->name : "", disk ? devices.physloc(disk->name) : "", volume ? "N/A" : "false"});
  }
  return mapping;
}

Mapping describe(const VirtualLan& lan, Devices& devices) {
  Mapping mapping{{lan.name, devices.physloc(lan.name)}, {}};
  for (const Bridge& bridge : devices.bridges())
    if (std::ranges::find(bridge.trunks, lan.name) != bridge.trunks.end())
      mapping.targets.push_back({bridge.name, bridge.port, bridge.sea ? "Available" : "Defined", devices.physloc(bridge.port)});
  return mapping;
}

bool wanted(const Arguments& arguments, std::string_view field) {
  const auto fields = arguments.values("-field");
  return fields.empty() || std::ranges::find(fields, field) != fields.end();
}

std::string line(std::string_view title, std::string_view text) { return fmt::format("{:<22}{}\n", title, text); }

std::string print_delimited(const Mapping& mapping, const Shape& shape, const Arguments& arguments) {
  std::vector<std::string> cells;
  for (size_t i = 0; i < shape.adapter.size(); ++i)
    if (wanted(arguments, shape.adapter[i].name)) cells.push_back(mapping.adapter[i]);
  for (const auto& target : mapping.targets)
    for (size_t i = 0; i < shape.target.size(); ++i)
      if (wanted(arguments, shape.target[i].name)) cells.push_back(target[i]);
  if (mapping.targets.empty() && wanted(arguments, shape.target.front().name)) cells.emplace_back();
  return delimited({cells}, arguments.value("-fmt"));
}

std::string print_fields(const Mapping& mapping, const Shape& shape, const Arguments& arguments) {
  std::string text;
  for (size_t i = 0; i < shape.adapter.size(); ++i)
    if (wanted(arguments, shape.adapter[i].name)) text += line(shape.adapter[i].title, mapping.adapter[i]);
  for (const auto& target : mapping.targets)
    for (size_t i = 0; i < shape.target.size(); ++i)
      if (wanted(arguments, shape.target[i].name)) text += line(shape.target[i].title, target[i]);
  return text + "\n";
}

std::string print_whole(const Mapping& mapping, const Shape& shape) {
  std::string text;
  if (shape.adapter.size() == 3) {
    text = fmt::format("{:<15} {:<44} {}\n", "SVSA", "Physloc", "Client Partition ID");
    text += fmt::format("{:-<15} {:-<44} {:-<18}\n", "", "", "");
    text += fmt::format("{:<15} {:<44} {}\n\n", mapping.adapter[0], mapping.adapter[1], mapping.adapter[2]);
  } else {
    text = fmt::format("{:<6} {}\n", "SVEA", "Physloc");
    text += fmt::format("{:-<6} {:-<44}\n", "", "");
    text += fmt::format("{:<6} {}\n\n", mapping.adapter[0], mapping.adapter[1]);
  }
  if (mapping.targets.empty()) text += fmt::format("{}\n\n", shape.nothing);
  for (const auto& target : mapping.targets) {
    for (size_t i = 0; i < shape.target.size(); ++i) text += line(shape.target[i].title, target[i]);
    text += '\n';
  }
  return text;
}

bool known_field(const Shape& shape, const std::string& field) {
  return std::ranges::find(shape.adapter, field, &Field::name) != shape.adapter.end() ||
         std::ranges::find(shape.target, field, &Field::name) != shape.target.end();
}

Output list(const Arguments& arguments, Devices& devices) {
  const std::string adapter = arguments.value("-vadapter");
  if (arguments.has("-all") == !adapter.empty()) return usage_error(lsmap, "Command requires option \"-all\" or \"-vadapter\".");
  if (arguments.has("-npiv")) return {};  // no virtual fibre channel adapters
  const bool net = arguments.has("-net");
  const Shape& shape = net ? net_shape : scsi_shape;
  for (const std::string& field : arguments.values("-field"))
    if (!known_field(shape, field)) return usage_error(lsmap, fmt::format("Field \"{}\" is not valid.", field));

  std::vector<Mapping> mappings;
  if (net) {
    for (const VirtualLan& lan : devices.lans())
      if (devices.exists(lan.name) && (arguments.has("-all") ? lan.adapter.config.is_trunk : lan.name == adapter))
        mappings.push_back(describe(lan, devices));
  } else {
    for (const Host& host : devices.hosts())
      if (devices.exists(host.name) && (arguments.has("-all") || host.name == adapter))
        mappings.push_back(describe(host, devices));
  }
  if (mappings.empty() && !adapter.empty())
    return failure(fmt::format("Device \"{}\" is not a {}.", adapter,
                               net ? "Server Virtual Ethernet Adapter (SVEA)" : "Server Virtual SCSI Adapter (SVSA)"));

  // -type chooses by what is behind: disk, lv. An adapter without such a target is not shown.
  if (const auto types = arguments.values("-type"); !types.empty() && !net) {
    for (Mapping& mapping : mappings)
      std::erase_if(mapping.targets, [&](const auto& target) {
        const Disk* disk = devices.disk(target[3]);
        return !disk || std::ranges::find(types, disk->volume ? "lv" : "disk") == types.end();
      });
    std::erase_if(mappings, [](const Mapping& mapping) { return mapping.targets.empty(); });
  }
  std::string text;
  for (const Mapping& mapping : mappings) {
    if (arguments.has("-fmt")) {
      text += print_delimited(mapping, shape, arguments);
    } else if (arguments.has("-field")) {
      text += print_fields(mapping, shape, arguments);
    } else {
      text += print_whole(mapping, shape);
    }
  }
  return {0, text};
}

}  // namespace

constexpr Command lsmap = {"lsmap", "Displays the mapping between physical, logical, and virtual devices.",
                           "{-vadapter ServerVirtualAdapter | -all} [-type BackingDeviceType ... | -net | -npiv]\n"
                           "             [-fmt Delimiter] [-field FieldName ...]",
                           options, list};

}  // namespace vios::cli
