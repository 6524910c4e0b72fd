// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The files that say where a lab's partitions are, held against each other: the witness, and every frame's journal. For the
// operator, when a frame has refused to start (firmware/agreement.h). Pure: what is to be done is a list, done by the caller.

#include <optional>
#include <string>
#include <vector>

#include "firmware/journal.h"
#include "firmware/witness.h"

namespace firmware {

enum class FileState { fine, missing, damaged };

struct JournalSeen {
  std::string frame;   // its name
  std::string system;  // type, model and serial number
  std::string file;
  FileState state = FileState::fine;
  std::string trouble;  // of a damaged one
  // Of one that is fine.
  std::string id;
  u64 writes = 0;
  std::vector<emu::LparDefinition> lpars;
  std::vector<StreamRecord> streams;
  bool begun = true;  // false: it has a name at most, as after the first lines of a first start
  // What the lab file defines on this frame.
  std::vector<emu::LparDefinition> lab_file;
};

struct WitnessSeen {
  std::string file;
  FileState state = FileState::fine;
  std::string trouble;
  std::vector<Ownership> partitions;
  std::vector<Ownership> released;
  std::vector<SeenJournal> journals;
};

// One thing to do. `journal`: index of the frame.
struct Mend {
  enum class Kind {
    new_witness,     // set the file aside; the others of the list fill the new one
    new_journal,     // set the file aside; the frame takes its partitions from the lab file again
    accept_journal,  // the witness takes the journal as it is
    set_owner,       // the witness gets `ownership`
    drop_lpar        // the journal forgets the partition `lpar_id`
  };
  Kind kind;
  size_t journal = 0;
  Ownership ownership = {};
  u32 lpar_id = 0;
  bool operator==(const Mend&) const = default;
};

// What is wrong, in a sentence each with what would be done about it; and what to do. Not mendable: what is known
// contradicts itself, or too little is known; then `mends` is empty, and the sentences say what is missing.
struct Audit {
  std::vector<std::string> findings;
  std::vector<Mend> mends;
  bool mendable = true;
};
Audit audit(const WitnessSeen&, const std::vector<JournalSeen>&);

}  // namespace firmware
