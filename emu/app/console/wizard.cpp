// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/app/console/wizard.h"

#include "emu/core/text.h"

#include <algorithm>

#include <fmt/format.h>

namespace emu::app::console {

namespace {

struct Titled {
  Page page;
  std::string_view title;
};
constexpr Titled titles[] = {
    {Page::set_up, "Partition Migration Validation"},
    {Page::information, "Migration Information"},
    {Page::profile, "Profile Name"},
    {Page::destination, "Destination"},
    {Page::validation, "Partition Validation Errors/Warnings"},
    {Page::movers, "Mover Service Partitions"},
    {Page::vlans, "VLAN Configuration"},
    {Page::scsi, "Virtual SCSI Adapters"},
    {Page::pool, "Shared Processor Pools"},
    {Page::wait, "Wait Time"},
    {Page::summary, "Summary"},
    {Page::status, "Partition Migration Status"},
};

// Redbook 4.4.3: an inactive migration has no movers.
std::vector<Page> pages_of(Operation operation, bool running) {
  switch (operation) {
    case Operation::validate:
      return {Page::set_up, Page::validation};
    case Operation::migrate:
      if (!running)
        return {Page::information, Page::profile, Page::destination, Page::validation, Page::vlans,
                Page::scsi,        Page::pool,    Page::summary,     Page::status};
      return {Page::information, Page::profile, Page::destination, Page::validation, Page::movers, Page::vlans,
              Page::scsi,        Page::pool,    Page::wait,        Page::summary,    Page::status};
    case Operation::stop:
    case Operation::recover:
      return {Page::summary, Page::status};
  }
  return {};
}

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

// "slot/name/id ..." sorted by their first part: one choice for each slot or VLAN.
std::vector<Choice> grouped(const std::string& possible, const std::string& suggested, std::string_view label) {
  std::vector<Choice> choices;
  if (possible.empty() || possible == "none") return choices;
  const auto wanted = emu::words(suggested, ',');
  for (const std::string& text : emu::words(possible, ',')) {
    const std::string name = fmt::format("{} {}", label, text.substr(0, text.find('/')));
    auto choice = std::ranges::find(choices, name, &Choice::label);
    if (choice == choices.end()) choice = choices.insert(choices.end(), Choice{name, {}, 0});
    choice->options.push_back(text);
    if (std::ranges::find(wanted, text) != wanted.end()) choice->chosen = choice->options.size() - 1;
  }
  return choices;
}

std::string joined(const std::vector<Choice>& choices) {
  std::string text;
  for (const Choice& choice : choices) text += (text.empty() ? "" : ",") + choice.text();
  return text;
}

}  // namespace

std::string_view title_of(Page page) { return std::ranges::find(titles, page, &Titled::page)->title; }

std::string attribute(const std::string& line, std::string_view name) {
  for (size_t at = 0; at < line.size();) {
    const bool quoted = line[at] == '"';
    if (quoted) ++at;
    size_t end = line.find(quoted ? '"' : ',', at);
    if (end == line.npos) end = line.size();
    const std::string entry = line.substr(at, end - at);
    if (entry.size() > name.size() && entry.starts_with(name) && entry[name.size()] == '=') return entry.substr(name.size() + 1);
    at = quoted ? end + 2 : end + 1;
  }
  return "";
}

std::string shell_line(const std::vector<std::string>& words) {
  std::string line;
  for (const std::string& word : words) {
    if (!line.empty()) line += ' ';
    if (!word.empty() && word.find_first_of(" \t\"'\\$*?;&|<>()`") == word.npos) {
      line += word;
      continue;
    }
    line += '"';
    for (const char c : word) {
      if (c == '"' || c == '\\' || c == '$' || c == '`') line += '\\';
      line += c;
    }
    line += '"';
  }
  return line;
}

Wizard::Wizard(Operation operation, Subject subject, Run run)
    : operation_(operation), subject_(std::move(subject)), run_(std::move(run)), pages_(pages_of(operation, subject_.running)) {
  destination.options = subject_.other_systems;
  enter();
}

std::vector<Choice*> Wizard::choices() {
  std::vector<Choice*> all;
  if (page() == Page::destination) all.push_back(&destination);
  if (page() == Page::movers) all.push_back(&movers);
  if (page() == Page::pool) all.push_back(&pool);
  if (page() == Page::vlans)
    for (Choice& choice : vlans) all.push_back(&choice);
  if (page() == Page::scsi)
    for (Choice& choice : scsi) all.push_back(&choice);
  return all;
}

// ---- the command ----

std::vector<std::string> Wizard::through() const {
  const auto found = subject_.remote.find(destination.text());
  return found == subject_.remote.end() ? std::vector<std::string>{} : std::vector<std::string>{"--ip", found->second};
}

std::vector<std::string> Wizard::basic_words(std::string_view letter) const {
  std::vector<std::string> words{"migrlpar", "-o", std::string(letter), "-m", subject_.system};
  if (letter == "s" || letter == "r") {
    words.insert(words.end(), {"-p", subject_.partition});
    if (letter == "r" && force) words.emplace_back("--force");
    return words;
  }
  words.insert(words.end(), {"-t", destination.text(), "-p", subject_.partition});
  if (!profile_name.empty()) words.insert(words.end(), {"-n", profile_name});
  if (!wait_minutes.empty() && wait_minutes != "5") words.insert(words.end(), {"-w", wait_minutes});
  const auto ip = through();
  words.insert(words.end(), ip.begin(), ip.end());
  return words;
}

std::vector<std::string> Wizard::words(std::string_view letter) const {
  std::vector<std::string> words = basic_words(letter);
  // The wizard validates before it asks for these; the validation window does as often as somebody wants.
  if (letter == "s" || letter == "r" || (letter == "v" && operation_ == Operation::migrate)) return words;
  std::string data;
  const auto add = [&](const std::string& entry) {
    const bool is_list = entry.find(',') != entry.npos;
    data += (data.empty() ? "" : ",") + (is_list ? "\"" + entry + "\"" : entry);
  };
  if (const auto pair = emu::words(movers.text(), ' '); pair.size() == 3) {
    add("source_msp_name=" + pair[0]);
    add("dest_msp_name=" + pair[2]);
  }
  if (!scsi.empty()) add("virtual_scsi_mappings=" + joined(scsi));
  if (!vlans.empty()) add("vlan_mappings=" + joined(vlans));
  const std::string into = pool.text().substr(0, pool.text().find(" ("));
  if (!into.empty() && into != "DefaultPool") add("shared_proc_pool_name=" + into);
  if (!data.empty()) words.insert(words.end(), {"-i", data});
  return words;
}

std::string Wizard::command() const {
  constexpr std::string_view letters[] = {"v", "m", "s", "r"};
  return shell_line(words(letters[static_cast<size_t>(operation_)]));
}

// ---- from page to page ----

void Wizard::ask(std::vector<std::string> words_asked, void (Wizard::*take)(const std::string&)) {
  questions_.push_back({run_(std::move(words_asked)), take});
}

// The destination is chosen: what there is to choose on it can be asked while it is validated.
void Wizard::ask_for_choices() {
  questions_.clear();
  movers = {};
  vlans.clear();
  scsi.clear();
  pool = {};
  const auto listed = [&](const char* what) {
    std::vector<std::string> asked{"lslparmigr",
                                   "-r",
                                   what,
                                   "-m",
                                   subject_.system,
                                   "-t",
                                   destination.text(),
                                   "--filter",
                                   "lpar_names=" + subject_.partition};
    const auto ip = through();
    asked.insert(asked.end(), ip.begin(), ip.end());
    return asked;
  };
  if (subject_.running) ask(listed("msp"), &Wizard::take_movers);
  ask(listed("virtualio"), &Wizard::take_mappings);
  // What mends an error is a partition's, of one of the two.
  known_.clear();
  const auto partitions = [](const std::string& system) -> std::vector<std::string> {
    return {"lssyscfg", "-r", "lpar", "-m", system, "-F", "name,lpar_env,msp,curr_profile,default_profile"};
  };
  // The pools and partitions of another console's system cannot be asked here.
  if (through().empty()) {
    ask(partitions(subject_.system), &Wizard::take_source);
    ask(partitions(destination.text()), &Wizard::take_destination);
  }
  if (!through().empty()) return;
  ask({"lshwres", "-r", "proc", "-m", destination.text(), "--level", "sys"}, &Wizard::take_units);
  ask({"lshwres", "-r", "procpool", "-m", destination.text()}, &Wizard::take_pools);
}

void Wizard::validate_again() {
  // What an error has left out is there to be chosen when it is mended.
  if (asked_for_ != destination.text() || has_errors()) ask_for_choices();
  asked_for_ = destination.text();
  validated_as_ = shell_line(basic_words("v"));
  validation_ = run_(words("v"));
}

void Wizard::enter() {
  switch (page()) {
    case Page::validation:
      if (shell_line(basic_words("v")) != validated_as_ || operation_ == Operation::validate) validate_again();
      return;
    case Page::status: {
      constexpr std::string_view letters[] = {"v", "m", "s", "r"};
      final_ = run_(words(letters[static_cast<size_t>(operation_)]));
      return;
    }
    default:
      return;
  }
}

void Wizard::update() {
  for (size_t i = 0; i < questions_.size();) {
    if (!questions_[i].task->done()) {
      ++i;
      continue;
    }
    const Question answered = questions_[i];
    questions_.erase(questions_.begin() + static_cast<long>(i));
    if (answered.task->code() == 0) (this->*answered.take)(answered.task->output());
  }
}

// source_msp_name=viosA,source_msp_id=1,"dest_msp_names=viosB,viosC","dest_msp_ids=1,2"
void Wizard::take_movers(const std::string& output) {
  movers = {};
  for (const std::string& line : emu::words(output, '\n'))
    for (const std::string& name : emu::words(attribute(line, "dest_msp_names"), ','))
      movers.options.push_back(attribute(line, "source_msp_name") + " \u2192 " + name);
}

void Wizard::take_mappings(const std::string& output) {
  const std::string line = first_line(output);
  vlans = grouped(attribute(line, "possible_vlan_mappings"), attribute(line, "suggested_vlan_mappings"), "VLAN");
  scsi = grouped(attribute(line, "possible_virtual_scsi_mappings"), attribute(line, "suggested_virtual_scsi_mappings"), "slot");
}

// The default pool is first, and the command need not name it.
void Wizard::take_units(const std::string& output) {
  const std::string units = attribute(first_line(output), "curr_avail_sys_proc_units");
  if (!units.empty())
    pool.options.insert(pool.options.begin(), fmt::format("DefaultPool (0): {} processing units available", units));
}

// Of the others those that take partitions. (Redbook, figure 5-8)
void Wizard::take_pools(const std::string& output) {
  for (const std::string& line : emu::words(output, '\n')) {
    const std::string most = attribute(line, "max_pool_proc_units");
    if (most.empty() || most == "0.0") continue;
    pool.options.push_back(fmt::format("{} ({}): {} processing units at most", attribute(line, "name"),
                                       attribute(line, "shared_proc_pool_id"), most));
  }
}

void Wizard::take_source(const std::string& output) { take_partitions(subject_.system, output); }
void Wizard::take_destination(const std::string& output) { take_partitions(destination.text(), output); }

void Wizard::take_partitions(const std::string& system, const std::string& output) {
  const Listing listing = listing_of({"name", "env", "msp", "current", "default"}, 0, output);
  for (size_t i = 0; i < listing.rows.size(); ++i) {
    const std::string current = listing.value(i, "current");
    known_.push_back({system, listing.value(i, "name"), listing.value(i, "env") == "vioserver", listing.value(i, "msp") == "1",
                      current.empty() ? listing.value(i, "default") : current});
  }
}

Definition Wizard::mending(const Finding& finding) const {
  return console::mending(finding.text, {subject_.partition, subject_.system, destination.text(), subject_.running, known_});
}

bool Wizard::asking() const {
  if (page() == Page::validation) return validation_ && !validation_->done();
  if (page() == Page::movers || page() == Page::vlans || page() == Page::scsi || page() == Page::pool) return !questions_.empty();
  if (page() == Page::status) return final_ && !final_->done();
  return false;
}

std::vector<Finding> Wizard::findings() const {
  std::vector<Finding> all;
  bool error = true;
  if (!validation_) return all;
  for (const std::string& line : emu::words(validation_->output(), '\n')) {
    if (line == "Errors:" || line == "Warnings:")
      error = line == "Errors:";
    else
      all.push_back({error, line});
  }
  return all;
}
bool Wizard::has_errors() const { return validation_ && validation_->done() && validation_->code() != 0; }

std::string Wizard::obstacle() const {
  if (asking()) return "The HMC is asked.";
  if (page() == Page::destination && destination.options.empty()) return "There is no other system.";
  if (page() == Page::validation && has_errors()) return "There are errors: they must be eliminated first.";
  if (page() == Page::set_up && destination.options.empty()) return "There is no other system.";
  if (page() == Page::movers && movers.options.empty()) return "There is no pair of mover service partitions.";
  if ((page() == Page::wait || page() == Page::set_up) &&
      (wait_minutes.empty() || wait_minutes.size() > 4 ||
       !std::ranges::all_of(wait_minutes, [](char c) { return c >= '0' && c <= '9'; })))
    return "Wait time: minutes, a number.";
  return "";
}
bool Wizard::may_go_on() const { return obstacle().empty(); }

bool Wizard::at_its_end() const { return page() == Page::status; }

void Wizard::next() {
  if (at_its_end()) {
    if (!asking()) closed_ = true;
    return;
  }
  // The list of findings stands over the validation window, which is there again after it. (Redbook, figure 4-13)
  if (operation_ == Operation::validate && page() == Page::validation) {
    if (!asking()) back();
    return;
  }
  if (!may_go_on()) return;
  ++at_;
  enter();
}

void Wizard::back() {
  if (may_go_back()) --at_;
}

// Redbook, figures 4-10 and 4-13. A partition that is not activated needs neither movers nor time to prepare itself.
std::vector<FormLine> Wizard::set_up() {
  std::vector<FormLine> lines{{"Source system", subject_.system},
                              {"Migrating partition", subject_.partition},
                              {"Destination system", {}, nullptr, nullptr, &destination},
                              {"Destination profile name", {}, &profile_name}};
  if (subject_.running) {
    const auto pair = emu::words(movers.text(), ' ');
    lines.push_back({"Source mover service partition", pair.size() == 3 ? pair[0] : ""});
    lines.push_back({"Destination mover service partition", pair.size() == 3 ? pair[2] : ""});
    if (movers.options.size() > 1) lines.push_back({"MSP Pairing", {}, nullptr, nullptr, &movers});
    lines.push_back({"Wait time (in min)", {}, &wait_minutes});
  }
  for (Choice& choice : scsi) lines.push_back({"Virtual SCSI, " + choice.label, {}, nullptr, nullptr, &choice});
  for (Choice& choice : vlans) lines.push_back({choice.label, {}, nullptr, nullptr, &choice});
  if (pool.options.size() > 1) lines.push_back({"Shared processor pool", {}, nullptr, nullptr, &pool});
  return lines;
}

bool Wizard::may_migrate() const {
  return operation_ == Operation::validate && page() == Page::set_up && validation_ && validation_->done() && !has_errors() &&
         questions_.empty() && obstacle().empty() && validated_as_ == shell_line(basic_words("v"));
}

void Wizard::migrate() {
  if (!may_migrate()) return;
  operation_ = Operation::migrate;
  pages_ = {Page::summary, Page::status};
  at_ = 1;
  enter();
}

}  // namespace emu::app::console
