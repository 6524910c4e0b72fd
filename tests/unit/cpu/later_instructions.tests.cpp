// SPDX-License-Identifier: GPL-2.0-or-later
#include "cpu/later_instructions.h"

#include "cpu/performance_monitor.h"
#include "cpu/processor.h"
#include "tests/support/catch.h"
#include "tests/unit/cpu/support/machine.h"

using namespace ppc;
using cpu::Isa;
using test::Machine;

namespace {

struct Model {
  Isa isa;
  u32 pvr;
};
constexpr Model models[] = {
    {Isa::v2_05, test::power6}, {Isa::v2_06, test::power7}, {Isa::v2_07, test::power8}, {Isa::v3_0, test::power9}};

// A program of one instruction, with all facilities that its processor has.
struct Program : Machine {
  static cpu::CpuOptions options(u32 pvr) {
    cpu::CpuOptions made = test::processor_of(pvr);
    made.transactional_memory = cpu::isa_of(pvr) == Isa::v2_07;
    return made;
  }
  explicit Program(u32 pvr, u64 state = test::pr) : Machine(options(pvr)) {
    for (u64 vector = 0x100; vector < 0x1000; vector += 0x20) put(vector, {hypercall});
    start = processor->save();
    start.pc = code;
    start.msr = test::real_mode | state | test::fp | test::vec | test::vsx | cpu::msr::tm;
    for (u64& r : start.gpr) r = 0x4000;
    start.fscr = ~u64{0} >> 8;
    start.lr = start.ctr = start.tar = start.spr[805] = code + 4;
  }
  static constexpr u64 code = 0x2000;
  // Where it came to: a vector, or the word behind the instruction.
  u64 after(u32 word) {
    put(code, {word, hypercall, hypercall});
    start.msr &= ~u64{1};
    processor->load(start);
    REQUIRE(processor->run() == cpu::Stop::requested);
    return processor->pc() - 4;
  }
  bool refuses(u32 word) {
    if (after(word) != 0x700) return false;
    const cpu::Registers r = processor->save();
    return r.srr0 == code && (r.srr1 & cpu::srr1::reasons) == cpu::srr1::illegal;
  }
  cpu::Registers start;
};

}  // namespace

TEST_CASE("a PVR tells the version of the ISA", "[later_instructions]") {
  for (const Model& model : models) CHECK(cpu::isa_of(model.pvr) == model.isa);
  CHECK(cpu::isa_of(0x004A0201) == Isa::v2_06);  // POWER7+
  CHECK(cpu::isa_of(0x004B0201) == Isa::v2_07);
  CHECK(cpu::isa_of(0x00800100) == Isa::v3_1);
}

TEST_CASE("an instruction is refused by each processor that is older than it", "[later_instructions]") {
  for (const Model& model : models) {
    Program program(model.pvr);
    for (const cpu::LaterInstruction& row : cpu::later_instructions()) {
      if (row.since <= model.isa || row.reserved) continue;
      INFO(row.name << " on a processor of ISA " << cpu::name_of(model.isa));
      CHECK(program.refuses(row.match));
      // Whatever its operands are.
      CHECK(program.refuses(row.match | (~row.mask & 0x03FFFFFF)));
    }
  }
}

TEST_CASE("an instruction is executed by each processor that is not older than it", "[later_instructions]") {
  for (const Model& model : models) {
    Program program(model.pvr);
    for (const cpu::LaterInstruction& row : cpu::later_instructions()) {
      // There is no branch history; and a row that stands for many is no instruction.
      const std::string_view name = row.name;
      if (row.since > model.isa || name == "VSX" || name == "clrbhrb" || name == "mfbhrbe") continue;
      INFO(row.name << " on a processor of ISA " << cpu::name_of(model.isa));
      // Register 8, or field 2 of CR; the engine looks at reserved fields.
      CHECK_FALSE(program.refuses(row.match | (name == "cpabort" ? 0 : 0x01000000)));
    }
  }
}

TEST_CASE("what is mffs to an older processor is executed as that", "[later_instructions]") {
  const u32 pvr = GENERATE(test::power6, test::power7, test::power8);
  Program program(pvr, 0);
  program.start.fpscr = 0xA1;
  for (const cpu::LaterInstruction& row : cpu::later_instructions()) {
    if (!row.reserved) continue;
    INFO(row.name);
    CHECK(program.after(row.match | 0x00400000 | 3 << 11) == Program::code + 4);
    const cpu::Registers r = program.processor->save();
    CHECK(emu::load_be<u64>(r.vsr[2].data()) == 0xA1);
    CHECK(r.fpscr == 0xA1);
  }
}

TEST_CASE("a processor without VSX cannot make it available", "[later_instructions]") {
  Program program(test::power6, 0);
  program.start.gpr[3] = test::real_mode | test::vsx | test::vec;
  program.after(mtmsrd(3));
  CHECK((program.processor->msr() & (test::vsx | test::vec)) == test::vec);
  Program newer(test::power7, 0);
  newer.start.gpr[3] = program.start.gpr[3];
  newer.after(mtmsrd(3));
  CHECK((newer.processor->msr() & (test::vsx | test::vec)) == (test::vsx | test::vec));
}

TEST_CASE("a processor lacks the registers that came after it", "[later_instructions]") {
  struct Row {
    u32 number;
    const char* name;
    Isa since;
  };
  const auto row = GENERATE(Row{13, "AMR", Isa::v2_06}, Row{3, "DSCR", Isa::v2_07}, Row{815, "TAR", Isa::v2_07},
                            Row{806, "BESCR", Isa::v2_07}, Row{769, "MMCR2", Isa::v2_07}, Row{898, "PPR32", Isa::v2_06});
  for (const Model& model : models) {
    INFO(row.name << " on a processor of ISA " << cpu::name_of(model.isa));
    Program program(model.pvr);
    program.start.spr[cpu::spr_mmcr0] = u64{2} << 18;  // PMCC: programs write counters
    CHECK(program.refuses(mfspr(5, row.number)) == (model.isa < row.since));
    CHECK(program.refuses(mtspr(row.number, 5)) == (model.isa < row.since));
  }
}

TEST_CASE("one instruction at a time is refused, too", "[later_instructions]") {
  Program program(test::power7);
  program.start.msr |= cpu::msr::se;
  CHECK(program.refuses(0x7C630066));  // mfvsrd
}
