// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What a mover has to send and its link did not take yet: cut, or at its rate's limit.

#include <deque>

#include "emu/link/mover_link.h"

namespace vios {

class Outgoing {
 public:
  void add(const emu::MoverLink::Descriptor& descriptor) { (descriptor.urgent ? urgent_ : others_).push_back(descriptor); }

  // As much as the link takes. What is urgent overtakes the others, and never each other: the receiver counts each lane's
  // records. True: something was sent.
  bool send(emu::MoverLink& link) {
    bool any = false;
    for (auto* queue : {&urgent_, &others_})
      for (; !queue->empty(); queue->pop_front(), any = true)
        if (!link.send(queue->front())) return any;
    return any;
  }

 private:
  std::deque<emu::MoverLink::Descriptor> urgent_;
  std::deque<emu::MoverLink::Descriptor> others_;
};

}  // namespace vios
