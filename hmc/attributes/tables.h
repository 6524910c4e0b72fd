// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// All tables of attributes, without what makes and changes values: for help and documentation.

#include <string>
#include <string_view>
#include <vector>

#include "hmc/attributes/attribute.h"

namespace hmc::attributes {

struct AttributeText {
  std::string_view name;
  Shown shown;
  Type type;
  Settable settable;
  std::string_view help;
  Listed listed;
};

struct TableText {
  std::string_view resource;               // "a partition"
  std::string_view listing;                // lssyscfg -r lpar
  std::vector<std::string_view> commands;  // that list or change it
  std::vector<AttributeText> attributes;
};

std::vector<TableText> all_tables();

}  // namespace hmc::attributes
