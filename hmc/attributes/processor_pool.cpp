// SPDX-License-Identifier: GPL-2.0-or-later
#include "hmc/attributes/processor_pool.h"

#include "emu/core/profile_rules.h"
#include "hmc/attributes/list.h"

namespace hmc::attributes {

namespace {

using Row = const PoolRow&;
constexpr Shown always = Shown::always;

// The default pool has what the others leave.
Value of_own(Row row, u32 units) { return row.pool.id == emu::default_pool ? Value::absent() : Value(emu::units_text(units)); }
Value list_or_none(const std::vector<std::string>& texts) { return texts.empty() ? Value("none") : Value(list_text(texts)); }

emu::Status set_name(emu::ProcessorPool& pool, const Assignment& assignment) {
  if (!emu::is_pool_name(assignment.text)) return breaks_rule(assignment.name, assignment.text, emu::pool_name_rule);
  pool.name = assignment.text;
  return emu::success();
}
template <auto member>
emu::Status set_units(emu::ProcessorPool& pool, const Assignment& assignment) {
  return to_units(pool.*member, assignment);
}

// SIMPLIFIED: what a pool reserves it has at once, or the change is refused; a real system may have it pending.
constexpr Attribute<PoolRow, emu::ProcessorPool> table[] = {
    {{"name", always, [](Row r) { return Value(r.pool.name); }}, Type::text, "The name.", Settable::names},
    {{"shared_proc_pool_id", always, [](Row r) { return Value(r.pool.id); }}, Type::number, "Its number.", Settable::names},
    {{"max_pool_proc_units", always, [](Row r) { return of_own(r, r.pool.max_units); }},
     Type::units,
     "What its partitions and its reserve can have, a whole number; 0: it takes no partition.",
     Settable::running,
     set_units<&emu::ProcessorPool::max_units>},
    {{"curr_reserved_pool_proc_units", always, [](Row r) { return of_own(r, r.pool.reserved_units); }},
     Type::units,
     "What is reserved for its uncapped partitions together."},
    {{"pend_reserved_pool_proc_units", always, [](Row r) { return of_own(r, r.pool.reserved_units); }},
     Type::units,
     "The same, when all changes are done."},
    {{"lpar_names", always, [](Row r) { return list_or_none(r.lpar_names); }}, Type::list, "Its partitions."},
    {{"lpar_ids", always, [](Row r) { return list_or_none(r.lpar_ids); }}, Type::list, "Their IDs."},
    {{"new_name", Shown::never, [](Row) { return Value::absent(); }, of_client},
     Type::text,
     "What it is to be called.",
     Settable::running,
     set_name},
    {{"reserved_pool_proc_units", Shown::never, [](Row) { return Value::absent(); }, of_client},
     Type::units,
     "What is to be reserved.",
     Settable::running,
     set_units<&emu::ProcessorPool::reserved_units>},
};

}  // namespace

std::span<const Attribute<PoolRow, emu::ProcessorPool>> pool_attributes() { return table; }

}  // namespace hmc::attributes
