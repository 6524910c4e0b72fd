// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/link/gateway.h"

#include "emu/core/address.h"
#include "emu/core/log.h"
#include "emu/link/packet.h"

#include <slirp/libslirp.h>

#include <condition_variable>
#include <list>
#include <mutex>
#include <optional>
#include <set>
#include <thread>
#include <tuple>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

namespace emu {

namespace {

constexpr Log log_gateway("gateway");

in_addr address(u32 host_order) { return {htonl(host_order)}; }

// A connection as both directions show it: the guest's end, the protocol, and the port of the host's end.
using Flow = std::tuple<u32, u16, u8, u16>;
struct Parsed {
  u32 from = 0;
  u32 to = 0;
  u8 protocol = 0;
  u16 from_port = 0;
  u16 to_port = 0;
};
constexpr u8 protocol_icmp = 1;
constexpr u8 protocol_tcp = 6;
constexpr u8 protocol_udp = 17;

// Nothing for what is no IPv4 packet, or a later fragment of one.
std::optional<Parsed> parse_flow(std::span<const u8> packet) {
  constexpr size_t ip_at = packet::header_size;
  if (packet.size() < ip_at + 20 || load_be<u16>(&packet[12]) != packet::ethertype_ip || packet[ip_at] >> 4 != 4)
    return std::nullopt;
  const size_t header = size_t{packet[ip_at] & 0xFu} * 4;
  if (load_be<u16>(&packet[ip_at + 6]) & 0x1FFF || packet.size() < ip_at + header + 4) return std::nullopt;
  return Parsed{load_be<u32>(&packet[ip_at + 12]), load_be<u32>(&packet[ip_at + 16]), packet[ip_at + 9],
                load_be<u16>(&packet[ip_at + header]), load_be<u16>(&packet[ip_at + header + 2])};
}

struct Timer {
  SlirpTimerCb call = nullptr;
  void* argument = nullptr;
  s64 due_ms = -1;  // not running
};

// A port of the loopback that is free now. libslirp does not tell which one it got when asked for any.
u16 free_port(int type) {
  const int probe = socket(AF_INET, type | SOCK_CLOEXEC, 0);
  if (probe < 0) return 0;
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof name;
  const bool bound = bind(probe, reinterpret_cast<sockaddr*>(&name), sizeof name) == 0 &&
                     getsockname(probe, reinterpret_cast<sockaddr*>(&name), &length) == 0;
  close(probe);
  return bound ? ntohs(name.sin_port) : u16{0};
}

class SlirpGateway final : public Gateway {
 public:
  SlirpGateway(std::unique_ptr<Port> port, const Clock& clock) : port_(std::move(port)), clock_(clock) {}

  ~SlirpGateway() override {
    end_.store(true);
    if (thread_.joinable()) {
      wake();
      thread_.join();
    }
    doorman_.reset();
    if (slirp_) slirp_cleanup(slirp_);
    if (wake_fd_ >= 0) close(wake_fd_);
  }

  Status start(const Network& network) {
    host_ = network.base | gateway_host;
    wake_fd_ = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (wake_fd_ < 0) return Error{"gateway", "The host has no file descriptor left for the gateway."};
    SlirpConfig config{};
    config.version = 4;
    // libslirp's own restriction also drops the answers to forwarded datagrams, so `admitted` decides instead.
    config.restricted = 0;
    config.in_enabled = true;
    config.vnetwork = address(network.base);
    config.vnetmask = address(network.mask);
    config.vhost = address(network.base | gateway_host);
    config.vnameserver = address(network.base | name_server_host);
    config.vdhcp_start = address(network.base | 15);
    config.disable_dns = true;
    config.disable_dhcp = true;  // addresses are the lab file's
    static constexpr SlirpCb callbacks = {
        .send_packet = [](const void* packet, size_t length, void* self) -> ssize_t {
          me(self).send({static_cast<const u8*>(packet), length});
          return static_cast<ssize_t>(length);
        },
        .guest_error = [](const char* message, void*) { log_gateway.debug("{}", message); },
        .clock_get_ns = [](void* self) -> int64_t { return static_cast<s64>(me(self).clock_.monotonic()); },
        .timer_new = [](SlirpTimerCb call, void* argument, void* self) -> void* {
          return &me(self).timers_.emplace_back(Timer{call, argument, -1});
        },
        .timer_free = [](void* timer,
                         void* self) { me(self).timers_.remove_if([timer](const Timer& each) { return &each == timer; }); },
        .timer_mod = [](void* timer, int64_t due_ms, void*) { static_cast<Timer*>(timer)->due_ms = due_ms; },
        .register_poll_fd = [](int, void*) {},
        .unregister_poll_fd = [](int, void*) {},
        .notify = [](void* self) { me(self).wake(); },
        .init_completed = [](Slirp*, void*) {},
        .timer_new_opaque = nullptr,
    };
    slirp_ = slirp_new(&config, &callbacks, this);
    if (!slirp_) return Error{"gateway", "libslirp did not start; its version may be too old."};
    doorman_.emplace(*port_, [this] { wake(); });
    thread_ = std::thread([this] { run(); });
    return success();
  }

  Result<u16> forward(const SegmentConfig::Forward& wanted) override {
    const auto guest = parse_address(wanted.guest_address);
    const bool udp = wanted.protocol == "udp";
    if (!guest || (!udp && wanted.protocol != "tcp"))
      return Error{"gateway", "A forward needs protocol tcp or udp and a guest's address such as 10.0.2.15."};
    Job job{wanted, udp, *guest, {}};
    std::unique_lock lock(mutex_);
    jobs_.push_back(&job);
    wake();
    done_.wait(lock, [&job] { return job.port.has_value(); });
    if (*job.port == 0)
      return Error{"gateway", fmt::format("Port {} of the host is in use; choose another in the lab file.", wanted.host_port)};
    return *job.port;
  }

  std::vector<SegmentConfig::Forward> forwards() const override {
    const std::lock_guard lock(mutex_);
    return forwards_;
  }

 private:
  struct Job {
    SegmentConfig::Forward wanted;
    bool udp;
    u32 guest;
    std::optional<u16> port;
  };

  static SlirpGateway& me(void* self) { return *static_cast<SlirpGateway*>(self); }

  void wake() {
    const u64 one = 1;
    // A full counter is as good a wake-up as any.
    [[maybe_unused]] const ssize_t written = write(wake_fd_, &one, sizeof one);
  }

  // A guest may ask who the host is, ping it, and answer what came through a forward. Nothing else reaches libslirp: not
  // the world, and not what else listens on the host's loopback.
  bool admitted(std::span<const u8> packet) const {
    if (packet::parse_arp(packet)) return true;
    const auto flow = parse_flow(packet);
    if (!flow || flow->to != host_) return false;
    if (flow->protocol == protocol_icmp) return true;
    return flows_.contains(Flow{flow->from, flow->from_port, flow->protocol, flow->to_port});
  }

  void send(std::span<const u8> packet) {
    constexpr size_t most_flows = 4096;
    if (const auto flow = parse_flow(packet); flow && (flow->protocol == protocol_tcp || flow->protocol == protocol_udp)) {
      if (flows_.size() >= most_flows) flows_.clear();  // those in use come back with their next packet
      flows_.insert(Flow{flow->to, flow->to_port, flow->protocol, flow->from_port});
    }
    if (packet.size() >= packet::smallest_packet) {
      port_->send(packet);
      return;
    }
    Bytes padded(packet.begin(), packet.end());
    padded.resize(packet::smallest_packet);
    port_->send(padded);
  }

  void run() {
    std::vector<pollfd> waiting;
    // After an ARP reply libslirp sends what has waited for it only in its next slirp_pollfds_poll, and gives up after 1 s.
    bool again = false;
    while (!end_.load()) {
      waiting.assign(1, {wake_fd_, POLLIN, 0});
      u32 timeout = again ? 0 : 1000;
      slirp_pollfds_fill(slirp_, &timeout, add_poll, &waiting);
      const int ready = poll(waiting.data(), waiting.size(), static_cast<int>(until_timer(timeout)));
      u64 count = 0;
      if (waiting[0].revents) [[maybe_unused]]
        const ssize_t length = read(wake_fd_, &count, sizeof count);
      slirp_pollfds_poll(slirp_, ready < 0, revents, &waiting);
      run_timers();
      run_jobs();
      doorman_->taken();
      // A bound on packets at once keeps the sockets served under a flood.
      again = false;
      for (int i = 0; i < 256; ++i) {
        const auto packet = port_->receive(0);
        if (!packet) break;
        again = true;
        if (admitted(*packet)) slirp_input(slirp_, packet->data(), static_cast<int>(packet->size()));
      }
    }
    const std::lock_guard lock(mutex_);
    for (Job* job : jobs_) job->port = u16{0};
    jobs_.clear();
    done_.notify_all();
  }

  static int add_poll(int descriptor, int events, void* list) {
    auto& waiting = *static_cast<std::vector<pollfd>*>(list);
    short wanted = 0;
    if (events & SLIRP_POLL_IN) wanted |= POLLIN;
    if (events & SLIRP_POLL_OUT) wanted |= POLLOUT;
    if (events & SLIRP_POLL_PRI) wanted |= POLLPRI;
    waiting.push_back({descriptor, wanted, 0});
    return static_cast<int>(waiting.size() - 1);
  }

  static int revents(int index, void* list) {
    const short found = (*static_cast<std::vector<pollfd>*>(list))[static_cast<size_t>(index)].revents;
    int events = 0;
    if (found & POLLIN) events |= SLIRP_POLL_IN;
    if (found & POLLOUT) events |= SLIRP_POLL_OUT;
    if (found & POLLPRI) events |= SLIRP_POLL_PRI;
    if (found & POLLERR) events |= SLIRP_POLL_ERR;
    if (found & POLLHUP) events |= SLIRP_POLL_HUP;
    return events;
  }

  s64 now_ms() const { return static_cast<s64>(clock_.monotonic() / 1'000'000); }

  u32 until_timer(u32 timeout) const {
    for (const Timer& timer : timers_)
      if (timer.due_ms >= 0) timeout = std::min(timeout, static_cast<u32>(std::max<s64>(timer.due_ms - now_ms(), 0)));
    return timeout;
  }

  void run_timers() {
    for (Timer& timer : timers_) {
      if (timer.due_ms < 0 || timer.due_ms > now_ms()) continue;
      timer.due_ms = -1;
      timer.call(timer.argument);
    }
  }

  void run_jobs() {
    const std::lock_guard lock(mutex_);
    for (Job* job : jobs_) job->port = open_forward(*job);
    if (!jobs_.empty()) done_.notify_all();
    jobs_.clear();
  }

  u16 open_forward(const Job& job) {
    constexpr int attempts = 8;  // between finding a free port and taking it, another program may be faster
    for (int i = 0; i < attempts; ++i) {
      const u16 port = job.wanted.host_port ? job.wanted.host_port : free_port(job.udp ? SOCK_DGRAM : SOCK_STREAM);
      if (port &&
          slirp_add_hostfwd(slirp_, job.udp, address(INADDR_LOOPBACK), port, address(job.guest), job.wanted.guest_port) == 0) {
        forwards_.push_back(job.wanted);
        forwards_.back().host_port = port;
        return port;
      }
      if (job.wanted.host_port) break;
    }
    return 0;
  }

  std::unique_ptr<Port> port_;
  const Clock& clock_;
  Slirp* slirp_ = nullptr;  // used by the thread only, once that runs
  u32 host_ = 0;
  std::set<Flow> flows_;
  std::list<Timer> timers_;
  int wake_fd_ = -1;
  std::optional<Doorman> doorman_;
  std::atomic<bool> end_{false};
  mutable std::mutex mutex_;
  std::condition_variable done_;
  std::vector<Job*> jobs_;
  std::vector<SegmentConfig::Forward> forwards_;
  std::thread thread_;
};

}  // namespace

Result<std::unique_ptr<Gateway>> Gateway::create(const SegmentConfig& config, Segment& segment, const Clock& clock) {
  const auto network = parse_network(config.network);
  if (!network) return Error{"gateway", "The network of a segment must look like 10.0.2.0/24, not " + config.network + "."};
  auto gateway = std::make_unique<SlirpGateway>(TRY(segment.plug("gateway")), clock);
  TRY(gateway->start(*network));
  for (const auto& forward : config.forwards) TRY(gateway->forward(forward));
  return std::unique_ptr<Gateway>(std::move(gateway));
}

}  // namespace emu
