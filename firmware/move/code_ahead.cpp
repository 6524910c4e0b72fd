// SPDX-License-Identifier: GPL-2.0-or-later
#include "firmware/move/code_ahead.h"

namespace firmware::move {

std::vector<Bytes> to_payloads(std::span<const cpu::HotCode> code) {
  std::vector<Bytes> payloads;
  for (; !code.empty(); code = code.subspan(std::min<size_t>(code.size(), code_per_record))) {
    const auto part = code.first(std::min<size_t>(code.size(), code_per_record));
    Bytes& payload = payloads.emplace_back(part.size() * code_entry);
    for (size_t i = 0; i < part.size(); ++i) {
      u8* at = payload.data() + i * code_entry;
      emu::store_be(at, part[i].pc);
      emu::store_be(at + 8, part[i].page);
      emu::store_be(at + 12, part[i].mode);
    }
  }
  return payloads;
}

emu::Result<std::vector<cpu::HotCode>> read_code(const Record& record) {
  if (record.count == 0 || record.count > code_per_record || record.payload.size() != u64{record.count} * code_entry)
    return damaged(record, "is not as long as it says");
  std::vector<cpu::HotCode> code(record.count);
  for (u32 i = 0; i < record.count; ++i) {
    const u8* at = record.payload.data() + u64{i} * code_entry;
    code[i] = {.page = emu::load_be<u32>(at + 8), .mode = emu::load_be<u32>(at + 12), .pc = emu::load_be<u64>(at)};
  }
  return code;
}

void CodeAhead::add(std::vector<cpu::HotCode> code) {
  if (enough_) return;
  const std::lock_guard lock(mutex_);
  waiting_.insert(waiting_.end(), code.begin(), code.end());
  if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
  event_.notify_all();
}

void CodeAhead::finish() {
  enough_ = true;
  std::unique_lock lock(mutex_);
  event_.notify_all();
  event_.wait(lock, [this] { return !busy_; });
}

CodeAhead::~CodeAhead() {
  finish();
  if (thread_.joinable()) thread_.join();
}

void CodeAhead::run() {
  for (;;) {
    std::vector<cpu::HotCode> code;
    {
      std::unique_lock lock(mutex_);
      event_.wait(lock, [this] { return enough_ || !waiting_.empty(); });
      if (enough_) return;
      code.swap(waiting_);
      busy_ = true;
    }
    for (Processor* processor : shell_.processors()) processor->cpu->translate_ahead(code, enough_);
    {
      const std::lock_guard lock(mutex_);
      busy_ = false;
      event_.notify_all();
    }
    done_(code.size());
  }
}

}  // namespace firmware::move
