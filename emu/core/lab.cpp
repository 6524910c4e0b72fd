// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/core/lab.h"

#include "emu/core/address.h"
#include "emu/core/identity.h"
#include "emu/core/lab/frame.h"
#include "emu/core/lab/keys.h"
#include "emu/core/lab/lun.h"
#include "emu/core/lab/services.h"

#include <fstream>
#include <sstream>

namespace emu {

namespace {

using namespace lab_file;

// ---- the LAN ----

constexpr size_t most_boot_servers = 4;
constexpr size_t longest_boot_file = 127;  // in a packet of BOOTP

SegmentConfig::BootServer::Client read_boot_client(Reading& reading, const toml::table& table) {
  SegmentConfig::BootServer::Client client;
  read_keys(reading, table, "a client", boot_client_table, client);
  if (!parse_address(client.ip_address))
    reading.wrong(at(table, "ip_address"), fmt::format("{} is no IP address", shown_name(client.ip_address)));
  if (!client.mac_addr.empty() && !is_hex(client.mac_addr, 12))
    reading.wrong(at(table, "mac_addr"), "a MAC address has 12 hex digits");
  if (!client.gateway.empty() && !parse_address(client.gateway))
    reading.wrong(at(table, "gateway"), fmt::format("{} is no IP address", shown_name(client.gateway)));
  if (client.file.empty() || client.file.size() > longest_boot_file)
    reading.wrong(at(table, "file"), fmt::format("the name of a file has 1 to {} characters", longest_boot_file));
  return client;
}

SegmentConfig::BootServer read_boot_server(Reading& reading, Once& in_lab, const SegmentConfig& segment,
                                           const toml::table& table) {
  BootServerDraft draft;
  read_keys(reading, table, "a boot server", boot_server_table, draft);
  SegmentConfig::BootServer& server = draft.server;
  const auto address = parse_address(server.address);
  const auto network = parse_network(segment.network);
  if (!address) {
    reading.wrong(at(table, "address"), fmt::format("{} is no IP address", shown_name(server.address)));
  } else if (network && (*address & network->mask) != network->base) {
    reading.wrong(at(table, "address"), fmt::format("{} is not in the network {}", server.address, segment.network));
  } else if (const auto whose = network ? reserved_for(*network, *address, most_consoles) : std::nullopt) {
    reading.wrong(at(table, "address"), fmt::format("{} is for {} on segment {}", server.address, *whose, segment.name));
  }
  in_lab.claim(at(table, "address"), "IP address", server.address);
  server.folder = reading.beside_file(server.folder);
  std::error_code failed;
  if (!server.folder.empty() && !std::filesystem::is_directory(server.folder, failed))
    reading.wrong(at(table, "folder"), fmt::format("there is no folder {}", server.folder));
  Once in_server(reading);
  for_each_table(draft.clients, [&](const toml::table& each) {
    server.clients.push_back(read_boot_client(reading, each));
    const auto client = parse_address(server.clients.back().ip_address);
    if (client && network && (*client & network->mask) != network->base)
      reading.wrong(at(each, "ip_address"),
                    fmt::format("{} is not in the network {}", server.clients.back().ip_address, segment.network));
    in_server.claim(at(each, "ip_address"), "IP address", server.clients.back().ip_address);
  });
  return server;
}

SegmentConfig read_segment(Reading& reading, Once& in_lab, const toml::table& table) {
  SegmentDraft draft;
  read_keys(reading, table, "a segment", segment_table, draft);
  SegmentConfig& segment = draft.segment;
  if (!is_name(segment.name)) reading.wrong(at(table, "name"), fmt::format("\"{}\" is no name for a segment", segment.name));
  in_lab.claim(at(table, "name"), "segment", segment.name);
  if (!parse_network(segment.network))
    reading.wrong(at(table, "network"), fmt::format("{} is no network such as 10.0.2.0/24", segment.network));
  for_each_table(draft.forwards, [&](const toml::table& forward_toml) {
    SegmentConfig::Forward forward;
    read_keys(reading, forward_toml, "a forward", forward_table, forward);
    if (forward.protocol != "tcp" && forward.protocol != "udp")
      reading.wrong(at(forward_toml, "protocol"), "protocol is tcp or udp");
    if (!parse_address(forward.guest_address))
      reading.wrong(at(forward_toml, "guest_address"), fmt::format("{} is no IP address", forward.guest_address));
    if (forward.guest_port == 0) reading.wrong(at(forward_toml, "guest_port"), "0 is no port");
    if (forward.host_port)
      in_lab.claim(at(forward_toml, "host_port"), forward.protocol + " port", std::to_string(forward.host_port));
    segment.forwards.push_back(std::move(forward));
  });
  if (draft.boot_servers && draft.boot_servers->size() > most_boot_servers)
    reading.wrong(at(table, "boot_server"), fmt::format("a segment has up to {} boot servers", most_boot_servers));
  for_each_table(draft.boot_servers, [&](const toml::table& server) {
    segment.boot_servers.push_back(read_boot_server(reading, in_lab, segment, server));
  });
  return segment;
}

ConsoleConfig read_console(Reading& reading, Once& in_lab, const toml::table& table) {
  ConsoleConfig console;
  read_keys(reading, table, "a console", console_table, console);
  if (!is_name(console.name)) reading.wrong(at(table, "name"), fmt::format("\"{}\" is no name for a console", console.name));
  if (console.name == "localhost" || parse_address(console.name))
    reading.wrong(at(table, "name"), fmt::format("{} is an address, and no name for a console", console.name));
  if (table.contains("frames") && console.frames.empty())
    reading.wrong(at(table, "frames"), "a console manages a server at least; without this key it manages all");
  for (const std::string& frame : console.frames)
    if (std::ranges::count(console.frames, frame) > 1)
      reading.wrong(at(table, "frames"), fmt::format("frame {} is there twice", shown_name(frame)));
  in_lab.claim(at(table, "name"), "console", console.name);
  if (!console.ip.empty()) in_lab.claim(at(table, "ip"), "address of a console", console.ip);
  if (!console.ip.empty() && (!parse_address(console.ip) || !console.ip.starts_with("127.")))
    reading.wrong(at(table, "ip"), fmt::format("{} is no address of this host alone (127.x.y.z)", shown_name(console.ip)));
  if (console.idle_minutes == 0 || console.idle_minutes > 100'000)
    reading.wrong(at(table, "idle_minutes"), "idle_minutes is 1 to 100000");
  return console;
}

void check_managed(Reading& reading, const Lab& lab, const ConsoleConfig& console, const toml::table& table) {
  for (const std::string& frame : console.frames)
    if (!lab.frame(frame)) reading.wrong(at(table, "frames"), fmt::format("there is no frame {}", shown_name(frame)));
}

// A text, or a number as its digits.
std::string take_words(Reading& reading, const toml::node& node) {
  std::string text;
  u64 number = 0;
  if (!node.is_integer()) {
    take(reading, node, text);
    return text;
  }
  take(reading, node, number);
  return std::to_string(number);
}

// As a reason in a line of its own: "it has no vios", of "It has no vios."
std::string as_reason(std::string text) {
  if (text.ends_with('.')) text.pop_back();
  const bool is_name = text.size() > 1 && std::isupper(static_cast<unsigned char>(text[1]));
  if (!text.empty() && !is_name) text[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[0])));
  return text;
}

LabFault read_fault_of(Reading& reading, const Lab& lab, const toml::table& table) {
  FaultDraft draft;
  std::vector<std::pair<std::string, const toml::node*>> said;
  read_keys(reading, table, "a fault", [&](std::string_view name, const toml::node& node) {
    if (offer(reading, name, node, fault_table, draft)) return true;
    if (std::ranges::find(fault_words(), name, &FaultWord::name) == fault_words().end()) return false;
    said.emplace_back(fmt::format("{}={}", name, take_words(reading, node)), &node);
    return true;
  });
  for (const auto& key : fault_table)
    if (!table.contains(key.name)) reading.wrong(table, fmt::format("a fault lacks its key {}", key.name));
  LabFault fault;
  fault.line = table.source().begin.line;
  if (reading.failed()) return fault;
  const bool of_frame = lab.frame(draft.where) != nullptr;
  if (of_frame) fault.frame = draft.where;
  bool known = of_frame;
  for (size_t i = 0; i < lab.consoles.size() && !of_frame; ++i) {
    if (draft.where != "hmc-" + lab.consoles[i].name && (i != 0 || draft.where != "hmc")) continue;
    fault.console = i;
    known = true;
  }
  if (!known)
    reading.wrong(at(table, "where"),
                  fmt::format("there is no frame or console {}: a frame's name, hmc, or hmc-NAME", shown_name(draft.where)));
  std::vector<std::string> words{draft.what};
  const auto of = of_frame ? FaultOf::frame : FaultOf::console;
  // Word by word, so that the line of the wrong one is named.
  for (const auto& [word, node] : said) {
    words.push_back(word);
    Fault alone;
    const size_t equals = word.find('=');
    if (const auto set = set_fault_word(alone, word.substr(0, equals), word.substr(equals + 1)); !set)
      reading.wrong(*node, as_reason(set.error().text));
  }
  auto read = read_fault(of, words);
  if (!read) reading.wrong(at(table, "what"), as_reason(read.error().text));
  if (reading.failed()) return fault;
  fault.fault = std::move(*read);
  if (const std::string& vios = fault.fault.vios; !vios.empty())
    if (std::ranges::none_of(lab.frame(fault.frame)->partitions,
                             [&](const LparDefinition& lpar) { return lpar.env == LparEnv::vioserver && lpar.name == vios; }))
      reading.wrong(at(table, "vios"), fmt::format("{} has no Virtual I/O Server {}", fault.frame, shown_name(vios)));
  if (const std::string& subsystem = fault.fault.subsystem; !subsystem.empty())
    if (std::ranges::none_of(lab.luns, [&](const LunConfig& lun) { return lun.subsystem == subsystem; }))
      reading.wrong(at(table, "what"), fmt::format("no LUN is in a storage subsystem {}", shown_name(subsystem)));
  return fault;
}

// What a [[generate]] stands for, read as if it were in the file.
void read_generated(Reading& reading, Once& in_lab, Lab& lab, const toml::table& table) {
  Generate wanted;
  read_keys(reading, table, "a generate", generate_table, wanted);
  if (!is_name(wanted.prefix)) reading.wrong(at(table, "prefix"), fmt::format("\"{}\" is no name for servers", wanted.prefix));
  if (wanted.frames == 0 || wanted.frames > most_generated_frames)
    reading.wrong(at(table, "frames"), fmt::format("frames is 1 to {}", most_generated_frames));
  else if (wanted.partitions > u64{wanted.frames} * most_generated_partitions)
    reading.wrong(at(table, "partitions"), fmt::format("a server has at most {} of them", most_generated_partitions));
  if (reading.failed()) return;
  const toml::parse_result made = toml::parse(generated(wanted));
  if (!made) return reading.wrong(table, std::string(made.error().description()));
  for_each_table(made.table()["segment"].as_array(),
                 [&](const toml::table& each) { lab.segments.push_back(read_segment(reading, in_lab, each)); });
  for_each_table(made.table()["frame"].as_array(), [&](const toml::table& each) {
    if (!reading.failed()) lab.frames.push_back(read_frame(reading, in_lab, lab, each));
  });
}

}  // namespace

Result<Lab> read_lab(const std::string& file) {
  std::ifstream stream(file, std::ios::binary);
  std::stringstream content;
  content << stream.rdbuf();
  if (!stream) return Error{"lab", fmt::format("{}:1: the file cannot be read", file)};
  return read_lab_text(content.str(), file);
}

Result<Lab> read_lab_text(const std::string& text, const std::string& file) {
  Reading reading(file);
  const toml::parse_result parsed = toml::parse(text, std::string_view(file));
  if (!parsed) {
    reading.wrong(parsed.error().source(), parsed.error().description());
    return reading.error();
  }
  const toml::table& root = parsed.table();
  LabDraft draft;
  read_keys(reading, root, "a lab", lab_table, draft);
  if (reading.failed()) return reading.error();

  Lab lab;
  lab.file = made_absolute(file).lexically_normal().string();
  lab.name = draft.name.empty() ? std::filesystem::path(file).stem().string() : draft.name;
  if (!is_name(lab.name)) reading.wrong(at(root, "name"), fmt::format("\"{}\" is no name for a lab", lab.name));
  Once in_lab(reading);
  if (draft.consoles && draft.consoles->size() > most_consoles)
    reading.wrong(at(root, "hmc"), fmt::format("a lab has up to {} consoles", most_consoles));
  if (draft.consoles) lab.consoles.clear();
  for_each_table(draft.consoles, [&](const toml::table& table) { lab.consoles.push_back(read_console(reading, in_lab, table)); });
  if (lab.consoles.empty()) lab.consoles.emplace_back();
  for_each_table(draft.luns, [&](const toml::table& table) { lab.luns.push_back(read_lun(reading, in_lab, lab, table)); });
  for_each_table(draft.segments, [&](const toml::table& table) { lab.segments.push_back(read_segment(reading, in_lab, table)); });
  for_each_table(draft.frames, [&](const toml::table& table) {
    if (!reading.failed()) lab.frames.push_back(read_frame(reading, in_lab, lab, table));
  });
  for_each_table(draft.generated, [&](const toml::table& table) {
    if (!reading.failed()) read_generated(reading, in_lab, lab, table);
  });
  size_t console = 0;
  for_each_table(draft.consoles, [&](const toml::table& table) {
    if (!reading.failed()) check_managed(reading, lab, lab.consoles[console++], table);
  });
  for_each_table(draft.faults, [&](const toml::table& table) {
    if (!reading.failed()) lab.faults.push_back(read_fault_of(reading, lab, table));
  });
  (void)read_services_of(reading, lab, draft.packages);
  if (lab.frames.empty() && !reading.failed()) reading.wrong(root, "a lab lacks its key frame");
  if (reading.failed()) return reading.error();
  return lab;
}

}  // namespace emu
