// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The processor: privileged state in C++ around an engine that runs problem-state code.
//
//   run:  settle (interrupts, flushes) -> Engine::run -> why did it come back? -> hypercall, fault, step, kick
//   inside Engine::run:  fill (mmu.h, code_pages.h), exception (privileged.h, interrupts.cpp)
//
// A trap is performed inside the engine's callback and execution goes on there; hypercalls and storage faults leave the
// engine first, so that a supervisor may save, load, flush and stop whatever it likes.

#include <atomic>
#include <optional>
#include <vector>

#include "cpu/code_notes.h"
#include "cpu/code_pages.h"
#include "cpu/cpu.h"
#include "cpu/engine.h"
#include "cpu/footprint.h"
#include "cpu/instruction.h"
#include "cpu/mmu.h"
#include "cpu/msr.h"
#include "cpu/performance_monitor.h"
#include "cpu/privileged.h"
#include "cpu/together.h"
#include "cpu/transactional.h"

namespace cpu {

// What the engine must know of the guest's MSR: unavailable facilities, byte order, width of addresses.
inline constexpr u64 engine_modes = msr::sf | msr::fp | msr::vec | msr::vsx | msr::le | msr::fe0 | msr::fe1;
inline constexpr u64 facilities = msr::fp | msr::vec | msr::vsx;
// All code is in problem state for it.
inline constexpr u64 always_on = msr::pr | msr::ir | msr::dr | msr::ee;

inline constexpr u32 spr_doorbell = 176;  // DPDES: the bit of this thread is a doorbell that was not taken yet

class Processor final : public Cpu, private EngineClient, private Together::Member {
 public:
  Processor(const CpuOptions&, emu::GuestMemory&, HashPageTable&, Supervisor&, const emu::Clock&, CodePages&);
  ~Processor() override;
  emu::Status open();

  Stop run() override;
  u32 number() const override { return options_.number; }
  u64 gpr(int index) const override { return engine_->gpr(index); }
  void set_gpr(int index, u64 value) override { engine_->set_gpr(index, value); }
  u64 pc() const override { return pc_; }
  u64 msr() const override { return registers_.msr; }
  void set_msr(u64 value) override { change_msr(value & allowed_msr()); }
  void set_sprg0(u64 value) override { registers_.sprg[0] = value; }
  Registers save() override;
  void load(const Registers&) override;
  void stop() override { stop_asked_ = true; }
  void deliver(Interrupt) override;
  void flush_tlb() override { forget_translations(); }
  void set_interrupt_mode(bool little_endian, u32 ail) override;
  bool interrupt_pending() const override;
  u64 decrementer_deadline() const override;
  void kick() override;
  void set_external_interrupt(bool) override;
  void note_code(bool on) override;
  std::vector<HotCode> noted_code() override;
  void translate_ahead(std::span<const HotCode>, const std::atomic<bool>& enough) override;
  Counters counters() const override;
  std::string trouble() const override { return trouble_; }

  // ---- for the privileged instructions ----
  Registers& state() { return registers_; }
  const CpuOptions& options() const { return options_; }
  Engine& engine() { return *engine_; }
  CodePages& code() { return code_; }
  u64 ra_or_zero(Instruction i) const { return i.ra() ? engine_->gpr(i.ra()) : 0; }
  bool problem_state() const { return registers_.msr & msr::pr; }
  bool sixty_four_bit() const { return registers_.msr & msr::sf; }
  Isa isa() const { return isa_; }
  // FSCR and facility unavailable interrupts came with POWER8.
  bool has_facility_control() const { return isa_ >= Isa::v2_07; }
  void jump(u64 pc);
  u64 allowed_msr() const {
    return (isa_ >= Isa::v2_06 ? msr::guest : msr::guest & ~msr::vsx) |
           (options_.transactional_memory ? msr::tm | msr::transaction_state : u64{0});
  }
  void change_msr(u64 value);
  void forget_translations();  // ours and the engine's
  u64 time_base() const { return supervisor_.time_base(); }
  u64 utilization() const { return supervisor_.utilization(*this); }
  void priority_lowered() { supervisor_.priority_lowered(*this); }
  u32 decrementer() const;
  void set_decrementer(u32 value);
  // Sets SRR0, SRR1, MSR and goes to the vector. `reasons` are the bits of SRR1 that the interrupt defines.
  void interrupt(u64 vector, u64 return_address, u64 reasons);
  Outcome facility_unavailable(u64 facility);
  void vectored_system_call(u64 level);

  // ---- the performance monitor (counting.cpp) ----
  // Around each access of the guest to its registers, and to CTRL.
  void count_until_now();
  void counters_changed();
  void look_at_counters();  // is one negative that must not be?
  void use_counters();      // the guest has looked at them, or said what to count

  // ---- transactions (transactional.cpp) ----
  enum class Outside { nothing, begin, fail, reclaim, recheckpoint };
  void ask_outside(Outside);                  // it is done as soon as the engine has been left
  void record_failure(u64 how, u64 address);  // bits of TEXASR
  void fail_transaction();
  void commit_transaction();
  void suspend_transaction();
  void resume_transaction();
  void enter_transaction_state();  // MSR[TS] was loaded

 private:
  static constexpr u64 pool_at = u64{1} << 40;  // where the engine sees the pool; the partition's RAM begins at 0

  // ---- beside others (together.h) ----
  // In a callback of the engine: while it lives, the processor is outside of guest code.
  class OutsideGuest {
   public:
    explicit OutsideGuest(Processor&);
    ~OutsideGuest();
    OutsideGuest(const OutsideGuest&) = delete;
    OutsideGuest& operator=(const OutsideGuest&) = delete;

   private:
    Processor& processor_;
    const bool was_inside_;
  };
  void hurry() override { engine_->request_stop(); }
  Engine::Exit run_engine();
  bool perform_inside(Exception);
  bool all_as_before() const;
  void catch_up();
  void take_from_all();
  void execute_alone(u64 pc);
  bool for_several() const { return together_.several() && together_.code() == Together::Code::for_several; }
  bool runs_alone() const { return alone_ || looks_at_accesses(); }
  bool bring(u64 page, bool& waited);  // as GuestMemory::ensure_present

  // ---- EngineClient ----
  bool fill(u64 page_address, Access, Mapping&) override;
  void exception(Exception) override;
  void instruction(u64 pc) override;
  u32 instruction_at(u64 pc) override;
  void block(u64 key) override;

  // ---- translation ----
  struct Remembered {  // a translation without fault
    u64 tag = 0;       // page address, and in the low bits what else it depends on
    u64 page = 0;
    u64 slot = no_entry;
    Hpte entry;  // what it was taken from; if the table has something else now, it is out of date
    u32 generation = 0;
    bool read = false;
    bool write = false;
  };
  struct PendingFault {
    enum class Kind { none, storage, again, lost_memory };
    Kind kind = Kind::none;
    Fault fault = Fault::none;
    u64 page_address = 0;
    Access access = Access::read;
  };
  Remembered* remembered(u64 address, Access, Fault&);
  bool refuse(PendingFault::Kind, Fault, u64 page_address, Access);
  bool fill_code(Remembered&, u64 page_address, Mapping&);
  bool fill_stub(u64 page_address, Access, Mapping&);
  bool fetch(u64 address, Instruction&, Fault&);
  u64 fetch_tag(u64 address) const;
  const u8* remembered_word(u64 address) const;  // null: it is not in the page that was looked at last
  bool reach_device(const PendingFault&);        // device_access.cpp
  // The operand of an instruction that the engine lacks. False: it has interrupted, or ends this run.
  bool load_word(Instruction, u64 pc, u32& word);
  void note_use(const Remembered&, u64 bits);
  ByteOrder byte_order() const { return registers_.msr & msr::le ? ByteOrder::little : ByteOrder::big; }

  // ---- ahead of time (translate_ahead.cpp) ----
  void translate_all();
  bool fill_ahead(u64 page_address, Access, Mapping&);

  // ---- transactions ----
  static constexpr u64 footprint_at = u64{3} << 40;  // as pool_at
  bool looks_at_accesses() const { return (registers_.msr & msr::transaction_state) && !registers_.transaction_failed; }
  void interrupt_transaction();
  void begin_transaction();
  void work_outside();
  bool fill_in_transaction(const Remembered&, u64 page_address, Access, Mapping&);

  // ---- the performance monitor ----
  void begin_counting(Whose);
  void end_counting();
  void take_back_instruction();
  u64 cycles() const;
  u64 counter_deadline() const;

  // ---- interrupts (interrupts.cpp) ----
  void perform(Exception, u64 pc);
  void facility_missing(u64 facility, u64 vector, u64 pc);
  void perform_instruction(Exception, u64 pc);
  void system_call(u64 pc);
  void storage_interrupt(const PendingFault&, u64 pc);
  void alignment_interrupt(u64 pc);
  bool deliver_pending();
  void notice_decrementer();

  // ---- running ----
  // The engine's TLBs.
  enum : u32 {
    of_programs,
    of_the_kernel,
    real_mode,
    only_fetches_real,
    only_data_real,
    of_the_stub,
    of_a_transaction,
    of_a_suspended_transaction
  };
  Stop run_until_stop();
  void put_in(const Registers&);
  void settle();
  void settle_own();
  u64 wanted_mode() const;
  u32 tlb_of(u64 msr) const;
  void forget_taken_back();
  bool still_valid(const Remembered&) const;
  void flush_engine();
  void leave() { leave_ = true; }
  bool begin_step();
  void end_step();
  std::optional<Stop> after_engine(Engine::Exit);
  void lose_reservation();
  void run_stub(u64 offset);

  const CpuOptions options_;
  const Isa isa_;
  emu::GuestMemory& memory_;
  HashPageTable& table_;
  Supervisor& supervisor_;
  const emu::Clock& clock_;
  CodePages& code_;
  Together& together_;
  std::unique_ptr<Engine> engine_;

  // Its gpr, lr, ctr, cr, xer, vsr, fpscr, vscr and pc are the engine's while the processor lives.
  Registers registers_;
  u64 pc_ = 0;
  u64 mode_ = ~u64{0};  // what the engine was told of MSR
  // A kernel leaves facilities available long after it has used them, and code is translated for each combination anew. So the
  // engine is told of them only when it meets an instruction that needs one; until the next interrupt, or a change by the guest.
  bool facilities_needed_ = false;
  bool redirected_ = false;  // in a callback: pc_ is not where the engine would go on
  bool leave_ = false;       // in a callback: the engine must return; pc_ says where to go on
  bool stop_asked_ = false;
  bool memory_lost_ = false;  // in a callback: a page that was asked for will never arrive
  bool hypercall_asked_ = false;
  PendingFault fault_;
  std::string trouble_;

  bool flush_ = true;
  u64 fills_ = 0;  // since the last flush
  u64 tlb_epoch_ = 0;
  u64 pool_epoch_ = 0;
  u64 table_generation_ = 0;
  u32 generation_ = 1;
  std::vector<Remembered> remembered_;
  struct {  // the page of the last instruction that was looked at
    u64 tag = 0;
    u32 generation = 0;
    const u8* page = nullptr;
  } fetched_;

  // One instruction at a time: for MSR[SE], and for a store into the page that it is executed from.
  bool stepping_ = false;
  bool step_asked_ = false;
  bool alone_ = false;  // the step is of an instruction that nobody else may run beside
  bool held_ = false;   // in the engine: others are held back
  bool stepped_ = false;
  u64 step_pc_ = 0;
  u64 step_msr_ = 0;
  u64 step_page_ = 0;
  u64 step_operand_ = 0;  // the address that it accesses, or 0
  u64 step_copy_ = 0;

  std::unique_ptr<CodeNotes> notes_;
  size_t notes_told_ = 0;
  struct {
    std::span<const HotCode> code;
    const std::atomic<bool>* enough = nullptr;  // not null: that is what the engine is used for now
    const HotCode* now = nullptr;
    bool full = false;
  } ahead_;

  struct {
    bool on = false;  // while it runs, if a counter may count
    Whose whose = Whose::guest;
    Counting counting;
    bool of_the_engine = false;  // it counts instructions
    Happened before;             // the last time that counters were brought up to date
    u64 condition_at = never;    // in cycles: when a counter that matters becomes negative
  } monitor_;
  bool runs_ = false;

  std::unique_ptr<Footprint> footprint_;
  Outside outside_ = Outside::nothing;

  bool in_stub_ = false;
  bool stub_done_ = false;
  u8* scratch_ = nullptr;

  std::atomic<bool> kicked_{false};
  std::atomic<bool> external_{false};

  Counters counters_;
};

}  // namespace cpu
