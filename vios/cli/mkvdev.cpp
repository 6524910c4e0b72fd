// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/core/names.h"
#include "vios/cli/command.h"

#include <fmt/format.h>

namespace vios::cli {

namespace {

constexpr Option options[] = {
    {"-attr", Takes::many},  {"-default", Takes::one}, {"-defaultid", Takes::one}, {"-dev", Takes::one},  {"-f", Takes::nothing},
    {"-lnagg", Takes::many}, {"-sea", Takes::one},     {"-vadapter", Takes::many}, {"-vdev", Takes::one},
};

Output map(const Arguments& arguments, Backend& backend, const MapOption& option) {
  for (const std::string_view needed : option.others)
    if (!arguments.has(needed)) return usage_error(mkvdev, fmt::format("Command requires option \"{}\".", needed));
  const auto adapters = arguments.values("-vadapter");
  if (option.one_adapter && adapters.size() != 1) return usage_error(mkvdev, "Command requires option \"-vadapter\".");
  if (const std::string name = arguments.value("-dev"); !name.empty() && !emu::is_device_name(name))
    return usage_error(mkvdev, fmt::format("\"{}\" is not a name.", name));
  MapRequest request = {option.option,
                        arguments.value(option.option),
                        arguments.values(option.option),
                        adapters,
                        arguments.value("-dev"),
                        arguments.value("-default"),
                        arguments.value("-defaultid"),
                        arguments.has("-f"),
                        {}};
  if (arguments.has("-attr") && !option.has_attributes)
    return usage_error(mkvdev, fmt::format("Option flag -attr is not valid with {}.", option.option));
  for (const std::string& word : arguments.values("-attr")) {
    const auto assignment = parse_assignment(word);
    if (!assignment) return usage_error(mkvdev, fmt::format("\"{}\" is not of the form Attribute=Value.", word));
    request.attributes[assignment->first] = assignment->second;
  }
  auto made = backend.map(request);
  return made ? Output{0, *made} : failure(mkvdev, made.error());
}

Output make(const Arguments& arguments, Devices& devices) {
  std::string known;
  for (const auto& backend : devices.backends()) {
    for (const MapOption& option : backend->map_options()) {
      if (arguments.has(option.option)) return map(arguments, *backend, option);
      known += fmt::format("{}\"{}\"", known.empty() ? "" : " or ", option.option);
    }
  }
  return usage_error(mkvdev, fmt::format("Command requires option {}.", known));
}

}  // namespace

constexpr Command mkvdev = {"mkvdev", "Adds a virtual device to the system.",
                            "[-f] -vdev TargetDevice -vadapter VirtualServerAdapter [-dev DeviceName]\n"
                            "       mkvdev -sea TargetDevice -vadapter VirtualEthernetAdapter ...\n"
                            "              -default DefaultVirtualEthernetAdapter -defaultid SEADefaultPVID\n"
                            "              [-attr Attribute=Value ...]\n"
                            "       mkvdev -lnagg TargetAdapter ... [-attr Attribute=Value ...]",
                            options, make};

}  // namespace vios::cli
