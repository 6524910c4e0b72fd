// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The sheets that there are, each of one file: windows of the Redbook's chapters 3 and 4, figure 6-6 and appendix A.

#include <memory>
#include <string>
#include <vector>

#include "emu/app/console/sheets/sheet.h"

namespace emu::app::console {

using Definition = std::shared_ptr<SheetDefinition>;

// Figures 3-2 and 3-15: what a system has, and is capable of.
Definition system_properties(const std::string& system);
// Figures 3-2, 3-3, 3-7, 3-9, 3-11, 3-13, 3-18 and 3-19: what a partition has.
Definition partition_properties(const std::string& system, const std::string& partition);
// Its profiles, and one of them: figures 3-10, 3-12, 3-14, 3-16 and 3-17.
Definition partition_profiles(const std::string& system, const std::string& partition);
Definition profile_properties(const std::string& system, const std::string& partition, const std::string& profile);
// What a partition that runs is given, and what is taken from it.
Definition dynamic_operations(const std::string& system, const std::string& partition);
// Figure 4-3.
Definition new_partition(const std::string& system);
// Figure 6-6.
Definition all_partitions(const std::vector<std::string>& systems);
// Figures.
Definition host_ethernet(const std::string& system);
// 5.4.
Definition processor_pools(const std::string& system);

// `lsxxx -r what -m system` and more words.
Source source(std::string id, const std::string& system, std::string_view line, std::vector<std::string> names);
Command command(const std::string& system, std::string_view line, Words more = {});
// --filter for a partition.
Words filter(const std::string& partition);
Source of_partition(Source, const std::string& partition);

// What a partition's virtual adapters are listed with, and their rows: slot, type, what each connects to, whether it is required.
std::vector<Source> virtual_adapter_sources(const std::string& system, const std::string& partition);
std::vector<Words> virtual_adapters(const Sheet&);

}  // namespace emu::app::console
