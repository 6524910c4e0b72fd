// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The validation window of the Redbook, 4.4.1, and its migration wizard, 4.4.3: their pages, what is chosen on them, and the command of the
// HMC that comes out. It asks the HMC what there is to choose, with the commands that anybody would type; it does nothing
// else than commands. No window is needed for it. One thread.

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "emu/app/console/form.h"
#include "emu/app/console/hmc_poll.h"
#include "emu/app/console/sheets/mending.h"

namespace emu::app::console {

enum class Operation { validate, migrate, stop, recover };

enum class Page { set_up, information, profile, destination, validation, movers, vlans, scsi, pool, wait, summary, status };
std::string_view title_of(Page);

// What a validation has found, as the HMC said it.
struct Finding {
  bool error = true;
  std::string text;
  std::string code() const { return text.substr(0, text.find(' ')); }
};

class Wizard {
 public:
  // Runs a command of the HMC: run_at_hmc, or a test's.
  using Run = std::function<std::shared_ptr<Task>(std::vector<std::string> words)>;
  struct Subject {
    std::string partition;
    std::string system;  // where it is
    bool running = false;
    std::vector<std::string> other_systems;
    std::map<std::string, std::string> remote{};  // those of another console, and which
  };
  Wizard(Operation, Subject, Run);

  Operation operation() const { return operation_; }
  const Subject& subject() const { return subject_; }
  Page page() const { return pages_[at_]; }
  const std::vector<Page>& pages() const { return pages_; }
  size_t place() const { return at_; }

  // ---- what is filled in ----
  std::string profile_name;  // new destination profile; empty: the former one is replaced
  std::string wait_minutes = "5";
  Choice destination;
  Choice movers;
  std::vector<Choice> vlans;
  std::vector<Choice> scsi;
  Choice pool;
  bool force = false;              // recover
  std::vector<Choice*> choices();  // of the present page
  std::vector<FormLine> set_up();  // the lines of the validation window

  // ---- on the way ----
  void update();                 // takes what commands have answered meanwhile; call it now and then
  bool asking() const;           // the page is not there yet: the HMC is asked
  bool may_go_on() const;        // no: errors, or something is missing
  std::string obstacle() const;  // why not
  bool may_go_back() const { return at_ > 0 && page() != Page::status; }
  bool at_its_end() const;  // nothing comes after this page
  bool finishing() const { return page() == Page::summary; }
  void next();
  void back();
  bool closed() const { return closed_; }
  void close() { closed_ = true; }
  // "You cannot migrate until the migration set up has been verified": what is set up was, and without errors.
  bool may_migrate() const;
  void migrate();         // from the validation window
  void validate_again();  // something was changed elsewhere

  // ---- what comes out ----
  std::vector<Finding> findings() const;  // of the validation, in its order
  bool has_errors() const;
  Definition mending(const Finding&) const;  // null: no window mends it
  std::string command() const;               // the line that the summary shows
  const std::shared_ptr<Task>& result() const { return final_; }

 private:
  void enter();
  std::vector<std::string> basic_words(std::string_view letter) const;  // without what serves the partition on the destination
  std::vector<std::string> words(std::string_view letter) const;
  void ask_for_choices();
  std::vector<std::string> through() const;  // --ip, if the destination is another console's
  void ask(std::vector<std::string> words, void (Wizard::*take)(const std::string& output));
  void take_movers(const std::string& output);
  void take_mappings(const std::string& output);
  void take_units(const std::string& output);
  void take_pools(const std::string& output);
  void take_source(const std::string& output);
  void take_destination(const std::string& output);
  void take_partitions(const std::string& system, const std::string& output);

  struct Question {
    std::shared_ptr<Task> task;
    void (Wizard::*take)(const std::string& output);
  };
  Operation operation_;
  Subject subject_;
  Run run_;
  std::vector<Page> pages_;
  size_t at_ = 0;
  bool closed_ = false;
  std::vector<Question> questions_;
  std::string validated_as_;  // the command whose findings we have
  std::string asked_for_;     // the destination whose choices we have
  std::shared_ptr<Task> validation_;
  std::vector<KnownPartition> known_;
  std::shared_ptr<Task> final_;
};

// Words as a line that a shell splits the same way.
std::string shell_line(const std::vector<std::string>& words);
// One line of the HMC's output, name=value,"name=value,value"...: the value of a name; empty if it is not there.
std::string attribute(const std::string& line, std::string_view name);

}  // namespace emu::app::console
