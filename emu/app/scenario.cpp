// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/app/commands.h"
#include "emu/app/lua/script.h"
#include "emu/app/lua/world.h"

#include <cstdio>

namespace emu::app {

namespace {

class Scenario final : public Command {
 public:
  void accept(Options& options) override {
    options.rest("FILE.lua [ARGUMENTS ...]", "the script (docs/scenarios.md says what it can use), and what it gets as `arg`",
                 words_);
  }

  int run() override {
    if (words_.empty()) return failed({"words", "Which script? `twinframe scenario --help`"}, exit_misused);
    lua::catch_interruptions();
    const auto world = lua::World::create();
    if (!world) return failed(world.error());
    const std::vector<std::string> arguments(words_.begin() + 1, words_.end());
    const auto status = lua::run_script(words_[0], arguments, **world);
    if (!status && !(*world)->skipped.empty()) {
      std::printf("skipped: %s\n", (*world)->skipped.c_str());
      return exit_skipped;
    }
    if (!status) {
      std::printf("%s\n", status.error().text.c_str());
      if (!lua::interrupted()) (*world)->show_what_happened();
      std::printf("scenario failed: %s\n", status.error().text.substr(0, status.error().text.find('\n')).c_str());
      return exit_failed;
    }
    std::printf("%llu checks held\n", static_cast<unsigned long long>((*world)->checks));
    return exit_done;
  }

 private:
  std::vector<std::string> words_;
};

}  // namespace

std::unique_ptr<Command> make_scenario() { return std::make_unique<Scenario>(); }

}  // namespace emu::app
