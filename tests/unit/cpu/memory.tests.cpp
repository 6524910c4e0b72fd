// SPDX-License-Identifier: GPL-2.0-or-later
// What the processor owes to everybody who shares the memory: dirty pages, missing pages, code that changes.
#include <algorithm>
#include <string_view>
#include <thread>

#include "cpu/code_pages.h"
#include "emu/core/relax.h"
#include "tests/support/catch.h"
#include "tests/unit/cpu/support/machine.h"

using namespace ppc;
using test::Machine;

TEST_CASE("exactly the pages that were written are dirty", "[memory]") {
  Machine m;
  m.put(0x1000, {lwz(5, 0x4000, 0), stw(5, 0x5000, 0), stw(5, 0x5004, 0), lwz(6, 0x6000, 0), stb(5, 0x6FFF, 0), li(4, 0x7080),
                 dcbz(0, 4), hypercall});
  m.start_at(0x1000);
  SECTION("tracked from the start") {
    m.memory->start_tracking();
    m.memory->dirty().reset();
    m.processor->flush_tlb();
    REQUIRE(m.processor->run() == cpu::Stop::requested);
    CHECK(m.memory->dirty().count() == 3);
    for (const u64 page : {5, 6, 7}) CHECK(m.memory->dirty().test(page));
  }
  SECTION("each pass anew, with a flush between") {
    REQUIRE(m.processor->run() == cpu::Stop::requested);
    m.memory->start_tracking();
    for (int pass = 0; pass < 3; ++pass) {
      m.memory->dirty().reset();
      m.processor->flush_tlb();
      m.start_at(0x1000);
      REQUIRE(m.processor->run() == cpu::Stop::requested);
      CHECK(m.memory->dirty().count() == 3);
    }
  }
}

TEST_CASE("a referenced bit that is set dirties the page table", "[memory]") {
  Machine m;
  cpu::Registers start = m.processor->save();
  start.slb[0] = {0xC000000000000000 | 0x8000000, 0x123000};
  start.pc = 0xC000000000001000;
  start.msr = test::real_mode | test::ir | test::dr;
  const u64 slot = m.enter(start.pc, 0x123000, 0x1000, 2);
  m.put(0x1000, {hypercall});
  m.table->start_tracking();
  m.table->dirty().reset();
  m.processor->load(start);
  REQUIRE(m.processor->run() == cpu::Stop::requested);
  CHECK(m.table->dirty().count() == 1);
  CHECK(m.table->dirty().test(slot / cpu::HashPageTable::slots_per_page));
  m.table->dirty().reset();
  m.processor->flush_tlb();
  m.processor->load(start);
  REQUIRE(m.processor->run() == cpu::Stop::requested);
  CHECK(m.table->dirty().count() == 0);
}

namespace {

class Late final : public emu::PageSource {
 public:
  explicit Late(emu::GuestMemory& memory) : memory_(memory) {}
  bool fetch(u64 page) override {
    ++asked;
    if (lost) return false;
    std::array<u8, 4096> content;
    content.fill(0x5A);
    memory_.arrive(page, content);
    return true;
  }
  int asked = 0;
  bool lost = false;

 private:
  emu::GuestMemory& memory_;
};

}  // namespace

TEST_CASE("a page that has not arrived is waited for", "[memory]") {
  Machine m;
  Late source(*m.memory);
  m.put(0x1000, {lwz(5, 0x4000, 0), stw(5, 0x5008, 0), lwz(6, 0x500C, 0), hypercall});
  m.start_at(0x1000);
  m.memory->missing().set(4);
  m.memory->missing().set(5);
  m.memory->expect_pages(&source);
  SECTION("and then used") {
    CHECK(m.processor->run() == cpu::Stop::requested);
    CHECK(m.r(5) == 0x5A5A5A5A);
    CHECK(m.r(6) == 0x5A5A5A5A);
    CHECK(source.asked == 2);
  }
  SECTION("or is lost with the processor") {
    source.lost = true;
    CHECK(m.processor->run() == cpu::Stop::lost_memory);
    CHECK(m.processor->pc() == 0x1000);
    CHECK(m.processor->run() == cpu::Stop::lost_memory);
  }
}

TEST_CASE("code that is missing is waited for", "[memory]") {
  Machine m;
  Late source(*m.memory);
  m.put(0x1000, {b(0x3000)});
  for (u64 vector = 0x100; vector < 0x1000; vector += 0x20) m.put(vector, {hypercall});
  m.start_at(0x1000);
  m.memory->missing().set(4);
  m.memory->expect_pages(&source);
  CHECK(m.processor->run() == cpu::Stop::requested);
  CHECK(source.asked == 1);
  CHECK(m.processor->save().srr0 == 0x4000);  // 0x5A5A5A5A is rlmi with Rc: not of this machine
}

TEST_CASE("a processor's own stores change its code", "[code]") {
  Machine m;
  SECTION("in another page") {
    // Calls a function, replaces `li r5,1` in it by `li r5,2`, calls it again.
    m.put(0x3000, {li(5, 1), blr});
    m.run(0x1000, {bl(0x2000), mr(6, 5), lis(7, static_cast<s64>(li(5, 2) >> 16)), ori(7, 7, li(5, 2) & 0xFFFF),
                   stw(7, 0x3000, 0), icbi(0, 0), isync, bl(0x2000 - 7 * 4)});
    CHECK(m.r(6) == 1);
    CHECK(m.r(5) == 2);
  }
  SECTION("in its own page, also just before it") {
    m.run(0x1000, {lis(7, static_cast<s64>(li(5, 2) >> 16)), ori(7, 7, li(5, 2) & 0xFFFF), stw(7, 0x1014, 0), icbi(0, 0), isync,
                   li(5, 1), addi(5, 5, 10)});
    CHECK(m.r(5) == 12);
  }
  SECTION("data in the page of the code is just slow") {
    m.run(0x1000, {li(8, 0), li(9, 50), mtctr(9), addi(8, 8, 1), stw(8, 0x1800, 0), lwz(10, 0x1800, 0), bdnz(-12)});
    CHECK(m.r(10) == 50);
    CHECK(m.get<u32>(0x1800) == 50);
  }
  SECTION("with an instruction that needs a shadow") {
    m.put(0x3000, {mftb(5), blr});
    m.clock.advance(1'000'000);
    m.run(0x1000, {bl(0x2000), mr(6, 5), lis(7, static_cast<s64>(li(5, 2) >> 16)), ori(7, 7, li(5, 2) & 0xFFFF),
                   stw(7, 0x3000, 0), icbi(0, 0), isync, bl(0x2000 - 7 * 4)});
    CHECK(m.r(6) == emu::to_ticks(1'000'000));
    CHECK(m.r(5) == 2);
  }
}

TEST_CASE("what a device writes replaces code", "[code]") {
  Machine m;
  m.put(0x3000, {li(5, 1), hypercall});
  m.start_at(0x3000);
  m.processor->run();
  CHECK(m.r(5) == 1);
  m.put(0x3000, {li(5, 2)});
  m.start_at(0x3000);
  m.processor->run();
  CHECK(m.r(5) == 2);
  SECTION("during a hypercall") {
    m.supervisor.on_hypercall = [&](cpu::Cpu& cpu) {
      if (m.supervisor.hypercalls > 3) return cpu.stop();
      m.put(0x3004, {li(6, 9), hypercall});
      m.put(0x3000, {nop});
      cpu.set_gpr(9, 1);
    };
    m.put(0x3000, {hypercall, li(6, 1), hypercall});
    m.start_at(0x3000);
    m.processor->run();
    CHECK(m.r(6) == 9);
  }
}

TEST_CASE("processors of a partition see each other's code changes", "[code]") {
  Machine m;
  cpu::CpuOptions options;
  options.number = 1;
  const auto other = m.make(options);
  m.put(0x3000, {li(5, 1), hypercall});
  for (cpu::Cpu* which : {m.processor.get(), other.get()}) {
    m.start_at(*which, 0x3000);
    REQUIRE(which->run() == cpu::Stop::requested);
    CHECK(which->gpr(5) == 1);
  }
  // The first one patches; then both run it.
  m.run(0x1000, {lis(7, static_cast<s64>(li(5, 2) >> 16)), ori(7, 7, li(5, 2) & 0xFFFF), stw(7, 0x3000, 0)});
  for (cpu::Cpu* which : {other.get(), m.processor.get()}) {
    m.start_at(*which, 0x3000);
    REQUIRE(which->run() == cpu::Stop::requested);
    CHECK(which->gpr(5) == 2);
  }
  // The other one held a right to write from before the page was code: it must not be used unseen.
  m.put(0x1000, {lis(7, static_cast<s64>(li(5, 3) >> 16)), ori(7, 7, li(5, 3) & 0xFFFF), stw(7, 0x3000, 0), hypercall,
                 stw(8, 0x3000, 0), hypercall});
  m.start_at(*other, 0x1000);
  REQUIRE(other->run() == cpu::Stop::requested);
  m.start_at(0x3000);
  m.processor->run();
  CHECK(m.r(5) == 3);
  other->set_gpr(8, li(5, 4));
  REQUIRE(other->run() == cpu::Stop::requested);
  m.start_at(0x3000);
  m.processor->run();
  CHECK(m.r(5) == 4);
}

TEST_CASE("a copy of code that was dropped is taken up again, if the page is what it was", "[code]") {
  auto memory = std::move(*emu::GuestMemory::create(MiB));
  auto code = cpu::CodePages::create(*memory);
  constexpr auto order = cpu::ByteOrder::big;
  memory->write_be<u32>(0x3000, li(5, 1));
  memory->write_be<u32>(0x3004, mftb(5));
  const u64 first = code->copy_of(3, order);
  CHECK(code->copy_of(3, order) == first);
  code->drop(3);
  CHECK(code->copy_of(3, order) == first);
  CHECK(code->is_code(3));
  code->drop(3);
  memory->write_be<u32>(0x3000, li(5, 2));
  const u64 second = code->copy_of(3, order);
  CHECK(second != first);
  CHECK(code->copy_of(3, cpu::ByteOrder::little) != second);

  // Once the places are used anew, nothing is where it was.
  code->drop(3);
  for (u64 i = 0; i < cpu::CodePages::slots - 100; ++i) REQUIRE(code->copy_for_step(3, 0, order) != ~u64{0});
  const u64 late = code->copy_of(20, order);
  code->drop(20);
  while (code->copy_for_step(3, 0, order) != ~u64{0}) continue;
  CHECK(code->copy_of(20, order) != late);  // another page will come there
  for (u64 page = 4; page < 12; ++page) CHECK(code->copy_of(page, order) != ~u64{0});
  const u64 third = code->copy_of(3, order);
  for (u64 page = 4; page < 12; ++page) CHECK(code->copy_of(page, order) != third);
  u32 word = 0;
  std::memcpy(&word, code->pool().data() + third, 4);
  CHECK(emu::byte_swapped(word) == li(5, 2));
}

TEST_CASE("the pool of code pages is used over and over", "[code]") {
  Machine m;
  // Each round writes and executes the same page: one copy each.
  m.put(0x3000, {addi(5, 5, 1), blr});
  m.run(0x1000,
        {lis(9, 0), ori(9, 9, 20000), mtctr(9), li(5, 0), lwz(7, 0x3000, 0), stw(7, 0x3000, 0), bl(0x3000 - 0x1018), bdnz(-8)});
  CHECK(m.r(5) == 20000);
}

TEST_CASE("another processor's store takes a reservation away, whatever its value", "[memory]") {
  Machine m;
  cpu::CpuOptions options;
  options.number = 1;
  const auto other = m.make(options);
  m.put(0x1000, {li(4, 0x4000), lwarx(5, 0, 4), hypercall, stwcx(5, 0, 4), li(6, 0), bne(8), li(6, 1), hypercall});
  m.start_at(0x1000);
  REQUIRE(m.processor->run() == cpu::Stop::requested);
  SECTION("somebody ran") {
    m.put(0x2000, {li(5, 0), stw(5, 0x4000, 0), hypercall});
    m.start_at(*other, 0x2000);
    REQUIRE(other->run() == cpu::Stop::requested);
    REQUIRE(m.processor->run() == cpu::Stop::requested);
    CHECK(m.r(6) == 0);
  }
  SECTION("nobody ran") {
    REQUIRE(m.processor->run() == cpu::Stop::requested);
    CHECK(m.r(6) == 1);
  }
}

TEST_CASE("registers make a round trip onto a fresh processor", "[registers]") {
  Machine m(test::processor_of(test::power8));
  cpu::Registers r = m.processor->save();
  u64 seed = 42;
  const auto random = [&] { return seed = seed * 6364136223846793005 + 1442695040888963407; };
  for (u64& x : r.gpr) x = random();
  for (auto& v : r.vsr)
    for (u8& x : v) x = static_cast<u8>(random() >> 33);
  r.pc = 0x1000;
  r.lr = random();
  r.ctr = random();
  r.cr = static_cast<u32>(random() >> 20);
  r.xer = 0xE0000045;  // SO, OV, CA and a string length
  r.fpscr = 0xA1;      // enabled exceptions, rounding
  r.vscr = 0x10001;
  r.vrsave = static_cast<u32>(random() >> 9);
  r.srr0 = random();
  r.srr1 = random();
  r.dar = random();
  r.dsisr = 0x42000000;
  r.tar = random();
  r.dscr = 3;
  r.fscr = 0x100;
  r.spr[29] = random();
  r.checkpoint.gpr[3] = random();
  r.checkpoint.vsr[40][3] = 0x33;
  r.checkpoint.ppr = random();
  r.sprg = {random(), random(), random(), random()};
  for (auto& entry : r.slb) entry = {random(), random()};
  r.decrementer_at = random();
  r.msr = test::real_mode | test::fp | test::vec | test::vsx;
  m.processor->load(r);
  const cpu::Registers back = m.processor->save();
  CHECK(back.gpr == r.gpr);
  CHECK(back.vsr == r.vsr);
  CHECK(back.xer == r.xer);
  CHECK(back.cr == r.cr);
  CHECK(back.fpscr == r.fpscr);
  CHECK(back.vscr == r.vscr);
  CHECK(back.vrsave == r.vrsave);
  CHECK(back == r);
  CHECK(m.processor->save() == r);  // saving changes nothing

  Machine fresh(test::processor_of(test::power8));
  const auto arrived = emu::from_bytes<cpu::Registers>(emu::to_bytes(r));
  REQUIRE(arrived);
  fresh.processor->load(*arrived);
  CHECK(fresh.processor->save() == r);
}

TEST_CASE("registers that an earlier build has saved can be read", "[registers]") {
  cpu::Registers r;
  r.gpr[7] = 7;
  Bytes bytes = emu::to_bytes(r);
  // Version 1 had no transactions: what they need comes last.
  constexpr std::string_view section = "processor", added = "checkpoint";
  const auto name = std::ranges::search(bytes, section).begin();
  const auto first_added = std::ranges::search(bytes, added).begin();
  REQUIRE(first_added != bytes.end());
  u8* version = &*name + section.size();
  REQUIRE(emu::load_be<u16>(version) == 2);
  emu::store_be(version, u16{1});
  bytes.erase(first_added - 2, bytes.end());  // a mark and the length of the name lie before it
  const auto read = emu::from_bytes<cpu::Registers>(bytes);
  REQUIRE(read);
  CHECK(*read == r);
}

TEST_CASE("hostile bytes of registers are refused", "[registers]") {
  cpu::Registers r;
  r.ail = 2;
  CHECK_FALSE(emu::from_bytes<cpu::Registers>(emu::to_bytes(r)));
  Bytes bytes = emu::to_bytes(cpu::Registers{});
  bytes.resize(bytes.size() / 2);
  CHECK_FALSE(emu::from_bytes<cpu::Registers>(bytes));
}

TEST_CASE("kicks from another thread: none is lost, no instruction is repeated", "[kick]") {
  Machine m;
  // An increment by lwarx and stwcx., another by load and store; both must count every round.
  m.put(0x1000, {li(4, 0x4000), lis(9, 0), mtctr(9), lwarx(5, 0, 4), addi(5, 5, 1), stwcx(5, 0, 4), bne(-12), ld(6, 0x4008, 0),
                 addi(6, 6, 1), std_(6, 0x4008, 0), bdnz(-28), hypercall});
  m.start_at(0x1000);
  m.put(0x1004, {lis(9, 0x60)});
  std::atomic<bool> done{false};
  std::thread kicker([&] {
    u64 random = 1;
    while (!done) {
      m.processor->kick();
      random = random * 6364136223846793005 + 1;
      for (u64 spin = random >> 54; spin; --spin) emu::relax();
    }
  });
  int kicked = 0;
  cpu::Stop stop;
  while ((stop = m.processor->run()) == cpu::Stop::kicked) ++kicked;
  done = true;
  kicker.join();
  CHECK(stop == cpu::Stop::requested);
  CHECK(m.get<u32>(0x4000) == 0x600000);
  CHECK(m.get<u64>(0x4008) == 0x600000);
  CHECK(kicked > 2);
}

TEST_CASE("a kick is never lost", "[kick]") {
  Machine m;
  const bool traps = GENERATE(false, true);
  if (traps) {
    m.put(0x1000, {mtspr(272, 3), b(-4)});
  } else {
    m.put(0x1000, {b(0)});
  }
  m.put(0xC00, {rfid});
  m.start_at(0x1000);
  m.processor->kick();
  CHECK(m.processor->run() == cpu::Stop::kicked);  // came before the run
  std::atomic<int> runs{0};
  std::thread kicker([&] {
    for (int i = 0; i < 2000; ++i) {
      const int before = runs;
      m.processor->kick();
      while (runs == before) std::this_thread::yield();
    }
  });
  for (int i = 0; i < 2000; ++i) {
    REQUIRE(m.processor->run() == cpu::Stop::kicked);
    ++runs;
  }
  kicker.join();
}

TEST_CASE("the trace has a line per instruction", "[trace]") {
  std::vector<std::string> lines;
  cpu::CpuOptions options;
  options.trace = [&](const std::string& line) { lines.push_back(line); };
  Machine m(options);
  m.run(0x1000, {li(3, 7), mtspr(272, 3), add(5, 3, 3)});
  REQUIRE(lines.size() == 4);
  CHECK(lines[0] == "r 0000000000001000  38600007  li       r3, 7");
  CHECK(lines[1].find("mtspr") != std::string::npos);
  CHECK(lines[2].find("add ") != std::string::npos);
  CHECK(lines[3] == "r 000000000000100c  44000022  sc       1");
}
