// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/link/service.h"
#include "tests/support/catch.h"
#include "tests/unit/link/fields.h"

using namespace emu;
using namespace emu::service;

namespace {

// What the templates below find out of a type; the judge is no template, because Catch's macros take long to compile.
struct Sample {
  std::string_view type;
  Bytes plain;                                         // without anything in it
  Bytes full;                                          // every field filled
  std::vector<Bytes> alone;                            // each field filled alone
  std::optional<Bytes> (*again)(std::span<const u8>);  // read, and written again; none: refused
};

template <class T>
std::optional<Bytes> again(std::span<const u8> bytes) {
  const Result<T> read = from_bytes<T>(bytes);
  return read ? std::optional(to_bytes(*read)) : std::nullopt;
}

template <class T>
Sample sample() {
  Sample of{T::type_name, to_bytes(T{}), {}, {}, again<T>};
  T full{};
  fields::fill(full);
  of.full = to_bytes(full);
  [&]<size_t... I>(std::index_sequence<I...>) {
    (([&] {
       T one{};
       auto tied = fields::tie(one);
       fields::fill(std::get<I>(tied));
       of.alone.push_back(to_bytes(one));
     }()),
     ...);
  }
  (std::make_index_sequence<fields::count<T>()>());
  return of;
}

template <class... R>
std::vector<Sample> samples(const std::variant<R...>*) {
  return {sample<R>()..., sample<typename R::Reply>()...};
}

template <class R>
Request filled() {
  R request{};
  fields::fill(request);
  return Request(request);
}

template <class... R>
std::vector<Request> all_requests(const std::variant<R...>*) {
  return {filled<R>()...};
}

constexpr const Requests* every = nullptr;

}  // namespace

TEST_CASE("what a message of the service link says comes back as it was sent, each field of it", "[link][service]") {
  for (const Sample& of : samples(every)) {
    INFO(of.type);
    CHECK(of.again(of.full) == of.full);
    for (size_t field = 0; field < of.alone.size(); ++field) {
      INFO("field " << field);
      CHECK(of.alone[field] != of.plain);
    }
    for (size_t cut = 0; cut < of.full.size(); cut += 7) CHECK_FALSE(of.again(std::span(of.full).first(cut)));
  }
}

TEST_CASE("a request is read as what it was, under the number of its row and the epoch it was sent with", "[link][service]") {
  u16 number = 0;
  for (const Request& request : all_requests(every)) {
    INFO(++number);
    const Bytes message = encode(request, 7);
    const auto decoded = decode(message);
    REQUIRE(decoded);
    CHECK(load_be<u16>(message.data()) == number);
    CHECK(decoded->request.index() + 1 == number);
    CHECK(decoded->epoch == 7);
    CHECK(encode(decoded->request, decoded->epoch) == message);
  }
}
