// SPDX-License-Identifier: GPL-2.0-or-later
// Another process of the same user may write what it likes into the memory of a link, and try to take it away. Links end with
// an error then, and processes live: each case runs in a process of its own, which must come to its end.
#include "emu/core/clock.h"
#include "emu/link/channel.h"
#include "emu/link/mover_link.h"
#include "emu/link/segment.h"
#include "tests/support/catch.h"

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <random>
#include <thread>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace emu;

namespace {

constexpr u64 ms = 1'000'000;
constexpr u64 second = 1000 * ms;

struct Folder {
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "twinframe-hostile-XXXXXX").string();
    path = mkdtemp(name.data());
  }
  ~Folder() { std::filesystem::remove_all(path); }
  std::string path;
};

// 0 if `work` came to its end; else the signal that ended it, or what it answered.
int outcome(const std::function<int()>& work) {
  const pid_t child = fork();
  if (child == 0) {
    alarm(60);
    _exit(work());
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
}

// Writes seeded nonsense over the first bytes of whatever has the name, as long as it lives; nothing if there is no memory.
class Scribbler {
 public:
  Scribbler(const std::string& name, size_t begin, size_t end, u32 seed) : begin_(begin), end_(end) {
    const int file = open(name.c_str(), O_RDWR | O_CLOEXEC);
    void* mapped = file < 0 ? MAP_FAILED : mmap(nullptr, end, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (file >= 0) close(file);
    if (mapped == MAP_FAILED) return;
    words_ = static_cast<u32*>(mapped);
    thread_ = std::thread([this, seed] {
      std::mt19937 random(seed);
      while (!ended_) {
        const u32 word = random() % 3 == 0 ? random() % 4 : static_cast<u32>(random());  // likely numbers more often
        __atomic_store_n(words_ + begin_ / 4 + random() % ((end_ - begin_) / 4), word, __ATOMIC_RELAXED);
      }
    });
  }
  ~Scribbler() {
    ended_ = true;
    if (thread_.joinable()) thread_.join();
    if (words_) munmap(words_, end_);
  }
  bool at_work() const { return words_ != nullptr; }

 private:
  const size_t begin_, end_;
  u32* words_ = nullptr;
  std::atomic<bool> ended_{false};
  std::thread thread_;
};

int talk(const std::string& path, u32 seed) {
  auto listener = Listener::create(path);
  auto client = connect(path, second);
  auto server = (*listener)->accept(second);
  if (!client || !server) return 1;
  // The counters and bells of the first place, and what is in its ring; the bell of the listener.
  const Scribbler scribbler(path, seed % 2 ? 0 : 64, seed % 4 < 2 ? 1024 : 600'000, seed);
  if (!scribbler.at_work()) return 2;
  std::thread other([&] {
    for (int i = 0; i < 200; ++i)
      if (!(*client)->send(Bytes(5000)) || !(*client)->open()) break;
  });
  for (int i = 0; i < 100; ++i) {
    const auto message = (*server)->receive(ms);
    if (!message && message.error().code == "closed") break;
    (void)(*server)->send(Bytes(100));
  }
  server->reset();
  other.join();
  for (int i = 0; i < 20; ++i) (void)(*listener)->accept(ms);
  (void)connect(path, 0);
  return 0;
}

int move(const std::string& path, u32 seed) {
  auto target = MoverLink::listen(path);
  auto source = MoverLink::connect(path, second);
  if (!target || !source) return 1;
  const Scribbler scribbler(path, seed % 2 ? 0 : 64, 8 * KiB, seed);
  if (!scribbler.at_work()) return 2;
  for (int i = 0; i < 300; ++i) {
    if (const auto index = (*source)->take_free()) (void)(*source)->send({*index, 0, 64, i % 3 == 0});
    while (const auto d = (*target)->receive()) (*target)->give_back(d->index);
    (*target)->wait(ms / 10);
    (*source)->wait(ms / 10);
    (*source)->ring();
    (void)(*target)->up();
    (void)(*source)->peer_alive();
  }
  return 0;
}

// The memory that the name of a segment leads to: what the first line says.
std::string memory_of(const std::string& path) {
  char line[64] = {};
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const ssize_t got = file < 0 ? 0 : read(file, line, sizeof line - 1);
  if (file >= 0) close(file);
  const std::string text(line, static_cast<size_t>(std::max<ssize_t>(got, 0)));
  return text.substr(0, text.find('\n'));
}

int network(const std::string& path, u32 seed) {
  auto segment = Segment::open(path);
  if (!segment) return 1;
  auto a = (*segment)->plug("a"), b = (*segment)->plug("b");
  const Scribbler scribbler(memory_of(path), 0, seed % 2 ? 16 * KiB : 600 * KiB, seed);
  if (!scribbler.at_work()) return 2;
  Bytes packet(1514, 0xFF);
  for (int i = 0; i < 300; ++i) {
    packet[11] = static_cast<u8>(i);
    (void)(*a)->send(packet);
    (void)(*b)->receive(ms / 10);
    (void)(*segment)->ports();
  }
  auto another = Segment::open(path);
  return another && (*another)->plug("c") ? 0 : 3;
}

}  // namespace

TEST_CASE("a peer that scribbles over a channel ends it, and no process", "[link][hostile]") {
  const Folder folder;
  const u32 seed = GENERATE(range(1u, 9u));
  CAPTURE(seed);
  CHECK(outcome([&] { return talk(folder.path + "/frame.service", seed); }) == 0);
}

TEST_CASE("a peer that scribbles over a mover link ends it, and no process", "[link][hostile]") {
  const Folder folder;
  const u32 seed = GENERATE(range(1u, 9u));
  CAPTURE(seed);
  CHECK(outcome([&] { return move(folder.path + "/move-1", seed); }) == 0);
}

TEST_CASE("a peer that scribbles over an Ethernet segment ends no process", "[link][hostile]") {
  const Folder folder;
  const u32 seed = GENERATE(range(1u, 9u));
  CAPTURE(seed);
  CHECK(outcome([&] { return network(folder.path + "/lan0.segment", seed); }) == 0);
}

TEST_CASE("a mover link whose queues hold nonsense is down for both", "[link][hostile]") {
  const Folder folder;
  const std::string path = folder.path + "/move-1";
  auto target = MoverLink::listen(path);
  auto source = MoverLink::connect(path, second);
  REQUIRE(source);
  REQUIRE((*target)->up());
  const int file = open(path.c_str(), O_RDWR | O_CLOEXEC);
  const u32 nonsense = 0xDEADBEEF;
  REQUIRE(pwrite(file, &nonsense, sizeof nonsense, 64) == sizeof nonsense);  // how much the source has written
  close(file);
  const HostClock clock;
  for (const u64 end = clock.monotonic() + second; clock.monotonic() < end && ((*target)->up() || (*source)->up());) {
  }
  CHECK_FALSE((*target)->peer_alive());
  CHECK_FALSE((*source)->peer_alive());
  CHECK_FALSE((*target)->receive());
  CHECK_FALSE((*target)->waiting());
}

TEST_CASE("nobody can cut off the memory of a link", "[link][hostile]") {
  const Folder folder;
  const auto cut_off = [](const std::string& name) { return truncate(name.c_str(), 0) == 0; };
  CHECK(outcome([&] {
          const std::string path = folder.path + "/frame.service";
          auto listener = Listener::create(path);
          auto client = connect(path, second);
          auto server = (*listener)->accept(second);
          if (cut_off(path)) return 1;
          return (*client)->send(Bytes(100'000)) && (*server)->receive(second) && connect(path, 0) ? 0 : 2;
        }) == 0);
  CHECK(outcome([&] {
          const std::string path = folder.path + "/move-1";
          auto target = MoverLink::listen(path);
          auto source = MoverLink::connect(path, second);
          if (cut_off(path)) return 1;
          (*source)->buffers()[mover_link_bytes - 1] = 1;
          const auto index = (*source)->take_free();
          return (*source)->send({*index, 0, 64, false}) && (*target)->receive() ? 0 : 2;
        }) == 0);
  CHECK(outcome([&] {
          const std::string path = folder.path + "/lan0.segment";
          auto segment = Segment::open(path);
          auto a = (*segment)->plug("a"), b = (*segment)->plug("b");
          const std::string memory = memory_of(path);
          cut_off(path);  // this is a list of names, and may be lost
          if (cut_off(memory)) return 1;
          return (*a)->send(Bytes(60, 0xFF)) && (*b)->receive(second) ? 0 : 2;
        }) == 0);
}

TEST_CASE("memory that could shrink is not shared, whatever name leads to it", "[link][hostile]") {
  const Folder folder;
  const std::string path = folder.path + "/frame.service";
  u64 size = 0;
  {
    auto listener = Listener::create(path);
    size = std::filesystem::file_size(path);
  }
  const int file = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  REQUIRE(ftruncate(file, static_cast<off_t>(size)) == 0);
  CHECK(connect(path, 0).error().code == "absent");
  close(file);
  std::filesystem::remove(path);
  REQUIRE(mkfifo(path.c_str(), 0600) == 0);  // does not hang
  CHECK(connect(path, 0).error().code == "absent");
}

TEST_CASE("names that dead processes have left go when the next one comes", "[link]") {
  const Folder folder;
  const std::string left = folder.path + "/move-1";
  CHECK(outcome([&] {
          auto target = MoverLink::listen(left);
          kill(getpid(), SIGKILL);
          return target ? 0 : 1;
        }) == SIGKILL);
  REQUIRE(std::filesystem::is_symlink(left));
  auto living = Listener::create(folder.path + "/frame.service");
  CHECK_FALSE(std::filesystem::is_symlink(left));
  auto next = MoverLink::listen(folder.path + "/move-2");
  CHECK(std::filesystem::is_symlink(folder.path + "/frame.service"));
}

TEST_CASE("a segment outlives the process that made it, and is found by the next", "[link][segment]") {
  const Folder folder;
  const std::string path = folder.path + "/lan0.segment";
  int made[2], joined[2];
  REQUIRE(pipe(made) == 0);
  REQUIRE(pipe(joined) == 0);
  const pid_t maker = fork();
  if (maker == 0) {
    auto segment = Segment::open(path);
    (void)!write(made[1], "y", 1);
    char go;
    _exit(read(joined[0], &go, 1) == 1 ? 0 : 1);  // without a word to the list
  }
  char ok;
  REQUIRE(read(made[0], &ok, 1) == 1);
  auto ours = Segment::open(path);
  REQUIRE(ours);
  REQUIRE(write(joined[1], "y", 1) == 1);
  waitpid(maker, nullptr, 0);
  for (const int end : {made[0], made[1], joined[0], joined[1]}) close(end);
  const auto port = (*ours)->plug("ours");
  CHECK(outcome([&] {
          auto theirs = Segment::open(path);
          auto plugged = (*theirs)->plug("theirs");
          return (*plugged)->send(Bytes(60, 0xFF)) ? 0 : 1;
        }) == 0);
  CHECK((*port)->receive(second));
}
