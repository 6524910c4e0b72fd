// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/app/console/sheets/sheets.h"
#include "emu/core/text.h"

namespace emu::app::console {

Command command(const std::string& system, std::string_view line, Words more) {
  Words words = emu::words(line, ' ');
  words.insert(words.end(), {"-m", system});
  words.insert(words.end(), more.begin(), more.end());
  return {system, std::move(words)};
}

Source source(std::string id, const std::string& system, std::string_view line, std::vector<std::string> names) {
  return {std::move(id), command(system, line), std::move(names)};
}

Words filter(const std::string& partition) { return {"--filter", assignment("lpar_names", partition)}; }

Source of_partition(Source source, const std::string& partition) {
  for (std::string& word : filter(partition)) source.command.words.push_back(std::move(word));
  return source;
}

}  // namespace emu::app::console
