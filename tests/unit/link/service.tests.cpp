// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/link/service.h"

#include <thread>

#include <unistd.h>

#include "tests/support/catch.h"

using namespace emu;
using namespace emu::service;

namespace {

struct Frame {
  static Status admits(u64 epoch) {
    return epoch == 5 ? success() : Status(Error{"HSCLF040", "Locked under " + std::to_string(epoch) + "."});
  }
  Result<SystemInfo> operator()(const DescribeSystem&) {
    SystemInfo info;
    info.name = "cec1";
    info.lmb_mb = 16;
    return info;
  }
  Result<Empty> operator()(const RemoveLpar& r) { return Error{"HSCL1234", "No partition " + std::to_string(r.lpar_id) + "."}; }
  template <class R>
  Result<typename R::Reply> operator()(const R&) {
    return Error{"service", "Not here."};
  }
};

std::string scratch(const char* name) { return "/dev/shm/twinframe-test-" + std::to_string(getpid()) + "-" + name; }

}  // namespace

TEST_CASE("a message that is none is refused with a sentence", "[link][service]") {
  CHECK(decode({}).error().text == "A message is shorter than its header.");
  Bytes message = encode(Request(ListRefCodes{.lpar_id = 3, .count = 4}));
  for (size_t at = 0; at < message.size(); ++at) {
    Bytes damaged = message;
    damaged[at] ^= 0xFF;
    const auto decoded = decode(damaged);  // must not crash; content bytes may still be acceptable
    if (at < 8) CHECK_FALSE(decoded);
  }
  Bytes unknown = message;
  unknown[1] = 200;
  CHECK(decode(unknown).error().text == "Request number 200 is not known to this build.");
  Bytes later = message;
  later[3] = 9;
  CHECK_THAT(decode(later).error().text, Catch::Contains("version 9"));
  Bytes role = to_bytes(OpenStream{});
  REQUIRE(from_bytes<OpenStream>(role));
}

TEST_CASE("a state, a role or a phase that nobody knows is refused", "[link][service]") {
  const auto refused = []<class T>(T message, auto T::*field) {
    message.*field = static_cast<std::remove_reference_t<decltype(message.*field)>>(99);
    const auto read = from_bytes<T>(to_bytes(message));
    CHECK_FALSE(read);
    if (!read) CHECK_THAT(read.error().text, Catch::Contains("has a value that nobody knows"));
  };
  refused(LparInfo{}, &LparInfo::state);
  refused(PowerOffLpar{}, &PowerOffLpar::how);
  refused(OpenStream{}, &OpenStream::role);
  refused(StreamInfo{}, &StreamInfo::phase);
  refused(StreamVerdict{}, &StreamVerdict::verdict);
  refused(StreamVerdict{}, &StreamVerdict::fate);
}

TEST_CASE("a message's fields are named once, in the order of its declaration", "[link][service]") {
  CHECK(AddViosMapping::type_name == "AddViosMapping");
  CHECK(section_name(AddViosMapping::type_name) == "add_vios_mapping");
  const auto names = field_names<AddViosMapping>();
  CHECK(std::vector(names.begin(), names.end()) ==
        std::vector<std::string_view>{"lpar_id", "client_id", "client_name", "client_slot", "targets", "stream", "volumes"});
  CHECK(field_names<Empty>().empty());
  CHECK(RemoveLpar{.lpar_id = 1} == RemoveLpar{.lpar_id = 1});
  CHECK_FALSE(RemoveLpar{.lpar_id = 1} == RemoveLpar{.lpar_id = 2});
}

TEST_CASE("an HMC asks, a frame answers, or says why not", "[link][service]") {
  auto listener = Listener::create(scratch("service"));
  REQUIRE(listener);
  std::thread frame([&] {
    auto channel = (*listener)->accept(5'000'000'000);
    REQUIRE(channel);
    Frame answers;
    while (serve(**channel, 5'000'000'000, answers)) {
    }
  });
  {
    auto channel = connect(scratch("service"), 1'000'000'000);
    REQUIRE(channel);
    const auto system = ask(**channel, DescribeSystem{});
    REQUIRE(system);
    CHECK(system->name == "cec1");
    CHECK(system->lmb_mb == 16);
    // A change is admitted under the lock's epoch alone; a question always.
    const auto locked_out = ask(**channel, RemoveLpar{.lpar_id = 7}, default_timeout, 4);
    REQUIRE_FALSE(locked_out);
    CHECK(locked_out.error() == Error{"HSCLF040", "Locked under 4."});
    const auto removed = ask(**channel, RemoveLpar{.lpar_id = 7}, default_timeout, 5);
    REQUIRE_FALSE(removed);
    CHECK(removed.error() == Error{"HSCL1234", "No partition 7."});
    REQUIRE((*channel)->send(Bytes{1, 2, 3}));
    const auto answer = (*channel)->receive(1'000'000'000);
    REQUIRE(answer);
    CHECK(decode_reply(1, *answer).error().code == "service");
  }
  frame.join();
}
