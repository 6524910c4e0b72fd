// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A recorded stream (tests/fixtures/<version>/stream.gz): a length (u32, big-endian) and the bytes; first of the moved partition's
// definition, then of each record that the destination's hypervisor was brought, in order.
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "emu/core/partition_profile.h"
#include "tests/support/catch.h"

namespace firmware::test {

struct Recording {
  emu::LparDefinition definition;
  std::vector<Bytes> records;
};

inline void write(const std::filesystem::path& file, const Recording& recording) {
  std::ofstream stream(file, std::ios::binary);
  const auto put = [&](const Bytes& bytes) {
    u8 length[4];
    emu::store_be(length, static_cast<u32>(bytes.size()));
    stream.write(reinterpret_cast<const char*>(length), sizeof length);
    stream.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  };
  put(emu::to_bytes(recording.definition));
  for (const Bytes& record : recording.records) put(record);
  stream.close();
  REQUIRE(stream);
}

inline Recording read_recording(const std::filesystem::path& compressed) {
  FILE* const pipe = popen(("gzip -dc '" + compressed.string() + "'").c_str(), "r");
  REQUIRE(pipe);
  std::vector<Bytes> all;
  for (u8 length[4]; std::fread(length, 1, sizeof length, pipe) == sizeof length;) {
    Bytes& bytes = all.emplace_back(emu::load_be<u32>(length));
    if (std::fread(bytes.data(), 1, bytes.size(), pipe) != bytes.size()) bytes.clear();
  }
  REQUIRE(pclose(pipe) == 0);
  REQUIRE_FALSE(all.empty());
  const auto definition = emu::from_bytes<emu::LparDefinition>(all[0]);
  INFO((definition ? "" : definition.error().text));
  REQUIRE(definition);
  return {*definition, {all.begin() + 1, all.end()}};
}

}  // namespace firmware::test
