// SPDX-License-Identifier: GPL-2.0-or-later
#include "cpu/engine.h"

#include <atomic>

#include <unicorn/unicorn.h>

// Unicorn emits a test for a pending stop after every guest load and store, and repeats an instruction that it leaves
// there: fatal for `stwcx.`, and loads cost three times as much. The emitter is called through its symbol, so this empty
// one, exported by the program, takes its place: stops then fall on block boundaries only. (cpu-engine.md, 3.4)
static std::atomic<bool> emitter_called{false};
extern "C" __attribute__((visibility("default"), used)) void check_exit_request_ppc64(void*) {
  emitter_called.store(true, std::memory_order_relaxed);
}

// After every block that it translates, Unicorn walks its whole TLB to make sure that stores to the block's page are noticed.
// That is a quarter of the cost of cold code, which a partition pays after every move, and needless here: code is translated
// from copies that no data access is ever mapped to (code_pages.h).
extern "C" __attribute__((visibility("default"), used)) void tlb_reset_dirty_by_vaddr_ppc64(void*, unsigned long, unsigned long) {
}

namespace cpu {

bool exit_check_interposed() { return emitter_called.load(std::memory_order_relaxed); }

std::string engine_version_trouble() {
  const unsigned version = uc_version(nullptr, nullptr);
  const unsigned patch = version >> 8 & 0xFF;
  if (const unsigned release = (version >> 24 & 0xFF) << 16 | (version >> 16 & 0xFF) << 8 | patch; release < 0x020104)
    return "Unicorn " + std::to_string(version >> 24) + "." + std::to_string(version >> 16 & 0xFF) + "." + std::to_string(patch) +
           " is too old: 2.1.4 is the first whose floating point is right on PPC64.";
  return "";
}

namespace {

class UnicornEngine final : public Engine {
 public:
  explicit UnicornEngine(EngineClient& client) : client_(client) {}
  ~UnicornEngine() override {
    if (uc_) uc_close(uc_);
  }

  emu::Status open(Report report) {
    if (const uc_err error = uc_open(UC_ARCH_PPC, static_cast<uc_mode>(UC_MODE_PPC64 | UC_MODE_BIG_ENDIAN), &uc_))
      return failure("uc_open", error);
    if (const uc_err error = uc_ctl_tlb_mode(uc_, UC_TLB_VIRTUAL)) return failure("uc_ctl_tlb_mode", error);
    if (auto status = hook(UC_HOOK_TLB_FILL, reinterpret_cast<void*>(&on_fill)); !status) return status;
    if (auto status = hook(UC_HOOK_INTR, reinterpret_cast<void*>(&on_exception)); !status) return status;
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
    last_error_ = uc_emu_start(uc_, pc, exit_address, 0, 0);
    wanted_.fetch_and(~wanted_stop, std::memory_order_relaxed);
    if (last_error_ == UC_ERR_OK) return Exit::stopped;
    return last_error_ == UC_ERR_EXCEPTION ? Exit::fault : Exit::failed;
  }

  void stop() override { uc_emu_stop(uc_); }

  void request_stop() override { wanted_.fetch_or(wanted_stop, std::memory_order_relaxed); }

  u64 gpr(int index) const override { return read(UC_PPC_REG_0 + index); }
  void set_gpr(int index, u64 value) override { write(UC_PPC_REG_0 + index, value); }
  u64 pc() const override { return read(UC_PPC_REG_PC); }
  void set_pc(u64 value) override { write(UC_PPC_REG_PC, value); }
  u64 lr() const override { return read(UC_PPC_REG_LR); }
  void set_lr(u64 value) override { write(UC_PPC_REG_LR, value); }
  u64 ctr() const override { return read(UC_PPC_REG_CTR); }
  void set_ctr(u64 value) override { write(UC_PPC_REG_CTR, value); }
  u32 cr() const override { return static_cast<u32>(read(UC_PPC_REG_CR)); }
  void set_cr(u32 value) override { write(UC_PPC_REG_CR, value); }
  void set_msr(u64 value) override { write(UC_PPC_REG_MSR, value); }

  void flush_tlb() override { uc_ctl_flush_tlb(uc_); }
  void flush_translations() override { uc_ctl_flush_tb(uc_); }
  void report_blocks(bool on) override {
    if (on) {
      wanted_.fetch_or(wanted_blocks, std::memory_order_relaxed);
    } else {
      wanted_.fetch_and(~wanted_blocks, std::memory_order_relaxed);
    }
  }
  void translate(u64 pc) override { uc_ctl_request_cache(uc_, pc, nullptr); }
  std::string error() const override { return uc_strerror(last_error_); }

 private:
  static bool on_fill(uc_engine*, u64 address, uc_mem_type type, uc_tlb_entry* result, void* user) {
    Mapping mapping;
    const Access access = type == UC_MEM_FETCH ? Access::fetch : type == UC_MEM_WRITE ? Access::write : Access::read;
    if (!static_cast<UnicornEngine*>(user)->client_.fill(address, access, mapping)) return false;
    result->paddr = mapping.physical;
    result->perms = static_cast<uc_prot>((mapping.read ? UC_PROT_READ : 0) | (mapping.write ? UC_PROT_WRITE : 0) |
                                         (mapping.execute ? UC_PROT_EXEC : 0));
    return true;
  }
  static void on_exception(uc_engine*, u32 number, void* user) {
    static_cast<UnicornEngine*>(user)->client_.exception(static_cast<Exception>(number));
  }
  static void on_instruction(uc_engine*, u64 address, u32, void* user) {
    static_cast<UnicornEngine*>(user)->client_.instruction(address);
  }
  // A stop from another thread is a flag that this one looks at when a block begins. uc_emu_stop itself must not come from
  // elsewhere: now and then the engine then leaves with the address of its last load, which is executed again.
  static void on_block(uc_engine* uc, u64 address, u32, void* user) {
    auto* self = static_cast<UnicornEngine*>(user);
    const u32 wanted = self->wanted_.load(std::memory_order_relaxed);
    if (wanted == 0) [[likely]]
      return;
    if (wanted & wanted_blocks) self->client_.block(address);
    if (wanted & wanted_stop) uc_emu_stop(uc);
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

  static constexpr u32 wanted_stop = 1;
  static constexpr u32 wanted_blocks = 2;

  EngineClient& client_;
  uc_engine* uc_ = nullptr;
  uc_err last_error_ = UC_ERR_OK;
  std::atomic<u32> wanted_{0};  // at the beginning of a block
};

}  // namespace

emu::Result<std::unique_ptr<Engine>> Engine::create(EngineClient& client, Report report) {
  auto engine = std::make_unique<UnicornEngine>(client);
  if (auto status = engine->open(report); !status) return status.error();
  return std::unique_ptr<Engine>(std::move(engine));
}

}  // namespace cpu
