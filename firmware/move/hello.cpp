// SPDX-License-Identifier: GPL-2.0-or-later
#include "firmware/move/hello.h"

namespace firmware::move {

void archive(emu::Archive& ar, Hello& hello) {
  auto& [uuid, name, memory_bytes, lmb_mb, hpt_shift, processors] = hello;
  ar.section("hello", 1);
  ar("uuid", uuid);
  ar("name", name);
  ar("memory_bytes", memory_bytes);
  ar("lmb_mb", lmb_mb);
  ar("hpt_shift", hpt_shift);
  ar("processors", processors);
}

void archive(emu::Archive& ar, Suspension& suspension) {
  auto& [suspended_at, state_bytes, state_checksum, residual_pages] = suspension;
  ar.section("suspended", 1);
  ar("suspended_at", suspended_at);
  ar("state_bytes", state_bytes);
  ar("state_checksum", state_checksum);
  ar("residual_pages", residual_pages);
}

}  // namespace firmware::move
