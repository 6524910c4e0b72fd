// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/link/boot_server.h"

#include <atomic>
#include <thread>

#include "emu/core/log.h"
#include "emu/link/boot_service.h"

namespace emu {

namespace {

constexpr Log log_boot("boot-server");
constexpr u64 patience = nanoseconds_per_second;  // a sender may have died before it rang

class SegmentBootServer final : public BootServer {
 public:
  SegmentBootServer(std::unique_ptr<Port> port, const SegmentConfig::BootServer& config, const Network& network,
                    const Clock& clock)
      : port_(std::move(port)), service_(config, network), clock_(clock), thread_([this] { run(); }) {}
  ~SegmentBootServer() override {
    end_.store(true);
    port_->wake();
    thread_.join();
  }

 private:
  void send(const std::vector<Bytes>& packets) {
    for (const Bytes& packet : packets) port_->send(packet);
  }
  void run() {
    while (!end_.load()) {
      while (const auto packet = port_->receive(0)) {
        if (end_.load()) return;
        send(service_.take(*packet, clock_.monotonic()));
      }
      send(service_.later(clock_.monotonic()));
      (void)port_->wait(std::min(patience, service_.next(clock_.monotonic())));
    }
  }

  std::unique_ptr<Port> port_;
  BootService service_;
  const Clock& clock_;
  std::atomic<bool> end_{false};
  std::thread thread_;
};

}  // namespace

Result<std::unique_ptr<BootServer>> BootServer::create(const SegmentConfig& segment_config,
                                                       const SegmentConfig::BootServer& config, Segment& segment,
                                                       const Clock& clock) {
  const auto network = parse_network(segment_config.network);
  if (!network) return Error{"address", segment_config.network + " is no network such as 10.0.2.0/24."};
  auto port = TRY(segment.plug("boot server " + config.address));
  log_boot.info("{} on {}: files of {}", config.address, segment_config.name, config.folder);
  return std::unique_ptr<BootServer>(std::make_unique<SegmentBootServer>(std::move(port), config, *network, clock));
}

}  // namespace emu
