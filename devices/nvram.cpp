// SPDX-License-Identifier: GPL-2.0-or-later
#include "devices/nvram.h"

namespace devices {

namespace {

// As it leaves the factory: one partition of free space over all of it, so that an operating system can cut its own from it.
// (CHRP binding, 8.3: signature, checksum, length in blocks of 16 bytes, name)
Bytes formatted() {
  Bytes content(Nvram::bytes);
  constexpr u8 free_space = 0x7F;
  content[0] = free_space;
  emu::store_be(&content[2], static_cast<u16>(Nvram::bytes / 16));
  std::fill_n(content.begin() + 4, 12, u8{'w'});
  u32 sum = 0;
  for (int i = 0; i < 16; ++i) sum += content[static_cast<size_t>(i)];
  while (sum > 0xFF) sum = (sum & 0xFF) + (sum >> 8);
  content[1] = static_cast<u8>(sum);
  return content;
}

}  // namespace

Nvram::Nvram(Keep keep) : keep_(std::move(keep)), content_(formatted()) {}

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
