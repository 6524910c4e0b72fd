// SPDX-License-Identifier: GPL-2.0-or-later
#include "firmware/capacity.h"

#include "tests/support/catch.h"

using namespace firmware;

namespace {

emu::FrameConfig frame() {
  emu::FrameConfig frame;
  frame.memory_mb = 1024;
  frame.processors = 4;
  return frame;
}

emu::Configuration wish(u32 min_mem, u32 desired_mem) {
  emu::Configuration wish;
  wish.min_mem = min_mem;
  wish.desired_mem = wish.max_mem = desired_mem;
  return wish;
}

emu::Result<emu::Configuration> grant(const Usage& usage, const emu::Configuration& wished) {
  return firmware::grant(frame(), usage, "mobile", emu::LparEnv::aixlinux, wished);
}

}  // namespace

TEST_CASE("a partition gets what it wishes, or what there is, but not less than its minimum", "[capacity]") {
  Usage usage;
  CHECK(grant(usage, wish(64, 256))->desired_mem == 256);
  usage.partitions_mb = 1024 - 160;
  const auto less = grant(usage, wish(64, 256));
  REQUIRE(less);
  CHECK(less->desired_mem < 160);
  CHECK(less->desired_mem >= 64);
  CHECK(less->desired_mem % frame().lmb_mb == 0);
  const auto none = grant(usage, wish(160, 256));
  REQUIRE_FALSE(none);
  CHECK(none.error().code == "HSCL03EC");
  CHECK(none.error().text.find("mobile") != std::string::npos);
}

TEST_CASE("whole processors are dedicated, and parts of them shared", "[capacity]") {
  Usage usage;
  usage.units = 250;
  emu::Configuration wished = wish(64, 64);
  wished.min_proc_units = 100;
  wished.desired_proc_units = 400;
  CHECK(grant(usage, wished)->desired_proc_units == 150);
  wished.proc_mode = emu::ProcMode::ded;
  wished.min_procs = 1;
  wished.desired_procs = 4;
  CHECK(grant(usage, wished)->desired_procs == 1);
  usage.units = 301;
  CHECK(grant(usage, wished).error().code == "HSCL03ED");
  wished.proc_mode = emu::ProcMode::shared;
  CHECK(grant(usage, wished).error().code == "HSCL03ED");
}

TEST_CASE("what partitions take is given back as a whole, and a page table counts for the firmware", "[capacity]") {
  const emu::Configuration has = wish(64, 256);
  Usage usage;
  add(usage, frame(), emu::LparEnv::aixlinux, has);
  CHECK(usage.partitions_mb == 256);
  CHECK(usage.firmware_mb > 0);
  CHECK(usage.units == emu::units_of(has));
  CHECK(free_memory_mb(frame(), usage) == 1024 - 256 - usage.firmware_mb);
  CHECK(free_units(frame(), usage) == 400 - usage.units);
  Usage of_server;
  add(of_server, frame(), emu::LparEnv::vioserver, has);
  CHECK(of_server.firmware_mb == 0);
  usage.reserved_mb = 5000;
  CHECK(free_memory_mb(frame(), usage) == 0);
}

TEST_CASE("huge pages come out of the pool, whose memory nobody else gets", "[capacity][hugepages]") {
  emu::FrameConfig frame = ::frame();
  frame.memory_mb = 3 * emu::huge_page_mb;
  frame.huge_pages = 2;
  emu::Configuration wished = wish(64, 64);
  wished.min_num_huge_pages = 1;
  wished.desired_num_huge_pages = wished.max_num_huge_pages = 2;
  Usage usage;
  CHECK(free_memory_mb(frame, usage) == emu::huge_page_mb);
  const auto grant = [&] { return firmware::grant(frame, usage, "mobile", emu::LparEnv::aixlinux, wished); };
  REQUIRE(grant());
  CHECK(grant()->desired_num_huge_pages == 2);
  usage.huge_pages = 1;
  REQUIRE(grant());
  CHECK(grant()->desired_num_huge_pages == 1);
  add(usage, frame, emu::LparEnv::aixlinux, *grant());
  CHECK(usage.huge_pages == 2);
  CHECK(free_huge_pages(frame, usage) == 0);
  REQUIRE_FALSE(grant());
  CHECK(grant().error().code == "HSCL03EC");
  CHECK(grant().error().text.find("huge pages") != std::string::npos);
  wished.min_num_huge_pages = 0;
  REQUIRE(grant());
  CHECK(grant()->desired_num_huge_pages == 0);
}
