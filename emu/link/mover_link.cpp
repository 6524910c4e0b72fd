// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/link/mover_link.h"

#include <algorithm>
#include <array>
#include <atomic>

#include "emu/core/clock.h"
#include "emu/core/relax.h"
#include "emu/link/shared_file.h"

namespace emu {

namespace {

constexpr u64 magic = 0x54464D4F56450001;
constexpr u64 control_bytes = 64 * KiB;
constexpr u64 life_check = 10'000'000;
// How long to look before sleeping. While buffers flow the next one is due in about 5 us, and waking costs far more; when
// nothing has come for a while, somebody else can use the processor.
constexpr u64 busy_spin = 20'000;
constexpr u64 idle_spin = 2'000;
constexpr u64 busy_for = 200'000;
constexpr u64 listener_byte = 0;  // lock bytes
constexpr u64 connector_byte = 1;
constexpr u32 all_buffers = mover_buffers_down + mover_buffers_up;

// One writer, one reader; as large as there are buffers, so it is never full of honest descriptors. Indices are taken
// modulo the size, so no value that a hostile peer writes leads outside. (boost::lockfree::spsc_queue trusts them.)
// Indices further apart than the queue is long were not written by a mover: `sane` is false then.
template <class T, u32 Size>
struct Queue {
  static_assert((Size & (Size - 1)) == 0);
  alignas(64) std::atomic<u32> written;
  alignas(64) std::atomic<u32> read;
  alignas(64) std::array<std::atomic<T>, Size> items;

  bool empty() const { return written.load(std::memory_order_acquire) == read.load(std::memory_order_relaxed); }
  bool sane() const { return written.load(std::memory_order_acquire) - read.load(std::memory_order_acquire) <= Size; }
  bool push(T item) {
    const u32 at = written.load(std::memory_order_relaxed);
    if (at - read.load(std::memory_order_acquire) >= Size) return false;
    items[at % Size].store(item, std::memory_order_relaxed);
    written.store(at + 1, std::memory_order_release);
    return true;
  }
  std::optional<T> pop() {
    const u32 at = read.load(std::memory_order_relaxed);
    const u32 there = written.load(std::memory_order_acquire) - at;
    if (there == 0 || there > Size) return std::nullopt;
    const T item = items[at % Size].load(std::memory_order_relaxed);
    read.store(at + 1, std::memory_order_release);
    return item;
  }
};

struct Direction {
  Queue<u64, 128> normal;
  Queue<u64, 128> urgent;
  Queue<u32, 128> back;  // buffers that the receiver is done with

  bool sane() const { return normal.sane() && urgent.sane() && back.sane(); }
};

struct Control {
  std::atomic<u64> magic_number;
  std::atomic<u32> connected;
  std::atomic<u32> cut;
  Direction down;
  Direction up;
  Bell listener_bell;
  Bell connector_bell;
};
static_assert(sizeof(Control) <= control_bytes);
static_assert(mover_buffers_down <= 128 && mover_buffers_up <= 128);

// A descriptor in one word, so that it is never seen half written: index 16, offset 20, length 20 bits.
static_assert(mover_buffer_bytes < (1u << 20));
constexpr u64 packed(const MoverLink::Descriptor& d) { return u64{d.index} << 40 | u64{d.offset} << 20 | d.length; }

class SharedMoverLink final : public MoverLink {
 public:
  enum class Side { listener, connector };

  SharedMoverLink(std::unique_ptr<SharedFile> file, u8* buffers, bool keep_address, Side side)
      : file_(std::move(file)),
        control_(*reinterpret_cast<Control*>(file_->data())),
        buffers_(buffers),
        keep_address_(keep_address),
        side_(side),
        out_(side == Side::connector ? control_.down : control_.up),
        in_(side == Side::connector ? control_.up : control_.down),
        own_bell_(side == Side::connector ? control_.connector_bell : control_.listener_bell),
        peer_bell_(side == Side::connector ? control_.listener_bell : control_.connector_bell) {
    for (u32 i = 0; i < out_count(); ++i) free_[i] = out_first() + i;
    free_count_ = out_count();
  }

  ~SharedMoverLink() override {
    if (side_ == Side::listener) file_->unpublish();
    SharedFile::unmap(buffers_, mover_link_bytes, keep_address_);
    file_->unlock(side_ == Side::listener ? listener_byte : connector_byte);
    peer_bell_.ring();
  }

  bool connected() override { return came_ = came_ || control_.connected.load() != 0; }

  bool peer_alive() override {
    if (!connected() || broken_) return false;
    const u64 now = clock_.monotonic();
    if (alive_ && now - checked_at_ < life_check) return true;
    checked_at_ = now;
    if (!out_.sane() || !in_.sane()) return !(broken_ = true);
    return alive_ = file_->held(side_ == Side::listener ? connector_byte : listener_byte);
  }
  bool up() override { return !is_cut() && peer_alive(); }

  std::span<u8> buffers() override { return {buffers_, mover_link_bytes}; }
  u32 out_first() const override { return side_ == Side::connector ? 0 : mover_buffers_down; }
  u32 out_count() const override { return side_ == Side::connector ? mover_buffers_down : mover_buffers_up; }

  std::optional<u32> take_free() override {
    if (free_count_ != 0) return free_[--free_count_];
    if (is_cut()) return std::nullopt;
    const auto index = out_.back.pop();
    if (!index) return std::nullopt;
    if (!ours(*index) || !std::exchange(lent_[*index], false)) {
      broken_ = true;
      return std::nullopt;
    }
    return index;
  }

  bool send(const Descriptor& d) override {
    if (is_cut() || !ours(d.index) || !within_rate(d.length)) return false;
    if (!(d.urgent ? out_.urgent : out_.normal).push(packed(d))) return false;
    lent_[d.index] = true;
    peer_bell_.ring_if_needed();
    return true;
  }

  std::optional<Descriptor> receive() override {
    if (is_cut()) return std::nullopt;
    bool urgent = true;
    auto word = in_.urgent.pop();
    if (!word) {
      urgent = false;
      word = in_.normal.pop();
    }
    if (!word) return std::nullopt;
    received_at_ = clock_.monotonic();
    const Descriptor d{static_cast<u32>(*word >> 40), static_cast<u32>(*word >> 20 & 0xFFFFF), static_cast<u32>(*word & 0xFFFFF),
                       urgent};
    if (!theirs(d.index) || d.offset > mover_buffer_bytes || d.length > mover_buffer_bytes - d.offset) {
      broken_ = true;
      return std::nullopt;
    }
    return d;
  }

  void give_back(u32 index) override {
    if (!theirs(index)) return;
    in_.back.push(index);
    peer_bell_.ring_if_needed();
  }

  bool waiting() const override { return !is_cut() && (!in_.urgent.empty() || !in_.normal.empty() || !out_.back.empty()); }

  void wait(u64 nanoseconds) override {
    const u64 began = clock_.monotonic();
    const u64 spin = began - received_at_ < busy_for ? busy_spin : idle_spin;
    do {
      for (u32 i = 0; i < 20; ++i) {
        if (waiting()) return;
        relax();
      }
    } while (clock_.monotonic() - began < spin);
    if (nanoseconds != 0) own_bell_.sleep(std::min(nanoseconds, life_check), [&] { return waiting(); });
  }
  void ring() override { own_bell_.ring_if_needed(); }

  void cut(bool on) override {
    control_.cut.store(on ? 1 : 0);
    peer_bell_.ring();
    own_bell_.ring();
  }
  void limit_rate(u64 bytes_per_second) override {
    rate_.store(bytes_per_second);
    rate_is_new_.store(true);
  }

 private:
  // A broken link is as good as one whose other end has died; it never becomes whole again.
  bool is_cut() const { return broken_ || control_.cut.load(std::memory_order_relaxed) != 0; }
  bool ours(u32 index) const { return index - out_first() < out_count(); }
  bool theirs(u32 index) const { return index < all_buffers && !ours(index); }

  // A bucket that fills with time and never holds more than 10 ms' worth, but at least one buffer.
  bool within_rate(u64 bytes) {
    const u64 rate = rate_.load(std::memory_order_relaxed);
    if (rate == 0) return true;
    const u64 now = clock_.monotonic();
    if (rate_is_new_.exchange(false)) {
      allowance_ = 0;
      refilled_at_ = now;
    }
    const double fresh = static_cast<double>(now - refilled_at_) * static_cast<double>(rate) / 1e9;
    const double most = std::max(static_cast<double>(rate) / 100, static_cast<double>(mover_buffer_bytes));
    allowance_ = std::min(allowance_ + fresh, most);
    refilled_at_ = now;
    if (allowance_ < static_cast<double>(bytes)) return false;
    allowance_ -= static_cast<double>(bytes);
    return true;
  }

  std::unique_ptr<SharedFile> file_;
  Control& control_;
  u8* buffers_;
  bool keep_address_;
  Side side_;
  Direction& out_;
  Direction& in_;
  Bell& own_bell_;
  Bell& peer_bell_;
  HostClock clock_;
  std::array<u32, all_buffers> free_{};
  u32 free_count_ = 0;
  std::array<bool, all_buffers> lent_{};  // sent, and not given back yet
  bool came_ = false;
  bool broken_ = false;  // something stands in the memory that no mover writes
  bool alive_ = true;
  u64 checked_at_ = 0;
  std::atomic<u64> rate_{0};
  std::atomic<bool> rate_is_new_{false};
  double allowance_ = 0;
  u64 refilled_at_ = 0;
  u64 received_at_ = 0;
};

constexpr u64 file_bytes = control_bytes + mover_link_bytes;

}  // namespace

Result<std::unique_ptr<MoverLink>> MoverLink::listen(const std::string& path, u8* window) {
  auto file = TRY(SharedFile::create(path, file_bytes));
  auto* control = reinterpret_cast<Control*>(file->data());
  control->listener_bell.construct();
  control->connector_bell.construct();
  control->magic_number.store(magic);
  u8* buffers = TRY(file->map_present(control_bytes, mover_link_bytes, window));
  if (auto published = file->publish(); !published) {
    SharedFile::unmap(buffers, mover_link_bytes, window != nullptr);
    return published.error();
  }
  return std::unique_ptr<MoverLink>(
      std::make_unique<SharedMoverLink>(std::move(file), buffers, window != nullptr, SharedMoverLink::Side::listener));
}

Result<std::unique_ptr<MoverLink>> MoverLink::connect(const std::string& path, u64 timeout, u8* window) {
  const HostClock clock;
  const u64 deadline = clock.monotonic() + std::min(timeout, u64{1} << 62);
  for (;;) {
    auto file = SharedFile::open(path, file_bytes);
    if (file && (*file)->held(listener_byte)) {
      auto* control = reinterpret_cast<Control*>((*file)->data());
      if (control->magic_number.load() != magic) return Error{"absent", path + " is no link of movers."};
      if (!(*file)->lock(connector_byte)) return Error{"busy", "Another mover is already connected to " + path + "."};
      // A link is used once: what an earlier mover has left in the queues belongs to nobody.
      if (control->connected.exchange(1) != 0) return Error{"busy", "The link " + path + " was used before."};
      u8* buffers = TRY((*file)->map_present(control_bytes, mover_link_bytes, window));
      control->listener_bell.ring();
      return std::unique_ptr<MoverLink>(
          std::make_unique<SharedMoverLink>(std::move(*file), buffers, window != nullptr, SharedMoverLink::Side::connector));
    }
    if (clock.monotonic() >= deadline) return Error{"absent", "The other mover does not listen at " + path + "."};
    Doorbell pause;
    pause.construct();
    pause.wait(2'000'000);
  }
}

}  // namespace emu
