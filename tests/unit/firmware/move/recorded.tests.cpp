// SPDX-License-Identifier: GPL-2.0-or-later
// Streams of earlier versions, as tests/fixtures/record has recorded them, are read; what cannot be read is refused with a sentence.
#include "firmware/move/hello.h"
#include "tests/support/catch.h"
#include "tests/support/places.h"
#include "tests/unit/firmware/hand.h"
#include "tests/unit/firmware/recording.h"
#include "tests/unit/vios/mover/guest.h"

using namespace firmware;
using namespace firmware::test;

namespace {

std::vector<std::filesystem::path> recordings() {
  std::vector<std::filesystem::path> all;
  for (const auto& version : std::filesystem::directory_iterator(support::checkout() / "tests/fixtures"))
    if (version.is_directory()) all.push_back(version.path() / "stream.gz");
  return all;
}

// A frame with a shell of the recorded partition, and a mover that brings it the recorded records.
struct Destination {
  explicit Destination(const Recording& recording)
      : stream(emu::load_be<u64>(recording.records.at(0).data() + 8)), definition(recording.definition) {
    REQUIRE(world->activate(1, "", {}));
    // As the source has left it, when its last record came.
    REQUIRE(world.witness->claim(definition.uuid, "cec2"));
    REQUIRE(world.witness->begin(definition.uuid, "cec2", stream, world.config.mtms()));
    REQUIRE(world.witness->hand_over(definition.uuid, "cec2", stream));
    REQUIRE(world->create_shell(stream, with_current(definition), true, "cec2"));
    REQUIRE(world->enable_stream(stream, definition.lpar_id, false, 1, "cec2", nullptr));
    hand = std::make_unique<Hand>(*world->native(1));
    hand->heard = [this](const vasi::Message& message) { hear(message); };
    bottom = hand->open(stream, vasi::Service::target_mover);
    REQUIRE(bottom);
  }

  // Brings records until one is refused. The phases that the stream came to.
  std::vector<move::Phase> bring(const std::vector<Bytes>& records) {
    std::vector<move::Phase> phases;
    for (const Bytes& record : records) {
      CHECK(hand->download(bottom, record) == 0);
      hand->drain();
      const move::Phase phase = progress().phase;
      if (phases.empty() || phases.back() != phase) phases.push_back(phase);
      if (refused) break;
    }
    return phases;
  }
  move::Progress progress() { return *world->progress(stream); }
  u64 field(u64 address) { return emu::load_be<u64>(world->memory(definition.lpar_id)->raw(address, 8).data()); }

  World world{{vios(1, "vios", {vasi_adapter()})}};
  u64 stream;
  emu::LparDefinition definition;
  std::unique_ptr<Hand> hand;
  u32 bottom = 0;
  bool refused = false;
  std::vector<move::Kind> answers;  // of the destination's hypervisor, of the kinds of which a move has one

 private:
  void hear(const vasi::Message& message) {
    if (message.answers(vasi::Format::download) && message.status != 0) refused = true;
    if (!message.is(vasi::Format::operation)) return;
    const auto kind = static_cast<move::Kind>(hand->buffer(message.low)[vasi::data_offset + 6]);
    if (kind != move::Kind::pass_done && kind != move::Kind::code_done && kind != move::Kind::request) answers.push_back(kind);
    (void)hand->add_buffer(bottom, message.low);
  }
};

move::Kind kind_of(const Bytes& record) { return static_cast<move::Kind>(record.at(6)); }

// The record with another payload, and so with another checksum.
Bytes with_payload(const Bytes& record, u64 stream, const Bytes& payload) {
  Bytes changed(move::record_header + payload.size());
  std::ranges::copy(payload, changed.begin() + move::record_header);
  (void)move::seal(changed, kind_of(record), static_cast<move::Lane>(record[7]), stream, emu::load_be<u64>(record.data() + 16),
                   emu::load_be<u32>(record.data() + 28), static_cast<u32>(payload.size()));
  return changed;
}
Bytes payload_of(const Bytes& record) { return {record.begin() + move::record_header, record.end()}; }

}  // namespace

TEST_CASE("a recorded stream of each version is read, and its partition runs on", "[move][recorded]") {
  REQUIRE_FALSE(recordings().empty());
  for (const auto& file : recordings()) {
    INFO(file);
    const Recording recording = read_recording(file);
    Destination destination(recording);
    using enum move::Phase;
    const auto phases = destination.bring(recording.records);
    CHECK(destination.progress().error_text == "");
    REQUIRE(phases == std::vector{passes, verifying, resumed, completed});
    CHECK(destination.progress().residual_pages > 0);
    CHECK(destination.answers ==
          std::vector{move::Kind::welcome, move::Kind::ready, move::Kind::started, move::Kind::all_received});
    CHECK(destination.world->close_stream(destination.stream));
    CHECK(destination.world->finish_target(destination.stream, false));

    const u64 counted = destination.field(guest::counter);
    CHECK(destination.world.wait([&] { return destination.field(guest::counter) > counted + 100'000; }));
    CHECK(destination.world.status(destination.definition.lpar_id).state == LparState::running);
    CHECK(destination.field(guest::resumed) == 1);
    CHECK(destination.field(guest::refused) == 0);
    CHECK(destination.field(guest::errors) == 0);
  }
}

TEST_CASE("a recorded stream with a section of a version to come is refused by the section's name", "[move][recorded]") {
  for (const auto& file : recordings()) {
    INFO(file);
    Recording recording = read_recording(file);
    Destination destination(recording);
    const Bytes section{'S', 9, 'p', 'a', 'r', 't', 'i', 't', 'i', 'o', 'n'};
    Bytes state;
    for (Bytes& record : recording.records) {
      if (kind_of(record) == move::Kind::state) {
        Bytes piece = payload_of(record);
        if (state.empty()) {
          REQUIRE(std::equal(section.begin(), section.end(), piece.begin()));
          emu::store_be(piece.data() + section.size(), u16{99});
        }
        state.insert(state.end(), piece.begin(), piece.end());
        record = with_payload(record, destination.stream, piece);
      }
      if (kind_of(record) == move::Kind::suspended) {
        auto suspension = *emu::from_bytes<move::Suspension>(payload_of(record));
        suspension.state_checksum = move::checksum_of(state);
        record = with_payload(record, destination.stream, emu::to_bytes(suspension));
      }
    }
    using enum move::Phase;
    CHECK(destination.bring(recording.records) == std::vector{passes, aborted});
    CHECK_THAT(destination.progress().error_text,
               Catch::StartsWith("The partition's state is refused: partition has version 99, this build reads up to version "));
    CHECK(destination.world->refcodes(destination.definition.lpar_id, 1)[0].refcode == "B2002210");  // Redbook, table B-2
    CHECK(destination.world->close_stream(destination.stream));
    CHECK(destination.world->remove_shell(destination.stream));
    CHECK(destination.world->lpars().size() == 1);
  }
}
