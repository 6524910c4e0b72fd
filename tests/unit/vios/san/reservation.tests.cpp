// SPDX-License-Identifier: GPL-2.0-or-later
#include "vios/san/reservation.h"

#include "emu/core/state_file.h"
#include "tests/support/catch.h"
#include "tests/unit/vios/support/world.h"

#include <csignal>
#include <thread>

#include <sys/wait.h>
#include <unistd.h>

using namespace vios;

namespace {

struct Views {
  test::Folder folder;
  std::string file = folder.path() + "/lun.reservations";
  std::unique_ptr<Reservations> a = std::move(*Reservations::open(file, "cec1/vios1"));
  std::unique_ptr<Reservations> b = std::move(*Reservations::open(file, "cec2/vios1"));
};

}  // namespace

TEST_CASE("what one view reserves keeps the other out until it is released", "[vios][san]") {
  Views views;
  CHECK(views.b->allows("cec2/vios1/vhost0", Access::write));
  CHECK(views.a->reserve("cec1/vios1") == Answer::good);
  CHECK(views.b->state().reserved_by == "cec1/vios1");
  CHECK(views.b->reserve("cec2/vios1") == Answer::conflict);
  CHECK_FALSE(views.b->allows("cec2/vios1/vhost0", Access::read));
  CHECK(views.a->allows("cec1/vios1/vhost0", Access::write));  // a server does not keep its own clients out
  views.b->release("cec2/vios1");                              // not the holder
  CHECK_FALSE(views.b->allows("cec2/vios1/vhost0", Access::read));
  views.a->release("cec1/vios1");
  CHECK(views.b->reserve("cec2/vios1/vhost3") == Answer::good);
  CHECK(views.a->state().claiming_server() == "cec2/vios1");
  CHECK_FALSE(views.b->allows("cec2/vios1/vhost4", Access::read));  // but one client keeps another out
}

TEST_CASE("a reservation ends when its server has left the SAN", "[vios][san]") {
  Views views;
  REQUIRE(views.a->reserve("cec1/vios1") == Answer::good);
  views.a.reset();
  CHECK(views.b->state().reserved_by.empty());
  CHECK(views.b->reserve("cec2/vios1") == Answer::good);
}

TEST_CASE("a reservation of a process that was killed does not stay", "[vios][san]") {
  Views views;
  int ready[2];
  REQUIRE(pipe(ready) == 0);
  const pid_t child = fork();
  if (child == 0) {
    auto mine = Reservations::open(views.file, "cec3/vios1");
    const char ok = mine && (*mine)->reserve("cec3/vios1") == Answer::good ? 'y' : 'n';
    if (write(ready[1], &ok, 1) != 1) _exit(1);
    for (;;) pause();
  }
  char ok = 'n';
  REQUIRE(read(ready[0], &ok, 1) == 1);
  CHECK(ok == 'y');
  CHECK(views.b->reserve("cec2/vios1") == Answer::conflict);
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  CHECK(views.b->reserve("cec2/vios1") == Answer::good);
  close(ready[0]);
  close(ready[1]);
}

TEST_CASE("a persistent reservation outlives everybody", "[vios][san]") {
  Views views;
  const std::string mine = "cec1/vios1/vhost0", other = "cec2/vios1/vhost0";
  CHECK(views.a->reserve_persistently(mine, 7, ReservationType::write_exclusive) == Answer::conflict);  // not registered
  CHECK(views.a->register_key(mine, 0, 7, false) == Answer::good);
  CHECK(views.a->register_key(mine, 8, 9, false) == Answer::conflict);
  CHECK(views.a->reserve_persistently(mine, 7, ReservationType::write_exclusive) == Answer::good);
  CHECK(views.b->allows(other, Access::read));
  CHECK_FALSE(views.b->allows(other, Access::write));
  views.a.reset();
  views.a = std::move(*Reservations::open(views.file, "cec1/vios1"));
  CHECK_FALSE(views.b->allows(other, Access::write));
  CHECK(views.a->allows(mine, Access::write));
  CHECK(views.b->reserve(other) == Answer::conflict);  // the two kinds do not mix

  SECTION("and is released by its holder") {
    CHECK(views.a->release_persistently(mine, 7, ReservationType::exclusive_access) == Answer::bad_parameter);
    CHECK(views.a->release_persistently(mine, 7, ReservationType::write_exclusive) == Answer::good);
    CHECK(views.b->allows(other, Access::write));
  }
  SECTION("or preempted by another registrant") {
    CHECK(views.b->register_key(other, 0, 5, false) == Answer::good);
    CHECK(views.b->preempt(other, 5, 7, ReservationType::exclusive_access) == Answer::good);
    CHECK(views.b->allows(other, Access::write));
    CHECK_FALSE(views.a->allows(mine, Access::read));
    CHECK_FALSE(views.a->state().registered(mine));
  }
  SECTION("or cleared") {
    CHECK(views.b->register_key(other, 0, 5, false) == Answer::good);
    CHECK(views.b->clear(other, 5) == Answer::good);
    CHECK(views.a->state().registrations.empty());
    CHECK(views.a->state().generation == 3);
  }
}

TEST_CASE("registrants share what is reserved for registrants", "[vios][san]") {
  Views views;
  REQUIRE(views.a->register_key("cec1/vios1/vhost0", 0, 1, false) == Answer::good);
  REQUIRE(views.b->register_key("cec2/vios1/vhost0", 0, 2, true) == Answer::good);
  REQUIRE(views.a->reserve_persistently("cec1/vios1/vhost0", 1, ReservationType::exclusive_access_registrants) == Answer::good);
  CHECK(views.b->allows("cec2/vios1/vhost0", Access::write));
  CHECK_FALSE(views.b->allows("cec2/vios1/vhost1", Access::read));
}

TEST_CASE("a file of reservations that nobody here has written is refused and left alone", "[vios][san]") {
  test::Folder folder;
  const std::string file = folder.path() + "/lun.reservations";
  {
    auto view = std::move(*Reservations::open(file, "cec1/vios1"));
    REQUIRE(view->register_key("cec1/vios1/vhost0", 0, 7, false) == Answer::good);
    REQUIRE(view->reserve_persistently("cec1/vios1/vhost0", 7, ReservationType::write_exclusive) == Answer::good);
  }
  const Bytes whole = **emu::read_file(file);
  const auto refused = [&](const Bytes& content) {
    REQUIRE(emu::replace_file(file, content));
    const auto view = Reservations::open(file, "cec1/vios1");
    REQUIRE_FALSE(view);
    CHECK(view.error().code == "san");
    CHECK(view.error().text.starts_with("The reservations in " + file + " cannot be used."));
    CHECK(**emu::read_file(file) == content);
  };
  refused(Bytes(whole.begin(), whole.begin() + 100));
  refused(Bytes(whole.size(), 'x'));
  Bytes headless = whole;
  std::fill_n(headless.begin(), 8, u8{0});
  refused(headless);
  Bytes noise = whole;  // the magic number and the version are as they were
  for (size_t at = 16; at < noise.size(); ++at) noise[at] = static_cast<u8>(at * 37 | 1);
  refused(noise);
  REQUIRE(emu::replace_file(file, whole));
  CHECK((*Reservations::open(file, "cec1/vios1"))->state().persistent());
}

TEST_CASE("a bit of the reservations that is not as it was written is found", "[vios][san]") {
  test::Folder folder;
  const std::string file = folder.path() + "/lun.reservations";
  const auto told = [](const Reservations& view) {
    const ReservationState now = view.state();
    std::string text = std::to_string(now.generation) + " " + std::to_string(static_cast<int>(now.type)) + now.reserved_by;
    for (const auto& each : now.registrations)
      text += " " + each.initiator + "=" + std::to_string(each.key) + (each.holder ? "!" : "");
    return text;
  };
  std::string before;
  {
    const auto view = std::move(*Reservations::open(file, "cec1/vios1"));
    REQUIRE(view->register_key("cec1/vios1/vhost0", 0, 7, false) == Answer::good);
    REQUIRE(view->reserve_persistently("cec1/vios1/vhost0", 7, ReservationType::write_exclusive) == Answer::good);
    REQUIRE(view->register_key("cec1/vios1/vhost1", 0, 9, false) == Answer::good);
    before = told(*view);
  }
  const Bytes whole = **emu::read_file(file);
  u32 refused = 0;
  for (size_t at = 0; at < whole.size(); ++at) {
    Bytes damaged = whole;
    damaged[at] ^= 1;
    REQUIRE(emu::replace_file(file, damaged));
    const auto view = Reservations::open(file, "cec1/vios1");
    if (!view) ++refused;
    if (view && told(**view) != before) FAIL("byte " << at << ": " << told(**view) << " instead of " << before);
  }
  CHECK(refused > 2000);  // the copy that counts, the version, the checksum
}

TEST_CASE("reservations of version 0.2 are taken over as they are", "[vios][san]") {
  Views views;
  REQUIRE(views.a->register_key("cec1/vios1/vhost0", 0, 7, false) == Answer::good);
  REQUIRE(views.a->reserve_persistently("cec1/vios1/vhost0", 7, ReservationType::write_exclusive) == Answer::good);
  views.a.reset();
  views.b.reset();
  Bytes unsealed = **emu::read_file(views.file);
  unsealed.resize(unsealed.size() - 16);  // no checksums
  unsealed[0] = 1;                        // of the magic number
  std::fill_n(unsealed.begin() + 12, 4, u8{0});
  REQUIRE(emu::replace_file(views.file, unsealed));
  views.a = std::move(*Reservations::open(views.file, "cec1/vios1"));
  CHECK_FALSE(views.a->allows("cec2/vios1/vhost0", Access::write));
  CHECK(views.a->register_key("cec2/vios1/vhost0", 0, 8, false) == Answer::good);
  views.b = std::move(*Reservations::open(views.file, "cec2/vios1"));
  CHECK(views.b->state().registrations.size() == 2);
  CHECK(views.b->state().persistent());
}

TEST_CASE("readers and changers at the same time see whole states", "[vios][san]") {
  Views views;
  std::atomic<bool> end{false};
  std::thread changer([&] {
    for (int i = 0; i < 2000; ++i) {
      views.a->reserve("cec1/vios1");
      views.a->release("cec1/vios1");
    }
    end = true;
  });
  bool whole = true;
  while (!end) {
    const std::string holder = views.b->state().reserved_by;
    whole = whole && (holder.empty() || holder == "cec1/vios1");
  }
  changer.join();
  CHECK(whole);
}
