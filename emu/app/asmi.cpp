// SPDX-License-Identifier: GPL-2.0-or-later
// twinframe asmi: what a service processor's own menus show and set. (Redbook 3.3.2, figure 3-1)
#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "emu/app/commands.h"
#include "emu/app/frames.h"
#include "emu/app/json.h"
#include "emu/app/lab_option.h"
#include "emu/core/block_size.h"
#include "emu/core/fault.h"
#include "emu/core/names.h"
#include "emu/core/text.h"

namespace emu::app {

namespace {

constexpr u64 power_time = 60'000'000'000;

Error wrong_value(std::string_view value, std::string_view possible) {
  return {"usage", fmt::format("{} is none of {}.", shown_name(value), possible)};
}

// The system's memory blocks, from its next power-on.
Status set_lmb(Channel& frame, const std::string& value) {
  const auto mb = value == "auto" ? std::optional<u32>(0) : parse_number<u32>(value);
  if (!mb || (value != "auto" && !is_block_size(*mb))) return wrong_value(value, "auto, 16, 32, 64, 128 and 256");
  TRY(service::ask(frame, service::RequestBlockSize{*mb}));
  return success();
}

Status set_power(Channel& frame, const std::string& value) {
  constexpr std::pair<std::string_view, SystemPower> states[] = {
      {"on", SystemPower::operating}, {"standby", SystemPower::standby}, {"off", SystemPower::off}};
  const auto* wanted = std::ranges::find(states, value, &std::pair<std::string_view, SystemPower>::first);
  if (wanted == std::end(states)) return wrong_value(value, "on, standby and off");
  // One that has power does not lose it by being put on standby.
  if (wanted->second == SystemPower::standby && TRY(service::ask(frame, service::DescribeSystem{})).power != SystemPower::off)
    return Error{"power", "The system is on: standby is a state on the way up. Power it off first."};
  TRY(service::ask(frame, service::PowerSystem{wanted->second}, power_time));
  return success();
}

Status set_mains(Channel& frame, const std::string& value) {
  if (value != "on" && value != "off") return wrong_value(value, "on and off");
  const std::vector<std::string> words = {value == "on" ? "restore-mains" : "lose-mains"};
  const Fault fault = TRY(read_fault(FaultOf::frame, words));
  TRY(service::ask(frame, service::InjectFault{fault}));
  return success();
}

struct Setting {
  std::string_view name;
  std::string_view values;
  std::string_view meaning;
  Status (*set)(Channel&, const std::string&);
};
// Of this list dispatch and help are made.
constexpr Setting settings[] = {
    {"lmb", "auto|16|32|64|128|256", "size of logical memory blocks, from the next power-on; auto: by the system's memory",
     set_lmb},
    {"power", "on|standby|off", "of the system; off: its partitions lose their power at once", set_power},
    {"mains", "on|off", "off: the system runs on battery, and is no destination of a migration", set_mains},
};

class AsmiCommand final : public Command {
 public:
  void accept(Options& options) override {
    lab_.accept(options);
    options.flag("--json", "`show` as JSON", json_);
    std::string meaning = "a frame, and\n  show: what is set (or nothing: the same)";
    for (const Setting& each : settings) meaning += fmt::format("\n  {} {}: {}", each.name, each.values, each.meaning);
    options.rest("FRAME ACTION ...", meaning, words_);
  }

  int run() override {
    if (!words_.empty() && words_.back() == "--json") {
      json_ = true;
      words_.pop_back();
    }
    const bool shows = words_.size() == 1 || (words_.size() == 2 && words_[1] == "show");
    const auto* setting = words_.size() < 2 ? std::end(settings) : std::ranges::find(settings, words_[1], &Setting::name);
    if (!shows && (setting == std::end(settings) || words_.size() != 3)) {
      std::string all = "twinframe asmi FRAME [show";
      for (const Setting& each : settings) all += fmt::format(" | {} {}", each.name, each.values);
      return failed({"usage", all + "]"}, exit_misused);
    }
    if (json_ && !shows) return failed({"usage", "Option --json belongs to `twinframe asmi FRAME show`."}, exit_misused);
    const Status done = shows ? show() : set(*setting);
    return done ? exit_done : failed(done.error(), done.error().code == "usage" ? exit_misused : exit_failed);
  }

 private:
  Result<std::unique_ptr<Channel>> frame() const {
    const NamedLab lab = TRY(lab_.find());
    if (!lab.lab.frame(words_[0]))
      return Error{"frame", fmt::format("Lab {} has no frame {}.", lab.lab.name, shown_name(words_[0]))};
    return connect_frame(lab, words_[0]);
  }

  Status set(const Setting& setting) const {
    const auto channel = TRY(frame());
    return setting.set(*channel, words_[2]);
  }

  Status show() const {
    const auto channel = TRY(frame());
    const service::SystemInfo info = TRY(service::ask(*channel, service::DescribeSystem{}));
    const FirmwareLevels levels = TRY(service::ask(*channel, service::ReadServiceState{})).levels;
    const std::string firmware = fmt::format("{}_{:03}", levels.release, levels.activated);
    if (json_) {
      fmt::print("{}\n", Json(Json::Object{{"name", info.name},
                                           {"type_model", info.type_model},
                                           {"serial_num", info.serial_num},
                                           {"power", std::string(word_of(info.power))},
                                           {"mains", !info.on_battery},
                                           {"firmware", firmware},
                                           {"processor", std::string(word_of(info.default_mode))},
                                           {"memory_mb", info.installed_mem_mb},
                                           {"lmb_mb", info.lmb_mb},
                                           {"pending_lmb_mb", info.pending_lmb_mb},
                                           {"automatic_lmb", info.automatic_lmb}})
                             .text());
      return success();
    }
    fmt::print("system    {} {}*{}\n", info.name, info.type_model, info.serial_num);
    fmt::print("power     {}, {}\n", word_of(info.power), info.on_battery ? "on battery" : "on mains");
    fmt::print("firmware  {}\n", firmware);
    fmt::print("memory    {} MB, in blocks of {} MB", info.installed_mem_mb, info.lmb_mb);
    if (info.pending_lmb_mb != info.lmb_mb || info.automatic_lmb)
      fmt::print("; of {} MB from the next power-on{}", info.pending_lmb_mb, info.automatic_lmb ? " (auto)" : "");
    fmt::print("\n");
    return success();
  }

  LabOption lab_;
  bool json_ = false;
  std::vector<std::string> words_;
};

}  // namespace

std::unique_ptr<Command> make_asmi() { return std::make_unique<AsmiCommand>(); }

}  // namespace emu::app
