// SPDX-License-Identifier: GPL-2.0-or-later
#include "firmware/devtree/tree.h"

#include <algorithm>
#include <bit>

#include <fmt/format.h>

#include "cpu/processor_clock.h"
#include "devices/pci/host_bridge.h"
#include "emu/core/huge_pages.h"
#include "emu/core/location_code.h"
#include "firmware/dlpar/connectors.h"
#include "firmware/frame.h"
#include "firmware/hcall/call.h"
#include "firmware/model.h"
#include "firmware/partition.h"
#include "firmware/rtas/rtas.h"

namespace firmware::devtree {

namespace {

using devices::Node;

// The same on every frame, because a moved guest names its nodes by them.
constexpr u32 phandle_root = 1;
constexpr u32 phandle_rtas = 2;
constexpr u32 phandle_vdevice = 3;
constexpr u32 phandle_processor = 0x2000;
constexpr u32 phandle_bridge = 0x4000'0000;  // and its bus; of virtual adapters their unit addresses
constexpr u32 phandle_function = 0x5000'0000;

void give_phandle(Node& node, u32 phandle) { node.cell("ibm,phandle", phandle).cell("phandle", phandle); }

Node chosen(Partition& partition, const BootLayout& layout, const BootImage& boot) {
  Node node;
  node.name = "chosen";
  node.text("bootargs", boot.arguments);
  if (!boot.path.empty()) node.text("bootpath", boot.path);
  if (!boot.bootp_reply.empty()) node.bytes("bootp-response", boot.bootp_reply);
  if (layout.initrd_end) {
    node.cells64("linux,initrd-start", layout.initrd_start);
    node.cells64("linux,initrd-end", layout.initrd_end);
  }
  const std::string console = fmt::format("/vdevice/vty@{:x}", unit_address_of(0));
  node.text("linux,stdout-path", console).text("stdout-path", console);
  // By this the operating system knows its HMC. Linux shows a property to root only if its name begins with "security-".
  // SIMPLIFIED: the HMC of a real system gives RMC its keys; how, no book says.
  if (const std::string& key = partition.frame().config().rmc_key; !key.empty()) node.text("security-rmc-key", key);
  return node;
}

// SIMPLIFIED: all memory and all processors are in one domain.
std::vector<u32> associativity(std::vector<u32> last = {}) {
  std::vector<u32> list{4, 0, 0, 0, 0};
  list.insert(list.end(), last.begin(), last.end());
  list[0] = static_cast<u32>(list.size() - 1);
  return list;
}

Node processors(Partition& partition) {
  Node cpus;
  cpus.name = "cpus";
  cpus.cell("#address-cells", 1).cell("#size-cells", 0);
  dlpar::list_connectors(cpus, partition.connectors(), {dlpar::Kind::processor});
  for (const Processor* p : partition.processors()) cpus.children.push_back(processor(partition, p->number));
  return cpus;
}

u64 block_bytes(Partition& partition) { return u64{partition.frame().config().lmb_mb} * MiB; }

// The node of the memory that is never given back. The other blocks are rows of a table, there or not.
u64 base_memory_end(Partition& partition) {
  const u64 block = block_bytes(partition);
  return std::min((dlpar::base_memory_bytes + block - 1) / block * block, partition.memory_bytes());
}

Node memory_node(u64 address, u64 bytes) {
  Node node;
  node.name = fmt::format("memory@{:x}", address);
  node.text("device_type", "memory")
      .cells("reg",
             {static_cast<u32>(address >> 32), static_cast<u32>(address), static_cast<u32>(bytes >> 32), static_cast<u32>(bytes)})
      .cells("ibm,associativity", associativity());
  return node;
}

// (LoPAR B.5.6.2)
Node dynamic_memory(Partition& partition) {
  constexpr u32 assigned = 0x8;
  const u64 block = block_bytes(partition);
  std::vector<u32> table{0};
  for (const u32 index : partition.connectors().indexes(dlpar::Kind::memory_block)) {
    const u32 number = dlpar::number_of(index);
    const u64 address = number * block;
    if (address < base_memory_end(partition)) continue;
    ++table[0];
    const bool has = partition.memory_blocks().contains(number);
    const u32 list = 0;
    table.insert(table.end(), {static_cast<u32>(address >> 32), static_cast<u32>(address), index, 0, has ? list : ~u32{0},
                               has ? assigned : 0});
  }
  Node node;
  node.name = "ibm,dynamic-reconfiguration-memory";
  node.cells64("ibm,lmb-size", block)
      .cells("ibm,memory-flags-mask", {0xFF})
      .cells("ibm,memory-preservation-time", {0})
      // One list of four domains.
      .cells("ibm,associativity-lookup-arrays", {1, 4, 0, 0, 0, 0})
      .cells("ibm,dynamic-memory", table);
  return node;
}

// The property is the logarithm of the number of pages.
Node huge_page(u64 address) { return memory_node(address, emu::huge_page_bytes).cell("ibm,expected#pages", 0); }

Node rtas_node(Partition& partition, const BootLayout& layout) {
  Node node;
  node.name = "rtas";
  node.cell("linux,rtas-base", static_cast<u32>(layout.rtas_base))
      .cell("linux,rtas-entry", static_cast<u32>(layout.rtas_base))
      .cell("rtas-size", rtas_bytes)
      .cell("rtas-version", 1)
      .cell("rtas-event-scan-rate", 30)
      .cell("rtas-error-log-max", 2048)
      .flag("ibm,extended-os-term")
      .texts("ibm,hypertas-functions", hypertas_functions());
  const u64 end = partition.memory_end();
  const u64 block = block_bytes(partition);
  node.cells("ibm,lrdr-capacity", {static_cast<u32>(end >> 32), static_cast<u32>(end), static_cast<u32>(block >> 32),
                                   static_cast<u32>(block), partition.processor_limit()});
  // Which of the domains of a list count; the last is that of a processor's or a block's memory.
  node.cells("ibm,associativity-reference-points", {4, 2});
  for (const rtas::Row& row : rtas::services()) node.cell(row.name, row.token);
  give_phandle(node, phandle_rtas);
  return node;
}

Node virtual_devices(Partition& partition) {
  Node vdevice;
  vdevice.name = "vdevice";
  vdevice.text("device_type", "vdevice")
      .text("compatible", "IBM,vdevice")
      .cell("#address-cells", 1)
      .cell("#size-cells", 0)
      .cell("#interrupt-cells", 2)
      .flag("interrupt-controller");
  give_phandle(vdevice, phandle_vdevice);
  dlpar::list_connectors(vdevice, partition.connectors(), {dlpar::Kind::slot});
  for (const auto& plugged : partition.adapters())
    if (partition.connectors().slot_taken(plugged->slot())) vdevice.children.push_back(adapter(*plugged));
  return vdevice;
}

Node root_of(Partition& partition) {
  const emu::FrameConfig& frame = partition.frame().config();
  Node root;
  // device_type chrp is what makes a kernel take this for a pSeries at all.
  root.cell("#address-cells", 2)
      .cell("#size-cells", 2)
      .text("device_type", "chrp")
      .text("model", "IBM," + frame.type_model)
      .text("compatible", "IBM," + frame.type_model)
      .text("system-id", "IBM,02" + frame.serial_num)
      .cell("ibm,partition-no", partition.id())
      .text("ibm,partition-name", partition.definition().name)
      .text("ibm,partition-uuid", partition.definition().uuid)
      .cell("ibm,converged-loc-codes", 1)
      .cell("ibm,max-boot-devices", 0)
      .cell("clock-frequency", 266'000'000)
      .flag("ibm,lpar-capable")
      .flag("ibm,migratable-partition");
  dlpar::list_connectors(root, partition.connectors(), {dlpar::Kind::memory_block, dlpar::Kind::bridge});
  give_phandle(root, phandle_root);
  return root;
}

void keep(std::vector<devices::Property>& to, const Node& node, std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names)
    if (const devices::Property* property = node.property(name)) to.push_back(*property);
}

}  // namespace

devices::Node processor(Partition& partition, u32 number) {
  const emu::FrameConfig& frame = partition.frame().config();
  const Model model = model_of(partition.configuration(), frame);
  std::vector<u32> page_sizes{12, 16, 24};
  std::vector<u32> segment_page_sizes{12, 0, 1, 12, 0, 16, 0x110, 1, 16, 1, 24, 0x100, 1, 24, 0};
  if (partition.memory().far().size) {
    page_sizes.push_back(34);
    segment_page_sizes.insert(segment_page_sizes.end(), {34, 0x120, 1, 34, 3});
  }
  Node node;
  node.name = fmt::format("{}@{:x}", model.name, number);
  node.text("device_type", "cpu")
      .cell("reg", number)
      .text("status", "okay")
      .cell("cpu-version", model.logical_pvr)
      .cells("ibm,ppc-interrupt-server#s", {number})
      .cells("ibm,ppc-interrupt-gserver#s", {number, 0})
      .cell("ibm,my-drc-index", dlpar::index_of(dlpar::Kind::processor, number))
      .text("ibm,loc-code", fmt::format("{}-P1-C{}", emu::machine_location(frame.type_model, frame.serial_num), number + 1))
      .cells("ibm,associativity", associativity({number}))
      .cell("timebase-frequency", emu::time_base_hz)
      .cells64("ibm,extended-clock-frequency", cpu::processor_hz)
      .cell("clock-frequency", cpu::processor_hz)
      .cell("ibm,nominal-tbf", emu::time_base_hz)
      .cell("ibm,estimate-precision", 0)
      .cells("ibm,pft-size", {0, partition.page_table().shift()})
      .cell("slb-size", model.slb_slots)
      .cell("ibm,slb-size", model.slb_slots)
      .cells("ibm,processor-segment-sizes", {28, 40, 0xFFFFFFFF, 0xFFFFFFFF})
      .cells("ibm,processor-page-sizes", page_sizes)
      // Exactly what H_ENTER and the processors' MMU accept: a guest that believes something else hangs silently.
      .cells("ibm,segment-page-sizes", segment_page_sizes)
      .cell("reservation-granule-size", 128)
      .cell("d-cache-block-size", 128)
      .cell("i-cache-block-size", 128)
      .cell("d-cache-line-size", 128)
      .cell("i-cache-line-size", 128)
      .cell("d-cache-size", 0x10000)
      .cell("i-cache-size", 0x10000)
      .cell("d-cache-sets", 64)
      .cell("i-cache-sets", 128)
      .cell("ibm,vmx", model.vmx)
      .cell("ibm,purr", 1)
      .cell("ibm,spurr", 1)
      .bytes("ibm,pa-features", model.pa_features)
      .flag("64-bit");
  if (model.decimal) node.cell("ibm,dfp", 1);
  give_phandle(node, phandle_processor + number);
  return node;
}

devices::Node adapter(const Adapter& adapter) {
  Node node = adapter.device().describe();
  give_phandle(node, adapter.unit_address());
  return node;
}

devices::Node bridge(const devices::pci::HostBridge& bridge) {
  Node node = bridge.describe();
  node.cell("ibm,my-drc-index", dlpar::index_of(dlpar::Kind::bridge, bridge.bus()));
  give_phandle(node, phandle_bridge | bridge.bus());
  for (Node& child : node.children) give_phandle(child, phandle_function | bridge.bus());
  return node;
}

devices::Node memory_block(Partition& partition, u32 number) {
  const u64 block = block_bytes(partition);
  return memory_node(number * block, block).cell("ibm,my-drc-index", dlpar::index_of(dlpar::Kind::memory_block, number));
}

devices::Node build(Partition& partition, const BootLayout& layout, const BootImage& boot) {
  Node root = root_of(partition);
  root.children.push_back(chosen(partition, layout, boot));
  root.children.push_back(processors(partition));
  root.children.push_back(memory_node(0, base_memory_end(partition)));
  root.children.push_back(dynamic_memory(partition));
  const auto& huge = partition.memory().far();
  for (u64 at = huge.address; at < huge.end(); at += emu::huge_page_bytes) root.children.push_back(huge_page(at));
  root.children.push_back(rtas_node(partition, layout));
  Node controller = partition.interrupts().describe();
  controller.cell("phandle", phandle_interrupts);
  root.children.push_back(std::move(controller));
  root.children.push_back(virtual_devices(partition));
  for (const auto& each : partition.bridges())
    if (partition.connectors().bridge_taken(each->bus())) root.children.push_back(bridge(*each));
  root.children.push_back(partition.nvram().describe());
  if (partition.bsr()) root.children.push_back(partition.bsr()->describe());
  return root;
}

std::vector<Update> updates_after_move(Partition& partition) {
  std::vector<Update> updates;
  const Node root = root_of(partition);
  Update of_root{phandle_root, "/", {}};
  keep(of_root.properties, root, {"model", "compatible", "system-id", "ibm,partition-no", "clock-frequency"});
  updates.push_back(std::move(of_root));
  const Node vdevice = virtual_devices(partition);
  for (const Node& node : vdevice.children) {
    const devices::Property* phandle = node.property("ibm,phandle");
    Update update{emu::load_be<u32>(phandle->value.data()), "/vdevice/" + node.name, {}};
    keep(update.properties, node, {"ibm,loc-code"});
    updates.push_back(std::move(update));
  }
  Update of_vdevice{phandle_vdevice, "/vdevice", {}};
  keep(of_vdevice.properties, vdevice, {"ibm,drc-names"});
  updates.push_back(std::move(of_vdevice));
  return updates;
}

}  // namespace firmware::devtree
