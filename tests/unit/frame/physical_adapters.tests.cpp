// SPDX-License-Identifier: GPL-2.0-or-later
// What is behind the adapters in physical slots: files and cables.
#include "emu/frame/physical_adapters.h"

#include <array>
#include <atomic>
#include <thread>

#include "emu/link/segment.h"
#include "tests/support/catch.h"
#include "tests/support/files.h"

using namespace emu;

namespace {

struct Place : support::Folder {
  LabFolders folders{(path / "state").string(), (path / "run").string()};
  Place() {
    std::filesystem::create_directories(folders.state);
    std::filesystem::create_directories(folders.runtime);
  }
  static PhysicalSlot slot(SlotAdapter adapter) {
    PhysicalSlot made;
    made.drc_index = 0x21010003;
    made.adapter = adapter;
    made.size_mb = 2;
    made.segment = "lan0";
    return made;
  }
  Result<devices::pci::Medium> open(const PhysicalSlot& slot) const { return frame::open_medium(slot, "cec1", folders); }
};

}  // namespace

TEST_CASE("the disk of a physical slot is a file that keeps what was written, and nothing outside of it is reached") {
  const Place place;
  PhysicalSlot slot = Place::slot(SlotAdapter::disk);
  const std::array<u8, 3> written{1, 2, 3};
  std::array<u8, 3> read{};
  {
    const auto medium = place.open(slot);
    REQUIRE(medium);
    REQUIRE(medium->disk);
    CHECK_FALSE(medium->cable);
    CHECK(medium->disk->bytes() == 2 * MiB);
    CHECK(medium->disk->write(2 * MiB - 3, written));
    CHECK_FALSE(medium->disk->write(2 * MiB - 2, written));
    CHECK_FALSE(medium->disk->read(~u64{0}, read));
    CHECK(medium->disk->flush());
  }
  const std::string file = place.folders.state + "/slots/cec1-21010003.img";
  CHECK(std::filesystem::file_size(file) == 2 * MiB);
  slot.size_mb = 3;  // larger now
  const auto again = place.open(slot);
  REQUIRE(again);
  CHECK(again->disk->bytes() == 3 * MiB);
  CHECK(again->disk->read(2 * MiB - 3, read));
  CHECK(read == written);
  // The file loses its end under it.
  std::filesystem::resize_file(file, MiB);
  CHECK_FALSE(again->disk->read(2 * MiB - 3, read));

  slot.path = place.path.string();
  CHECK(place.open(slot).error().text.find("The adapter in physical slot 21010003 cannot be used") == 0);
  slot.path = (place.path / "nowhere").string();
  CHECK(place.open(slot).error().code == "slots");
  slot.path = file;  // as it is: no larger than the file
  CHECK(place.open(slot).value().disk->bytes() == MiB);
}

TEST_CASE("the cable of a physical slot leads to its segment, and is pulled without a word") {
  const Place place;
  const auto segment = Segment::open(segment_file(place.folders.runtime, "lan0"));
  REQUIRE(segment);
  const auto other = (*segment)->plug("other");
  REQUIRE(other);
  std::atomic<int> received = 0;
  {
    auto medium = place.open(Place::slot(SlotAdapter::network));
    REQUIRE(medium);
    REQUIRE(medium->cable);
    medium->cable->connect([&](std::span<const u8> packet) { received += static_cast<int>(packet.size()); });
    CHECK((*segment)->ports().size() == 2);
    Bytes packet(60, 0xFF);
    medium->cable->send(packet);
    const auto came = (*other)->receive(5'000'000'000);
    REQUIRE(came);
    CHECK(came->size() == 60);
    CHECK((*other)->send(packet));
    for (int i = 0; i < 500 && received == 0; ++i) std::this_thread::yield(), (void)(*other)->wait(10'000'000);
    CHECK(received == 60);
  }
  CHECK((*segment)->ports().size() == 1);
}
