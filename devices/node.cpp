// SPDX-License-Identifier: GPL-2.0-or-later
#include "devices/node.h"

namespace devices {

Node& Node::bytes(std::string_view property, Bytes value) {
  properties.push_back({std::string(property), std::move(value)});
  return *this;
}

Node& Node::flag(std::string_view property) { return bytes(property, {}); }

Node& Node::cells(std::string_view property, const std::vector<u32>& values) {
  Bytes value(values.size() * sizeof(u32));
  for (size_t i = 0; i < values.size(); ++i) emu::store_be(value.data() + i * sizeof(u32), values[i]);
  return bytes(property, std::move(value));
}

Node& Node::cell(std::string_view property, u32 value) { return cells(property, {value}); }

Node& Node::cells64(std::string_view property, u64 value) {
  return cells(property, {static_cast<u32>(value >> 32), static_cast<u32>(value)});
}

Node& Node::texts(std::string_view property, const std::vector<std::string>& values) {
  Bytes value;
  for (const std::string& text : values) {
    value.insert(value.end(), text.begin(), text.end());
    value.push_back(0);
  }
  return bytes(property, std::move(value));
}

Node& Node::text(std::string_view property, std::string_view value) { return texts(property, {std::string(value)}); }

const Property* Node::property(std::string_view wanted) const {
  for (const Property& p : properties)
    if (p.name == wanted) return &p;
  return nullptr;
}

Node* Node::child(std::string_view wanted) {
  for (Node& node : children)
    if (node.name == wanted) return &node;
  return nullptr;
}

}  // namespace devices
