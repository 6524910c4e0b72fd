// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/core/configuration.h"

#include "emu/core/adapter_kinds.h"

namespace emu {

void archive(Archive& ar, VirtualAdapter& adapter) {
  auto& [kind, slot, required, remote_lpar_id, remote_lpar_name, remote_slot, port_vlan_id, addl_vlan_ids, is_trunk,
         trunk_priority, vswitch, mac_addr, disabled] = adapter;
  const u16 version = ar.section("adapter", 2);
  ar("kind", kind);
  if (ar.loading() && !is_adapter_kind(kind)) ar.fail("is no kind of adapter");
  ar("slot", slot);
  ar("required", required);
  ar("remote_lpar_id", remote_lpar_id);
  ar("remote_lpar_name", remote_lpar_name);
  ar("remote_slot", remote_slot);
  ar("port_vlan_id", port_vlan_id);
  ar("addl_vlan_ids", addl_vlan_ids);
  ar("is_trunk", is_trunk);
  ar("trunk_priority", trunk_priority);
  ar("vswitch", vswitch);
  ar("mac_addr", mac_addr);
  if (version >= 2) ar("disabled", disabled);
}

void archive_fields(Archive& ar, Capacity& capacity, u16 version) {
  auto& [min_mem, desired_mem, max_mem, min_num_huge_pages, desired_num_huge_pages, max_num_huge_pages, proc_mode, min_procs,
         desired_procs, max_procs, min_proc_units, desired_proc_units, max_proc_units, sharing_mode, uncap_weight,
         shared_proc_pool, hpt_ratio] = capacity;
  ar("min_mem", min_mem);
  ar("desired_mem", desired_mem);
  ar("max_mem", max_mem);
  if (version >= 2) ar("min_num_huge_pages", min_num_huge_pages);
  ar("desired_num_huge_pages", desired_num_huge_pages);
  max_num_huge_pages = version < 2 ? desired_num_huge_pages : max_num_huge_pages;
  if (version >= 2) ar("max_num_huge_pages", max_num_huge_pages);
  ar("proc_mode", proc_mode);
  ar("min_procs", min_procs);
  ar("desired_procs", desired_procs);
  ar("max_procs", max_procs);
  ar("min_proc_units", min_proc_units);
  ar("desired_proc_units", desired_proc_units);
  ar("max_proc_units", max_proc_units);
  ar("sharing_mode", sharing_mode);
  ar("uncap_weight", uncap_weight);
  if (version >= 3) ar("hpt_ratio", hpt_ratio);
  if (version >= 4) ar("shared_proc_pool", shared_proc_pool);
}

void archive_fields(Archive& ar, Configuration& configuration, u16 version) {
  archive_fields(ar, static_cast<Capacity&>(configuration), version);
  auto& [max_virtual_slots, bsr_arrays, io_slots, lhea_logical_ports, adapters, boot_mode, work_group_id,
         redundant_err_path_reporting, lpar_proc_compat_mode, auto_start, boot_image, boot_initrd, boot_arguments] =
      static_cast<Equipment&>(configuration);
  ar("max_virtual_slots", max_virtual_slots);
  ar("bsr_arrays", bsr_arrays);
  ar("io_slots", io_slots);
  if (version >= 5) ar("lhea_logical_ports", lhea_logical_ports);
  ar("adapters", adapters);
  ar("boot_mode", boot_mode);
  ar("work_group_id", work_group_id);
  ar("redundant_err_path_reporting", redundant_err_path_reporting);
  ar("lpar_proc_compat_mode", lpar_proc_compat_mode);
  if (version >= 3) ar("auto_start", auto_start);
  ar("boot_image", boot_image);
  ar("boot_initrd", boot_initrd);
  ar("boot_arguments", boot_arguments);
}

}  // namespace emu
