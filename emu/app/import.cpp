// SPDX-License-Identifier: GPL-2.0-or-later
// A lab file from what the commands of a real site's console have printed. (docs/import.md)
#include "emu/app/commands.h"
#include "emu/app/site/lab_text.h"
#include "emu/app/site/partition.h"
#include "emu/core/lab.h"
#include "emu/core/names.h"
#include "emu/core/paths.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

namespace emu::app {

namespace {

// A new file, whole or not at all.
Status write_file(const std::string& path, const std::string& text) {
  const auto failure = [&](const std::string& file) {
    return Error{"import", fmt::format("{} cannot be written: {}.", shown_name(file), std::strerror(errno))};
  };
  const std::string fresh = fmt::format("{}.new-{}", path, getpid());
  const int file = open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (file < 0) return failure(fresh);
  size_t done = 0;
  while (done < text.size()) {
    const ssize_t written = write(file, text.data() + done, text.size() - done);
    if (written <= 0 && errno != EINTR) break;
    if (written > 0) done += static_cast<size_t>(written);
  }
  bool well = done == text.size() && fsync(file) == 0;
  const Error error = failure(path);
  well = close(file) == 0 && well;
  // A link fails if the name is taken, whoever took it meanwhile.
  const bool taken = well && link(fresh.c_str(), path.c_str()) != 0;
  const Error refused = failure(path);
  unlink(fresh.c_str());
  if (!well) return error;
  if (taken) return refused;
  return success();
}

class Import final : public Command {
 public:
  void accept(Options& options) override {
    options.argument("DIR", "The folder with the saved outputs: docs/import.md", folder_, Needed::yes);
    options.value("-o", "The lab file to make, which must not be there yet (default: to the standard output)", file_);
    options.value("--name", "The lab's name (default: the folder's)", name_);
    options.value("--guest",
                  "What client partitions boot, such as nomad: those that ran are started by `up` (default: nothing, and all are "
                  "off)",
                  guest_);
  }

  int run() override {
    const auto made = make();
    if (!made) return failed(made.error());
    for (const std::string& note : made->notes) std::fprintf(stderr, "%s\n", note.c_str());
    if (file_.empty()) {
      std::fwrite(made->text.data(), 1, made->text.size(), stdout);
      if (std::fflush(stdout) != 0) return failed({"import", "The lab file could not be printed."});
      return exit_done;
    }
    if (const Status written = write_file(file_, made->text); !written) return failed(written.error());
    return exit_done;
  }

 private:
  Result<site::LabText> make() const {
    if (!file_.empty() && is_there(file_))
      return Error{"import", fmt::format("{} is there already: remove it, or give another name.", shown_name(file_))};
    std::filesystem::path folder = made_absolute(folder_).lexically_normal();
    if (!folder.has_filename()) folder = folder.parent_path();
    const std::string name = name_.empty() ? site::device_name(folder.filename().string()) : name_;
    const site::Site found = TRY(site::read_folder(folder_));
    auto made = TRY(site::lab_of(found, {name, guest_}));
    // What `up` would refuse is no lab file.
    const std::string file = file_.empty() ? name + ".toml" : file_;
    if (const auto lab = read_lab_text(made.text, file); !lab)
      return Error{"import", fmt::format("This site cannot be a lab: {}", lab.error().text)};
    return made;
  }

  std::string folder_, file_, name_, guest_;
};

}  // namespace

std::unique_ptr<Command> make_import() { return std::make_unique<Import>(); }

}  // namespace emu::app
