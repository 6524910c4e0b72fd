// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/frame/vios_threads.h"

#include "emu/core/guarded.h"
#include "emu/core/log.h"
#include "emu/core/names.h"
#include "emu/frame/physical_adapters.h"
#include "firmware/physical_slots.h"
#include "vios/mover/mover.h"
#include "vios/own_clock.h"
#include "vios/server.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <set>
#include <thread>

#include <fmt/format.h>

namespace emu::frame {

namespace {
constexpr Log log_vios("vios-threads");

std::string not_installed_key(const std::string& uuid) { return "vios/" + uuid + "/not_installed"; }
}  // namespace

// A VIOS, its mover and its thread.
struct ViosThreads::Running {
  u32 lpar_id = 0;
  std::unique_ptr<vios::OwnClock> clock;
  std::unique_ptr<vios::VirtualIoServer> server;
  std::thread thread;
  Guarded<std::shared_ptr<vios::Mover>> its_mover;

  // Of the faults: what it has.
  struct Suffers {
    bool cut = false;
    u64 bytes_per_second = 0;
    bool unplugged = false;
    std::set<std::string> ports_unplugged{};
    std::set<std::string> subsystems_offline{};
  };
  Guarded<Suffers> suffers;

  std::shared_ptr<vios::Mover> mover() const { return *its_mover.lock(); }  // null: it has no VASI now

  ~Running() {
    server->stop();
    if (thread.joinable()) thread.join();
  }
};

ViosThreads::ViosThreads(const Lab& lab, const LabFolders& folders, const FrameConfig& config, firmware::Hypervisor& hypervisor,
                         firmware::Journal& journal, const Clock& clock)
    : lab_(lab), folders_(folders), config_(config), hypervisor_(hypervisor), journal_(journal), clock_(clock) {
  hypervisor_.on_native_change([this](u32 lpar_id, bool running) { return changed(lpar_id, running); });
  hypervisor_.before_hand_over([this](u32 lpar_id) -> Status {
    for (const auto& vios : all(0)) TRY(vios->server->unreserved(lpar_id));
    return success();
  });
}

ViosThreads::~ViosThreads() {
  hypervisor_.on_native_change([](u32, bool) { return success(); });
  hypervisor_.before_hand_over([](u32) { return success(); });
  const std::lock_guard guard(mutex_);
  running_.clear();
}

Status ViosThreads::changed(u32 lpar_id, bool running) {
  std::shared_ptr<Running> former;
  {
    const std::lock_guard guard(mutex_);
    if (const auto found = running_.find(lpar_id); found != running_.end()) {
      former = std::move(found->second);
      running_.erase(found);
    }
  }
  if (former) {
    // The partition goes when we return: nobody may be at work in it then. Who is gets "closed", and lets go.
    former->server->stop();
    while (former.use_count() > 1) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    former.reset();
  }
  if (!running) return success();
  firmware::NativePartition* partition = hypervisor_.native(lpar_id);
  if (!partition) return success();
  if (!installed(uuid_of(lpar_id)))
    return Error{"boot", fmt::format("The Virtual I/O Server {} finds nothing to boot: install it with installios.",
                                     shown_name(name_of(lpar_id)))};
  vios::Setup setup;
  setup.frame_name = config_.name;
  setup.type_model = config_.type_model;
  setup.serial_num = config_.serial_num;
  setup.config.lpar_id = lpar_id;  // a VIOS that the lab file does not know has no disks
  for (const ViosConfig& config : config_.vioses)
    if (config.lpar_id == lpar_id) setup.config = config;
  setup.san = view_of(TRY(read_san(lab_, folders_)), lpar_id);
  setup.slots = TRY(slots_of(lpar_id));
  setup.segments = lab_.segments;
  setup.lab_folder = std::filesystem::path(lab_.file).parent_path().string();
  setup.folders = folders_;
  setup.rmc_key = config_.rmc_key;
  auto clock = std::make_unique<vios::OwnClock>(*partition, clock_);
  auto server = vios::VirtualIoServer::create(*partition, std::move(setup), *clock);
  if (!server) return server.error();
  auto entry = std::make_shared<Running>();
  entry->lpar_id = lpar_id;
  entry->clock = std::move(clock);
  entry->server = std::move(*server);
  if (auto mover = vios::Mover::create(*partition, entry->server->error_log(), entry->server->lpm_log(), clock_)) {
    *entry->its_mover.lock() = with_faults(std::move(*mover), lpar_id);
  } else {
    log_vios.info("partition {} moves nobody: {}", lpar_id, mover.error().text);
  }
  entry->thread = std::thread([&vios = *entry->server] { vios.run(); });
  {
    const std::lock_guard guard(mutex_);
    running_[lpar_id] = entry;
  }
  if (const Status done = follow_faults(*entry); !done) log_vios.error("partition {}: {}", lpar_id, done.error().text);
  return success();
}

Result<std::shared_ptr<ViosThreads::Running>> ViosThreads::running(u32 lpar_id) const {
  const std::lock_guard guard(mutex_);
  const auto found = running_.find(lpar_id);
  if (found == running_.end())
    return Error{"vios", fmt::format("Partition {} of {} is no Virtual I/O Server that runs.", lpar_id, config_.name)};
  return found->second;
}

Result<service::ViosOutput> ViosThreads::run_command(u32 lpar_id, const std::string& command) {
  const auto vios = TRY(running(lpar_id));
  service::ViosOutput output = vios->server->command(command);
  follow_vasi(*vios);
  follow_address(*vios);
  return output;
}
// A server of the lab file, or of a journal that knows nothing of this, is installed.
bool ViosThreads::installed(const std::string& uuid) const { return journal_.blob(not_installed_key(uuid)) != Bytes{1}; }
std::string ViosThreads::uuid_of(u32 lpar_id) const {
  for (const auto& lpar : hypervisor_.lpars())
    if (lpar.definition.lpar_id == lpar_id) return lpar.definition.uuid;
  return "";
}
Status ViosThreads::has_nothing_yet(const std::string& uuid) { return journal_.put_blob(not_installed_key(uuid), Bytes{1}); }
Status ViosThreads::install(u32 lpar_id) {
  const std::string uuid = uuid_of(lpar_id);
  if (uuid.empty() || installed(uuid))
    return Error{"HSCLF0D6", fmt::format("The Virtual I/O Server {} is installed already.", shown_name(name_of(lpar_id)))};
  return journal_.put_blob(not_installed_key(uuid), Bytes{0});
}
Result<service::ViosInfo> ViosThreads::describe(u32 lpar_id) {
  const auto vios = TRY(running(lpar_id));
  follow_address(*vios);
  if (const auto mover = vios->mover()) vios->server->active_migrations = mover->active();
  return vios->server->describe();
}
Result<service::ViosSlot> ViosThreads::add_mapping(const service::AddViosMapping& request) {
  return TRY(running(request.lpar_id))->server->add_mapping(request);
}
Status ViosThreads::remove_mapping(const service::RemoveViosMapping& request) {
  return TRY(running(request.lpar_id))->server->remove_mapping(request);
}
Result<service::VolumePiece> ViosThreads::read_volume(const service::ReadVolume& request) {
  return TRY(running(request.lpar_id))->server->read_volume(request);
}
Status ViosThreads::write_volume(const service::WriteVolume& request) {
  return TRY(running(request.lpar_id))->server->write_volume(request);
}

Result<service::AdapterSlot> ViosThreads::add_adapter(const service::AddAdapter& request) {
  const VirtualAdapter adapter = TRY(hypervisor_.may_add_adapter(request.lpar_id, request.adapter));
  const auto vios = TRY(running(request.lpar_id));
  return service::AdapterSlot{TRY(vios->server->plug(adapter))};
}
Status ViosThreads::remove_adapter(const service::RemoveAdapter& request) {
  TRY(hypervisor_.may_remove_adapter(request.lpar_id, request.slot));
  const auto vios = TRY(running(request.lpar_id));
  const Status pulled = vios->server->unplug(request.slot);
  follow_vasi(*vios);
  return pulled;
}

Status ViosThreads::adapters_changed(u32 lpar_id) { return TRY(running(lpar_id))->server->adapters_changed(); }

// The mover is there from cfgdev on, and until its VASI is pulled.
void ViosThreads::follow_vasi(Running& vios) {
  const auto plugged = vios.server->partition().adapters();
  const bool has_vasi = std::ranges::any_of(plugged, [](const auto& each) { return each.config.kind == AdapterKind::vasi; });
  {
    const auto mover = vios.its_mover.lock();
    if (!has_vasi) mover->reset();
    if (!has_vasi || *mover) return;
    const auto info = vios.server->describe();
    if (!info || info->vasi_slot == 0) return;
    auto made = vios::Mover::create(vios.server->partition(), vios.server->error_log(), vios.server->lpm_log(), clock_);
    if (!made) return log_vios.error("partition {} moves nobody: {}", vios.lpar_id, made.error().text);
    *mover = with_faults(std::move(*made), vios.lpar_id);
    *vios.suffers.lock() = {};
  }
  if (const Status done = follow_faults(vios); !done) log_vios.error("partition {}: {}", vios.lpar_id, done.error().text);
}

// mktcpip has changed the server's first address: its definition gets it, by which RMC knows it. While a move holds the definitions,
// it is tried again later.
void ViosThreads::follow_address(Running& vios) {
  const auto address = vios.server->new_address();
  if (!address || !*address) return;
  for (const auto& lpar : hypervisor_.lpars()) {
    if (lpar.definition.lpar_id != vios.lpar_id) continue;
    LparDefinition definition = lpar.definition;
    definition.ip_address = **address;
    if (const Status kept = lpar.definition.ip_address == **address ? success() : hypervisor_.define(definition); !kept)
      return log_vios.info("partition {} has another address, and its definition not yet: {}", vios.lpar_id, kept.error().text);
    if (const Status known = vios.server->address_is_known(**address); !known)
      log_vios.error("partition {}: {}", vios.lpar_id, known.error().text);
  }
}

Status ViosThreads::open_mover(const service::OpenStream& request, const std::string& path) {
  const auto vios = TRY(running(request.msp_id));
  const auto mover = vios->mover();
  if (!mover)
    return Error{"vasi", fmt::format("Partition {} of {} is no mover service partition.", request.msp_id, config_.name)};
  const auto role = request.role == service::Role::source ? vios::Mover::Role::source : vios::Mover::Role::target;
  TRY(mover->open(request.stream, role, path));
  if (request.peer_address.empty()) return success();
  return vios->server->watch_path(request.stream, {request.own_address, request.peer_address},
                                  [weak = std::weak_ptr(mover)](u64 stream) {
                                    if (const auto still = weak.lock()) still->cut(stream);
                                  });
}

void ViosThreads::close_mover(u64 stream) {
  for (const auto& vios : all(0)) {
    vios->server->end_watch(stream);
    if (const auto mover = vios->mover()) mover->close(stream);
  }
}

Result<service::PathProbed> ViosThreads::probe(const service::ProbePath& request) {
  constexpr u64 patience = nanoseconds_per_second;
  const auto vios = TRY(running(request.lpar_id));
  return service::PathProbed{TRY(vios->server->reaches({request.own_address, request.address}, patience))};
}

std::map<u32, u64> ViosThreads::disk_commands() const {
  std::map<u32, u64> sum;
  for (const auto& vios : all(0))
    for (const auto& [client, commands] : vios->server->disk_commands()) sum[client] += commands;
  return sum;
}

std::vector<std::shared_ptr<ViosThreads::Running>> ViosThreads::all(u32 lpar_id) const {
  const std::lock_guard guard(mutex_);
  std::vector<std::shared_ptr<Running>> found;
  for (const auto& [id, vios] : running_)
    if (lpar_id == 0 || id == lpar_id) found.push_back(vios);
  return found;
}

// ---- faults ----

std::string ViosThreads::name_of(u32 lpar_id) const {
  for (const auto& lpar : hypervisor_.lpars())
    if (lpar.definition.lpar_id == lpar_id) return lpar.definition.name;
  return "";
}

Status ViosThreads::knows(const std::string& vios) const {
  for (const auto& lpar : hypervisor_.lpars())
    if (lpar.definition.env == LparEnv::vioserver && lpar.definition.name == vios) return success();
  return Error{"fault", fmt::format("{} has no Virtual I/O Server {}.", config_.name, shown_name(vios))};
}

Status ViosThreads::knows_subsystem(const std::string& name) const {
  if (std::ranges::count(TRY(read_san(lab_, folders_)).luns(lab_), name, &LunConfig::subsystem)) return success();
  return Error{"fault", fmt::format("The lab has no LUN in a storage subsystem {}.", shown_name(name))};
}

// A mover asks of each migration whether its VASI fails.
std::unique_ptr<vios::Mover> ViosThreads::with_faults(std::unique_ptr<vios::Mover> mover, u32 lpar_id) {
  mover->ask_units([this, lpar_id]() -> u32 {
    for (const auto& lpar : hypervisor_.lpars())
      if (const auto& has = lpar.definition.current; lpar.definition.lpar_id == lpar_id && has)
        return has->sharing_mode == SharingMode::cap ? has->desired_proc_units : 0;
    return 0;
  });
  mover->ask_faults({[this, lpar_id](u64 stream) { return faults_.meets("vasi-refuse", name_of(lpar_id), stream, 0); },
                     [this, lpar_id](u64 stream, u64 carried) {
                       return faults_.has("vasi-error") && faults_.meets("vasi-error", name_of(lpar_id), stream, carried);
                     }});
  return mover;
}

// Only what is another than it was: a stream whose network is gone stays cut.
Status ViosThreads::follow_faults(Running& vios) {
  const std::string name = name_of(vios.lpar_id);
  const auto slow = faults_.of("slow-mover", name);
  const Running::Suffers now{faults_.of("cut-mover-link", name).has_value(), slow ? slow->bytes_per_second : 0,
                             faults_.of("unplug-network", name).has_value(), faults_.ports_unplugged(name),
                             faults_.subsystems_offline(name)};
  const auto mover = vios.mover();
  const auto before = vios.suffers.lock();
  if (mover && now.bytes_per_second != before->bytes_per_second) mover->limit_rate(now.bytes_per_second);
  if (mover && now.cut != before->cut) mover->cut(now.cut);
  if (now.unplugged != before->unplugged) TRY(vios.server->set_cables(!now.unplugged));
  for (const std::string& port : before->ports_unplugged)
    if (!now.ports_unplugged.contains(port) && !now.unplugged) TRY(vios.server->set_cables(true, port));
  for (const std::string& port : now.ports_unplugged) TRY(vios.server->set_cables(false, port));
  if (now.subsystems_offline != before->subsystems_offline) TRY(vios.server->set_offline(now.subsystems_offline));
  *before = now;
  return success();
}

// ---- the SAN ----

vios::SanView ViosThreads::view_of(const San& san, u32 lpar_id) const {
  vios::SanView view{san.luns(lab_), {}, san.offline};
  for (const auto& lpar : hypervisor_.lpars())
    if (lpar.definition.lpar_id == lpar_id)
      view.seen = san.seen_by(lab_, config_.name, lpar.definition.name, lpar.definition.uuid);
  return view;
}

Status ViosThreads::follow_san() {
  const San san = TRY(read_san(lab_, folders_));
  for (const auto& vios : all(0)) TRY(vios->server->follow(view_of(san, vios->lpar_id)));
  return success();
}

// ---- physical slots ----

Result<std::vector<vios::OwnedSlot>> ViosThreads::slots_of(u32 lpar_id) const {
  std::vector<vios::OwnedSlot> slots;
  for (const auto& lpar : hypervisor_.lpars()) {
    if (lpar.definition.lpar_id != lpar_id || !lpar.definition.current) continue;
    for (const std::string& text : lpar.definition.current->io_slots) {
      const auto claim = slot_claim(text);
      const PhysicalSlot* const slot = claim ? firmware::find_slot(config_, claim->drc_index) : nullptr;
      if (!slot) continue;
      vios::OwnedSlot owned{slot->drc_index, slot->location, "", ""};
      if (slot->adapter == SlotAdapter::network) owned.segment = slot->segment;
      if (slot->adapter == SlotAdapter::disk) owned.disk = TRY(disk_file(*slot, config_.name, folders_));
      slots.push_back(std::move(owned));
    }
  }
  return slots;
}

Status ViosThreads::release_slot(u32 lpar_id, u32 drc_index) { return TRY(running(lpar_id))->server->release(drc_index); }

Status ViosThreads::slots_changed(u32 lpar_id) {
  const auto slots = TRY(slots_of(lpar_id));
  return TRY(running(lpar_id))->server->follow(slots);
}

Status ViosThreads::follow_faults() {
  for (const auto& vios : all(0)) TRY(follow_faults(*vios));
  return success();
}

}  // namespace emu::frame
