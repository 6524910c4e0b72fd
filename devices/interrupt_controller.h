// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The external interrupt option as a guest sees it through H_XIRR and kin: sources that latch edges, and one presentation
// controller per processor. What is presented is worked out from the state whenever something changes; there is no second
// copy of it. (LoPAR 6.2; docs/papr.md, Interrupts)

#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <vector>

#include "devices/node.h"
#include "emu/core/archive.h"

namespace devices {

struct InterruptSource {
  u32 server = 0;
  u8 priority = 0xFF;       // as ibm,set-xive gave it
  bool enabled = false;     // ibm,int-on
  bool pending = false;     // an edge that nobody has accepted yet
  bool in_service = false;  // accepted, no H_EOI yet
  bool operator==(const InterruptSource&) const = default;
};

struct InterruptServer {
  u8 cppr = 0;  // 0: nothing can interrupt
  u8 mfrr = 0xFF;
  bool operator==(const InterruptServer&) const = default;
};

struct InterruptState {
  std::vector<InterruptServer> servers;
  std::map<u32, InterruptSource> sources;
  bool operator==(const InterruptState&) const = default;
};

class InterruptController {
 public:
  static constexpr u32 ipi = 2;  // the source number that H_XIRR shows for an interprocessor interrupt
  using Line = std::function<void(u32 server, bool level)>;  // a processor's external interrupt; must not block

  InterruptController(u32 servers, Line line);

  Node describe() const;

  void add_source(u32 number);
  void remove_source(u32 number);
  void pulse(u32 number);  // any thread
  // Of a source with a level: as long as it is high, each end of service begins it again. Any thread. A partition that has one does not
  // move.
  void set_line(u32 number, bool high);

  // The hypercalls; false: no such server.
  u32 accept(u32 server);                  // H_XIRR
  u32 poll(u32 server, u8& mfrr) const;    // H_IPOLL
  void end(u32 server, u32 xirr);          // H_EOI
  void set_priority(u32 server, u8 cppr);  // H_CPPR
  bool set_mfrr(u32 server, u8 mfrr);      // H_IPI

  void reset_server(u32 server);  // its processor was taken away

  // The RTAS calls; false: no such source (or server).
  bool set_xive(u32 source, u32 server, u8 priority);
  bool get_xive(u32 source, u32& server, u8& priority) const;
  bool set_enabled(u32 source, bool on);

  void archive(emu::Archive&);
  void refresh();  // drives all lines again, after a load

 private:
  struct Best {
    u8 priority = 0xFF;
    u32 source = 0;
  };
  Best best(u32 server) const;  // with the lock
  void update(u32 server);      // with the lock

  mutable std::mutex mutex_;
  Line line_;
  InterruptState state_;
  std::set<u32> high_;  // sources whose line is high
};

void archive(emu::Archive&, InterruptSource&);
void archive(emu::Archive&, InterruptServer&);
void archive(emu::Archive&, InterruptState&);

}  // namespace devices
