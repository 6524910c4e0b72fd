// SPDX-License-Identifier: GPL-2.0-or-later
// One file: a login, its requests and their end are one protocol (SRP) on one queue.
#include "vios/scsi/host.h"

#include "emu/core/log.h"
#include "firmware/hcall_numbers.h"

#include <algorithm>

namespace vios {

using namespace firmware::hcall;
using namespace firmware::status;
using emu::load_be;
using emu::store_be;

namespace {

constexpr emu::Log log_scsi("vios.scsi");

// Our window: the queue, a place for information units, one for descriptor lists, and the staging memory for data.
constexpr u64 queue_bytes = 16 * KiB;
constexpr u64 iu_at = queue_bytes;
constexpr u64 list_at = iu_at + 4 * KiB;
constexpr u64 list_bytes = 4 * KiB;
constexpr u64 staging_at = list_at + list_bytes;
constexpr u64 most_staging = 256 * KiB;

constexpr u64 largest_copy = 128 * KiB;  // of one H_COPY_RDMA
constexpr u32 request_limit = 100;
constexpr u32 largest_transfer = 1 * MiB;  // what adapter info announces; more is served as well
constexpr size_t most_segments = 4096;     // of one command
constexpr int elements_at_once = 64;

constexpr u64 crq_srp = 1;
constexpr u64 crq_mad = 2;

// SIMPLIFIED: CLIENT_FAILURE is in the Redbook's table B-3 by its label only; this identifier is ours.
constexpr std::string_view client_failure = "B70A3C51";

}  // namespace

// Moves data between the staging memory and the buffers that a command describes.
class ScsiHost::ClientTransfer final : public scsi::Transfer {
 public:
  ClientTransfer(ScsiHost& host, const srp::Buffer& in, const srp::Buffer& out) : host_(host), in_{in}, out_{out} {}

  // Reads descriptor lists that are longer than what came with the command.
  bool prepare() { return complete(in_) && complete(out_); }

  std::span<u8> staging() override { return host_.window_.bytes(staging_at, host_.window_.size() - staging_at); }
  bool put(u64 bytes) override {
    const u64 fits = std::min(bytes, in_.length - std::min(in_.length, in_.moved));
    const bool moved = move(in_, fits, true);
    in_.moved += bytes;
    return moved;
  }
  bool get(u64 bytes) override {
    const bool there = out_.moved + bytes <= out_.length && move(out_, bytes, false);
    out_.moved += bytes;
    return there;
  }

  void tell_residuals(srp::Response& response) const {
    const auto tell = [&](const Side& side, u8 over, u8 under, u32& residual) {
      if (side.moved == side.length) return;
      response.residual |= side.moved > side.length ? over : under;
      residual = static_cast<u32>(side.moved > side.length ? side.moved - side.length : side.length - side.moved);
    };
    tell(in_, srp::in_over, srp::in_under, response.in_residual);
    tell(out_, srp::out_over, srp::out_under, response.out_residual);
  }

 private:
  struct Side {
    explicit Side(const srp::Buffer& wanted) : buffer(wanted), length(wanted.length) {}
    srp::Buffer buffer;
    u64 length;     // how much the client expects
    u64 moved = 0;  // how much the command has
    size_t segment = 0;
    u64 in_segment = 0;
  };

  bool complete(Side& side) {
    u64 described = 0;
    for (const srp::Segment& each : side.buffer.segments) described += each.length;
    const srp::Segment& table = side.buffer.table;
    if (described >= side.length || side.buffer.form != srp::Buffer::Form::indirect) return described >= side.length;
    if (table.length % 16 != 0 || table.length / 16 > most_segments) return false;
    side.buffer.segments.clear();
    described = 0;
    for (u64 at = 0; at < table.length; at += list_bytes) {
      const u64 part = std::min<u64>(list_bytes, table.length - at);
      if (!host_.from_client(table.address + at, list_at, part)) return false;
      const auto list = host_.window_.bytes(list_at, part);
      for (u64 i = 0; i < part; i += 16) {
        side.buffer.segments.push_back({load_be<u64>(&list[i]), load_be<u32>(&list[i + 12])});
        described += side.buffer.segments.back().length;
      }
    }
    return described >= side.length;
  }

  bool move(Side& side, u64 bytes, bool to_client) {
    for (u64 at = 0; at < bytes;) {
      if (side.segment == side.buffer.segments.size()) return false;
      const srp::Segment& segment = side.buffer.segments[side.segment];
      const u64 part = std::min({bytes - at, segment.length - side.in_segment, largest_copy});
      const u64 address = segment.address + side.in_segment;
      if (part &&
          !(to_client ? host_.to_client(staging_at + at, address, part) : host_.from_client(address, staging_at + at, part)))
        return false;
      at += part;
      side.in_segment += part;
      if (side.in_segment == segment.length) {
        ++side.segment;
        side.in_segment = 0;
      }
    }
    return true;
  }

  ScsiHost& host_;
  Side in_;
  Side out_;
};

emu::Result<std::unique_ptr<ScsiHost>> ScsiHost::create(firmware::NativePartition& partition, RealMemory& real,
                                                        const firmware::NativeAdapter& adapter, std::string name,
                                                        std::string initiator, Flusher& flusher, ErrorLogSink& errors) {
  const u64 staging = std::min<u64>(most_staging, adapter.window_bytes - std::min<u64>(adapter.window_bytes, staging_at));
  if (staging < emu::page_size) return emu::Error{"window", "The DMA window of " + name + " is too small."};
  DmaWindow window = TRY(DmaWindow::create(partition, real, adapter, staging_at + staging));
  auto host = std::unique_ptr<ScsiHost>(
      new ScsiHost(partition, std::move(window), adapter, std::move(name), std::move(initiator), flusher, errors));
  host->open();
  return host;
}

ScsiHost::ScsiHost(firmware::NativePartition& partition, DmaWindow window, const firmware::NativeAdapter& adapter,
                   std::string name, std::string initiator, Flusher& flusher, ErrorLogSink& errors)
    : partition_(partition),
      window_(std::move(window)),
      adapter_(adapter),
      name_(std::move(name)),
      initiator_(std::move(initiator)),
      flusher_(flusher),
      errors_(errors),
      queue_(partition, window_, adapter.unit_address, queue_bytes) {}

ScsiHost::~ScsiHost() {
  client_gone(State::closed);
  queue_.close();
}

void ScsiHost::open() {
  const s64 status = queue_.open();
  if (!queue_.is_open()) return;
  state_ = State::registered;
  // Optional: a hypervisor that does not know it lets a move suspend without asking us.
  constexpr u64 prepare_timeout_ms = 1000;
  partition_.hcall(H_VIOCTL, {adapter_.unit_address, ENABLE_PREPARE_FOR_SUSPEND, prepare_timeout_ms, 0, 0});
  if (status == H_SUCCESS) queue_.send(crq::initialize, 0);  // the client is there already: it answers
}

void ScsiHost::retry() {
  if (state_ == State::closed) return open();
  if (state_ == State::suspended && queue_.enable() == H_SUCCESS) state_ = State::registered;
}

bool ScsiHost::poll() {
  for (int i = 0; i < elements_at_once; ++i) {
    const auto element = queue_.next();
    if (!element) return false;
    handle(*element);
  }
  return true;
}

void ScsiHost::handle(const CrqElement& element) {
  switch (element.header()) {
    case crq::initialization:
      // A client that begins anew forgets what was before.
      if (on_client_) on_client_();
      if (element.format() == 1) {
        client_gone(State::initialized, suspended_ ? Reserved::kept : Reserved::ended);
        queue_.send(crq::initialized, 0);
      } else if (element.format() == 2 && state_ == State::registered) {
        state_ = State::initialized;
      }
      return;
    case crq::transport:
      return transport_event(element.format());
    case crq::message:
      if (preparing_) {
        held_.push_back(element);
        return;
      }
      return message(element);
    default:
      log_scsi.debug("{}: element {:016x} {:016x} dropped", name_, element.high, element.low);
  }
}

void ScsiHost::transport_event(u8 event) {
  log_scsi.info("{}: transport event {:#04x}", name_, event);
  switch (event) {
    case crq::partner_failed:
      errors_.record(client_failure, 'T', 'S', name_, "Client partition failure");
      return client_gone(State::registered);
    case crq::partner_deregistered:
      return client_gone(State::registered);
    case crq::partner_suspended:
      // Commands are carried out as they are taken, so all writes so far are in the LUN's file, where every VIOS of every
      // frame sees them. A flush that still runs changes nothing of that; its answer is dropped.
      // A reservation stays, and is found before the client is handed over; one that goes on here still has it.
      client_gone(State::suspended, Reserved::kept);
      suspended_ = true;
      return retry();
    case crq::prepare_for_suspend:
      preparing_ = true;
      ready_told_ = false;
      return ready_for_suspend_if_idle();
    case crq::resume: {
      preparing_ = false;
      auto held = std::exchange(held_, {});
      for (const CrqElement& each : held) message(each);
      return;
    }
    default:
      // Unknown events mean that the path is not what it was: as if the client had gone.
      return client_gone(State::registered);
  }
}

void ScsiHost::client_gone(State next, Reserved reserved) {
  waiting_.clear();
  held_.clear();
  preparing_ = false;
  if (reserved == Reserved::ended && (state_ == State::logged_in || suspended_))
    for (const scsi::Target& each : targets_) each.disk->reservations().lost(initiator_);
  suspended_ = false;
  state_ = next;
}

void ScsiHost::ready_for_suspend_if_idle() {
  if (!preparing_ || ready_told_ || !waiting_.empty()) return;
  ready_told_ = true;
  partition_.hcall(H_VIOCTL, {adapter_.unit_address, READY_FOR_SUSPEND, 0, 0, 0});
}

void ScsiHost::message(const CrqElement& element) {
  if (state_ != State::initialized && state_ != State::logged_in) return;  // not a client that has said hello
  const u64 format = element.format();
  if (format != crq_srp && format != crq_mad) return;
  const u64 length = element.high & 0xFFFF;
  if (length == 0 || length > srp::largest_iu || !from_client(element.low, iu_at, length)) {
    log_scsi.warn("{}: an information unit of {} bytes at {:#x} cannot be read", name_, length, element.low);
    return;
  }
  // A copy: the answer is made where the request was.
  const auto there = window_.bytes(iu_at, length);
  const Bytes iu(there.begin(), there.end());
  if (format == crq_srp) {
    information_unit(element, iu);
  } else {
    management(element, iu);
  }
}

// ---- management datagrams ----

void ScsiHost::management(const CrqElement& element, std::span<const u8> iu) {
  const auto header = srp::mad::parse(iu);
  if (!header) return;
  u16 status = srp::mad::not_supported;
  switch (header->type) {
    case srp::mad::adapter_info:
      status = adapter_info(*header) ? srp::mad::done : srp::mad::failed;
      break;
    case srp::mad::capabilities:
      status = capabilities(*header) ? srp::mad::done : srp::mad::failed;
      break;
    case srp::mad::enable_fast_fail:
    case srp::mad::empty_iu:
      status = srp::mad::done;
      break;
    default:
      break;
  }
  Bytes reply(iu.begin(), iu.end());
  store_be(&reply[4], status);
  answer(crq_mad, element.low, reply, header->tag);
}

bool ScsiHost::adapter_info(const srp::mad::Header& header) {
  if (header.length < srp::mad::adapter_info_size) return false;
  const auto data = window_.bytes(iu_at, srp::mad::adapter_info_size);
  std::fill(data.begin(), data.end(), u8{0});
  const auto text = [&](size_t at, std::string_view what, size_t width) {
    std::copy_n(what.begin(), std::min(what.size(), width - 1), &data[at]);
  };
  text(0, "16.a", 8);
  text(8, partition_.definition().name, 96);
  store_be(&data[104], partition_.definition().lpar_id);
  store_be(&data[108], u32{1});
  store_be(&data[112], srp::mad::os_aix);
  store_be(&data[116], largest_transfer);
  return to_client(iu_at, header.buffer, srp::mad::adapter_info_size);
}

bool ScsiHost::capabilities(const srp::mad::Header& header) {
  const u64 length = std::min<u64>(header.length, srp::mad::capabilities_size);
  if (length < 68 || !from_client(header.buffer, iu_at, length)) return false;
  const auto data = window_.bytes(iu_at, length);
  // A list of {type, length, what the server supports ...} follows the two names. Unknown ones are left as they are: 0.
  for (u64 at = 68; at + 12 <= length;) {
    const u32 type = load_be<u32>(&data[at]);
    const u16 size = load_be<u16>(&data[at + 4]);
    if (size < 8 || size > length - at) break;
    constexpr u32 migration = 1;
    store_be(&data[at + 6], static_cast<u16>(type == migration ? 1 : 0));
    at += size;
  }
  return to_client(iu_at, header.buffer, length);
}

// ---- SRP ----

void ScsiHost::information_unit(const CrqElement& element, std::span<const u8> iu) {
  switch (iu[0]) {
    case srp::opcode::login_request:
      return login(element, iu);
    case srp::opcode::command:
      return command(element, iu);
    case srp::opcode::task_management:
      return task_management(element, iu);
    default:
      log_scsi.warn("{}: information unit {:#04x} is not one a client sends", name_, iu[0]);
  }
}

void ScsiHost::login(const CrqElement& element, std::span<const u8> iu) {
  const auto request = srp::parse_login(iu);
  if (!request) return;
  const bool too_large = request->largest_iu > srp::largest_iu;
  const bool no_format = (request->formats & (srp::direct_buffers | srp::indirect_buffers)) == 0;
  if (too_large || no_format) {
    const u32 reason = too_large ? srp::reject_iu_too_large : srp::reject_formats;
    return answer(crq_srp, element.low, srp::make_login_reject(request->tag, reason), request->tag);
  }
  state_ = State::logged_in;
  answer(crq_srp, element.low, srp::make_login_response(request->tag, request_limit), request->tag);
}

void ScsiHost::command(const CrqElement& element, std::span<const u8> iu) {
  if (state_ != State::logged_in) return;
  const auto command = srp::parse_command(iu);
  if (!command) {
    // Whoever sent it may still wait for an answer: an ILLEGAL REQUEST says that the fields are wrong.
    if (iu.size() >= 16)
      respond(element.low, {load_be<u64>(&iu[8]),
                            static_cast<u8>(scsi::Status::check_condition),
                            0,
                            0,
                            0,
                            scsi::fixed_sense({5, 0x0E, 0x03}),
                            {}});
    return;
  }
  ClientTransfer transfer(*this, command->in, command->out);
  const scsi::Target* addressed = target(command->lun);
  scsi::Task task{command->cdb, command->lun, initiator_, targets_, addressed, transfer};
  const scsi::Outcome outcome =
      transfer.prepare() ? scsi::execute(task) : scsi::Outcome{scsi::Status::check_condition, {0xB, 0x4B, 0x00}, false};
  srp::Response response;
  response.tag = command->tag;
  response.status = static_cast<u8>(outcome.status);
  transfer.tell_residuals(response);
  if (outcome.status == scsi::Status::check_condition) response.sense = scsi::fixed_sense(outcome.sense);
  if (outcome.flush) {
    waiting_.emplace(flusher_.submit(addressed->disk), Waiting{element.low, std::move(response)});
    return;
  }
  respond(element.low, response);
}

void ScsiHost::finished(const Flusher::Finished& flush) {
  const auto at = waiting_.find(flush.ticket);
  if (at == waiting_.end()) return;
  Waiting done = std::move(at->second);
  waiting_.erase(at);
  if (!flush.good) {
    done.response.status = static_cast<u8>(scsi::Status::check_condition);
    done.response.sense = scsi::fixed_sense({3, 0x0C, 0x00});
  }
  respond(done.client_address, done.response);
  ready_for_suspend_if_idle();
}

void ScsiHost::task_management(const CrqElement& element, std::span<const u8> iu) {
  if (state_ != State::logged_in) return;
  const auto request = srp::parse_task_management(iu);
  if (!request) return;
  constexpr u8 complete = 0, not_supported = 4;
  srp::Response response;
  response.tag = request->tag;
  response.response_code = complete;
  switch (request->function) {
    case 1:  // ABORT TASK: its answer, if it still waits for one, is not sent
      std::erase_if(waiting_, [&](const auto& each) { return each.second.response.tag == request->task; });
      break;
    case 2:  // ABORT TASK SET
    case 4:  // CLEAR TASK SET
      waiting_.clear();
      break;
    case 8:  // LOGICAL UNIT RESET: also ends SCSI-2 reservations
      waiting_.clear();
      if (const scsi::Target* unit = target(request->lun)) unit->disk->reservations().lost(initiator_);
      break;
    default:
      response.response_code = not_supported;
  }
  respond(element.low, response);
}

void ScsiHost::respond(u64 client_address, const srp::Response& response) {
  if (activity_) activity_->count(adapter_.config.remote_lpar_id);
  answer(crq_srp, client_address, srp::make_response(response), response.tag);
}

void ScsiHost::answer(u8 format, u64 client_address, std::span<const u8> iu, u64 tag) {
  const auto place = window_.bytes(iu_at, iu.size());
  std::copy(iu.begin(), iu.end(), place.begin());
  if (!to_client(iu_at, client_address, iu.size())) {
    log_scsi.warn("{}: an answer cannot be written to the client's {:#x}", name_, client_address);
    return;
  }
  const u64 high = u64{crq::message} << 56 | u64{format} << 48 | iu.size();
  if (const s64 status = queue_.send(high, tag); status != H_SUCCESS) log_scsi.debug("{}: H_SEND_CRQ answers {}", name_, status);
}

bool ScsiHost::from_client(u64 client_address, u64 offset, u64 length) {
  return partition_.hcall(H_COPY_RDMA, {length, adapter_.remote_liobn, client_address, adapter_.liobn, offset}).status ==
         H_SUCCESS;
}

bool ScsiHost::to_client(u64 offset, u64 client_address, u64 length) {
  return partition_.hcall(H_COPY_RDMA, {length, adapter_.liobn, offset, adapter_.remote_liobn, client_address}).status ==
         H_SUCCESS;
}

// The first two bytes say who is meant; what follows must be zero. Both ways of addressing mean the same: bit 15 is not part
// of the address. (docs/papr.md, Virtual SCSI)
const scsi::Target* ScsiHost::target(u64 lun) const {
  const auto at = std::ranges::find_if(targets_, [lun](const scsi::Target& each) { return each.lun == (lun | u64{1} << 63); });
  return at == targets_.end() ? nullptr : &*at;
}

}  // namespace vios
