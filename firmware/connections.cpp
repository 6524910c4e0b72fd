// SPDX-License-Identifier: GPL-2.0-or-later
#include "firmware/connections.h"

#include <mutex>

#include "emu/core/adapter_kinds.h"
#include "emu/core/partner.h"

namespace firmware {

namespace {

using emu::is_any_partner;

const emu::AdapterKindRow& row_of(const Adapter& adapter) { return emu::row_of(adapter.config().kind); }

std::pair<u32, u32> named_by(const Adapter& adapter) { return {adapter.config().remote_lpar_id, adapter.config().remote_slot}; }

bool accepts(const Adapter& server, std::pair<u32, u32> client) {
  const auto [lpar, slot] = named_by(server);
  return (lpar == client.first || is_any_partner(lpar)) && (slot == client.second || is_any_partner(slot));
}

}  // namespace

void Connections::add(u32 lpar_id, const std::shared_ptr<Adapter>& adapter) {
  if (row_of(*adapter).end == emu::End::none) return;
  const Place place{lpar_id, adapter->slot()};
  const std::unique_lock lock(mutex_);
  if (const auto former = there_.find(place); former != there_.end()) named_.erase({named_by(*former->second), place});
  there_[place] = adapter;
  named_.insert({named_by(*adapter), place});
}

void Connections::remove(u32 lpar_id, const Adapter& adapter) {
  if (row_of(adapter).end == emu::End::none) return;
  const Place place{lpar_id, adapter.slot()};
  const std::unique_lock lock(mutex_);
  const auto found = there_.find(place);
  // The partition may have been activated again meanwhile: then this is another one.
  if (found == there_.end() || found->second.get() != &adapter) return;
  there_.erase(found);
  named_.erase({named_by(adapter), place});
}

Connections::End Connections::partner(u32 lpar_id, const Adapter& adapter) const {
  const Place place{lpar_id, adapter.slot()};
  const std::shared_lock lock(mutex_);
  if (row_of(adapter).end == emu::End::client) return of_client(place, adapter);
  if (row_of(adapter).end == emu::End::server) return of_server(place, adapter);
  return {};
}

std::shared_ptr<Adapter> Connections::at(Place place, emu::AdapterKind kind) const {
  const auto found = there_.find(place);
  return found != there_.end() && found->second->config().kind == kind ? found->second : nullptr;
}

Connections::End Connections::of_client(Place client, const Adapter& adapter) const {
  const Place preferred = named_by(adapter);
  if (auto server = at(preferred, row_of(adapter).other_end); server && accepts(*server, client))
    return {preferred.first, std::move(server)};
  // Among several that name it, the one in the last partition and slot.
  for (auto row = named_.lower_bound({{client.first, client.second + 1}, {}}); row != named_.begin();) {
    --row;
    if (row->first != client) break;
    if (auto server = at(row->second, row_of(adapter).other_end)) return {row->second.first, std::move(server)};
  }
  return {};
}

Connections::End Connections::of_server(Place server, const Adapter& adapter) const {
  const auto connected = [&](Place place) -> std::shared_ptr<Adapter> {
    auto client = at(place, row_of(adapter).other_end);
    return client && of_client(place, *client).adapter.get() == &adapter ? client : nullptr;
  };
  const Place named = named_by(adapter);
  if (!is_any_partner(named.first) && !is_any_partner(named.second)) {
    if (auto client = connected(named)) return {named.first, std::move(client)};
    return {};
  }
  for (auto row = named_.lower_bound({server, {}}); row != named_.end() && row->first == server; ++row)
    if (auto client = connected(row->second)) return {row->second.first, std::move(client)};
  return {};
}

}  // namespace firmware
