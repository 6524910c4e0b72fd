// SPDX-License-Identifier: GPL-2.0-or-later
#include "devices/nvram.h"

namespace devices {

Node Nvram::describe() const {
  Node node;
  node.name = "nvram";
  node.text("device_type", "nvram").text("compatible", "IBM,nvram").cell("#bytes", bytes);
  return node;
}

bool Nvram::fetch(u64 index, std::span<u8> to) const {
  const std::lock_guard lock(mutex_);
  if (index > bytes || to.size() > bytes - index) return false;
  std::copy_n(content_.begin() + static_cast<std::ptrdiff_t>(index), to.size(), to.begin());
  return true;
}

bool Nvram::store(u64 index, std::span<const u8> from) {
  Bytes now;
  {
    const std::lock_guard lock(mutex_);
    if (index > bytes || from.size() > bytes - index) return false;
    std::copy(from.begin(), from.end(), content_.begin() + static_cast<std::ptrdiff_t>(index));
    now = content_;
  }
  if (keep_) keep_(now);
  return true;
}

void Nvram::power_on(const Bytes& kept) {
  const std::lock_guard lock(mutex_);
  if (kept.size() == bytes) content_ = kept;
}

Bytes Nvram::content() const {
  const std::lock_guard lock(mutex_);
  return content_;
}

void Nvram::archive(emu::Archive& ar) {
  const std::lock_guard lock(mutex_);
  ar.section("nvram", 1);
  ar("content", content_);
  if (ar.loading() && content_.size() != bytes) {
    content_.assign(bytes, 0);
    ar.fail("has not the size of this machine's NVRAM");
  }
}

}  // namespace devices
