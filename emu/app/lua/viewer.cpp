// SPDX-License-Identifier: GPL-2.0-or-later
// The console's window as a script has it: keys go in, the words that are displayed come out. (emu/app/console/control.h)
#include "emu/app/lua/api.h"
#include "emu/app/lua/lab.h"
#include "emu/app/process.h"
#include "emu/core/clock.h"

#include <csignal>
#include <cstdlib>
#include <filesystem>

#include <fmt/format.h>

namespace emu::app::lua {

namespace {

constexpr u64 patience = 20 * nanoseconds_per_second;

class Viewer final : public Object {
 public:
  Viewer(pid_t pid, std::unique_ptr<Channel> channel) : pid_(pid), channel_(std::move(channel)) {}
  ~Viewer() override { (void)!order("close"); }

  Result<std::string> order(const std::string& line) {
    TRY(channel_->send(Bytes(line.begin(), line.end())));
    const Bytes bytes = TRY(channel_->receive(patience));
    const std::string answer(bytes.begin(), bytes.end());
    if (!answer.starts_with("ok\n")) return Error{"script", "The console: " + answer};
    return answer.substr(3);
  }
  pid_t pid() const { return pid_; }

 private:
  pid_t pid_;
  std::unique_ptr<Channel> channel_;
};

Status obey(Call& call, const std::string& word) {
  const auto viewer = TRY(call.self<Viewer>());
  const std::string rest = TRY(call.text(1));
  TRY(viewer->order(word + " " + rest));
  return success();
}
Status press(Call& call) { return obey(call, "press"); }
Status click(Call& call) { return obey(call, "click"); }
Status type(Call& call) { return obey(call, "type"); }
Status screenshot(Call& call) { return obey(call, "screenshot"); }

Status text(Call& call) {
  const auto viewer = TRY(call.self<Viewer>());
  const std::string part = TRY(call.text(1));
  call.give(TRY(viewer->order("text " + part)));
  return success();
}

Status wait(Call& call) {
  const auto viewer = TRY(call.self<Viewer>());
  const std::string part = TRY(call.text(1)), pattern = TRY(call.text(2));
  const double seconds = TRY(call.number(3, 30));
  const HostClock clock;
  const u64 deadline = end_of_wait(seconds);
  for (;;) {
    const std::string shown = TRY(viewer->order("text " + part));
    if (const auto found = TRY(call.match(shown, pattern, 0))) {
      for (const std::string& capture : found->captures) call.give(capture);
      return success();
    }
    if (clock.monotonic() > deadline)
      return Error{"script",
                   fmt::format("The console has not shown \"{}\" in {} within {} s, but:\n{}", pattern, part, seconds, shown)};
    TRY(nap(30'000'000));
  }
}

Status pid(Call& call) {
  call.give(static_cast<s64>(TRY(call.self<Viewer>())->pid()));
  return success();
}

Status pictures(Call& call) {
  const auto viewer = TRY(call.self<Viewer>());
  const std::string count = TRY(viewer->order("pictures"));
  call.give(static_cast<s64>(std::atoll(count.c_str())));
  return success();
}

Status is_open(Call& call) {
  call.give(kill(TRY(call.self<Viewer>())->pid(), 0) == 0);
  return success();
}

Status close(Call& call) {
  const auto viewer = TRY(call.self<Viewer>());
  TRY(viewer->order("close"));
  return success();
}

constexpr Function methods[] = {
    {"press", "key", "A key, as SDL names it: `F4`, `Return`, `ctrl+shift+C`", press},
    {"click", "words", "A click on the button, tab, row, line or menu that says so", click},
    {"type", "text", "As if it was typed", type},
    {"text", "part", "The words that are displayed in `menu`, `frames`, `move`, `wizard`, `sheet`, `faults`, `help` or `bottom`",
     text},
    {"wait", "part, pattern, [seconds]", "Waits until a part shows the Lua pattern; its captures, else what matched (30 s)",
     wait},
    {"screenshot", "file", "Saves a picture (PNG) of the window", screenshot},
    {"pictures", "", "How many it has drawn so far", pictures},
    {"pid", "", "Its process", pid},
    {"is_open", "", "False once somebody has closed it", is_open},
    {"close", "", "Closes it", close},
};

}  // namespace

const Type viewer_type{"a window", "window:", "What `lab:open_window` answers: a console as `twinframe console` opens it.",
                       methods};

Result<std::shared_ptr<Object>> open_window(const NamedLab& lab, const std::string& folder, std::vector<std::string> options) {
  static int opened = 0;
  const std::string name = fmt::format("window{}", ++opened);
  const std::string file = lab.folders.runtime + "/" + name, output = folder + "/" + name + ".output";
  std::vector<std::string> words{"console", lab.lab.name, "--control", file};
  words.insert(words.end(), options.begin(), options.end());
  const pid_t pid = TRY(start_again(words, output, Ends::with_its_parent));
  const HostClock clock;
  const u64 deadline = clock.monotonic() + patience;
  while (clock.monotonic() < deadline) {
    if (auto channel = connect(file, nanoseconds_per_second / 5))
      return std::shared_ptr<Object>(std::make_shared<Viewer>(pid, std::move(*channel)));
    if (kill(pid, 0) != 0) break;
    TRY(nap(20'000'000));
  }
  return Error{"script", fmt::format("The console does not open; see {}.", output)};
}

}  // namespace emu::app::lua
