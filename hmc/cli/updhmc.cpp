// SPDX-License-Identifier: GPL-2.0-or-later
// updhmc: corrective service of the console itself.
// SIMPLIFIED: it is a text file that names a release, in the words of `version` of a lab file. A console starts again in no time, and
// nobody is logged out by that (-r); without -r the release becomes that of its next process.
#include "emu/core/console_release.h"
#include "hmc/cli/commands.h"
#include "hmc/messages.h"

namespace hmc::cli {

namespace {

constexpr Option options[] = {{"-t"}, {"-f", Takes::file},   {"-h"}, {"-u"}, {"-p"}, {"--passwd"}, {"-k"}, {"-l"},
                              {"-o"}, {"-r", Takes::nothing}};
// "s" is how older releases call an FTP server.
constexpr std::string_view elsewhere[] = {"dvd", "ftp", "sftp", "nfs", "usb", "s"};
constexpr std::string_view of_others[] = {"-h", "-u", "-p", "--passwd", "-k", "-l", "-o"};

}  // namespace
constinit const OptionTable updhmc_options = options;

Result<int> updhmc(Call& call) {
  const std::string kind = call.options.value("-t");
  if (std::ranges::count(elsewhere, kind)) return say("HSCLF0D0", kind);
  if (kind != "disk") return usage_error("-t");
  for (const std::string_view option : of_others)
    if (call.options.has(option)) return usage_error(option);
  const std::string file = call.options.value("-f");
  if (file.empty()) return usage_error("-f");
  const auto content = call.session.file(file);
  if (!content) return say("HSCLF023", file, content.error().text);
  const auto release = emu::from_word<emu::ConsoleRelease>(attributes::trimmed(*content));
  if (!release)
    return say("HSCLF0D1", file, "its text is none of " + emu::joined_words(emu::all_of<emu::ConsoleRelease>(), ", "));
  const emu::ConsoleRelease now = call.release();
  const auto refused = [&](std::string_view why) {
    return say("HSCLF0D2", file, emu::word_of(*release), emu::word_of(now), why);
  };
  if (*release <= now) return refused("there is nothing to update");
  if (emu::version_of(*release) != emu::version_of(now)) return refused("another version is installed from its recovery media");
  TRY(call.console.update(*release, call.options.has("-r")));
  return 0;
}

}  // namespace hmc::cli
