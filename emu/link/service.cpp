// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/link/service.h"

namespace emu::service {

namespace {

constexpr u16 wire_version = 1;
constexpr size_t header_bytes = 8;  // be16 message, be16 version, be32 length
constexpr u16 reply_bit = 0x8000;
constexpr u16 error_number = 0xFFFF;
static_assert(std::variant_size_v<Request> < reply_bit - 1);

template <class E>
void between(Archive& ar, E value, E first, E last) {
  if (ar.loading() && (value < first || value > last)) ar.fail("has a value that nobody knows");
}

// A field that an earlier version has, and that nobody reads any more.
template <class T>
void skip(Archive& ar, std::string_view name) {
  T gone{};
  ar(name, gone);
}

struct Refusal {
  Error error;
};

void archive(Archive& ar, Refusal& refusal) {
  auto& [error] = refusal;
  ar.section("error", 1);
  ar("code", error.code);
  ar("text", error.text);
}

Bytes enclosed(u16 number, const Bytes& body) {
  Bytes message(header_bytes + body.size());
  store_be(message.data(), number);
  store_be(message.data() + 2, wire_version);
  store_be(message.data() + 4, static_cast<u32>(body.size()));
  std::copy(body.begin(), body.end(), message.begin() + header_bytes);
  return message;
}

struct Envelope {
  u16 number = 0;
  std::span<const u8> body;
};

Result<Envelope> opened(std::span<const u8> message) {
  if (message.size() < header_bytes) return Error{"service", "A message is shorter than its header."};
  const u16 version = load_be<u16>(message.data() + 2);
  if (version != wire_version)
    return Error{"service", "A message has version " + std::to_string(version) + ", this build speaks version " +
                                std::to_string(wire_version) + ": start both programs from the same build."};
  if (load_be<u32>(message.data() + 4) != message.size() - header_bytes)
    return Error{"service", "A message is not as long as its header says."};
  return Envelope{load_be<u16>(message.data()), message.subspan(header_bytes)};
}

using Reader = Result<Request> (*)(std::span<const u8>);

template <class R>
Result<Request> read_body(std::span<const u8> body) {
  Result<R> request = from_bytes<R>(body);
  if (!request) return request.error();
  return Request(std::move(*request));
}

template <class... R>
constexpr std::array<Reader, sizeof...(R)> readers_of(const std::variant<R...>*) {
  return {read_body<R>...};
}
constexpr auto readers = readers_of(static_cast<const Request*>(nullptr));  // by number, from 1

}  // namespace

Bytes encode(const Request& request) {
  const auto body = std::visit([](const auto& r) { return to_bytes(r); }, request);
  return enclosed(static_cast<u16>(request.index() + 1), body);
}

Result<Request> decode(std::span<const u8> message) {
  const Envelope envelope = TRY(opened(message));
  if (envelope.number == 0 || envelope.number > readers.size())
    return Error{"service", "Request number " + std::to_string(envelope.number) + " is not known to this build."};
  return readers[envelope.number - 1](envelope.body);
}

Bytes encode_reply(u16 number, const Bytes& body) { return enclosed(number | reply_bit, body); }

Bytes encode_error(const Error& error) { return enclosed(error_number, to_bytes(Refusal{error})); }

Result<Bytes> decode_reply(u16 number, std::span<const u8> message) {
  const Envelope envelope = TRY(opened(message));
  if (envelope.number == error_number) return TRY(from_bytes<Refusal>(envelope.body)).error;
  if (envelope.number != (number | reply_bit)) return Error{"service", "A reply belongs to another request."};
  return Bytes(envelope.body.begin(), envelope.body.end());
}

Result<Bytes> exchange(Channel& channel, const Request& request, u16 number, u64 timeout) {
  TRY(channel.send(encode(request)));
  const Bytes message = TRY(channel.receive(timeout));
  return decode_reply(number, message);
}

// ---- the messages, in the order of the header ----

void archive(Archive& ar, Empty&) { ar.section("empty", 1); }

void archive(Archive& ar, SystemInfo& message) {
  auto& [name, type_model, serial_num, state, installed_mem_mb, available_mem_mb, firmware_mem_mb, lmb_mb, processors,
         available_proc_units, max_lpars, active_lpar_mobility_capable, inactive_lpar_mobility_capable,
         num_active_migrations_supported, num_active_migrations_in_progress, num_inactive_migrations_supported,
         num_inactive_migrations_in_progress, on_battery, compat_modes, engine, engine_taken_over, engine_left_alone] = message;
  ar.section("system_info", 1);
  ar("name", name);
  ar("type_model", type_model);
  ar("serial_num", serial_num);
  ar("state", state);
  ar("installed_mem_mb", installed_mem_mb);
  ar("available_mem_mb", available_mem_mb);
  ar("firmware_mem_mb", firmware_mem_mb);
  ar("lmb_mb", lmb_mb);
  ar("processors", processors);
  ar("available_proc_units", available_proc_units);
  ar("max_lpars", max_lpars);
  ar("active_lpar_mobility_capable", active_lpar_mobility_capable);
  ar("inactive_lpar_mobility_capable", inactive_lpar_mobility_capable);
  ar("num_active_migrations_supported", num_active_migrations_supported);
  ar("num_active_migrations_in_progress", num_active_migrations_in_progress);
  ar("num_inactive_migrations_supported", num_inactive_migrations_supported);
  ar("num_inactive_migrations_in_progress", num_inactive_migrations_in_progress);
  ar("on_battery", on_battery);
  ar("compat_modes", compat_modes);
  ar("engine", engine);
  ar("engine_taken_over", engine_taken_over);
  ar("engine_left_alone", engine_left_alone);
}

void archive(Archive& ar, RefCode& message) {
  auto& [wall, refcode, word2] = message;
  ar.section("ref_code", 1);
  ar("wall", wall);
  ar("refcode", refcode);
  ar("word2", word2);
}

void archive(Archive& ar, LparInfo& message) {
  auto& [definition, state, has_resources, adapters, refcode, vterm_holder, migration_stream, migration_target, config_locked,
         life, trouble] = message;
  const u16 version = ar.section("lpar_info", 5);
  ar("definition", definition);
  ar("state", state);
  if (version >= 5) {
    ar("has_resources", has_resources);
  } else {
    skip<u64>(ar, "current_mem_mb");
    skip<u32>(ar, "current_procs");
    skip<u32>(ar, "current_proc_units");
  }
  ar("adapters", adapters);
  ar("refcode", refcode);
  if (version < 2) skip<std::string>(ar, "os_version");
  ar("vterm_holder", vterm_holder);
  ar("migration_stream", migration_stream);
  ar("migration_target", migration_target);
  ar("config_locked", config_locked);
  if (version >= 3) ar("life", life);
  if (version >= 4) ar("trouble", trouble);
}

void archive(Archive& ar, DescribeSystem&) { ar.section("describe_system", 1); }

void archive(Archive& ar, Lpars& message) {
  auto& [lpars] = message;
  ar.section("lpars", 1);
  ar("lpars", lpars);
}

void archive(Archive& ar, ListLpars&) { ar.section("list_lpars", 1); }

void archive(Archive& ar, RefCodes& message) {
  auto& [codes] = message;
  ar.section("ref_codes", 1);
  ar("codes", codes);
}

void archive(Archive& ar, ListRefCodes& message) {
  auto& [lpar_id, count] = message;
  ar.section("list_ref_codes", 1);
  ar("lpar_id", lpar_id);
  ar("count", count);
}

void archive(Archive& ar, DefineLpar& message) {
  auto& [definition] = message;
  ar.section("define_lpar", 1);
  ar("definition", definition);
}

void archive(Archive& ar, RemoveLpar& message) {
  auto& [lpar_id] = message;
  ar.section("remove_lpar", 1);
  ar("lpar_id", lpar_id);
}

void archive(Archive& ar, WriteProfile& message) {
  auto& [lpar_id, profile] = message;
  ar.section("write_profile", 1);
  ar("lpar_id", lpar_id);
  ar("profile", profile);
}

void archive(Archive& ar, RemoveProfile& message) {
  auto& [lpar_id, name] = message;
  ar.section("remove_profile", 1);
  ar("lpar_id", lpar_id);
  ar("name", name);
}

void archive(Archive& ar, ActivateLpar& message) {
  auto& [lpar_id, profile, boot_mode] = message;
  ar.section("activate_lpar", 1);
  ar("lpar_id", lpar_id);
  ar("profile", profile);
  ar("boot_mode", boot_mode);
}

void archive(Archive& ar, PowerOffLpar& message) {
  auto& [lpar_id, how] = message;
  ar.section("power_off_lpar", 1);
  ar("lpar_id", lpar_id);
  ar("how", how);
  between(ar, how, PowerOff::immediate, PowerOff::restart);
}

void archive(Archive& ar, LockConfiguration& message) {
  auto& [lpar_id, holder, lock] = message;
  ar.section("lock_configuration", 1);
  ar("lpar_id", lpar_id);
  ar("holder", holder);
  ar("lock", lock);
}

void archive(Archive& ar, HoldForMove& message) {
  auto& [stream, holds] = message;
  ar.section("hold_for_move", 1);
  ar("stream", stream);
  ar("holds", holds);
}

void archive(Archive& ar, VtermToken& message) {
  auto& [token, taken] = message;
  ar.section("vterm_token", 1);
  ar("token", token);
  ar("taken", taken);
}

void archive(Archive& ar, OpenVterm& message) {
  auto& [lpar_id, holder] = message;
  ar.section("open_vterm", 1);
  ar("lpar_id", lpar_id);
  ar("holder", holder);
}

void archive(Archive& ar, VtermOutput& message) {
  auto& [output, closed, reason] = message;
  ar.section("vterm_output", 1);
  ar("output", output);
  ar("closed", closed);
  ar("reason", reason);
}

void archive(Archive& ar, ExchangeVterm& message) {
  auto& [token, input] = message;
  ar.section("exchange_vterm", 1);
  ar("token", token);
  ar("input", input);
}

void archive(Archive& ar, CloseVterm& message) {
  auto& [lpar_id, token] = message;
  ar.section("close_vterm", 1);
  ar("lpar_id", lpar_id);
  ar("token", token);
}

void archive(Archive& ar, ConsoleLog& message) {
  auto& [next_offset, output] = message;
  ar.section("console_log", 1);
  ar("next_offset", next_offset);
  ar("output", output);
}

void archive(Archive& ar, ReadConsoleLog& message) {
  auto& [lpar_id, offset] = message;
  ar.section("read_console_log", 1);
  ar("lpar_id", lpar_id);
  ar("offset", offset);
}

void archive(Archive& ar, ViosOutput& message) {
  auto& [exit_code, output] = message;
  ar.section("vios_output", 1);
  ar("exit_code", exit_code);
  ar("output", output);
}

void archive(Archive& ar, RunViosCommand& message) {
  auto& [lpar_id, command] = message;
  ar.section("run_vios_command", 1);
  ar("lpar_id", lpar_id);
  ar("command", command);
}

void archive(Archive& ar, ViosDisk& message) {
  auto& [name, pvid, udid, size_mb, on_san, reserve_policy, reserved_by, exported] = message;
  const u16 version = ar.section("vios_disk", 2);
  ar("name", name);
  ar("pvid", pvid);
  ar("udid", udid);
  ar("size_mb", size_mb);
  ar("on_san", on_san);
  ar("reserve_policy", reserve_policy);
  ar("reserved_by", reserved_by);
  if (version >= 2) ar("exported", exported);
}

void archive(Archive& ar, ViosTarget& message) {
  auto& [vtd, lun, backing, udid] = message;
  ar.section("vios_target", 1);
  ar("vtd", vtd);
  ar("lun", lun);
  ar("backing", backing);
  ar("udid", udid);
}

void archive(Archive& ar, ViosHost& message) {
  auto& [name, slot, client_id, client_slot, targets] = message;
  ar.section("vios_host", 1);
  ar("name", name);
  ar("slot", slot);
  ar("client_id", client_id);
  ar("client_slot", client_slot);
  ar("targets", targets);
}

void archive(Archive& ar, ViosBridge& message) {
  auto& [name, segment, vlans, link_up] = message;
  ar.section("vios_bridge", 1);
  ar("name", name);
  ar("segment", segment);
  ar("vlans", vlans);
  ar("link_up", link_up);
}

void archive(Archive& ar, ViosInfo& message) {
  auto& [ioslevel, disks, hosts, bridges, vasi_slot, active_migrations, max_migrations, free_slots] = message;
  ar.section("vios_info", 1);
  ar("ioslevel", ioslevel);
  ar("disks", disks);
  ar("hosts", hosts);
  ar("bridges", bridges);
  ar("vasi_slot", vasi_slot);
  ar("active_migrations", active_migrations);
  ar("max_migrations", max_migrations);
  ar("free_slots", free_slots);
}

void archive(Archive& ar, DescribeVios& message) {
  auto& [lpar_id] = message;
  ar.section("describe_vios", 1);
  ar("lpar_id", lpar_id);
}

void archive(Archive& ar, ViosSlot& message) {
  auto& [slot] = message;
  ar.section("vios_slot", 1);
  ar("slot", slot);
}

void archive(Archive& ar, AddViosMapping& message) {
  auto& [lpar_id, client_id, client_name, client_slot, targets, stream] = message;
  ar.section("add_vios_mapping", 1);
  ar("lpar_id", lpar_id);
  ar("client_id", client_id);
  ar("client_name", client_name);
  ar("client_slot", client_slot);
  ar("targets", targets);
  ar("stream", stream);
}

void archive(Archive& ar, RemoveViosMapping& message) {
  auto& [lpar_id, client_id, client_slot] = message;
  ar.section("remove_vios_mapping", 1);
  ar("lpar_id", lpar_id);
  ar("client_id", client_id);
  ar("client_slot", client_slot);
}

void archive(Archive& ar, ShellCreated& message) {
  auto& [lpar_id] = message;
  ar.section("shell_created", 1);
  ar("lpar_id", lpar_id);
}

void archive(Archive& ar, CreateShell& message) {
  auto& [stream, definition, active, other_system] = message;
  const u16 version = ar.section("create_shell", 3);
  ar("stream", stream);
  ar("definition", definition);
  if (version < 3) skip<Profile>(ar, "current");
  ar("active", active);
  if (version < 2) skip<u32>(ar, "hpt_shift");
  ar("other_system", other_system);
}

void archive(Archive& ar, RemoveShell& message) {
  auto& [stream] = message;
  ar.section("remove_shell", 1);
  ar("stream", stream);
}

void archive(Archive& ar, OpenStream& message) {
  auto& [stream, lpar_id, role, msp_id, link, other_system] = message;
  ar.section("open_stream", 1);
  ar("stream", stream);
  ar("lpar_id", lpar_id);
  ar("role", role);
  between(ar, role, Role::source, Role::target);
  ar("msp_id", msp_id);
  ar("link", link);
  ar("other_system", other_system);
}

void archive(Archive& ar, CloseStream& message) {
  auto& [stream] = message;
  ar.section("close_stream", 1);
  ar("stream", stream);
}

void archive(Archive& ar, BeginPasses& message) {
  auto& [stream] = message;
  const u16 version = ar.section("begin_passes", 2);
  ar("stream", stream);
  if (version < 2) {
    skip<u32>(ar, "max_passes");
    skip<u64>(ar, "max_time_ns");
    skip<u64>(ar, "max_bytes_per_second");
  }
}

void archive(Archive& ar, StopStream& message) {
  auto& [stream] = message;
  ar.section("stop_stream", 1);
  ar("stream", stream);
}

void archive(Archive& ar, PassInfo& message) {
  auto& [pages, zero_pages, bytes, nanoseconds, dirty_after] = message;
  ar.section("pass_info", 1);
  ar("pages", pages);
  ar("zero_pages", zero_pages);
  ar("bytes", bytes);
  ar("nanoseconds", nanoseconds);
  ar("dirty_after", dirty_after);
}

void archive(Archive& ar, StreamInfo& message) {
  auto& [stream, lpar_id, role, phase, percent, bytes_total, bytes_sent, bytes_remaining, passes, residual_pages, demand_paged,
         demand_p50_ns, demand_p99_ns, suspended_at, handed_over_at, resumed_at, completed_at, error_code, error_text] = message;
  ar.section("stream_info", 1);
  ar("stream", stream);
  ar("lpar_id", lpar_id);
  ar("role", role);
  between(ar, role, Role::source, Role::target);
  ar("phase", phase);
  between(ar, phase, Phase::none, Phase::failed);
  ar("percent", percent);
  ar("bytes_total", bytes_total);
  ar("bytes_sent", bytes_sent);
  ar("bytes_remaining", bytes_remaining);
  ar("passes", passes);
  ar("residual_pages", residual_pages);
  ar("demand_paged", demand_paged);
  ar("demand_p50_ns", demand_p50_ns);
  ar("demand_p99_ns", demand_p99_ns);
  ar("suspended_at", suspended_at);
  ar("handed_over_at", handed_over_at);
  ar("resumed_at", resumed_at);
  ar("completed_at", completed_at);
  ar("error_code", error_code);
  ar("error_text", error_text);
}

void archive(Archive& ar, QueryStream& message) {
  auto& [stream] = message;
  ar.section("query_stream", 1);
  ar("stream", stream);
}

void archive(Archive& ar, StreamVerdict& message) {
  auto& [verdict, lpar_id, role, other_system, active, phase, fate] = message;
  ar.section("stream_verdict", 2);
  ar("verdict", verdict);
  between(ar, verdict, Verdict::unknown, Verdict::finished);
  ar("lpar_id", lpar_id);
  ar("role", role);
  between(ar, role, Role::source, Role::target);
  ar("other_system", other_system);
  ar("active", active);
  ar("phase", phase);
  between(ar, phase, Phase::none, Phase::failed);
  ar("fate", fate);
  between(ar, fate, Fate::none, Fate::started);
}

void archive(Archive& ar, QueryVerdict& message) {
  auto& [stream] = message;
  ar.section("query_verdict", 1);
  ar("stream", stream);
}

void archive(Archive& ar, Verdicts& message) {
  auto& [streams] = message;
  ar.section("verdicts", 1);
  ar("streams", streams);
}

void archive(Archive& ar, ListVerdicts&) { ar.section("list_verdicts", 1); }

void archive(Archive& ar, RollBackSource& message) {
  auto& [stream] = message;
  ar.section("roll_back_source", 1);
  ar("stream", stream);
}

void archive(Archive& ar, FinishSource& message) {
  auto& [stream] = message;
  ar.section("finish_source", 1);
  ar("stream", stream);
}

void archive(Archive& ar, FinishTarget& message) {
  auto& [stream, state_lost] = message;
  ar.section("finish_target", 1);
  ar("stream", stream);
  ar("state_lost", state_lost);
}

void archive(Archive& ar, HandOverInactive& message) {
  auto& [stream, lpar_id, other_system] = message;
  ar.section("hand_over_inactive", 1);
  ar("stream", stream);
  ar("lpar_id", lpar_id);
  ar("other_system", other_system);
}

void archive(Archive& ar, AdoptInactive& message) {
  auto& [stream] = message;
  ar.section("adopt_inactive", 1);
  ar("stream", stream);
}

void archive(Archive& ar, MarkMigrating& message) {
  auto& [stream, lpar_id, active, migrating, other_system] = message;
  ar.section("mark_migrating", 1);
  ar("stream", stream);
  ar("lpar_id", lpar_id);
  ar("active", active);
  ar("migrating", migrating);
  ar("other_system", other_system);
}

void archive(Archive& ar, Nvram& message) {
  auto& [content] = message;
  ar.section("nvram", 1);
  ar("content", content);
}

void archive(Archive& ar, ReadNvram& message) {
  auto& [lpar_id] = message;
  ar.section("read_nvram", 1);
  ar("lpar_id", lpar_id);
}

void archive(Archive& ar, WriteNvram& message) {
  auto& [lpar_id, content] = message;
  ar.section("write_nvram", 1);
  ar("lpar_id", lpar_id);
  ar("content", content);
}

void archive(Archive& ar, ShowRefCode& message) {
  auto& [lpar_id, refcode, own] = message;
  const u16 version = ar.section("show_ref_code", 2);
  ar("lpar_id", lpar_id);
  ar("refcode", refcode);
  if (version >= 2) ar("own", own);
}

void archive(Archive& ar, Watched& message) {
  auto& [value, last_change_at, longest_gap_ns, above_at] = message;
  ar.section("watched", 1);
  ar("value", value);
  ar("last_change_at", last_change_at);
  ar("longest_gap_ns", longest_gap_ns);
  ar("above_at", above_at);
}

void archive(Archive& ar, WatchCounter& message) {
  auto& [lpar_id, address, above, reset] = message;
  ar.section("watch_counter", 1);
  ar("lpar_id", lpar_id);
  ar("address", address);
  ar("above", above);
  ar("reset", reset);
}

void archive(Archive& ar, InjectFault& message) {
  auto& [what, lpar_id] = message;
  ar.section("inject_fault", 1);
  ar("what", what);
  ar("lpar_id", lpar_id);
}

void archive(Archive& ar, Shutdown&) { ar.section("shutdown", 1); }

// ---- for pictures ----

void archive(Archive& ar, MemoryMap& message) {
  auto& [pages, pages_per_cell, content, zero, stale, demanded] = message;
  ar.section("memory_map", 1);
  ar("pages", pages);
  ar("pages_per_cell", pages_per_cell);
  ar("content", content);
  ar("zero", zero);
  ar("stale", stale);
  ar("demanded", demanded);
}

void archive(Archive& ar, QueryMemoryMap& message) {
  auto& [stream] = message;
  ar.section("query_memory_map", 1);
  ar("stream", stream);
}

void archive(Archive& ar, Heartbeat& message) {
  auto& [value, first_at, bin_ns, changes] = message;
  ar.section("heartbeat", 1);
  ar("value", value);
  ar("first_at", first_at);
  ar("bin_ns", bin_ns);
  ar("changes", changes);
}

void archive(Archive& ar, ReadHeartbeat& message) {
  auto& [lpar_id, address, interval_ns, since, bin_ns] = message;
  ar.section("read_heartbeat", 1);
  ar("lpar_id", lpar_id);
  ar("address", address);
  ar("interval_ns", interval_ns);
  ar("since", since);
  ar("bin_ns", bin_ns);
}

void archive(Archive& ar, DiskActivity& message) {
  auto& [commands] = message;
  ar.section("disk_activity", 1);
  ar("commands", commands);
}

void archive(Archive& ar, ReadDiskActivity&) { ar.section("read_disk_activity", 1); }

}  // namespace emu::service
