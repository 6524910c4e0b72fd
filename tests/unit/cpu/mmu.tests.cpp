// SPDX-License-Identifier: GPL-2.0-or-later
#include "cpu/mmu.h"

#include <algorithm>

#include "tests/support/catch.h"
#include "tests/unit/cpu/support/machine.h"

using namespace ppc;
using test::Machine;

namespace {

constexpr u64 code = 0x10000;  // real address of the code under test
constexpr u64 code_ea = 0xC000000000010000;
constexpr u64 kernel = test::sf | test::me | test::ir | test::dr;
constexpr u64 user = kernel | test::pr | test::ee;
constexpr u64 vsid_code = 0x123;
constexpr u64 vsid_data = 0x456;
constexpr u64 data_ea = 0x2000000000;  // ESID 0x200
constexpr u64 data_ra = 0x200000;

// A machine whose code is mapped for kernel and user at code_ea, whose vectors stop the processor.
struct Mapped : Machine {
  u64 data_segment = vsid_data << 12 | 0x400;  // Kp = 1: users have only what PP gives
  cpu::Registers start;

  explicit Mapped(emu::FarMemory far = {}) : Machine(test::processor_of(test::power7), 16 * MiB, far) {
    // Every vector: a hypercall at its beginning.
    for (u64 vector = 0x100; vector < 0x1000; vector += 0x20) put(vector, {hypercall});
    start = processor->save();
    start.slb[0] = {0xC000000000000000 | 0x8000000, vsid_code << 12 | 0x400};
    segment();
    for (u64 page = 0; page < 16; ++page) enter(code_ea + page * 4096, vsid_code << 12, code + page * 4096, 2);
  }
  void segment() { start.slb[1] = {(data_ea & ~u64{0xFFFFFFF}) | 0x8000000, data_segment}; }
  void segment(u64 rs) {
    data_segment = rs;
    segment();
  }
  cpu::Stop run(const std::vector<u32>& words, u64 msr = kernel) {
    std::vector<u32> all = words;
    all.push_back(hypercall);
    put(code, all);
    start.pc = code_ea;
    start.msr = msr;
    processor->load(start);
    return processor->run();
  }
  // r4 = the address; then one access.
  std::vector<u32> access(u64 address, u32 instruction) {
    return {lis(4, static_cast<s64>(address >> 48)), ori(4, 4, address >> 32 & 0xFFFF), sldi32(4, 4),
            oris(4, 4, address >> 16 & 0xFFFF),      ori(4, 4, address & 0xFFFF),       instruction};
  }
  u64 vector() const { return processor->pc() - 4; }
};

constexpr u64 access_pc = code_ea + 5 * 4;

}  // namespace

TEST_CASE("a 4 KiB page is found, and R and C are set as it is used", "[mmu]") {
  Mapped m;
  const u64 slot = m.enter(data_ea, m.data_segment, data_ra, 2);
  m.memory->write_be<u64>(data_ra + 0x18, 0x1122334455667788);
  m.run(m.access(data_ea + 0x18, ld(5, 0, 4)));
  CHECK(m.r(5) == 0x1122334455667788);
  CHECK((m.table->read(slot).r & 0x180) == 0x100);
  m.run(m.access(data_ea + 0x20, std_(4, 0, 4)));
  CHECK(m.get(data_ra + 0x20) == data_ea + 0x20);
  CHECK((m.table->read(slot).r & 0x180) == 0x180);
}

TEST_CASE("the secondary group is searched", "[mmu]") {
  Mapped m;
  m.enter(data_ea, m.data_segment, data_ra, 2, true);
  m.memory->write_be<u64>(data_ra, 99);
  m.run(m.access(data_ea, ld(5, 0, 4)));
  CHECK(m.r(5) == 99);
}

TEST_CASE("page and segment sizes", "[mmu]") {
  struct Size {
    const char* name;
    u64 segment;
    u64 lp;
    u64 page;  // bytes
  };
  const auto size =
      GENERATE(Size{"64 KiB", 0x110, 1, 64 * KiB}, Size{"16 MiB", 0x100, 0, 16 * MiB}, Size{"4 KiB in 64 KiB", 0, 7, 64 * KiB},
               Size{"64 KiB in 16 MiB", 0x110, 8, 16 * MiB}, Size{"4 KiB in 16 MiB", 0, 0x38, 16 * MiB},
               Size{"4 KiB in 1 TiB", u64{1} << 62, 0, 4 * KiB}, Size{"64 KiB in 1 TiB", u64{1} << 62 | 0x110, 1, 64 * KiB});
  INFO(size.name);
  Mapped m;
  const bool huge = size.segment >> 62;
  m.segment(size.segment | (huge ? u64{0x456} << 24 : vsid_data << 12));
  const u64 offset = size.page > 64 * KiB ? 0x234568 : 0x2568 % size.page;
  const u64 ea = (huge ? u64{0x7654320000} & ~(size.page - 1) : u64{0x2003000000} & ~(size.page - 1)) + offset;
  if (huge) m.start.slb[1].esid = (ea & ~((u64{1} << 40) - 1)) | 0x8000000;
  const u64 real = size.page == 16 * MiB ? 0 : 0x300000 & ~(size.page - 1);
  m.enter(ea, m.data_segment, real, 2, false, size.lp);
  m.memory->write_be<u64>(real + offset, 0xABCDEF);
  m.run(m.access(ea, ld(5, 0, 4)));
  CHECK(m.vector() == code_ea + 24);
  CHECK(m.r(5) == 0xABCDEF);
}

TEST_CASE("a huge page is reached from its first to its last byte, and what is beside it is no memory", "[mmu][hugepages]") {
  constexpr u64 huge = 16 * GiB;
  Mapped m({huge, huge});
  m.segment(u64{1} << 62 | u64{0x456} << 24 | 0x520);
  const u64 ea = u64{0x76} << 40 | huge;
  m.start.slb[1].esid = (u64{0x76} << 40) | 0x8000000;
  m.enter(ea, m.data_segment, huge, 2, false, 3);
  m.enter(ea + huge, m.data_segment, 2 * huge, 2, false, 3);
  for (const u64 offset : {u64{0}, huge / 2, huge - 8}) {
    INFO(offset);
    m.run(m.access(ea + offset, std_(4, 0, 4)));
    CHECK(m.vector() == code_ea + 24);
    CHECK(m.get(huge + offset) == ea + offset);
    m.memory->write_be<u64>(huge + offset, offset + 5);
    m.run(m.access(ea + offset, ld(5, 0, 4)));
    CHECK(m.r(5) == offset + 5);
  }
  m.run(m.access(ea + huge, ld(5, 0, 4)));
  CHECK(m.vector() == 0x200);
  m.run(m.access(ea + 2 * huge, ld(5, 0, 4)));
  CHECK(m.vector() == 0x300);
  // Real mode does not reach it.
  m.start.msr = test::real_mode;
  m.put(code, m.access(huge, ld(5, 0, 4)));
  m.start.pc = code;
  m.processor->load(m.start);
  m.processor->run();
  CHECK(m.vector() == 0x300);
}

TEST_CASE("what is not mapped faults with the exact address", "[mmu]") {
  Mapped m;
  SECTION("no segment, data") {
    m.run(m.access(0x5000001238, ld(5, 8, 4)));
    CHECK(m.vector() == 0x380);
    CHECK(m.processor->save().dar == 0x5000001240);
    CHECK(m.processor->save().srr0 == access_pc);
  }
  SECTION("no page, load") {
    m.run(m.access(data_ea + 0x5678, lwz(5, -4, 4)));
    CHECK(m.vector() == 0x300);
    const cpu::Registers r = m.processor->save();
    CHECK(r.dar == data_ea + 0x5674);
    CHECK(r.dsisr == 0x40000000);
    CHECK(r.srr0 == access_pc);
    CHECK(r.srr1 == kernel);
    CHECK(r.msr == test::real_mode);
  }
  SECTION("no page, store") {
    m.run(m.access(data_ea + 0x5678, stb(5, 1, 4)));
    CHECK(m.vector() == 0x300);
    CHECK(m.processor->save().dsisr == 0x42000000);
    CHECK(m.processor->save().dar == data_ea + 0x5679);
  }
  SECTION("a load that crosses into a page that is missing") {
    m.enter(data_ea, m.data_segment, data_ra, 2);
    m.run(m.access(data_ea + 0xFFC, ld(5, 0, 4)));
    CHECK(m.vector() == 0x300);
    CHECK(m.processor->save().dar == data_ea + 0x1000);
  }
  SECTION("no segment, fetch") {
    m.run({li(4, 0x50), sldi32(4, 4), mtctr(4), bctr});
    CHECK(m.vector() == 0x480);
    CHECK(m.processor->save().srr0 == 0x5000000000);
  }
  SECTION("no page, fetch") {
    std::vector<u32> words = m.access(data_ea + 0x1000, mtctr(4));
    words.push_back(bctr);
    m.run(words);
    CHECK(m.vector() == 0x400);
    CHECK(m.processor->save().srr0 == data_ea + 0x1000);
    CHECK(m.processor->save().srr1 == (kernel | 0x40000000));
  }
}

TEST_CASE("protection by PP, key and state", "[mmu]") {
  struct Row {
    u64 pp;    // PP in the low bits, pp0 as 4
    bool key;  // Ks or Kp of the state
    bool read;
    bool write;
  };
  // Figure of Book III: PP bit protection states.
  const auto row =
      GENERATE(Row{0, false, true, true}, Row{1, false, true, true}, Row{2, false, true, true}, Row{3, false, true, false},
               Row{6, false, true, false}, Row{0, true, false, false}, Row{1, true, true, false}, Row{2, true, true, true},
               Row{3, true, true, false}, Row{6, true, false, false});
  const bool as_user = GENERATE(false, true);
  INFO("pp " << row.pp << " key " << row.key << " user " << as_user);
  Mapped m;
  m.segment(vsid_data << 12 | (row.key ? (as_user ? 0x400 : 0x800) : 0));
  m.enter(data_ea, m.data_segment, data_ra, (row.pp & 3) | (row.pp & 4) << 61);
  const u64 msr = as_user ? user : kernel;
  m.run(m.access(data_ea, lwz(5, 0, 4)), msr);
  if (as_user && row.read) {
    CHECK(m.r(3) == static_cast<u64>(-3));  // the hypercall of a user is refused
  } else {
    CHECK((m.vector() != 0x300) == row.read);
  }
  if (!row.read) CHECK(m.processor->save().dsisr == 0x08000000);
  m.run(m.access(data_ea, stw(5, 0, 4)), msr);
  if (!row.write) {
    CHECK(m.vector() == 0x300);
    CHECK(m.processor->save().dsisr == 0x0A000000);
  }
}

TEST_CASE("no execution: page, segment, guarded storage", "[mmu]") {
  Mapped m;
  const auto jump_there = [&] {
    std::vector<u32> words = m.access(data_ea, mtctr(4));
    words.push_back(bctr);
    m.run(words);
  };
  m.put(data_ra, {hypercall});
  SECTION("may be executed") {
    m.enter(data_ea, m.data_segment, data_ra, 2);
    jump_there();
    CHECK(m.processor->pc() == data_ea + 4);
    return;
  }
  SECTION("N of the page") { m.enter(data_ea, m.data_segment, data_ra, 2 | 4); }
  SECTION("guarded") { m.enter(data_ea, m.data_segment, data_ra, 2 | 8); }
  SECTION("N of the segment") {
    m.segment(m.data_segment | 0x200);
    m.enter(data_ea, m.data_segment, data_ra, 2);
  }
  jump_there();
  CHECK(m.vector() == 0x400);
  CHECK(m.processor->save().srr1 == (kernel | 0x10000000));
  CHECK(m.processor->save().srr0 == data_ea);
}

TEST_CASE("storage keys", "[mmu]") {
  Mapped m;
  // Key 21: its high bits are bits 2:3 of the second doubleword, the low ones bits 52:54.
  constexpr u64 key = 21;
  m.enter(data_ea, m.data_segment, data_ra, 2 | (key & 7) << 9 | (key >> 3) << 60);
  constexpr int shift = 62 - 2 * key;
  SECTION("read denied") {
    m.start.spr[29] = u64{1} << shift;
    m.run(m.access(data_ea, lwz(5, 0, 4)));
    CHECK(m.vector() == 0x300);
    CHECK(m.processor->save().dsisr == 0x00200000);
  }
  SECTION("write denied, read allowed") {
    m.start.spr[29] = u64{2} << shift;
    m.run(m.access(data_ea, lwz(5, 0, 4)));
    CHECK(m.vector() == code_ea + 24);
    m.run(m.access(data_ea, stw(5, 0, 4)));
    CHECK(m.vector() == 0x300);
    CHECK(m.processor->save().dsisr == 0x02200000);
  }
  SECTION("another key's bits do not matter") {
    m.start.spr[29] = ~(u64{3} << shift);
    std::vector<u32> words = m.access(data_ea, stw(4, 0, 4));
    // The code's own pages have key 0.
    m.start.spr[29] &= ~(u64{3} << 62);
    m.run(words);
    CHECK(m.vector() == code_ea + 24);
  }
  SECTION("execution denied by IAMR") {
    m.start.spr[61] = u64{1} << shift;
    std::vector<u32> words = m.access(data_ea, mtctr(4));
    words.push_back(bctr);
    m.run(words);
    CHECK(m.vector() == 0x400);
    CHECK(m.processor->save().srr1 == (kernel | 0x00200000));
  }
  SECTION("a user changes AMR only where UAMOR lets him, at once") {
    m.start.spr[157] = u64{3} << shift;
    std::vector<u32> words = m.access(data_ea, lwz(5, 0, 4));
    words.insert(words.end(), {li(6, -1), mtspr(13, 6), lwz(5, 0, 4)});
    m.run(words, user);
    CHECK(m.vector() == 0x300);
    CHECK(m.processor->save().srr0 == code_ea + 8 * 4);
    CHECK(m.processor->save().spr[29] == u64{3} << shift);
  }
}

TEST_CASE("a page behind no memory is a machine check", "[mmu]") {
  Mapped m;
  m.enter(data_ea, m.data_segment, 0x40000000, 2);
  m.run(m.access(data_ea + 8, lwz(5, 0, 4)));
  CHECK(m.vector() == 0x200);
  CHECK(m.processor->save().dar == data_ea + 8);
}

TEST_CASE("the hypervisor takes a page back", "[mmu]") {
  Mapped m;
  const u64 slot = m.enter(data_ea, m.data_segment, data_ra, 2);
  const bool removed = GENERATE(true, false);
  m.supervisor.on_hypercall = [&](cpu::Cpu& cpu) {
    if (m.supervisor.hypercalls > 1) return cpu.stop();
    cpu::Hpte entry = m.table->read(slot);
    if (removed) {
      entry = {};
    } else {
      entry.r = (entry.r & ~u64{3}) | 3;  // read only
    }
    m.table->write(slot, entry);
  };
  std::vector<u32> words = m.access(data_ea, stw(4, 0, 4));
  words.insert(words.end(), {hypercall, stw(4, 4, 4)});
  m.run(words);
  CHECK(m.vector() == 0x300);
  CHECK(m.processor->save().dsisr == (removed ? 0x42000000 : 0x0A000000));
  CHECK(m.processor->save().srr0 == code_ea + 7 * 4);
}

TEST_CASE("of a page that is taken back, the addresses are known by which it was reached", "[mmu]") {
  struct Kind {
    u64 segment;
    u64 lp;
  };
  constexpr u64 huge = u64{1} << 62;
  const Kind kind = GENERATE(Kind{u64{0x123456} << 12, 0}, Kind{u64{0x123456} << 12, 7}, Kind{u64{0x123456} << 12 | 0x110, 1},
                             Kind{huge | u64{0x1234567} << 24, 0}, Kind{huge | u64{0x1234567} << 24 | 0x110, 1});
  const bool secondary = GENERATE(false, true);
  const u64 offset = GENERATE(u64{0}, u64{0x0FFF'F000}, u64{0x0123'4000}, u64{0x0A98'7000});
  Machine m;
  cpu::Registers registers;
  const bool is_huge = kind.segment >> 62 == 1;
  const u64 segment = is_huge ? u64{0xC000'0100'0000'0000} : u64{0xD000'0000'2000'0000};
  registers.slb[3] = {segment | 0x8000000, kind.segment};
  registers.slb[9] = {0x8000000, kind.segment + (u64{1} << 30)};  // another segment, at address 0
  const u64 address = segment + (is_huge ? offset | u64{0x55} << 28 : offset);
  const u64 slot = m.enter(address, kind.segment, 0x300000, 0, secondary, kind.lp);
  const cpu::HashPageTable::TakenBack taken{slot, m.table->read(slot), static_cast<u16>(1u << (address >> 12 & 15) | 1)};
  std::vector<u64> pages;
  REQUIRE(cpu::pages_reached(registers, 64, taken, [&](u64 page) { pages.push_back(page); }));
  INFO(std::hex << address << " in slot " << slot);
  CHECK(std::ranges::count(pages, address) == 1);
  CHECK(pages.size() <= 2);  // with the first part
  const u64 size = kind.lp ? 65536 : 4096;
  for (const u64 page : pages) CHECK(page / size == address / size);

  registers.slb[3].esid &= ~u64{0x8000000};
  pages.clear();
  CHECK(cpu::pages_reached(registers, 64, taken, [&](u64 page) { pages.push_back(page); }));
  CHECK(pages.empty());  // no segment leads there
}

TEST_CASE("a page of 16 MiB that is taken back is too many pages to name", "[mmu]") {
  Machine m;
  const u64 segment = u64{0x123456} << 12 | 0x100;
  const u64 slot = m.enter(0xD000000001000000, segment, 0, 0);
  CHECK_FALSE(cpu::pages_reached({}, 64, {slot, m.table->read(slot), 1}, [](u64) {}));
}

TEST_CASE("one page is taken back, and its neighbours are still in the TLB", "[mmu]") {
  Mapped m;
  const u64 slot = m.enter(data_ea, m.data_segment, data_ra, 2);
  for (u64 page = 1; page < 32; ++page) m.enter(data_ea + page * 4096, m.data_segment, data_ra + page * 4096, 2);
  m.supervisor.on_hypercall = [&](cpu::Cpu& cpu) {
    if (cpu.gpr(3) != 1) return cpu.stop();
    m.table->write(slot, {});
    cpu.set_gpr(3, 0);
  };
  // Reads 32 pages, from the last to the first; has the first taken back; reads them again.
  std::vector<u32> words = m.access(data_ea, lis(6, 0));
  const std::vector<u32> reads = {lis(7, 2),        addi(8, 4, 0), add(8, 4, 7), addi(7, 7, -4096),
                                  lwz(9, -4096, 8), cmpdi(7, 0),   bne(-16)};
  words.insert(words.end(), reads.begin(), reads.end());
  words.insert(words.end(), {li(3, 1), hypercall});
  words.insert(words.end(), reads.begin(), reads.end());
  const u64 fills = m.processor->counters().fills;
  m.run(words);
  CHECK(m.vector() == 0x300);
  CHECK(m.processor->save().dar == data_ea);
  CHECK(m.r(7) == 0);
  CHECK(m.processor->counters().fills - fills < 32 + 16);
}

TEST_CASE("the segment lookaside buffer", "[mmu]") {
  Mapped m;
  m.enter(data_ea, m.data_segment, data_ra, 2);
  SECTION("is read back") {
    m.run({li(3, 1), slbmfee(5, 3), slbmfev(6, 3), li(3, 70), slbmfee(7, 3)});
    CHECK(m.r(5) == (data_ea | 0x8000000));
    CHECK(m.r(6) == m.data_segment);
    CHECK(m.r(7) == 0);
  }
  SECTION("slbie takes one away") {
    std::vector<u32> words = m.access(data_ea, lwz(5, 0, 4));
    words.insert(words.end(), {slbie(4), lwz(5, 0, 4)});
    m.run(words);
    CHECK(m.vector() == 0x380);
    CHECK(m.processor->save().srr0 == code_ea + 7 * 4);
  }
  SECTION("slbia takes all but the first away") {
    std::vector<u32> words = m.access(data_ea, lwz(5, 0, 4));
    words.insert(words.end(), {slbia, lwz(5, 0, 4)});
    m.run(words);
    CHECK(m.vector() == 0x380);
  }
  SECTION("slbmte puts another in its place") {
    m.enter(data_ea, u64{0x789} << 12, 0x300000, 2);
    m.memory->write_be<u32>(data_ra, 1);
    m.memory->write_be<u32>(0x300000, 2);
    std::vector<u32> words = m.access(data_ea, lwz(5, 0, 4));
    words.insert(words.end(), {lis(7, 0x78), ori(7, 7, 0x9000), lis(8, 0x800), ori(8, 8, 1), x_form(4, 8, 8, 444), slbmte(7, 8),
                               lwz(6, 0, 4)});
    m.run(words);
    CHECK(m.r(5) == 1);
    CHECK(m.r(6) == 2);
  }
}

TEST_CASE("users and kernel do not share translations", "[mmu]") {
  Mapped m;
  m.enter(data_ea, m.data_segment, data_ra, 0);  // the kernel's only
  m.put(0xC00, {rfid});
  std::vector<u32> words = m.access(data_ea, lwz(5, 0, 4));  // 24 bytes
  // The kernel reads it, goes on as a user, who must not.
  words.insert(words.end(), {mfmsr(6), ori(6, 6, 0xC000), mtmsrd(6), lwz(7, 0, 4)});
  m.run(words);
  CHECK(m.vector() == 0x300);
  CHECK(m.processor->save().dsisr == 0x08000000);
  CHECK(m.processor->save().srr0 == code_ea + 9 * 4);
  CHECK((m.processor->save().srr1 & test::pr) != 0);
}

TEST_CASE("a system call leaves the program's translations to the kernel, but not rights that the kernel lacks", "[mmu]") {
  Mapped m;
  const bool kernel_may = GENERATE(true, false);
  m.segment(vsid_data << 12 | (kernel_may ? 0 : 0x800));  // Kp = 0: the user may all; Ks = 1: the kernel nothing
  m.enter(data_ea, m.data_segment, data_ra, 0);
  m.enter(0xC000000000004000, vsid_code << 12, 0x4000, 2);
  m.processor->set_interrupt_mode(false, 3);
  m.start.ail = 3;
  m.put(0x4C00, {lwz(6, 0, 4), hypercall});
  m.put(0x4300, {hypercall});
  std::vector<u32> words = m.access(data_ea, stw(4, 0, 4));
  words.push_back(sc);
  const u64 flushes = m.processor->counters().flushes;
  m.run(words, user);
  CHECK(m.processor->pc() == (kernel_may ? 0xC000000000004C08 : 0xC000000000004304));
  INFO("flushes " << m.processor->counters().flushes - flushes);
  if (kernel_may) CHECK(m.r(6) == (data_ea & 0xFFFFFFFF));
}
