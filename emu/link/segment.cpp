// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/link/segment.h"

#include "emu/core/clock.h"
#include "emu/link/packet.h"

#include <boost/date_time/posix_time/posix_time_types.hpp>
#include <boost/interprocess/file_mapping.hpp>
#include <boost/interprocess/mapped_region.hpp>
#include <boost/interprocess/sync/interprocess_semaphore.hpp>
#include <boost/lockfree/spsc_queue.hpp>

#include <algorithm>
#include <new>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace emu {

namespace {

namespace interprocess = boost::interprocess;

constexpr u64 magic = 0x5477'696E'5365'6701;  // "TwinSeg", version 1
constexpr size_t ring_bytes = 256 * KiB;      // three jumbo packets, or some 160 ordinary ones
constexpr size_t learned_addresses = 1024;

// Bytes of the file that are locked: its initialization, and one per port.
constexpr off_t creation_lock = 1 << 20;
constexpr off_t port_lock = creation_lock + 1;

// A record is a 4-byte length and the packet, pushed at once, so a consumer that sees the length has the packet as well.
using Ring = boost::lockfree::spsc_queue<u8, boost::lockfree::capacity<ring_bytes>>;

struct PortState {
  interprocess::interprocess_semaphore doorbell{0};
  std::atomic<u32> rung{0};
  std::atomic<u32> plugged{0};
  std::atomic<u32> owner_count{0};  // how often it was taken: old entries of the address table are void
  std::array<std::atomic<char>, 32> name{};
};

struct Shared {
  std::atomic<u64> ready;  // `magic` once the rest is initialized
  std::array<PortState, segment_ports> ports;
  // Address 48 bits, owner count 8, port 8; 0 is empty. Written by whoever forwards a packet; the last one wins.
  std::array<std::atomic<u64>, learned_addresses> addresses{};
  std::array<std::array<Ring, segment_ports>, segment_ports> rings;  // [to][from]
};
static_assert(std::atomic<u64>::is_always_lock_free);

u64 number_of(const packet::Mac& mac) {
  u64 number = 0;
  for (const u8 byte : mac) number = number << 8 | byte;
  return number;
}

size_t place_of(u64 mac) { return (mac * 0x9E37'79B9'7F4A'7C15) >> 54; }
static_assert(learned_addresses == 1024, "place_of yields ten bits");

// A lock that belongs to the open file, not to the process: two segments in one process exclude each other as well.
bool try_lock(int file, off_t byte, short type, int command) {
  struct flock lock {};
  lock.l_type = type;
  lock.l_whence = SEEK_SET;
  lock.l_start = byte;
  lock.l_len = 1;
  return fcntl(file, command, &lock) == 0;
}

bool locked_by_somebody(int file, off_t byte) {
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  lock.l_start = byte;
  lock.l_len = 1;
  return fcntl(file, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

struct OpenFile {
  int descriptor = -1;
  ~OpenFile() {
    if (descriptor >= 0) close(descriptor);
  }
};

class SharedMemory {
 public:
  explicit SharedMemory(const std::string& path)
      : mapping_(path.c_str(), interprocess::read_write), region_(mapping_, interprocess::read_write, 0, sizeof(Shared)) {}
  Shared& content() { return *static_cast<Shared*>(region_.get_address()); }

 private:
  interprocess::file_mapping mapping_;
  interprocess::mapped_region region_;
};

class SegmentPort final : public Port {
 public:
  SegmentPort(std::shared_ptr<SharedMemory> memory, int lock, unsigned number)
      : memory_(std::move(memory)), number_(number), record_(4 + packet::largest_packet) {
    lock_.descriptor = lock;
  }

  ~SegmentPort() override { me().plugged.store(0); }  // the lock goes with the file

  unsigned number() const override { return number_; }

  bool send(std::span<const u8> packet) override {
    if (packet.size() < packet::header_size || packet.size() > packet::largest_packet) return false;
    store_be(record_.data(), static_cast<u32>(packet.size()));
    std::copy(packet.begin(), packet.end(), record_.begin() + 4);
    learn(packet::source(packet));
    if (const auto port = lookup(packet::destination(packet))) return *port != number_ && deliver(*port, packet.size());
    bool delivered = false;
    for (unsigned port = 0; port < segment_ports; ++port)
      if (port != number_ && shared().ports[port].plugged.load()) delivered |= deliver(port, packet.size());
    return delivered;
  }

  std::optional<Bytes> receive(u64 timeout) override {
    if (auto packet = next(); packet || timeout == 0) return packet;
    // A bell may have been rung for a packet that was taken before: it says "look", no more.
    const HostClock clock;
    const u64 deadline = clock.monotonic() + timeout;
    for (u64 now = clock.monotonic(); now < deadline; now = clock.monotonic()) {
      wait(deadline - now);
      if (auto packet = next()) return packet;
    }
    return std::nullopt;
  }

  bool wait(u64 timeout) override {
    if (!me().rung.load(std::memory_order_acquire)) {
      if (timeout == 0) return false;
      const auto until =
          boost::posix_time::microsec_clock::universal_time() + boost::posix_time::microseconds(static_cast<s64>(timeout / 1000));
      // The semaphore may hold a ring that was answered already; the flag is the truth.
      while (!me().rung.load(std::memory_order_acquire))
        if (!me().doorbell.timed_wait(until)) break;
    }
    return me().rung.exchange(0, std::memory_order_acq_rel) != 0;
  }

 private:
  Shared& shared() { return memory_->content(); }
  PortState& me() { return shared().ports[number_]; }

  std::optional<Bytes> next() {
    for (unsigned i = 0; i < segment_ports; ++i) {
      const unsigned from = (last_ + 1 + i) % segment_ports;  // no sender can starve the others
      Ring& ring = shared().rings[number_][from];
      u8 length_bytes[4];
      if (ring.read_available() < 4 || ring.pop(length_bytes, 4) != 4) continue;
      const u32 length = load_be<u32>(length_bytes);
      if (length > packet::largest_packet || length > ring.read_available()) {
        ring.consume_all([](u8) {});  // nobody of ours wrote this
        continue;
      }
      Bytes packet(length);
      ring.pop(packet.data(), length);
      last_ = from;
      return packet;
    }
    return std::nullopt;
  }

  bool deliver(unsigned port, size_t length) {
    Ring& ring = shared().rings[port][number_];
    if (ring.write_available() < 4 + length) return false;
    ring.push(record_.data(), 4 + length);
    PortState& receiver = shared().ports[port];
    if (receiver.rung.exchange(1, std::memory_order_acq_rel) == 0) receiver.doorbell.post();
    return true;
  }

  void learn(const packet::Mac& mac) {
    if (mac[0] & 1) return;
    const u64 address = number_of(mac);
    const u64 entry = address << 16 | (me().owner_count.load() & 0xFF) << 8 | number_;
    auto& place = shared().addresses[place_of(address)];
    if (place.load(std::memory_order_relaxed) != entry) place.store(entry, std::memory_order_relaxed);
  }

  // Which port a unicast address is behind, if it is known and still plugged.
  std::optional<unsigned> lookup(const packet::Mac& mac) {
    if (mac[0] & 1) return std::nullopt;
    const u64 address = number_of(mac);
    const u64 entry = shared().addresses[place_of(address)].load(std::memory_order_relaxed);
    const auto port = static_cast<unsigned>(entry & 0xFF);
    if (entry == 0 || entry >> 16 != address || port >= segment_ports) return std::nullopt;
    const PortState& state = shared().ports[port];
    if (!state.plugged.load() || (state.owner_count.load() & 0xFF) != (entry >> 8 & 0xFF)) return std::nullopt;
    return port;
  }

  std::shared_ptr<SharedMemory> memory_;
  OpenFile lock_;
  unsigned number_;
  unsigned last_ = 0;
  Bytes record_;  // of the sending thread
};

class SharedSegment final : public Segment {
 public:
  SharedSegment(std::string path, std::shared_ptr<SharedMemory> memory, int descriptor)
      : path_(std::move(path)), memory_(std::move(memory)) {
    file_.descriptor = descriptor;
  }

  Result<std::unique_ptr<Port>> plug(const std::string& name) override {
    for (unsigned number = 0; number < segment_ports; ++number) {
      const int lock = ::open(path_.c_str(), O_RDWR | O_CLOEXEC);
      if (lock < 0) break;
      if (!try_lock(lock, port_lock + number, F_WRLCK, F_OFD_SETLK)) {
        close(lock);
        continue;
      }
      take_over(number, name);
      return std::unique_ptr<Port>(std::make_unique<SegmentPort>(memory_, lock, number));
    }
    return Error{"segment", "No port of the Ethernet segment " + path_ + " is free."};
  }

  std::vector<PortInfo> ports() const override {
    std::vector<PortInfo> found;
    for (unsigned number = 0; number < segment_ports; ++number) {
      if (!locked_by_somebody(file_.descriptor, port_lock + number)) continue;
      PortInfo info{number, ""};
      for (const auto& c : memory_->content().ports[number].name) {
        if (c.load() == 0) break;
        info.name += c.load();
      }
      found.push_back(std::move(info));
    }
    return found;
  }

 private:
  // Nobody else has the port now: we are the only consumer of its rings. What a dead owner left in them is thrown away.
  void take_over(unsigned number, const std::string& name) {
    PortState& port = memory_->content().ports[number];
    for (Ring& ring : memory_->content().rings[number]) ring.consume_all([](u8) {});
    while (port.doorbell.try_wait()) {
    }
    port.rung.store(0);
    port.owner_count.fetch_add(1);
    for (size_t i = 0; i < port.name.size(); ++i)
      port.name[i].store(i < name.size() && i + 1 < port.name.size() ? name[i] : '\0');
    port.plugged.store(1);
  }

  std::string path_;
  std::shared_ptr<SharedMemory> memory_;
  OpenFile file_;
};

}  // namespace

Result<std::unique_ptr<Segment>> Segment::open(const std::string& path) {
  const Error unusable{"segment",
                       "The file " + path + " cannot be used as an Ethernet segment; remove it if no frame is running."};
  OpenFile file;
  file.descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file.descriptor < 0) return unusable;
  if (!try_lock(file.descriptor, creation_lock, F_WRLCK, F_OFD_SETLKW)) return unusable;
  struct stat status {};
  if (fstat(file.descriptor, &status) != 0) return unusable;
  const bool empty = status.st_size == 0;
  if (!empty && status.st_size != static_cast<off_t>(sizeof(Shared))) return unusable;
  if (empty && ftruncate(file.descriptor, sizeof(Shared)) != 0) return unusable;
  std::shared_ptr<SharedMemory> memory;
  try {  // Boost.Interprocess reports by exception; it ends here
    memory = std::make_shared<SharedMemory>(path);
  } catch (const interprocess::interprocess_exception&) {
    return unusable;
  }
  // A creator that died half way left a file without the mark: it is initialized again, which is safe under the lock.
  if (memory->content().ready.load(std::memory_order_acquire) != magic) {
    auto* fresh = new (&memory->content()) Shared;
    fresh->ready.store(magic, std::memory_order_release);
  }
  try_lock(file.descriptor, creation_lock, F_UNLCK, F_OFD_SETLK);
  const int kept = std::exchange(file.descriptor, -1);
  return std::unique_ptr<Segment>(std::make_unique<SharedSegment>(path, std::move(memory), kept));
}

Doorman::Doorman(Port& port, std::function<void()> ring) : port_(port), ring_(std::move(ring)) {
  thread_ = std::thread([this] {
    constexpr u64 patience = 50'000'000;  // how late the end is noticed at most
    while (!end_.load()) {
      rung_.wait(true);
      if (end_.load()) return;
      if (!port_.wait(patience)) continue;
      rung_.store(true, std::memory_order_release);
      ring_();
    }
  });
}

Doorman::~Doorman() {
  end_.store(true);
  taken();
  thread_.join();
}

void Doorman::taken() {
  rung_.store(false, std::memory_order_release);
  rung_.notify_all();
}

}  // namespace emu
