// SPDX-License-Identifier: GPL-2.0-or-later
#include "cpu/disassembly.h"

#include <algorithm>
#include <memory>

#include <capstone/capstone.h>
#include <fmt/format.h>

#include "cpu/msr.h"
#include "cpu/privileged.h"

namespace cpu {

namespace {

// One per thread: a handle must not be used by two at once, and opening it costs more than a line.
class Capstone {
 public:
  Capstone() { open_ = cs_open(CS_ARCH_PPC, static_cast<cs_mode>(CS_MODE_64 + CS_MODE_BIG_ENDIAN), &handle_) == CS_ERR_OK; }
  ~Capstone() {
    if (open_) cs_close(&handle_);
  }
  Capstone(const Capstone&) = delete;
  Capstone& operator=(const Capstone&) = delete;

  std::string text(u64 pc, const u8* bytes) const {
    if (!open_) return "";
    cs_insn* found = nullptr;
    const size_t count = cs_disasm(handle_, bytes, 4, pc, 1, &found);
    if (count == 0) return "";
    std::string text = fmt::format("{:<8} {}", found->mnemonic, found->op_str);
    cs_free(found, count);
    return text;
  }

 private:
  csh handle_ = 0;
  bool open_ = false;
};

constexpr std::pair<u64, std::string_view> vectors[] = {
    {0x100, "system reset"},
    {0x200, "machine check"},
    {0x300, "data storage"},
    {0x380, "data segment"},
    {0x400, "instruction storage"},
    {0x480, "instruction segment"},
    {0x500, "external"},
    {0x600, "alignment"},
    {0x700, "program"},
    {0x800, "floating-point unavailable"},
    {0x900, "decrementer"},
    {0xA00, "directed privileged doorbell"},
    {0xC00, "system call"},
    {0xD00, "trace"},
    {0xF20, "vector unavailable"},
    {0xF40, "VSX unavailable"},
    {0xF60, "facility unavailable"},
};

char mode(u64 msr) {
  if (msr & msr::pr) return 'u';
  return msr & msr::ir ? 'k' : 'r';
}

}  // namespace

std::string describe_interrupt(u64 vector, u64 return_address) {
  const auto* row = std::ranges::find(vectors, vector, [](const auto& entry) { return entry.first; });
  return fmt::format("! {:#x} {}, returns to {:016x}", vector, row == std::end(vectors) ? "interrupt" : row->second,
                     return_address);
}

std::string disassemble(u64 pc, Instruction i, u64 msr) {
  thread_local const Capstone capstone;
  u8 bytes[4];
  emu::store_be(bytes, i.word);
  std::string text = capstone.text(pc, bytes);
  // Capstone 4 does not know all of them.
  if (text.empty()) {
    const Privileged* row = find_privileged(i);
    text = row ? row->name : ".long";
  }
  return fmt::format("{} {:016x}  {:08x}  {}", mode(msr), pc, i.word, text);
}

}  // namespace cpu
