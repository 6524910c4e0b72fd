// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/app/hmc_link.h"

#include "emu/core/clock.h"

#include <array>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>

namespace emu {

// ---- what else goes over the link ----

void archive(Archive& ar, SegmentConfig::Forward& forward) {
  auto& [protocol, host_port, guest_address, guest_port] = forward;
  ar.section("forward", 1);
  ar("protocol", protocol);
  ar("host_port", host_port);
  ar("guest_address", guest_address);
  ar("guest_port", guest_port);
}

}  // namespace emu

namespace hmc {

static void archive(emu::Archive& ar, StepBegun& step) {
  auto& [number, name, at] = step;
  ar.section("step", 1);
  ar("number", number);
  ar("name", name);
  ar("at", at);
}

void archive(emu::Archive& ar, MoveStatus& move) {
  auto& [stream, active, lpar_name, source_system, target_system, source_lpar_id, target_lpar_id, source_msp, source_msp_id,
         target_msp, target_msp_id, state, step, step_name, percent, source, target, began_at, ended_at, error_code, error_text,
         steps] = move;
  ar.section("move", 1);
  ar("stream", stream);
  ar("active", active);
  ar("lpar_name", lpar_name);
  ar("source_system", source_system);
  ar("target_system", target_system);
  ar("source_lpar_id", source_lpar_id);
  ar("target_lpar_id", target_lpar_id);
  ar("source_msp", source_msp);
  ar("source_msp_id", source_msp_id);
  ar("target_msp", target_msp);
  ar("target_msp_id", target_msp_id);
  ar("state", state);
  ar("step", step);
  ar("step_name", step_name);
  ar("percent", percent);
  ar("source", source);
  ar("target", target);
  ar("began_at", began_at);
  ar("ended_at", ended_at);
  ar("error_code", error_code);
  ar("error_text", error_text);
  ar("steps", steps);
}

}  // namespace hmc

namespace emu::app {

namespace hmc_link {

static void archive(Archive& ar, File& file) {
  ar.section("file", 1);
  ar("name", file.name);
  ar("content", file.content);
  ar("error", file.error);
  if (ar.loading() && file.content.size() > largest_file) ar.fail("a file is too large");
}
static void archive(Archive& ar, RunCommand& run) {
  ar.section("run", 1);
  ar("argv", run.argv);
  ar("files", run.files);
  ar("user", run.user);
  ar("user_made", run.user_made);
}
static void archive(Archive& ar, WantInput&) { ar.section("want-input", 1); }
static void archive(Archive& ar, RawInput&) { ar.section("raw-input", 1); }
static void archive(Archive& ar, CheckLogin& login) {
  ar.section("check-login", 1);
  ar("user", login.user);
  ar("password", login.password);
  ar("key", login.key);
}
static void archive(Archive& ar, LoginChecked& checked) {
  ar.section("login-checked", 1);
  ar("opens", checked.opens);
  ar("user_made", checked.user_made);
}
static void archive(Archive& ar, MayStay& ask) {
  ar.section("may-stay", 1);
  ar("user", ask.user);
  ar("user_made", ask.user_made);
}
static void archive(Archive& ar, NoteLogin& login) {
  ar.section("note-login", 1);
  ar("user", login.user);
  ar("from", login.from);
  ar("well", login.well);
}
static void archive(Archive& ar, FaultAdded& added) {
  ar.section("fault-added", 1);
  ar("number", added.number);
  ar("error", added.error);
}
static void archive(Archive& ar, AddFault& add) {
  ar.section("add-fault", 1);
  ar("fault", add.fault);
}
static void archive(Archive& ar, Faults& listed) {
  ar.section("faults", 1);
  ar("faults", listed.faults);
}
static void archive(Archive& ar, ListFaults&) { ar.section("list-faults", 1); }
static void archive(Archive& ar, FaultsCleared& cleared) {
  ar.section("faults-cleared", 1);
  ar("error", cleared.error);
}
static void archive(Archive& ar, ClearFaults& clear) {
  ar.section("clear-faults", 1);
  ar("number", clear.number);
}
static void archive(Archive& ar, LoginNoted&) { ar.section("login-noted", 1); }
static void archive(Archive& ar, Input& input) {
  ar.section("input", 1);
  ar("text", input.text);
}
static void archive(Archive& ar, EndOfInput&) { ar.section("end", 1); }
static void archive(Archive& ar, Output& output) {
  ar.section("output", 1);
  ar("text", output.text);
}
static void archive(Archive& ar, Exit& exit) {
  ar.section("exit", 1);
  ar("status", exit.status);
}
static void archive(Archive& ar, ListMoves&) { ar.section("list-moves", 1); }
static void archive(Archive& ar, Moves& moves) {
  ar.section("moves", 1);
  ar("moves", moves.moves);
}
static void archive(Archive& ar, ListForwards&) { ar.section("list-forwards", 1); }
static void archive(Archive& ar, Forward& forward) {
  ar.section("segment", 1);
  ar("segment", forward.segment);
  ar("forward", forward.forward);
}
static void archive(Archive& ar, Forwards& forwards) {
  ar.section("forwards", 1);
  ar("forwards", forwards.forwards);
}

static void archive(Archive& ar, Done& done) {
  ar.section("done", 1);
  ar("code", done.code);
  ar("text", done.text);
}
static void archive(Archive& ar, ConsoleMet& met) {
  ar.section("console-met", 1);
  ar("done", met.done);
  ar("name", met.name);
  ar("may_migrate", met.may_migrate);
  ar("frames", met.frames);
}
static void archive(Archive& ar, MeetConsole& meet) {
  ar.section("meet-console", 1);
  ar("from", meet.from);
  ar("user", meet.user);
  ar("key", meet.key);
  ar("password", meet.password);
}
static void archive(Archive& ar, FrameAnswered& answered) {
  ar.section("frame-answered", 1);
  ar("message", answered.message);
}
static void archive(Archive& ar, AskFrame& ask) {
  ar.section("ask-frame", 1);
  ar("frame", ask.frame);
  ar("message", ask.message);
  ar("timeout", ask.timeout);
}
static void archive(Archive& ar, HoldFrame& hold) {
  ar.section("hold-frame", 1);
  ar("frame", hold.frame);
}
static void archive(Archive& ar, BreakLock& lock) {
  ar.section("break-lock", 1);
  ar("frame", lock.frame);
}
static void archive(Archive& ar, AddKey& add) {
  ar.section("add-key", 1);
  ar("key", add.key);
}
static void archive(Archive& ar, OwnKey&) { ar.section("own-key", 1); }
static void archive(Archive& ar, ConsoleKey& key) {
  ar.section("console-key", 1);
  ar("done", key.done);
  ar("key", key.key);
}
static void archive(Archive& ar, ReadChanges& read) {
  ar.section("read-changes", 1);
  ar("after", read.after);
  ar("wait_ms", read.wait_ms);
}
template <class T>
static Result<Message> decode_as(std::span<const u8> body) {
  T content = TRY(from_bytes<T>(body));
  return Message(std::move(content));
}

using Decoder = Result<Message> (*)(std::span<const u8>);
template <class... Kinds>
static constexpr std::array<Decoder, sizeof...(Kinds)> decoders_of(const std::variant<Kinds...>*) {
  return {decode_as<Kinds>...};
}

Bytes encode(const Message& message) {
  Bytes bytes = std::visit([](const auto& content) { return to_bytes(content); }, message);
  bytes.insert(bytes.begin(), static_cast<u8>(message.index()));
  return bytes;
}

Result<Message> decode(std::span<const u8> bytes) {
  static constexpr auto decoders = decoders_of(static_cast<const Message*>(nullptr));
  if (bytes.empty() || bytes[0] >= decoders.size()) return Error{"hmc", "The message is of no known kind."};
  return decoders[bytes[0]](bytes.subspan(1));
}

}  // namespace hmc_link

Status send_hmc(Channel& channel, const hmc_link::Message& message) { return channel.send(hmc_link::encode(message)); }

Result<hmc_link::Message> receive_hmc(Channel& channel, u64 timeout) {
  const Bytes bytes = TRY(channel.receive(timeout));
  return hmc_link::decode(bytes);
}

Result<std::unique_ptr<Channel>> connect_hmc(const std::string& hmc_file) {
  auto channel = connect(hmc_file, nanoseconds_per_second);
  if (channel) return channel;
  if (channel.error().code == "busy")
    return Error{"hmc", "The HMC is busy: all of its connections are in use. Try again in a minute."};
  return Error{"hmc", "The HMC does not answer: start it again with `twinframe up`."};
}

hmc_link::RunCommand with_files(const std::vector<std::string>& argv) {
  hmc_link::RunCommand run{argv, {}};
  for (const std::string& name : hmc::Hmc::files_of(argv)) {
    hmc_link::File& file = run.files.emplace_back(hmc_link::File{name, "", ""});
    std::error_code failed;
    // A folder can be opened, and a pipe has no end.
    if (!std::filesystem::is_regular_file(name, failed)) {
      file.error = failed ? failed.message() : "It is no file";
      continue;
    }
    std::ifstream stream(name, std::ios::binary);
    file.content.resize(hmc_link::largest_file + 1);
    stream.read(file.content.data(), static_cast<std::streamsize>(file.content.size()));
    if (!stream.is_open() || stream.bad())
      file.error = "It cannot be read";
    else if (!stream.eof())
      file.error = fmt::format("It has more than {} bytes", hmc_link::largest_file);
    file.content.resize(file.error.empty() ? static_cast<size_t>(stream.gcount()) : 0);
  }
  return run;
}

Result<int> run_hmc_command(const std::string& hmc_file, const std::vector<std::string>& argv,
                            const std::function<void(std::string_view)>& output, const std::function<bool()>& cancelled) {
  const auto channel = TRY(connect_hmc(hmc_file));
  TRY(send_hmc(*channel, with_files(argv)));
  TRY(send_hmc(*channel, hmc_link::EndOfInput{}));
  for (;;) {
    const auto message = receive_hmc(*channel, nanoseconds_per_second / 10);
    if (!message && message.error().code == "timeout") {
      if (cancelled()) return Error{"cancelled", "The command goes on without us."};
      continue;
    }
    if (!message) return message.error();
    if (const auto* text = std::get_if<hmc_link::Output>(&*message)) output(text->text);
    if (const auto* exit = std::get_if<hmc_link::Exit>(&*message)) return exit->status;
  }
}

}  // namespace emu::app
