// SPDX-License-Identifier: GPL-2.0-or-later
#include "cpu/spr.h"

#include <algorithm>

#include "cpu/processor.h"
#include "cpu/transactional.h"

namespace cpu {

namespace {

// Who may do what. Nobody: hypervisor resources, which a guest's kernel finds without effect.
enum Rights : u32 {
  nobody = 0,
  kernel_reads = 1,
  kernel_writes = 2,
  user_reads = 4,
  user_writes = 8,
  kernel = kernel_reads | kernel_writes,
  user = kernel | user_reads | user_writes,
};

struct Spr {
  u32 number;
  const char* name;
  u32 rights;
  u64 (*read)(Processor&);         // null: the value that is kept
  void (*write)(Processor&, u64);  // null: kept under the same number
  u64 facility;                    // the bit of FSCR that a user needs, or 0
  Isa since = Isa::v2_05;
};

template <u64 Registers::*field>
u64 get(Processor& cpu) {
  return cpu.state().*field;
}
template <u64 Registers::*field>
void set(Processor& cpu, u64 value) {
  cpu.state().*field = value;
}
template <size_t index>
u64 get_sprg(Processor& cpu) {
  return cpu.state().sprg[index];
}
template <size_t index>
void set_sprg(Processor& cpu, u64 value) {
  cpu.state().sprg[index] = value;
}
template <size_t number>
u64 get_kept(Processor& cpu) {
  return cpu.state().spr[number];
}
template <size_t number>
void set_kept(Processor& cpu, u64 value) {
  cpu.state().spr[number] = value;
}

// Of the performance monitor. To be read is to be looked at.
template <size_t number>
u64 get_counter(Processor& cpu) {
  cpu.count_until_now();
  cpu.use_counters();
  return cpu.state().spr[number];
}
template <size_t number, u64 bits = ~u64{0}>
u64 get_control(Processor& cpu) {
  cpu.look_at_counters();
  return cpu.state().spr[number] & bits;
}
template <size_t number, u64 bits = ~u64{0}>
void set_control(Processor& cpu, u64 value) {
  cpu.count_until_now();
  u64& all = cpu.state().spr[number];
  all = (all & ~bits) | (value & bits);
  if (value != 0) cpu.use_counters();
  cpu.look_at_counters();
}
template <size_t number>
void set_counter(Processor& cpu, u64 value) {
  cpu.use_counters();
  set_control<number, 0xFFFFFFFF>(cpu, value & 0xFFFFFFFF);
}
void set_run_latch(Processor& cpu, u64 value) {
  cpu.count_until_now();
  cpu.state().spr[spr_ctrl] = value & 0xFFFFFFFF;
  cpu.counters_changed();
}

// A register of 32 bits.
template <size_t number>
void set_word(Processor& cpu, u64 value) {
  cpu.state().spr[number] = value & 0xFFFFFFFF;
}

u64 vrsave(Processor& cpu) { return cpu.state().vrsave; }
void set_vrsave(Processor& cpu, u64 value) { cpu.state().vrsave = static_cast<u32>(value); }
u64 time_base(Processor& cpu) { return cpu.time_base(); }
u64 time_base_upper(Processor& cpu) { return cpu.time_base() >> 32; }
u64 utilization(Processor& cpu) { return cpu.utilization(); }
u64 pvr(Processor& cpu) { return cpu.options().pvr; }
u64 pir(Processor& cpu) { return cpu.options().number; }
u64 zero(Processor&) { return 0; }
u64 decrementer(Processor& cpu) { return cpu.decrementer(); }
void set_decrementer(Processor& cpu, u64 value) { cpu.set_decrementer(static_cast<u32>(value)); }
void set_dsisr(Processor& cpu, u64 value) { cpu.state().dsisr = value & 0xFFFFFFFF; }

void set_amr(Processor& cpu, u64 value) {
  constexpr size_t uamor = 157;
  u64& amr = cpu.state().spr[spr_amr];
  if (cpu.problem_state()) value = (amr & ~cpu.state().spr[uamor]) | (value & cpu.state().spr[uamor]);
  if (amr == value) return;
  amr = value;
  cpu.forget_translations();
}
void set_iamr(Processor& cpu, u64 value) {
  if (cpu.state().spr[spr_iamr] == value) return;
  cpu.state().spr[spr_iamr] = value;
  cpu.forget_translations();
}

u64 ppr32(Processor& cpu) { return cpu.state().spr[spr_ppr] >> 32; }
void set_ppr32(Processor& cpu, u64 value) {
  u64& ppr = cpu.state().spr[spr_ppr];
  ppr = value << 32 | (ppr & 0xFFFFFFFF);
}

// Branch event status: writing through the set and reset numbers changes single bits.
constexpr size_t bescr_number = 806;
u64 bescr_upper(Processor& cpu) { return cpu.state().spr[bescr_number] >> 32; }
void bescr_set(Processor& cpu, u64 value) { cpu.state().spr[bescr_number] |= value; }
void bescr_set_upper(Processor& cpu, u64 value) { cpu.state().spr[bescr_number] |= value << 32; }
void bescr_reset(Processor& cpu, u64 value) { cpu.state().spr[bescr_number] &= ~value; }
void bescr_reset_upper(Processor& cpu, u64 value) { cpu.state().spr[bescr_number] &= ~(value << 32); }

void set_tfhar(Processor& cpu, u64 value) { cpu.state().spr[spr_tfhar] = value & ~u64{3}; }
u64 texasr_upper(Processor& cpu) { return cpu.state().spr[spr_texasr] >> 32; }
void set_texasr_upper(Processor& cpu, u64 value) {
  u64& all = cpu.state().spr[spr_texasr];
  all = value << 32 | (all & 0xFFFFFFFF);
}

constexpr u64 facility_dscr = 2, facility_ebb = 7, facility_tar = 8;

constexpr Spr table[] = {
    {3, "DSCR (user)", user, get<&Registers::dscr>, set<&Registers::dscr>, facility_dscr, Isa::v2_07},
    {13, "AMR (user)", user, get_kept<spr_amr>, set_amr, 0, Isa::v2_06},
    {17, "DSCR", kernel, get<&Registers::dscr>, set<&Registers::dscr>, 0},
    {18, "DSISR", kernel, get<&Registers::dsisr>, set_dsisr, 0},
    {19, "DAR", kernel, get<&Registers::dar>, set<&Registers::dar>, 0},
    {22, "DEC", kernel, decrementer, set_decrementer, 0},
    {26, "SRR0", kernel, get<&Registers::srr0>, set<&Registers::srr0>, 0},
    {27, "SRR1", kernel, get<&Registers::srr1>, set<&Registers::srr1>, 0},
    {28, "CFAR", kernel, get<&Registers::cfar>, set<&Registers::cfar>, 0},
    {29, "AMR", kernel, nullptr, set_amr, 0},
    {48, "PIDR", kernel, nullptr, set_word<48>, 0, Isa::v3_0},
    {61, "IAMR", kernel, nullptr, set_iamr, 0, Isa::v2_07},
    {spr_tfhar, "TFHAR", user, nullptr, set_tfhar, facility_tm, Isa::v2_07},
    {spr_tfiar, "TFIAR", user, nullptr, nullptr, facility_tm, Isa::v2_07},
    {spr_texasr, "TEXASR", user, nullptr, nullptr, facility_tm, Isa::v2_07},
    {131, "TEXASRU", user, texasr_upper, set_texasr_upper, facility_tm, Isa::v2_07},
    {spr_ctrl, "CTRL (read)", kernel_reads | user_reads, nullptr, nullptr, 0},
    {144, "TIDR", kernel, nullptr, nullptr, 0, Isa::v3_0},
    {152, "CTRL (write)", kernel_writes, nullptr, set_run_latch, 0},
    {153, "FSCR", kernel, get<&Registers::fscr>, set<&Registers::fscr>, 0, Isa::v2_07},
    {157, "UAMOR", kernel, nullptr, nullptr, 0, Isa::v2_06},
    {159, "PSPB", kernel, nullptr, set_word<159>, 0, Isa::v2_07},
    {187, "CIABR", kernel, nullptr, nullptr, 0, Isa::v2_07},
    {256, "VRSAVE", user, vrsave, set_vrsave, 0},
    {259, "SPRG3 (user)", kernel_reads | user_reads, get_sprg<3>, nullptr, 0},
    {268, "TB", kernel_reads | user_reads, time_base, nullptr, 0},
    {269, "TBU", kernel_reads | user_reads, time_base_upper, nullptr, 0},
    {272, "SPRG0", kernel, get_sprg<0>, set_sprg<0>, 0},
    {273, "SPRG1", kernel, get_sprg<1>, set_sprg<1>, 0},
    {274, "SPRG2", kernel, get_sprg<2>, set_sprg<2>, 0},
    {275, "SPRG3", kernel, get_sprg<3>, set_sprg<3>, 0},
    {287, "PVR", kernel_reads, pvr, nullptr, 0},
    // No processor runs slower or faster than its nominal frequency: the scaled one is the same.
    {308, "SPURR", kernel_reads, utilization, nullptr, 0},
    {309, "PURR", kernel_reads, utilization, nullptr, 0},
    {446, "TIR", kernel_reads, zero, nullptr, 0, Isa::v2_07},
    {768, "SIER (user)", kernel_reads | user_reads, get_kept<spr_sier>, nullptr, facility_performance_monitor, Isa::v2_07},
    {769, "MMCR2 (user)", user, get_control<spr_mmcr2, mmcr2::of_programs>, set_control<spr_mmcr2, mmcr2::of_programs>,
     facility_performance_monitor, Isa::v2_07},
    {770, "MMCRA (user)", user, get_kept<spr_mmcra>, set_kept<spr_mmcra>, facility_performance_monitor},
    {771, "PMC1 (user)", user, get_counter<787>, set_counter<787>, facility_performance_monitor},
    {772, "PMC2 (user)", user, get_counter<788>, set_counter<788>, facility_performance_monitor},
    {773, "PMC3 (user)", user, get_counter<789>, set_counter<789>, facility_performance_monitor},
    {774, "PMC4 (user)", user, get_counter<790>, set_counter<790>, facility_performance_monitor},
    {775, "PMC5 (user)", user, get_counter<791>, set_counter<791>, facility_performance_monitor},
    {776, "PMC6 (user)", user, get_counter<792>, set_counter<792>, facility_performance_monitor},
    {779, "MMCR0 (user)", user, get_control<spr_mmcr0, mmcr0::of_programs>, set_control<spr_mmcr0, mmcr0::of_programs>,
     facility_performance_monitor},
    {780, "SIAR (user)", kernel_reads | user_reads, get_kept<spr_siar>, nullptr, facility_performance_monitor},
    {781, "SDAR (user)", kernel_reads | user_reads, get_kept<spr_sdar>, nullptr, facility_performance_monitor},
    {782, "MMCR1 (user)", kernel_reads | user_reads, get_kept<spr_mmcr1>, nullptr, facility_performance_monitor},
    {spr_sier, "SIER", kernel, nullptr, nullptr, 0, Isa::v2_07},
    {spr_mmcr2, "MMCR2", kernel, nullptr, set_control<spr_mmcr2>, 0, Isa::v2_07},
    {spr_mmcra, "MMCRA", kernel, nullptr, nullptr, 0},
    {787, "PMC1", kernel, get_counter<787>, set_counter<787>, 0},
    {788, "PMC2", kernel, get_counter<788>, set_counter<788>, 0},
    {789, "PMC3", kernel, get_counter<789>, set_counter<789>, 0},
    {790, "PMC4", kernel, get_counter<790>, set_counter<790>, 0},
    {791, "PMC5", kernel, get_counter<791>, set_counter<791>, 0},
    {792, "PMC6", kernel, get_counter<792>, set_counter<792>, 0},
    {spr_mmcr0, "MMCR0", kernel, get_control<spr_mmcr0>, set_control<spr_mmcr0>, 0},
    {spr_siar, "SIAR", kernel, nullptr, nullptr, 0},
    {spr_sdar, "SDAR", kernel, nullptr, nullptr, 0},
    {spr_mmcr1, "MMCR1", kernel, nullptr, set_control<spr_mmcr1>, 0},
    {800, "BESCRS", user, get_kept<bescr_number>, bescr_set, facility_ebb, Isa::v2_07},
    {801, "BESCRSU", user, bescr_upper, bescr_set_upper, facility_ebb, Isa::v2_07},
    {802, "BESCRR", user, get_kept<bescr_number>, bescr_reset, facility_ebb, Isa::v2_07},
    {803, "BESCRRU", user, bescr_upper, bescr_reset_upper, facility_ebb, Isa::v2_07},
    {804, "EBBHR", user, nullptr, nullptr, facility_ebb, Isa::v2_07},
    {805, "EBBRR", user, nullptr, nullptr, facility_ebb, Isa::v2_07},
    {806, "BESCR", user, nullptr, nullptr, facility_ebb, Isa::v2_07},
    {808, "reserved, no operation", user, zero, nullptr, 0},
    {809, "reserved, no operation", user, zero, nullptr, 0},
    {810, "reserved, no operation", user, zero, nullptr, 0},
    {811, "reserved, no operation", user, zero, nullptr, 0},
    {815, "TAR", user, get<&Registers::tar>, set<&Registers::tar>, facility_tar, Isa::v2_07},
    // SIMPLIFIED: they count as if the processor were never shared.
    {848, "IC", kernel_reads, time_base, nullptr, 0, Isa::v2_07},
    {849, "VTB", kernel_reads, time_base, nullptr, 0, Isa::v2_07},
    {895, "WORT", kernel, nullptr, nullptr, 0, Isa::v2_07},
    {spr_ppr, "PPR", user, nullptr, nullptr, 0},
    {898, "PPR32", user, ppr32, set_ppr32, 0, Isa::v2_06},
    {1023, "PIR", kernel_reads, pir, nullptr, 0},
};
static_assert(std::ranges::is_sorted(table, {}, &Spr::number));

// Row + 1 of every number.
constexpr auto index = [] {
  std::array<u8, 1024> rows{};
  u8 number = 0;
  for (const Spr& row : table) rows[row.number] = ++number;
  return rows;
}();

// Numbers with this bit are privileged, also where no register is.
constexpr u32 privileged_number = 0x10;

// Null with `outcome` set if the access must not happen.
const Spr* allowed(Processor& cpu, u32 number, u32 kernel_right, u32 user_right, Outcome& outcome) {
  const u8 row = index[number];
  const Spr* spr = row && table[row - 1].since <= cpu.isa() ? &table[row - 1] : nullptr;
  // This facility is the kernel's, too, only while it has made it available to itself.
  if (spr && spr->facility == facility_tm && cpu.has_facility_control() && !(cpu.msr() & msr::tm)) {
    outcome = cpu.facility_unavailable(facility_tm);
    return nullptr;
  }
  if (!cpu.problem_state()) {
    // Registers of the hypervisor, and numbers without a register, are without effect; except those below, which never
    // had one. (Book III 4.4.4)
    outcome = number == 0 || (!spr && number >= 4 && number <= 6) ? Outcome::illegal : Outcome::done;
    return spr && (spr->rights & kernel_right) ? spr : nullptr;
  }
  outcome = (number & privileged_number) ? Outcome::privileged : Outcome::illegal;
  if (!spr || !(spr->rights & user_right)) return nullptr;
  if (spr->facility == facility_performance_monitor) {
    // Before POWER8 programs read all of it, and write nothing.
    const Direction direction = user_right == user_writes ? Direction::write : Direction::read;
    MonitorAccess may = direction == Direction::write ? MonitorAccess::illegal : MonitorAccess::allowed;
    if (cpu.has_facility_control()) may = program_may(cpu.state(), number, direction);
    if (may == MonitorAccess::unavailable) outcome = cpu.facility_unavailable(spr->facility);
    return may == MonitorAccess::allowed ? spr : nullptr;
  }
  if (spr->facility && !cpu.has_facility_control()) return nullptr;
  if (spr->facility && spr->facility != facility_tm && !(cpu.state().fscr >> spr->facility & 1)) {
    outcome = cpu.facility_unavailable(spr->facility);
    return nullptr;
  }
  return spr;
}

}  // namespace

Outcome mfspr(Processor& cpu, Instruction i) {
  Outcome outcome;
  const u32 number = i.spr();
  const Spr* spr = allowed(cpu, number, kernel_reads, user_reads, outcome);
  if (!spr) return outcome;
  cpu.engine().set_gpr(i.rt(), spr->read ? spr->read(cpu) : cpu.state().spr[number]);
  return Outcome::done;
}

Outcome mtspr(Processor& cpu, Instruction i) {
  Outcome outcome;
  const u32 number = i.spr();
  const Spr* spr = allowed(cpu, number, kernel_writes, user_writes, outcome);
  if (!spr) return outcome;
  if (spr->facility == facility_tm && (cpu.msr() & msr::transaction_state)) return Outcome::bad_transaction_state;
  const u64 value = cpu.engine().gpr(i.rt());
  if (spr->write) {
    spr->write(cpu, value);
  } else {
    cpu.state().spr[number] = value;
  }
  return Outcome::done;
}

// The older name of mfspr for the time base, and only for it.
Outcome mftb(Processor& cpu, Instruction i) {
  if (i.spr() != 268 && i.spr() != 269) return Outcome::illegal;
  return mfspr(cpu, i);
}

}  // namespace cpu
