// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/app/console/sheets/sheet.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "emu/app/console/wizard.h"
#include "emu/core/text.h"
#include "hmc/attributes/list.h"

namespace emu::app::console {

namespace {
constexpr std::string_view not_there = "null";
const Listing nothing_listed;
}  // namespace

// ---- listings ----

Listing listing_of(std::vector<std::string> names, int code, const std::string& output) {
  Listing listing{std::move(names), {}, {}};
  if (code != 0) {
    listing.refusal = output.substr(0, output.find('\n'));
    return listing;
  }
  if (output == "No results were found.\n") return listing;
  for (const std::string& line : emu::words(output, '\n')) {
    Words row = hmc::attributes::split_list(line);
    if (row.size() == listing.names.size()) listing.rows.push_back(std::move(row));
  }
  return listing;
}

bool Listing::has(size_t row, std::string_view name) const {
  const auto found = std::ranges::find(names, name);
  return row < rows.size() && found != names.end() && rows[row][static_cast<size_t>(found - names.begin())] != not_there;
}

std::string Listing::value(size_t row, std::string_view name) const {
  if (!has(row, name)) return "";
  return rows[row][static_cast<size_t>(std::ranges::find(names, name) - names.begin())];
}

std::string assignment(std::string_view name, const std::string& value) {
  std::string pair = fmt::format("{}={}", name, value);
  if (value.find_first_of(",\"") == value.npos) return pair;
  std::string quoted = "\"";
  for (const char c : pair) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

std::function<std::vector<Words>(const Sheet&)> listed_rows(std::string source, std::vector<std::string> names) {
  return [source = std::move(source), names = std::move(names)](const Sheet& sheet) {
    const Listing& listing = sheet.listing(source);
    std::vector<Words> rows;
    for (size_t i = 0; i < listing.rows.size(); ++i) {
      rows.emplace_back();
      for (const std::string& name : names) rows.back().push_back(listing.value(i, name));
    }
    return rows;
  };
}

// ---- a sheet ----

Sheet::Sheet(std::shared_ptr<SheetDefinition> definition, Run run) : definition_(std::move(definition)), run_(std::move(run)) {
  listings_.resize(definition_->sources.size());
  for (const Tab& tab : tabs()) {
    auto& states = states_.emplace_back();
    for (const Field& field : tab.fields) states.push_back({&field, {}, {}, true, false, {}});
    if (tab.title == definition_->tab) tab_ = states_.size() - 1;
  }
  fill();
  begin();
  begun_ = definition_->sources.empty();
  ask();
}

void Sheet::ask() {
  if (definition_->live && !questions_.empty()) return;  // that is under way
  questions_.clear();
  for (size_t i = 0; i < definition_->sources.size(); ++i) {
    Command command = definition_->sources[i].command;
    command.words.emplace_back("-F");
    command.words.push_back(fmt::format("{}", fmt::join(definition_->sources[i].names, ",")));
    questions_.push_back({run_(command), i});
  }
}

const Listing& Sheet::listing(std::string_view source) const {
  const auto found = std::ranges::find(definition_->sources, source, &Source::id);
  if (found == definition_->sources.end()) return nothing_listed;
  return listings_[static_cast<size_t>(found - definition_->sources.begin())];
}

std::vector<std::string> Sheet::refusals() const {
  std::vector<std::string> all;
  for (const Listing& listing : listings_)
    if (!listing.refusal.empty() && std::ranges::find(all, listing.refusal) == all.end()) all.push_back(listing.refusal);
  return all;
}

std::string Sheet::State::to_be() const {
  switch (field->kind) {
    case FieldKind::flag:
      return flag ? "1" : "0";
    case FieldKind::choice:
      return choice.text();
    case FieldKind::text:
      return text;
    default:
      return listed;
  }
}

// What was listed, into the lines. What somebody has typed meanwhile is gone, but where nothing is listed.
void Sheet::fill() {
  for (auto& states : states_)
    for (State& state : states) {
      const Field& field = *state.field;
      const bool typed = field.source.empty() && filled_;
      const std::string chosen = typed ? state.choice.text() : "";
      const Listing& listed = listing(field.source);
      if (!typed) {
        state.exists = field.source.empty() || listed.has(0, field.attribute);
        state.listed = field.source.empty() ? field.begins : listed.value(0, field.attribute);
        state.text = state.listed;
        state.flag = state.listed == "1";
      }
      if (field.kind == FieldKind::choice) {
        const std::string wanted = typed ? chosen : state.listed;
        auto& options = state.choice.options;
        options = field.options ? field.options(*this) : std::vector<std::string>{};
        if (!wanted.empty() && std::ranges::find(options, wanted) == options.end()) options.insert(options.begin(), wanted);
        state.choice.chosen = static_cast<size_t>(std::ranges::find(options, wanted) - options.begin());
        if (state.choice.chosen == options.size()) state.choice.chosen = 0;
      }
    }
  filled_ = true;
}

// The line that the definition names, if it is there; else the first one that can be changed.
void Sheet::begin() {
  choose_tab(tab_);
  size_t line = 0;
  for (const State& state : states_[tab_]) {
    if (!state.exists) continue;
    if (state.field->attribute == definition_->attribute && !definition_->attribute.empty()) place_ = line;
    ++line;
  }
  begun_ = true;
}

void Sheet::update() {
  const bool asked = !questions_.empty();
  std::erase_if(questions_, [this](const Question& question) {
    if (!question.task->done()) return false;
    listings_[question.source] =
        listing_of(definition_->sources[question.source].names, question.task->code(), question.task->output());
    return true;
  });
  if (asked && questions_.empty()) {
    fill();
    if (!begun_) begin();
    place_ = std::min(place_, std::max<size_t>(1, lines().size() + count_rows()) - 1);
  }
  if (task_ && task_->done()) {
    const std::string output = task_->output();
    refused_ = task_->code() != 0;
    said_ = refused_ ? output : output + "\u2713 " + running_;
    task_.reset();
    if (refused_) to_run_.clear();  // and what was typed stays
    if (!refused_) ++changes_;
    if (!refused_ && to_run_.empty()) {
      if (definition_->once || renames_) closed_ = true;
      ask();
    }
  }
  if (!task_ && !to_run_.empty()) {
    running_ = shell_line(to_run_.front().words);
    task_ = run_(to_run_.front());
    to_run_.erase(to_run_.begin());
  }
}

// ---- lines and rows ----

std::vector<FormLine> Sheet::lines() {
  std::vector<FormLine> lines;
  for (State& state : states_[tab_]) {
    if (!state.exists) continue;
    const Field& field = *state.field;
    FormLine line{field.label};
    if (field.kind == FieldKind::text) line.text = &state.text;
    if (field.kind == FieldKind::flag) line.flag = &state.flag;
    if (field.kind == FieldKind::choice) line.choice = &state.choice;
    line.shown = field.kind == FieldKind::truth ? (state.listed == "1" ? "True" : "False") : state.listed;
    if (!line.shown.empty() && !field.unit.empty()) line.shown += " " + field.unit;
    if (field.kind == FieldKind::text && !field.unit.empty()) line.label += " (" + field.unit + ")";
    lines.push_back(std::move(line));
  }
  return lines;
}

std::vector<std::vector<Words>> Sheet::rows() const {
  std::vector<std::vector<Words>> all;
  for (const Table& table : tabs()[tab_].tables) all.push_back(table.rows(*this));
  return all;
}

size_t Sheet::count_rows() const {
  size_t count = 0;
  for (const auto& table : rows()) count += table.size();
  return count;
}

std::optional<Sheet::Row> Sheet::chosen_row(size_t lines) const {
  if (place_ < lines) return std::nullopt;
  size_t left = place_ - lines;
  const auto all = rows();
  for (size_t i = 0; i < all.size(); ++i) {
    if (left < all[i].size()) return Row{i, left};
    left -= all[i].size();
  }
  return std::nullopt;
}

void Sheet::choose_tab(size_t tab) {
  tab_ = tab % tabs().size();
  const auto here = lines();
  place_ = 0;
  while (place_ < here.size() && !here[place_].can_change()) ++place_;
  if (place_ >= here.size() + count_rows()) place_ = 0;
}

void Sheet::move(bool forward) {
  const auto here = lines();
  const size_t count = here.size() + count_rows();
  for (size_t i = 1; i <= count; ++i) {
    const size_t place = (place_ + (forward ? i : count - i % count)) % count;
    if (place < here.size() && !here[place].can_change()) continue;
    place_ = place;
    return;
  }
}

// ---- what is to be ----

bool Sheet::changed() const {
  return std::ranges::any_of(states_, [](const auto& states) {
    return std::ranges::any_of(states, [](const State& state) { return state.exists && state.changed(); });
  });
}

std::string Sheet::value(std::string_view attribute) const {
  for (const auto& states : states_)
    for (const State& state : states)
      if (state.field->attribute == attribute && state.exists) return state.to_be();
  return "";
}

std::vector<std::string> Sheet::changed_of(std::string_view source) const {
  std::vector<std::string> all;
  for (const auto& states : states_)
    for (const State& state : states) {
      if (state.field->source != source || !state.exists || !state.changed()) continue;
      all.push_back(
          assignment(state.field->changed_as.empty() ? state.field->attribute : state.field->changed_as, state.to_be()));
    }
  return all;
}

std::string Sheet::command() const {
  std::string all;
  if (!definition_->changes || asking()) return all;
  for (const Command& command : definition_->changes(*this)) all += (all.empty() ? "" : "\n") + shell_line(command.words);
  return all;
}

// ---- what people do ----

void Sheet::run(std::vector<Command> commands) {
  if (running() || commands.empty()) return;
  said_.clear();
  refused_ = false;
  to_run_ = std::move(commands);
  update();
}

void Sheet::save() {
  if (running() || asking()) return;
  auto commands = definition_->changes ? definition_->changes(*this) : std::vector<Command>{};
  // What it is of has another name then.
  renames_ = std::ranges::any_of(states_, [](const auto& states) {
    return std::ranges::any_of(
        states, [](const State& state) { return state.field->changed_as == "new_name" && state.exists && state.changed(); });
  });
  if (commands.empty())
    closed_ = true;
  else
    run(std::move(commands));
}

void Sheet::act(const Action& action, size_t row) {
  if (running()) return;
  Deed deed = action.act(*this, row);
  if (deed.opens) {
    opened_ = std::move(deed.opens);
    return;
  }
  if (asking()) return;  // the row may be another one
  run(std::move(deed.commands));
  if (deed.refusal.empty()) return;
  said_ = deed.refusal;
  refused_ = true;
}

void Sheet::act_on_chosen() {
  const auto row = chosen_row(lines().size());
  if (!row) return;
  const Table& table = tabs()[tab_].tables[row->table];
  if (!table.actions.empty()) act(table.actions.front(), row->row);
}

bool Sheet::press(const std::string& key, bool control, bool shift, bool alt) {
  const auto here = lines();
  const auto row = chosen_row(here.size());
  const Tab& tab = tabs()[tab_];
  if (key == "Escape" || (alt && key == "Left")) {
    closed_ = true;
  } else if (key == "PageDown" || key == "PageUp") {
    choose_tab(tab_ + (key == "PageDown" ? 1 : tabs().size() - 1));
  } else if (key == "Up" || key == "Down" || key == "Tab") {
    if (!here.empty() || count_rows()) move(key != "Up" && !shift);
  } else if (key == "F5") {
    ask();
  } else if (key == "Return" || key == "Keypad Enter") {
    if (row && !control && !tab.tables[row->table].actions.empty())
      act_on_chosen();
    else
      save();
  } else if (control) {
    const auto pressed = [&](const Action& action) { return action.key == key; };
    if (const auto found = std::ranges::find_if(tab.actions, pressed); found != tab.actions.end()) {
      act(*found, row ? row->row : 0);
    } else if (row) {
      const auto& actions = tab.tables[row->table].actions;
      if (const auto mine = std::ranges::find_if(actions, pressed); mine != actions.end()) act(*mine, row->row);
    } else {
      return place_ >= here.size() || !here[place_].text;
    }
  } else if (place_ < here.size()) {
    return change(here[place_], key) || !here[place_].text;
  }
  return true;
}

}  // namespace emu::app::console
