// SPDX-License-Identifier: GPL-2.0-or-later
// Labs of a script: start, stop, commands, state, faults.
#include "emu/app/lua/lab.h"

#include "emu/app/faults.h"
#include "emu/app/frames.h"
#include "emu/app/hmc_link.h"
#include "emu/app/lab_status.h"
#include "emu/app/lua/api.h"
#include "emu/core/clock.h"
#include "emu/core/shell_words.h"
#include "emu/core/text.h"

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>

namespace emu::app::lua {

Json as_json(const service::StreamInfo& stream) {
  constexpr const char* phases[] = {"none",        "opened",  "passes",    "suspending", "suspended", "verifying",
                                    "handed_over", "resumed", "completed", "aborted",    "failed"};
  Json::List passes;
  for (const service::PassInfo& pass : stream.passes)
    passes.push_back(Json::Object{{"pages", pass.pages},
                                  {"zero_pages", pass.zero_pages},
                                  {"bytes", pass.bytes},
                                  {"ms", static_cast<double>(pass.nanoseconds) / 1e6},
                                  {"dirty_after", pass.dirty_after}});
  const auto phase = std::min<size_t>(static_cast<size_t>(stream.phase), std::size(phases) - 1);
  return Json::Object{{"stream", stream.stream},
                      {"lpar_id", stream.lpar_id},
                      {"role", stream.role == service::Role::source ? "source" : "target"},
                      {"phase", phases[phase]},
                      {"percent", stream.percent},
                      {"bytes_total", stream.bytes_total},
                      {"bytes_sent", stream.bytes_sent},
                      {"bytes_remaining", stream.bytes_remaining},
                      {"passes", std::move(passes)},
                      {"residual_pages", stream.residual_pages},
                      {"demand_paged", stream.demand_paged},
                      {"demand_p50_us", static_cast<double>(stream.demand_p50_ns) / 1e3},
                      {"demand_p99_us", static_cast<double>(stream.demand_p99_ns) / 1e3},
                      {"suspended_at_ms", static_cast<double>(stream.suspended_at) / 1e6},
                      {"handed_over_at_ms", static_cast<double>(stream.handed_over_at) / 1e6},
                      {"resumed_at_ms", static_cast<double>(stream.resumed_at) / 1e6},
                      {"completed_at_ms", static_cast<double>(stream.completed_at) / 1e6},
                      {"error_code", stream.error_code},
                      {"error_text", stream.error_text}};
}

Json as_json(const hmc::MoveStatus& move) {
  Json::List steps;
  for (const auto& step : move.steps)
    steps.push_back(Json::Object{{"number", step.number}, {"name", step.name}, {"at_ms", static_cast<double>(step.at) / 1e6}});
  return Json::Object{{"stream", move.stream},
                      {"active", move.active},
                      {"lpar_name", move.lpar_name},
                      {"source_system", move.source_system},
                      {"target_system", move.target_system},
                      {"source_lpar_id", move.source_lpar_id},
                      {"target_lpar_id", move.target_lpar_id},
                      {"source_msp", move.source_msp},
                      {"target_msp", move.target_msp},
                      {"state", std::string(hmc::name_of(move.state))},
                      {"step", move.step},
                      {"step_name", move.step_name},
                      {"percent", move.percent},
                      {"steps", std::move(steps)},
                      {"source", as_json(move.source)},
                      {"target", as_json(move.target)},
                      {"began_at_ms", static_cast<double>(move.began_at) / 1e6},
                      {"ended_at_ms", static_cast<double>(move.ended_at) / 1e6},
                      {"error_code", move.error_code},
                      {"error_text", move.error_text}};
}

namespace {

namespace fs = std::filesystem;

Json outcome(int code, std::string output) { return Json::Object{{"code", code}, {"output", std::move(output)}}; }

Status up(Call& call) {
  const std::string file = call.member(1, "file").value_or(default_lab_file());
  auto handle = TRY(call.world().start_lab(file, call.member(1, "name").value_or("")));
  call.give(std::make_shared<LabObject>(std::move(handle)), lab_type);
  return success();
}

Status default_file(Call& call) {
  call.give(default_lab_file());
  return success();
}

// A lab file of the script's own making, in its folder; for labs that differ from an existing one in a detail.
Status variant(Call& call) {
  const std::string original = TRY(call.text(2, default_lab_file()));
  std::ifstream stream(original);
  if (!stream) return Error{"script", fmt::format("There is no file {}.", original)};
  std::string text((std::istreambuf_iterator<char>(stream)), {});
  const Json changes = TRY(call.value(1));
  const auto* list = std::get_if<Json::List>(&changes.value);
  if (!list) return Error{"script", "lab.variant wants a list of pairs: {{what, instead}, ...}."};
  for (const Json& change : *list) {
    const auto* pair = std::get_if<Json::List>(&change.value);
    const auto* what = pair && pair->size() == 2 ? std::get_if<std::string>(&(*pair)[0].value) : nullptr;
    const auto* instead = pair && pair->size() == 2 ? std::get_if<std::string>(&(*pair)[1].value) : nullptr;
    if (!what || !instead) return Error{"script", "lab.variant wants a list of pairs: {{what, instead}, ...}."};
    const auto where = text.find(*what);
    if (where == text.npos) return Error{"script", fmt::format("{} has no \"{}\".", original, *what)};
    text.replace(where, what->size(), *instead);
  }
  // What the original names beside itself is still there.
  const std::string beside = fmt::format("\"{}/../", fs::path(original).parent_path().string());
  for (size_t at = 0; (at = text.find("\"../", at)) != text.npos; at += beside.size()) text.replace(at, 4, beside);
  static int number = 0;
  const std::string file = fmt::format("{}/variant{}.toml", call.world().folder(), ++number);
  std::ofstream(file) << text;
  call.give(file);
  return success();
}

Status try_read(Call& call) {
  const std::string file = TRY(call.text(1));
  const auto read = read_lab(file);
  const Status checked = read ? check_faults(*read) : Status(read.error());
  if (checked) {
    call.give(true);
  } else {
    call.give(Json());
    call.give(checked.error().text);
  }
  return success();
}

// For a lab that is not there yet.
Status state_folder_of(Call& call) {
  const std::string name = TRY(call.text(1));
  call.give(TRY(lab_folders(name)).state);
  return success();
}

// Runs this program as a user would, and waits for its end.
Status program(Call& call) {
  const std::string line = TRY(call.text(1));
  const std::vector<std::string> words = TRY(split_words(line));
  const std::string output = fmt::format("{}/program.output", call.world().folder());
  std::error_code ignored;
  fs::remove(output, ignored);
  std::signal(SIGCHLD, SIG_DFL);
  const pid_t pid = TRY(start_again(words, output, Ends::with_its_parent));
  const int code = wait_for_exit(pid);
  std::signal(SIGCHLD, SIG_IGN);
  std::ifstream stream(output);
  call.give(outcome(code, std::string((std::istreambuf_iterator<char>(stream)), {})));
  return success();
}

// ---- methods ----

Result<std::shared_ptr<LabHandle>> handle_of(Call& call) {
  const auto lab = TRY(call.self<LabObject>());
  return lab->handle();
}

Status down(Call& call) {
  const auto lab = TRY(handle_of(call));
  return call.world().stop_lab(*lab);
}

// The console that an argument names; none: the lab's first.
Result<std::string> hmc_file_of(Call& call, const LabHandle& lab, int argument) {
  const std::string name = TRY(call.text(argument, ""));
  return lab.lab().console(TRY(lab.lab().console_number(name))).hmc_file();
}

Status run_hmc(Call& call) {
  const auto lab = TRY(handle_of(call));
  const std::string line = TRY(call.text(1));
  const auto words = TRY(split_words(line));
  const std::string hmc_file = TRY(hmc_file_of(call, *lab, 2));
  std::string output;
  const int code = TRY(run_hmc_command(
      hmc_file, words, [&](std::string_view text) { output += text; }, interrupted));
  call.give(outcome(code, std::move(output)));
  return success();
}

Status run_vios(Call& call) {
  const auto lab = TRY(handle_of(call));
  const std::string frame = TRY(call.text(1));
  const std::string name = TRY(call.text(2)), line = TRY(call.text(3));
  const auto vios = TRY(lab->lpar(frame, name));
  auto output = TRY(lab->ask(frame, service::RunViosCommand{vios.definition.lpar_id, line}));
  call.give(outcome(output.exit_code, std::move(output.output)));
  return success();
}

Status console(Call& call) {
  const auto lab = TRY(handle_of(call));
  const std::string frame = TRY(call.text(1)), name = TRY(call.text(2));
  const auto lpar = TRY(lab->lpar(frame, name));
  call.give(make_terminal(lab, frame, lpar), terminal_type);
  return success();
}

Status status(Call& call) {
  const auto lab = TRY(handle_of(call));
  call.give(lab_status(lab->lab()));
  return success();
}

// Frame by frame what is known of a partition: for "exactly one owner".
Status where(Call& call) {
  const auto lab = TRY(handle_of(call));
  const std::string name = TRY(call.text(1));
  Json::Object found;
  for (const FrameConfig& frame : lab->lab().lab.frames) {
    const auto all = lab->ask(frame.name, service::ListLpars{});
    if (!all) continue;
    for (const service::LparInfo& lpar : all->lpars)
      if (lpar.definition.name == name) found.emplace_back(frame.name, std::string(name_of(lpar.state)));
  }
  call.give(found);
  return success();
}

Status wait_state(Call& call) {
  const auto lab = TRY(handle_of(call));
  const std::string frame = TRY(call.text(1)), name = TRY(call.text(2)), wanted = TRY(call.text(3));
  const HostClock clock;
  const double seconds = TRY(call.number(4, 30));
  const u64 deadline = end_of_wait(seconds);
  std::string state = "absent";
  for (;;) {
    const auto lpar = lab->lpar(frame, name);
    state = lpar ? std::string(name_of(lpar->state)) : "absent";
    if (state == wanted) return success();
    if (clock.monotonic() > deadline) break;
    TRY(nap(20'000'000));
  }
  return Error{"script", fmt::format("{} on {} is {}, not {}.", name, frame, state, wanted)};
}

Status fault(Call& call) {
  const auto lab = TRY(handle_of(call));
  const std::string where = TRY(call.text(1)), line = TRY(call.text(2)), vios = TRY(call.text(3, ""));
  std::vector<std::string> what = TRY(split_words(line));
  if (!vios.empty()) what.push_back("vios=" + vios);
  const std::string number = TRY(inject_fault(lab->lab(), where, what));
  call.give(static_cast<s64>(parse_number<u32>(number).value_or(0)));
  return success();
}

Status faults(Call& call) {
  const auto lab = TRY(handle_of(call));
  const std::string where = TRY(call.text(1, ""));
  const auto all = TRY(faults_in_force(lab->lab(), where));
  Json::List lines;
  for (const FaultInForce& each : all) lines.push_back(line_of(lab->lab(), each));
  call.give(lines);
  return success();
}

Status clear_fault(Call& call) {
  const auto lab = TRY(handle_of(call));
  const std::string where = TRY(call.text(1, ""));
  const auto number = static_cast<u32>(TRY(call.number(2, 0)));
  return clear_faults(lab->lab(), where, number);
}

Status signal_process(Call& call, int number) {
  const auto lab = TRY(handle_of(call));
  const std::string process = TRY(call.text(1));
  const auto pid = living(lab->lab().presence_file(process));
  if (!pid || kill(*pid, number) != 0) return Error{"script", fmt::format("{} does not run.", process)};
  return success();
}
Status freeze_process(Call& call) { return signal_process(call, SIGSTOP); }
Status thaw_process(Call& call) { return signal_process(call, SIGCONT); }

Status kill_process(Call& call) {
  const auto lab = TRY(handle_of(call));
  const std::string process = TRY(call.text(1));
  const std::string file = lab->lab().presence_file(process);
  if (!living(file)) return Error{"script", fmt::format("{} does not run.", process)};
  lab->forget_channels();
  if (!end_process(file, SIGKILL, 10 * nanoseconds_per_second)) return Error{"script", fmt::format("{} does not die.", process)};
  return success();
}

Status wait_dead(Call& call) {
  const auto lab = TRY(handle_of(call));
  const std::string process = TRY(call.text(1));
  const HostClock clock;
  const u64 deadline = end_of_wait(TRY(call.number(2, 30)));
  while (living(lab->lab().presence_file(process))) {
    if (clock.monotonic() > deadline) return Error{"script", fmt::format("{} still lives.", process)};
    TRY(nap(5'000'000));
  }
  lab->forget_channels();
  return success();
}

Status is_alive(Call& call) {
  const auto lab = TRY(handle_of(call));
  const std::string process = TRY(call.text(1));
  call.give(living(lab->lab().presence_file(process)).has_value());
  return success();
}

Status restart(Call& call) {
  const auto lab = TRY(handle_of(call));
  lab->forget_channels();
  return start(lab->lab(), Ends::with_its_parent, [](const std::string&) {});
}

Status moves(Call& call) {
  const auto lab = TRY(handle_of(call));
  const std::string hmc_file = TRY(hmc_file_of(call, *lab, 1));
  const auto channel = TRY(connect(hmc_file, nanoseconds_per_second));
  const auto all = TRY(ask_hmc(*channel, hmc_link::ListMoves{}, 10 * nanoseconds_per_second));
  Json::List list;
  for (const hmc::MoveStatus& move : all.moves) list.push_back(as_json(move));
  call.give(list);
  return success();
}

Status stream(Call& call) {
  const auto lab = TRY(handle_of(call));
  const std::string frame = TRY(call.text(1));
  const u64 number = TRY(call.integer(2));
  call.give(as_json(TRY(lab->ask(frame, service::QueryStream{number}))));
  return success();
}

Status start_task(Call& call) {
  const auto lab = TRY(handle_of(call));
  const std::string line = TRY(call.text(1));
  const std::string hmc_file = TRY(hmc_file_of(call, *lab, 2));
  call.give(make_task(lab, hmc_file, TRY(split_words(line))), task_type);
  return success();
}

Status watch(Call& call) {
  const auto lab = TRY(handle_of(call));
  const std::string frame = TRY(call.text(1)), name = TRY(call.text(2));
  const auto lpar = TRY(lab->lpar(frame, name));
  call.give(make_watch(lab, lpar.definition.uuid, TRY(call.integer(3))), watch_type);
  return success();
}

Status pinger(Call& call) {
  const auto lab = TRY(handle_of(call));
  const std::string address = TRY(call.text(1));
  const u64 interval = static_cast<u64>(TRY(call.number(2, 100)) * 1e6);
  call.give(TRY(make_pinger(lab->lab(), address, interval)), pinger_type);
  return success();
}

Status open_console(Call& call) {
  const auto lab = TRY(handle_of(call));
  std::vector<std::string> options;
  for (const char* name : {"size", "scale", "theme", "record"})
    if (const auto value = call.member(1, name)) options.insert(options.end(), {std::string("--") + name, *value});
  if (call.member(1, "look_on")) options.emplace_back("--look-on");
  call.give(TRY(open_window(lab->lab(), call.world().folder(), std::move(options))), viewer_type);
  return success();
}

Status connection(Call& call) {
  const auto lab = TRY(handle_of(call));
  const std::string address = TRY(call.text(1));
  const auto port = static_cast<u16>(TRY(call.integer(2)));
  const auto rate = static_cast<u64>(TRY(call.number(3, 200)));
  call.give(TRY(make_connection(lab->lab(), address, port, rate)), connection_type);
  return success();
}

Status name_of_lab(Call& call) {
  const auto lab = TRY(handle_of(call));
  call.give(lab->lab().lab.name);
  return success();
}

Status state_folder(Call& call) {
  const auto lab = TRY(handle_of(call));
  call.give(lab->lab().folders.state);
  return success();
}

Status runtime_folder(Call& call) {
  const auto lab = TRY(handle_of(call));
  call.give(lab->lab().folders.runtime);
  return success();
}

constexpr Function lab_functions[] = {
    {"up", "{file=..., name=...}", "Starts a lab (default: the default file, a name that is only ours) and answers it", up},
    {"default_file", "", "The path of the default lab file", default_file},
    {"variant", "{{what, instead}, ...}, [file]", "A lab file made of another, the default one, by replacing texts; its path",
     variant},
    {"try", "file", "Reads a lab file: true, or nil and the reason", try_read},
    {"state_folder", "name",
     "The folder in which a lab of this name will keep its state: a script can put something there before `lab.up`",
     state_folder_of},
    {"program", "line", "Runs `twinframe` with these arguments, as a user would: {code, output}", program},
};

constexpr Function methods[] = {
    {"hmc", "line, [console]", "Runs a command of the HMC to its end: {code, output}", run_hmc},
    {"vios", "frame, vios, line", "Runs a command on a VIOS: {code, output}", run_vios},
    {"start", "line, [console]", "Starts a command of the HMC and answers a task, which goes on beside the script", start_task},
    {"console", "frame, partition", "The partition's console; it follows the partition when it moves", console},
    {"status", "", "What `twinframe status --json` shows", status},
    {"where", "partition", "Frame to state, for every frame that knows a partition of this name", where},
    {"wait_state", "frame, partition, state, [seconds]", "Waits until a partition is in a state", wait_state},
    {"moves", "[console]", "The moves that the HMC knows, oldest first: step, percent, source and target stream ...", moves},
    {"stream", "frame, stream", "How a frame sees a stream: phase, passes, bytes, times", stream},
    {"fault", "where, what, [vios]",
     "Makes something go wrong, as `twinframe fault WHERE WHAT` does: a frame, or `hmc`, and one of the faults of faults.md with "
     "its "
     "words; its number, by which it is taken back, or 0",
     fault},
    {"faults", "[where]", "The faults that are in force, as `twinframe fault --list` shows them", faults},
    {"clear_faults", "[where], [number]", "Takes faults back: all, those of a frame or console, or one of these", clear_fault},
    {"kill", "process", "kill -9 of a frame's or the HMC's process (`hmc`)", kill_process},
    {"freeze", "process", "Stops a process where it is, until `thaw`", freeze_process},
    {"thaw", "process", "Lets a process go on that `freeze` or a fault has stopped", thaw_process},
    {"wait_dead", "process, [seconds]", "Waits for a process to die of what was done to it", wait_dead},
    {"is_alive", "process", "", is_alive},
    {"restart", "", "Starts the processes that are missing, as `twinframe up` does", restart},
    {"watch", "frame, partition, address", "Watches a counter in the partition's memory from outside, on all frames", watch},
    {"pinger", "address, [milliseconds]", "Pings an address all the while", pinger},
    {"open_window", "{size=..., scale=..., theme=..., record=..., look_on=...}",
     "Opens `twinframe console` on the lab, in memory if there is no display, and answers the window", open_console},
    {"connection", "address, port, [blocks a second]",
     "A TCP connection to a guest's `stream` judge through the port that is forwarded to it (200)", connection},
    {"name", "", "", name_of_lab},
    {"state_folder", "", "", state_folder},
    {"runtime_folder", "", "", runtime_folder},
    {"down", "", "Stops it; an error if that did not go in order. At the script's end it happens by itself", down},
};

}  // namespace

const Type labs_type{"lab", "lab.", "Labs. A scenario's labs have their own names and folders, and are gone when it ends.",
                     lab_functions};
const Type lab_type{"a lab", "lab:", "What `lab.up` answers.", methods};

}  // namespace emu::app::lua
