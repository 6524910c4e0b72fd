// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/link/datagrams.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <list>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <thread>

#include "emu/core/address.h"
#include "emu/core/clock.h"
#include "emu/link/packet.h"

namespace emu {

namespace {

constexpr u64 ask_again = 250'000'000;
constexpr u64 patience = nanoseconds_per_second;  // a sender may have died before it rang
constexpr size_t most_known = 256;
constexpr u16 ping_identifier = 0x7466;

class SegmentDatagrams final : public Datagrams {
 public:
  SegmentDatagrams(std::unique_ptr<Port> port, const std::string& name, u32 address)
      : port_(std::move(port)), address_(address), mac_(packet::mac_of(name)), thread_([this] { run(); }) {}
  ~SegmentDatagrams() override {
    end_.store(true);
    port_->wake();
    thread_.join();
  }

  Result<Bytes> exchange(u32 to, u16 to_port, u16 from_port, std::span<const u8> request, u64 timeout) override {
    const u64 deadline = clock_.monotonic() + timeout;
    std::unique_lock lock(mutex_);
    const Result<packet::Mac> mac = mac_of(to, deadline, lock);
    if (!mac) return mac.error();
    const auto waiting = waiting_.insert(waiting_.end(), Waiting{to, to_port, from_port, {}});
    send(packet::make_datagram({*mac, mac_, to, address_}, {to_port, from_port, Bytes(request.begin(), request.end())}));
    while (!waiting->answer && clock_.monotonic() < deadline) wait(lock, deadline);
    const auto answer = std::move(waiting->answer);
    waiting_.erase(waiting);
    if (answer) return *answer;
    known_.erase(to);  // it may have moved to another address on the wire
    return Error{"timeout", address_text(to) + " does not answer."};
  }

  Status ping(u32 to, u64 timeout) override {
    const u64 deadline = clock_.monotonic() + timeout;
    std::unique_lock lock(mutex_);
    const Result<packet::Mac> mac = mac_of(to, deadline, lock);
    if (!mac) return mac.error();
    const auto waiting = pings_.insert(pings_.end(), Ping{to, ++last_ping_, false});
    while (!waiting->answered && clock_.monotonic() < deadline) {
      send(packet::make_echo({*mac, mac_, to, address_}, {false, ping_identifier, waiting->sequence, Bytes(32)}));
      const u64 until = std::min(deadline, clock_.monotonic() + ask_again);
      while (!waiting->answered && clock_.monotonic() < until) wait(lock, until);
    }
    const bool answered = waiting->answered;
    pings_.erase(waiting);
    return answered ? success() : Status(Error{"timeout", address_text(to) + " does not answer."});
  }

 private:
  struct Ping {
    u32 to;
    u16 sequence;
    bool answered;
  };
  struct Waiting {
    u32 from;
    u16 from_port;
    u16 to_port;
    std::optional<Bytes> answer;
  };

  void wait(std::unique_lock<std::mutex>& lock, u64 until) {
    const u64 now = clock_.monotonic();
    if (now < until) came_.wait_for(lock, std::chrono::nanoseconds(until - now));
  }

  Result<packet::Mac> mac_of(u32 address, u64 deadline, std::unique_lock<std::mutex>& lock) {
    for (;;) {
      if (const auto known = known_.find(address); known != known_.end()) return known->second;
      if (clock_.monotonic() >= deadline) break;
      wanted_.insert(address);
      send(packet::make_arp(packet::broadcast, {1, mac_, address_, {}, address}));
      const u64 until = std::min(deadline, clock_.monotonic() + ask_again);
      while (!known_.contains(address) && clock_.monotonic() < until) wait(lock, until);
    }
    return Error{"timeout", "Nobody on the network has the address " + address_text(address) + "."};
  }

  void send(const Bytes& packet) {
    const std::lock_guard lock(sending_);
    port_->send(packet);
  }

  void run() {
    while (!end_.load()) {
      while (const auto packet = port_->receive(0)) {
        if (end_.load()) return;
        take(*packet);
      }
      (void)port_->wait(patience);
    }
  }

  void take(std::span<const u8> bytes) {
    if (const auto arp = packet::parse_arp(bytes)) {
      if (arp->operation == 1 && arp->target == address_)
        send(packet::make_arp(arp->sender_mac, {2, mac_, address_, arp->sender_mac, arp->sender}));
      const std::lock_guard lock(mutex_);
      if (wanted_.erase(arp->sender) == 0) return;  // nobody has asked for it
      if (known_.size() >= most_known) known_.clear();
      known_[arp->sender] = arp->sender_mac;
      came_.notify_all();
      return;
    }
    if (packet::destination(bytes) != mac_) return;
    auto got = packet::parse_packet(bytes);
    if (!got || got->route.to != address_) return;
    const std::lock_guard lock(mutex_);
    if (got->echo && got->echo->reply && got->echo->identifier == ping_identifier) {
      for (Ping& ping : pings_)
        if (ping.to == got->route.from && ping.sequence == got->echo->sequence) ping.answered = true;
      came_.notify_all();
    }
    if (!got->datagram) return;
    for (Waiting& waiting : waiting_) {
      if (waiting.from != got->route.from || waiting.from_port != got->datagram->from_port ||
          waiting.to_port != got->datagram->to_port)
        continue;
      waiting.answer = got->datagram->data;
      came_.notify_all();
    }
  }

  std::unique_ptr<Port> port_;
  const u32 address_;
  const packet::Mac mac_;
  HostClock clock_;
  std::mutex sending_;
  std::mutex mutex_;
  std::condition_variable came_;
  std::list<Waiting> waiting_;
  std::list<Ping> pings_;
  u16 last_ping_ = 0;
  std::map<u32, packet::Mac> known_;
  std::set<u32> wanted_;
  std::atomic<bool> end_{false};
  std::thread thread_;
};

}  // namespace

Result<std::unique_ptr<Datagrams>> Datagrams::create(Segment& segment, const std::string& name, u32 address) {
  return std::unique_ptr<Datagrams>(std::make_unique<SegmentDatagrams>(TRY(segment.plug(name)), name, address));
}

}  // namespace emu
