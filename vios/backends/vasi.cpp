// SPDX-License-Identifier: GPL-2.0-or-later
#include "vios/backends/vasi.h"

#include "vios/devices.h"

namespace vios {

namespace {

constexpr std::string_view adapter = "vasi0";
constexpr std::string_view pseudo_device = "vioslpm0";

// Defaults, which chdev may change where the real ones allow it.
struct Default {
  std::string_view device;
  std::string_view name;
  std::string_view value;
  std::string_view description;
  bool settable;
  std::string_view range;
};
constexpr Default defaults[] = {
    {adapter, "num_tx_desc", "32", "Number of Transmit Descriptors", true, ""},
    {pseudo_device, "cfg_msp_lpm_ops", "8", "Concurrent LPM operations for MSP", true, "1...16 (+1)"},
    {pseudo_device, "concurrency_lvl", "3", "Concurrency level", true, "1...5 (+1)"},
    {pseudo_device, "lpm_msnap_succ", "1", "Create a mini-snap (when a migration completes successfully)", true, "0\n1"},
    {pseudo_device, "max_lpm_vasi", "1", "Max number of VASI adapters used for LPM operations", false, ""},
    {pseudo_device, "max_vasi_ops", "8", "Max number of LPM operations per VASI", false, ""},
    {pseudo_device, "tcp_port_high", "0", "TCP highest ephemeral port", true, "0...65535 (+1)"},
    {pseudo_device, "tcp_port_low", "0", "TCP lowest ephemeral port", true, "0...65535 (+1)"},
};

bool is_it(const std::string& device) { return device == adapter || device == pseudo_device; }

}  // namespace

std::vector<Device> Vasi::list() const {
  if (!slot_) return {};
  return {
      {std::string(adapter), "Available", "Virtual Asynchronous Services Interface (VASI)", "adapter", true, "", "vio0"},
      {std::string(pseudo_device), "Available", "VIOS LPM Pseudo Device", "vioslpm", true, "", ""},
  };
}

std::vector<Attribute> Vasi::attributes(const std::string& device) const {
  std::vector<Attribute> all;
  for (const Default& each : defaults)
    if (slot_ && each.device == device)
      all.push_back({std::string(each.name), devices_.stored_attribute(device, each.name, each.value),
                     std::string(each.description), each.settable, std::string(each.range)});
  return all;
}

std::string Vasi::physloc(const std::string& device) const {
  return slot_ && device == adapter ? devices_.slot_location(slot_) : std::string();
}

bool Vasi::held(const std::string& device, const emu::Hold& hold) const { return hold.mover && is_it(device); }

void Vasi::describe(emu::service::ViosInfo& info) const {
  info.vasi_slot = devices_.absent(std::string(adapter)) || devices_.absent(std::string(pseudo_device)) ? 0 : slot_;
}

void Vasi::scan(const Plugged& plugged) {
  slot_ = 0;
  for (const firmware::NativeAdapter& each : plugged)
    if (each.config.kind == emu::AdapterKind::vasi) slot_ = each.config.slot;
}

}  // namespace vios
