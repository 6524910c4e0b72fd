// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/app/commands.h"
#include "emu/app/lab_option.h"
#include "emu/app/lab_status.h"

#include <algorithm>
#include <cstdio>

#include <fmt/format.h>

namespace emu::app {

namespace {

// A member of an object as text; empty if it is not there.
std::string member(const Json& json, std::string_view name) {
  const auto* object = std::get_if<Json::Object>(&json.value);
  if (!object) return "";
  for (const auto& [key, value] : *object) {
    if (key != name) continue;
    if (const auto* text = std::get_if<std::string>(&value.value)) return *text;
    if (const auto* number = std::get_if<s64>(&value.value)) return std::to_string(*number);
    if (const auto* flag = std::get_if<bool>(&value.value)) return *flag ? "yes" : "no";
  }
  return "";
}

Json::List list(const Json& json, std::string_view name) {
  if (const auto* object = std::get_if<Json::Object>(&json.value))
    for (const auto& [key, value] : *object)
      if (const auto* found = std::get_if<Json::List>(&value.value); found && key == name) return *found;
  return {};
}

std::string words(const Json& json, std::string_view name) {
  std::string all;
  for (const Json& word : list(json, name))
    if (const auto* text = std::get_if<std::string>(&word.value)) all += (all.empty() ? "" : ", ") + *text;
  return all.empty() ? "nothing" : all;
}

void show_ssh(const Json& lab, const Json& ssh);

void show(const Json& lab) {
  fmt::print("lab {} from {}\n", member(lab, "name"), member(lab, "file"));
  for (const Json& process : list(lab, "processes"))
    fmt::print("  process {:<10} {}\n", member(process, "name"),
               member(process, "alive") == "yes" ? "pid " + member(process, "pid")
                                                 : std::string("NOT RUNNING: `twinframe up` starts it again"));
  for (const Json& system : list(lab, "systems")) {
    if (member(system, "type_model").empty()) {
      fmt::print("  {}  {}\n", member(system, "name"), member(system, "state"));
      continue;
    }
    fmt::print("  {} {}*{}  {}  {} of {} MiB free\n", member(system, "name"), member(system, "type_model"),
               member(system, "serial_num"), member(system, "state"), member(system, "available_mem_mb"),
               member(system, "installed_mem_mb"));
    if (const std::string engine = member(system, "engine"); !engine.empty())
      fmt::print("    engine: {}; taken over: {}; left alone: {}\n", engine, words(system, "engine_taken_over"),
                 words(system, "engine_left_alone"));
    for (const Json& lpar : list(system, "partitions")) {
      fmt::print("    {:>3} {:<12} {:<25} {:>6} MiB {:>3} proc  {:<8}\n", member(lpar, "id"), member(lpar, "name"),
                 member(lpar, "state"), member(lpar, "memory_mb"), member(lpar, "processors"), member(lpar, "refcode"));
      if (const std::string why = member(lpar, "trouble"); !why.empty()) fmt::print("        {}\n", why);
    }
  }
  for (const Json& forward : list(lab, "forwards"))
    fmt::print("  127.0.0.1:{}/{} leads to {}:{}\n", member(forward, "host_port"), member(forward, "protocol"),
               member(forward, "guest_address"), member(forward, "guest_port"));
  for (const Json& console : list(lab, "consoles")) show_ssh(lab, console);
  for (const Json& fault : list(lab, "faults"))
    if (const auto* line = std::get_if<std::string>(&fault.value)) fmt::print("  fault {}\n", *line);
}

void show_ssh(const Json& lab, const Json& ssh) {
  if (member(ssh, "address").empty()) return;
  const bool several = list(lab, "consoles").size() > 1;
  fmt::print("  ssh {}@{} -p {}  host key {}  (`twinframe ssh{}`)\n", member(ssh, "user"), member(ssh, "address"),
             member(ssh, "port"), member(ssh, "host_key_fingerprint"), several ? " --console " + member(ssh, "console") : "");
  if (const std::string why = member(ssh, "why_no_shell"); !why.empty()) fmt::print("    commands only, no shell: {}\n", why);
}

class StatusCommand final : public Command {
 public:
  void accept(Options& options) override {
    lab_.accept(options);
    options.flag("--json", "For programs", json_);
  }

  int run() override {
    std::vector<std::string> names = lab_names();
    if (!lab_.name().empty()) names = {lab_.name()};
    Json::List labs;
    for (const std::string& name : names) {
      const auto lab = find_lab(name);
      if (!lab) return failed(lab.error());
      labs.push_back(lab_status(*lab));
    }
    if (json_) {
      fmt::print("{}\n", Json(labs).text());
      return exit_done;
    }
    if (labs.empty()) fmt::print("no lab runs\n");
    for (const Json& lab : labs) show(lab);
    return exit_done;
  }

 private:
  LabOption lab_;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Command> make_status() { return std::make_unique<StatusCommand>(); }

}  // namespace emu::app
