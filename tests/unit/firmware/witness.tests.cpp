// SPDX-License-Identifier: GPL-2.0-or-later
#include "firmware/witness.h"

#include <atomic>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <unistd.h>

#include "firmware/journal.h"
#include "tests/unit/firmware/world.h"

using namespace firmware;

namespace {

constexpr const char* a = "9117-MMA*1001234";
constexpr const char* b = "9117-MMA*1005678";
constexpr const char* mobile = "E1357EE0-DEB3-436F-B36A-B75B2307F29B";

std::unique_ptr<Witness> empty() { return std::move(*Witness::open(":memory:")); }

// A file of its own, gone with its SQLite companions.
struct File {
  explicit File(const std::string& kind) : name(fmt::format("/tmp/twinframe-{}-test-{}", kind, getpid())) {}
  ~File() {
    for (const char* suffix : {"", "-wal", "-shm"}) std::remove((name + suffix).c_str());
  }
  // Overwrites the last place where `text` is stored.
  bool spoil(const std::string& text) const {
    std::FILE* file = std::fopen(name.c_str(), "r+b");
    std::string all;
    for (int c; (c = std::fgetc(file)) != EOF;) all.push_back(static_cast<char>(c));
    const size_t at = all.rfind(text);
    if (at != std::string::npos) {
      std::fseek(file, static_cast<long>(at), SEEK_SET);
      std::fputc(all[at] ^ 1, file);
    }
    std::fclose(file);
    return at != std::string::npos;
  }
  std::string name;
};

}  // namespace

TEST_CASE("a partition has one owner, and the number of its owners grows with each move", "[witness]") {
  const auto witness = empty();
  CHECK_FALSE(witness->of(mobile));
  REQUIRE(witness->claim(mobile, a));
  CHECK(witness->claim(mobile, a));
  const auto refused = witness->claim(mobile, b);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == "witness");
  CHECK(refused.error().text.find(a) != std::string::npos);
  CHECK(refused.error().text.find(b) != std::string::npos);

  CHECK(witness->begin(mobile, a, 7, b));
  CHECK(witness->hand_over(mobile, a, 7));
  CHECK(witness->start(mobile, b, 7));
  CHECK(witness->of(mobile) == Ownership{mobile, b, 2, HandOver::started, 7, a});
  CHECK(witness->start(mobile, b, 7));  // said again
  CHECK(witness->of(mobile)->number == 2);
  CHECK(witness->of_stream(7)->uuid == mobile);

  CHECK(witness->begin(mobile, b, 8, a));
  CHECK_FALSE(witness->of_stream(7));
  CHECK(witness->hand_over(mobile, b, 8));
  CHECK(witness->start(mobile, a, 8));
  CHECK(witness->of(mobile)->number == 3);
  CHECK_FALSE(witness->release(mobile, b));
  CHECK(witness->release(mobile, a));
  CHECK_FALSE(witness->of(mobile));
}

TEST_CASE("a partition that was removed is remembered until somebody claims it again", "[witness]") {
  const auto witness = std::move(*Witness::open(":memory:"));
  REQUIRE(witness->claim("one", "A"));
  REQUIRE(witness->begin("one", "A", 7, "B"));
  REQUIRE(witness->hand_over("one", "A", 7));
  REQUIRE(witness->start("one", "B", 7));
  CHECK(witness->released().empty());
  REQUIRE(witness->release("one", "B"));
  CHECK(witness->all().empty());
  REQUIRE(witness->released().size() == 1);
  CHECK(witness->released()[0].stream == 7);
  CHECK(witness->released()[0].other == "A");
  REQUIRE(witness->claim("one", "A"));
  CHECK(witness->released().empty());
}

TEST_CASE("what was handed over is taken back or started, and never both", "[witness]") {
  const auto witness = empty();
  REQUIRE(witness->claim(mobile, a));
  REQUIRE(witness->begin(mobile, a, 7, b));
  CHECK_FALSE(witness->start(mobile, b, 7));  // not handed over
  REQUIRE(witness->hand_over(mobile, a, 7));
  SECTION("taken back") {
    CHECK(witness->take_back(mobile, a, 7));
    CHECK(witness->take_back(mobile, a, 7));
    CHECK_FALSE(witness->start(mobile, b, 7));
    CHECK(witness->of(mobile)->owner == a);
    CHECK(witness->of(mobile)->number == 1);
  }
  SECTION("started") {
    CHECK(witness->start(mobile, b, 7));
    CHECK_FALSE(witness->take_back(mobile, a, 7));
    CHECK_FALSE(witness->hand_over(mobile, a, 7));
    CHECK(witness->of(mobile)->owner == b);
  }
  SECTION("by somebody else") {
    CHECK_FALSE(witness->start(mobile, "9117-MMA*1009999", 7));
    CHECK_FALSE(witness->take_back(mobile, b, 7));
  }
  SECTION("with another migration") {
    CHECK_FALSE(witness->start(mobile, b, 8));
    CHECK_FALSE(witness->take_back(mobile, a, 8));
    CHECK_FALSE(witness->begin(mobile, a, 8, b));
    CHECK(witness->begin(mobile, a, 7, b));  // the same, said again
    CHECK(witness->of(mobile)->state == HandOver::handed_over);
  }
}

TEST_CASE("of two processes that want to decide at once one wins", "[witness]") {
  const File file("witness");
  const auto of_a = std::move(*Witness::open(file.name));
  const auto of_b = std::move(*Witness::open(file.name));
  REQUIRE(of_a->claim(mobile, a));
  u64 number = 1;
  for (u64 stream = 1; stream <= 200; ++stream) {
    REQUIRE(of_a->begin(mobile, a, stream, b));
    REQUIRE(of_a->hand_over(mobile, a, stream));
    bool started = false;
    std::thread other([&] { started = static_cast<bool>(of_b->start(mobile, b, stream)); });
    const bool taken_back = static_cast<bool>(of_a->take_back(mobile, a, stream));
    other.join();
    REQUIRE(started != taken_back);
    CHECK(of_a->of(mobile) == of_b->of(mobile));
    number += started ? 1 : 0;
    CHECK(of_a->of(mobile)->number == number);
    if (!started) continue;
    REQUIRE(of_b->begin(mobile, b, stream + 1000, a));  // home again
    REQUIRE(of_b->hand_over(mobile, b, stream + 1000));
    REQUIRE(of_a->start(mobile, a, stream + 1000));
    ++number;
  }
}

TEST_CASE("frames that start at once make one witness", "[witness]") {
  for (int round = 0; round < 20; ++round) {
    const File file("witness");
    std::atomic<int> opened{0};
    std::vector<std::thread> frames;
    for (int i = 0; i < 4; ++i)
      frames.emplace_back([&, i] {
        const auto witness = Witness::open(file.name);
        if (witness && (*witness)->see_journal({std::to_string(i), "id", 1})) ++opened;
      });
    for (std::thread& frame : frames) frame.join();
    CHECK(opened == 4);
  }
}

TEST_CASE("a witness that somebody has changed is damaged", "[witness]") {
  const File file("witness");
  {
    const auto witness = std::move(*Witness::open(file.name));
    REQUIRE(witness->claim(mobile, a));
  }
  REQUIRE(Witness::open(file.name));
  SECTION("one letter of an owner") { REQUIRE(file.spoil(a)); }
  SECTION("its head") { REQUIRE(file.spoil("SQLite format 3")); }
  SECTION("cut short") { REQUIRE(truncate(file.name.c_str(), 5000) == 0); }
  const auto opened = Witness::open(file.name);
  REQUIRE_FALSE(opened);
  CHECK(opened.error().code == "damaged");
  CHECK(opened.error().text.find(file.name) != std::string::npos);
  CHECK(opened.error().text.find("twinframe recover --explain") != std::string::npos);
}

TEST_CASE("a journal that somebody has changed is damaged", "[journal]") {
  const File file("journal");
  {
    const auto journal = std::move(*Journal::open(file.name));
    REQUIRE(journal->put_lpar(test::lpar(3, "mobile", {})));
    REQUIRE(journal->put_stream({7, 3, StreamStep::source, true, "the other"}));
    REQUIRE(journal->put_blob("nvram/x", {'k', 'e', 'p', 't'}));
  }
  REQUIRE(Journal::open(file.name));
  SECTION("a partition") { REQUIRE(file.spoil("nomad")); }
  SECTION("a migration") { REQUIRE(file.spoil("the other")); }
  SECTION("an image of NVRAM") { REQUIRE(file.spoil("kept")); }
  SECTION("its head") { REQUIRE(file.spoil("SQLite format 3")); }
  const auto opened = Journal::open(file.name);
  REQUIRE_FALSE(opened);
  CHECK(opened.error().code == "damaged");
  CHECK(opened.error().text.find(file.name) != std::string::npos);
}
