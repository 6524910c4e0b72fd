// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/core/archive.h"

#include "emu/core/partition_profile.h"
#include "tests/support/catch.h"

#include <limits>
#include <random>

namespace {

enum class Colour : u8 { red = 1, green };

struct Inner {
  u16 number = 0;
  std::string word;
  bool operator==(const Inner&) const = default;
};
void archive(emu::Archive& ar, Inner& inner) {
  auto& [number, word] = inner;
  ar.section("inner", 1);
  ar("number", number);
  ar("word", word);
}

struct Everything {
  u8 byte = 0;
  u32 word = 0;
  u64 doubleword = 0;
  s32 negative = 0;
  bool flag = false;
  double fraction = 0;
  Colour colour = Colour::red;
  std::string text;
  std::array<u8, 4> raw{};
  Bytes bytes;
  std::vector<Inner> inners;
  std::deque<u16> queue;
  std::optional<u32> maybe;
  std::map<u32, std::string> names;
  bool operator==(const Everything&) const = default;
};
void archive(emu::Archive& ar, Everything& all) {
  auto& [byte, word, doubleword, negative, flag, fraction, colour, text, raw, bytes, inners, queue, maybe, names] = all;
  ar.section("everything", 2);
  ar("byte", byte);
  ar("word", word);
  ar("doubleword", doubleword);
  ar("negative", negative);
  ar("flag", flag);
  ar("fraction", fraction);
  ar("colour", colour);
  if (ar.loading() && colour != Colour::red && colour != Colour::green) ar.fail("is no colour");
  ar("text", text);
  ar("raw", raw);
  ar("bytes", bytes);
  ar("inners", inners);
  ar("queue", queue);
  ar("maybe", maybe);
  ar("names", names);
}

Everything sample() {
  Everything all;
  all.byte = 0xAB;
  all.word = 0x01020304;
  all.doubleword = ~u64{0} - 1;
  all.negative = -7;
  all.flag = true;
  all.fraction = 1.5;
  all.colour = Colour::green;
  all.text = std::string("with a zero \0 inside", 20);
  all.raw = {1, 2, 3, 4};
  all.bytes = {9, 8, 7};
  all.inners = {{1, "one"}, {2, ""}};
  all.queue = {5, 6};
  all.maybe = 77;
  all.names = {{1, "vios"}, {3, "mobile"}};
  return all;
}

// One section with one field, written by hand.
struct OneField {
  std::string section, field;
  u16 version = 1;
  u32 value = 5;
};
void archive(emu::Archive& ar, OneField& one) {
  ar.section(one.section, one.version);
  ar(one.field, one.value);
}

std::string refusal(const Bytes& bytes) {
  const auto loaded = emu::from_bytes<Everything>(bytes);
  return loaded ? "" : loaded.error().text;
}

}  // namespace

TEST_CASE("what is saved is loaded again", "[archive]") {
  const Everything all = sample();
  const auto loaded = emu::from_bytes<Everything>(emu::to_bytes(all));
  REQUIRE(loaded);
  CHECK(*loaded == all);
  CHECK(*emu::from_bytes<Everything>(emu::to_bytes(Everything{})) == Everything{});
}

TEST_CASE("numbers are big-endian on the wire", "[archive]") {
  const Bytes bytes = emu::to_bytes(OneField{"s", "f", 1, 0x01020304});
  const Bytes expected = {'S', 1, 's', 0, 1, 'F', 1, 'f', 0, 0, 0, 4, 1, 2, 3, 4};
  CHECK(bytes == expected);
}

SCENARIO("a hostile archive is refused with a sentence that names section and field", "[archive]") {
  const Bytes good = emu::to_bytes(sample());
  WHEN("it ends at any point") {
    for (size_t length = 0; length < good.size(); ++length) {
      const std::string text = refusal(Bytes(good.begin(), good.begin() + static_cast<long>(length)));
      CHECK((text.find("everything") == 0 || text.find("inner") == 0));
    }
  }
  WHEN("something follows") {
    Bytes longer = good;
    longer.push_back(0);
    CHECK(refusal(longer) == "everything.names is followed by 1 bytes too many");
  }
  WHEN("any bit is turned, it is refused or loads as something else, and never does harm") {
    for (size_t i = 0; i < good.size(); ++i) {
      for (unsigned bit = 0; bit < 8; ++bit) {
        Bytes bad = good;
        bad[i] ^= static_cast<u8>(1u << bit);
        const auto loaded = emu::from_bytes<Everything>(bad);
        if (loaded) CHECK_FALSE(*loaded == sample());
      }
    }
  }
  WHEN("it is of a later version") {
    const Bytes bytes = emu::to_bytes(OneField{"everything", "byte", 3});
    CHECK(refusal(bytes) == "everything has version 3, this build reads up to version 2");
  }
  WHEN("another field comes first") {
    CHECK(refusal(emu::to_bytes(OneField{"everything", "word", 2})) == "everything.byte is not where it belongs");
  }
  WHEN("another section comes first") {
    CHECK(refusal(emu::to_bytes(OneField{"nothing", "byte", 2})) == "everything is not where it belongs");
  }
  WHEN("a field is longer than its type") {
    CHECK(refusal(emu::to_bytes(OneField{"everything", "byte", 2})) == "everything.byte is longer than expected");
  }
}

TEST_CASE("a hostile count allocates nothing", "[archive]") {
  struct Reader {
    static void archive_all(emu::Archive& ar, std::vector<u64>& numbers) {
      ar.section("s", 1);
      ar("numbers", numbers);
    }
  };
  emu::Archive ar = emu::Archive::saving();
  std::vector<u64> numbers{1};
  Reader::archive_all(ar, numbers);
  Bytes bytes = ar.take();
  // The count is the four bytes before the one element.
  for (size_t i = 0; i < 4; ++i) bytes[bytes.size() - 12 + i] = 0xFF;
  emu::Archive loading = emu::Archive::loading_from(bytes);
  numbers.clear();
  Reader::archive_all(loading, numbers);
  const auto status = loading.finish();
  REQUIRE_FALSE(status);
  CHECK(status.error().text == "s.numbers holds fewer elements than it says");
  CHECK(numbers.empty());
}

namespace {

// Far larger here than in a stream; and it counts.
struct Heavy {
  static inline u32 made = 0;
  std::array<u64, 20> numbers{};
  Heavy() { ++made; }
};
void archive(emu::Archive& ar, Heavy& heavy) {
  ar.section("heavy", 1);
  ar("numbers", heavy.numbers);
}
struct Crowd {
  std::vector<Heavy> members;
};
void archive(emu::Archive& ar, Crowd& crowd) {
  ar.section("crowd", 1);
  ar("members", crowd.members);
}

}  // namespace

TEST_CASE("a large message that says it is a crowd makes nobody who is not in it", "[archive]") {
  Bytes bytes = emu::to_bytes(Crowd{});
  // The last 8 bytes are the length of the field, and the count: 4 MiB, as many members as bytes.
  constexpr u32 size = 4 * MiB;
  emu::store_be(bytes.data() + bytes.size() - 8, 4 + size);
  emu::store_be(bytes.data() + bytes.size() - 4, size);
  bytes.resize(bytes.size() + size);
  Heavy::made = 0;
  CHECK(emu::from_bytes<Crowd>(bytes).error().text.find("heavy") != std::string::npos);
  CHECK(Heavy::made == 1);
}

TEST_CASE("a partition's definition survives the wire, and a wrong kind of adapter does not", "[archive]") {
  emu::LparDefinition lpar;
  lpar.service = true;
  lpar.lpar_id = 3;
  lpar.name = "mobile";
  lpar.profiles.resize(2);
  lpar.profiles[0].name = "default";
  lpar.profiles[0].io_slots = {"21010002"};
  lpar.profiles[0].adapters.resize(1);
  lpar.profiles[0].adapters[0].addl_vlan_ids = {4, 5};
  CHECK(*emu::from_bytes<emu::LparDefinition>(emu::to_bytes(lpar)) == lpar);

  lpar.profiles[0].adapters[0].kind = static_cast<emu::AdapterKind>(77);
  const auto refused = emu::from_bytes<emu::LparDefinition>(emu::to_bytes(lpar));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().text == "adapter.kind is no kind of adapter");
}

TEST_CASE("a definition that knows only which profile was activated last had what that says", "[archive]") {
  // As version 1 wrote it.
  emu::LparDefinition was;
  was.name = "mobile";
  was.uuid = "U";
  was.default_profile = "normal";
  was.profiles.resize(2);
  was.profiles[0].name = "normal";
  was.profiles[1].name = "large";
  was.profiles[1].desired_mem = 512;
  std::string last = GENERATE("large", "", "gone");
  emu::Archive ar = emu::Archive::saving();
  ar.section("lpar", 1);
  ar("lpar_id", was.lpar_id);
  ar("name", was.name);
  ar("env", was.env);
  ar("uuid", was.uuid);
  ar("default_profile", was.default_profile);
  ar("curr_profile", last);
  ar("profiles", was.profiles);
  ar("msp", was.msp);
  ar("time_ref", was.time_ref);
  ar("ip_address", was.ip_address);
  const auto now = emu::from_bytes<emu::LparDefinition>(ar.take());
  REQUIRE(now);
  CHECK(now->profiles == was.profiles);
  CHECK(now->current.has_value() == (last == "large"));
  if (now->current) {
    CHECK(now->current->profile == "large");
    CHECK(now->current->desired_mem == 512);
    CHECK(now->current->pending.desired_mem == 512);
  }
}
