// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/link/segment.h"

#include "emu/core/clock.h"
#include "emu/link/byte_ring.h"
#include "emu/link/packet.h"
#include "emu/link/shared_file.h"

#include <algorithm>
#include <new>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace emu {

namespace {

constexpr u64 magic = 0x5477'696E'5365'6702;  // "TwinSeg", version 2
constexpr size_t ring_bytes = 256 * KiB;      // three jumbo packets, or some 160 ordinary ones
constexpr size_t learned_addresses = 1024;

constexpr u64 port_lock = 1;  // bytes of the memory that are locked: one per port
constexpr u64 list_patience = 5 * nanoseconds_per_second;
constexpr size_t longest_list = 16 * KiB;

// A record is a 4-byte length and the packet. It is put at once, so a consumer that sees the length has the packet as well.
using Ring = ByteRing<ring_bytes>;

struct PortState {
  Doorbell doorbell;
  std::atomic<u32> rung{0};
  std::atomic<u32> plugged{0};
  std::atomic<u32> owner_count{0};  // how often it was taken: old entries of the address table are void
  std::array<std::atomic<char>, 32> name{};
};

struct Shared {
  std::atomic<u64> magic_number;
  std::atomic<u64> list;  // which list of members it belongs to: the number of that file
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

// The segment's file: a line for each process that has the memory open, which says where it is found. So the memory lives
// as long as one of them does, whoever made it. Changed under a lock that the kernel releases.
class MemberList {
 public:
  static Result<std::unique_ptr<MemberList>> lock(const std::string& path) {
    const Error unusable{"segment",
                         "The file " + path + " cannot be used as an Ethernet segment; remove it if no frame is running."};
    std::unique_ptr<MemberList> list(new MemberList);
    list->file_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
    struct stat status {};
    if (list->file_ < 0 || fstat(list->file_, &status) != 0 || !S_ISREG(status.st_mode)) return unusable;
    if (status.st_size > static_cast<off_t>(longest_list)) return unusable;
    list->number_ = status.st_ino;
    struct flock whole {};
    whole.l_type = F_WRLCK;
    whole.l_whence = SEEK_SET;
    const HostClock clock;
    const u64 deadline = clock.monotonic() + list_patience;
    while (fcntl(list->file_, F_OFD_SETLK, &whole) != 0) {
      if (clock.monotonic() >= deadline) return unusable;
      Doorbell pause;
      pause.construct();
      pause.wait(1'000'000);
    }
    return list;
  }
  ~MemberList() {
    if (file_ >= 0) close(file_);
  }
  MemberList(const MemberList&) = delete;
  MemberList& operator=(const MemberList&) = delete;

  u64 number() const { return number_; }

  std::vector<std::string> read() const {
    std::string text(longest_list, '\0');
    const ssize_t got = pread(file_, text.data(), text.size(), 0);
    text.resize(got < 0 ? 0 : static_cast<size_t>(got));
    std::vector<std::string> lines;
    for (size_t at = 0, end; (end = text.find('\n', at)) != std::string::npos; at = end + 1)
      lines.push_back(text.substr(at, end - at));
    return lines;
  }

  // What is behind the new end when we die in between are old lines, which are looked at and lead nowhere.
  bool write(const std::vector<std::string>& lines) const {
    std::string text;
    for (const std::string& line : lines) text += line + '\n';
    return pwrite(file_, text.data(), text.size(), 0) == static_cast<ssize_t>(text.size()) &&
           ftruncate(file_, static_cast<off_t>(text.size())) == 0;
  }

 private:
  MemberList() = default;
  int file_ = -1;
  u64 number_ = 0;
};

// The memory of a segment, as one process has it; its line in the list goes with it.
class SharedMemory {
 public:
  static Result<std::shared_ptr<SharedMemory>> join(const std::string& path) {
    const auto list = TRY(MemberList::lock(path));
    auto memory = std::make_shared<SharedMemory>(path);
    std::vector<std::string> members;
    for (std::string& member : list->read()) {
      // The list is hostile input as well: what it names is believed only if it says that it is this segment.
      auto file = SharedFile::open(member, sizeof(Shared));
      if (!file) continue;
      const auto& shared = *reinterpret_cast<const Shared*>((*file)->data());
      if (shared.magic_number.load(std::memory_order_acquire) != magic || shared.list.load() != list->number()) continue;
      if (!memory->file_) memory->file_ = std::move(*file);
      members.push_back(std::move(member));
    }
    if (!memory->file_) {
      memory->file_ = TRY(SharedFile::create(path, sizeof(Shared)));
      auto* fresh = new (memory->file_->data()) Shared;
      for (PortState& port : fresh->ports) port.doorbell.construct();
      for (auto& rings : fresh->rings)
        for (Ring& ring : rings) ring.construct();
      fresh->list.store(list->number());
      fresh->magic_number.store(magic, std::memory_order_release);
    }
    members.push_back(memory->file_->address());
    if (!list->write(members)) return Error{"segment", "The file " + path + " of an Ethernet segment cannot be written."};
    return memory;
  }

  explicit SharedMemory(std::string path) : path_(std::move(path)) {}
  ~SharedMemory() {
    if (!file_ || access(path_.c_str(), F_OK) != 0) return;
    const auto list = MemberList::lock(path_);
    if (!list) return;  // the line leads nowhere, and goes with the next who comes
    std::vector<std::string> members = (*list)->read();
    std::erase(members, file_->address());
    (void)(*list)->write(members);
  }

  Shared& content() { return *reinterpret_cast<Shared*>(file_->data()); }
  const SharedFile& file() const { return *file_; }

 private:
  const std::string path_;
  std::unique_ptr<SharedFile> file_;
};

class SegmentPort final : public Port {
 public:
  SegmentPort(std::shared_ptr<SharedMemory> memory, std::unique_ptr<SharedFile> lock, unsigned number)
      : memory_(std::move(memory)), lock_(std::move(lock)), number_(number), record_(4 + packet::largest_packet) {}

  ~SegmentPort() override { me().plugged.store(0); }  // the lock goes with the object that holds it

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
      const HostClock clock;
      const u64 deadline = clock.monotonic() + timeout;
      // The bell may hold a ring that was answered already; the flag is the truth.
      while (!me().rung.load(std::memory_order_acquire)) {
        const u64 now = clock.monotonic();
        if (now >= deadline || !me().doorbell.wait(deadline - now)) break;
      }
    }
    return me().rung.exchange(0, std::memory_order_acq_rel) != 0;
  }

  // The bell in any case: a sender may have died between the flag and the bell.
  void wake() override {
    me().rung.store(1, std::memory_order_release);
    me().doorbell.ring();
  }

 private:
  Shared& shared() { return memory_->content(); }
  PortState& me() { return shared().ports[number_]; }

  std::optional<Bytes> next() {
    for (unsigned i = 0; i < segment_ports; ++i) {
      const unsigned from = (last_ + 1 + i) % segment_ports;  // no sender can starve the others
      Ring& ring = shared().rings[number_][from];
      u8 length_bytes[4];
      const u32 there = ring.filled();
      if (there == 0) continue;
      const bool whole = there <= ring_bytes && ring.get(length_bytes) == sizeof length_bytes;
      const u32 length = whole ? load_be<u32>(length_bytes) : 0;
      if (!whole || length > packet::largest_packet || length > there - sizeof length_bytes) {
        ring.clear();  // nobody of ours wrote this
        continue;
      }
      Bytes packet(length);
      if (ring.get(packet) != length) continue;
      last_ = from;
      return packet;
    }
    return std::nullopt;
  }

  bool deliver(unsigned port, size_t length) {
    Ring& ring = shared().rings[port][number_];
    if (ring.free_bytes() < 4 + length) return false;
    ring.put(std::span(record_).first(4 + length));
    PortState& receiver = shared().ports[port];
    if (receiver.rung.exchange(1, std::memory_order_acq_rel) == 0) receiver.doorbell.ring();
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
  std::unique_ptr<SharedFile> lock_;
  unsigned number_;
  unsigned last_ = 0;
  Bytes record_;  // of the sending thread
};

class SharedSegment final : public Segment {
 public:
  SharedSegment(std::string path, std::shared_ptr<SharedMemory> memory) : path_(std::move(path)), memory_(std::move(memory)) {}

  Result<std::unique_ptr<Port>> plug(const std::string& name) override {
    for (unsigned number = 0; number < segment_ports; ++number) {
      auto lock = TRY(SharedFile::open(memory_->file().address(), sizeof(Shared)));
      if (!lock->lock(port_lock + number)) continue;
      take_over(number, name);
      return std::unique_ptr<Port>(std::make_unique<SegmentPort>(memory_, std::move(lock), number));
    }
    return Error{"segment", "No port of the Ethernet segment " + path_ + " is free."};
  }

  std::vector<PortInfo> ports() const override {
    std::vector<PortInfo> found;
    for (unsigned number = 0; number < segment_ports; ++number) {
      if (!memory_->file().held(port_lock + number)) continue;
      PortInfo info{number, ""};
      for (const auto& each : memory_->content().ports[number].name) {
        const char c = each.load();
        if (c == 0) break;
        info.name += c;
      }
      found.push_back(std::move(info));
    }
    return found;
  }

 private:
  // Nobody else has the port now: we are the only consumer of its rings. What a dead owner left in them is thrown away.
  void take_over(unsigned number, const std::string& name) {
    PortState& port = memory_->content().ports[number];
    for (Ring& ring : memory_->content().rings[number]) ring.clear();
    port.rung.store(0);
    port.owner_count.fetch_add(1);
    for (size_t i = 0; i < port.name.size(); ++i)
      port.name[i].store(i < name.size() && i + 1 < port.name.size() ? name[i] : '\0');
    port.plugged.store(1);
  }

  std::string path_;
  std::shared_ptr<SharedMemory> memory_;
};

}  // namespace

Result<std::unique_ptr<Segment>> Segment::open(const std::string& path) {
  auto memory = TRY(SharedMemory::join(path));
  return std::unique_ptr<Segment>(std::make_unique<SharedSegment>(path, std::move(memory)));
}

Doorman::Doorman(Port& port, std::function<void()> ring) : port_(port), ring_(std::move(ring)) {
  thread_ = std::thread([this] {
    constexpr u64 patience = nanoseconds_per_second;  // a sender may have died before it rang
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
  port_.wake();
  thread_.join();
}

void Doorman::taken() {
  rung_.store(false, std::memory_order_release);
  rung_.notify_all();
}

}  // namespace emu
