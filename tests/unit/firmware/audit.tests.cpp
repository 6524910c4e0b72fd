// SPDX-License-Identifier: GPL-2.0-or-later
#include "firmware/audit.h"

#include <algorithm>

#include "tests/unit/firmware/world.h"

using namespace firmware;
using firmware::test::lpar;

namespace {

emu::LparDefinition partition(u32 id, const std::string& name) {
  auto definition = lpar(id, name, {});
  definition.uuid = "UUID-" + name;
  return definition;
}

JournalSeen journal(const std::string& letter, std::vector<emu::LparDefinition> lpars) {
  JournalSeen seen;
  seen.frame = "frame" + letter;
  seen.system = letter;
  seen.file = "journal of " + letter;
  seen.id = "id of " + letter;
  seen.writes = 5;
  seen.lpars = seen.lab_file = std::move(lpars);
  return seen;
}

Ownership owned(const std::string& name, const std::string& system) {
  return {.uuid = "UUID-" + name, .owner = system, .other = {}};
}

// Two frames: A has "one" and "two", B has "three", as their lab file says.
struct Files {
  Files() {
    witness.file = "witness";
    witness.journals = {{"A", "id of A", 5}, {"B", "id of B", 4}};
    witness.partitions = {owned("one", "A"), owned("two", "A"), owned("three", "B")};
  }
  Ownership& of(const std::string& name) { return *std::ranges::find(witness.partitions, "UUID-" + name, &Ownership::uuid); }
  void lose(size_t at) {
    journals[at].state = FileState::missing;
    journals[at].lpars.clear();
  }
  Audit audit() const { return firmware::audit(witness, journals); }
  WitnessSeen witness;
  std::vector<JournalSeen> journals{journal("A", {partition(1, "one"), partition(2, "two")}),
                                    journal("B", {partition(1, "three")})};
};

}  // namespace

TEST_CASE("files that agree need nothing", "[audit]") {
  const Audit audit = Files().audit();
  CHECK(audit.findings.empty());
  CHECK(audit.mends.empty());
}

TEST_CASE("a lost witness is made again of journals that agree, and of no others", "[audit]") {
  Files files;
  files.witness = {};
  files.witness.state = FileState::missing;
  SECTION("they agree") {
    const Audit audit = files.audit();
    CHECK(audit.mendable);
    CHECK(audit.mends.front().kind == Mend::Kind::new_witness);
    CHECK(std::ranges::count(audit.mends, Mend::Kind::set_owner, &Mend::kind) == 3);
    CHECK(std::ranges::count(audit.mends, Mend::Kind::accept_journal, &Mend::kind) == 2);
    return;
  }
  SECTION("one of them is lost, too") { files.lose(1); }
  SECTION("both have a partition") { files.journals[1].lpars.push_back(partition(2, "two")); }
  SECTION("a migration was under way") { files.journals[0].streams.push_back({7, 2, StreamStep::source, true, "B"}); }
  const Audit audit = files.audit();
  CHECK_FALSE(audit.mendable);
  CHECK(audit.mends.empty());
  CHECK_FALSE(audit.findings.empty());
}

TEST_CASE("a lost journal is made again of the lab file only if nothing has changed since", "[audit]") {
  Files files;
  files.lose(0);
  SECTION("nothing has") {
    const Audit audit = files.audit();
    CHECK(audit.mendable);
    REQUIRE(audit.mends.size() == 1);
    CHECK(audit.mends[0].kind == Mend::Kind::new_journal);
    return;
  }
  SECTION("a partition has moved away") { files.of("three").other = "A"; }
  SECTION("a partition has come") { files.of("two").stream = 7; }
  SECTION("a partition that had come was removed") {
    files.witness.released.push_back(owned("four", "A"));
    files.witness.released.back().stream = 7;
  }
  SECTION("a partition was made by a command") { files.witness.partitions.push_back(owned("made", "A")); }
  CHECK_FALSE(files.audit().mendable);
  CHECK(files.audit().mends.empty());
}

TEST_CASE("a recovery that was interrupted can be done again", "[audit]") {
  Files files;
  // Its new journal has a name, and the witness has not heard of it.
  files.journals[0].begun = false;
  files.journals[0].lpars.clear();
  SECTION("with another name") { files.journals[0].id = "recovered"; }
  SECTION("with fewer writes") { files.journals[0].writes = 0; }
  const Audit audit = files.audit();
  CHECK(audit.mendable);
  REQUIRE(audit.mends.size() == 1);
  CHECK(audit.mends[0].kind == Mend::Kind::new_journal);
}

TEST_CASE("of two files against one, the one is corrected", "[audit]") {
  Files files;
  SECTION("the witness and a journal against the other journal") {
    files.of("two").owner = "B";
    files.journals[1].lpars.push_back(partition(2, "two"));
    const Audit audit = files.audit();
    REQUIRE(audit.mends.size() == 1);
    CHECK(audit.mends[0].kind == Mend::Kind::drop_lpar);
    CHECK(audit.mends[0].journal == 0);
    CHECK(audit.mends[0].lpar_id == 2);
  }
  SECTION("both journals against the witness") {
    files.of("two").owner = "B";
    const Audit audit = files.audit();
    REQUIRE(audit.mends.size() == 1);
    CHECK(audit.mends[0].ownership == Ownership{.uuid = "UUID-two", .owner = "A", .number = 2, .other = {}});
  }
  SECTION("nobody has it") {
    files.journals[0].lpars.pop_back();
    CHECK_FALSE(files.audit().mendable);
  }
  SECTION("a journal without its end is taken, if it has the right partitions") {
    files.witness.journals[0].writes = 9;
    const Audit audit = files.audit();
    REQUIRE(audit.mends.size() == 1);
    CHECK(audit.mends[0].kind == Mend::Kind::accept_journal);
  }
  SECTION("a witness without its end takes what the journals say") {
    files.witness.journals.pop_back();
    files.witness.partitions.pop_back();
    const Audit audit = files.audit();
    REQUIRE(audit.mends.size() == 2);
    CHECK(audit.mends[0].kind == Mend::Kind::accept_journal);
    CHECK(audit.mends[1].ownership == owned("three", "B"));
  }
  SECTION("another lab's journal is not") {
    files.journals[0].id = "other";
    CHECK_FALSE(files.audit().mendable);
  }
}
