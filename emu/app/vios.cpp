// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/app/commands.h"
#include "emu/app/frames.h"
#include "emu/app/lab_option.h"

#include <cstdio>

#include <fmt/format.h>

namespace emu::app {

namespace {

class Vios final : public Command {
 public:
  void accept(Options& options) override {
    lab_.accept(options);
    options.rest("FRAME VIOS COMMAND ...", "whose command, and the command as padmin types it; `ioslevel`, `lsmap -all` ...",
                 words_);
  }

  int run() override {
    if (words_.size() < 3) return failed({"words", "twinframe vios FRAME VIOS COMMAND ..."}, exit_misused);
    const auto output = ask();
    if (!output) return failed(output.error());
    std::fwrite(output->output.data(), 1, output->output.size(), stdout);
    return output->exit_code;
  }

 private:
  Result<service::ViosOutput> ask() {
    const NamedLab lab = TRY(lab_.find());
    const auto channel = TRY(connect_frame(lab, words_[0]));
    const service::LparInfo vios = TRY(find_lpar(*channel, words_[0], words_[1]));
    if (vios.definition.env != LparEnv::vioserver) return Error{"vios", words_[1] + " is no Virtual I/O Server."};
    // One word is a line of its own; several are quoted so that the VIOS splits them as our shell did.
    std::string line = words_.size() == 3 ? words_[2] : "";
    for (size_t i = 2; words_.size() > 3 && i < words_.size(); ++i) {
      const bool plain = words_[i].find_first_of(" \t\"'\\") == std::string::npos && !words_[i].empty();
      line += (i > 2 ? " " : "") + (plain ? words_[i] : fmt::format("\"{}\"", words_[i]));
    }
    return service::ask(*channel, service::RunViosCommand{vios.definition.lpar_id, line});
  }

  LabOption lab_;
  std::vector<std::string> words_;
};

}  // namespace

std::unique_ptr<Command> make_vios() { return std::make_unique<Vios>(); }

}  // namespace emu::app
