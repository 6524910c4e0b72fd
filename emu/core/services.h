// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What a lab file says of partitions that are kept running: packages. A package is a partition, the servers that it may run on, and how
// it is watched. (docs/operations.md)

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "emu/core/lab.h"

namespace emu {

// rmc: its operating system answers the console. program: and says that a program runs there. port: a port of it takes connections.
enum class PackageWatch : u8 { rmc, program, port, unknown };
constexpr std::array<std::string_view, 3> words_of(PackageWatch) { return {"rmc", "program", "port"}; }

struct Package {
  std::string name;
  std::string partition;
  std::string uuid;                 // the partition's
  std::string address;              // the partition's
  std::vector<std::string> frames;  // in the order in which they are tried; the first is where it is at home
  PackageWatch watch = PackageWatch::rmc;
  std::string program;
  u16 port = 0;
  u32 interval_ms = 1000;  // between two questions
  u32 misses = 5;          // so many in a row that it does not answer, and it hangs
  bool force = false;      // also if others lose their power with a server that hangs
};

struct Services {
  std::vector<Package> packages;
};

// Of a lab that was read from its file.
Result<Services> read_services(const Lab&);

}  // namespace emu
