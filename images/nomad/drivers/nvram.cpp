// SPDX-License-Identifier: GPL-2.0-or-later
#include "drivers/nvram.h"

#include "kernel/device_tree.h"
#include "kernel/machine.h"
#include "kernel/rtas.h"
#include "lib/text.h"

namespace nomad::nvram {
namespace {

alignas(128) u8 transfer[128];  // in the image: RTAS wants a real address below 4 GiB

bool move(const char* service, u32 offset, u32 length) {
  u32 count = 0;
  const u32 inputs[] = {offset, static_cast<u32>(real_of(transfer)), length};
  return rtas::call(service, inputs, 3, &count, 1) == 0 && count == length;
}

}  // namespace

u32 size() { return static_cast<u32>(tree::number(tree::next_of_type(nullptr, "nvram"), "#bytes", 0)); }

bool fetch(u32 offset, void* buffer, u32 length) {
  for (u32 done = 0; done < length;) {
    const u32 part = length - done < sizeof transfer ? length - done : static_cast<u32>(sizeof transfer);
    if (offset + done + part > size() || !move("nvram-fetch", offset + done, part)) return false;
    memcpy(static_cast<u8*>(buffer) + done, transfer, part);
    done += part;
  }
  return true;
}

bool store(u32 offset, const void* buffer, u32 length) {
  for (u32 done = 0; done < length;) {
    const u32 part = length - done < sizeof transfer ? length - done : static_cast<u32>(sizeof transfer);
    memcpy(transfer, static_cast<const u8*>(buffer) + done, part);
    if (offset + done + part > size() || !move("nvram-store", offset + done, part)) return false;
    done += part;
  }
  return true;
}

}  // namespace nomad::nvram
