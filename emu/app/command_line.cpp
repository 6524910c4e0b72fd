// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/app/command_line.h"

#include "emu/app/version.h"

#include <CLI/CLI.hpp>

namespace emu::app {

namespace {

// Options as CLI11 wants them told.
class CliOptions final : public Options {
 public:
  explicit CliOptions(CLI::App& app) : app_(app) {}

  void flag(const std::string& name, const std::string& meaning, bool& to) override { app_.add_flag(name, to, meaning); }
  void value(const std::string& name, const std::string& meaning, std::string& to) override {
    app_.add_option(name, to, meaning)->type_name(" ");
  }
  void argument(const std::string& name, const std::string& meaning, std::string& to, Needed needed) override {
    app_.add_option(name, to, meaning)->required(needed == Needed::yes)->type_name(" ");
  }
  void rest(const std::string& name, const std::string& meaning, std::vector<std::string>& to) override {
    rest_ = &to;
    app_.prefix_command();
    app_.footer(name + ":  " + meaning);
  }
  void collect_rest() const {
    if (rest_) *rest_ = app_.remaining();
  }

 private:
  CLI::App& app_;
  std::vector<std::string>* rest_ = nullptr;
};

struct Known {
  const CommandRow* row = nullptr;
  CLI::App* app = nullptr;
  std::unique_ptr<Command> command;
  std::unique_ptr<CliOptions> options;
};

}  // namespace

int run_one_of(std::span<const CommandRow> rows, const std::string& program, const std::string& summary, int argc, char** argv) {
  CLI::App app(summary, program);
  app.set_version_flag("--version", std::string(version()), "Print the version and exit");
  app.require_subcommand(1);
  std::vector<Known> known;
  for (const CommandRow& row : rows) {
    Known& entry = known.emplace_back();
    entry.row = &row;
    entry.app = app.add_subcommand(std::string(row.name), std::string(row.summary));
    if (row.shown == Shown::to_nobody) entry.app->group("");
    entry.command = row.make();
    entry.options = std::make_unique<CliOptions>(*entry.app);
    entry.command->accept(*entry.options);
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? exit_done : exit_misused;
  }
  for (const Known& entry : known) {
    if (!entry.app->parsed()) continue;
    entry.options->collect_rest();
    return entry.command->run();
  }
  return exit_misused;
}

int run_only(Command& command, const std::string& program, const std::string& summary, int argc, char** argv) {
  CLI::App app(summary, program);
  app.set_version_flag("--version", std::string(version()), "Print the version and exit");
  CliOptions options(app);
  command.accept(options);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? exit_done : exit_misused;
  }
  options.collect_rest();
  return command.run();
}

}  // namespace emu::app
