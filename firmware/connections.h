// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Which client adapter talks to which server adapter inside a frame: an index that plugging and unplugging keep. A client's
// every request asks it, so an answer costs a few steps through a tree, however many partitions there are. Any thread.
//
// The server's adapter decides: it names the client's partition and slot, or "any", and then the client must name it. A moved
// client keeps naming its old server until its profile is written, so what a client names is only a preference.

#include <map>
#include <memory>
#include <set>
#include <shared_mutex>
#include <utility>

#include "firmware/adapter.h"

namespace firmware {

class Connections {
 public:
  struct End {
    u32 lpar_id = 0;
    std::shared_ptr<Adapter> adapter;  // null: there is no other end
  };

  // Adapters of kinds that have no other end are ignored, by all three.
  void add(u32 lpar_id, const std::shared_ptr<Adapter>&);
  void remove(u32 lpar_id, const Adapter&);
  End partner(u32 lpar_id, const Adapter&) const;

 private:
  using Place = std::pair<u32, u32>;  // partition and slot

  End of_client(Place, const Adapter&) const;
  End of_server(Place, const Adapter&) const;
  std::shared_ptr<Adapter> at(Place, emu::AdapterKind) const;

  mutable std::shared_mutex mutex_;
  std::map<Place, std::shared_ptr<Adapter>> there_;
  std::set<std::pair<Place, Place>> named_;  // what is named, and by whom
};

}  // namespace firmware
