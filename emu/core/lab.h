// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A lab: what `twinframe up` starts. Read from a TOML file; see images/labs/pair.toml and docs/labs.md for the keys.

#include <algorithm>
#include <string>
#include <vector>

#include "emu/core/capabilities.h"
#include "emu/core/console_release.h"
#include "emu/core/fault.h"
#include "emu/core/host_ethernet.h"
#include "emu/core/partition_profile.h"
#include "emu/core/physical_slot.h"
#include "emu/core/result.h"

namespace emu {

// A disk of the SAN: a file with an identity, seen by every VIOS that lists it.
inline constexpr std::string_view no_pvid = "none";  // a disk that nobody has given a physical volume identifier yet
inline constexpr std::string_view no_udid = "none";  // a disk of a kind that has no unique device identifier
inline constexpr u32 most_internal_disks = 8;

struct LunConfig {
  std::string name;  // the file is <state>/luns/<name>.img unless `path` is given
  u64 size_mb = 64;
  std::string path;                           // an existing image to use instead, as it is; relative to the lab file
  bool is_disk = false;                       // the file at `path` is a disk, although nothing in it says so
  std::string udid;                           // unique device id as VIOSes show it; derived from lab and name if not given
  bool has_udid = true;                       // false: VIOSes show none, and `udid` is known to the lab alone
  std::string subsystem;                      // the storage subsystem that it is in; empty: one that never fails
  std::string pvid;                           // 16 hex digits; likewise; or no_pvid
  std::string reserve_policy = "no_reserve";  // with which the disks of it begin; or single_path
  std::string image;                          // what its own file begins as a copy of; relative to the lab file
  u32 line = 0;                               // of the lab file; 0: made since (emu/core/san.h)
};

// An Ethernet segment: a switch that SEAs, the gateway and test ports plug into.
struct SegmentConfig {
  std::string name;
  std::string network = "10.0.2.0/24";  // of the gateway (libslirp): .2 is the host, .3 its DNS, .4 the HMC
  // Ports of the host (loopback only) that lead into the network: {host_port, protocol, guest address, guest port}.
  struct Forward {
    std::string protocol = "tcp";  // or "udp"
    u16 host_port = 0;             // 0: any free one; `twinframe status` shows it
    std::string guest_address;
    u16 guest_port = 0;
  };
  std::vector<Forward> forwards;
  // A host that boots partitions over the network, as a NIM master does: BOOTP, and the files of one folder by TFTP.
  struct BootServer {
    std::string address;
    std::string folder;  // relative to the lab file; empty: the one of the toy guest's image
    struct Client {
      std::string ip_address;
      std::string mac_addr;  // empty: known by its address alone, so that it is answered if it says that
      std::string file;
      std::string gateway;
    };
    std::vector<Client> clients;
  };
  std::vector<BootServer> boot_servers;
};

inline constexpr size_t most_consoles = 4;

// A console (HMC). Its ssh server listens on this host alone.
struct ConsoleConfig {
  std::string name = "hmc";
  std::vector<std::string> frames{};  // that it manages; empty: all
  std::string ip;                     // 127.x.y.z; empty: one that no other lab has
  u16 port = 22;                      // a free one where it may not be bound
  u32 idle_minutes = 720;             // a log-in that does nothing for so long ends
  ConsoleRelease version = usual_release;

  bool manages(std::string_view frame) const {
    return frames.empty() || std::find(frames.begin(), frames.end(), frame) != frames.end();
  }
};

// What a VIOS has beyond its partition definition.
struct ViosConfig {
  u32 lpar_id = 0;
  u32 internal_disks = 0;         // hdisk1, hdisk2 ...: of its own, beside hdisk0, which has rootvg
  std::vector<std::string> luns;  // names: the hdisks that follow, in this order
  struct Bridge {                 // a shared Ethernet adapter
    u32 trunk_slot = 0;
    std::string segment;
    std::string ha_mode = "disabled";  // as chdev has it
    u32 ctl_chan = 0;                  // the slot of its control channel
  };
  std::vector<Bridge> bridges;
  std::vector<std::string> ports;  // segments: physical ports that no bridge of these has
  u32 address_slot = 0;            // the adapter that has its address; 0: its first bridge
  struct Mapping {                 // a virtual target device: the LUN behind a virtual SCSI server adapter
    u32 server_slot = 0;
    std::string lun;
    std::string vtd;  // its name; vtscsiN if empty
  };
  std::vector<Mapping> mappings;
  std::string level = "2.1.3.0";  // as installed, until updateios installs another
  std::string updates;            // a folder of this host, relative to the lab file: the server's /mnt
};

struct FrameConfig {
  std::string name;  // the managed system's name
  std::string type_model = "9117-MMA";
  std::string serial_num;      // 7 characters
  std::string firmware;        // its level when it comes, such as 01EM320_031; empty: the first one of its model
  u64 memory_mb = 4096;        // active
  u32 lmb_mb = 16;             // logical memory block (emu/core/block_size.h)
  u32 processors = 8;          // active
  u64 inactive_memory_mb = 0;  // until an operator activates it for a time (emu/core/on_demand.h)
  u32 inactive_processors = 0;
  u32 huge_pages = 0;                            // of 16 GiB: the pool, until an operator asks for another
  CompatMode processor = CompatMode::of_system;  // of which generation its processors are; of_system: not said
  Capabilities capabilities;
  u32 active_migrations = 40;  // that it supports at a time (Redbook 5.6.2)
  u32 inactive_migrations = 40;
  std::vector<LparDefinition> partitions;  // VIOSes included
  std::vector<ViosConfig> vioses;
  std::vector<PhysicalSlot> slots;
  std::vector<HostEthernet> heas;
  s64 clock_offset_ms = 0;  // of its real-time clock, from the host's
  s64 clock_drift_ppm = 0;
  bool on_battery = false;
  std::string rmc_key;     // the lab's secret (not a key of the file)
  std::string trace_file;  // not empty: every instruction of its guests is written there (not a key: `up --trace`)

  std::string mtms() const { return type_model + "*" + serial_num; }  // what systems call each other
};

// In force from the start, and again when its process starts again.
struct LabFault {
  std::string frame;   // empty: a console's
  size_t console = 0;  // which of the lab's
  Fault fault;
  u32 line = 0;  // of the lab file
};

struct Lab {
  std::string name;
  std::string file;  // where it was read from, absolute
  std::vector<LunConfig> luns;
  std::vector<SegmentConfig> segments;
  std::vector<FrameConfig> frames;
  std::vector<ConsoleConfig> consoles{1};
  std::vector<LabFault> faults;

  const FrameConfig* frame(std::string_view frame_name) const {
    for (const FrameConfig& f : frames)
      if (f.name == frame_name) return &f;
    return nullptr;
  }
};

// Reads and checks a lab file. The error's text begins with "file:line: ".
Result<Lab> read_lab(const std::string& file);
// The same of what stands in no file yet, as if it stood in this one.
Result<Lab> read_lab_text(const std::string& text, const std::string& file);

// Where things of one lab lie. Created on demand, for the user only (mode 0700).
struct LabFolders {
  std::string state;    // $XDG_STATE_HOME/twinframe/LAB, else ~/.local/state/...: LUNs, journals, logs; survives `down`
  std::string runtime;  // $XDG_RUNTIME_DIR/twinframe/LAB, else /dev/shm/twinframe-UID/LAB: links; gone after `down`
};
// An error if it could not be the name of a lab, and of a folder: letters, digits, dots, - and _.
Status may_be_lab(std::string_view name);
Result<LabFolders> lab_folders(std::string_view lab_name);  // refuses folders that are not this user's alone
LabFolders lab_folder_names(std::string_view lab_name);     // the same, and creates nothing

}  // namespace emu
