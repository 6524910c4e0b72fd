// SPDX-License-Identifier: GPL-2.0-or-later
// `twinframe console`: sees whether it can be, and becomes the program that opens the window.
#include "emu/app/commands.h"
#include "emu/app/console_options.h"
#include "emu/app/labs.h"

#include <cstdlib>
#include <filesystem>

#include <fmt/format.h>
#include <unistd.h>

namespace emu::app {

namespace {

bool display_exists() {
  const auto given = [](const char* name) { return std::getenv(name) && *std::getenv(name); };
  return given("DISPLAY") || given("WAYLAND_DISPLAY") || given("SDL_VIDEODRIVER");
}

class ConsoleCommand final : public Command {
 public:
  void accept(Options& options) override { options_.accept(options); }

  int run() override {
    const auto lab = find_lab(options_.lab);
    if (!lab) {
      const auto names = lab_names();
      return failed(
          {"lab", names.empty() ? lab.error().text : fmt::format("{} These run: {}.", lab.error().text, fmt::join(names, ", "))});
    }
    if (!display_exists() && options_.screenshot.empty() && options_.record.empty() && options_.control.empty())
      return failed({"display",
                     "There is no display (neither DISPLAY nor WAYLAND_DISPLAY is set): use --screenshot FILE.png or --record "
                     "FILE.webp, which need none."},
                    exit_misused);
    std::vector<std::string> words = options_.words();
    words.insert(words.begin(), (std::filesystem::path(own_path()).parent_path() / "twinframe-console").string());
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    execv(argv[0], argv.data());
    return failed({"console", fmt::format("{} is not there: build it.", words[0])});
  }

 private:
  ConsoleOptions options_;
};

}  // namespace

std::unique_ptr<Command> make_console() { return std::make_unique<ConsoleCommand>(); }

}  // namespace emu::app
