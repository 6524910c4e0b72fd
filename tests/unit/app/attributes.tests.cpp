// SPDX-License-Identifier: GPL-2.0-or-later
// Random attribute lists for chsyscfg and mksyscfg, against a real hypervisor in this process. TWINFRAME_ATTRIBUTE_LISTS says how many
// (2000 if it is not set), TWINFRAME_SEED which.
#include <cstdlib>
#include <random>

#include <unistd.h>

#include "emu/core/profile_rules.h"
#include "emu/core/text.h"
#include "emu/frame/service_processor.h"
#include "hmc/attributes/profile.h"
#include "hmc/hmc.h"
#include "tests/support/catch.h"
#include "tests/support/files.h"
#include "tests/support/places.h"

namespace {

using namespace emu;

class Link final : public hmc::FrameLink {
 public:
  explicit Link(frame::ServiceProcessor& there) : there_(there) {}
  Result<hmc::Reply> exchange(const service::Request& request, u64) override {
    return std::visit(
        [&](const auto& asked) -> Result<hmc::Reply> {
          auto answer = there_(asked);
          if (!answer) return answer.error();
          return hmc::Reply(std::move(*answer));
        },
        request);
  }
  void stop() override {}

 private:
  frame::ServiceProcessor& there_;
};

struct Output final : hmc::Session {
  std::string text;
  void write(std::string_view more) override { text += more; }
  Result<std::string> read(u64) override { return Error{"closed", ""}; }
  Result<std::string> file(const std::string&) const override { return Error{"file", "There is none"}; }
  bool cancelled() const override { return false; }
};

struct Answer {
  int code = 0;
  std::string text;
};

// One frame of the lab, and a console.
struct House {
  support::Folder folder;
  HostClock clock;
  hmc::HostPause pause;
  Lab lab;
  LabFolders folders;
  std::unique_ptr<firmware::Journal> journal;
  std::unique_ptr<firmware::Witness> witness;
  std::unique_ptr<firmware::Hypervisor> hypervisor;
  frame::Death death;
  std::unique_ptr<frame::ViosThreads> vioses;
  std::unique_ptr<frame::ServiceProcessor> service_processor;
  std::unique_ptr<hmc::Hmc> console;

  House() {
    lab = *read_lab((support::checkout() / "images/labs/pair.toml").string());
    folders = {folder.path.string(), folder.path.string()};
    journal = std::move(*firmware::Journal::open(":memory:"));
    witness = std::move(*firmware::Witness::open(":memory:"));
    hypervisor = std::move(*firmware::Hypervisor::create(lab.frames[0], *journal, *witness, clock));
    vioses = std::make_unique<frame::ViosThreads>(lab, folders, lab.frames[0], *hypervisor, *journal, clock);
    service_processor =
        std::make_unique<frame::ServiceProcessor>(lab.frames[0], *hypervisor, *vioses, death, clock, folders.runtime, [] {});
    std::vector<hmc::FrameEndpoint> frames;
    frames.push_back({"frameA", std::make_unique<Link>(*service_processor)});
    console = std::move(*hmc::Hmc::create({}, std::move(frames), nullptr, clock, pause));
    console->heartbeat();
  }
  ~House() {
    console.reset();
    service_processor.reset();
    hypervisor->shut_down();
    vioses.reset();
    hypervisor.reset();
  }

  Answer hmc(const std::vector<std::string>& argv) {
    Output output;
    const int code = console->run_command(argv, output);
    return {code, output.text};
  }
  std::vector<LparDefinition> stored() {
    std::vector<LparDefinition> all;
    for (const firmware::LparStatus& lpar : hypervisor->lpars()) all.push_back(lpar.definition);
    return all;
  }
  std::vector<SystemProfile> system_profiles() { return hypervisor->system_profiles().profiles; }
  std::vector<std::string> listed(const char* what = "prof") {
    auto lines = words(hmc({"lssyscfg", "-r", what, "-m", "frameA"}).text, '\n');
    std::ranges::sort(lines);
    return lines;
  }
};

class Dice {
 public:
  explicit Dice(u64 seed) : engine_(seed) {}
  u64 below(u64 end) { return engine_() % end; }
  bool one_in(u64 n) { return below(n) == 0; }
  template <class List>
  auto of(const List& list) {
    return *std::next(std::begin(list), static_cast<std::ptrdiff_t>(below(std::size(list))));
  }

 private:
  std::mt19937_64 engine_;
};

// Values as people, programs and mischief give them.
class Lists {
 public:
  Lists(House& house, Dice& dice) : house_(house), dice_(dice) {
    for (const auto& attribute : hmc::attributes::profile_attributes()) names_.emplace_back(attribute.column.name);
  }

  std::vector<std::string> command() {
    const auto lpars = house_.stored();
    const LparDefinition lpar = dice_.of(lpars);
    const std::string profile = lpar.profiles.empty() || dice_.one_in(20) ? "nobody" : dice_.of(lpar.profiles).name;
    const std::string fresh = "p" + std::to_string(dice_.below(6));
    switch (dice_.below(12)) {
      case 0: {
        const char* env = dice_.one_in(3) ? "vioserver" : "aixlinux";
        return configure(
            "mksyscfg", "lpar",
            "name=l" + std::to_string(dice_.below(8)) + ",profile_name=" + fresh + ",lpar_env=" + env + sizes() + some(4));
      }
      case 1:
      case 2: {
        auto argv = configure("mksyscfg", "prof", "name=" + fresh + ",lpar_name=" + lpar.name + sizes() + some(4));
        if (dice_.one_in(2)) argv.emplace_back("--force");
        return argv;
      }
      case 5:
      case 6:
        return of_system_profile(lpars);
      case 3:
        return configure("chsyscfg", "lpar", "name=" + lpar.name + of_lpar());
      case 4:
        if (lpar.profiles.size() > 1) return {"rmsyscfg", "-r", "prof", "-m", "frameA", "-p", lpar.name, "-n", profile};
        return {"rmsyscfg", "-r", "lpar", "-m", "frameA", "-n", lpar.lpar_id > 3 ? lpar.name : "nobody"};
      default:
        return configure("chsyscfg", "prof", "name=" + profile + ",lpar_name=" + lpar.name + some(5));
    }
  }

 private:
  static std::vector<std::string> configure(const char* command, const char* what, const std::string& data) {
    return {command, "-r", what, "-m", "frameA", "-i", data};
  }

  // Up to three partitions and their profiles, now and then others, and now and then not as many of these as of those.
  std::vector<std::string> of_system_profile(const std::vector<LparDefinition>& lpars) {
    static const char* const signs[] = {"=", "=", "+=", "-="};
    const std::string name = "s" + std::to_string(dice_.below(4));
    if (dice_.one_in(8)) return {"rmsyscfg", "-r", "sysprof", "-m", "frameA", "-n", name};
    const std::string sign = dice_.of(signs);
    const bool by_id = dice_.one_in(3);
    std::string of_lpars;
    std::string of_profiles;
    for (u64 left = 1 + dice_.below(3); left > 0; --left) {
      const LparDefinition& lpar = lpars[dice_.below(lpars.size())];
      const std::string profile = lpar.profiles.empty() ? "none" : dice_.of(lpar.profiles).name;
      if (!dice_.one_in(20))
        of_lpars += (of_lpars.empty() ? "" : ",") + (dice_.one_in(20) ? number()
                                                     : by_id          ? std::to_string(lpar.lpar_id)
                                                                      : lpar.name);
      if (!dice_.one_in(20)) of_profiles += (of_profiles.empty() ? "" : ",") + (dice_.one_in(20) ? words_of("") : profile);
    }
    std::string data = "name=" + name;
    if (!dice_.one_in(10)) data += ",\"" + std::string(by_id ? "lpar_ids" : "lpar_names") + sign + of_lpars + "\"";
    if (!dice_.one_in(10)) data += ",\"profile_names" + sign + of_profiles + "\"";
    if (dice_.one_in(8)) data += ",new_name=s" + std::to_string(dice_.below(4));
    return configure(dice_.one_in(2) ? "mksyscfg" : "chsyscfg", "sysprof", data);
  }

  std::string number() {
    static const char* const odd[] = {"-1",         "0x10", "1e3", "4294967295",           "4294967296", "18446744073709551616",
                                      "0000000001", "",     " 4",  "99999999999999999999", "+2",         "1.0"};
    return dice_.one_in(6) ? dice_.of(odd) : std::to_string(dice_.below(dice_.one_in(3) ? 70000 : 66));
  }
  std::string slot() { return dice_.one_in(8) ? number() : std::to_string(2 + dice_.below(18)); }
  std::string flag() { return dice_.one_in(8) ? number() : std::to_string(dice_.below(2)); }
  std::string adapter(const std::string& name) {
    static const char* const remote[] = {"any", "", "1", "3", "65535", "0", "banana"};
    static const char* const vlans[] = {"", "", "20", "\"20,30\"", "\"1,1\"", "0", "5000"};
    if (name == "virtual_eth_adapters")
      return slot() + "/" + flag() + "/" + number() + "/" + dice_.of(vlans) + "/" + (dice_.one_in(3) ? number() : "0") + "/" +
             flag() + (dice_.one_in(2) ? "/ETHERNET0" : "");
    if (name == "virtual_scsi_adapters")
      return slot() + (dice_.one_in(2) ? "/client/" : "/server/") + dice_.of(remote) + "/" + (dice_.one_in(2) ? "viosA" : "") +
             "/" + dice_.of(remote) + "/" + flag();
    if (name == "virtual_serial_adapters") return slot() + "/server/1/any//any/" + flag();
    if (name == "io_slots") return "2101000" + std::to_string(dice_.below(4)) + "/none/" + flag();
    return slot();
  }
  std::string words_of(const std::string&) {
    static const char* const all[] = {"shared",           "ded",    "cap",    "uncap",   "keep_idle_procs",
                                      "share_idle_procs", "norm",   "sms",    "of",      "none",
                                      "default",          "POWER6", "POWER8", "POWER99", "null",
                                      "banana",           "1",      "0",      "32",      "33"};
    return dice_.of(all);
  }
  std::string value(const std::string& name) {
    if (dice_.one_in(30)) return std::string(1 + dice_.below(5000), static_cast<char>('!' + dice_.below(90)));
    if (dice_.one_in(30)) {
      std::string noise;
      for (u64 left = dice_.below(12); left > 0; --left) noise += static_cast<char>(dice_.below(256));
      return noise;
    }
    if (name.find("units") != name.npos)
      return dice_.one_in(8) ? number()
                             : std::to_string(dice_.below(3)) + "." + std::to_string(dice_.below(dice_.one_in(3) ? 1000 : 10));
    if (name.find("adapters") != name.npos || name == "io_slots") {
      std::string list = dice_.one_in(5) ? "none" : adapter(name);
      while (dice_.one_in(3)) list += "," + adapter(name);
      return list;
    }
    if (name.find("_mem") != name.npos) return dice_.one_in(4) ? number() : std::to_string(16 * dice_.below(40));
    if (name.find("procs") != name.npos) return dice_.one_in(6) ? number() : std::to_string(1 + dice_.below(4));
    return dice_.one_in(2) ? words_of(name) : number();
  }
  // With quotes, as a value that may have commas is given.
  std::string pair(const std::string& name) {
    static const char* const signs[] = {"=", "=", "=", "+=", "-="};
    std::string quoted;
    for (const char c : value(name)) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
    return ",\"" + name + dice_.of(signs) + quoted + "\"";
  }
  std::string some(u64 most) {
    std::string list;
    for (u64 left = dice_.below(most + 1); left > 0; --left) list += pair(dice_.one_in(40) ? "nonsense" : dice_.of(names_));
    return list;
  }
  std::string sizes() { return dice_.one_in(8) ? "" : ",min_mem=64,desired_mem=128,max_mem=256"; }
  std::string of_lpar() {
    static const char* const names[] = {"msp",         "time_ref",  "work_group_id", "default_profile",
                                        "description", "boot_mode", "lpar_id"};
    std::string list;
    for (u64 left = dice_.below(4); left > 0; --left) list += pair(dice_.of(names));
    if (dice_.one_in(6)) list += ",new_name=l" + std::to_string(dice_.below(8));
    return list;
  }

  House& house_;
  Dice& dice_;
  std::vector<std::string> names_;
};

// What is not there, or stands where it must not.
std::string first_broken(const std::vector<SystemProfile>& profiles, const std::vector<LparDefinition>& lpars) {
  for (const SystemProfile& profile : profiles) {
    for (const BrokenRule& broken : broken_rules(profile)) return profile.name + ": " + broken.rule;
    for (const SystemProfileEntry& entry : profile.entries) {
      const auto lpar = std::ranges::find(lpars, entry.lpar_id, &LparDefinition::lpar_id);
      if (lpar == lpars.end() || !lpar->profile(entry.profile)) return profile.name + " has what is gone: " + entry.profile;
    }
  }
  return "";
}

u64 from_environment(const char* name, u64 otherwise) {
  const char* text = std::getenv(name);
  return text ? std::strtoull(text, nullptr, 10) : otherwise;
}

std::string first_broken(const LparDefinition& lpar, const SystemLimits& limits) {
  for (const BrokenRule& broken : broken_rules(lpar)) return lpar.name + ": " + broken.attribute + ": " + broken.rule;
  for (const Profile& profile : lpar.profiles)
    for (const BrokenRule& broken : broken_rules(profile, lpar.env, limits))
      return lpar.name + ", " + profile.name + ": " + broken.attribute + ": " + broken.rule;
  return "";
}

}  // namespace

TEST_CASE("whatever attributes are given, what is stored obeys the rules, and what is listed can be given again",
          "[attributes]") {
  const u64 lists = from_environment("TWINFRAME_ATTRIBUTE_LISTS", 2000);
  const u64 seed = from_environment("TWINFRAME_SEED", 12);
  House house;
  Dice dice(seed);
  Lists random(house, dice);
  const SystemLimits limits = limits_of(house.lab.frames[0]);
  u64 taken = 0;
  size_t most_profiles = 0;
  for (u64 i = 0; i < lists; ++i) {
    const auto before = house.stored();
    const auto profiles_before = house.system_profiles();
    const auto argv = random.command();
    std::string line;
    for (const std::string& word : argv) line += word + " ";
    INFO("seed " << seed << ", list " << i << ": " << line);
    const Answer answer = house.hmc(argv);
    INFO(answer.text);
    const auto after = house.stored();
    if (answer.code != 0) {
      if (answer.code != 1 || !answer.text.ends_with('\n') || answer.text.size() > 600) FAIL("not one sentence");
      if (after != before || house.system_profiles() != profiles_before) FAIL("refused, and done all the same");
      continue;
    }
    ++taken;
    for (const LparDefinition& lpar : after)
      if (const std::string broken = first_broken(lpar, limits); !broken.empty()) FAIL(broken);
    const auto profiles = house.system_profiles();
    most_profiles = std::max(most_profiles, profiles.size());
    if (const std::string broken = first_broken(profiles, after); !broken.empty()) FAIL(broken);
    if (profiles != profiles_before)
      for (const std::string& profile : house.listed("sysprof")) {
        if (profiles.empty()) break;
        const Answer again = house.hmc({"chsyscfg", "-r", "sysprof", "-m", "frameA", "-i", profile});
        if (again.code != 0 || house.system_profiles() != profiles) FAIL("chsyscfg, given " << profile << ": " << again.text);
      }
    if (after == before) continue;
    const auto listed = house.listed();
    for (const std::string& profile : listed) {
      const Answer again = house.hmc({"chsyscfg", "-r", "prof", "-m", "frameA", "-i", profile});
      if (again.code != 0 || house.stored() != after) FAIL("chsyscfg, given " << profile << ": " << again.text);
    }
    const std::string profile = dice.of(listed);
    const Answer anew = house.hmc({"mksyscfg", "-r", "prof", "-m", "frameA", "--force", "-i", profile});
    if (anew.code != 0 || house.listed() != listed) FAIL("mksyscfg, given " << profile << ": " << anew.text);
  }
  // Enough of both, or the lists would test nothing.
  CHECK(taken > lists / 20);
  CHECK(taken < lists - lists / 20);
  CHECK(most_profiles > 2);
}
