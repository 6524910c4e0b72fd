// SPDX-License-Identifier: GPL-2.0-or-later
// System calls on UDP sockets.
#include "kernel/network.h"
#include "kernel/system_calls.h"

namespace nomad::system_calls {

i64 interface_change(Call& call) {
  if (!call.process.root) return Error::not_permitted;
  return network::configure(static_cast<u32>(call.argument(0)), static_cast<u32>(call.argument(1)), static_cast<u32>(call.argument(2)));
}

i64 udp_open(Call& call) {
  if (call.argument(0) == 0 || call.argument(0) > 65535) return Error::invalid;
  if (call.argument(0) < 1024 && !call.process.root) return Error::not_permitted;
  return network::open(static_cast<u16>(call.argument(0)), call.process.pid);
}

i64 udp_receive(Call& call) {
  static u8 data[network::largest_datagram];  // used between two waits only, under the kernel lock
  if (!network::owns(call.argument(0), call.process.pid)) return Error::invalid;
  const u64 deadline = deadline_of(call.argument(4));
  for (;;) {
    UdpPeer peer{};
    const u64 room = call.argument(2) < sizeof data ? call.argument(2) : sizeof data;
    const i64 length = network::receive(call.argument(0), data, room, peer);
    if (length >= 0) {
      if (!call.process.space.copy_out(call.argument(1), data, static_cast<u64>(length)) || !call.give(call.argument(3), peer))
        return Error::bad_address;
      return length;
    }
    const Wake why = wait_on(network::channel(call.argument(0)), deadline, true);
    if (why == Wake::signal) return Error::interrupted;
    if (why == Wake::time_out) return Error::timed_out;
  }
}

i64 udp_send(Call& call) {
  static u8 data[network::largest_datagram];
  UdpPeer peer{};
  if (!network::owns(call.argument(0), call.process.pid) || call.argument(2) > sizeof data) return Error::invalid;
  if (!call.process.space.copy_in(data, call.argument(1), call.argument(2)) || !call.take(call.argument(3), peer))
    return Error::bad_address;
  return network::send(call.argument(0), data, call.argument(2), peer);
}

}  // namespace nomad::system_calls
