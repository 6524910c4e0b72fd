// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A window over what the HMC lists: tabs with lines and tables, what of it can be changed, and what can be done with a row. A sheet asks, with
// commands that anybody would type; what is changed becomes commands, too, and their answer is shown. Its definition says what it is of.
// No window is needed for it. One thread.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "emu/app/console/form.h"
#include "emu/app/console/hmc_poll.h"

namespace emu::app::console {

using Words = std::vector<std::string>;

// A command of the HMC that manages a system.
struct Command {
  std::string system;
  Words words;
};

// What a command with -F has listed.
struct Listing {
  std::vector<std::string> names;
  std::vector<Words> rows;
  std::string refusal;  // what the HMC said in place of it
  // Empty: there is none, or it is not known.
  std::string value(size_t row, std::string_view name) const;
  bool has(size_t row, std::string_view name) const;  // false: such a thing has no such attribute
};
Listing listing_of(std::vector<std::string> names, int code, const std::string& output);

// name=value for -i and -a, quoted if a comma is in it.
std::string assignment(std::string_view name, const std::string& value);

class Sheet;
struct SheetDefinition;

struct Source {
  std::string id;
  Command command;  // without -F
  std::vector<std::string> names;
};

enum class FieldKind { shown, truth, text, flag, choice };  // truth: shown, True or False

struct Field {
  std::string label;
  std::string source;  // its first row; empty: nothing is listed of it
  std::string attribute;
  FieldKind kind = FieldKind::shown;
  std::string unit{};
  std::function<std::vector<std::string>(const Sheet&)> options{};  // of a choice
  std::string changed_as{};                                         // where that is another attribute
  std::string begins{};                                             // without a source: what it says at first
};

// What comes of a key: commands one after the other, or another sheet. Neither: why not.
struct Deed {
  std::vector<Command> commands{};
  std::shared_ptr<SheetDefinition> opens{};
  std::string refusal{};
};

struct Action {
  std::string key;  // with Ctrl
  std::string label;
  std::function<Deed(const Sheet&, size_t row)> act;
};

struct Table {
  std::string title;
  std::vector<std::string> columns;
  std::function<std::vector<Words>(const Sheet&)> rows;
  std::vector<Action> actions{};  // of a row; Enter takes the first one
};

struct Tab {
  std::string title;
  std::vector<Field> fields{};
  std::vector<Table> tables{};
  std::vector<Action> actions{};
};

struct SheetDefinition {
  std::string title;
  std::vector<Source> sources;
  std::vector<Tab> tabs;
  // What Enter does with what was changed. None: nothing can be.
  std::function<std::vector<Command>(const Sheet&)> changes{};
  std::string finish = "OK";
  bool once = false;        // it makes something: when that is done, it is closed
  bool live = false;        // what it shows changes by itself
  std::string tab{};        // that is shown first, and
  std::string attribute{};  // the line that is chosen in it
};

// The rows of a listing as they are, by names of attributes.
std::function<std::vector<Words>(const Sheet&)> listed_rows(std::string source, std::vector<std::string> names);

class Sheet {
 public:
  // Runs a command at the console that manages the system, or a test's.
  using Run = std::function<std::shared_ptr<Task>(const Command&)>;
  Sheet(std::shared_ptr<SheetDefinition>, Run);

  // ---- what is shown ----
  const SheetDefinition& definition() const { return *definition_; }
  const std::vector<Tab>& tabs() const { return definition_->tabs; }
  size_t tab() const { return tab_; }
  std::vector<FormLine> lines();                 // of the present tab, without those that such a thing does not have
  std::vector<std::vector<Words>> rows() const;  // of each of its tables
  size_t place() const { return place_; }        // the chosen line; behind the lines come the tables' rows
  bool asking() const { return !questions_.empty() && !(definition_->live && begun_); }
  bool running() const { return task_ != nullptr || !to_run_.empty(); }
  bool changed() const;
  std::string command() const;  // what Enter would run; empty: nothing
  std::string said() const { return said_; }
  bool refused() const { return refused_; }
  std::vector<std::string> refusals() const;  // of listings
  bool closed() const { return closed_; }
  bool has_changed_something() const { return changes_ > 0; }
  void note_change() { ++changes_; }  // by a sheet that was opened from here

  // ---- for definitions ----
  const Listing& listing(std::string_view source) const;
  std::string value(std::string_view attribute) const;                 // as it is to be
  std::vector<std::string> changed_of(std::string_view source) const;  // assignments

  // ---- what people do ----
  void update();  // takes what commands have answered meanwhile; call it now and then
  bool press(const std::string& key, bool control, bool shift, bool alt);  // false: for the line's text
  void choose_tab(size_t);
  void choose(size_t place) { place_ = place; }
  void save();
  void act(const Action&, size_t row);
  void act_on_chosen();
  void close() { closed_ = true; }
  std::shared_ptr<SheetDefinition> take_opened() { return std::exchange(opened_, nullptr); }
  void ask();  // all sources, again

 private:
  struct State {
    const Field* field = nullptr;
    std::string listed, text;
    bool exists = true, flag = false;
    Choice choice;
    std::string to_be() const;
    bool changed() const { return field->kind > FieldKind::truth && to_be() != listed; }
  };
  struct Question {
    std::shared_ptr<Task> task;
    size_t source;
  };
  struct Row {
    size_t table, row;
  };
  std::optional<Row> chosen_row(size_t lines) const;
  size_t count_rows() const;
  void fill();
  void begin();
  void run(std::vector<Command>);
  void move(bool forward);

  std::shared_ptr<SheetDefinition> definition_;
  Run run_;
  std::vector<Listing> listings_;
  std::vector<std::vector<State>> states_;  // of each tab's fields
  std::vector<Question> questions_;
  std::vector<Command> to_run_;
  std::shared_ptr<Task> task_;
  std::string running_;
  size_t tab_ = 0, place_ = 0;
  std::string said_;
  bool refused_ = false, closed_ = false, filled_ = false, begun_ = false, renames_ = false;
  size_t changes_ = 0;
  std::shared_ptr<SheetDefinition> opened_;
};

}  // namespace emu::app::console
