// SPDX-License-Identifier: GPL-2.0-or-later
// Format: Redbook, examples 6-2 to 6-6.
#include "vios/cli/command.h"

#include <charconv>
#include <ctime>

#include <fmt/format.h>

namespace vios::cli {

namespace {

constexpr Option options[] = {{"-ls", Takes::nothing}, {"-rm", Takes::one}, {"-seq", Takes::one}};

std::optional<u32> parse_number(const std::string& text) {
  u32 number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::string time_text(u64 wall, const char* format) {
  const auto seconds = static_cast<std::time_t>(wall / emu::nanoseconds_per_second);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[64];
  return {text, std::strftime(text, sizeof text, format, &parts)};
}

std::string detailed(const ErrorLogEntry& entry, const Devices& devices) {
  return fmt::format(
      "---------------------------------------------------------------------------\n"
      "LABEL:          {}\n"
      "IDENTIFIER:     {}\n\n"
      "Date/Time:       {}\n"
      "Sequence Number: {}\n"
      "Machine Id:      {}\n"
      "Class:           {}\n"
      "Type:            {}\n"
      "Resource Name:   {}\n\n"
      "Description\n{}\n\n",
      label_of(entry.identifier), entry.identifier, time_text(entry.wall, "%a %b %e %H:%M:%S %Y"), entry.sequence,
      devices.setup().serial_num, label_of_class(entry.error_class), label_of_type(entry.type), entry.resource,
      entry.description);
}

Output list(const Arguments& arguments, Devices& devices) {
  if (arguments.has("-rm")) {
    const auto days = parse_number(arguments.value("-rm"));
    if (!days) return usage_error(errlog, fmt::format("\"{}\" is not a number of days.", arguments.value("-rm")));
    constexpr u64 day = 86'400 * emu::nanoseconds_per_second;
    const u64 now = devices.clock().wall();
    devices.errors().remove_older_than(*days == 0 ? ~u64{0} : now - std::min(now, *days * day));
    return {};
  }
  const auto entries = devices.errors().entries();
  std::string text;
  if (arguments.has("-seq")) {
    const auto number = parse_number(arguments.value("-seq"));
    for (const ErrorLogEntry& each : entries)
      if (number == each.sequence) return {0, detailed(each, devices)};
    return failure(fmt::format("errlog: there is no entry with sequence number {}.", arguments.value("-seq")));
  }
  if (arguments.has("-ls")) {
    for (const ErrorLogEntry& each : entries) text += detailed(each, devices);
    return {0, text};
  }
  if (entries.empty()) return {};
  text = "IDENTIFIER TIMESTAMP  T C RESOURCE_NAME  DESCRIPTION\n";
  constexpr size_t description_width = 40;  // "Migration aborted: MSP-MSP connection do"
  for (const ErrorLogEntry& each : entries)
    text += fmt::format("{:<10} {} {} {} {:<14} {}\n", each.identifier, time_text(each.wall, "%m%d%H%M%y"), each.type,
                        each.error_class, each.resource, each.description.substr(0, description_width));
  return {0, text};
}

}  // namespace

constexpr Command errlog = {"errlog", "Displays or clears the error log.", "[-ls | -seq Sequence_number | -rm Days]", options,
                            list};

}  // namespace vios::cli
