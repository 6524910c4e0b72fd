// SPDX-License-Identifier: GPL-2.0-or-later
#include "firmware/move/record.h"

#include "firmware/move/code_ahead.h"
#include "firmware/move/hello.h"
#include "firmware/move/phases.h"
#include "tests/support/catch.h"

using namespace firmware::move;

namespace {

constexpr u64 stream = 0x1234'5678'9ABC'DEF0;

Bytes make(Kind kind, Lane lane, u64 sequence, u32 count, const Bytes& payload) {
  Bytes record(record_header + payload.size());
  std::copy(payload.begin(), payload.end(), record.begin() + record_header);
  CHECK(seal(record, kind, lane, stream, sequence, count, static_cast<u32>(payload.size())) == record.size());
  return record;
}

Bytes pages_payload(u32 count) {
  Bytes payload(contents_offset + count * emu::page_size);
  for (u32 i = 0; i < count; ++i) emu::store_be(payload.data() + 4 * i, 100 + i);
  for (size_t i = contents_offset; i < payload.size(); ++i) payload[i] = static_cast<u8>(i * 7);
  return payload;
}

}  // namespace

TEST_CASE("a record comes back as it was sealed", "[move][record]") {
  RecordReader reader(stream);
  const Bytes payload = pages_payload(3);
  const Bytes bytes = make(Kind::pages, Lane::normal, 0, 3, payload);
  const auto record = reader.read(bytes);
  REQUIRE(record);
  CHECK(record->kind == Kind::pages);
  CHECK(record->count == 3);
  const auto list = read_pages(*record);
  REQUIRE(list);
  CHECK(list->number(2) == 102);
  CHECK(list->content(1).size() == emu::page_size);
  CHECK(std::equal(list->content(1).begin(), list->content(1).end(), payload.begin() + contents_offset + emu::page_size));
  CHECK(reader.read(make(Kind::go, Lane::normal, 1, 0, {})));
  // The urgent lane counts for itself.
  CHECK(reader.read(make(Kind::request, Lane::urgent, 0, 1, Bytes(4))));
  CHECK(reader.read(make(Kind::go, Lane::normal, 2, 0, {})));
}

TEST_CASE("every flipped byte of a record is refused, and the section is named", "[move][record]") {
  const Bytes bytes = make(Kind::pages, Lane::normal, 0, 3, pages_payload(3));
  for (size_t at = 0; at < bytes.size(); at += at < record_header + 200 ? 1 : 97) {
    for (const u8 change : {u8{0x01}, u8{0x80}, u8{0xFF}}) {
      Bytes damaged = bytes;
      damaged[at] ^= change;
      RecordReader reader(stream);
      const auto record = reader.read(damaged);
      INFO("byte " << at);
      REQUIRE_FALSE(record);
      CHECK_THAT(record.error().text, Catch::StartsWith("The section \""));
      // All but the magic and the kind itself leave the section's name legible.
      if (at >= 4 && at != 6) CHECK_THAT(record.error().text, Catch::Contains("\"pages\""));
      CHECK(reader.read(bytes));  // the undamaged one is still the one that is due
    }
  }
}

TEST_CASE("records that are cut, too long, of another version, stream or order are refused", "[move][record]") {
  const Bytes bytes = make(Kind::table, Lane::normal, 0, 1, pages_payload(1));
  RecordReader reader(stream);
  for (size_t length = 0; length < bytes.size(); length += length < 100 ? 1 : 211)
    CHECK_THAT(reader.read(std::span(bytes).first(length)).error().text, Catch::Contains("is cut short"));
  Bytes longer = bytes;
  longer.push_back(0);
  CHECK_THAT(reader.read(longer).error().text, Catch::Contains("\"table\"") && Catch::Contains("is too long"));

  Bytes version = bytes;
  version[5] = 2;
  CHECK_THAT(reader.read(version).error().text, Catch::Contains("has format version 2, this firmware reads version 1"));
  Bytes kind = bytes;
  kind[6] = 99;
  CHECK_THAT(reader.read(kind).error().text, Catch::Contains("number 99"));
  CHECK_THAT(RecordReader(7).read(bytes).error().text, Catch::Contains("belongs to stream"));

  CHECK_THAT(reader.read(make(Kind::table, Lane::normal, 1, 1, pages_payload(1))).error().text,
             Catch::Contains("is out of order: record 0 was due"));
  REQUIRE(reader.read(bytes));
  CHECK_THAT(reader.read(bytes).error().text, Catch::Contains("is out of order: record 1 was due"));
}

TEST_CASE("lists of pages must fit their records", "[move][record]") {
  RecordReader reader(stream);
  u64 sequence = 0;
  const auto pages = [&](u32 count, const Bytes& payload) {
    const Bytes bytes = make(Kind::pages, Lane::normal, sequence++, count, payload);
    const auto record = reader.read(bytes);
    REQUIRE(record);
    return static_cast<bool>(read_pages(*record));
  };
  CHECK(pages(1, pages_payload(1)));
  CHECK(pages(pages_per_record, pages_payload(pages_per_record)));
  CHECK_FALSE(pages(0, pages_payload(0)));
  CHECK_FALSE(pages(2, pages_payload(1)));
  CHECK_FALSE(pages(~0u, pages_payload(1)));
  CHECK_FALSE(pages(pages_per_record + 1, pages_payload(pages_per_record)));
  CHECK_FALSE(pages(1, Bytes(10)));
  const Bytes numbers = make(Kind::zero_pages, Lane::normal, sequence++, 3, Bytes(12));
  const auto record = reader.read(numbers);
  REQUIRE(record);
  CHECK(read_numbers(*record));
  const Bytes wrong = make(Kind::zero_pages, Lane::normal, sequence++, 0x40000000, Bytes(12));
  const auto second = reader.read(wrong);
  REQUIRE(second);
  CHECK_FALSE(read_numbers(*second));
}

TEST_CASE("the stream's own archives survive the way there and back", "[move][record]") {
  Hello hello{"UUID", "mobile", 1 * GiB, 16, 23, 2};
  CHECK(*emu::from_bytes<Hello>(emu::to_bytes(hello)) == hello);
  Suspension suspension{1, 2, 3, 4};
  CHECK(*emu::from_bytes<Suspension>(emu::to_bytes(suspension)) == suspension);
}

TEST_CASE("the table of phases: what was started never rolls back", "[move][phases]") {
  CHECK(allowed(Side::source, Phase::verifying, Phase::aborted));
  CHECK(allowed(Side::source, Phase::suspended, Phase::aborted));
  CHECK(allowed(Side::source, Phase::handed_over, Phase::aborted));  // if the witness gives it back
  CHECK_FALSE(allowed(Side::source, Phase::handed_over, Phase::failed));
  CHECK_FALSE(allowed(Side::source, Phase::resumed, Phase::aborted));
  CHECK_FALSE(reachable(Side::source, Phase::handed_over, Phase::passes));
  CHECK_FALSE(allowed(Side::target, Phase::resumed, Phase::aborted));
  CHECK_FALSE(allowed(Side::source, Phase::passes, Phase::suspended));  // the mover signals Suspend first
}

TEST_CASE("the list of code that runs often survives the way there and back, and must fit its record", "[move][record]") {
  std::vector<cpu::HotCode> code;
  for (u32 i = 0; i < code_per_record + 5; ++i)
    code.push_back({.page = i, .mode = 0x80000000u | i, .pc = 0xC000000000000000 + i * 4});
  const auto payloads = to_payloads(code);
  REQUIRE(payloads.size() == 2);
  std::vector<cpu::HotCode> back;
  for (const Bytes& payload : payloads) {
    const Record record{.kind = Kind::code, .count = static_cast<u32>(payload.size() / code_entry), .payload = payload};
    const auto part = read_code(record);
    REQUIRE(part);
    back.insert(back.end(), part->begin(), part->end());
  }
  CHECK(back == code);

  const Record longer{.kind = Kind::code, .count = 4, .payload = payloads[1]};
  const auto refused = read_code(longer);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().text == "The section \"code\" of the stream (record 0) is not as long as it says.");
}
