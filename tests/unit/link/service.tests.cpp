// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/link/service.h"

#include <thread>

#include <fmt/format.h>

#include <unistd.h>

#include "tests/support/approved.h"
#include "tests/support/catch.h"
#include "tests/support/places.h"
#include "tests/unit/link/fields.h"

using namespace emu;
using namespace emu::service;

namespace {

template <class T>
Bytes bytes_of(const T& value) {
  return to_bytes(value);
}

// Every field, filled alone, must change the bytes; the whole must survive the way there and back.
template <class T>
void round_trip() {
  INFO(__PRETTY_FUNCTION__);
  T full{};
  fields::fill(full);
  const Bytes bytes = bytes_of(full);
  const Result<T> back = from_bytes<T>(bytes);
  REQUIRE(back);
  CHECK(bytes_of(*back) == bytes);

  const Bytes plain = bytes_of(T{});
  [&]<size_t... I>(std::index_sequence<I...>) {
    (([&] {
       T one{};
       auto tied = fields::tie(one);
       fields::fill(std::get<I>(tied));
       INFO("field " << I);
       CHECK(bytes_of(one) != plain);
     }()),
     ...);
  }
  (std::make_index_sequence<fields::count<T>()>());

  for (size_t cut = 0; cut < bytes.size(); cut += 7) CHECK_FALSE(from_bytes<T>(std::span(bytes).first(cut)));
}

template <class... R>
void all_round_trips(const std::variant<R...>*) {
  (round_trip<R>(), ...);
  (round_trip<typename R::Reply>(), ...);
  CHECK(((number_of<R> != 0) && ...));
  (([] {
     R request{};
     fields::fill(request);
     const auto message = encode(request, 7);
     const auto decoded = decode(message);
     REQUIRE(decoded);
     CHECK(decoded->request.index() + 1 == number_of<R>);
     CHECK(decoded->epoch == 7);
     CHECK(encode(decoded->request, decoded->epoch) == message);
   }()),
   ...);
}

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

// ---- docs/service-link.md ----

template <class T>
inline constexpr bool is_list = false;
template <class T>
inline constexpr bool is_list<std::vector<T>> = true;
template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;

template <class T>
std::string type_text() {
  if constexpr (HasFields<T>) {
    return std::string(T::type_name);
  } else if constexpr (std::is_same_v<T, bool>) {
    return "flag";
  } else if constexpr (std::is_enum_v<T>) {
    return "word";
  } else if constexpr (std::is_integral_v<T>) {
    return fmt::format("{}{}", std::is_signed_v<T> ? "s" : "u", sizeof(T) * 8);
  } else if constexpr (std::is_same_v<T, std::string>) {
    return "text";
  } else if constexpr (std::is_same_v<T, Bytes>) {
    return "bytes";
  } else if constexpr (is_list<T>) {
    return fmt::format("list of {}", type_text<typename T::value_type>());
  } else if constexpr (requires { typename T::mapped_type; }) {
    return fmt::format("{} by {}", type_text<typename T::mapped_type>(), type_text<typename T::key_type>());
  } else if constexpr (is_optional<T>) {
    return fmt::format("{}, or none", type_text<typename T::value_type>());
  } else if constexpr (std::is_same_v<T, LparDefinition>) {
    return "partition";
  } else if constexpr (std::is_same_v<T, Profile>) {
    return "profile";
  } else if constexpr (std::is_same_v<T, VirtualAdapter>) {
    return "virtual adapter";
  } else {
    static_assert(std::is_same_v<T, Hold>, "a type without a word in docs/service-link.md");
    return "hold";
  }
}

template <class T>
std::string fields_text() {
  std::string text;
  [&]<size_t... I>(std::index_sequence<I...>) {
    ((text += fmt::format("{}{}: {}", I ? ", " : "", field_names<T>()[I],
                          type_text<std::remove_reference_t<std::tuple_element_t<I, decltype(std::declval<T&>().fields())>>>())),
     ...);
  }
  (std::make_index_sequence<field_count<T>>());
  return text;
}

template <class... R>
std::string page(const std::variant<R...>*) {
  std::string text = "\n| number | request | what it asks with | what comes back |\n|---|---|---|---|\n";
  ((text +=
    fmt::format("| {} | {} | {} | {} |\n", number_of<R>, R::type_name, fields_text<R>(), fields_text<typename R::Reply>())),
   ...);
  return text;
}

std::string scratch(const char* name) { return "/dev/shm/twinframe-test-" + std::to_string(getpid()) + "-" + name; }

}  // namespace

TEST_CASE("every message of the service link comes back as it was sent", "[link][service]") {
  all_round_trips(static_cast<const Request*>(nullptr));
}

TEST_CASE("a message that is none is refused with a sentence", "[link][service]") {
  CHECK(decode({}).error().text == "A message is shorter than its header.");
  Bytes message = encode(ListRefCodes{.lpar_id = 3, .count = 4});
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
        std::vector<std::string_view>{"lpar_id", "client_id", "client_name", "client_slot", "targets", "stream"});
  CHECK(field_names<Empty>().empty());
  CHECK(RemoveLpar{.lpar_id = 1} == RemoveLpar{.lpar_id = 1});
  CHECK_FALSE(RemoveLpar{.lpar_id = 1} == RemoveLpar{.lpar_id = 2});
}

TEST_CASE("docs/service-link.md is the list of requests", "[link][service]") {
  support::approved_end_of_page(support::checkout() / "docs/service-link.md", "emu/link/service.h",
                                page(static_cast<const Request*>(nullptr)));
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
