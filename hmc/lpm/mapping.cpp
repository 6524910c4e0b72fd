// SPDX-License-Identifier: GPL-2.0-or-later
#include "hmc/lpm/mapping.h"

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <tuple>

#include <fmt/format.h>

#include "emu/core/ios_level.h"
#include "emu/core/partner.h"
#include "emu/core/text.h"
#include "hmc/messages.h"

namespace hmc {

namespace {

bool can_host(const Lpar& lpar) {
  return lpar.is_vios() && lpar.info.state == emu::LparState::running && lpar.rmc == RmcState::active && lpar.vios.has_value() &&
         emu::is_mobile_ios_level(lpar.vios->ioslevel);
}

bool may_be(u32 named, u32 actual) { return emu::is_any_partner(named) || named == actual; }

bool sees(const service::ViosInfo& vios, const service::ViosTarget& target) {
  // A logical volume has no identity; a check of its own says so, here it forbids nothing.
  if (target.udid.empty()) return true;
  return std::ranges::any_of(vios.disks,
                             [&](const auto& disk) { return disk.on_san && disk.online && disk.udid == target.udid; });
}

struct Wish {
  u32 what = 0;  // a slot, or a VLAN
  const Lpar* vios = nullptr;
};

// slot/vios name/vios id[/server slot]: name or id may be left out. SIMPLIFIED: the server slot is accepted, and the
// Virtual I/O Server chooses.
Result<Wish> parse_wish(const std::string& text, const System& target) {
  const std::vector<std::string> parts = emu::split(text, '/');
  const auto what = emu::parse_number<u32>(parts[0]);
  if (parts.size() < 2 || parts.size() > 5 || !what) return say("HSCLF221", text, "Its form is slot/name/id.");
  const std::string id_text = parts.size() > 2 ? parts[2] : "";
  const auto id = emu::parse_number<u32>(id_text);
  for (size_t i = 3; i < parts.size(); ++i)
    if (!parts[i].empty() && !emu::parse_number<u32>(parts[i])) return say("HSCLF221", text, "Its form is slot/name/id/slot.");
  if (parts[1].empty() && !id) return say("HSCLF221", text, "It names no Virtual I/O Server.");
  const Lpar* vios = parts[1].empty() ? target.lpar(*id) : target.lpar(parts[1]);
  if (!vios || !vios->is_vios() || (!id_text.empty() && (!id || vios->id() != *id)))
    return say("HSCLF221", text, "The managed system " + target.name() + " has no such Virtual I/O Server.");
  return Wish{*what, vios};
}

void collect_scsi(Mapping& mapping, const System& source, const System& target, const Lpar& lpar,
                  const std::vector<emu::VirtualAdapter>& adapters, const MoveRequest& request) {
  for (const emu::VirtualAdapter& adapter : adapters) {
    if (adapter.kind != emu::AdapterKind::scsi_client) continue;
    ScsiChoice& choice = mapping.scsi.emplace_back();
    choice.client_slot = adapter.slot;
    choice.source_vios_id = adapter.remote_lpar_id;
    for (const Lpar& vios : source.lpars) {
      if (!vios.vios || vios.id() != adapter.remote_lpar_id) continue;
      for (const auto& host : vios.vios->hosts) {
        if (!may_be(host.client_id, lpar.id()) || !may_be(host.client_slot, adapter.slot)) continue;
        // Which of those that are open to it a client has, it says itself.
        const bool any = emu::is_any_partner(host.client_id) || emu::is_any_partner(host.client_slot);
        if (any && adapter.remote_slot != host.slot) continue;
        choice.source_slot = host.slot;
        choice.any_client = any;
        choice.targets = host.targets;
      }
    }
    std::vector<const service::ViosVolume*> volumes;
    for (const service::ViosTarget& each : choice.targets)
      if (const auto* volume = request.copies_storage ? volume_of(source, choice, each) : nullptr) volumes.push_back(volume);
    for (const Lpar& vios : target.lpars)
      if (can_host(vios) && std::ranges::all_of(choice.targets, [&](const auto& t) { return sees(*vios.vios, t); }) &&
          has_room_for(*vios.vios, volumes))
        choice.possible.push_back(&vios);
  }
}

void collect_vlans(Mapping& mapping, const System& source, const System& target,
                   const std::vector<emu::VirtualAdapter>& adapters) {
  for (const emu::VirtualAdapter& adapter : adapters) {
    if (adapter.kind != emu::AdapterKind::ethernet) continue;
    std::vector<u16> vlans = {adapter.port_vlan_id};
    vlans.insert(vlans.end(), adapter.addl_vlan_ids.begin(), adapter.addl_vlan_ids.end());
    for (const u16 vlan : vlans) {
      VlanChoice& choice = mapping.vlans.emplace_back();
      choice.client_slot = adapter.slot;
      choice.vlan = vlan;
      for (const Lpar& vios : source.lpars)
        if (vios.vios && bridges(*vios.vios, vlan, adapter.vswitch)) choice.servers.push_back(&vios);
      for (const Lpar& vios : target.lpars)
        if (can_host(vios) && bridges(*vios.vios, vlan, adapter.vswitch)) choice.possible.push_back(&vios);
    }
  }
}

u32 what_of(const ScsiChoice& choice) { return choice.client_slot; }
u32 what_of(const VlanChoice& choice) { return choice.vlan; }

// The wishes of the user, as far as they can be; whatever cannot is a complaint.
template <class Choice>
std::set<u32> grant(std::vector<Choice>& choices, const std::vector<std::string>& wishes, const System& target,
                    std::vector<Error>& complaints) {
  std::set<u32> granted;
  std::set<u32> named;
  for (const std::string& text : wishes) {
    const Result<Wish> wish = parse_wish(text, target);
    if (!wish) {
      complaints.push_back(wish.error());
      continue;
    }
    if (!named.insert(wish->what).second) {
      complaints.push_back(say("HSCLF221", text, "Another mapping is for the same adapter."));
      continue;
    }
    bool known = false;
    for (Choice& choice : choices) {
      if (what_of(choice) != wish->what) continue;
      known = true;
      if (std::ranges::count(choice.possible, wish->vios) == 0) {
        complaints.push_back(say("HSCLF221", text, "That Virtual I/O Server cannot host it."));
      } else {
        choice.chosen = wish->vios;
        granted.insert(wish->what);
      }
    }
    if (!known) complaints.push_back(say("HSCLF221", text, "The partition has no such adapter."));
  }
  return granted;
}

// One destination server for each source server, all different: tried in order until it fits. There are few servers, so the
// search is small.
struct Search {
  const std::vector<ScsiChoice>& choices;
  const std::set<u32>& granted;
  std::vector<u32> sources;           // source server ids, distinct
  std::map<u32, const Lpar*> answer;  // source server -> destination server

  bool fits(u32 source, const Lpar* vios) const {
    for (const auto& [other, taken] : answer)
      if (taken == vios) return false;
    u32 needed = 0;
    for (const ScsiChoice& choice : choices) {
      if (choice.source_vios_id != source) continue;
      ++needed;
      if (std::ranges::count(choice.possible, vios) == 0) return false;
      if (granted.contains(choice.client_slot) && choice.chosen != vios) return false;
      for (const ScsiChoice& other : choices)
        if (&other < &choice && other.source_vios_id == source && shared_disk(other, choice)) return false;
    }
    return needed <= vios->vios->free_slots;
  }
  bool run(size_t at) {
    if (at == sources.size()) return true;
    for (const ScsiChoice& choice : choices) {
      if (choice.source_vios_id != sources[at]) continue;
      for (const Lpar* vios : choice.possible) {
        if (!fits(sources[at], vios)) continue;
        answer[sources[at]] = vios;
        if (run(at + 1)) return true;
        answer.erase(sources[at]);
      }
      return false;  // what the first adapter cannot have, the others do not help
    }
    return false;
  }
};

// No good match: any server that can, the one with the most room left first, but never two paths to one disk on one server.
struct Distribution {
  std::vector<ScsiChoice>& choices;
  std::map<const Lpar*, u32> used;

  bool run(size_t at) {
    if (at == choices.size()) return true;
    ScsiChoice& choice = choices[at];
    if (choice.chosen || choice.possible.empty()) return run(at + 1);
    std::vector<const Lpar*> order = choice.possible;
    std::ranges::stable_sort(order, std::greater(),
                             [&](const Lpar* vios) { return static_cast<s64>(vios->vios->free_slots) - used[vios]; });
    for (const Lpar* vios : order) {
      const bool taken = std::ranges::any_of(choices, [&](const ScsiChoice& other) {
        return &other != &choice && other.chosen == vios && shared_disk(other, choice);
      });
      if (taken) continue;
      choice.chosen = vios;
      ++used[vios];
      if (run(at + 1)) return true;
      --used[vios];
      choice.chosen = nullptr;
    }
    return false;
  }
};

// Adapters that go out through different servers do so afterwards. Where there are too few servers, a check says so.
bool choose_ways(std::vector<VlanChoice>& choices, size_t at) {
  if (at == choices.size()) return true;
  VlanChoice& choice = choices[at];
  if (choice.chosen || choice.possible.empty()) return choose_ways(choices, at + 1);
  for (const Lpar* vios : choice.possible) {
    const bool taken =
        std::ranges::any_of(choices, [&](const VlanChoice& other) { return other.chosen == vios && ways_apart(choice, other); });
    if (taken) continue;
    choice.chosen = vios;
    if (choose_ways(choices, at + 1)) return true;
    choice.chosen = nullptr;
  }
  return false;
}

void suggest_ways(std::vector<VlanChoice>& choices) {
  if (choose_ways(choices, 0)) return;
  for (VlanChoice& choice : choices)
    if (!choice.chosen && !choice.possible.empty()) choice.chosen = choice.possible.front();
}

void suggest(Mapping& mapping, const std::set<u32>& granted) {
  Search search{mapping.scsi, granted, {}, {}};
  for (const ScsiChoice& choice : mapping.scsi)
    if (std::ranges::count(search.sources, choice.source_vios_id) == 0) search.sources.push_back(choice.source_vios_id);
  mapping.layout_kept = search.run(0);
  if (mapping.layout_kept)
    for (ScsiChoice& choice : mapping.scsi) choice.chosen = search.answer[choice.source_vios_id];
  Distribution distribution{mapping.scsi, {}};
  for (const ScsiChoice& choice : mapping.scsi)
    if (choice.chosen) ++distribution.used[choice.chosen];
  // Where there are too few servers for the paths, a check says so.
  if (!distribution.run(0))
    for (ScsiChoice& choice : mapping.scsi)
      if (!choice.chosen && !choice.possible.empty()) choice.chosen = choice.possible.front();
  // An adapter that nobody can host is an error of its own; the layout is then not the trouble.
  if (std::ranges::any_of(mapping.scsi, [](const ScsiChoice& c) { return c.possible.empty(); })) mapping.layout_kept = true;
}

bool wanted(const Lpar& lpar, const MoveRequest::Msp& msp) {
  return (msp.name.empty() || lpar.name() == msp.name) && (!msp.id || lpar.id() == msp.id) &&
         (msp.ip_address.empty() || std::ranges::count(addresses_of(lpar), msp.ip_address) > 0);
}

void complain_about_mover(Mapping& mapping, const System& system, const MoveRequest::Msp& msp) {
  if (msp.name.empty() && !msp.id && msp.ip_address.empty()) return;
  const bool by_address = msp.name.empty() && !msp.id;
  const std::string called = by_address         ? fmt::format("with IP address {}", msp.ip_address)
                             : msp.name.empty() ? fmt::format("with ID {}", msp.id)
                                                : msp.name;
  const Lpar* lpar = msp.name.empty() ? system.lpar(msp.id) : system.lpar(msp.name);
  if (by_address) {
    const auto found = std::ranges::find_if(system.lpars, [&](const Lpar& each) { return each.is_vios() && wanted(each, msp); });
    lpar = found == system.lpars.end() ? nullptr : &*found;
  }
  if (!lpar)
    mapping.complaints.push_back(say("HSCLF204", called, system.name(), "There is no such partition."));
  else if (!wanted(*lpar, msp))
    mapping.complaints.push_back(say("HSCLF204", called, system.name(), "Its name, ID and IP address are not as entered."));
  else if (!is_mover(*lpar))
    mapping.complaints.push_back(
        say("HSCLF204", called, system.name(),
            "It is not a running Virtual I/O Server with the msp attribute, a VASI device and an RMC connection."));
}

void pair_movers(Mapping& mapping, const System& source, const System& target, const MoveRequest& request,
                 const Reaches& reaches) {
  complain_about_mover(mapping, source, request.source_msp);
  complain_about_mover(mapping, target, request.dest_msp);
  // Those that have room come first, the least busy of them before the others.
  const auto load = [](const MspPair& pair) {
    return std::pair(!has_room(pair), pair.source->vios->active_migrations + pair.target->vios->active_migrations);
  };
  for (const Lpar& from : source.lpars) {
    for (const Lpar& to : target.lpars) {
      if (!is_mover(from) || !is_mover(to)) continue;
      MspPair pair{&from, &to};
      for (const std::string& own : addresses_of(from))
        for (const std::string& other : addresses_of(to))
          if (const MspPair::Route route{own, other}; !reaches || reaches(from, route)) pair.routes.push_back(route);
      const bool asked_for = wanted(from, request.source_msp) && wanted(to, request.dest_msp);
      const bool apart = reaches && pair.routes.empty();
      if (!apart) mapping.msps.push_back(pair);
      if (!asked_for) continue;
      const auto& [own, other] = std::tie(request.source_msp.ip_address, request.dest_msp.ip_address);
      std::erase_if(pair.routes, [&](const MspPair::Route& route) {
        return (!own.empty() && route.source != own) || (!other.empty() && route.target != other);
      });
      if (reaches && pair.routes.empty()) {
        mapping.apart.push_back(pair);
        continue;
      }
      if (!mapping.msp.source || load(pair) < load(mapping.msp)) mapping.msp = pair;
    }
  }
}

template <class Choice>
std::vector<std::string> texts(const std::vector<Choice>& choices, bool suggested) {
  std::vector<std::string> found;
  const auto add = [&](const Choice& choice, const Lpar* vios) {
    const std::string text = fmt::format("{}/{}/{}", what_of(choice), vios->name(), vios->id());
    if (std::ranges::count(found, text) == 0) found.push_back(text);
  };
  for (const Choice& choice : choices) {
    if (suggested && choice.chosen) add(choice, choice.chosen);
    if (!suggested)
      for (const Lpar* vios : choice.possible) add(choice, vios);
  }
  return found;
}

}  // namespace

const service::ViosTarget* shared_disk(const ScsiChoice& one, const ScsiChoice& other) {
  for (const auto& target : one.targets)
    if (!target.udid.empty() && std::ranges::count(other.targets, target.udid, &service::ViosTarget::udid) > 0) return &target;
  return nullptr;
}

const service::ViosVolume* volume_of(const System& source, const ScsiChoice& choice, const service::ViosTarget& target) {
  const Lpar* vios = source.lpar(choice.source_vios_id);
  if (!vios || !vios->vios || !target.udid.empty()) return nullptr;
  const auto found = std::ranges::find(vios->vios->volumes, target.backing, &service::ViosVolume::name);
  return found == vios->vios->volumes.end() ? nullptr : &*found;
}

bool has_room_for(const service::ViosInfo& vios, const std::vector<const service::ViosVolume*>& volumes) {
  std::vector<service::ViosPool> pools = vios.pools;
  const auto take = [&](const service::ViosVolume& volume, const auto& fits) {
    for (service::ViosPool& pool : pools) {
      if (pool.free_mb < volume.size_mb || !fits(pool)) continue;
      pool.free_mb -= volume.size_mb;
      return true;
    }
    return false;
  };
  return std::ranges::all_of(volumes, [&](const service::ViosVolume* volume) {
    return take(*volume, [&](const auto& pool) { return pool.files == volume->file && pool.name == volume->group; }) ||
           take(*volume, [&](const auto& pool) { return !pool.files; });
  });
}

bool bridges(const service::ViosInfo& vios, u16 vlan) {
  return std::ranges::any_of(vios.bridges,
                             [&](const auto& bridge) { return bridge.link_up && std::ranges::count(bridge.vlans, vlan) > 0; });
}

bool bridges(const service::ViosInfo& vios, u16 vlan, const std::string& vswitch) {
  return std::ranges::any_of(vios.bridges, [&](const auto& bridge) {
    return bridge.link_up && bridge.vswitch == vswitch && std::ranges::count(bridge.vlans, vlan) > 0;
  });
}

bool ways_apart(const VlanChoice& one, const VlanChoice& other) {
  return one.client_slot != other.client_slot && !one.servers.empty() && !other.servers.empty() &&
         std::ranges::none_of(one.servers, [&](const Lpar* vios) { return std::ranges::count(other.servers, vios) > 0; });
}

std::vector<std::string> addresses_of(const Lpar& lpar) {
  std::vector<std::string> all;
  if (lpar.vios)
    for (const service::ViosAddress& each : lpar.vios->addresses) all.push_back(each.address);
  if (const std::string& known = lpar.info.definition.ip_address; all.empty() && !known.empty()) all.push_back(known);
  return all;
}

bool is_mover(const Lpar& lpar) { return can_host(lpar) && lpar.info.definition.msp && lpar.vios->vasi_slot != 0; }

bool has_room(const MspPair& pair) {
  const auto room = [](const Lpar* mover) { return mover && mover->vios->active_migrations < mover->vios->max_migrations; };
  return room(pair.source) && room(pair.target);
}

Mapping map_adapters(const System& source, const System& target, const Lpar& lpar,
                     const std::vector<emu::VirtualAdapter>& adapters, const MoveRequest& request, const Reaches& reaches) {
  Mapping mapping;
  collect_scsi(mapping, source, target, lpar, adapters, request);
  collect_vlans(mapping, source, target, adapters);
  const std::set<u32> granted = grant(mapping.scsi, request.virtual_scsi_mappings, target, mapping.complaints);
  grant(mapping.vlans, request.vlan_mappings, target, mapping.complaints);
  suggest(mapping, granted);
  suggest_ways(mapping.vlans);
  pair_movers(mapping, source, target, request, reaches);
  return mapping;
}

std::vector<std::string> possible_texts(const std::vector<ScsiChoice>& choices) { return texts(choices, false); }
std::vector<std::string> possible_texts(const std::vector<VlanChoice>& choices) { return texts(choices, false); }
std::vector<std::string> suggested_texts(const std::vector<ScsiChoice>& choices) { return texts(choices, true); }
std::vector<std::string> suggested_texts(const std::vector<VlanChoice>& choices) { return texts(choices, true); }

std::optional<emu::ProcessorPool> chosen_pool(const MoveRequest& request, const System& target) {
  const auto& [id, name] = request.shared_proc_pool;
  for (const emu::ProcessorPool& pool : emu::all_pools(target.info.processor_pools)) {
    const bool numbered = pool.id == id.value_or(name.empty() ? emu::default_pool : pool.id);
    if (numbered && (name.empty() || pool.name == name)) return pool;
  }
  return std::nullopt;
}

}  // namespace hmc
