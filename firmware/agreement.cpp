// SPDX-License-Identifier: GPL-2.0-or-later
#include "firmware/agreement.h"

#include <algorithm>

#include <fmt/format.h>

#include "emu/core/identity.h"

namespace firmware {

namespace {

using emu::Error;
using emu::Status;

constexpr std::string_view remedy = "`twinframe recover --explain` tells what is known";

const StreamRecord* record_of(const std::vector<StreamRecord>& streams, u32 lpar_id) {
  const auto found = std::ranges::find(streams, lpar_id, &StreamRecord::lpar_id);
  return found == streams.end() ? nullptr : &*found;
}

// Version 0.2 had no witness: the source's record decided. Its destination may have run the partition from that record on.
Status take_over(const std::string& system, const Journal& journal, Witness& witness) {
  const auto streams = journal.streams();
  for (const emu::LparDefinition& lpar : journal.lpars()) {
    const StreamRecord* record = record_of(streams, lpar.lpar_id);
    Ownership known{.uuid = lpar.uuid, .owner = system, .other = {}};
    if (record) {
      known.stream = record->stream;
      known.other = record->other_system;
      if (record->step == StreamStep::shell) continue;  // the source knows
      if (record->step != StreamStep::source) {
        known.state = HandOver::started;
        known.number = 2;
      }
      if (record->step == StreamStep::handed_over) std::swap(known.owner, known.other);
    }
    TRY(witness.take_over(known));
  }
  return emu::success();
}

bool knows_all(const std::string& system, const Journal& journal, const Witness& witness) {
  const auto streams = journal.streams();
  return std::ranges::all_of(journal.lpars(), [&](const emu::LparDefinition& lpar) {
    const auto known = witness.of(lpar.uuid);
    return record_of(streams, lpar.lpar_id) || (known && known->owner == system);
  });
}

// The journal is the one that the witness has seen, and nothing is missing at its end.
Status known_journal(const std::string& frame, const std::string& system, Journal& journal, Witness& witness) {
  const auto journals = witness.journals();
  const auto seen = std::ranges::find(journals, system, &SeenJournal::system);
  std::string id = journal.id();
  if (seen != journals.end()) {
    if (seen->id != id)
      return Error{"lost", fmt::format("The journal of {} was lost: {} {}. {}.", frame, journal.file(),
                                       id.empty() ? "is empty" : "is another's", remedy)};
    if (seen->writes > journal.writes())
      return Error{"lost", fmt::format("A part of the journal of {} was lost: {} was written {} times, and knows of {}. {}.",
                                       frame, journal.file(), seen->writes, journal.writes(), remedy)};
    return emu::success();
  }
  // A process may have died between naming its journal and telling the witness: then the witness has all partitions already.
  if (!id.empty() && journal.initialized() && !knows_all(system, journal, witness))
    return Error{"lost", fmt::format("The lab's witness was lost: {} has never heard of {}. {}.", witness.file(), frame, remedy)};
  if (id.empty()) {
    if (journal.initialized()) TRY(take_over(system, journal, witness));
    id = emu::random_uuid();
    TRY(journal.set_id(id));
  }
  return witness.see_journal({system, id, journal.writes()});
}

}  // namespace

Status agree(const std::string& frame, const std::string& system, Journal& journal, Witness& witness) {
  TRY(known_journal(frame, system, journal, witness));
  const auto lpars = journal.lpars();
  const auto streams = journal.streams();
  for (const emu::LparDefinition& lpar : lpars) {
    const auto known = witness.of(lpar.uuid);
    if (record_of(streams, lpar.lpar_id)) continue;  // a move that is not finished: its recovery asks the witness
    if (known && known->owner != system)
      return Error{
          "owner",
          fmt::format("The journal of {} ({}) has partition {}, and the lab's witness ({}) says that it belongs to {}. {}.",
                      frame, journal.file(), lpar.name, witness.file(), known->owner, remedy)};
    if (!known) TRY(witness.claim(lpar.uuid, system));  // its definition was interrupted
  }
  if (!journal.initialized()) return emu::success();  // the lab file's partitions are still to come
  for (const Ownership& known : witness.all())
    if (known.owner == system && std::ranges::find(lpars, known.uuid, &emu::LparDefinition::uuid) == lpars.end())
      return Error{
          "owner",
          fmt::format("The lab's witness ({}) says that partition {} belongs to {}, and the journal {} does not have it. {}.",
                      witness.file(), known.uuid, frame, journal.file(), remedy)};
  return emu::success();
}

}  // namespace firmware
