// SPDX-License-Identifier: GPL-2.0-or-later
// Virtual terminals. (LoPAR 17.5.2.1)
#include <algorithm>

#include "firmware/hcall/handlers.h"

namespace firmware {

using namespace status;

namespace {

constexpr u64 characters = 16;

// Unit 0 is the first terminal, whatever its unit address.
std::shared_ptr<Adapter> terminal(Partition& partition, u64 unit) {
  auto adapter = unit == 0 ? partition.adapter_in_slot(0) : partition.adapter(unit);
  return adapter && adapter->terminal() ? adapter : nullptr;
}

}  // namespace

Answer h_get_term_char(Partition& partition, Call& call) {
  const auto adapter = terminal(partition, call.in[0]);
  if (!adapter) return H_PARAMETER;
  std::array<u8, characters> keys{};
  const size_t count = adapter->terminal()->read(keys);
  call.give({count, emu::load_be<u64>(keys.data()), emu::load_be<u64>(keys.data() + 8)});
  return H_SUCCESS;
}

Answer h_put_term_char(Partition& partition, Call& call) {
  const auto adapter = terminal(partition, call.in[0]);
  if (!adapter) return H_PARAMETER;
  if (call.in[1] > characters) return H_PARAMETER;
  std::array<u8, characters> text{};
  emu::store_be(text.data(), call.in[2]);
  emu::store_be(text.data() + 8, call.in[3]);
  adapter->terminal()->write(std::span(text).first(call.in[1]));
  return H_SUCCESS;
}

}  // namespace firmware
