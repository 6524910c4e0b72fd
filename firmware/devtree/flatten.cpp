// SPDX-License-Identifier: GPL-2.0-or-later
// The only user of libfdt.
#include <libfdt.h>

#include "firmware/devtree/tree.h"

namespace firmware::devtree {

namespace {

constexpr int first_guess = 64 * 1024;
constexpr int largest = 4 * 1024 * 1024;

int put(void* tree, const devices::Node& node) {
  if (const int error = fdt_begin_node(tree, node.name.c_str())) return error;
  for (const devices::Property& property : node.properties)
    if (const int error =
            fdt_property(tree, property.name.c_str(), property.value.data(), static_cast<int>(property.value.size())))
      return error;
  for (const devices::Node& child : node.children)
    if (const int error = put(tree, child)) return error;
  return fdt_end_node(tree);
}

int flatten_into(Bytes& buffer, const devices::Node& root, const std::vector<Reservation>& reservations) {
  void* tree = buffer.data();
  if (const int error = fdt_create(tree, static_cast<int>(buffer.size()))) return error;
  for (const Reservation& reservation : reservations)
    if (const int error = fdt_add_reservemap_entry(tree, reservation.address, reservation.bytes)) return error;
  if (const int error = fdt_finish_reservemap(tree)) return error;
  if (const int error = put(tree, root)) return error;
  return fdt_finish(tree);
}

}  // namespace

emu::Result<Bytes> flatten(const devices::Node& root, const std::vector<Reservation>& reservations, u32 boot_processor) {
  int error = -FDT_ERR_NOSPACE;
  for (int size = first_guess; size <= largest && error == -FDT_ERR_NOSPACE; size *= 2) {
    Bytes buffer(static_cast<size_t>(size));
    error = flatten_into(buffer, root, reservations);
    if (error) continue;
    fdt_set_boot_cpuid_phys(buffer.data(), boot_processor);
    buffer.resize(fdt_totalsize(buffer.data()));
    return buffer;
  }
  return emu::Error{"devtree", std::string("The device tree cannot be flattened: ") + fdt_strerror(error) + "."};
}

}  // namespace firmware::devtree
