// SPDX-License-Identifier: GPL-2.0-or-later
// twinframe san: what a storage administrator does while the lab runs. Servers find it by cfgdev. (Redbook 2.2.1, 3.7)
#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "emu/app/commands.h"
#include "emu/app/frames.h"
#include "emu/app/json.h"
#include "emu/app/lab_option.h"
#include "emu/app/luns.h"
#include "emu/core/names.h"
#include "emu/core/paths.h"
#include "emu/core/san.h"
#include "emu/core/text.h"

namespace emu::app {

namespace {

namespace fs = std::filesystem;

// What an action works on: the SAN as it is, and the words behind the action's name.
struct Work {
  const NamedLab& lab;
  San& san;
  std::vector<std::string> words;

  std::vector<LunConfig> luns() const { return san.luns(lab.lab); }
  Result<LunConfig> lun() const {
    const auto all = luns();
    const auto found = std::ranges::find(all, words[0], &LunConfig::name);
    if (found == all.end())
      return Error{"san", fmt::format("The SAN has no LUN {}: `twinframe san list` shows all.", shown_name(words[0]))};
    return *found;
  }
};

// A server as it is written: frameA/viosA.
struct Server {
  std::string frame;
  std::string name;
  std::string uuid{};
  std::string text() const { return frame + "/" + name; }
};

Result<Server> server_of(const NamedLab& lab, const std::string& text) {
  const size_t slash = text.find('/');
  if (slash == text.npos)
    return Error{"san", fmt::format("{} is no Virtual I/O Server: FRAME/NAME is one, such as frameA/viosA.", shown_name(text))};
  const Server server{text.substr(0, slash), text.substr(slash + 1)};
  const auto channel = TRY(connect_frame(lab, server.frame));
  const service::LparInfo lpar = TRY(find_lpar(*channel, server.frame, server.name));
  if (lpar.definition.env != LparEnv::vioserver)
    return Error{"san", fmt::format("{} of {} is no Virtual I/O Server.", shown_name(server.name), server.frame)};
  return Server{server.frame, lpar.definition.name, lpar.definition.uuid};
}

Result<std::vector<Server>> servers_of(const Work& work) {
  std::vector<Server> servers;
  for (auto word = work.words.begin() + 1; word != work.words.end(); ++word) servers.push_back(TRY(server_of(work.lab, *word)));
  return servers;
}

// Every server that there is. Of a frame that does not answer those of the lab file, and those that LUNs were shown to.
Result<std::vector<Server>> all_servers(const Work& work) {
  const NamedLab& lab = work.lab;
  std::vector<Server> all;
  for (const FrameConfig& frame : lab.lab.frames) {
    std::vector<LparDefinition> lpars = frame.partitions;
    if (const auto channel = connect_frame(lab, frame.name)) {
      lpars.clear();
      for (const service::LparInfo& lpar : TRY(service::ask(**channel, service::ListLpars{})).lpars)
        lpars.push_back(lpar.definition);
    } else {
      for (const auto& [server, shows] : work.san.views)
        if (const std::string name = server.substr(server.find('/') + 1);
            server == frame.name + "/" + name && std::ranges::count(lpars, name, &LparDefinition::name) == 0)
          all.push_back({frame.name, name, shows.uuid});
    }
    for (const LparDefinition& lpar : lpars)
      if (lpar.env == LparEnv::vioserver) all.push_back({frame.name, lpar.name, lpar.uuid});
  }
  return all;
}

std::vector<std::string> seen_by(const Work& work, const Server& server) {
  return work.san.seen_by(work.lab.lab, server.frame, server.name, server.uuid);
}

// ---- the actions ----

void remove_files(const NamedLab& lab, const LunConfig& lun) {
  std::error_code ignored;
  for (const char* kind : {".img", ".reservations", ".label", ".path"})
    fs::remove(fmt::format("{}/luns/{}{}", lab.folders.state, lun.name, kind), ignored);
}

Status create(Work& work) {
  std::error_code failed;
  const fs::path here = fs::current_path(failed);
  const LunConfig lun = TRY(
      lun_of(work.lab.lab, work.san, work.words[0], {work.words.begin() + 1, work.words.end()}, failed ? "/" : here.string()));
  // A server's own disks and volumes lie in the same folder.
  if (lun.path.empty() && is_there(work.lab.lun_file(lun)))
    return Error{"san", fmt::format("There is a file {} already: choose another name.", work.lab.lun_file(lun))};
  ++work.san.made_so_far;
  work.san.made.push_back(lun);
  return success();
}

// Its files first: what is said to be there without them begins anew.
Status remove(Work& work) {
  const LunConfig lun = TRY(work.lun());
  if (lun.line) return Error{"san", fmt::format("LUN {} is in the lab file: it ends when it is taken out there.", lun.name)};
  for (const Server& server : TRY(all_servers(work)))
    if (std::ranges::count(seen_by(work, server), lun.name))
      return Error{"san", fmt::format("{} sees LUN {}: unmap it first.", server.text(), lun.name)};
  std::erase_if(work.san.made, [&](const LunConfig& each) { return each.name == lun.name; });
  work.san.offline.erase(lun.name);
  for (auto& [server, shows] : work.san.views) std::erase(shows.luns, lun.name);
  remove_files(work.lab, lun);
  return success();
}

Status map(Work& work) {
  const LunConfig lun = TRY(work.lun());
  for (const Server& server : TRY(servers_of(work))) {
    std::vector<std::string> seen = seen_by(work, server);
    if (std::ranges::count(seen, lun.name) == 0) seen.push_back(lun.name);
    work.san.views[server.text()] = {seen, server.uuid};
  }
  return success();
}

Status hide_from(Work& work, const LunConfig& lun, const std::vector<Server>& servers) {
  for (const Server& server : servers) {
    std::vector<std::string> seen = seen_by(work, server);
    if (std::erase(seen, lun.name)) work.san.views[server.text()] = {seen, server.uuid};
  }
  return success();
}

Status unmap(Work& work) {
  const LunConfig lun = TRY(work.lun());
  return hide_from(work, lun, TRY(servers_of(work)));
}

Status mask(Work& work) {
  const LunConfig lun = TRY(work.lun());
  const std::vector<Server> only = TRY(servers_of(work));
  std::vector<Server> others = TRY(all_servers(work));
  std::erase_if(others, [&](const Server& each) { return std::ranges::count(only, each.text(), &Server::text) > 0; });
  TRY(hide_from(work, lun, others));
  return only.empty() ? success() : map(work);
}

// The file first: a LUN is never shorter than it is said to be.
Status resize(Work& work) {
  const LunConfig lun = TRY(work.lun());
  const auto size_mb = parse_number<u64>(work.words[1]);
  if (!size_mb || *size_mb == 0 || *size_mb > largest_lun_mb)
    return Error{"san", fmt::format("{} is no size: a LUN is of 1 to {} MiB.", shown_name(work.words[1]), largest_lun_mb)};
  if (*size_mb < lun.size_mb)
    return Error{"san", fmt::format("LUN {} has {} MiB, and does not become smaller: what is behind the new end would be lost.",
                                    lun.name, lun.size_mb)};
  const fs::path file = work.lab.lun_file(lun);
  std::error_code error;
  const u64 bytes = fs::file_size(file, error);
  if (!error && bytes < *size_mb * MiB) fs::resize_file(file, *size_mb * MiB, error);
  if (error)
    return Error{"san", fmt::format("{} of LUN {} cannot be made larger: {}.", file.string(), lun.name, error.message())};
  const auto made = std::ranges::find(work.san.made, lun.name, &LunConfig::name);
  if (made != work.san.made.end())
    made->size_mb = *size_mb;
  else
    work.san.sizes[lun.name] = *size_mb;
  return success();
}

// One LUN, or all of a storage subsystem.
Result<std::vector<std::string>> luns_meant(const Work& work) {
  const auto all = work.luns();
  std::vector<std::string> names;
  for (const LunConfig& lun : all)
    if (lun.name == work.words[0]) return std::vector{lun.name};
  for (const LunConfig& lun : all)
    if (lun.subsystem == work.words[0]) names.push_back(lun.name);
  if (!names.empty()) return names;
  return Error{"san", fmt::format("The SAN has no LUN and no storage subsystem {}: `twinframe san list` shows all.",
                                  shown_name(work.words[0]))};
}

Status offline(Work& work) {
  for (const std::string& name : TRY(luns_meant(work))) work.san.offline.insert(name);
  return success();
}
Status online(Work& work) {
  for (const std::string& name : TRY(luns_meant(work))) work.san.offline.erase(name);
  return success();
}

struct Action {
  std::string_view name;
  std::string_view words;
  std::string_view meaning;
  size_t least, most;  // words behind the name
  Status (*run)(Work&);
};
constexpr size_t any = ~size_t{0};
// Of this list dispatch and help are made.
constexpr Action actions[] = {
    {"create", "LUN [KEY=VALUE ...]", "a new LUN, with the keys of a [[lun]] in a lab file: size_mb=128 subsystem=box1", 1, any,
     create},
    {"remove", "LUN", "one that was created, and that no server sees, with all that is on it", 1, 1, remove},
    {"map", "LUN FRAME/SERVER ...", "these servers see it, too; cfgdev finds it", 2, any, map},
    {"unmap", "LUN FRAME/SERVER ...", "these servers see it no more; rmdev forgets it", 2, any, unmap},
    {"mask", "LUN [FRAME/SERVER ...]", "nobody but these servers sees it", 1, any, mask},
    {"resize", "LUN MIB", "it becomes larger; cfgdev finds that", 2, 2, resize},
    {"offline", "LUN|SUBSYSTEM", "it answers nobody", 1, 1, offline},
    {"online", "LUN|SUBSYSTEM", "and answers again", 1, 1, online},
};

class SanCommand final : public Command {
 public:
  void accept(Options& options) override {
    lab_.accept(options);
    options.flag("--json", "`list` as JSON", json_);
    std::string meaning = "\n  list: all LUNs, and who sees them";
    for (const Action& action : actions) meaning += fmt::format("\n  {} {}: {}", action.name, action.words, action.meaning);
    options.rest("ACTION ...", meaning, words_);
  }

  int run() override {
    const std::string action = words_.empty() ? "" : words_[0];
    const std::vector<std::string> rest(words_.begin() + !words_.empty(), words_.end());
    const auto lab = lab_.find();
    if (action == "list") {
      const bool json = json_ || rest == std::vector<std::string>{"--json"};
      if (!rest.empty() && !json) return failed({"words", "twinframe san list [--json]"}, exit_misused);
      const Status listed = lab ? list(*lab, json) : Status(lab.error());
      return listed ? exit_done : failed(listed.error());
    }
    if (json_) return failed({"words", "Option --json belongs to `twinframe san list`."}, exit_misused);
    const auto* known = std::ranges::find(actions, action, &Action::name);
    if (known == std::end(actions)) return failed({"words", "twinframe san ACTION ...: list" + names() + "."}, exit_misused);
    if (rest.size() < known->least || rest.size() > known->most)
      return failed({"words", fmt::format("twinframe san {} {}", known->name, known->words)}, exit_misused);
    const Status done = lab ? change(*lab, *known, rest) : Status(lab.error());
    return done ? exit_done : failed(done.error());
  }

 private:
  static std::string names() {
    std::string all;
    for (const Action& action : actions) all += fmt::format(", {}", action.name);
    return all;
  }

  // In the file first; then the servers are shown it.
  static Status change(const NamedLab& lab, const Action& action, const std::vector<std::string>& words) {
    const auto turn = TRY(take_turn(lab, [](const std::string& line) { fmt::print(stderr, "{}\n", line); }));
    const San before = TRY(read_san(lab.lab, lab.folders));
    San san = before;
    Work work{lab, san, words};
    TRY(action.run(work));
    TRY(write_san(san, lab.folders));
    // Also what an earlier command was killed before it had made.
    for (const LunConfig& lun : san.luns(lab.lab)) {
      const Status made = provide_lun(lab, lun);
      if (made) continue;
      TRY(write_san(before, lab.folders));
      return made;
    }
    // A frame that does not live reads it when it starts.
    for (const FrameConfig& frame : lab.lab.frames)
      if (const auto channel = connect_frame(lab, frame.name)) TRY(service::ask(**channel, service::FollowSan{}));
    return success();
  }

  static Status list(const NamedLab& lab, bool json) {
    San san = TRY(read_san(lab.lab, lab.folders));
    const Work work{lab, san, {}};
    const std::vector<Server> servers = TRY(all_servers(work));
    Json::List all;
    std::string lines = fmt::format("{:<16} {:>8}  {:<8} {:<12} {}\n", "LUN", "MiB", "state", "subsystem", "seen by");
    for (const LunConfig& lun : work.luns()) {
      Json::List seen;
      std::string names;
      for (const Server& server : servers) {
        if (std::ranges::count(seen_by(work, server), lun.name) == 0) continue;
        seen.emplace_back(server.text());
        names += (names.empty() ? "" : ",") + server.text();
      }
      const std::string state = san.offline.contains(lun.name) ? "offline" : "online";
      lines += fmt::format("{:<16} {:>8}  {:<8} {:<12} {}\n", lun.name, lun.size_mb, state,
                           lun.subsystem.empty() ? "-" : lun.subsystem, names.empty() ? "-" : names);
      all.emplace_back(Json::Object{{"name", lun.name},
                                    {"size_mb", lun.size_mb},
                                    {"state", state},
                                    {"subsystem", lun.subsystem},
                                    {"udid", lun.has_udid ? lun.udid : ""},
                                    {"in_lab_file", lun.line != 0},
                                    {"seen_by", std::move(seen)}});
    }
    fmt::print("{}", json ? Json(Json::Object{{"luns", std::move(all)}}).text() + "\n" : lines);
    return success();
  }

  LabOption lab_;
  bool json_ = false;
  std::vector<std::string> words_;
};

}  // namespace

std::unique_ptr<Command> make_san() { return std::make_unique<SanCommand>(); }

}  // namespace emu::app
