// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/core/lab/services.h"

#include <fstream>
#include <sstream>

#include "emu/core/names.h"

namespace emu {

namespace lab_file {

namespace {

// The one frame that the file gives it to.
LparDefinition* partition_of(Lab& lab, const std::string& name) {
  LparDefinition* found = nullptr;
  for (FrameConfig& frame : lab.frames)
    for (LparDefinition& lpar : frame.partitions)
      if (lpar.name == name && lpar.env != LparEnv::vioserver) {
        if (found) return nullptr;
        found = &lpar;
      }
  return found;
}

bool is_forwarded(const Lab& lab, const std::string& address, u16 port) {
  for (const SegmentConfig& segment : lab.segments)
    for (const SegmentConfig::Forward& forward : segment.forwards)
      if (forward.guest_address == address && forward.guest_port == port && forward.protocol == "tcp") return true;
  return false;
}

void check_watch(Reading& reading, const Lab& lab, const Package& package, const toml::table& table) {
  const bool of_program = package.watch == PackageWatch::program, of_port = package.watch == PackageWatch::port;
  if (of_program != table.contains("program"))
    reading.wrong(at(table, "program"), "program goes with watch = \"program\", and that with a program");
  if (of_program && !is_word(package.program, 15)) reading.wrong(at(table, "program"), "a program's name has 1 to 15 characters");
  if (of_port != table.contains("port"))
    reading.wrong(at(table, "port"), "port goes with watch = \"port\", and that with a port");
  if (of_port && !is_forwarded(lab, package.address, package.port))
    reading.wrong(at(table, "port"), fmt::format("no forward leads to TCP port {} of {}", package.port, package.address));
  if (package.address.empty()) reading.wrong(at(table, "partition"), fmt::format("{} has no ip_address", package.partition));
  if (package.interval_ms < 100 || package.interval_ms > 600'000)
    reading.wrong(at(table, "interval_ms"), "interval_ms is 100 to 600000");
  if (package.misses == 0 || package.misses > 1000) reading.wrong(at(table, "misses"), "misses is 1 to 1000");
}

Package read_package(Reading& reading, Lab& lab, const toml::table& table) {
  Package package;
  read_keys(reading, table, "a package", package_table, package);
  if (package.name.empty()) package.name = package.partition;
  if (!is_name(package.name)) reading.wrong(at(table, "name"), fmt::format("\"{}\" is no name for a package", package.name));
  LparDefinition* lpar = partition_of(lab, package.partition);
  if (!lpar)
    reading.wrong(at(table, "partition"), fmt::format("one server has to have a partition {}", shown_name(package.partition)));
  if (package.frames.size() < 2) reading.wrong(at(table, "frames"), "a package has two servers at least");
  for (const std::string& frame : package.frames) {
    if (!lab.frame(frame)) reading.wrong(at(table, "frames"), fmt::format("there is no frame {}", shown_name(frame)));
    if (std::ranges::count(package.frames, frame) > 1)
      reading.wrong(at(table, "frames"), fmt::format("frame {} is there twice", shown_name(frame)));
  }
  if (!lpar) return package;
  lpar->simplified_remote_restart_capable = true;
  package.uuid = lpar->uuid;
  package.address = lpar->ip_address;
  check_watch(reading, lab, package, table);
  return package;
}

}  // namespace

Services read_services_of(Reading& reading, Lab& lab, const toml::array* packages) {
  Services services;
  Once once(reading);
  for_each_table(packages, [&](const toml::table& table) {
    if (reading.failed()) return;
    const Package& package = services.packages.emplace_back(read_package(reading, lab, table));
    once.claim(at(table, "name"), "package", package.name);
    once.claim(at(table, "partition"), "package of partition", package.partition);
  });
  return services;
}

}  // namespace lab_file

Result<Services> read_services(const Lab& of) {
  Lab lab = of;
  lab_file::Reading reading(lab.file);
  std::ifstream stream(lab.file, std::ios::binary);
  std::stringstream content;
  content << stream.rdbuf();
  const toml::parse_result parsed = toml::parse(content.str(), std::string_view(lab.file));
  if (!stream || !parsed) return Error{"lab", fmt::format("{}:1: the file has changed, and cannot be read", lab.file)};
  Services services = lab_file::read_services_of(reading, lab, parsed.table()["package"].as_array());
  if (reading.failed()) return reading.error();
  return services;
}

}  // namespace emu
