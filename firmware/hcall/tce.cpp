// SPDX-License-Identifier: GPL-2.0-or-later
// Translation control entries: which pages devices and partners may reach. (LoPAR 14.5.4.2)
#include "firmware/hcall/handlers.h"

namespace firmware {

using namespace status;

namespace {

constexpr u64 permissions = devices::tce_read | devices::tce_write;
constexpr u64 page_bits = ~(emu::page_size - 1);
constexpr u64 most_at_once = 512;

Answer check_address(const devices::TceTable* table, u64 io_address, u64 pages) {
  if (!table) return H_PARAMETER;
  if (!table->contains(io_address & page_bits, pages * emu::page_size)) return H_PARAMETER;
  return H_SUCCESS;
}

// An entry without permissions unmaps; any other must lead to the partition's own memory. The page is fetched now, so that
// a device's access later never has to wait for it.
Answer check_entry(Partition& partition, u64 tce) {
  if (!(tce & permissions)) return H_SUCCESS;
  const u64 real = tce & page_bits;
  if (!partition.is_memory(real, emu::page_size)) return H_PARAMETER;
  if (partition.memory().contains(real, emu::page_size) && !partition.memory().ensure_present(real >> emu::page_shift))
    return H_HARDWARE;
  return H_SUCCESS;
}

u64 entry_of(u64 tce) { return tce & permissions ? tce & (page_bits | permissions) : 0; }

}  // namespace

Answer h_get_tce(Partition& partition, Call& call) {
  const auto [liobn, io_address] = std::array{call.in[0], call.in[1]};
  const auto table = partition.tce_table(liobn);
  if (const Answer answer = check_address(table.get(), io_address, 1); answer != H_SUCCESS) return answer;
  call.give({table->get(io_address)});
  return H_SUCCESS;
}

Answer h_put_tce(Partition& partition, Call& call) {
  const auto [liobn, io_address, tce] = std::array{call.in[0], call.in[1], call.in[2]};
  const auto table = partition.tce_table(liobn);
  if (const Answer answer = check_address(table.get(), io_address, 1); answer != H_SUCCESS) return answer;
  if (const Answer answer = check_entry(partition, tce); answer != H_SUCCESS) return answer;
  table->set(io_address, entry_of(tce));
  return H_SUCCESS;
}

Answer h_stuff_tce(Partition& partition, Call& call) {
  const auto [liobn, io_address, tce, count] = std::array{call.in[0], call.in[1], call.in[2], call.in[3]};
  const auto table = partition.tce_table(liobn);
  if (count > most_at_once) return H_P4;
  if (const Answer answer = check_address(table.get(), io_address, count); answer != H_SUCCESS) return answer;
  if (const Answer answer = check_entry(partition, tce); answer != H_SUCCESS) return answer;
  for (u64 i = 0; i < count; ++i) table->set(io_address + i * emu::page_size, entry_of(tce));
  return H_SUCCESS;
}

Answer h_put_tce_indirect(Partition& partition, Call& call) {
  const auto [liobn, io_address, list, count] = std::array{call.in[0], call.in[1], call.in[2], call.in[3]};
  const auto table = partition.tce_table(liobn);
  if (count > most_at_once) return H_P4;
  if (list % emu::page_size || !partition.memory().contains(list, emu::page_size)) return H_P3;
  if (const Answer answer = check_address(table.get(), io_address, count); answer != H_SUCCESS) return answer;
  for (u64 i = 0; i < count; ++i) {
    u64 tce = 0;
    if (!partition.memory().read_be(list + i * sizeof(u64), tce)) return H_HARDWARE;
    if (const Answer answer = check_entry(partition, tce); answer != H_SUCCESS) return answer;
    table->set(io_address + i * emu::page_size, entry_of(tce));
  }
  return H_SUCCESS;
}

}  // namespace firmware
