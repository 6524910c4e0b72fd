// SPDX-License-Identifier: GPL-2.0-or-later
// The files of a lab that does not start: what is wrong with them, and, if everything else agrees, putting it right.
#include "emu/app/commands.h"
#include "emu/app/labs.h"
#include "emu/core/identity.h"
#include "emu/core/paths.h"
#include "firmware/audit.h"
#include "hmc/journal/journal.h"

#include <cstdio>
#include <filesystem>

#include <fmt/format.h>

namespace emu::app {

namespace {

namespace fs = std::filesystem;
using firmware::FileState;
using firmware::Mend;

// SQLite's companions belong to their file.
constexpr const char* parts[] = {"", "-wal", "-shm"};

Status set_aside(const std::string& file) {
  for (int number = 1; number < 1000; ++number) {
    const std::string aside = fmt::format("{}.damaged-{}", file, number);
    if (is_there(aside)) continue;
    for (const char* part : parts) {
      std::error_code error;
      if (!is_there(file + part)) continue;
      fs::rename(file + part, aside + part, error);
      if (error) return Error{"files", fmt::format("{}{} cannot be renamed: {}.", file, part, error.message())};
    }
    return success();
  }
  return Error{"files", fmt::format("There are too many damaged files beside {}.", file)};
}

struct Damaged {
  std::string file;
  std::string trouble;
};

class Recover final : public Command {
 public:
  void accept(Options& options) override {
    options.argument("LAB.toml", "The lab file (default: images/labs/pair.toml)", file_, Needed::no);
    options.value("--name", "Another name for the lab than its own, as for up", name_);
    options.flag("--explain", "Only tell what is known, and what would be done", explain_);
  }

  int run() override {
    const auto lab = open_lab(file_.empty() ? default_lab_file() : file_, name_);
    if (!lab) return failed(lab.error(), exit_misused);
    const auto turn = take_turn(*lab, [](const std::string& line) { std::fprintf(stderr, "%s\n", line.c_str()); });
    if (!turn) return failed(turn.error());
    for (const std::string& process : lab->process_names())
      if (!explain_ && living(lab->presence_file(process)))
        return failed({"recover", fmt::format("{} runs: stop the lab first, with `twinframe down {}`.", process, lab->lab.name)});
    look(*lab);
    // A full disk, or files of somebody else, are no damage.
    if (!unreadable_.empty()) return failed({"recover", unreadable_ + " Nothing was changed."});
    show();
    firmware::Audit audit = firmware::audit(witness_, journals_);
    for (const Damaged& hmc : hmcs_)
      audit.findings.push_back(
          hmc.trouble +
          " It is set aside: the frames know of every migration, and `migrlpar -o r` ends those; the list of "
          "changes begins anew.");
    for (const std::string& finding : audit.findings) std::printf("%s\n", finding.c_str());
    if (audit.findings.empty()) {
      std::printf("Witness and journals agree.\n");
      return exit_done;
    }
    if (!audit.mendable) return failed({"recover", "Nothing was changed."});
    if (explain_) return failed({"recover", "`twinframe recover` without --explain does this."});
    for (const Mend& mend : audit.mends)
      if (const Status done = carry_out(mend); !done) return failed(done.error());
    for (const Damaged& hmc : hmcs_)
      if (const Status done = set_aside(hmc.file); !done) return failed(done.error());
    std::printf("Done: start the lab with `twinframe up`.\n");
    return exit_done;
  }

 private:
  void look(const NamedLab& lab) {
    for (size_t i = 0; i < lab.lab.consoles.size(); ++i) {
      const std::string file = lab.console(i).journal();
      if (!is_there(file)) continue;
      if (const auto opened = hmc::Journal::open(file); !opened && is_damaged(opened.error()))
        hmcs_.push_back({file, opened.error().text});
    }
    witness_.file = lab.folders.state + "/luns/witness";
    if (!is_there(witness_.file)) {
      witness_.state = FileState::missing;
    } else if (auto opened = firmware::Witness::open(witness_.file)) {
      witness_.partitions = (*opened)->all();
      witness_.released = (*opened)->released();
      witness_.journals = (*opened)->journals();
    } else if (is_damaged(opened.error())) {
      witness_.state = FileState::damaged;
      witness_.trouble = opened.error().text;
    }
    for (const FrameConfig& frame : lab.lab.frames) {
      firmware::JournalSeen& seen = journals_.emplace_back();
      seen.frame = frame.name;
      seen.system = frame.mtms();
      seen.file = fmt::format("{}/{}.journal", lab.folders.state, frame.name);
      seen.lab_file = frame.partitions;
      if (!is_there(seen.file)) {
        seen.state = FileState::missing;
      } else if (auto opened = firmware::Journal::open(seen.file)) {
        seen.id = (*opened)->id();
        seen.writes = (*opened)->writes();
        seen.lpars = (*opened)->lpars();
        seen.streams = (*opened)->streams();
        seen.begun = (*opened)->initialized() || !seen.lpars.empty();
        // Emptied: SQLite takes an empty file for a new one.
        if (!seen.begun && seen.id.empty()) seen.state = FileState::missing;
      } else if (is_damaged(opened.error())) {
        seen.state = FileState::damaged;
        seen.trouble = opened.error().text;
      }
    }
  }

  bool is_damaged(const Error& error) {
    if (error.code == "damaged") return true;
    if (unreadable_.empty()) unreadable_ = error.text;
    return false;
  }

  void show() const {
    std::printf("%-38s %-18s %-10s %-6s %s\n", "partition", "owner", "state", "number", "in the journal of");
    for (const firmware::Ownership& known : witness_.partitions) {
      std::string where;
      std::string name = known.uuid;
      for (const firmware::JournalSeen& journal : journals_)
        for (const LparDefinition& lpar : journal.lpars)
          if (lpar.uuid == known.uuid) {
            where += (where.empty() ? "" : ", ") + journal.frame;
            name = lpar.name;
          }
      std::printf("%-38s %-18s %-10s %-6llu %s\n", name.c_str(), known.owner.c_str(), std::string(name_of(known.state)).c_str(),
                  static_cast<unsigned long long>(known.number), where.empty() ? "nobody" : where.c_str());
    }
  }

  Status carry_out(const Mend& mend) {
    const firmware::JournalSeen& journal = journals_[mend.journal];
    switch (mend.kind) {
      case Mend::Kind::new_witness:
        return set_aside(witness_.file);
      case Mend::Kind::new_journal: {
        TRY(set_aside(journal.file));
        // An id that the witness knows, and nothing in it: as after the first lines of a first start.
        const auto fresh = TRY(firmware::Journal::open(journal.file));
        const auto witness = TRY(firmware::Witness::open(witness_.file));
        TRY(fresh->set_id("recovered " + random_uuid()));
        return witness->accept_journal({journal.system, fresh->id(), fresh->writes()});
      }
      case Mend::Kind::accept_journal: {
        const auto known = TRY(firmware::Journal::open(journal.file));
        const auto witness = TRY(firmware::Witness::open(witness_.file));
        return witness->accept_journal({journal.system, known->id(), known->writes()});
      }
      case Mend::Kind::set_owner:
        return TRY(firmware::Witness::open(witness_.file))->correct(mend.ownership);
      case Mend::Kind::drop_lpar:
        return TRY(firmware::Journal::open(journal.file))->remove_lpar(mend.lpar_id);
    }
    return success();
  }

  std::string file_, name_;
  bool explain_ = false;
  std::vector<Damaged> hmcs_;  // consoles' journals that cannot be read
  std::string unreadable_;     // of a file that cannot be opened, and may be well
  firmware::WitnessSeen witness_;
  std::vector<firmware::JournalSeen> journals_;
};

}  // namespace

std::unique_ptr<Command> make_recover() { return std::make_unique<Recover>(); }

}  // namespace emu::app
