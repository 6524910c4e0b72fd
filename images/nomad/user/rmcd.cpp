// SPDX-License-Identifier: GPL-2.0-or-later
// The resource monitoring and control daemon: UDP 657, ASCII, one reply for one request.
//   RMC2 <seq> <key> <verb> [args]  ->  RMC2 <seq> OK [text]  |  RMC2 <seq> ERR <number> <text>  |  RMC2 <seq> BUSY
// Who does not know the key of the device tree (/chosen, "security-rmc-key"; or the daemon's argument) gets no answer.
// A repeated sequence number of the same sender gets the remembered reply, and BUSY while the work goes on.
#include "user/program.h"

using namespace nomad;

namespace {

constexpr u64 remembered = 16;
enum Failure : u32 { refused = 1, malformed = 2, aborted = 3, occupied = 16 };

struct Reply {
  bool used, finished;
  UdpPeer peer;
  u64 sequence;
  char text[640];
};
Reply replies[remembered];
u64 next_reply = 0;
i64 socket = -1;
char key[64] = "";
Reply* pending = nullptr;  // check, prepare or undo that the kernel works on
Reply* called = nullptr;   // drmgr, a program that runs
u64 called_program = 0;

struct Verb {
  const char* name;
  // Fills reply.text with what follows the sequence number; returns false when the work has only begun.
  bool (*run)(const char* arguments, Reply& reply);
};

void ok(Reply& reply, const char* text) { format(reply.text, sizeof reply.text, "OK%s%s", *text ? " " : "", text); }
void fail(Reply& reply, u32 number, const char* text) { format(reply.text, sizeof reply.text, "ERR %u %s", number, text); }

bool hello(const char*, Reply& reply) {
  SystemInfo info;
  system_call(SystemCall::system_info, word_of(&info));
  format(reply.text, sizeof reply.text, "OK nomad 1.0 %s up=%lu", info.partition_name, info.uptime_microseconds / 1000000);
  return true;
}

bool oslevel(const char*, Reply& reply) {
  ok(reply, "nomad 1.0");
  return true;
}

// Whether a program of this name runs.
bool program(const char* arguments, Reply& reply) {
  char name[20];
  ProcessInfo info;
  if (!next_word(arguments, name, sizeof name)) {
    fail(reply, malformed, "the name of a program is missing");
    return true;
  }
  for (u64 slot = 0; system_call(SystemCall::process_info, slot, word_of(&info)) == 0; slot++)
    if (info.pid && equal(info.name, name) && !equal(info.state, "ended")) {
      ok(reply, "");
      return true;
    }
  fail(reply, refused, "no such program runs");
  return true;
}

bool date(const char*, Reply& reply) {
  TimeOfDay now{};
  system_call(SystemCall::time_of_day, word_of(&now));
  format(reply.text, sizeof reply.text, "OK %lu.%09lu", now.seconds, now.nanoseconds);
  return true;
}

bool status(const char*, Reply& reply) {
  DrStatus now{};
  system_call(SystemCall::dr_operation, static_cast<u64>(DrOperation::status), 0, word_of(&now));
  format(reply.text, sizeof reply.text, "OK state=%s stream=%lx", now.state, now.stream);
  return true;
}

// -w MINUTES -d LEVEL, as drmgr has them; in any order, or not at all.
bool take_patience(const char* rest, u64& minutes, u64& detail) {
  constexpr u64 most_minutes = 10000, most_detail = 5;
  char option[4], word[24];
  while (next_word(rest, option, sizeof option)) {
    const bool wait = equal(option, "-w");
    u64& number = wait ? minutes : detail;
    if ((!wait && !equal(option, "-d")) || !next_word(rest, word, sizeof word) || !parse_number(word, number)) return false;
  }
  return minutes <= most_minutes && detail <= most_detail;
}

bool operation(DrOperation what, const char* arguments, Reply& reply) {
  char word[24];
  u64 stream = 0, minutes = 0, detail = 0;
  if (!next_word(arguments, word, sizeof word) || !parse_number(word, stream, 16)) {
    fail(reply, malformed, "a stream id in hexadecimal is missing");
    return true;
  }
  if (!take_patience(arguments, minutes, detail)) {
    fail(reply, malformed, "the wait time or the level of detail is none");
    return true;
  }
  const i64 result =
      pending ? i64{Error::busy} : system_call(SystemCall::dr_operation, static_cast<u64>(what), stream, 0, minutes, detail);
  if (result == Error::busy) {
    fail(reply, occupied, "another operation is under way");
    return true;
  }
  if (result < 0) {
    fail(reply, malformed, "the kernel does not accept this");
    return true;
  }
  pending = &reply;
  return false;
}

bool check(const char* arguments, Reply& reply) { return operation(DrOperation::check, arguments, reply); }
bool prepare(const char* arguments, Reply& reply) { return operation(DrOperation::prepare, arguments, reply); }
bool undo(const char* arguments, Reply& reply) { return operation(DrOperation::undo, arguments, reply); }

// BUSY until the migration is over on our side; the answer is not remembered before.
bool post(const char* arguments, Reply& reply) {
  char word[24];
  u64 stream = 0;
  if (!next_word(arguments, word, sizeof word) || !parse_number(word, stream, 16)) {
    fail(reply, malformed, "a stream id in hexadecimal is missing");
    return true;
  }
  DrStatus now{};
  system_call(SystemCall::dr_operation, static_cast<u64>(DrOperation::status), 0, word_of(&now));
  if (now.stream != stream) fail(reply, malformed, "no migration with this stream");
  else if (equal(now.state, "aborted")) fail(reply, aborted, now.text[0] ? now.text : "the migration was aborted");
  else if (now.post_done) ok(reply, "");
  else if (equal(now.state, "idle") || equal(now.state, "checking")) fail(reply, malformed, "no migration with this stream");
  else return false;
  return true;
}

// BUSY until the program has ended: its status and what it has printed are the answer.
bool dynamic(const char* arguments, Reply& reply) {
  if (called) {
    fail(reply, occupied, "another dynamic operation is under way");
    return true;
  }
  // Asked of an agent that is another one than the one that began: that one was killed.
  if (equal(arguments, "again")) {
    fail(reply, aborted, "the agent has ended meanwhile, and what became of drmgr is not known");
    return true;
  }
  char line[224];
  format(line, sizeof line, "drmgr %s", arguments);
  const i64 pid = system_call(SystemCall::spawn, word_of(line), spawn_capture);
  if (pid < 0) {
    fail(reply, refused, "drmgr could not be started");
    return true;
  }
  called = &reply;
  called_program = static_cast<u64>(pid);
  return false;
}

u64 shutdown_after_reply = ~0ul;

bool shutdown(const char* arguments, Reply& reply) {
  shutdown_after_reply = static_cast<u64>(starts_with(arguments, "restart") ? ShutdownKind::restart : ShutdownKind::power_off);
  ok(reply, "");
  return true;
}

constexpr Verb verbs[] = {
    {"hello", hello},     {"oslevel", oslevel}, {"date", date}, {"status", status},     {"check", check},
    {"prepare", prepare}, {"undo", undo},       {"post", post}, {"shutdown", shutdown}, {"drmgr", dynamic},
    {"program", program},
};

void send(const Reply& reply, const char* text) {
  char line[704];
  const u64 length = format(line, sizeof line, "RMC2 %lu %s\n", reply.sequence, text);
  system_call(SystemCall::udp_send, static_cast<u64>(socket), word_of(line), length, word_of(&reply.peer));
}

void finish(Reply& reply) {
  reply.finished = true;
  send(reply, reply.text);
}

// Takes the same time wherever they differ.
bool is_key(const char* word) {
  u32 difference = key[0] ? 0 : 1;
  for (u64 i = 0; i < sizeof key; i++) {
    difference |= static_cast<u32>(key[i] ^ *word);
    if (*word) word++;
  }
  return difference == 0;
}

// Who manages this partition, for lsrsrc: an address a line, forgotten after a minute of silence.
constexpr u64 forgotten_after = 60;
struct Manager {
  u32 address;
  u64 heard;  // seconds since the system runs
};
Manager managers[4];

u64 seconds() { return timebase() / timebase_frequency(); }

void write_managers() {
  char text[96] = "";
  u64 used = 0;
  for (const Manager& each : managers)
    if (each.address)
      used += format(text + used, sizeof text - used, "%u.%u.%u.%u\n", each.address >> 24, each.address >> 16 & 255, each.address >> 8 & 255,
                     each.address & 255);
  system_call(SystemCall::file_write, word_of(managers_file), word_of(text), used, false);
}

void heard_from(u32 address) {
  Manager* place = managers;
  for (Manager& each : managers) {
    if (each.heard < place->heard) place = &each;
    if (each.address != address) continue;
    each.heard = seconds();
    return;
  }
  *place = {address, seconds()};
  write_managers();
}

void forget_managers() {
  bool some = false;
  for (Manager& each : managers) {
    if (!each.address || seconds() - each.heard < forgotten_after) continue;
    each = {};
    some = true;
  }
  if (some) write_managers();
}

void serve(char* text, const UdpPeer& peer) {
  for (char* at = text; *at; at++)
    if (*at == '\n' || *at == '\r') *at = 0;
  const char* rest = text;
  char protocol[8], number[24], secret[sizeof key], name[24];
  u64 sequence = 0;
  if (!next_word(rest, protocol, sizeof protocol) || !equal(protocol, "RMC2") || !next_word(rest, number, sizeof number) ||
      !parse_number(number, sequence) || !next_word(rest, secret, sizeof secret) || !is_key(secret))
    return;  // not ours: no reply at all
  heard_from(peer.address);
  for (Reply& old : replies)
    if (old.used && old.sequence == sequence && old.peer.address == peer.address && old.peer.port == peer.port) {
      send(old, old.finished ? old.text : "BUSY");
      return;
    }
  while (&replies[next_reply % remembered] == pending || &replies[next_reply % remembered] == called) next_reply++;
  Reply& reply = replies[next_reply++ % remembered];
  reply = {true, false, peer, sequence, {}};
  const bool named = next_word(rest, name, sizeof name);
  while (*rest == ' ') rest++;
  for (const Verb& verb : verbs)
    if (named && equal(verb.name, name)) {
      if (verb.run(rest, reply)) {
        finish(reply);
      } else if (&reply != pending) {  // post: ask again later, with the same number
        if (&reply != called) reply.used = false;
        send(reply, "BUSY");
      }
      return;
    }
  fail(reply, malformed, "unknown verb");
  finish(reply);
}

void look_at_pending() {
  DrStatus now{};
  if (system_call(SystemCall::dr_operation, static_cast<u64>(DrOperation::status), 0, word_of(&now)) == 0 && now.running) return;
  if (now.result == 0) ok(*pending, "");
  else fail(*pending, static_cast<u32>(now.result), now.text);
  finish(*pending);
  pending = nullptr;
}

// In a datagram, which is one line, \n ends a line of the output. The end of it counts more than its beginning.
void look_at_call() {
  static char output[4096];
  i32 status = 0;
  const i64 length = system_call(SystemCall::wait, called_program, word_of(&status), word_of(output), sizeof output - 1, 0);
  if (length == Error::timed_out || length == Error::interrupted) return;
  output[length > 0 ? length : 0] = 0;
  constexpr u64 longest = sizeof called->text / 2;
  const u64 whole = strlen(output);
  u64 used = format(called->text, sizeof called->text, "OK %d ", length < 0 ? 127 : status);
  for (const char* at = output + (whole > longest - 16 ? whole - (longest - 16) : 0); *at; at++) {
    if (*at == '\n') called->text[used++] = '\\';
    called->text[used++] = *at == '\n' ? 'n' : *at;
  }
  called->text[used] = 0;
  finish(*called);
  called = nullptr;
}

}  // namespace

int program_main(int count, char** arguments) {
  handle_signal(SIGTERM, nullptr);
  if (count > 0) copy_text(key, sizeof key, arguments[0]);
  else system_call(SystemCall::property, word_of("/chosen"), word_of("security-rmc-key"), word_of(key), sizeof key - 1);
  socket = system_call(SystemCall::udp_open, 657);
  if (socket < 0) {
    print("rmcd: no socket (%ld)\n", socket);
    return 1;
  }
  static char text[512];
  for (;;) {
    UdpPeer peer{};
    const i64 length =
        system_call(SystemCall::udp_receive, static_cast<u64>(socket), word_of(text), sizeof text - 1, word_of(&peer), pending || called ? 5 : 1000);
    if (length >= 0) {
      text[length] = 0;
      serve(text, peer);
    }
    forget_managers();
    if (pending) look_at_pending();
    if (called) look_at_call();
    if (shutdown_after_reply != ~0ul) {
      system_call(SystemCall::shutdown, shutdown_after_reply);
      shutdown_after_reply = ~0ul;
    }
  }
}
