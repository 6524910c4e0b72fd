// SPDX-License-Identifier: GPL-2.0-or-later
#include "cpu/engine.h"

#include <algorithm>
#include <array>
#include <atomic>

#include <sys/mman.h>
#include <unicorn/unicorn.h>

#include "cpu/msr.h"
#include "cpu/unicorn/code_room.h"
#include "cpu/unicorn/engine_inside.h"
#include "cpu/unicorn/version.h"
#include "emu/core/guest_memory.h"

namespace cpu::unicorn {

namespace {

class UnicornEngine final : public Engine, private Callee {
 public:
  UnicornEngine(EngineClient& client, CodeRoom& room) : client_(client), room_(room) {}
  ~UnicornEngine() override {
    if (uc_) uc_close(uc_);
  }

  emu::Status open(Report report) {
    if (const uc_err error = uc_open(UC_ARCH_PPC, static_cast<uc_mode>(UC_MODE_PPC64 | UC_MODE_BIG_ENDIAN), &uc_))
      return failure("uc_open", error);
    if (const uc_err error = uc_ctl_tlb_mode(uc_, UC_TLB_VIRTUAL)) return failure("uc_ctl_tlb_mode", error);
    if (auto status = hook(UC_HOOK_TLB_FILL, reinterpret_cast<void*>(&on_fill)); !status) return status;
    if (auto status = hook(UC_HOOK_INTR, reinterpret_cast<void*>(&on_exception)); !status) return status;
    if (auto status = look_inside(); !status) return status;
    if (!taken().block_test || !sizes_known_)
      if (auto status = hook(UC_HOOK_BLOCK, reinterpret_cast<void*>(&on_block)); !status) return status;
    if (report == Report::every_instruction)
      if (auto status = hook(UC_HOOK_CODE, reinterpret_cast<void*>(&on_instruction)); !status) return status;
    return emu::success();
  }

  emu::Status map(u64 physical, std::span<u8> memory) override {
    if (const uc_err error = uc_mem_map_ptr(uc_, physical, memory.size(), UC_PROT_ALL, memory.data()))
      return failure("uc_mem_map_ptr", error);
    return emu::success();
  }

  Exit run(u64 pc) override {
    {
      const Running running(*this);
      last_error_ = uc_emu_start(uc_, pc, exit_address, 0, 0);
    }
    lower(wanted_stop);
    leave_block();
    if (last_error_ == UC_ERR_OK) return Exit::stopped;
    return last_error_ == UC_ERR_EXCEPTION ? Exit::fault : Exit::failed;
  }

  void stop() override { uc_emu_stop(uc_); }

  void request_stop() override { raise(wanted_stop); }

  u64 gpr(int index) const override { return state_ ? state_->gpr[index] : read(UC_PPC_REG_0 + index); }
  void set_gpr(int index, u64 value) override {
    if (!state_) return write(UC_PPC_REG_0 + index, value);
    state_->gpr[index] = value;
  }
  u64 pc() const override { return state_ ? *state_->pc : read(UC_PPC_REG_PC); }
  void set_pc(u64 value) override {
    if (!state_) return write(UC_PPC_REG_PC, value);
    *state_->pc = value;
  }
  u64 lr() const override { return state_ ? *state_->lr : read(UC_PPC_REG_LR); }
  void set_lr(u64 value) override {
    if (!state_) return write(UC_PPC_REG_LR, value);
    *state_->lr = value;
  }
  u64 ctr() const override { return state_ ? *state_->ctr : read(UC_PPC_REG_CTR); }
  void set_ctr(u64 value) override {
    if (!state_) return write(UC_PPC_REG_CTR, value);
    *state_->ctr = value;
  }
  u32 cr() const override {
    if (!state_) return static_cast<u32>(read(UC_PPC_REG_CR));
    u32 value = 0;
    for (int field = 0; field < 8; ++field) value = value << 4 | (state_->cr[field] & 15);
    return value;
  }
  void set_cr(u32 value) override {
    if (!state_) return write(UC_PPC_REG_CR, value);
    for (int field = 0; field < 8; ++field) state_->cr[field] = value >> (28 - 4 * field) & 15;
  }

  u32 tlbs() const override { return state_ ? State::tlbs : 1; }
  void set_mode(u64 value, u32 tlb) override {
    if (!state_) return write(UC_PPC_REG_MSR, value);
    state_->set_mode(value, tlb);
  }
  void flush_tlb(u32 which) override {
    blocks.forget();
    tlb_use_.limit(most_tlb_use);
    if (!unicorn::flush_tlb(*this, which)) flush_tlbs();
  }
  void flush_tlbs() override {
    blocks.forget();
    tlb_use_.limit(most_tlb_use);
    uc_ctl_flush_tlb(uc_);
  }
  void flush_page(u64 page_address, u32 tlbs) override {
    blocks.forget_page(page_address);
    if (!unicorn::flush_page(*this, page_address, tlbs)) flush_tlbs();
  }
  void flush_translations() override {
    blocks.forget();
    uc_ctl_flush_tb(uc_);
  }
  void sync_pc() override { sync_program_counter(*this); }
  bool floating_exception_enabled() const override { return state_ && (*floating.fpscr & fpscr::fex); }

  bool without_word_carries() override {
    if (!state_ || !state_->versions) return false;
    *state_->versions &= ~State::isa_3_0;
    return true;
  }
  bool translate_for_several(bool on) override { return mark.set(on); }
  std::optional<bool> perform_missing(u32 word, u32 loaded) override {
    if (!state_) return std::nullopt;
    return unicorn::perform_missing(floating, word, loaded);
  }

  void count_instructions(u64 stop_after) override {
    leave_block();
    if (stop_after == do_not_count) return lower(wanted_count);
    stop_at_ = stop_after == do_not_stop ? do_not_stop : instructions_ + stop_after;
    raise(wanted_count);
  }
  u64 instructions() override {
    leave_block();
    return instructions_;
  }

  void report_blocks(bool on) override {
    if (on) {
      raise(wanted_blocks);
    } else {
      lower(wanted_blocks);
    }
  }
  u64 block_address(u64 key) override {
    if (!taken().block_test) return key;
    return block_at(*this, key);
  }
  void translate(u64 pc) override { uc_ctl_request_cache(uc_, pc, nullptr); }
  void make_room() override {
    if (newest_block_) CodeRoom::provide_now(room_behind(newest_block_));
  }
  u64 blocks_translated() const override { return blocks_translated_; }
  std::string error() const override { return uc_strerror(last_error_); }

 private:
  // ---- Callee ----
  bool translate(u64 page_address, int access, Page& answer) override {
    constexpr Access accesses[] = {Access::read, Access::write, Access::fetch};
    Mapping mapping;
    refused_ = !trial_.fill(page_address, mapping) && !client_.fill(page_address, accesses[access], mapping);
    if (refused_) return false;
    answer = {mapping.physical, (mapping.read ? 1 : 0) | (mapping.write ? 2 : 0) | (mapping.execute ? 4 : 0)};
    return true;
  }
  bool before_block(std::uintptr_t host_code) override {
    const u32 wanted = attention();
    if (trial_.running) trial_.host_code = host_code;
    if (wanted & wanted_blocks) client_.block(host_code);
    bool stop = wanted & wanted_stop;
    if (wanted & wanted_count) {
      instructions_ += block_.size / instruction_size;
      block_ = {};
      stop = stop || instructions_ >= stop_at_;
      if (!stop) block_ = sizes_known_ ? extent_at(*this, host_code) : hooked_block_;
    }
    if (stop) uc_emu_stop(uc_);
    return !stop;
  }
  void block_made(u8* block) override {
    if (!first_block) {
      first_block = block;
      use_huge_pages();
    }
    newest_block_ = block;
    ++blocks_translated_;
    shorten_test_of(block);
    if (block >= room_used_until_) {
      room_used_until_ = huge_page_of(block) + huge_page;
      room_.provide(room_behind(block));
    }
  }
  u32 instruction_at(u64 pc) override { return client_.instruction_at(pc); }

  // ---- Unicorn's hooks ----
  static bool on_fill(uc_engine*, u64 address, uc_mem_type type, uc_tlb_entry* result, void* user) {
    auto* self = static_cast<UnicornEngine*>(user);
    // Asked again about what we have refused, now with the program counter of the instruction: so that it can be reported.
    if (std::exchange(self->refused_, false)) return false;
    Page answer;
    const bool translated = self->translate(address, type == UC_MEM_FETCH ? 2 : type == UC_MEM_WRITE ? 1 : 0, answer);
    self->refused_ = false;
    if (!translated) return false;
    result->paddr = answer.physical;
    result->perms = static_cast<uc_prot>(answer.rights);
    static_assert(UC_PROT_READ == 1 && UC_PROT_WRITE == 2 && UC_PROT_EXEC == 4);
    return true;
  }
  static void on_exception(uc_engine* uc, u32 number, void* user) {
    auto* self = static_cast<UnicornEngine*>(user);
    self->leave_block();
    if (self->trial_.running) {
      uc_emu_stop(uc);
    } else {
      self->client_.exception(std::exchange(self->mark.exclusive, false) ? Exception::alone : static_cast<Exception>(number));
    }
  }
  static void on_instruction(uc_engine*, u64 address, u32, void* user) {
    static_cast<UnicornEngine*>(user)->client_.instruction(address);
  }
  // The second way, where the test before each block is not ours. A stop from another thread is a flag that this one looks at
  // when a block begins. uc_emu_stop itself must not come from elsewhere: now and then the engine then leaves with the address
  // of its last load, which is executed again.
  static void on_block(uc_engine*, u64 address, u32 size, void* user) {
    auto* self = static_cast<UnicornEngine*>(user);
    if (self->attention() == 0) [[likely]]
      return;
    self->hooked_block_ = {address, size};
    if (!taken().block_test) self->before_block(address);
  }

  // The block that is being executed is left: at its end, or because of an instruction in it, behind which the program counter is
  // then, or at which it is if that instruction could not be executed.
  void leave_block() {
    if (block_.size == 0) return;
    instructions_ += std::min(pc() - block_.begin, u64{block_.size}) / instruction_size;
    block_ = {};
  }

  // Two instructions of our own show what Unicorn lets us take, and where it keeps its registers.
  struct Trial {
    bool running = false;
    std::uintptr_t host_code = 0;  // of its only block
    alignas(4096) std::array<u8, 4096> page{};
    static constexpr u64 at = u64{1} << 50;
    static constexpr u64 begin = 0x120;
    static constexpr u32 instructions = 2;
    bool fill(u64, Mapping& mapping) const {
      if (running) mapping = {.physical = at, .read = true, .execute = true};
      return running;
    }
  };
  emu::Status look_inside() {
    constexpr u32 load = 0x80600000, system_call = 0x44000002;  // lwz r3,0(0); sc
    emu::store_be(trial_.page.data() + Trial::begin, load);
    emu::store_be(trial_.page.data() + Trial::begin + 4, system_call);
    if (auto status = map(Trial::at, trial_.page); !status) return status;
    write(UC_PPC_REG_MSR, msr::sf | msr::pr);
    trial_.running = true;
    mark.looking = true;
    raise(wanted_trial);
    const Exit exit = run(Trial::begin);
    lower(wanted_trial);
    mark.looking = false;
    trial_.running = false;
    if (mark.context) taken().parallel_mark.note();
    flush_tlbs();
    uc_mem_unmap(uc_, Trial::at, trial_.page.size());
    if (exit != Exit::stopped) return failure("uc_emu_start", last_error_);
    if (first_block && *reinterpret_cast<const u64*>(first_block) == Trial::begin)
      to_host_code = find_host_code(first_block, trial_.host_code);
    sizes_known_ = extent_at(*this, trial_.host_code).size == Trial::instructions * instruction_size;

    // The registers, and little behind them.
    constexpr size_t not_registers = 512;
    const size_t size = uc_context_size(uc_);
    u8* registers = registers_of([this] { write(UC_PPC_REG_0, 0); });
    const Interface interface = {[this](int number, u64 value) { write(number, value); },
                                 [this](int number) { return read(number); },
                                 UC_PPC_REG_0,
                                 UC_PPC_REG_PC,
                                 UC_PPC_REG_LR,
                                 UC_PPC_REG_CTR,
                                 UC_PPC_REG_CR,
                                 UC_PPC_REG_MSR,
                                 UC_PPC_REG_FPR0};
    if (registers && size > not_registers && taken().fill && taken().block_test)
      state_ = find_state({registers, size - not_registers}, interface);
    if (state_) {
      const auto found = find_floating_registers({registers, size - not_registers}, interface, *state_);
      if (!found)
        return emu::Error{"engine", "Unicorn keeps its floating point registers where this program does not find them."};
      floating = *found;
      taken().registers.note();
      pc_register = state_->pc;
      flags_register = state_->flags;
      let_blocks_look(registers);
    }
    const auto* object = static_cast<const u8*>(processor);
    constexpr s64 largest_object = MiB;
    if (state_ && registers - object > 0 && registers - object < largest_object)
      tlb_use_ = find_tlb_use({object, static_cast<size_t>(registers - object)});
    if (tlb_use_.first) taken().tlb_use.note();
    return emu::success();
  }

  // For the translated code: fewer faults while it grows, and fewer misses of the host's own TLB. Unicorn's buffer is far
  // larger than this; what is not used of it costs nothing.
  void use_huge_pages() {
    constexpr u64 enough = 256 * MiB;
    madvise(huge_page_of(first_block), enough, MADV_HUGEPAGE);
  }
  static constexpr u64 huge_page = 2 * MiB;
  static u8* huge_page_of(u8* at) { return reinterpret_cast<u8*>(reinterpret_cast<std::uintptr_t>(at) & ~(huge_page - 1)); }
  // About a thousand blocks to the megabyte.
  static std::span<u8> room_behind(u8* block) {
    constexpr u64 room_ahead = 4 * MiB;
    u8* page = reinterpret_cast<u8*>(reinterpret_cast<std::uintptr_t>(block) & ~(emu::page_size - 1));
    return {page, huge_page_of(block) + huge_page + room_ahead};
  }

  emu::Status hook(int type, void* callback) {
    uc_hook handle;
    if (const uc_err error = uc_hook_add(uc_, &handle, type, callback, this, 1, 0)) return failure("uc_hook_add", error);
    return emu::success();
  }
  static emu::Error failure(const char* what, uc_err error) {
    return {"engine", std::string("Unicorn: ") + what + " failed: " + uc_strerror(error) + "."};
  }
  u64 read(int id) const {
    u64 value = 0;
    uc_reg_read(uc_, id, &value);
    return value;
  }
  void write(int id, u64 value) { uc_reg_write(uc_, id, &value); }

  // It doubles a TLB of which more than 7 in 10 entries were used: so it has 8192 entries at most.
  static constexpr u64 most_tlb_use = 5000;

  static constexpr u32 wanted_stop = 1;
  static constexpr u32 wanted_blocks = 2;
  static constexpr u32 wanted_trial = 4;
  static constexpr u32 wanted_count = 8;
  static constexpr u64 instruction_size = 4;

  EngineClient& client_;
  uc_engine* uc_ = nullptr;
  uc_err last_error_ = UC_ERR_OK;
  std::optional<State> state_;
  TlbUse tlb_use_;
  CodeRoom& room_;  // provides memory for what is translated
  u8* newest_block_ = nullptr;
  u64 blocks_translated_ = 0;
  u8* room_used_until_ = nullptr;
  bool refused_ = false;
  u64 instructions_ = 0;  // counted
  u64 stop_at_ = do_not_stop;
  BlockExtent block_;  // that is being executed and not counted yet
  BlockExtent hooked_block_;
  bool sizes_known_ = false;  // of blocks
  Trial trial_;
};

class UnicornEngines final : public Engines {
 public:
  emu::Result<std::unique_ptr<Engine>> make(EngineClient& client, Report report) override {
    auto engine = std::make_unique<UnicornEngine>(client, room_);
    if (auto status = engine->open(report); !status) return status.error();
    return std::unique_ptr<Engine>(std::move(engine));
  }

 private:
  CodeRoom room_;
};

}  // namespace

}  // namespace cpu::unicorn

namespace cpu {

std::unique_ptr<Engines> Engines::create() { return std::make_unique<unicorn::UnicornEngines>(); }

std::string engine_version_trouble() { return unicorn::trouble_with(uc_version(nullptr, nullptr)); }

std::string engine_inside_trouble() {
  if (!unicorn::taken().stop_test)
    return "Unicorn does not call check_exit_request_ppc64 of this program: loads and stores are slow. Link it with -rdynamic.";
  return "";
}

EngineFacts engine_facts() {
  EngineFacts facts;
  facts.library = unicorn::name_of(uc_version(nullptr, nullptr));
  const auto& [stop_test, block_test, fill, short_test, lookup, registers, tlb_use, parallel] = unicorn::taken();
  for (const unicorn::Part* part : {&stop_test, &block_test, &fill, &short_test, &lookup, &registers, &tlb_use, &parallel})
    (*part ? facts.taken_over : facts.left_alone).emplace_back(part->name());
  return facts;
}

}  // namespace cpu
