// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A node of a device tree, as a device describes itself. Values are big-endian cells, as the guest reads them.

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "emu/core/types.h"

namespace devices {

struct Property {
  std::string name;
  Bytes value;
  bool operator==(const Property&) const = default;
};

struct Node {
  std::string name;  // with its unit address: "vty@30000000"
  std::vector<Property> properties;
  std::vector<Node> children;

  Node& flag(std::string_view property);  // present, without a value
  Node& cell(std::string_view property, u32 value);
  Node& cells(std::string_view property, const std::vector<u32>& values);
  Node& cells64(std::string_view property, u64 value);  // two cells
  Node& text(std::string_view property, std::string_view value);
  Node& texts(std::string_view property, const std::vector<std::string>& values);
  Node& bytes(std::string_view property, Bytes value);

  const Property* property(std::string_view wanted) const;
  Node* child(std::string_view wanted);
};

}  // namespace devices
