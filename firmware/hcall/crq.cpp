// SPDX-License-Identifier: GPL-2.0-or-later
// Command/response queues and what a server does with them. (LoPAR 17.2.3)
#include "emu/core/adapter_kinds.h"
#include "firmware/frame.h"
#include "firmware/hcall/handlers.h"

namespace firmware {

using namespace status;
using emu::AdapterKind;

namespace {

constexpr u64 most_copied = 16 * MiB;
constexpr u8 header_valid = 0x80;
constexpr u8 header_transport_event = 0xFF;
constexpr u32 gathered_at_once = 1024;

bool is_vasi(const Adapter& adapter) { return adapter.config().kind == AdapterKind::vasi; }

}  // namespace

Answer h_reg_crq(Partition& partition, Call& call) {
  const auto [unit, io_address, bytes] = std::array{call.in[0], call.in[1], call.in[2]};
  const auto adapter = partition.adapter(unit);
  if (!adapter || !adapter->queue()) return H_PARAMETER;
  if (io_address % emu::page_size || bytes == 0 || bytes % emu::page_size) return H_PARAMETER;
  if (!adapter->window()->contains(io_address, bytes)) return H_PARAMETER;
  if (!adapter->window()->mapped(io_address, bytes, devices::tce_read | devices::tce_write)) return H_PARAMETER;
  if (is_vasi(*adapter)) {
    if (adapter->queue()->registered()) return H_RESOURCE;
    partition.frame().vasi_reset(partition, *adapter);
  }
  if (!adapter->queue()->open(io_address, bytes)) return H_RESOURCE;
  if (is_vasi(*adapter)) return H_SUCCESS;
  const auto partner = partition.partner(*adapter);
  return partner && partner->queue()->registered() ? H_SUCCESS : H_CLOSED;
}

Answer h_free_crq(Partition& partition, Call& call) {
  const auto adapter = partition.adapter(call.in[0]);
  if (!adapter || !adapter->queue()) return H_PARAMETER;
  if (!adapter->queue()->close()) return H_SUCCESS;
  if (is_vasi(*adapter)) {
    partition.frame().vasi_reset(partition, *adapter);
  } else if (const auto partner = partition.partner(*adapter)) {
    partner->queue()->event(devices::crq_partner_deregistered);
  }
  return H_SUCCESS;
}

Answer h_send_crq(Partition& partition, Call& call) {
  const auto [unit, high, low] = std::array{call.in[0], call.in[1], call.in[2]};
  const auto adapter = partition.adapter(unit);
  if (!adapter || !adapter->queue()) return H_PARAMETER;
  const u8 header = static_cast<u8>(high >> 56);
  if (!(header & header_valid) || header == header_transport_event) return H_PARAMETER;
  const devices::CrqState own = adapter->queue()->state();
  if (!own.registered || own.disabled) return H_CLOSED;
  if (is_vasi(*adapter)) return partition.frame().vasi_message(partition, *adapter, high, low);
  const auto partner = partition.partner(*adapter);
  if (!partner) return H_CLOSED;
  switch (partner->queue()->send(high, low)) {
    case devices::Crq::Sent::done:
      return H_SUCCESS;
    case devices::Crq::Sent::closed:
      return H_CLOSED;
    case devices::Crq::Sent::full:
      return H_DROPPED;
  }
  return H_HARDWARE;
}

// After a move the queue opens again when all pages that the partner may reach have arrived: the partner never waits for a
// page. (LoPAR 17.2.3.1.5.4)
Answer h_enable_crq(Partition& partition, Call& call) {
  const auto adapter = partition.adapter(call.in[0]);
  if (!adapter || !adapter->queue()) return H_PARAMETER;
  if (!adapter->queue()->registered()) return H_PARAMETER;
  if (!adapter->window()->gather(gathered_at_once)) return H_LONG_BUSY_10_MS;
  adapter->queue()->enable();
  return H_SUCCESS;
}

// Length, source window and I/O address, destination window and I/O address. One of the windows may be the partner's.
Answer h_copy_rdma(Partition& partition, Call& call) {
  const auto [length, from_liobn, from, to_liobn, to] = std::array{call.in[0], call.in[1], call.in[2], call.in[3], call.in[4]};
  struct End {
    std::shared_ptr<devices::TceTable> table;
    devices::By by = devices::By::owner;
  };
  const auto resolve = [&partition](u64 liobn) -> End {
    if (liobn > 0xFFFFFFFF) return {};
    if (auto own = partition.tce_table(static_cast<u32>(liobn))) return {std::move(own), devices::By::owner};
    const u64 slot = liobn ^ remote_liobn_of(0);
    const auto adapter = slot < slot_limit ? partition.adapter_in_slot(static_cast<u32>(slot)) : nullptr;
    if (!adapter || adapter->remote_liobn() != liobn || !adapter->queue()) return {};
    const auto partner = partition.partner(*adapter);
    // Only while the partner's queue is open: a suspended partner's memory does not change.
    if (!partner || !partner->queue()->registered() || partner->queue()->state().disabled) return {};
    return {partner->window(), devices::By::other};
  };
  const End source = resolve(from_liobn);
  if (!source.table) return H_SOURCE_PARM;
  const End target = resolve(to_liobn);
  if (!target.table) return H_DEST_PARM;
  if (length > most_copied) return H_PARAMETER;
  if (!source.table->mapped(from, length, devices::tce_read)) return H_SOURCE_PARM;
  if (!target.table->mapped(to, length, devices::tce_write)) return H_DEST_PARM;
  std::array<u8, 16 * emu::page_size> piece;
  for (u64 done = 0; done < length;) {
    const std::span<u8> part = std::span(piece).first(std::min<u64>(piece.size(), length - done));
    if (!source.table->read(from + done, part, source.by)) return H_PERMISSION;
    if (!target.table->write(to + done, part, target.by)) return H_PERMISSION;
    done += part.size();
  }
  return H_SUCCESS;
}

// SIMPLIFIED: of the many subfunctions the two that a virtual SCSI server needs around a suspension. Preparing is optional:
// the guest has quiesced, and the event that follows the suspension says the rest.
Answer h_vioctl(Partition& partition, Call& call) {
  const auto [unit, subfunction, value] = std::array{call.in[0], call.in[1], call.in[2]};
  const auto adapter = partition.adapter(unit);
  if (!adapter) return H_PARAMETER;
  if (emu::row_of(adapter->config().kind).end != emu::End::server) return H_P2;
  if (subfunction == hcall::READY_FOR_SUSPEND) return H_SUCCESS;
  if (subfunction != hcall::ENABLE_PREPARE_FOR_SUSPEND) return H_P2;
  return value > 0xFFFFFFFF ? H_P3 : H_SUCCESS;
}

}  // namespace firmware
