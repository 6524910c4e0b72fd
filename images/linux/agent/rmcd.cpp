// SPDX-License-Identifier: GPL-2.0-or-later
// The resource monitoring and control daemon of a Linux partition: UDP 657, ASCII, one reply for one request.
//   RMC2 <seq> <key> <verb> [args]  ->  RMC2 <seq> OK [text]  |  RMC2 <seq> ERR <number> <text>  |  RMC2 <seq> BUSY
// Who does not know the key of the device tree gets no answer.
// A repeated sequence number of the same sender gets the remembered reply, and BUSY while the work goes on.
//
// A migration is started as on a real partition: by drmgr, where powerpc-utils is installed, else by writing the stream id to
// /sys/kernel/mobility/migration. Either way one process of ours is inside that write until the migration is over.
// The scripts in /etc/drmgr.d/pmig may refuse: drmgr runs them since version 1.3.11; for an older one, or none, we do.
#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

namespace {

constexpr const char* drmgr = "/usr/sbin/drmgr";
constexpr const char* migration_file = "/sys/kernel/mobility/migration";
constexpr const char* script_folder = "/etc/drmgr.d/pmig";
constexpr const char* key_file = "/proc/device-tree/chosen/security-rmc-key";
constexpr const char* drmgr_output = "/run/rmcd.drmgr";
enum Failure { refused = 1, malformed = 2, aborted = 3, occupied = 16 };

// ---- replies ----

struct Reply {
  bool used = false;
  bool finished = false;
  sockaddr_in peer{};
  uint64_t sequence = 0;
  std::string text;
};
std::array<Reply, 16> replies;
size_t next_reply = 0;
int udp = -1;

void send(const Reply& reply, const std::string& text) {
  const std::string line = "RMC2 " + std::to_string(reply.sequence) + " " + text + "\n";
  (void)!sendto(udp, line.data(), line.size(), 0, reinterpret_cast<const sockaddr*>(&reply.peer), sizeof reply.peer);
}

std::string error(Failure number, const std::string& text) { return "ERR " + std::to_string(number) + " " + text; }

// ---- the dynamic reconfiguration that is under way: one at a time, a process of its own ----

enum class Phase { idle, checking, preparing, migrating, done, failed };
constexpr const char* phase_names[] = {"idle", "checking", "preparing", "migrating", "completed", "aborted"};

// What any other call of drmgr does: chhwres of the console.
struct Call {
  pid_t process = 0;
  Reply* waiting = nullptr;
} call;

struct Operation {
  Phase phase = Phase::idle;
  uint64_t stream = 0;
  pid_t process = 0;
  Reply* waiting = nullptr;  // who has asked for it and has no answer yet
  std::string why;           // it failed
} operation;

std::string last_line_of(const char* file) {
  std::string last;
  FILE* opened = std::fopen(file, "re");
  if (!opened) return last;
  char line[200];
  while (std::fgets(line, sizeof line, opened)) {
    line[std::strcspn(line, "\r\n")] = 0;
    if (line[0]) last = line;
  }
  std::fclose(opened);
  return last;
}

// ---- scripts: PHASE is check, undocheck, pre or post in their environment ----

bool drmgr_runs_scripts() {
  if (access(drmgr, X_OK) != 0) return false;
  const int file = open(drmgr, O_RDONLY | O_CLOEXEC);
  std::string content(1 << 20, '\0');
  const ssize_t bytes = read(file, content.data(), content.size());
  close(file);
  return bytes > 0 && std::string_view(content.data(), static_cast<size_t>(bytes)).find("/etc/drmgr.d") != std::string_view::npos;
}

// In the order of their names. False: one of them has failed; its name is the last line of what they print.
bool run_scripts(const char* phase) {
  dirent** entries = nullptr;
  const int count = scandir(script_folder, &entries, nullptr, alphasort);
  bool well = true;
  for (int i = 0; i < count && well; i++) {
    const std::string script = std::string(script_folder) + "/" + entries[i]->d_name;
    if (entries[i]->d_name[0] == '.' || access(script.c_str(), X_OK) != 0) continue;
    const pid_t child = fork();
    if (child == 0) {
      setenv("PHASE", phase, 1);
      setenv("DRC_TYPE", "pmig", 1);
      execl(script.c_str(), script.c_str(), static_cast<char*>(nullptr));
      _exit(127);
    }
    int status = 0;
    well = child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
    if (!well) dprintf(1, "%s refuses in phase %s\n", script.c_str(), phase);
  }
  for (int i = 0; i < count; i++) std::free(entries[i]);
  std::free(entries);
  return well;
}

// How long the console waits, in minutes, and how much it wants to hear: for drmgr, as a real console passes it on.
struct Patience {
  char minutes[12] = "5";
  char detail[12] = "0";
};

[[noreturn]] void work(const char* event, uint64_t stream, const Patience& patience) {
  const int output = open(drmgr_output, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  dup2(output, 1);
  dup2(output, 2);
  char id[32];
  std::snprintf(id, sizeof id, "0x%llx", static_cast<unsigned long long>(stream));
  if (!drmgr_runs_scripts() && !run_scripts(event)) {
    if (std::string_view(event) == "check") run_scripts("undocheck");
    dprintf(1, "%s: a script refuses\n", script_folder);
    _exit(1);
  }
  if (access(drmgr, X_OK) == 0)
    execl(drmgr, drmgr, "-m", "-c", "pmig", "-p", event, "-s", id, "-w", patience.minutes, "-d", patience.detail,
          static_cast<char*>(nullptr));
  if (std::string_view(event) == "check") _exit(access(migration_file, W_OK) == 0 ? 0 : 1);
  const int file = open(migration_file, O_WRONLY);
  if (file < 0 || write(file, id, std::strlen(id)) < 0) {
    std::perror(migration_file);
    _exit(1);
  }
  _exit(0);
}

bool begin(const char* event, uint64_t stream, const Patience& patience, Reply& reply) {
  if (operation.process) return false;
  const pid_t child = fork();
  if (child == 0) work(event, stream, patience);
  if (child < 0) {
    reply.text = error(refused, "no process could be started");
    return true;
  }
  operation = {std::string_view(event) == "check" ? Phase::checking : Phase::preparing, stream, child, &reply, {}};
  return false;
}

// It has passed the scripts that may refuse when it holds the kernel's file.
bool is_in_kernel(pid_t process) {
  const std::string folder = "/proc/" + std::to_string(process) + "/fd";
  DIR* opened = opendir(folder.c_str());
  if (!opened) return false;
  bool found = false;
  while (const dirent* entry = readdir(opened)) {
    char target[128];
    const ssize_t length = readlink((folder + "/" + entry->d_name).c_str(), target, sizeof target - 1);
    if (length > 0) found = found || std::string_view(target, static_cast<size_t>(length)) == migration_file;
  }
  closedir(opened);
  return found;
}

void answer(const std::string& text) {
  if (!operation.waiting) return;
  operation.waiting->finished = true;
  operation.waiting->text = text;
  send(*operation.waiting, text);
  operation.waiting = nullptr;
}

void look_at_operation() {
  if (!operation.process) return;
  int status = 0;
  if (waitpid(operation.process, &status, WNOHANG) != operation.process) {
    if (operation.phase == Phase::preparing && is_in_kernel(operation.process)) {
      operation.phase = Phase::migrating;
      answer("OK");
    }
    return;
  }
  const bool well = WIFEXITED(status) && WEXITSTATUS(status) == 0;
  if (!well) {
    operation.why = last_line_of(drmgr_output);
    if (operation.why.empty()) operation.why = "drmgr ended with status " + std::to_string(WEXITSTATUS(status));
  }
  const bool was_checking = operation.phase == Phase::checking;
  if (!was_checking && !drmgr_runs_scripts()) run_scripts("post");
  operation.process = 0;
  operation.phase = !well ? Phase::failed : was_checking ? Phase::idle : Phase::done;
  answer(well ? "OK" : error(refused, operation.why));
}

// ---- drmgr for dynamic operations: its exit status and the end of what it has printed are the answer ----

constexpr const char* call_output = "/run/rmcd.call";
constexpr size_t longest_output = 1000;  // with its number and verb it is one datagram

// Lines end with "\\n" in a datagram, which is one line itself.
std::string end_of(const char* file) {
  std::string all;
  FILE* opened = std::fopen(file, "re");
  if (!opened) return all;
  char line[300];
  while (std::fgets(line, sizeof line, opened)) {
    const size_t length = std::strcspn(line, "\r\n");
    for (size_t i = 0; i < length; i++) all += line[i] < ' ' || line[i] > '~' ? '.' : line[i];
    if (line[length]) all += "\\n";
  }
  std::fclose(opened);
  if (all.size() > longest_output) all.erase(0, all.size() - longest_output);
  return all;
}

// The next word, which may be in single quotes; null at the end.
char* next_word(char*& rest) {
  rest += std::strspn(rest, " ");
  if (!*rest) return nullptr;
  const bool quoted = *rest == '\'';
  char* word = rest + (quoted ? 1 : 0);
  rest = word + std::strcspn(word, quoted ? "'" : " ");
  if (*rest) *rest++ = 0;
  return word;
}

[[noreturn]] void run_drmgr(char* arguments) {
  const int output = open(call_output, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  dup2(output, 1);
  dup2(output, 2);
  std::array<char*, 24> words{const_cast<char*>(drmgr)};
  size_t count = 1;
  for (char* word = next_word(arguments); word && count + 1 < words.size(); word = next_word(arguments)) words[count++] = word;
  execv(drmgr, words.data());
  std::perror(drmgr);
  _exit(127);
}

void look_at_call() {
  int status = 0;
  if (!call.process || waitpid(call.process, &status, WNOHANG) != call.process) return;
  call.process = 0;
  const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  if (!call.waiting) return;
  call.waiting->finished = true;
  call.waiting->text = "OK " + std::to_string(code) + " " + end_of(call_output);
  send(*call.waiting, call.waiting->text);
  call.waiting = nullptr;
}

// ---- verbs: each fills reply.text and says true; or false when the answer comes later ----

bool hello(const char*, Reply& reply) {
  timespec up{};
  clock_gettime(CLOCK_BOOTTIME, &up);
  utsname names{};
  uname(&names);
  reply.text =
      std::string("OK ") + names.sysname + " " + names.release + " " + names.nodename + " up=" + std::to_string(up.tv_sec);
  return true;
}

bool oslevel(const char*, Reply& reply) {
  utsname names{};
  uname(&names);
  reply.text = std::string("OK ") + names.sysname + "/" + names.release;
  return true;
}

// Whether a program of this name runs.
bool program(const char* arguments, Reply& reply) {
  DIR* const processes = opendir("/proc");
  bool found = false;
  for (const dirent* each = processes ? readdir(processes) : nullptr; each && !found; each = readdir(processes)) {
    if (!std::isdigit(static_cast<unsigned char>(each->d_name[0]))) continue;
    char name[32] = {};
    const int file = open((std::string("/proc/") + each->d_name + "/comm").c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) continue;
    const ssize_t length = read(file, name, sizeof name - 1);
    close(file);
    found = length > 0 && std::string_view(name, static_cast<size_t>(length) - 1) == arguments;
  }
  if (processes) closedir(processes);
  reply.text = found ? "OK" : "ERR 1 no such program runs";
  return true;
}

bool date(const char*, Reply& reply) {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  char text[64];
  std::snprintf(text, sizeof text, "OK %lld.%09ld", static_cast<long long>(now.tv_sec), now.tv_nsec);
  reply.text = text;
  return true;
}

bool status(const char*, Reply& reply) {
  char text[80];
  std::snprintf(text, sizeof text, "OK state=%s stream=%llx", phase_names[static_cast<int>(operation.phase)],
                static_cast<unsigned long long>(operation.stream));
  reply.text = text;
  return true;
}

bool stream_of(const char* arguments, uint64_t& stream, Reply& reply) {
  char* end = nullptr;
  stream = std::strtoull(arguments, &end, 16);
  if (end != arguments) return true;
  reply.text = error(malformed, "a stream id in hexadecimal is missing");
  return false;
}

// A stream, and behind it -w MINUTES -d LEVEL, or nothing.
bool begin_with(const char* event, const char* arguments, Reply& reply) {
  uint64_t stream = 0;
  Patience patience;
  if (!stream_of(arguments, stream, reply)) return true;
  if (const char* rest = std::strchr(arguments, ' ');
      rest && std::sscanf(rest, " -w %8[0-9] -d %8[0-9]", patience.minutes, patience.detail) != 2) {
    reply.text = error(malformed, "the wait time or the level of detail is none");
    return true;
  }
  return begin(event, stream, patience, reply);
}

bool check(const char* arguments, Reply& reply) { return begin_with("check", arguments, reply); }
bool prepare(const char* arguments, Reply& reply) { return begin_with("pre", arguments, reply); }

// The kernel asks the hypervisor for the stream's state once a second: it sees by itself that the migration is off.
bool undo(const char*, Reply& reply) {
  reply.text = "OK";
  return true;
}

// BUSY until the migration is over on our side.
bool post(const char* arguments, Reply& reply) {
  uint64_t stream = 0;
  if (!stream_of(arguments, stream, reply)) return true;
  if (operation.stream != stream)
    reply.text = error(malformed, "no migration with this stream");
  else if (operation.phase == Phase::failed)
    reply.text = error(aborted, operation.why);
  else if (operation.phase == Phase::done)
    reply.text = "OK";
  else
    return false;
  return true;
}

// BUSY until it has ended. One at a time; while a migration is under way the hypervisor refuses what it would do.
bool dynamic(const char* arguments, Reply& reply) {
  if (access(drmgr, X_OK) != 0) {
    reply.text = error(refused, "drmgr is not installed");
    return true;
  }
  // Asked of an agent that is another one than the one that began: that one was killed.
  if (std::string_view(arguments) == "again" || call.process) {
    reply.text = call.process ? error(occupied, "another dynamic operation is under way")
                              : error(aborted, "the agent has ended meanwhile, and what became of drmgr is not known");
    return true;
  }
  const pid_t child = fork();
  if (child == 0) run_drmgr(std::string(arguments).data());
  if (child < 0) {
    reply.text = error(refused, "no process could be started");
    return true;
  }
  call = {child, &reply};
  return false;
}

const char* shut_down_with = nullptr;

bool shutdown(const char* arguments, Reply& reply) {
  shut_down_with = std::strncmp(arguments, "restart", 7) == 0 ? "/sbin/reboot" : "/sbin/poweroff";
  reply.text = "OK";
  return true;
}

struct Verb {
  std::string_view name;
  bool (*run)(const char* arguments, Reply& reply);
};
constexpr Verb verbs[] = {
    {"hello", hello},       {"oslevel", oslevel}, {"date", date},       {"status", status},
    {"check", check},       {"prepare", prepare}, {"undo", undo},       {"post", post},
    {"shutdown", shutdown}, {"drmgr", dynamic},   {"program", program},
};

// ---- requests ----

// The lab's secret.
bool is_key(std::string_view word) {
  char key[64] = {};
  const int file = open(key_file, O_RDONLY | O_CLOEXEC);
  const ssize_t got = file < 0 ? 0 : read(file, key, sizeof key - 1);
  if (file >= 0) close(file);
  const std::string_view ours(key);
  if (got <= 0 || ours.empty() || ours.size() != word.size()) return false;
  unsigned difference = 0;  // the same time wherever they differ
  for (size_t i = 0; i < ours.size(); i++) difference |= static_cast<unsigned char>(ours[i] ^ word[i]);
  return difference == 0;
}

// ---- who manages this partition: for lsrsrc ----

constexpr const char* managers_file = "/run/rmcd.managers";  // an address a line
constexpr time_t forgotten_after = 60;

struct Manager {
  in_addr_t address = 0;
  time_t heard = 0;
};
std::array<Manager, 4> managers{};

time_t seconds() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec;
}

void write_managers() {
  std::FILE* file = std::fopen(managers_file, "we");
  if (!file) return;
  for (const Manager& each : managers)
    if (each.address) std::fprintf(file, "%s\n", inet_ntoa({each.address}));
  std::fclose(file);
}

void heard_from(in_addr_t address) {
  for (Manager& each : managers)
    if (each.address == address) {
      each.heard = seconds();
      return;
    }
  *std::ranges::min_element(managers, {}, &Manager::heard) = {address, seconds()};
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

void serve(char* text, const sockaddr_in& peer) {
  text[std::strcspn(text, "\r\n")] = 0;
  unsigned long long sequence = 0;
  char secret[64], name[16];
  int rest = 0;
  if (std::sscanf(text, "RMC2 %llu %63s %15s %n", &sequence, secret, name, &rest) < 3 || !is_key(secret))
    return;  // not ours: no reply at all
  heard_from(peer.sin_addr.s_addr);
  for (const Reply& old : replies)
    if (old.used && old.sequence == sequence && old.peer.sin_addr.s_addr == peer.sin_addr.s_addr &&
        old.peer.sin_port == peer.sin_port)
      return send(old, old.finished ? old.text : "BUSY");
  while (&replies[next_reply % replies.size()] == operation.waiting || &replies[next_reply % replies.size()] == call.waiting)
    next_reply++;
  Reply& reply = replies[next_reply++ % replies.size()];
  reply = {true, false, peer, sequence, {}};
  for (const Verb& verb : verbs) {
    if (verb.name != name) continue;
    if (verb.run(text + rest, reply)) {
      reply.finished = true;
      return send(reply, reply.text);
    }
    // Not begun, because something else still is under way: the same request comes again.
    if (&reply != operation.waiting && &reply != call.waiting) reply.used = false;
    return send(reply, "BUSY");
  }
  reply.finished = true;
  reply.text = error(malformed, "unknown verb");
  send(reply, reply.text);
}

}  // namespace

int main() {
  signal(SIGPIPE, SIG_IGN);
  udp = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  sockaddr_in any{};
  any.sin_family = AF_INET;
  any.sin_port = htons(657);
  if (udp < 0 || bind(udp, reinterpret_cast<const sockaddr*>(&any), sizeof any) != 0) {
    std::perror("rmcd: port 657");
    return 1;
  }
  for (;;) {
    pollfd waiting{udp, POLLIN, 0};
    if (poll(&waiting, 1, operation.process || call.process ? 20 : 10000) > 0) {
      char text[512];
      sockaddr_in peer{};
      socklen_t length = sizeof peer;
      const ssize_t got = recvfrom(udp, text, sizeof text - 1, 0, reinterpret_cast<sockaddr*>(&peer), &length);
      if (got >= 0) {
        text[got] = 0;
        serve(text, peer);
      }
    }
    look_at_operation();
    look_at_call();
    forget_managers();
    if (shut_down_with && fork() == 0) execl(shut_down_with, shut_down_with, static_cast<char*>(nullptr));
    shut_down_with = nullptr;
  }
}
