// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// One kind of virtual adapters of a Virtual I/O Server, with the devices on them: what lsdev, lsmap, mkvdev, rmdev, cfgdev and chdev loop
// over, and what is kept of it over a restart. A new kind is a file here, and a row of vios/backends/table.cpp.

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "emu/core/hold.h"
#include "emu/core/result.h"
#include "emu/link/service.h"
#include "firmware/native_partition.h"
#include "vios/configuration.h"

namespace vios {

// A line of lsdev.
struct Device {
  std::string name;
  std::string status = "Available";
  std::string description;
  std::string type;  // adapter, disk, vtd ...
  bool is_virtual = false;
  std::string physloc;
  std::string parent;
};

// Taken away, while what it stands for is still there: until cfgdev finds it again, or the next start.
enum class Absence { defined = 1, deleted };

struct Attribute {
  std::string name;
  std::string value;
  std::string description;
  bool settable = false;
  std::string range;  // of its values, a line for each as lsdev -range tells them, or "1...256 (+1)"; empty: not told
};
bool in_range(std::string_view range, std::string_view value);

// ---- lsmap ----

// A field of -field and -fmt, and what a list calls it.
struct MapField {
  std::string_view name;
  std::string_view title;
  int width = 0;  // of the list's heading
};
struct MapShape {
  std::string_view option;  // by which lsmap is asked for it; empty: without one
  std::span<const MapField> adapter;
  std::span<const MapField> target;
  std::string_view nothing;  // shown if an adapter has no target
  std::string_view called;   // "Server Virtual SCSI Adapter (SVSA)"
};
// An adapter and what hangs on it, as texts in the order of the shape's fields.
struct Mapping {
  std::vector<std::string> adapter;
  bool listed = true;  // by -all
  struct Target {
    std::vector<std::string> cells;
    std::string type;  // of the device behind, for -type
  };
  std::vector<Target> targets;
};

// ---- mkvdev ----

struct MapRequest {
  std::string_view option;            // which mkvdev it is
  std::string device;                 // what is to be shown to others
  std::vector<std::string> devices;   // if it is made of several
  std::vector<std::string> adapters;  // through which
  std::string name;                   // of the new device; empty: the next one
  std::string default_adapter;
  std::string default_id;
  bool force = false;
  std::map<std::string, std::string> attributes;
};
struct MapOption {
  std::string_view option;                   // of mkvdev, with the device
  std::span<const std::string_view> others;  // that it needs beside it
  bool one_adapter = false;
  bool has_attributes = false;
};

// What an error of a change says beside its text.
inline constexpr std::string_view busy_code = "busy";            // AIX's own sentence
inline constexpr std::string_view plain_code = "plain";          // the text is all that is printed
inline constexpr std::string_view no_device_code = "no device";  // the text is a name
inline emu::Error device_busy() { return {std::string(busy_code), ""}; }
inline emu::Error invalid_attribute(const std::string& name, const std::string& value) {
  return {"vios", "0514-018 The values specified for the following attributes\n                 are not valid:\n     " + name +
                      "\t" + value};
}
inline emu::Error no_device(const std::string& name) { return {std::string(no_device_code), name}; }

using Plugged = std::vector<firmware::NativeAdapter>;

class Backend {
 public:
  virtual ~Backend() = default;

  // ---- what there is ----
  virtual std::vector<Device> list() const = 0;  // whether they are configured or not
  virtual std::vector<Attribute> attributes(const std::string& device) const = 0;
  virtual std::string physloc(const std::string& device) const = 0;
  virtual bool in_use(const Device&) const = 0;                              // any device: this backend cannot do without it
  virtual bool held(const std::string& device, const emu::Hold&) const = 0;  // a move needs it
  virtual void describe(emu::service::ViosInfo&) const = 0;

  // ---- lsmap, mkvdev ----
  virtual const MapShape* shape() const = 0;  // null: lsmap does not show it
  virtual std::vector<Mapping> mappings() const = 0;
  virtual std::span<const MapOption> map_options() const = 0;  // empty: mkvdev makes nothing here
  // What mkvdev prints.
  virtual emu::Result<std::string> map(const MapRequest&) = 0;

  // ---- its life ----
  virtual void load(const Configuration&) = 0;  // before the first scan
  virtual void start() = 0;                     // after it: what was Available is so again, the lab file is taken over
  virtual void scan(const Plugged&) = 0;        // adapters came or went
  virtual void store(Configuration&) const = 0;
  virtual void publish() = 0;  // what is so now, to other threads
  // cfgdev: what of `names` is Defined becomes Available. The error is about `device`; others are logged.
  virtual emu::Status configure(std::span<const std::string> names, const std::string& device) = 0;
  // That could not be stored: it is as it was before.
  virtual void back_to(const Configuration& before) = 0;
  // chdev: of what is kept of the device itself, `wanted` gets the new values, and `values` loses them. It is stored next, and then so.
  virtual emu::Status change(const std::string&, std::map<std::string, std::string>&, Configuration&) const {
    return emu::success();
  }
  virtual void changed(const std::string&, const Configuration&, bool /*only_stored*/) {}
  // rmdev: first what is kept of these, then each. False: it is not of those that are forgotten, or become Defined, here.
  virtual void remove_from(Configuration&, std::span<const Device>, Absence to) const = 0;
  virtual bool remove(const Device&, Absence to) = 0;

  // ---- for the loop ----
  virtual bool poll() = 0;                      // true if there may be more
  virtual u64 wait() const { return ~u64{0}; }  // nanoseconds until the next poll, though nothing comes
  virtual bool must_retry() const = 0;
  virtual void retry() = 0;
};

// Adapters that have no other devices on them, and nothing that is kept.
class PlainBackend : public Backend {
 public:
  bool in_use(const Device&) const override { return false; }
  const MapShape* shape() const override { return nullptr; }
  std::vector<Mapping> mappings() const override { return {}; }
  std::span<const MapOption> map_options() const override { return {}; }
  emu::Result<std::string> map(const MapRequest&) override { return emu::Error{"vios", "Nothing is mapped here."}; }
  void load(const Configuration&) override {}
  void start() override {}
  void store(Configuration&) const override {}
  void publish() override {}
  emu::Status configure(std::span<const std::string>, const std::string&) override { return emu::success(); }
  void back_to(const Configuration&) override {}
  void remove_from(Configuration&, std::span<const Device>, Absence) const override {}
  bool remove(const Device&, Absence) override { return false; }
  bool poll() override { return false; }
  bool must_retry() const override { return false; }
  void retry() override {}
};

}  // namespace vios
