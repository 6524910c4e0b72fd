// SPDX-License-Identifier: GPL-2.0-or-later
#include "firmware/connections.h"

#include "tests/support/catch.h"
#include "tests/unit/firmware/world.h"

using namespace firmware;
using namespace firmware::test;

namespace {

// Adapters without partitions.
struct Index {
  Connections connections;
  std::shared_ptr<Adapter> add(u32 lpar_id, const emu::VirtualAdapter& config) {
    Adapter::Place place;
    place.memory = memory;
    auto adapter = std::make_shared<Adapter>(config, std::move(place));
    connections.add(lpar_id, adapter);
    return adapter;
  }
  Connections::End of(u32 lpar_id, const std::shared_ptr<Adapter>& adapter) const {
    return connections.partner(lpar_id, *adapter);
  }
  // Each is the other's.
  bool connected(u32 client_id, const std::shared_ptr<Adapter>& client, u32 server_id,
                 const std::shared_ptr<Adapter>& server) const {
    const auto [of_client, its_server] = of(client_id, client);
    const auto [of_server, its_client] = of(server_id, server);
    return of_client == server_id && its_server == server && of_server == client_id && its_client == client;
  }
  std::shared_ptr<emu::GuestMemory> memory = std::move(*emu::GuestMemory::create(MiB, emu::FaultIn::as_used, 0));
};

}  // namespace

TEST_CASE("a server adapter that names a client's slot serves it, whatever the client names", "[connections]") {
  Index index;
  const auto client = index.add(5, scsi_client(2, 1, 12));
  const auto server = index.add(3, scsi_server(40, 5, 2));
  CHECK(index.connected(5, client, 3, server));
  // The one that it names is preferred.
  const auto named = index.add(1, scsi_server(12, 5, 2));
  CHECK(index.connected(5, client, 1, named));
  CHECK(index.of(3, server).adapter == nullptr);
  index.connections.remove(1, *named);
  CHECK(index.connected(5, client, 3, server));
}

TEST_CASE("a server adapter for any client serves one that names it", "[connections]") {
  const auto [lpar, slot] = GENERATE(std::pair<u32, u32>{0, 0}, std::pair<u32, u32>{65535, 65535}, std::pair<u32, u32>{5, 65535},
                                     std::pair<u32, u32>{0, 2});
  Index index;
  const auto server = index.add(1, scsi_server(12, lpar, slot));
  const auto stranger = index.add(6, scsi_client(3, 1, 13));
  const auto client = index.add(5, scsi_client(2, 1, 12));
  CHECK(index.connected(5, client, 1, server));
  CHECK(index.of(6, stranger).adapter == nullptr);
}

TEST_CASE("a server adapter for one partition's any slot serves no other partition", "[connections]") {
  Index index;
  const auto server = index.add(1, scsi_server(12, 5, 0));
  const auto client = index.add(6, scsi_client(2, 1, 12));
  CHECK(index.of(6, client).adapter == nullptr);
  CHECK(index.of(1, server).adapter == nullptr);
}

TEST_CASE("an adapter that is taken away is nobody's other end, and neither is another kind", "[connections]") {
  Index index;
  const auto client = index.add(5, scsi_client(2, 1, 12));
  const auto first = index.add(1, scsi_server(12, 5, 2));
  const auto terminal = index.add(5, {});
  CHECK(index.of(5, terminal).adapter == nullptr);
  // The server was started again: what is removed late is the one before.
  const auto second = index.add(1, scsi_server(12, 5, 2));
  index.connections.remove(1, *first);
  CHECK(index.connected(5, client, 1, second));
  index.connections.remove(1, *second);
  CHECK(index.of(5, client).adapter == nullptr);
  CHECK(index.of(1, second).adapter == nullptr);
}

TEST_CASE("in a full frame everybody has their own", "[connections]") {
  Index index;
  std::map<u32, std::pair<std::shared_ptr<Adapter>, std::shared_ptr<Adapter>>> pairs;
  for (u32 id = 2; id <= emu::lpar_limit; ++id)
    pairs[id] = {index.add(id, scsi_client(2, 1, id + 100)), index.add(1, scsi_server(id + 100, id, 2))};
  for (const auto& [id, pair] : pairs) CHECK(index.connected(id, pair.first, 1, pair.second));
}
