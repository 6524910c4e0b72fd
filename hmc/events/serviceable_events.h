// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What somebody has to look after: errors that partitions have shown as reference codes, and hardware errors in the error logs of Virtual
// I/O Servers. The console keeps each as an event that is open until it is closed; the same error again counts as a duplicate. They lie in
// the console's journal. (lssvcevents -t hardware) Any thread.

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "hmc/inventory/inventory.h"
#include "hmc/journal/journal.h"

namespace hmc {

struct ServiceableEvent {
  u64 number = 0;
  std::string system_name;
  std::string mtms;
  u32 lpar_id = 0;
  std::string lpar_name;
  std::string lpar_uuid;
  std::string refcode;
  std::string text;
  u64 created = 0;
  u64 first = 0;
  u64 last = 0;
  u32 duplicates = 0;
  bool open = true;
  std::string comment;  // of who has closed it
  FIELDS(ServiceableEvent, number, system_name, mtms, lpar_id, lpar_name, lpar_uuid, refcode, text, created, first, last,
         duplicates, open, comment)
};

// One time that an error was seen.
struct Occurrence {
  u64 wall = 0;
  std::string refcode;
  std::string text;
};

// Codes of errors, as opposed to those of progress and of moves.
bool is_error_code(const std::string& refcode);
// Permanent hardware errors in what `errlog -ls` prints.
std::vector<Occurrence> hardware_errors(const std::string& error_log);

class ServiceableEvents {
 public:
  explicit ServiceableEvents(Journal& journal) : journal_(journal) {}

  std::vector<ServiceableEvent> all() const;  // by number
  // What has been seen of a partition; what is known already is not noted again.
  Status note(const System&, const Lpar&, std::vector<Occurrence>, u64 now);
  // An error if there is no such event, or it is closed. The event.
  Result<ServiceableEvent> close(u64 number, const std::string& comment);

 private:
  static constexpr size_t most_events = 1000;

  Status put(const ServiceableEvent&);

  Journal& journal_;
  mutable std::mutex mutex_;
};

}  // namespace hmc
