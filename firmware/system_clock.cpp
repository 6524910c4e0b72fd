// SPDX-License-Identifier: GPL-2.0-or-later
#include "firmware/system_clock.h"

namespace firmware {

namespace {

// The key under which the journal has the system's.
constexpr const char* system_key = "system/clock";

struct Kept {
  u64 since = 0;
  s64 difference = 0;
  FIELDS(Kept, since, difference)
};
struct KeptDifference {
  s64 difference = 0;
  FIELDS(KeptDifference, difference)
};

}  // namespace

emu::Status SystemClock::start() {
  if (const Bytes bytes = journal_.blob(system_key); !bytes.empty()) {
    const auto kept = TRY(emu::from_bytes<Kept>(bytes));
    since_ = kept.since;
    difference_ = kept.difference;
    return emu::success();
  }
  since_ = clock_.wall();
  return put_system(0);
}

u64 SystemClock::time_base() const {
  const u64 now = clock_.monotonic();
  return emu::to_ticks(now + static_cast<u64>(emu::drift_of(static_cast<s64>(now), config_.clock_drift_ppm)));
}

u64 SystemClock::host_nanoseconds(u64 ticks) const {
  constexpr s64 million = 1'000'000;
  const s64 nanoseconds = static_cast<s64>(emu::to_nanoseconds(ticks));
  const s64 speed = million + config_.clock_drift_ppm;
  return static_cast<u64>(nanoseconds / speed * million + nanoseconds % speed * million / speed);
}

u64 SystemClock::real_time() const {
  const emu::DriftingClock real{since_, config_.clock_offset_ms * static_cast<s64>(emu::millisecond), config_.clock_drift_ppm};
  return real.at(clock_.wall());
}

emu::DriftingClock SystemClock::time_of_day() const {
  return {since_, config_.clock_offset_ms * static_cast<s64>(emu::millisecond) + difference_, config_.clock_drift_ppm};
}

s64 SystemClock::difference_of(const emu::LparDefinition& lpar) const {
  const auto own = emu::from_bytes<KeptDifference>(journal_.blob(clock_key(lpar)));
  return own ? own->difference : difference_.load();
}

emu::Status SystemClock::set(const emu::LparDefinition& lpar, s64 difference) {
  return journal_.put_blob(clock_key(lpar), emu::to_bytes(KeptDifference{difference}));
}

emu::Status SystemClock::set_with_system(const emu::LparDefinition& lpar, s64 difference,
                                         std::span<const emu::LparDefinition* const> others) {
  TRY(journal_.together([&]() -> emu::Status {
    for (const emu::LparDefinition* other : others) TRY(set(*other, difference_of(*other)));
    TRY(set(lpar, difference));
    return put_system(difference);
  }));
  difference_ = difference;
  return emu::success();
}

emu::Status SystemClock::put_system(s64 difference) {
  return journal_.put_blob(system_key, emu::to_bytes(Kept{since_, difference}));
}

}  // namespace firmware
