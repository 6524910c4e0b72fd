// SPDX-License-Identifier: GPL-2.0-or-later
#include "vios/scsi/commands.h"

#include <algorithm>

#include <fmt/format.h>

namespace vios::scsi {

using emu::load_be;
using emu::store_be;

namespace {

constexpr Sense invalid_operation{5, 0x20, 0x00};
constexpr Sense block_out_of_range{5, 0x21, 0x00};
constexpr Sense invalid_field{5, 0x24, 0x00};
constexpr Sense no_such_unit{5, 0x25, 0x00};
constexpr Sense parameter_length{5, 0x1A, 0x00};
constexpr Sense invalid_parameter{5, 0x26, 0x00};
constexpr Sense saving_not_supported{5, 0x39, 0x00};
constexpr Sense no_registration_room{5, 0x55, 0x04};
constexpr Sense unreadable{3, 0x11, 0x00};
constexpr Sense unwritable{3, 0x0C, 0x00};
constexpr Sense target_failure{4, 0x44, 0x00};  // what is behind the unit does not answer
constexpr Sense data_phase_error{0xB, 0x4B, 0x00};

Outcome good() { return {}; }
Outcome failed(const Sense& sense) { return {Status::check_condition, sense, false}; }
Outcome conflict() { return {Status::reservation_conflict, {}, false}; }

Outcome reply(Task& task, std::span<const u8> data, u64 allocated) {
  const u64 length = std::min<u64>(data.size(), allocated);
  const auto staging = task.data.staging();
  std::copy_n(data.begin(), std::min<u64>(length, staging.size()), staging.begin());
  return length == 0 || task.data.put(std::min<u64>(length, staging.size())) ? good() : failed(data_phase_error);
}

void append_text(Bytes& to, std::string_view text, size_t width) {
  for (size_t i = 0; i < width; ++i) to.push_back(i < text.size() ? static_cast<u8>(text[i]) : u8{' '});
}

template <std::unsigned_integral T>
void append(Bytes& to, T value) {
  to.resize(to.size() + sizeof value);
  store_be(&to[to.size() - sizeof value], value);
}

// ---- who are you ----

Outcome test_unit_ready(Task&) { return good(); }

constexpr u8 direct_access = 0x00;
constexpr u8 nobody_here = 0x7F;  // qualifier 3, type 0x1F

Bytes standard_inquiry(bool present) {
  Bytes data = {present ? direct_access : nobody_here, 0, 5 /* SPC-3 */, 0x12, 31, 0, 0, 0x02 /* commands are queued */};
  append_text(data, "AIX", 8);  // what a VIOS calls itself; clients' drivers look for it
  append_text(data, "VDASD", 16);
  append_text(data, "0001", 4);
  return data;
}

// The same from every VIOS that shows the disk: it is made of the disk's identity alone.
Bytes vital_page(u8 page, const Lun& disk) {
  Bytes body;
  switch (page) {
    case 0x00:
      body = {0x00, 0x80, 0x83};
      break;
    case 0x80:
      append_text(body, disk.udid(), disk.udid().size());
      break;
    case 0x83: {
      Bytes identity;
      append_text(identity, "AIX", 8);
      append_text(identity, "VDASD", 16);
      append_text(identity, disk.udid(), disk.udid().size());
      identity.resize(std::min<size_t>(identity.size(), 255));
      body = {0x02 /* ASCII */, 0x01 /* of the unit, T10 vendor */, 0, static_cast<u8>(identity.size())};
      body.insert(body.end(), identity.begin(), identity.end());
      u64 number = 0xCBF2'9CE4'8422'2325;
      for (const char c : disk.udid()) number = (number ^ static_cast<u8>(c)) * 0x100'0000'01B3;
      body.insert(body.end(), {0x01 /* binary */, 0x03 /* of the unit, NAA */, 0, 8});
      append(body, (number >> 4) | u64{3} << 60);  // locally assigned
      break;
    }
    default:
      return {};
  }
  Bytes data = {direct_access, page};
  append(data, static_cast<u16>(body.size()));
  data.insert(data.end(), body.begin(), body.end());
  return data;
}

Outcome inquiry(Task& task) {
  const u16 allocated = load_be<u16>(&task.cdb[3]);
  const bool vital = task.cdb[1] & 1;
  if (!vital && task.cdb[2] != 0) return failed(invalid_field);
  if (!vital || !task.target) return reply(task, standard_inquiry(task.target != nullptr), allocated);
  const Bytes page = vital_page(task.cdb[2], *task.target->disk);
  return page.empty() ? failed(invalid_field) : reply(task, page, allocated);
}

Outcome request_sense(Task& task) {
  // Sense travels with each answer, so nothing is kept for later.
  if (task.cdb[1] & 1) return failed(invalid_field);
  return reply(task, fixed_sense(task.target ? Sense{} : no_such_unit), task.cdb[4]);
}

// A client that asks one of its targets hears of that target's units, which are none if nobody is there; one that asks the host
// (address 0) hears of all targets. Linux asks every address that there can be.
Outcome report_luns(Task& task) {
  const u32 allocated = load_be<u32>(&task.cdb[6]);
  if (task.cdb[2] > 2 || allocated < 16) return failed(invalid_field);
  Bytes units;
  if (task.cdb[2] == 1) {
    // well known units only: there are none
  } else if (task.target) {
    append(units, u64{0});
  } else if (task.lun << 1 == 0) {
    for (const Target& each : task.targets) append(units, each.lun);
  }
  Bytes data;
  append(data, static_cast<u32>(units.size()));
  append(data, u32{0});
  data.insert(data.end(), units.begin(), units.end());
  return reply(task, data, allocated);
}

Outcome read_capacity_10(Task& task) {
  const u64 last = task.target->disk->blocks() - 1;
  Bytes data;
  append(data, static_cast<u32>(std::min<u64>(last, 0xFFFF'FFFF)));
  append(data, static_cast<u32>(block_size));
  return reply(task, data, data.size());
}

Outcome service_action_in_16(Task& task) {
  if ((task.cdb[1] & 0x1F) != 0x10) return failed(invalid_field);  // READ CAPACITY(16) is the only one
  Bytes data;
  append(data, task.target->disk->blocks() - 1);
  append(data, static_cast<u32>(block_size));
  data.resize(32);
  return reply(task, data, load_be<u32>(&task.cdb[10]));
}

// ---- mode pages ----

struct ModePage {
  u8 code;
  std::vector<u8> current;  // behind the two header bytes; nothing can be changed
};

const std::vector<ModePage>& mode_pages() {
  static const std::vector<ModePage> pages = {
      {0x01, {0x80, 3, 0, 0, 0, 0, 3, 0, 0, 0}},  // read-write error recovery
      {0x08,
       {0x04 /* WCE: SYNCHRONIZE CACHE matters */, 0, 0xFF, 0xFF, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0, 0, 0, 0,
        0}},                                         // caching
      {0x0A, {0x02, 0x10, 0, 0, 0, 0, 0, 0, 0, 0}},  // control: unrestricted reordering
  };
  return pages;
}

Outcome mode_sense(Task& task, bool ten) {
  const u8 wanted = task.cdb[2] & 0x3F;
  const u8 control = task.cdb[2] >> 6;
  const u8 subpage = task.cdb[3];
  if (control == 3) return failed(saving_not_supported);
  if (subpage != 0 && subpage != 0xFF) return failed(invalid_field);
  Bytes body;
  const bool descriptor = !(task.cdb[1] & 8);
  if (descriptor) {
    append(body, static_cast<u32>(std::min<u64>(task.target->disk->blocks(), 0xFFFF'FFFF)));
    append(body, static_cast<u32>(block_size));
  }
  const size_t before = body.size();
  for (const ModePage& page : mode_pages()) {
    if (wanted != 0x3F && wanted != page.code) continue;
    body.push_back(page.code);
    body.push_back(static_cast<u8>(page.current.size()));
    if (control == 1) {
      body.resize(body.size() + page.current.size());  // changeable: none
    } else {
      body.insert(body.end(), page.current.begin(), page.current.end());
    }
  }
  if (body.size() == before && wanted != 0x3F) return failed(invalid_field);
  const u8 descriptor_length = descriptor ? 8 : 0;
  Bytes data;
  if (ten) {
    append(data, static_cast<u16>(6 + body.size()));
    data.insert(data.end(), {0, 0, 0, 0, 0, descriptor_length});
  } else {
    data = {static_cast<u8>(3 + body.size()), 0, 0, descriptor_length};
  }
  data.insert(data.end(), body.begin(), body.end());
  return reply(task, data, ten ? load_be<u16>(&task.cdb[7]) : task.cdb[4]);
}

Outcome mode_sense_6(Task& task) { return mode_sense(task, false); }
Outcome mode_sense_10(Task& task) { return mode_sense(task, true); }

Outcome start_stop_unit(Task&) { return good(); }

// ---- the medium ----

struct Extent {
  u64 block = 0;
  u64 count = 0;
};

Extent extent_6(const Task& task) {
  const u64 block = u64{task.cdb[1] & 0x1Fu} << 16 | u64{task.cdb[2]} << 8 | task.cdb[3];
  return {block, task.cdb[4] ? u64{task.cdb[4]} : u64{256}};
}
Extent extent_10(const Task& task) { return {load_be<u32>(&task.cdb[2]), load_be<u16>(&task.cdb[7])}; }
Extent extent_16(const Task& task) { return {load_be<u64>(&task.cdb[2]), load_be<u32>(&task.cdb[10])}; }

bool inside(const Extent& extent, const Lun& disk) {
  return extent.block <= disk.blocks() && extent.count <= disk.blocks() - extent.block;
}

Outcome read(Task& task, const Extent& extent) {
  const Lun& disk = *task.target->disk;
  if (!inside(extent, disk)) return failed(block_out_of_range);
  u64 at = extent.block * block_size;
  for (u64 left = extent.count * block_size; left > 0;) {
    const u64 part = std::min<u64>(left, task.data.staging().size());
    if (!disk.read(at, task.data.staging().first(part))) return failed(unreadable);
    if (!task.data.put(part)) return failed(data_phase_error);
    at += part;
    left -= part;
  }
  return good();
}

Outcome write(Task& task, const Extent& extent, bool force_unit_access) {
  Lun& disk = *task.target->disk;
  if (!inside(extent, disk)) return failed(block_out_of_range);
  u64 at = extent.block * block_size;
  for (u64 left = extent.count * block_size; left > 0;) {
    const u64 part = std::min<u64>(left, task.data.staging().size());
    if (!task.data.get(part)) return failed(data_phase_error);
    if (!disk.write(at, task.data.staging().first(part))) return failed(unwritable);
    at += part;
    left -= part;
  }
  return {Status::good, {}, force_unit_access};
}

bool force_unit_access(const Task& task) { return task.cdb[1] & 8; }

Outcome read_6(Task& task) { return read(task, extent_6(task)); }
Outcome read_10(Task& task) { return read(task, extent_10(task)); }
Outcome read_16(Task& task) { return read(task, extent_16(task)); }
Outcome write_6(Task& task) { return write(task, extent_6(task), false); }
Outcome write_10(Task& task) { return write(task, extent_10(task), force_unit_access(task)); }
Outcome write_16(Task& task) { return write(task, extent_16(task), force_unit_access(task)); }

Outcome verify(Task& task, const Extent& extent) {
  if (task.cdb[1] & 2) return failed(invalid_field);  // to compare with the client's data
  return inside(extent, *task.target->disk) ? good() : failed(block_out_of_range);
}
Outcome verify_10(Task& task) { return verify(task, extent_10(task)); }
Outcome verify_16(Task& task) { return verify(task, extent_16(task)); }

// The range is only checked: the whole disk is flushed, which costs the host no more.
Outcome synchronize(Task& task, const Extent& extent) {
  if (!inside(extent, *task.target->disk)) return failed(block_out_of_range);
  return {Status::good, {}, true};
}
Outcome synchronize_cache_10(Task& task) { return synchronize(task, extent_10(task)); }
Outcome synchronize_cache_16(Task& task) { return synchronize(task, extent_16(task)); }

// ---- reservations ----

Outcome outcome_of(Answer answer) {
  switch (answer) {
    case Answer::good:
      return good();
    case Answer::conflict:
      return conflict();
    case Answer::bad_parameter:
      return failed(invalid_parameter);
    case Answer::no_room:
      return failed(no_registration_room);
  }
  return conflict();
}

Outcome reserve(Task& task) {
  if (task.cdb[1] & 1) return failed(invalid_field);  // extents are obsolete
  return outcome_of(task.target->disk->reservations().reserve(task.initiator));
}

Outcome release(Task& task) {
  task.target->disk->reservations().release(task.initiator);
  return good();
}

Outcome persistent_reserve_in(Task& task) {
  const ReservationState state = task.target->disk->reservations().state();
  Bytes body;
  switch (task.cdb[1] & 0x1F) {
    case 0:  // READ KEYS
      for (const Registration& each : state.registrations) append(body, each.key);
      break;
    case 1:  // READ RESERVATION
      for (const Registration& each : state.registrations) {
        if (!each.holder) continue;
        append(body, each.key);
        append(body, u32{0});
        body.insert(body.end(), {0, static_cast<u8>(state.type), 0, 0});
        break;
      }
      break;
    case 2: {  // REPORT CAPABILITIES
      const Bytes capabilities = {0, 8, 0x10 /* kept over power loss */, 0x80, 0xEA, 0x01 /* types 1,3,5,6,7 and 8 */, 0, 0};
      return reply(task, capabilities, load_be<u16>(&task.cdb[7]));
    }
    default:
      return failed(invalid_field);
  }
  Bytes data;
  append(data, state.generation);
  append(data, static_cast<u32>(body.size()));
  data.insert(data.end(), body.begin(), body.end());
  return reply(task, data, load_be<u16>(&task.cdb[7]));
}

Outcome persistent_reserve_out(Task& task) {
  constexpr u64 list_size = 24;
  if (load_be<u32>(&task.cdb[5]) != list_size) return failed(parameter_length);
  if (!task.data.get(list_size)) return failed(data_phase_error);
  const auto list = task.data.staging().first(list_size);
  const u64 key = load_be<u64>(&list[0]);
  const u64 service_key = load_be<u64>(&list[8]);
  if (list[20] & 0x0E) return failed(invalid_parameter);  // for other initiators or all ports: not offered
  const auto type = static_cast<ReservationType>(task.cdb[2] & 0xF);
  Reservations& reservations = task.target->disk->reservations();
  const u8 action = task.cdb[1] & 0x1F;
  const bool typed = action == 1 || action == 2 || action == 4 || action == 5;
  if (typed && (!known(type) || task.cdb[2] >> 4 != 0)) return failed(invalid_field);
  switch (action) {
    case 0:
      return outcome_of(reservations.register_key(task.initiator, key, service_key, false));
    case 1:
      return outcome_of(reservations.reserve_persistently(task.initiator, key, type));
    case 2:
      return outcome_of(reservations.release_persistently(task.initiator, key, type));
    case 3:
      return outcome_of(reservations.clear(task.initiator, key));
    case 4:
      return outcome_of(reservations.preempt(task.initiator, key, service_key, type));
    // PREEMPT AND ABORT: commands of the victim are done when they are taken, so none is left to abort.
    case 5:
      return outcome_of(reservations.preempt(task.initiator, key, service_key, type));
    case 6:
      return outcome_of(reservations.register_key(task.initiator, key, service_key, true));
    default:
      return failed(invalid_field);
  }
}

constexpr Command table[] = {
    {0x00, "TEST UNIT READY", Access::none, false, test_unit_ready},
    {0x03, "REQUEST SENSE", Access::none, true, request_sense},
    {0x08, "READ(6)", Access::read, false, read_6},
    {0x0A, "WRITE(6)", Access::write, false, write_6},
    {0x12, "INQUIRY", Access::none, true, inquiry},
    {0x16, "RESERVE(6)", Access::none, false, reserve},
    {0x17, "RELEASE(6)", Access::none, false, release},
    {0x1A, "MODE SENSE(6)", Access::none, false, mode_sense_6},
    {0x1B, "START STOP UNIT", Access::write, false, start_stop_unit},
    {0x25, "READ CAPACITY(10)", Access::none, false, read_capacity_10},
    {0x28, "READ(10)", Access::read, false, read_10},
    {0x2A, "WRITE(10)", Access::write, false, write_10},
    {0x2F, "VERIFY(10)", Access::read, false, verify_10},
    {0x35, "SYNCHRONIZE CACHE(10)", Access::write, false, synchronize_cache_10},
    {0x56, "RESERVE(10)", Access::none, false, reserve},
    {0x57, "RELEASE(10)", Access::none, false, release},
    {0x5A, "MODE SENSE(10)", Access::none, false, mode_sense_10},
    {0x5E, "PERSISTENT RESERVE IN", Access::none, false, persistent_reserve_in},
    {0x5F, "PERSISTENT RESERVE OUT", Access::none, false, persistent_reserve_out},
    {0x88, "READ(16)", Access::read, false, read_16},
    {0x8A, "WRITE(16)", Access::write, false, write_16},
    {0x8F, "VERIFY(16)", Access::read, false, verify_16},
    {0x91, "SYNCHRONIZE CACHE(16)", Access::write, false, synchronize_cache_16},
    {0x9E, "SERVICE ACTION IN(16)", Access::none, false, service_action_in_16},
    {0xA0, "REPORT LUNS", Access::none, true, report_luns},
};

constexpr bool ascending() {
  for (size_t i = 1; i < std::size(table); ++i)
    if (table[i - 1].code >= table[i].code) return false;
  return true;
}
static_assert(ascending());

}  // namespace

std::span<const Command> commands() { return table; }

Outcome execute(Task& task) {
  const Command* row = std::ranges::lower_bound(table, task.cdb[0], {}, &Command::code);
  if (!task.target && (row == std::end(table) || row->code != task.cdb[0] || !row->without_target)) return failed(no_such_unit);
  if (row == std::end(table) || row->code != task.cdb[0]) return failed(invalid_operation);
  // The server itself says who the unit is.
  if (task.target && !row->without_target && !task.target->disk->online()) return failed(target_failure);
  if (task.target && !task.target->disk->reservations().allows(task.initiator, row->access)) return conflict();
  return row->run(task);
}

Bytes fixed_sense(const Sense& sense) {
  Bytes data(18);
  data[0] = 0x70;
  data[2] = sense.key;
  data[7] = 10;
  data[12] = sense.code;
  data[13] = sense.qualifier;
  return data;
}

}  // namespace vios::scsi
