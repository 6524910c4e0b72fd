// SPDX-License-Identifier: GPL-2.0-or-later
#include "devices/interrupt_controller.h"

namespace devices {

InterruptController::InterruptController(u32 servers, Line line) : line_(std::move(line)) { state_.servers.resize(servers); }

Node InterruptController::describe() const {
  Node node;
  node.name = "interrupt-controller";
  node.text("device_type", "PowerPC-External-Interrupt-Presentation")
      .text("compatible", "IBM,ppc-xicp")
      .flag("interrupt-controller")
      .cell("#interrupt-cells", 2)
      .cell("#address-cells", 0)
      .cells("ibm,interrupt-server-ranges", {0, static_cast<u32>(state_.servers.size())});
  return node;
}

void InterruptController::add_source(u32 number) {
  const std::lock_guard lock(mutex_);
  state_.sources.emplace(number, InterruptSource{});
}

void InterruptController::remove_source(u32 number) {
  const std::lock_guard lock(mutex_);
  state_.sources.erase(number);
  high_.erase(number);
  for (u32 server = 0; server < state_.servers.size(); ++server) update(server);
}

void InterruptController::pulse(u32 number) {
  const std::lock_guard lock(mutex_);
  const auto source = state_.sources.find(number);
  if (source == state_.sources.end()) return;
  source->second.pending = true;
  update(source->second.server);
}

void InterruptController::set_line(u32 number, bool high) {
  const std::lock_guard lock(mutex_);
  const auto source = state_.sources.find(number);
  if (source == state_.sources.end()) return;
  high ? (void)high_.insert(number) : (void)high_.erase(number);
  source->second.pending = high && !source->second.in_service;
  update(source->second.server);
}

// Lower numbers are more favoured. An interprocessor interrupt wins over a source of the same priority.
InterruptController::Best InterruptController::best(u32 server) const {
  const InterruptServer& s = state_.servers[server];
  Best found{s.cppr, 0};
  for (const auto& [number, source] : state_.sources)
    if (source.server == server && source.enabled && source.pending && !source.in_service && source.priority < found.priority)
      found = {source.priority, number};
  if (s.mfrr < s.cppr && s.mfrr <= found.priority) found = {s.mfrr, ipi};
  return found;
}

void InterruptController::update(u32 server) {
  if (server < state_.servers.size()) line_(server, best(server).source != 0);
}

u32 InterruptController::accept(u32 server) {
  const std::lock_guard lock(mutex_);
  if (server >= state_.servers.size()) return 0;
  InterruptServer& s = state_.servers[server];
  const Best found = best(server);
  const u32 xirr = static_cast<u32>(s.cppr) << 24 | found.source;
  if (found.source) {
    s.cppr = found.priority;
    if (found.source != ipi) {
      InterruptSource& source = state_.sources[found.source];
      source.pending = false;
      source.in_service = true;
    }
  }
  update(server);
  return xirr;
}

u32 InterruptController::poll(u32 server, u8& mfrr) const {
  const std::lock_guard lock(mutex_);
  if (server >= state_.servers.size()) return 0;
  mfrr = state_.servers[server].mfrr;
  return static_cast<u32>(state_.servers[server].cppr) << 24 | best(server).source;
}

void InterruptController::end(u32 server, u32 xirr) {
  const std::lock_guard lock(mutex_);
  if (server >= state_.servers.size()) return;
  state_.servers[server].cppr = static_cast<u8>(xirr >> 24);
  if (const auto source = state_.sources.find(xirr & 0xFFFFFF); source != state_.sources.end()) {
    source->second.in_service = false;
    if (high_.contains(source->first)) source->second.pending = true;
    update(source->second.server);
  }
  update(server);
}

void InterruptController::set_priority(u32 server, u8 cppr) {
  const std::lock_guard lock(mutex_);
  if (server >= state_.servers.size()) return;
  state_.servers[server].cppr = cppr;
  update(server);
}

bool InterruptController::set_mfrr(u32 server, u8 mfrr) {
  const std::lock_guard lock(mutex_);
  if (server >= state_.servers.size()) return false;
  state_.servers[server].mfrr = mfrr;
  update(server);
  return true;
}

void InterruptController::reset_server(u32 server) {
  const std::lock_guard lock(mutex_);
  state_.servers[server] = {};
  update(server);
}

bool InterruptController::set_xive(u32 number, u32 server, u8 priority) {
  const std::lock_guard lock(mutex_);
  const auto source = state_.sources.find(number);
  if (source == state_.sources.end() || server >= state_.servers.size()) return false;
  const u32 before = source->second.server;
  source->second.server = server;
  source->second.priority = priority;
  // A source is enabled by ibm,int-on (LoPAR 7.3.10.4). Here a priority other than the least favoured one does it as well.
  source->second.enabled = priority != 0xFF;
  update(before);
  update(server);
  return true;
}

bool InterruptController::get_xive(u32 number, u32& server, u8& priority) const {
  const std::lock_guard lock(mutex_);
  const auto source = state_.sources.find(number);
  if (source == state_.sources.end()) return false;
  server = source->second.server;
  priority = source->second.priority;
  return true;
}

bool InterruptController::set_enabled(u32 number, bool on) {
  const std::lock_guard lock(mutex_);
  const auto source = state_.sources.find(number);
  if (source == state_.sources.end()) return false;
  source->second.enabled = on;
  update(source->second.server);
  return true;
}

void archive(emu::Archive& ar, InterruptSource& source) {
  auto& [server, priority, enabled, pending, in_service] = source;
  ar.section("source", 1);
  ar("server", server);
  ar("priority", priority);
  ar("enabled", enabled);
  ar("pending", pending);
  ar("in_service", in_service);
}

void archive(emu::Archive& ar, InterruptServer& server) {
  auto& [cppr, mfrr] = server;
  ar.section("server", 1);
  ar("cppr", cppr);
  ar("mfrr", mfrr);
}

void archive(emu::Archive& ar, InterruptState& state) {
  auto& [servers, sources] = state;
  ar.section("interrupts", 1);
  ar("servers", servers);
  ar("sources", sources);
}

void InterruptController::archive(emu::Archive& ar) {
  const std::lock_guard lock(mutex_);
  InterruptState state = state_;
  devices::archive(ar, state);
  if (!ar.loading() || ar.failed()) return;
  // Processors and adapters are the partition's configuration, which a move must not change.
  if (state.servers.size() != state_.servers.size()) return ar.fail("are for another number of processors");
  if (state.sources.size() != state_.sources.size()) return ar.fail("have other sources than the adapters here");
  for (const auto& [number, source] : state.sources)
    if (!state_.sources.contains(number) || source.server >= state.servers.size())
      return ar.fail("name a source that is not here");
  state_ = std::move(state);
}

void InterruptController::refresh() {
  const std::lock_guard lock(mutex_);
  for (u32 server = 0; server < state_.servers.size(); ++server) update(server);
}

}  // namespace devices
