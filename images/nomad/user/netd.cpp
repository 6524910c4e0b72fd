// SPDX-License-Identifier: GPL-2.0-or-later
// UDP echo on port 7 (RFC 862). ARP and ICMP echo are the kernel's.
#include "user/program.h"

using namespace nomad;

int program_main(int, char**) {
  accept_judge();
  const i64 socket = system_call(SystemCall::udp_open, 7);
  if (socket < 0) {
    print("netd: no socket (%ld)\n", socket);
    return 1;
  }
  static u8 data[1472];
  u64 datagrams = 0, bytes = 0, errors = 0;
  while (!end_wanted()) {
    UdpPeer peer{};
    const i64 length = system_call(SystemCall::udp_receive, static_cast<u64>(socket), word_of(data), sizeof data, word_of(&peer), 1000);
    if (length >= 0) {
      datagrams++;
      bytes += static_cast<u64>(length);
      if (system_call(SystemCall::udp_send, static_cast<u64>(socket), word_of(data), static_cast<u64>(length), word_of(&peer)) != length)
        errors++;
    }
    if (judge_wanted() || end_wanted())
      print("netd: datagrams=%lu bytes=%lu errors=%lu verdict=%s\n", datagrams, bytes, errors, verdict(errors == 0));
  }
  return 0;
}
