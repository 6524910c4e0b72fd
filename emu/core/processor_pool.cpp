// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/core/processor_pool.h"

#include <algorithm>

#include <fmt/format.h>

namespace emu {

ProcessorPool usual_pool(u32 id) { return {id, id == default_pool ? "DefaultPool" : fmt::format("SharedPool{:02}", id), 0, 0}; }

bool is_pool_name(std::string_view name) {
  const auto may_be = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
  };
  return !name.empty() && name.size() <= longest_pool_name && std::ranges::all_of(name, may_be);
}

std::vector<ProcessorPool> all_pools(std::span<const ProcessorPool> unusual) {
  std::vector<ProcessorPool> all;
  for (u32 id = 0; id < processor_pools; ++id) all.push_back(pool_of(unusual, id));
  return all;
}

ProcessorPool pool_of(std::span<const ProcessorPool> unusual, u32 id) {
  const auto known = std::ranges::find(unusual, id, &ProcessorPool::id);
  return known == unusual.end() ? usual_pool(id) : *known;
}

void put_pool(std::vector<ProcessorPool>& pools, ProcessorPool pool) {
  std::erase_if(pools, [&](const ProcessorPool& each) { return each.id == pool.id; });
  if (pool == usual_pool(pool.id)) return;
  pools.push_back(std::move(pool));
  std::ranges::sort(pools, {}, &ProcessorPool::id);
}

}  // namespace emu
