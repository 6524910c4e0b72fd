// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The ways of partitions to their disks and networks, through Virtual I/O Servers, and what a cut would break: pure functions of what frames
// have told. (Redbook 5.1)

#include <memory>
#include <string>
#include <vector>

#include "emu/app/console/frame_link.h"
#include "emu/core/lab.h"

namespace emu::app::console {

enum class PartKind : u8 { server = 1, cable, disk, network };

// What can be cut.
struct IoPart {
  PartKind kind = PartKind::server;
  std::string frame;   // empty: it belongs to no frame
  std::string server;  // of a cable, and of a disk inside a server
  std::string name;    // viosA1, ent0, mobile_root, lan0
  bool works = true;
  bool operator==(const IoPart& other) const {
    return kind == other.kind && frame == other.frame && server == other.server && name == other.name;
  }
};

// From an adapter of a partition to a disk or a network; or from a server alone, that nobody uses yet. It is open while the server runs, one
// of its cables is in, if it has any, and what it leads to is there.
struct IoWay {
  std::string frame;
  std::string partition;  // empty: none
  std::string adapter;    // the partition's: "SCSI 2", "Ethernet 4, VLAN 1"
  std::string device;     // the server's: vhost0, ent5, hdisk1
  std::string state;      // of a shared Ethernet adapter that is one of two: PRIMARY, BACKUP
  bool disabled = false;  // the partition's adapter is (chhwres -o d)
  size_t server = 0;      // parts, by their place in the list
  std::vector<size_t> cables{};
  size_t end = 0;
};

struct IoPaths {
  std::vector<IoPart> parts;  // frame by frame: servers with their cables; then disks and networks
  std::vector<IoWay> ways;    // frame by frame

  // `without`: a part that is taken to be cut.
  bool open(const IoWay&, const IoPart* without = nullptr) const;
};

IoPaths io_paths_of(const std::vector<std::shared_ptr<const FrameState>>& frames);

// A partition's disk or network, and how many ways there are to it.
struct Reach {
  std::string frame;
  std::string partition;
  size_t end = 0;            // of parts
  size_t before = 0;         // as it is now
  size_t left = 0;           // without the part
  std::string left_through;  // names of the servers
};
// Of everything that `without` takes a way from; null: of everything.
std::vector<Reach> reach_of(const IoPaths&, const IoPart* without);

std::string name_of(const IoPart&);  // "cable ent0 of viosA1", "disk mobile_root"
// A sentence for each disk and network that partitions of a frame would lose, or have fewer ways to. Without a part: that they have lost.
std::vector<std::string> broken_by(const IoPaths&, const IoPart* without, const std::string& frame);

}  // namespace emu::app::console
