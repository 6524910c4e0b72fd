// SPDX-License-Identifier: GPL-2.0-or-later
#include "firmware/audit.h"

#include <algorithm>

#include <fmt/format.h>

namespace firmware {

namespace {

class Auditor {
 public:
  Auditor(const WitnessSeen& witness, const std::vector<JournalSeen>& journals) : witness_(witness), journals_(journals) {}

  Audit run() {
    if (witness_.state != FileState::fine)
      new_witness();
    else
      old_witness();
    if (!audit_.mendable) audit_.mends.clear();
    return std::move(audit_);
  }

 private:
  void find(std::string sentence) { audit_.findings.push_back(std::move(sentence)); }
  void give_up(std::string sentence) {
    find(std::move(sentence));
    audit_.mendable = false;
  }
  void mend(Mend one) { audit_.mends.push_back(std::move(one)); }

  static const StreamRecord* record_of(const JournalSeen& journal, u32 lpar_id) {
    const auto found = std::ranges::find(journal.streams, lpar_id, &StreamRecord::lpar_id);
    return found == journal.streams.end() ? nullptr : &*found;
  }
  static const emu::LparDefinition* lpar_of(const std::vector<emu::LparDefinition>& lpars, const std::string& uuid) {
    const auto found = std::ranges::find(lpars, uuid, &emu::LparDefinition::uuid);
    return found == lpars.end() ? nullptr : &*found;
  }
  const JournalSeen* of_system(const std::string& system) const {
    const auto found = std::ranges::find(journals_, system, &JournalSeen::system);
    return found == journals_.end() ? nullptr : &*found;
  }
  // Frames whose journals have the partition as their own, without a move.
  std::vector<size_t> holders(const std::string& uuid) const {
    std::vector<size_t> found;
    for (size_t i = 0; i < journals_.size(); ++i)
      if (const auto* lpar = lpar_of(journals_[i].lpars, uuid); lpar && !record_of(journals_[i], lpar->lpar_id))
        found.push_back(i);
    return found;
  }

  // ---- without a witness: only journals that all are there and agree can tell ----

  void new_witness() {
    find(witness_.state == FileState::missing
             ? fmt::format("The lab's witness {} is missing; it is made again of the journals.", witness_.file)
             : fmt::format("{} It is set aside, and made again of the journals.", witness_.trouble));
    mend({.kind = Mend::Kind::new_witness});
    std::vector<std::string> seen;
    for (size_t i = 0; i < journals_.size(); ++i) {
      const JournalSeen& journal = journals_[i];
      if (journal.state != FileState::fine) {
        give_up(fmt::format("The journal {} of {} is {} as well: nobody knows what {} owns.", journal.file, journal.frame,
                            journal.state == FileState::missing ? "missing" : "damaged", journal.frame));
        continue;
      }
      mend({.kind = Mend::Kind::accept_journal, .journal = i});
      for (const emu::LparDefinition& lpar : journal.lpars) {
        if (const StreamRecord* record = record_of(journal, lpar.lpar_id)) {
          give_up(fmt::format("Partition {} took part in migration {:x} of {}: only the witness knew where it belongs.",
                              lpar.name, record->stream, journal.frame));
        } else if (const auto all = holders(lpar.uuid); all.size() > 1) {
          if (std::ranges::find(seen, lpar.uuid) == seen.end())
            give_up(fmt::format("Partition {} is in the journals of {} and {}.", lpar.name, journals_[all[0]].frame,
                                journals_[all[1]].frame));
          seen.push_back(lpar.uuid);
        } else {
          mend({.kind = Mend::Kind::set_owner, .ownership = {.uuid = lpar.uuid, .owner = journal.system, .other = {}}});
        }
      }
    }
  }

  // ---- with a witness ----

  void old_witness() {
    for (size_t i = 0; i < journals_.size(); ++i) look_at_journal(i);
    for (const Ownership& known : witness_.partitions) look_at_partition(known);
  }

  void look_at_journal(size_t i) {
    const JournalSeen& journal = journals_[i];
    const auto seen = std::ranges::find(witness_.journals, journal.system, &SeenJournal::system);
    if (seen == witness_.journals.end()) return unseen_journal(i);
    if (journal.state != FileState::fine) return lost_journal(i);
    const bool as_seen = seen->id == journal.id && seen->writes <= journal.writes;
    // A first start that was interrupted, and else a recovery that was.
    if (!journal.begun && !as_seen) return lost_journal(i);
    if (seen->id != journal.id)
      return give_up(
          fmt::format("The journal {} is not the one that {} has written: put that back.", journal.file, journal.frame));
    if (seen->writes <= journal.writes) return;
    find(fmt::format(
        "The journal {} of {} was written {} times and knows of {}: the last changes of its profiles may be lost. It is "
        "taken as it is.",
        journal.file, journal.frame, seen->writes, journal.writes));
    mend({.kind = Mend::Kind::accept_journal, .journal = i});
  }

  // A frame that has never started; or the witness has lost its end.
  void unseen_journal(size_t i) {
    const JournalSeen& journal = journals_[i];
    if (journal.state == FileState::damaged) return give_up(journal.trouble);
    if (journal.state == FileState::missing || journal.id.empty()) return;
    find(fmt::format("The witness {} has never heard of {}: it takes what the journal {} says.", witness_.file, journal.frame,
                     journal.file));
    mend({.kind = Mend::Kind::accept_journal, .journal = i});
    for (const emu::LparDefinition& lpar : journal.lpars) {
      if (std::ranges::find(witness_.partitions, lpar.uuid, &Ownership::uuid) != witness_.partitions.end()) continue;
      if (record_of(journal, lpar.lpar_id))
        give_up(fmt::format("Partition {} took part in a migration of {}: only the witness knew where it belongs.", lpar.name,
                            journal.frame));
      else if (holders(lpar.uuid).size() > 1)
        give_up(fmt::format("Partition {} is in the journals of several frames.", lpar.name));
      else
        mend({.kind = Mend::Kind::set_owner, .ownership = {.uuid = lpar.uuid, .owner = journal.system, .other = {}}});
    }
  }

  void lost_journal(size_t i) {
    const JournalSeen& journal = journals_[i];
    find(journal.state == FileState::damaged   ? journal.trouble
         : journal.state == FileState::missing ? fmt::format("The journal {} of {} is missing.", journal.file, journal.frame)
                                               : fmt::format("The journal {} of {} is empty.", journal.file, journal.frame));
    // Its partitions' definitions, and its servers' adapters, were nowhere else: unless they are still those of the lab file.
    const auto moved = [&](const Ownership& known) {
      return known.other == journal.system || (known.owner == journal.system && known.stream != 0);
    };
    if (std::ranges::any_of(witness_.partitions, moved) || std::ranges::any_of(witness_.released, moved))
      return give_up(
          fmt::format("Partitions have moved to or from {}, so the lab file does not tell what it has: put a copy of its "
                      "journal back, or give the lab up with `twinframe down --wipe`.",
                      journal.frame));
    for (const Ownership& known : witness_.partitions) {
      if (known.owner == journal.system && !lpar_of(journal.lab_file, known.uuid))
        return give_up(
            fmt::format("Partition {} of {} was made by a command, and its definition was only there: put a copy of the "
                        "journal back, or give the lab up with `twinframe down --wipe`.",
                        known.uuid, journal.frame));
    }
    find(fmt::format("No partition has ever moved to or from {}: it takes its partitions from the lab file again.",
                     journal.frame));
    mend({.kind = Mend::Kind::new_journal, .journal = i});
  }

  void look_at_partition(const Ownership& known) {
    const auto in_journals = holders(known.uuid);
    for (const size_t i : in_journals) {
      const JournalSeen& journal = journals_[i];
      if (journal.system == known.owner) continue;
      const emu::LparDefinition& lpar = *lpar_of(journal.lpars, known.uuid);
      const JournalSeen* owner = of_system(known.owner);
      if (owner && lpar_of(owner->lpars, known.uuid)) {
        find(fmt::format(
            "The journal of {} has partition {}, which belongs to {} by the witness and by {}'s journal: it is forgotten "
            "on {}.",
            journal.frame, lpar.name, owner->frame, owner->frame, journal.frame));
        mend({.kind = Mend::Kind::drop_lpar, .journal = i, .lpar_id = lpar.lpar_id});
      } else if (owner && owner->state == FileState::fine && in_journals.size() == 1) {
        find(fmt::format(
            "The witness says that partition {} belongs to {}; the journals of both say that it is on {}. The witness is "
            "corrected.",
            lpar.name, owner->frame, journal.frame));
        mend({.kind = Mend::Kind::set_owner,
              .ownership = {.uuid = known.uuid, .owner = journal.system, .number = known.number + 1, .other = {}}});
      } else {
        give_up(fmt::format("The journal of {} has partition {}, which belongs to {} by the witness.", journal.frame, lpar.name,
                            owner ? owner->frame : known.owner));
      }
    }
    const JournalSeen* owner = of_system(known.owner);
    if (!owner) return give_up(fmt::format("Partition {} belongs to {}, which is not in the lab file.", known.uuid, known.owner));
    const bool lost = owner->state != FileState::fine || !owner->begun;
    if (lost || lpar_of(owner->lpars, known.uuid) || !in_journals.empty()) return;
    give_up(
        fmt::format("Partition {} belongs to {} by the witness, and no journal has its definition.", known.uuid, owner->frame));
  }

  const WitnessSeen& witness_;
  const std::vector<JournalSeen>& journals_;
  Audit audit_;
};

}  // namespace

Audit audit(const WitnessSeen& witness, const std::vector<JournalSeen>& journals) { return Auditor(witness, journals).run(); }

}  // namespace firmware
