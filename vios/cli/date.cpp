// SPDX-License-Identifier: GPL-2.0-or-later
#include <chrono>
#include <ctime>

#include <fmt/chrono.h>

#include "vios/cli/command.h"

namespace vios::cli {

namespace {

namespace chrono = std::chrono;

// What chdate may say, as its letters stand for it.
struct Wanted {
  std::optional<u32> year, month, day, hour, minute;
};

std::string shown(u64 wall) {
  const auto seconds = static_cast<std::time_t>(wall / emu::nanoseconds_per_second);
  return fmt::format("{:%a %b %e %H:%M:%S} UTC {:%Y}\n", fmt::gmtime(seconds), fmt::gmtime(seconds));
}

Output show(const Arguments&, Devices& devices) { return {0, shown(devices.clock().wall())}; }

// As dates are written, with zeros before them.
std::optional<u32> digits(std::string_view text) {
  if (text.empty() || text.size() > 4 || text.find_first_not_of("0123456789") != text.npos) return std::nullopt;
  u32 number = 0;
  for (const char c : text) number = 10 * number + static_cast<u32>(c - '0');
  return number;
}

// A year of two digits is of 1969 to 2068, as POSIX has it.
std::optional<u32> year_from(std::string_view text) {
  const auto number = digits(text);
  if (!number || (text.size() != 2 && text.size() != 4)) return std::nullopt;
  return text.size() == 4 ? *number : *number + (*number < 69 ? 2000 : 1900);
}

// mmddHHMM[YYyy|yy]
std::optional<Wanted> operand_from(const std::string& text) {
  if (text.size() != 8 && text.size() != 10 && text.size() != 12) return std::nullopt;
  const auto two = [&](size_t at) { return digits(std::string_view(text).substr(at, 2)); };
  Wanted wanted{std::nullopt, two(0), two(2), two(4), two(6)};
  if (text.size() > 8) wanted.year = year_from(std::string_view(text).substr(8));
  if (!wanted.month || !wanted.day || !wanted.hour || !wanted.minute || (text.size() > 8 && !wanted.year)) return std::nullopt;
  return wanted;
}

std::optional<Wanted> options_from(const Arguments& arguments) {
  Wanted wanted;
  if (arguments.has("-year") && !(wanted.year = year_from(arguments.value("-year")))) return std::nullopt;
  const std::pair<std::string_view, std::optional<u32>*> others[] = {
      {"-month", &wanted.month}, {"-day", &wanted.day}, {"-hour", &wanted.hour}, {"-minute", &wanted.minute}};
  for (const auto& [name, to] : others)
    if (arguments.has(name) && !(*to = digits(arguments.value(name)))) return std::nullopt;
  return wanted;
}

// What is not said stays; the seconds of a time that is said are 0.
std::optional<u64> applied(const Wanted& wanted, u64 now) {
  if (wanted.month.value_or(1) > 12 || wanted.day.value_or(1) > 31) return std::nullopt;
  const chrono::sys_seconds instant{chrono::seconds(now / emu::nanoseconds_per_second)};
  const auto today = chrono::floor<chrono::days>(instant);
  const chrono::year_month_day was{today};
  const chrono::hh_mm_ss time{instant - today};
  const chrono::year_month_day date{
      chrono::year(static_cast<int>(wanted.year.value_or(static_cast<u32>(static_cast<int>(was.year()))))),
      chrono::month(wanted.month.value_or(static_cast<unsigned>(was.month()))),
      chrono::day(wanted.day.value_or(static_cast<unsigned>(was.day())))};
  const u32 hour = wanted.hour.value_or(static_cast<u32>(time.hours().count()));
  const u32 minute = wanted.minute.value_or(static_cast<u32>(time.minutes().count()));
  if (!date.ok() || static_cast<int>(date.year()) < 1970 || hour > 23 || minute > 59) return std::nullopt;
  const auto then = chrono::sys_days(date) + chrono::hours(hour) + chrono::minutes(minute);
  return static_cast<u64>(chrono::seconds(then.time_since_epoch()).count()) * emu::nanoseconds_per_second;
}

constexpr Option options[] = {
    {"-year", Takes::one}, {"-month", Takes::one}, {"-day", Takes::one}, {"-hour", Takes::one}, {"-minute", Takes::one}};

Output change(const Arguments& arguments, Devices& devices) {
  const bool by_options = std::ranges::any_of(options, [&](const Option& each) { return arguments.has(each.name); });
  if (arguments.operands().empty() && !by_options) return show(arguments, devices);
  if (!arguments.operands().empty() && by_options) return usage_error(chdate, "The date is given twice.");
  const auto wanted = by_options ? options_from(arguments) : operand_from(arguments.operands().front());
  const auto time = wanted ? applied(*wanted, devices.clock().wall()) : std::nullopt;
  if (!time) return usage_error(chdate, "That is no date.");
  if (const auto set = devices.partition().set_time_of_day(*time); !set) return failure(chdate, set.error());
  return {0, shown(devices.clock().wall())};
}

}  // namespace

constexpr Command date = {"date", "Displays the date and time.", "", {}, show};
constexpr Command chdate = {"chdate",
                            "Displays or changes the system date and time.",
                            "[-year YYyy] [-month mm] [-day dd] [-hour HH] [-minute MM]\n       chdate mmddHHMM[YYyy|yy]",
                            options,
                            change,
                            1};

}  // namespace vios::cli
