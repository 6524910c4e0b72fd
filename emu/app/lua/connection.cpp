// SPDX-License-Identifier: GPL-2.0-or-later
// A TCP connection to a guest, through a forwarded port, that carries numbered and checksummed blocks both ways; the guest's end
// (images/linux/judges/stream.cpp) does the same. Whatever happens to the guest, it must stay the same connection.
#include "emu/app/hmc_link.h"
#include "emu/app/lua/api.h"
#include "emu/app/lua/lab.h"
#include "emu/core/clock.h"
#include "emu/core/types.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <mutex>
#include <thread>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace emu::app::lua {

namespace {

constexpr size_t block_words = 128;
using Block = std::array<u8, block_words * sizeof(u64)>;

// Number, checksum, and what xorshift64 makes of the number; all big-endian.
Block make_block(u64 number) {
  Block block;
  u64 random = number + 1, sum = 0xCBF2'9CE4'8422'2325;
  store_be(block.data(), number);
  for (size_t i = 2; i < block_words; ++i) {
    random ^= random << 13;
    random ^= random >> 7;
    random ^= random << 17;
    u8* const word = block.data() + i * sizeof(u64);
    store_be(word, random);
    sum = (sum ^ byte_swapped(random)) * 0x100'0000'01B3;
  }
  store_be(block.data() + sizeof(u64), sum);
  return block;
}

class Connection final : public Object {
 public:
  static Result<std::shared_ptr<Object>> create(const NamedLab& lab, const std::string& address, u16 port, u64 rate) {
    const auto hmc = TRY(connect(lab.hmc_file(), 2 * nanoseconds_per_second));
    const auto open = TRY(ask_hmc(*hmc, hmc_link::ListForwards{}, 2 * nanoseconds_per_second));
    const auto found = std::ranges::find_if(open.forwards, [&](const hmc_link::Forward& each) {
      return each.forward.protocol == "tcp" && each.forward.guest_address == address && each.forward.guest_port == port;
    });
    if (found == open.forwards.end()) return Error{"script", fmt::format("No forwarded port leads to {}:{}.", address, port)};
    auto connection = std::make_shared<Connection>();
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(found->forward.host_port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connection->socket_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (::connect(connection->socket_, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0)
      return Error{"script", fmt::format("Nobody listens on the host's port {}.", found->forward.host_port)};
    connection->rate_ = rate;
    connection->thread_ = std::thread([c = connection.get()] { c->run(); });
    return std::shared_ptr<Object>(std::move(connection));
  }
  ~Connection() override {
    stop();
    if (socket_ >= 0) close(socket_);
  }

  void stop() {
    end_ = true;
    if (thread_.joinable()) thread_.join();
  }
  Json result() {
    const std::lock_guard guard(mutex_);
    return Json::Object{
        {"sent", sent_}, {"received", received_}, {"longest_gap_ms", static_cast<double>(longest_gap_) / 1e6}, {"wrong", wrong_}};
  }

 private:
  void run() {
    const u64 began = clock_.monotonic();
    u64 heard_at = began;
    Block out{}, in{};
    size_t to_send = 0, got = 0;
    while (!end_ && wrong_.empty()) {
      if (to_send == 0 && sent_ < (clock_.monotonic() - began) / 1000 * rate_ / 1'000'000) {
        out = make_block(sent_);
        to_send = out.size();
      }
      pollfd waiting{socket_, static_cast<short>(POLLIN | (to_send ? POLLOUT : 0)), 0};
      poll(&waiting, 1, 5);
      const std::lock_guard guard(mutex_);
      if (waiting.revents & POLLOUT) {
        const ssize_t done = send(socket_, out.data() + out.size() - to_send, to_send, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (done < 0 && errno != EAGAIN) wrong_ = "the connection broke while we sent";
        if (done > 0 && (to_send -= static_cast<size_t>(done)) == 0) ++sent_;
      }
      if (!(waiting.revents & (POLLIN | POLLHUP | POLLERR))) continue;
      const ssize_t done = recv(socket_, in.data() + got, in.size() - got, MSG_DONTWAIT);
      if (done == 0 || (done < 0 && errno != EAGAIN)) wrong_ = "the guest's end has closed the connection";
      if (done <= 0) continue;
      const u64 now = clock_.monotonic();
      longest_gap_ = std::max(longest_gap_, now - heard_at);
      heard_at = now;
      got += static_cast<size_t>(done);
      if (got < in.size()) continue;
      got = 0;
      if (in != make_block(received_)) wrong_ = fmt::format("block {} is not what the guest sent", received_);
      ++received_;
    }
  }

  HostClock clock_;
  int socket_ = -1;
  u64 rate_ = 0;
  std::mutex mutex_;
  u64 sent_ = 0;
  u64 received_ = 0;
  u64 longest_gap_ = 0;
  std::string wrong_;
  std::atomic<bool> end_{false};
  std::thread thread_;
};

Status connection_result(Call& call) {
  call.give(TRY(call.self<Connection>())->result());
  return success();
}

Status connection_stop(Call& call) {
  const auto connection = TRY(call.self<Connection>());
  connection->stop();
  call.give(connection->result());
  return success();
}

constexpr Function connection_methods[] = {
    {"result", "", "{sent, received, longest_gap_ms, wrong} so far; `wrong` is empty, or says what happened to the connection",
     connection_result},
    {"stop", "", "Closes it, and answers the same", connection_stop},
};

}  // namespace

const Type connection_type{
    "a connection", "connection:", "What `lab:connection` answers: a TCP connection with numbered, checksummed blocks both ways.",
    connection_methods};

Result<std::shared_ptr<Object>> make_connection(const NamedLab& lab, const std::string& address, u16 port, u64 rate) {
  return Connection::create(lab, address, port, rate);
}

}  // namespace emu::app::lua
