// SPDX-License-Identifier: GPL-2.0-or-later
// chhwres -r procpool -o s: a shared-processor pool of a system, or which one a partition that runs is in. (Redbook 5.4)
#include <algorithm>

#include "hmc/attributes/processor_pool.h"
#include "hmc/cli/change.h"
#include "hmc/cli/chhwres.h"
#include "hmc/messages.h"

namespace hmc::cli {

namespace {

// By a name, or by a number.
Result<emu::ProcessorPool> pool_named(const System& system, const std::string& name, const std::string& id) {
  const auto pools = emu::all_pools(system.info.processor_pools);
  const auto number = emu::parse_number<u32>(id);
  const auto found = name.empty() ? std::ranges::find(pools, number.value_or(emu::processor_pools), &emu::ProcessorPool::id)
                                  : std::ranges::find(pools, name, &emu::ProcessorPool::name);
  if (found == pools.end()) return say("HSCLF22B", system.name(), name.empty() ? id : name);
  return *found;
}

Result<int> change_pool(Call& call, const Data& data) {
  if (call.options.has("--poolname") && call.options.has("--poolid")) return usage_error("--poolname, --poolid");
  const SystemTarget target = TRY(system_target(call));
  const emu::ProcessorPool before =
      TRY(pool_named(*target.system, call.options.value("--poolname"), call.options.value("--poolid")));
  emu::ProcessorPool pool = before;
  TRY(attributes::assign(attributes::pool_attributes(), attributes::By::setting, data.all(), pool, [&] {
    return attributes::PoolRow{before, {}, {}};
  }));
  if (pool == before) return 0;
  TRY(ask(*target.link, service::ChangeProcessorPool{pool}));
  return 0;
}

// The hypervisor's matter alone: no operating system is told.
Result<int> change_partition(Call& call, const Data& data) {
  constexpr std::string_view by_name = "shared_proc_pool_name", by_id = "shared_proc_pool_id";
  for (const attributes::Assignment& each : data.all())
    if (each.name != by_name && each.name != by_id) return attributes::unknown_attribute(each.name);
  const std::string name = data.text(by_name), id = data.text(by_id);
  if (name.empty() == id.empty()) return usage_error("-a (shared_proc_pool_name, shared_proc_pool_id)");
  const Target target = TRY(target_of(call, "-p"));
  const Lpar& lpar = *target.lpar;
  const emu::ProcessorPool pool = TRY(pool_named(*target.system, name, id));
  if (lpar.off() || lpar.failed() || !lpar.current()) return say("HSCL05DF", lpar.name(), state_of(lpar.info));
  emu::Current wanted = *lpar.current();
  if (wanted.proc_mode == emu::ProcMode::ded) return say("HSCLF0C5", lpar.name());
  if (wanted.shared_proc_pool == pool.id) return 0;
  wanted.desired_mem = wanted.pending.desired_mem;
  wanted.desired_procs = wanted.pending.desired_procs;
  wanted.shared_proc_pool = pool.id;
  TRY(ask(*target.link, request_for(lpar.id(), wanted)));
  return 0;
}

}  // namespace

Result<int> set_pool(Call& call) {
  if (!call.options.has("-a")) return usage_error("-a");
  const Data data = TRY(Data::parse(call.options.value("-a")));
  const bool of_partition = call.options.has("-p") || call.options.has("--id");
  const bool of_pool = call.options.has("--poolname") || call.options.has("--poolid");
  if (of_partition == of_pool) return usage_error("-p, --id, --poolname, --poolid");
  return of_pool ? change_pool(call, data) : change_partition(call, data);
}

}  // namespace hmc::cli
