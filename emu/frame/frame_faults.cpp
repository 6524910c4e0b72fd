// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/frame/frame_faults.h"

#include <algorithm>

#include <fmt/format.h>

namespace emu::frame {

namespace {

constexpr size_t most_faults = 100;

Error wrong(std::string what) { return {"fault", std::move(what)}; }

// It waits for occasions, and another of its kind may wait beside it.
bool is_counted(const Fault& fault) {
  const FaultKind* kind = find_fault_kind(FaultOf::frame, fault.what);
  return kind && kind->has("count");
}

// Of one port, or of one subsystem, as the other.
bool of_the_same(const Fault& one, const Fault& other) { return one.port == other.port && one.subsystem == other.subsystem; }

}  // namespace

Result<u32> FrameFaults::add(Fault fault) {
  const auto back = taken_back_by(FaultOf::frame, fault);
  const std::lock_guard guard(mutex_);
  if (back) {
    for (InForce& each : faults_)
      if (each.fault.what == *back && of_the_same(each.fault, fault) && each.fault.vios.empty() && !fault.vios.empty() &&
          is_about_vios(each.fault, fault.vios))
        each.fault.spared.push_back(fault.vios);
    std::erase_if(faults_, [&](const InForce& each) {
      return each.fault.what == *back && of_the_same(each.fault, fault) && (fault.vios.empty() || each.fault.vios == fault.vios);
    });
    return 0U;
  }
  if (!is_counted(fault))
    std::erase_if(faults_, [&](const InForce& each) {
      return each.fault.what == fault.what && of_the_same(each.fault, fault) && each.fault.vios == fault.vios;
    });
  if (faults_.size() >= most_faults) return wrong("There are 100 faults already: clear some.");
  fault.number = ++last_;
  fault.met = 0;
  fault.spared.clear();
  faults_.push_back({std::move(fault), {}});
  return last_;
}

Status FrameFaults::clear(u32 number) {
  const std::lock_guard guard(mutex_);
  const size_t gone = std::erase_if(faults_, [&](const InForce& each) { return number == 0 || each.fault.number == number; });
  if (number && !gone) return wrong(fmt::format("There is no fault {}: `twinframe fault --list` shows them.", number));
  return success();
}

std::vector<Fault> FrameFaults::list() const {
  const std::lock_guard guard(mutex_);
  std::vector<Fault> all;
  for (const InForce& each : faults_) all.push_back(each.fault);
  return all;
}

std::optional<Fault> FrameFaults::of(std::string_view what, std::string_view vios) const {
  const std::lock_guard guard(mutex_);
  std::optional<Fault> found;
  for (const InForce& each : faults_)
    if (each.fault.what == what && is_about_vios(each.fault, vios)) found = each.fault;
  return found;
}

bool FrameFaults::has(std::string_view what) const {
  const std::lock_guard guard(mutex_);
  return std::ranges::any_of(faults_, [&](const InForce& each) { return each.fault.what == what; });
}

std::set<std::string> FrameFaults::ports_unplugged(std::string_view vios) const {
  const std::lock_guard guard(mutex_);
  std::set<std::string> ports;
  for (const InForce& each : faults_)
    if (each.fault.what == "unplug-cable" && is_about_vios(each.fault, vios)) ports.insert(each.fault.port);
  return ports;
}

std::set<std::string> FrameFaults::subsystems_offline(std::string_view vios) const {
  const std::lock_guard guard(mutex_);
  std::set<std::string> subsystems;
  for (const InForce& each : faults_)
    if (each.fault.what == "offline-subsystem" && is_about_vios(each.fault, vios)) subsystems.insert(each.fault.subsystem);
  return subsystems;
}

void FrameFaults::forget(std::string_view what) {
  const std::lock_guard guard(mutex_);
  std::erase_if(faults_, [&](const InForce& each) { return each.fault.what == what; });
}

bool FrameFaults::meets(std::string_view what, const std::string& vios, u64 stream, u64 carried) {
  const std::lock_guard guard(mutex_);
  bool met = false;
  for (InForce& each : faults_) {
    if (each.fault.what != what || !is_about_vios(each.fault, vios) || carried < each.fault.after_bytes) continue;
    if (!each.judged.insert(stream).second) continue;
    met = strikes(each.fault, std::uniform_int_distribution<u32>(1, 100)(dice_)) || met;
  }
  return met;
}

}  // namespace emu::frame
