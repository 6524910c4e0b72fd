// SPDX-License-Identifier: GPL-2.0-or-later
#include "hmc/attributes/tables.h"

#include <set>

#include <fmt/format.h>

#include "hmc/attributes/lpar.h"
#include "hmc/attributes/password_policy.h"
#include "hmc/attributes/profile.h"
#include "hmc/attributes/system.h"
#include "hmc/attributes/system_profile.h"
#include "hmc/attributes/user.h"
#include "tests/support/approved.h"
#include "tests/support/catch.h"
#include "tests/support/places.h"

using namespace hmc::attributes;

namespace {

// Nothing: all of them.
std::string releases(const Listed& listed) {
  std::string text;
  if (listed.since == emu::oldest_release && listed.until == emu::newest_release) return text;
  for (const emu::ConsoleRelease release : emu::all_of<emu::ConsoleRelease>())
    if (listed.in(release)) text += (text.empty() ? "" : ", ") + std::string(emu::word_of(release));
  return text;
}

std::string page() {
  std::string text;
  for (const TableText& table : all_tables()) {
    text += fmt::format(
        "\n## Attributes of {}: `{}`\n\n| attribute | type | set by | listed by | seen | what it is "
        "|\n|---|---|---|---|---|---|\n",
        table.resource, table.listing);
    for (const AttributeText& attribute : table.attributes)
      text +=
          fmt::format("| {}{} | {} | {} | {} | {} | {} |\n", attribute.name, attribute.shown == Shown::on_request ? " (-F)" : "",
                      name_of(attribute.type), name_of(attribute.settable),
                      attribute.shown == Shown::always ? releases(attribute.listed) : "", attribute.listed.seen, attribute.help);
  }
  return text;
}

template <class Row, class Subject>
void check_setters(std::span<const Attribute<Row, Subject>> table) {
  for (const auto& row : table) {
    INFO(row.column.name);
    const bool settable = row.settable == Settable::any_time || row.settable == Settable::changed;
    CHECK(settable == (row.set != nullptr));
    if (row.column.shown == Shown::never) CHECK(settable);
  }
}

}  // namespace

TEST_CASE("an attribute stands once in its table, says what it is, and can be set if it says so", "[attributes]") {
  for (const TableText& table : all_tables()) {
    INFO(table.listing);
    std::set<std::string_view> names;
    for (const AttributeText& attribute : table.attributes) {
      INFO(attribute.name);
      CHECK(names.insert(attribute.name).second);
      CHECK(attribute.help.size() > 5);
      CHECK(attribute.help.ends_with("."));
    }
  }
  check_setters(system_attributes());
  check_setters(lpar_attributes());
  check_setters(profile_attributes());
  check_setters(system_profile_attributes());
  check_setters(user_attributes());
  check_setters(user_defaults_attributes());
  check_setters(password_policy_attributes());
}

TEST_CASE("docs/attributes.md is the tables of attributes", "[attributes]") {
  support::approved_end_of_page(support::checkout() / "docs/attributes.md", "hmc/attributes", page());
}
