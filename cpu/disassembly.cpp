// SPDX-License-Identifier: GPL-2.0-or-later
#include "cpu/disassembly.h"

#include <memory>

#include <capstone/capstone.h>
#include <fmt/format.h>

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

}  // namespace

std::string disassemble(u64 pc, Instruction i) {
  thread_local const Capstone capstone;
  u8 bytes[4];
  emu::store_be(bytes, i.word);
  std::string text = capstone.text(pc, bytes);
  // Capstone 4 does not know all of them.
  if (text.empty()) {
    const Privileged* row = find_privileged(i);
    text = row ? row->name : ".long";
  }
  return fmt::format("{:016x}  {:08x}  {}", pc, i.word, text);
}

}  // namespace cpu
