// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/core/text.h"
#include "vios/cli/command.h"

#include <algorithm>

#include <fmt/format.h>

namespace vios::cli {

namespace {

constexpr Option options[] = {
    {"-all", Takes::nothing},  {"-ams", Takes::nothing},     {"-clustername", Takes::one}, {"-cpid", Takes::one},
    {"-field", Takes::many},   {"-fmt", Takes::one},         {"-net", Takes::nothing},     {"-npiv", Takes::nothing},
    {"-plc", Takes::one},      {"-suspend", Takes::nothing}, {"-type", Takes::many},       {"-vadapter", Takes::one},
    {"-vnic", Takes::nothing},
};

constexpr std::string_view kinds[] = {"-ams", "-net", "-npiv", "-suspend", "-vnic"};
constexpr std::string_view backing_types[] = {"cl_disk", "disk",    "file", "file_disk", "file_opt",
                                              "lv",      "optical", "tape", "usb_disk"};

// By its name, or by its title as it stands before the value: VTD, "Backing device".
bool is_called(const MapField& field, std::string_view name) {
  return same_word(field.name, name) || same_word(field.title, name);
}

bool wanted(const Arguments& arguments, const MapField& field) {
  const auto fields = arguments.values("-field");
  return fields.empty() || std::ranges::any_of(fields, [&](const auto& name) { return is_called(field, name); });
}

std::string line(std::string_view title, std::string_view text) { return fmt::format("{:<22}{}\n", title, text); }

std::string print_delimited(const Mapping& mapping, const MapShape& shape, const Arguments& arguments) {
  std::vector<std::string> cells;
  for (size_t i = 0; i < shape.adapter.size(); ++i)
    if (wanted(arguments, shape.adapter[i])) cells.push_back(mapping.adapter[i]);
  for (const auto& target : mapping.targets)
    for (size_t i = 0; i < shape.target.size(); ++i)
      if (wanted(arguments, shape.target[i])) cells.push_back(target.cells[i]);
  if (mapping.targets.empty() && wanted(arguments, shape.target.front())) cells.emplace_back();
  return delimited({cells}, arguments.value("-fmt"));
}

std::string print_fields(const Mapping& mapping, const MapShape& shape, const Arguments& arguments) {
  std::string text;
  for (size_t i = 0; i < shape.adapter.size(); ++i)
    if (wanted(arguments, shape.adapter[i])) text += line(shape.adapter[i].title, mapping.adapter[i]);
  for (const auto& target : mapping.targets)
    for (size_t i = 0; i < shape.target.size(); ++i)
      if (wanted(arguments, shape.target[i])) text += line(shape.target[i].title, target.cells[i]);
  return text + "\n";
}

std::string print_whole(const Mapping& mapping, const MapShape& shape) {
  std::string titles, rules, cells;
  for (size_t i = 0; i < shape.adapter.size(); ++i) {
    const bool last = i + 1 == shape.adapter.size();
    const auto width = static_cast<size_t>(shape.adapter[i].width);
    const auto add = [&](std::string& to, std::string_view text) {
      to += last ? std::string(text) : fmt::format("{:<{}} ", text, width);
    };
    add(titles, shape.adapter[i].title);
    add(rules, std::string(width, '-'));
    add(cells, mapping.adapter[i]);
  }
  std::string text = titles + "\n" + rules + "\n" + cells + "\n\n";
  if (mapping.targets.empty()) text += fmt::format("{}\n\n", shape.nothing);
  for (const auto& target : mapping.targets) {
    for (size_t i = 0; i < shape.target.size(); ++i) text += line(shape.target[i].title, target.cells[i]);
    text += '\n';
  }
  return text;
}

bool known_field(const MapShape& shape, const std::string& name) {
  const auto is_it = [&](const MapField& field) { return is_called(field, name); };
  return std::ranges::any_of(shape.adapter, is_it) || std::ranges::any_of(shape.target, is_it);
}

// By the option that stands for its kind; the one without an option, if there is none.
const Backend* chosen(std::string_view kind, Devices& devices) {
  for (const auto& backend : devices.backends())
    if (backend->shape() && backend->shape()->option == kind) return backend.get();
  return nullptr;
}

Output list(const Arguments& arguments, Devices& devices) {
  int ways = 0, given_kinds = 0;
  for (const char* way : {"-all", "-clustername", "-cpid", "-plc", "-vadapter"}) ways += arguments.has(way);
  if (arguments.has("-all") && (arguments.has("-cpid") || arguments.has("-clustername"))) --ways;
  if (ways != 1) return usage_error(lsmap, "Command requires option \"-all\" or \"-vadapter\".");
  std::string_view kind;
  for (const std::string_view each : kinds) {
    if (!arguments.has(each)) continue;
    kind = each;
    ++given_kinds;
  }
  if (given_kinds > 1) return usage_error(lsmap, "Options -ams, -net, -npiv, -suspend and -vnic exclude each other.");
  const auto types = arguments.values("-type");
  for (const std::string& type : types)
    if (std::ranges::count(backing_types, type) == 0)
      return usage_error(lsmap, fmt::format("\"{}\" is not a type of backing devices.", type));
  if (!types.empty() && !kind.empty()) return usage_error(lsmap, fmt::format("Options -type and {} exclude each other.", kind));
  const auto client = emu::parse_number<u32>(arguments.value("-cpid"));
  if (arguments.has("-cpid") && !client)
    return usage_error(lsmap, fmt::format("\"{}\" is not the ID of a partition.", arguments.value("-cpid")));
  if (arguments.has("-cpid") && kind == "-net") return usage_error(lsmap, "Options -cpid and -net exclude each other.");
  if (arguments.has("-clustername")) return no_cluster(arguments.value("-clustername"));

  std::string adapter = arguments.value("-vadapter");
  if (arguments.has("-plc")) {
    const auto all = devices.list();
    const auto at = std::ranges::find(all, arguments.value("-plc"), &Device::physloc);
    if (at == all.end()) return not_found(arguments.value("-plc"));
    adapter = at->name;
  }
  const Backend* backend = chosen(kind, devices);
  // No virtual fibre channel adapters, virtual NICs or paging devices; no partition is suspended on a disk.
  if (!backend) return adapter.empty() ? Output{} : not_found(adapter);
  const MapShape& shape = *backend->shape();
  for (const std::string& field : arguments.values("-field"))
    if (!known_field(shape, field)) return usage_error(lsmap, fmt::format("Field \"{}\" is not valid.", field));

  std::vector<Mapping> mappings = backend->mappings();
  std::erase_if(mappings, [&](const Mapping& mapping) {
    const std::string& name = mapping.adapter.front();
    if (!devices.exists(name)) return true;
    if (client) return mapping.adapter.back() != fmt::format("{:#010x}", *client);
    return adapter.empty() ? !mapping.listed : name != adapter;
  });
  if (mappings.empty() && !adapter.empty()) return failure(fmt::format("Device \"{}\" is not a {}.", adapter, shape.called));

  // -type chooses by what is behind: disk, lv. An adapter without such a target is not shown.
  if (!types.empty()) {
    for (Mapping& mapping : mappings)
      std::erase_if(mapping.targets, [&](const auto& target) { return std::ranges::count(types, target.type) == 0; });
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
                           "{-vadapter ServerVirtualAdapter | -plc PhysicalLocationCode | -all | -cpid ClientPartitionID}\n"
                           "             [-type BackingDeviceType ... | -ams | -net | -npiv | -suspend | -vnic]\n"
                           "             [-fmt Delimiter] [-field FieldName ...]\n"
                           "       lsmap -clustername ClusterName [-all]",
                           options, list};

}  // namespace vios::cli
