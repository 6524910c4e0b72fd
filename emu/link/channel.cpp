// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/link/channel.h"

#include <algorithm>
#include <atomic>

#include "emu/core/clock.h"
#include "emu/core/relax.h"
#include "emu/link/byte_ring.h"
#include "emu/link/shared_file.h"

namespace emu {

namespace {

constexpr u32 ring_bytes = 256 * KiB;  // a power of two
// How soon a dead peer is noticed, in nanoseconds: later the longer nothing has come, for a hundred idle links would keep a processor busy.
constexpr u64 life_check = 20'000'000;
constexpr u64 idle_life_check = 1'000'000'000;
constexpr u64 knock_check = 5'000'000'000;  // a client may have died before it knocked
constexpr u64 magic = 0x54464C494E4B0001;
constexpr u32 spins = 200;

struct Ring : ByteRing<ring_bytes> {
  Bell data;  // the reader sleeps here
  Bell room;  // the writer sleeps here

  void construct() {
    ByteRing::construct();
    data.construct();
    room.construct();
  }
};

// A place for one client. Its lock byte (1 + index) is held by the client as long as it lives. `state` is a generation and
// a phase: a client that finds a phase left over by a dead one starts the next generation.
enum Phase : u64 { idle = 0, connecting = 1, accepted = 2 };
constexpr u64 phase_of(u64 state) { return state & 3; }

struct Slot {
  std::atomic<u64> state;
  std::atomic<u64> client_left;  // the state's generation, when its client closed
  Ring to_server;
  Ring to_client;
};

struct Layout {
  std::atomic<u64> magic_number;
  Doorbell knock;
  Slot slot[most_connections];
};

// One side of an accepted or connecting slot.
class RingChannel final : public Channel {
 public:
  enum class Side { server, client };
  RingChannel(std::shared_ptr<SharedFile> file, u32 index, u64 generation, Side side)
      : file_(std::move(file)),
        slot_(reinterpret_cast<Layout*>(file_->data())->slot[index]),
        index_(index),
        generation_(generation),
        side_(side),
        in_(side == Side::server ? slot_.to_server : slot_.to_client),
        out_(side == Side::server ? slot_.to_client : slot_.to_server) {}

  ~RingChannel() override {
    if (side_ == Side::server) {
      u64 expected = generation_ | accepted;
      slot_.state.compare_exchange_strong(expected, generation_ | idle);
    } else {
      slot_.client_left.store(generation_);
    }
    // Whoever of the peer's threads sleeps must look.
    out_.data.ring();
    in_.room.ring();
    if (side_ == Side::client) file_->unlock(1 + index_);
  }

  Status send(std::span<const u8> message) override {
    if (message.size() > max_message) return Error{"link", "A message is larger than a channel carries."};
    u8 length[4];
    store_be(length, static_cast<u32>(message.size()));
    if (!write(length) || !write(message)) return closed();
    return success();
  }

  Result<Bytes> receive(u64 timeout) override {
    const u64 deadline = clock_.monotonic() + std::min(timeout, u64{1} << 62);
    // A message in parts stays in parts when the time is up: the next call goes on with it.
    while (length_bytes_ < 4) {
      const auto outcome = fill({length_ + length_bytes_, size_t{4} - length_bytes_}, deadline);
      if (!outcome) return outcome.error();
      length_bytes_ += *outcome;
    }
    const u32 length = load_be<u32>(length_);
    if (length > max_message) {
      broken_.store(true);
      return closed();
    }
    if (partial_.size() != length) {
      partial_.assign(length, 0);
      partial_bytes_ = 0;
    }
    while (partial_bytes_ < length) {
      const auto outcome = fill(std::span(partial_).subspan(partial_bytes_), deadline);
      if (!outcome) return outcome.error();
      partial_bytes_ += *outcome;
    }
    length_bytes_ = 0;
    partial_bytes_ = 0;
    return std::exchange(partial_, {});
  }

  bool open() const override { return peer_there(); }

  void wake() override {
    woken_.store(true);
    in_.data.ring();
  }

 private:
  static Error closed() { return {"closed", "The other side of a link is gone."}; }

  bool peer_there() const {
    if (broken_.load()) return false;
    const u64 state = slot_.state.load();
    if (side_ == Side::client) {
      const bool ours = state == (generation_ | connecting) || state == (generation_ | accepted);
      return ours && file_->held(0);
    }
    return state == (generation_ | accepted) && slot_.client_left.load() != generation_ && file_->held(1 + index_);
  }

  // Some bytes, at least one; or "timeout"; or "closed" when there will be no more.
  Result<u32> fill(std::span<u8> to, u64 deadline) {
    u64 pause = life_check;
    for (u32 spin = 0;;) {
      if (const u32 count = in_.get(to)) {
        in_.room.ring_if_needed();
        return count;
      }
      if (!in_.sane()) broken_.store(true);
      if (broken_.load()) return closed();
      if (spin < spins) {
        ++spin;
        relax();
        continue;
      }
      // What was sent before the end is still delivered: look once more after having seen the end.
      if (!peer_there() && in_.filled() == 0) return closed();
      const u64 now = clock_.monotonic();
      if (now >= deadline || woken_.exchange(false)) return Error{"timeout", "The other side of a link did not answer in time."};
      in_.data.sleep(std::min(deadline - now, pause), [&] { return in_.filled() != 0 || woken_.load(); });
      pause = std::min(2 * pause, idle_life_check);
    }
  }

  bool write(std::span<const u8> from) {
    while (!from.empty()) {
      const u32 count = out_.put(from);
      if (count) {
        out_.data.ring_if_needed();
        from = from.subspan(count);
        continue;
      }
      if (!out_.sane()) broken_.store(true);
      if (!peer_there()) return false;
      out_.room.sleep(life_check, [&] { return out_.filled() < ring_bytes; });
    }
    return !broken_.load() && peer_state_ours();
  }

  // Cheap: no system call. A peer that has closed is seen at once, a dead one when somebody waits for it.
  bool peer_state_ours() const {
    const u64 state = slot_.state.load();
    if (side_ == Side::client) return state == (generation_ | connecting) || state == (generation_ | accepted);
    return state == (generation_ | accepted) && slot_.client_left.load() != generation_;
  }

  std::shared_ptr<SharedFile> file_;
  Slot& slot_;
  u32 index_;
  u64 generation_;
  Side side_;
  Ring& in_;
  Ring& out_;
  HostClock clock_;
  std::atomic<bool> broken_{false};
  std::atomic<bool> woken_{false};
  u8 length_[4] = {};
  u32 length_bytes_ = 0;
  Bytes partial_;
  u32 partial_bytes_ = 0;
};

class FileListener final : public Listener {
 public:
  explicit FileListener(std::shared_ptr<SharedFile> file)
      : file_(std::move(file)), layout_(*reinterpret_cast<Layout*>(file_->data())) {}
  ~FileListener() override { file_->unpublish(); }

  Result<std::unique_ptr<Channel>> accept(u64 timeout) override {
    const u64 deadline = clock_.monotonic() + std::min(timeout, u64{1} << 62);
    for (;;) {
      for (u32 i = 0; i < most_connections; ++i) {
        Slot& slot = layout_.slot[i];
        u64 state = slot.state.load();
        if (phase_of(state) != connecting) continue;
        const u64 generation = state & ~u64{3};
        if (slot.state.compare_exchange_strong(state, generation | accepted))
          return std::unique_ptr<Channel>(std::make_unique<RingChannel>(file_, i, generation, RingChannel::Side::server));
      }
      const u64 now = clock_.monotonic();
      if (now >= deadline || woken_.exchange(false)) return Error{"timeout", "Nobody has connected."};
      layout_.knock.wait(std::min(deadline - now, knock_check));
    }
  }

  void wake() override {
    woken_.store(true);
    layout_.knock.ring();
  }

 private:
  std::shared_ptr<SharedFile> file_;
  Layout& layout_;
  HostClock clock_;
  std::atomic<bool> woken_{false};
};

Result<std::unique_ptr<Channel>> try_connect(const std::string& path) {
  std::shared_ptr<SharedFile> file = TRY(SharedFile::open(path, sizeof(Layout)));
  auto& layout = *reinterpret_cast<Layout*>(file->data());
  if (!file->held(0) || layout.magic_number.load() != magic) return Error{"absent", "Nobody listens at " + path + "."};
  for (u32 i = 0; i < most_connections; ++i) {
    if (!file->lock(1 + i)) continue;
    Slot& slot = layout.slot[i];
    u64 state = slot.state.load();
    const u64 generation = (state & ~u64{3}) + 4;
    // `accepted`: the server has not let go of the last client yet. Otherwise nobody else touches the slot: we hold its lock.
    if (phase_of(state) == accepted || !slot.state.compare_exchange_strong(state, generation | idle)) {
      file->unlock(1 + i);
      continue;
    }
    slot.client_left.store(0);
    slot.to_server.construct();
    slot.to_client.construct();
    slot.state.store(generation | connecting);
    layout.knock.ring();
    return std::unique_ptr<Channel>(std::make_unique<RingChannel>(std::move(file), i, generation, RingChannel::Side::client));
  }
  return Error{"busy",
               "All " + std::to_string(most_connections) + " connections of " + path + " are in use: try again in a minute."};
}

}  // namespace

Result<std::unique_ptr<Listener>> Listener::create(const std::string& path) {
  std::shared_ptr<SharedFile> file = TRY(SharedFile::create(path, sizeof(Layout)));
  auto* layout = reinterpret_cast<Layout*>(file->data());  // a new file: zeros, which are valid atomics
  layout->knock.construct();
  layout->magic_number.store(magic);
  TRY(file->publish());
  return std::unique_ptr<Listener>(std::make_unique<FileListener>(std::move(file)));
}

Result<std::unique_ptr<Channel>> connect(const std::string& path, u64 timeout) {
  const HostClock clock;
  const u64 deadline = clock.monotonic() + std::min(timeout, u64{1} << 62);
  for (;;) {
    auto channel = try_connect(path);
    const bool later = !channel && (channel.error().code == "absent" || channel.error().code == "busy");
    if (!later || clock.monotonic() >= deadline) return channel;
    Doorbell pause;
    pause.construct();
    pause.wait(2'000'000);
  }
}

}  // namespace emu
