// SPDX-License-Identifier: GPL-2.0-or-later
// Records a stream for later versions. tests/fixtures/record runs it; tests/unit/firmware/move/recorded.tests.cpp reads what it writes.
#include <cstdlib>
#include <map>

#include "devices/vasi_messages.h"
#include "firmware/hcall_numbers.h"
#include "firmware/model.h"
#include "firmware/move/record.h"
#include "tests/unit/firmware/recording.h"
#include "tests/unit/vios/mover/world.h"

using namespace mover_test;
using namespace firmware::hcall;
using firmware::move::Lane;
namespace messages = devices::vasi;

namespace {

// A Virtual I/O Server's partition as it is, and a copy of each record that its mover delivers.
class Listening final : public firmware::NativePartition {
 public:
  explicit Listening(firmware::NativePartition& real) : real_(real) {}

  firmware::HcallAnswer hcall(u64 number, std::initializer_list<u64> arguments) override {
    const u64* const in = arguments.begin();
    if (number == H_PUT_TCE) mapped_[in[1]] = in[2] & ~u64{3};
    Bytes record;
    if (number == H_SEND_CRQ && messages::parse(in[1], in[2]).is(messages::Format::download)) record = brought(in[2]);
    firmware::HcallAnswer answer = real_.hcall(number, arguments);
    // A mover whose hypervisor is busy brings the same again.
    if (!record.empty() && answer.status == 0) records.push_back(std::move(record));
    return answer;
  }
  const emu::LparDefinition& definition() const override { return real_.definition(); }
  emu::GuestMemory& memory() override { return real_.memory(); }
  std::vector<firmware::NativeAdapter> adapters() const override { return real_.adapters(); }
  emu::Result<firmware::NativeAdapter> plug(const emu::VirtualAdapter& a, firmware::Kept kept) override {
    return real_.plug(a, kept);
  }
  emu::Status unplug(u32 slot, firmware::Kept kept) override { return real_.unplug(slot, kept); }
  u32 free_slots() const override { return real_.free_slots(); }
  std::vector<emu::Hold> holds() const override { return real_.holds(); }
  u64 time_of_day() const override { return real_.time_of_day(); }
  emu::Status set_time_of_day(u64 nanoseconds) override { return real_.set_time_of_day(nanoseconds); }
  std::string uuid_of(u32 lpar_id) const override { return real_.uuid_of(lpar_id); }
  std::vector<u32> wait(u64 timeout) override { return real_.wait(timeout); }
  void wake() override { real_.wake(); }

  std::vector<Bytes> records;  // the mover's thread's, until it is gone

 private:
  Bytes brought(u64 descriptor) {
    const auto where = messages::unpack(descriptor);
    const u64 page = where->io_address & ~u64{emu::page_size - 1};
    const auto bytes = real_.memory().attached(mapped_.at(page) + where->io_address - page, where->length);
    const auto record = messages::immediate_segment(bytes);
    return {record->begin(), record->end()};
  }

  firmware::NativePartition& real_;
  std::map<u64, u64> mapped_;  // I/O address to real address, by page
};

}  // namespace

TEST_CASE("a move is recorded", "[.record]") {
  const char* const file = std::getenv("TWINFRAME_RECORD");
  REQUIRE(file);
  std::unique_ptr<Listening> listening;
  constexpr u32 churn_mb = 3;
  TwoFrames world(16, churn_mb);
  firmware::test::Recording recording{world.definition, {}};
  // A later version may have another default processor, and has no use for the image.
  emu::Profile& profile = recording.definition.profiles[0];
  profile.lpar_proc_compat_mode = firmware::model_of(profile, {}).mode;
  profile.boot_image = "guest.elf";

  world.b.mover.reset();
  listening = std::make_unique<Listening>(*world.b.world->native(1));
  world.b.mover = std::move(*vios::Mover::create(*listening, world.b.errors, world.b.lpm_log, world.b.world.clock));
  world.pages_by_link = true;  // both ways of them are in the recording
  world.resume_early();
  // The link is slow: the last page that the guest writes is not on its way yet, and is asked for.
  CHECK(world.b.world->memory(2)->ensure_present((4 + churn_mb) * MiB / emu::page_size - 1));
  world.a.mover->limit_rate(0);
  REQUIRE(world.wait_for(world.b, Phase::completed));
  CHECK(world.runs(world.b));
  CHECK(world.field(world.b, guest::errors) == 0);
  world.finish();
  world.b.mover.reset();
  recording.records = std::move(listening->records);
  REQUIRE(std::ranges::any_of(recording.records, [](const Bytes& r) { return r[7] == static_cast<u8>(Lane::urgent); }));
  firmware::test::write(file, recording);
}
