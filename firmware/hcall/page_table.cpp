// SPDX-License-Identifier: GPL-2.0-or-later
// The hashed page table, which the guest changes only by asking. (LoPAR 14.5.4.1; docs/papr.md, Page table)
#include "firmware/hcall/handlers.h"

namespace firmware {

using namespace status;
using cpu::Hpte;

namespace {

// Flags, as bits of r4.
constexpr u64 flag_avpn = u64{1} << 31;
constexpr u64 flag_andcond = u64{1} << 30;
constexpr u64 flag_exact = u64{1} << 39;
constexpr u64 flag_read_4 = u64{1} << 37;
constexpr u64 flag_zero_page = u64{1} << 15;
constexpr u64 flag_copy_page = u64{1} << 14;

// Fields of an entry.
constexpr u64 avpn_bits = ~u64{0x7F};
constexpr u64 real_page = 0x0FFF'FFFF'FFFF'F000;
constexpr u64 pp0 = u64{1} << 63;
constexpr u64 key_high = 0x3000'0000'0000'0000;
constexpr u64 key_low = 0xE00;
constexpr u64 no_execute = 0x4;
constexpr u64 pp = 0x3;
constexpr u64 wimg_cache_inhibited = 0x20;
// The two software bits of the first doubleword and what the hypervisor keeps for itself are cleared on entry.
constexpr u64 v_reserved = 0x60;
constexpr u64 r_reserved = 0;

constexpr u64 slots_per_group = 8;
constexpr u32 huge_page_shift = 34;

bool has_table(Partition& partition) { return !partition.native(); }

Answer remove(Partition& partition, u64 flags, u64 slot, u64 avpn, Hpte& old) {
  cpu::HashPageTable& table = partition.page_table();
  if (slot >= table.slots()) return H_PARAMETER;
  old = table.read(slot);
  if (!(old.v & cpu::hpte_valid)) return H_NOT_FOUND;
  if ((flags & flag_avpn) && (old.v & avpn_bits) != avpn) return H_NOT_FOUND;
  if ((flags & flag_andcond) && (old.v & avpn)) return H_NOT_FOUND;
  table.write(slot, {});  // processors notice a translation that is taken back by themselves
  return H_SUCCESS;
}

}  // namespace

Answer h_remove(Partition& partition, Call& call) {
  if (!has_table(partition)) return H_FUNCTION;
  Hpte old;
  const Answer answer = remove(partition, call.in[0], call.in[1], call.in[2], old);
  if (answer == H_SUCCESS) call.give({old.v, old.r});
  return answer;
}

Answer h_enter(Partition& partition, Call& call) {
  if (!has_table(partition)) return H_FUNCTION;
  const auto [flags, ptex, v_in, r] = std::array{call.in[0], call.in[1], call.in[2], call.in[3]};
  cpu::HashPageTable& table = partition.page_table();
  if (ptex >= table.slots()) return H_PARAMETER;
  const u32 shift = cpu::page_shift_of({v_in, r});
  if (shift == 0) return H_PARAMETER;
  const u64 size = u64{1} << shift;
  const u64 real = r & real_page & ~(size - 1);
  const bool is_far = partition.memory().far().contains(real, size);
  const bool is_ram = is_far || (real + size <= partition.memory_end() && partition.memory().contains(real, size));
  const bool is_bsr = partition.bsr() && shift == 12 && real >= partition.bsr()->base() &&
                      real < partition.bsr()->base() + partition.bsr()->bytes();
  const bool is_device = !is_ram && partition.is_device(real, size);
  if (!is_ram && !is_bsr && !is_device) return H_PARAMETER;
  // The BSR and adapters are reached uncached; for RAM any combination of W, I, M and G is accepted, and has no effect here.
  if ((is_bsr || is_device) && !(r & wimg_cache_inhibited)) return H_PARAMETER;
  // SIMPLIFIED: no call clears or copies 16 GiB; it would hold the partition up for seconds.
  if ((flags & (flag_zero_page | flag_copy_page)) && shift == huge_page_shift) return H_PARAMETER;
  if ((flags & flag_zero_page) && (!is_ram || !partition.memory().zero(real, size))) return H_PARAMETER;
  if (flags & flag_copy_page) {
    const u64 from = call.in[4];
    Bytes content(size);
    if (!is_ram || from % size || !partition.memory().read(from, content) || !partition.memory().write(real, content))
      return H_PARAMETER;
  }
  const Hpte entry{(v_in & ~v_reserved) | cpu::hpte_valid, r & ~r_reserved};
  u64 slot = ptex;
  if (flags & flag_exact) {
    if (table.read(slot).v & cpu::hpte_valid) return H_PTEG_FULL;
  } else {
    const u64 group = ptex & ~(slots_per_group - 1);
    slot = group;
    while (slot < group + slots_per_group && (table.read(slot).v & cpu::hpte_valid)) ++slot;
    if (slot == group + slots_per_group) return H_PTEG_FULL;
  }
  table.write(slot, entry);
  call.give({slot});
  return H_SUCCESS;
}

Answer h_read(Partition& partition, Call& call) {
  if (!has_table(partition)) return H_FUNCTION;
  const auto [flags, ptex] = std::array{call.in[0], call.in[1]};
  cpu::HashPageTable& table = partition.page_table();
  if (ptex >= table.slots()) return H_PARAMETER;
  const bool four = flags & flag_read_4;
  const u64 first = four ? ptex & ~u64{3} : ptex;
  for (u64 i = 0; i < (four ? 4 : 1); ++i) {
    const Hpte entry = table.read(first + i);
    call.give({entry.v, entry.r});
  }
  return H_SUCCESS;
}

namespace {

// The valid entry that a call names by flags, index and AVPN.
Answer find_entry(Partition& partition, const Call& call, Hpte& entry) {
  if (!has_table(partition)) return H_FUNCTION;
  const auto [flags, ptex, avpn] = std::array{call.in[0], call.in[1], call.in[2]};
  cpu::HashPageTable& table = partition.page_table();
  if (ptex >= table.slots()) return H_PARAMETER;
  entry = table.read(ptex);
  if (!(entry.v & cpu::hpte_valid)) return H_NOT_FOUND;
  if ((flags & flag_avpn) && (entry.v & avpn_bits) != avpn) return H_NOT_FOUND;
  return H_SUCCESS;
}

Answer clear_bit(Partition& partition, Call& call, u64 bit) {
  Hpte entry;
  if (const Answer found = find_entry(partition, call, entry); found != H_SUCCESS) return found;
  call.give({entry.r});
  entry.r &= ~bit;
  partition.page_table().write(call.in[1], entry);
  return H_SUCCESS;
}

}  // namespace

Answer h_clear_mod(Partition& partition, Call& call) { return clear_bit(partition, call, cpu::hpte_changed); }
Answer h_clear_ref(Partition& partition, Call& call) { return clear_bit(partition, call, cpu::hpte_referenced); }

Answer h_protect(Partition& partition, Call& call) {
  Hpte entry;
  if (const Answer found = find_entry(partition, call, entry); found != H_SUCCESS) return found;
  const u64 flags = call.in[0];
  entry.r &= ~(pp0 | key_high | key_low | no_execute | pp);
  entry.r |= (flags << 55 & pp0) | (flags << 48 & key_high) | (flags & (key_low | no_execute | pp));
  partition.page_table().write(call.in[1], entry);
  return H_SUCCESS;
}

// Four pairs of a control doubleword and an AVPN. The call succeeds even if none is found: each answer is in its control.
Answer h_bulk_remove(Partition& partition, Call& call) {
  if (!has_table(partition)) return H_FUNCTION;
  constexpr u64 type_bits = u64{3} << 62;
  constexpr u64 type_request = u64{1} << 62;
  constexpr u64 type_response = u64{2} << 62;
  constexpr u64 type_end = u64{3} << 62;
  constexpr u64 ptex_bits = (u64{1} << 56) - 1;
  constexpr u64 reserved_bits = 0x3C00'0000'0000'0000;
  constexpr u64 code_not_found = u64{1} << 60;
  constexpr u64 code_parameter = u64{2} << 60;
  Answer result = H_SUCCESS;
  std::array<u64, 9> answer = call.in;
  for (size_t pair = 0; pair < 8 && result == H_SUCCESS; pair += 2) {
    u64& control = answer[pair];
    const u64 avpn = call.in[pair + 1];
    if ((control & type_bits) == type_end) break;
    if ((control & type_bits) != type_request) {
      result = H_PARAMETER;
      break;
    }
    const bool avpn_wanted = control & (u64{2} << 56);
    const bool andcond = control & (u64{1} << 56);
    const u64 kept = control & ~(type_bits | reserved_bits);
    if ((control & reserved_bits) || (avpn_wanted && andcond)) {
      control = kept | type_response | code_parameter;
      result = H_PARAMETER;
      break;
    }
    Hpte old;
    const Answer one =
        remove(partition, (avpn_wanted ? flag_avpn : 0) | (andcond ? flag_andcond : 0), control & ptex_bits, avpn, old);
    control = kept | type_response;
    if (one == H_SUCCESS) control |= (old.r & (cpu::hpte_referenced | cpu::hpte_changed)) << 51;
    if (one == H_NOT_FOUND) control |= code_not_found;
    if (one == H_PARAMETER) {
      control |= code_parameter;
      result = H_PARAMETER;
    }
  }
  call.out = answer;
  call.outs = 8;
  return result;
}

// SIMPLIFIED: done at once. A table of 2^28 bytes takes about 0.1 s; real firmware would answer "long busy" between.
Answer h_clear_hpt(Partition& partition, Call& call) {
  if (!has_table(partition)) return H_FUNCTION;
  if (call.in[0] != 0) return H_PARAMETER;
  cpu::HashPageTable& table = partition.page_table();
  for (u64 slot = 0; slot < table.slots(); ++slot)
    if (table.read(slot).v & cpu::hpte_valid) table.write(slot, {});
  return H_SUCCESS;
}

// Kernels of POWER9 and later register that they use the hashed page table; there is nothing else to choose.
Answer h_register_proc_tbl(Partition& partition, Call& call) {
  if (!has_table(partition)) return H_FUNCTION;
  constexpr u64 flag_radix = 0x4;
  constexpr u64 flag_new = 0x8;
  constexpr u64 flag_register = 0x10;
  const u64 flags = call.in[0];
  if (flags & ~u64{0x1F}) return H_PARAMETER;
  if (flags & flag_radix) return H_FUNCTION;
  if ((flags & flag_new) && (flags & flag_register) && call.in[1] != 0) return H_P2;
  return H_SUCCESS;
}

// Flags: zero, copy, which goes before, and cache operations that have no effect here.
Answer h_page_init(Partition& partition, Call& call) {
  constexpr u64 zero = flag_zero_page;
  constexpr u64 copy = flag_copy_page;
  const auto [flags, to, from] = std::array{call.in[0], call.in[1], call.in[2]};
  if (to % emu::page_size || !partition.memory().contains(to, emu::page_size)) return H_PARAMETER;
  if (!(flags & (copy | zero))) return H_SUCCESS;
  if (!(flags & copy)) return partition.memory().zero(to, emu::page_size) ? H_SUCCESS : H_HARDWARE;
  if (from % emu::page_size || !partition.memory().contains(from, emu::page_size)) return H_PARAMETER;
  Bytes content(emu::page_size);
  return partition.memory().read(from, content) && partition.memory().write(to, content) ? H_SUCCESS : H_HARDWARE;
}

}  // namespace firmware
