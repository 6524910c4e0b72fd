// SPDX-License-Identifier: GPL-2.0-or-later
#include "vios/cli/command.h"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

namespace vios::cli {

namespace {

constexpr Option options[] = {
    {"-all", Takes::nothing},  {"-field", Takes::many}, {"-fmt", Takes::one},      {"-net", Takes::nothing},
    {"-npiv", Takes::nothing}, {"-type", Takes::many},  {"-vadapter", Takes::one},
};

// By its name, or by its title as it stands before the value: VTD, "Backing device".
bool is_called(const MapField& field, std::string_view name) {
  const auto same = [](std::string_view a, std::string_view b) {
    return std::ranges::equal(
        a, b, {}, [](unsigned char c) { return std::tolower(c); }, [](unsigned char c) { return std::tolower(c); });
  };
  return field.name == name || same(field.title, name);
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
const Backend* chosen(const Arguments& arguments, Devices& devices) {
  std::string_view option;
  for (const std::string_view each : {"-net", "-npiv"})
    if (arguments.has(each)) option = each;
  for (const auto& backend : devices.backends())
    if (backend->shape() && backend->shape()->option == option) return backend.get();
  return nullptr;
}

Output list(const Arguments& arguments, Devices& devices) {
  const std::string adapter = arguments.value("-vadapter");
  if (arguments.has("-all") == !adapter.empty()) return usage_error(lsmap, "Command requires option \"-all\" or \"-vadapter\".");
  const Backend* backend = chosen(arguments, devices);
  if (!backend) return {};  // no virtual fibre channel adapters
  const MapShape& shape = *backend->shape();
  for (const std::string& field : arguments.values("-field"))
    if (!known_field(shape, field)) return usage_error(lsmap, fmt::format("Field \"{}\" is not valid.", field));

  std::vector<Mapping> mappings = backend->mappings();
  std::erase_if(mappings, [&](const Mapping& mapping) {
    const std::string& name = mapping.adapter.front();
    return !devices.exists(name) || !(arguments.has("-all") ? mapping.listed : name == adapter);
  });
  if (mappings.empty() && !adapter.empty()) return failure(fmt::format("Device \"{}\" is not a {}.", adapter, shape.called));

  // -type chooses by what is behind: disk, lv. An adapter without such a target is not shown.
  if (const auto types = arguments.values("-type"); !types.empty() && shape.has_types) {
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
                           "{-vadapter ServerVirtualAdapter | -all} [-type BackingDeviceType ... | -net | -npiv]\n"
                           "             [-fmt Delimiter] [-field FieldName ...]",
                           options, list};

}  // namespace vios::cli
