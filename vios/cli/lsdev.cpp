// SPDX-License-Identifier: GPL-2.0-or-later
// Formats: Redbook, examples 4-1 and A-1.
#include "vios/cli/command.h"

#include <algorithm>

#include <fmt/format.h>

namespace vios::cli {

namespace {

constexpr Option options[] = {
    {"-attr", Takes::one_or_nothing},
    {"-child", Takes::nothing},
    {"-dev", Takes::one},
    {"-field", Takes::many},
    {"-fmt", Takes::one},
    {"-parent", Takes::nothing},
    {"-plc", Takes::one},
    {"-range", Takes::one},
    {"-slot", Takes::nothing},
    {"-slots", Takes::nothing},
    {"-state", Takes::one},
    {"-type", Takes::many},
    {"-virtual", Takes::nothing},
    {"-vpd", Takes::nothing},
};

constexpr std::string_view fields[] = {"name", "status", "description", "physloc", "type", "parent"};
constexpr size_t default_fields = 3;

std::string cell(const Device& device, size_t field) {
  switch (field) {
    case 0:
      return device.name;
    case 1:
      return device.status;
    case 2:
      return device.description;
    case 3:
      return device.physloc;
    case 4:
      return device.type;
    default:
      return device.parent;
  }
}

constexpr std::string_view types[] = {"adapter", "disk",     "ent4ip", "ent4sea",  "lv",       "optical", "sea",
                                      "tape",    "tape_lib", "tty",    "usb_disk", "vent4sea", "vtd"};

bool of_type(const Device& device, std::string_view type) {
  const bool ethernet = device.name.starts_with("ent") && device.type != "vtd";
  if (type == "ent4sea") return ethernet && !device.is_virtual;
  if (type == "vent4sea") return ethernet && device.is_virtual && device.type == "adapter";
  if (type == "ent4ip") return ethernet;
  // A list of adapters shows the shared ones as well. (Redbook, example A-2)
  if (type == "adapter") return device.type == "adapter" || device.type == "sea";
  return device.type == type;
}

// Reached by its name, or by its type; a list of all does not show it.
bool of_no_list(const Device& device) {
  return std::ranges::count(std::initializer_list<std::string_view>{"bus", "driver", "if", "lv", "vg"}, device.type) > 0;
}

std::string print(const std::vector<Device>& devices, const Arguments& arguments, const std::vector<size_t>& chosen) {
  std::vector<std::vector<std::string>> rows;
  for (const Device& device : devices) {
    std::vector<std::string> row;
    for (const size_t field : chosen) row.push_back(cell(device, field));
    rows.push_back(std::move(row));
  }
  if (arguments.has("-fmt")) return delimited(rows, arguments.value("-fmt"));
  std::vector<std::string> titles;
  for (const size_t field : chosen) titles.emplace_back(fields[field]);
  rows.insert(rows.begin(), std::move(titles));
  constexpr size_t widths[] = {17, 12, 62, 60, 10, 10};
  std::string text;
  for (const auto& row : rows) {
    for (size_t i = 0; i < row.size(); ++i)
      text += i + 1 == row.size() ? row[i] : fmt::format("{:<{}}", row[i], std::max(widths[chosen[i]], row[i].size() + 1));
    text += '\n';
  }
  return text;
}

Output print_attributes(const std::string& device, const Arguments& arguments, Devices& devices) {
  const auto attributes = devices.attributes(device);
  if (const std::string name = arguments.value("-attr"); !name.empty()) {
    const auto at = std::ranges::find(attributes, name, &Attribute::name);
    if (at == attributes.end()) return failure(fmt::format("\"{}\" is not a valid attribute of device \"{}\".", name, device));
    return {0, fmt::format("value\n\n{}\n", at->value)};
  }
  size_t widths[] = {16, 6, 12};
  for (const Attribute& each : attributes) {
    widths[0] = std::max(widths[0], each.name.size() + 1);
    widths[1] = std::max(widths[1], each.value.size() + 1);
    widths[2] = std::max(widths[2], each.description.size() + 1);
  }
  const auto row = [&](std::string_view a, std::string_view b, std::string_view c, std::string_view d) {
    return fmt::format("{:<{}}{:<{}}{:<{}}{}\n", a, widths[0], b, widths[1], c, widths[2], d);
  };
  std::string text = row("attribute", "value", "description", "user_settable") + "\n";
  for (const Attribute& each : attributes) text += row(each.name, each.value, each.description, each.settable ? "True" : "False");
  return {0, text};
}

std::string vpd_of(const Device& device) {
  return fmt::format("  {:<16} {}  {}\n", device.name, device.physloc, device.description);
}

// As AIX lists what is installed.
Output print_vpd(const std::vector<Device>& devices) {
  std::string text = "INSTALLED RESOURCE LIST WITH VPD\n\nThe following resources are installed on your machine.\n\n";
  for (const Device& device : devices)
    if (!of_no_list(device)) text += vpd_of(device);
  return {0, text};
}

// A slot's location is the adapter's without the port behind it.
std::string slot_of(const Device& device) { return device.physloc.substr(0, device.physloc.find("-T")); }

// All, or the one that a device is in.
Output print_slots(Devices& devices, const std::string& wanted) {
  struct Slot {
    std::string physloc, kind, devices;
  };
  std::vector<Slot> slots;
  for (const Device& device : devices.list()) {
    if (device.physloc.empty() || device.type != "adapter") continue;
    const std::string place = slot_of(device);
    if (!wanted.empty() && place != wanted) continue;
    const auto at = std::ranges::find(slots, place, &Slot::physloc);
    if (at != slots.end()) {
      at->devices += " " + device.name;
    } else {
      slots.push_back({place, device.is_virtual ? "Virtual I/O Slot" : "Logical I/O Slot", device.name});
    }
  }
  std::string text = fmt::format("{:<28} {:<17} {}\n", "# Slot", "Description", "Device(s)");
  for (const Slot& each : slots) text += fmt::format("{:<28} {:<17} {}\n", each.physloc, each.kind, each.devices);
  return {0, text};
}

Output print_range(const Device& device, const std::string& name, Devices& devices) {
  const auto attributes = devices.attributes(device.name);
  const auto at = std::ranges::find(attributes, name, &Attribute::name);
  if (at == attributes.end()) return failure(fmt::format("\"{}\" is not a valid attribute of device \"{}\".", name, device.name));
  if (at->range.empty())
    return failure(fmt::format("The attribute \"{}\" of device \"{}\" has no range of values.", name, device.name));
  return {0, at->range + "\n"};
}

// What is asked about one device beside its line.
std::optional<Output> print_of_one(const Device& device, const Arguments& arguments, Devices& devices) {
  if (arguments.has("-attr")) return print_attributes(device.name, arguments, devices);
  if (arguments.has("-range")) return print_range(device, arguments.value("-range"), devices);
  if (arguments.has("-parent")) return Output{0, fmt::format("parent\n\n{}\n", device.parent)};
  if (arguments.has("-vpd")) return Output{0, vpd_of(device)};
  if (!arguments.has("-slot")) return std::nullopt;
  if (device.type != "adapter" || device.physloc.empty())
    return failure(fmt::format("Device \"{}\" is in no slot.", device.name));
  return print_slots(devices, slot_of(device));
}

bool given_twice(const Arguments& arguments, std::initializer_list<const char*> several) {
  return std::ranges::count_if(several, [&](const char* option) { return arguments.has(option); }) > 1;
}

// What lists many, and what tells of one.
std::optional<std::string> complaint_about(const Arguments& arguments) {
  if (given_twice(arguments, {"-dev", "-plc"})) return "Options -dev and -plc exclude each other.";
  const bool one = arguments.has("-dev") || arguments.has("-plc");
  for (const char* option : {"-attr", "-child", "-parent", "-range", "-slot"})
    if (!one && arguments.has(option)) return "Command requires option \"-dev\" or \"-plc\".";
  for (const char* option : {"-type", "-virtual", "-state", "-slots"})
    if (one && arguments.has(option)) return fmt::format("Option {} lists devices, and excludes -dev and -plc.", option);
  if (given_twice(arguments, {"-attr", "-child", "-parent", "-range", "-slot", "-vpd"}))
    return "Options -attr, -child, -parent, -range, -slot and -vpd exclude each other.";
  for (const char* option : {"-slots", "-vpd"})
    for (const char* other : {"-slots", "-vpd", "-type", "-virtual", "-state", "-field", "-fmt"})
      if (std::string_view(option) != other && arguments.has(option) && arguments.has(other))
        return fmt::format("Options {} and {} exclude each other.", option, other);
  return std::nullopt;
}

Output list(const Arguments& arguments, Devices& devices) {
  if (const auto complaint = complaint_about(arguments)) return usage_error(lsdev, *complaint);
  auto chosen = chosen_fields(arguments, fields);
  if (!chosen) return usage_error(lsdev, chosen.error().text);
  if (!arguments.has("-field")) chosen->resize(default_fields);
  const auto wanted = arguments.values("-type");
  for (const std::string& type : wanted)
    if (std::ranges::find(types, type) == std::end(types))
      return usage_error(lsdev, fmt::format("\"{}\" is not a valid device type.", type));
  if (arguments.has("-slots")) return print_slots(devices, "");
  auto all = devices.list();
  const bool one = arguments.has("-dev") || arguments.has("-plc");
  if (arguments.has("-vpd") && !one) return print_vpd(all);
  if (one) {
    const std::string name = arguments.value(arguments.has("-dev") ? "-dev" : "-plc");
    const auto device = std::ranges::find(all, name, arguments.has("-dev") ? &Device::name : &Device::physloc);
    if (device == all.end() || name.empty()) return not_found(name);
    if (const auto told = print_of_one(*device, arguments, devices)) return *told;
    const std::string found = device->name;
    std::erase_if(all, [&](const Device& each) { return (arguments.has("-child") ? each.parent : each.name) != found; });
    return {0, print(all, arguments, *chosen)};
  }
  std::erase_if(all, [&](const Device& each) {
    return wanted.empty() ? of_no_list(each)
                          : std::ranges::none_of(wanted, [&](const auto& type) { return of_type(each, type); });
  });
  if (arguments.has("-virtual")) std::erase_if(all, [](const Device& each) { return !each.is_virtual; });
  if (const std::string state = arguments.value("-state"); !state.empty())
    std::erase_if(all, [&](const Device& each) { return !same_word(each.status, state); });
  return {0, print(all, arguments, *chosen)};
}

}  // namespace

constexpr Command lsdev = {
    "lsdev", "Displays devices and their characteristics.",
    "[-type DeviceType ...] [-virtual] [-state State] [-field FieldName ...] [-fmt Delimiter]\n"
    "       lsdev {-dev DeviceName | -plc PhysicalLocationCode} [-child] [-field FieldName ...] [-fmt Delimiter]\n"
    "       lsdev {-dev DeviceName | -plc PhysicalLocationCode} [-attr [Attribute] | -range Attribute | -slot | -vpd | -parent]\n"
    "       lsdev -slots | -vpd",
    options, list};

}  // namespace vios::cli
