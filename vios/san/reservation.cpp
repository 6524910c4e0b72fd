// SPDX-License-Identifier: GPL-2.0-or-later
#include "vios/san/reservation.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <string_view>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "emu/core/state_file.h"

namespace vios {

namespace {

constexpr u64 magic = 0x5457'464C'554E'5202;
constexpr u64 unsealed_magic = 0x5457'464C'554E'5201;  // of version 0.2: without checksums
constexpr size_t registrants = 30;
constexpr size_t views = 32;  // servers that see a LUN at the same time
constexpr size_t name_words = 8;

// Bytes of the file that are locked, beyond its content: one for changes, one per view as its sign of life.
constexpr off_t change_lock = 1 << 16;
constexpr off_t view_lock = change_lock + 1;

// Everything that two processes share is made of atomic words: a reader may meet a writer, and then reads again.
using Word = std::atomic<u64>;
using Name = std::array<Word, name_words>;  // 63 characters and a zero

struct Copy {
  Name reserved_by;
  Word generation;
  Word type;
  std::array<Name, registrants> initiators;
  std::array<Word, registrants> keys;  // meaningful where the initiator is not empty
  std::array<Word, registrants> holders;
};

// A reader loads the words in order (acquire), and the version again last: unchanged, it has read one state.
struct Content {
  Word ready;
  Word version;  // lowest bit: which copy counts; the upper half is the complement of the lower one
  std::array<Copy, 2> copies;
  std::array<Name, views> views_by;  // each view that comes writes its own; only a lock makes it count
  std::array<Word, 2> sums;          // of the copies
};
constexpr size_t unsealed_bytes = offsetof(Content, sums);
static_assert(Word::is_always_lock_free);

void store(Name& to, std::string_view text) {
  std::array<char, name_words * 8> bytes{};
  std::copy_n(text.begin(), std::min(text.size(), bytes.size() - 1), bytes.begin());
  for (size_t i = 0; i < name_words; ++i) {
    u64 word;
    std::memcpy(&word, &bytes[i * 8], 8);
    to[i].store(word, std::memory_order_relaxed);
  }
}

std::string load(const Name& from) {
  std::array<char, name_words * 8> bytes;
  for (size_t i = 0; i < name_words; ++i) {
    const u64 word = from[i].load(std::memory_order_acquire);
    std::memcpy(&bytes[i * 8], &word, 8);
  }
  return std::string(bytes.begin(), std::find(bytes.begin(), bytes.end(), '\0'));
}

ReservationState load(const Copy& copy) {
  ReservationState state;
  state.reserved_by = load(copy.reserved_by);
  state.generation = static_cast<u32>(copy.generation.load(std::memory_order_acquire));
  state.type = static_cast<ReservationType>(copy.type.load(std::memory_order_acquire));
  for (size_t i = 0; i < registrants; ++i) {
    Registration each{load(copy.initiators[i]), copy.keys[i].load(std::memory_order_acquire),
                      copy.holders[i].load(std::memory_order_acquire) != 0};
    if (!each.initiator.empty()) state.registrations.push_back(std::move(each));
  }
  return state;
}

void store(Copy& copy, const ReservationState& state) {
  store(copy.reserved_by, state.reserved_by);
  copy.generation.store(state.generation, std::memory_order_relaxed);
  copy.type.store(static_cast<u64>(state.type), std::memory_order_relaxed);
  for (size_t i = 0; i < registrants; ++i) {
    const Registration each = i < state.registrations.size() ? state.registrations[i] : Registration{};
    store(copy.initiators[i], each.initiator);
    copy.keys[i].store(each.key, std::memory_order_relaxed);
    copy.holders[i].store(each.holder, std::memory_order_relaxed);
  }
}

u64 version_of(u32 number) { return u64{~number} << 32 | number; }

u64 sum_of(const Copy& copy, u64 version) {
  std::array<u64, sizeof(Copy) / sizeof(Word) + 1> words;
  const std::span from(reinterpret_cast<const Word*>(&copy), sizeof(Copy) / sizeof(Word));
  std::ranges::transform(from, words.begin(), [](const Word& word) { return word.load(std::memory_order_relaxed); });
  words.back() = version;
  return emu::checksum({reinterpret_cast<const u8*>(words.data()), sizeof words});
}

void seal(Content& content, u64 version) {
  content.sums[version & 1].store(sum_of(content.copies[version & 1], version), std::memory_order_relaxed);
}

// "frame/vios" of "frame/vios/vhost0".
std::string_view server_of(std::string_view initiator) {
  const size_t first = initiator.find('/');
  const size_t second = first == std::string_view::npos ? first : initiator.find('/', first + 1);
  return initiator.substr(0, second);
}

struct flock one_byte(off_t at, short type) {
  struct flock lock {};
  lock.l_type = type;
  lock.l_whence = SEEK_SET;
  lock.l_start = at;
  lock.l_len = 1;
  return lock;
}

bool ends(const Name& name) {
  const u64 word = name.back().load();
  std::array<char, 8> bytes;
  std::memcpy(bytes.data(), &word, 8);
  return bytes.back() == 0;
}

bool empty(const Content& content) {
  const std::span words(reinterpret_cast<const Word*>(&content), sizeof(Content) / sizeof(Word));
  return std::ranges::all_of(words, [](const Word& word) { return word.load() == 0; });
}

// Could have been written here, or by version 0.2. With the change lock.
bool sound(const Content& content) {
  const u64 version = content.version.load();
  const bool sealed = content.ready.load() == magic && version == version_of(static_cast<u32>(version)) &&
                      content.sums[version & 1].load() == sum_of(content.copies[version & 1], version);
  if (!sealed && content.ready.load() != unsealed_magic) return false;
  const Copy& copy = content.copies[version & 1];
  const u64 type = copy.type.load();
  const auto names_end = [](const auto& names) { return std::ranges::all_of(names, ends); };
  return (type == 0 || (type <= 0xFF && known(static_cast<ReservationType>(type)))) && ends(copy.reserved_by) &&
         copy.generation.load() <= 0xFFFF'FFFF && names_end(copy.initiators) && names_end(content.views_by) &&
         std::ranges::all_of(copy.holders, [](const Word& holder) { return holder.load() <= 1; });
}

bool all_registrants(ReservationType type) {
  return type == ReservationType::write_exclusive_all || type == ReservationType::exclusive_access_all;
}

bool for_registrants(ReservationType type) { return static_cast<u8>(type) >= 5; }

bool only_writes(ReservationType type) {
  return type == ReservationType::write_exclusive || type == ReservationType::write_exclusive_registrants ||
         type == ReservationType::write_exclusive_all;
}

Registration* find(ReservationState& state, const std::string& initiator) {
  const auto at = std::ranges::find(state.registrations, initiator, &Registration::initiator);
  return at == state.registrations.end() ? nullptr : &*at;
}

bool holds(const ReservationState& state, const Registration& registration) {
  return registration.holder || (state.persistent() && all_registrants(state.type));
}

}  // namespace

bool known(ReservationType type) {
  const u8 number = static_cast<u8>(type);
  return number == 1 || number == 3 || (number >= 5 && number <= 8);
}

bool ReservationState::persistent() const { return std::ranges::any_of(registrations, &Registration::holder); }

bool ReservationState::registered(const std::string& initiator) const {
  return std::ranges::find(registrations, initiator, &Registration::initiator) != registrations.end();
}

std::string ReservationState::claiming_server() const {
  if (!reserved_by.empty()) return std::string(server_of(reserved_by));
  const auto holder = std::ranges::find_if(registrations, &Registration::holder);
  if (holder != registrations.end()) return std::string(server_of(holder->initiator));
  return registrations.empty() ? std::string() : std::string(server_of(registrations.front().initiator));
}

struct Reservations::File {
  int descriptor = -1;
  Content* content = nullptr;
  size_t view = 0;  // ours
  ~File() {
    if (content) munmap(content, sizeof(Content));
    if (descriptor >= 0) close(descriptor);  // and with it the sign of life
  }
};

Reservations::Reservations(std::unique_ptr<File> file) : file_(std::move(file)) {}
Reservations::~Reservations() = default;

emu::Result<std::unique_ptr<Reservations>> Reservations::open(const std::string& path, const std::string& server) {
  const emu::Error unusable{"san", "The reservations in " + path +
                                       " cannot be used. Stop the lab and put back a copy of the file, or remove it: the disk is "
                                       "reserved by nobody then."};
  auto file = std::make_unique<File>();
  file->descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file->descriptor < 0) return unusable;
  auto changing = one_byte(change_lock, F_WRLCK);
  while (fcntl(file->descriptor, F_OFD_SETLKW, &changing) != 0)
    if (errno != EINTR) return unusable;
  struct stat status {};
  if (fstat(file->descriptor, &status) != 0) return unusable;
  const bool fits = status.st_size == 0 || status.st_size == static_cast<off_t>(sizeof(Content)) ||
                    status.st_size == static_cast<off_t>(unsealed_bytes);
  if (!fits || ftruncate(file->descriptor, sizeof(Content)) != 0) return unusable;
  void* mapped = mmap(nullptr, sizeof(Content), PROT_READ | PROT_WRITE, MAP_SHARED, file->descriptor, 0);
  if (mapped == MAP_FAILED) return unusable;
  file->content = static_cast<Content*>(mapped);
  if (empty(*file->content)) file->content->ready.store(unsealed_magic);  // nothing reserved
  if (!sound(*file->content)) return unusable;
  if (file->content->ready.load() == unsealed_magic) {
    const u64 version = version_of(static_cast<u32>(file->content->version.load()));
    file->content->version.store(version);
    seal(*file->content, version);
    file->content->ready.store(magic);
  }
  bool alive = false;
  for (size_t i = 0; i < views && !alive; ++i) {
    auto sign = one_byte(view_lock + static_cast<off_t>(i), F_WRLCK);
    if (fcntl(file->descriptor, F_OFD_SETLK, &sign) != 0) continue;
    store(file->content->views_by[i], server);
    file->view = i;
    alive = true;
  }
  auto done = one_byte(change_lock, F_UNLCK);
  fcntl(file->descriptor, F_OFD_SETLK, &done);
  if (!alive) return emu::Error{"san", "Too many servers see the LUN of " + path + " at the same time."};
  return std::unique_ptr<Reservations>(new Reservations(std::move(file)));
}

ReservationState Reservations::state() const {
  const Content& content = *file_->content;
  for (;;) {
    const u64 before = content.version.load(std::memory_order_acquire);
    ReservationState state = load(content.copies[before & 1]);
    if (content.version.load(std::memory_order_relaxed) == before) return living_state(std::move(state));
  }
}

ReservationState Reservations::living_state(ReservationState state) const {
  if (state.reserved_by.empty()) return state;
  const std::string_view holder = server_of(state.reserved_by);
  for (size_t i = 0; i < views; ++i) {
    if (load(file_->content->views_by[i]) != holder) continue;
    auto sign = one_byte(view_lock + static_cast<off_t>(i), F_WRLCK);
    // Our own lock does not show up in the kernel's answer.
    const bool others = fcntl(file_->descriptor, F_OFD_GETLK, &sign) == 0 && sign.l_type != F_UNLCK;
    if (others || i == file_->view) return state;
  }
  state.reserved_by.clear();
  return state;
}

template <class Change>
Answer Reservations::change(Change&& change) {
  auto changing = one_byte(change_lock, F_WRLCK);
  while (fcntl(file_->descriptor, F_OFD_SETLKW, &changing) != 0)
    if (errno != EINTR) return Answer::no_room;
  ReservationState now = state();
  const Answer answer = change(now);
  if (answer == Answer::good) {
    Content& content = *file_->content;
    const u64 next = version_of(static_cast<u32>(content.version.load()) + 1);
    store(content.copies[next & 1], now);
    seal(content, next);
    content.version.store(next, std::memory_order_release);  // last: whoever dies before changed nothing
  }
  auto done = one_byte(change_lock, F_UNLCK);
  fcntl(file_->descriptor, F_OFD_SETLK, &done);
  return answer;
}

bool Reservations::allows(const std::string& initiator, Access access) const {
  if (access == Access::none) return true;
  const ReservationState now = state();
  if (!now.reserved_by.empty() && now.reserved_by != initiator && now.reserved_by != server_of(initiator)) return false;
  if (!now.persistent()) return true;
  if (access == Access::read && only_writes(now.type)) return true;
  if (for_registrants(now.type)) return now.registered(initiator);
  return std::ranges::any_of(now.registrations, [&](const auto& each) { return each.holder && each.initiator == initiator; });
}

Answer Reservations::reserve(const std::string& initiator) {
  return change([&](ReservationState& now) {
    if (!now.registrations.empty()) return Answer::conflict;  // the two kinds do not mix (SPC-3, 5.6.1)
    if (!now.reserved_by.empty() && now.reserved_by != initiator && now.reserved_by != server_of(initiator))
      return Answer::conflict;
    if (now.reserved_by.empty()) now.reserved_by = initiator;
    return Answer::good;
  });
}

void Reservations::release(const std::string& initiator) {
  change([&](ReservationState& now) {
    if (now.reserved_by == initiator) now.reserved_by.clear();
    return Answer::good;
  });
}

Answer Reservations::register_key(const std::string& initiator, u64 key, u64 new_key, bool ignore) {
  return change([&](ReservationState& now) {
    if (!now.reserved_by.empty() && now.reserved_by != initiator) return Answer::conflict;
    Registration* mine = find(now, initiator);
    if (!ignore && key != (mine ? mine->key : 0)) return Answer::conflict;
    if (new_key == 0) {
      if (mine) std::erase_if(now.registrations, [&](const auto& each) { return each.initiator == initiator; });
    } else if (mine) {
      mine->key = new_key;
    } else {
      if (now.registrations.size() == registrants) return Answer::no_room;
      now.registrations.push_back({initiator, new_key, false});
    }
    ++now.generation;
    return Answer::good;
  });
}

Answer Reservations::reserve_persistently(const std::string& initiator, u64 key, ReservationType type) {
  return change([&](ReservationState& now) {
    Registration* mine = find(now, initiator);
    if (!mine || mine->key != key) return Answer::conflict;
    if (now.persistent()) return holds(now, *mine) && now.type == type ? Answer::good : Answer::conflict;
    mine->holder = true;
    now.type = type;
    return Answer::good;
  });
}

Answer Reservations::release_persistently(const std::string& initiator, u64 key, ReservationType type) {
  return change([&](ReservationState& now) {
    const Registration* mine = find(now, initiator);
    if (!mine || mine->key != key) return Answer::conflict;
    if (!now.persistent() || !holds(now, *mine)) return Answer::good;  // nothing to release (SPC-3, 5.6.10.2)
    if (now.type != type) return Answer::bad_parameter;
    for (Registration& each : now.registrations) each.holder = false;
    return Answer::good;
  });
}

Answer Reservations::clear(const std::string& initiator, u64 key) {
  return change([&](ReservationState& now) {
    const Registration* mine = find(now, initiator);
    if (!mine || mine->key != key) return Answer::conflict;
    now.registrations.clear();
    ++now.generation;
    return Answer::good;
  });
}

Answer Reservations::preempt(const std::string& initiator, u64 key, u64 victim, ReservationType type) {
  return change([&](ReservationState& now) {
    const Registration* mine = find(now, initiator);
    if (!mine || mine->key != key) return Answer::conflict;
    const bool all = now.persistent() && all_registrants(now.type);
    if (victim == 0 && !all) return Answer::bad_parameter;
    const bool takes = now.persistent() && ((all && victim == 0) || std::ranges::any_of(now.registrations, [&](const auto& each) {
                                              return each.holder && each.key == victim;
                                            }));
    std::erase_if(now.registrations,
                  [&](const auto& each) { return each.initiator != initiator && (victim == 0 || each.key == victim); });
    if (takes) {
      for (Registration& each : now.registrations) each.holder = each.initiator == initiator;
      now.type = type;
    }
    ++now.generation;
    return Answer::good;
  });
}

}  // namespace vios
