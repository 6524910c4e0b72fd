// SPDX-License-Identifier: GPL-2.0-or-later
// The ssh server with OpenSSH's client, and with clients that are none. What a shell may do is tested on a whole lab (tests/clients).
#include <filesystem>
#include <fstream>
#include <mutex>
#include <random>
#include <set>
#include <thread>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "hmc/ssh/inside/wire.h"
#include "hmc/ssh/server.h"
#include "tests/support/catch.h"
#include "tests/support/files.h"

using namespace hmc::ssh;

namespace {

// Beside this program's folder.
std::string built(const std::string& file) {
  return std::filesystem::read_symlink("/proc/self/exe").parent_path().parent_path() / file;
}

// A few megabytes, each line of them another.
std::string much() {
  std::string text;
  for (int i = 0; i < 200'000; ++i) text += std::to_string(i) + " of many lines\n";
  return text;
}

// A console with one user, whose commands say what they were given.
class FakeAuthority final : public Authority {
 public:
  emu::Result<Login> password_opens(const std::string& user, const std::string& password) override {
    return answer(user == "ann" && password == "right");
  }
  emu::Result<Login> key_opens(const std::string& user, const std::string& key) override {
    return answer(user == "ann" && key == known_key);
  }
  bool may_stay(const Account& account) override { return account.made == made; }
  void note_login(const std::string& user, const std::string&, bool well) override {
    const std::lock_guard guard(mutex_);
    noted_.push_back((well ? "in " : "not in ") + user);
  }
  int run(const std::vector<std::string>& argv, hmc::Session& session) override {
    session.write(session.user() + ":");
    for (const std::string& word : argv) session.write(" " + word);
    session.write("\n");
    if (argv.size() > 1 && argv[1] == "read")
      for (;;) {
        const auto typed = session.read(50'000'000);
        if (typed) session.write("<" + *typed + ">");
        if (!typed && typed.error().code == "closed") break;
        if (session.cancelled()) break;
      }
    if (argv.size() > 1 && argv[1] == "much") session.write(much());
    while (argv.size() > 1 && argv[1] == "wait" && !session.cancelled()) std::this_thread::yield();
    if (argv.size() > 2 && argv[1] == "-f") {
      const auto content = session.file(argv[2]);
      session.write(content ? *content : content.error().text);
    }
    return argv.size() > 1 && argv[1] == "fail" ? 3 : 0;
  }
  std::vector<std::string> noted() const {
    const std::lock_guard guard(mutex_);
    return noted_;
  }
  std::string known_key;
  std::atomic<u64> made{7};  // the user that has the name now
  std::atomic<bool> silent{false};

 private:
  emu::Result<Login> answer(bool opens) const {
    if (silent) return emu::Error{"hmc", "The console does not answer."};
    return Login{opens, made};
  }
  mutable std::mutex mutex_;
  std::vector<std::string> noted_;
};

// Without a sandbox: what is listed is executed, and there is no shell.
struct World {
  explicit World(Limits limits = {}) {
    limits.failure_delay_ms = 10;
    authority.known_key = *key_pair(scratch.path.string() + "/key", "ann");
    keys = std::move(*HostKeys::open(scratch.path.string()));
    ServerOptions options;
    options.address = "127.0.0.1";
    options.port = 0;
    options.why_no_sandbox = "This is a test.";
    options.command_program = built("libexec/hmc-command");
    options.commands = {"lsthings"};
    options.limits = limits;
    server = std::move(*Server::create(std::move(options), *keys, authority));
  }
  Outcome ssh(const std::string& command, const std::string& more = "") const {
    const std::string line = fmt::format(
        "ssh -F none -i {0}/key -p {1} -o IdentitiesOnly=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null "
        "-o LogLevel=ERROR -o ConnectTimeout=30 {2} ann@127.0.0.1 '{3}' </dev/null",
        scratch.path.string(), server->port(), more, command);
    return *run_to_end({{"/bin/sh", "-c", line}, "/bin/sh", {}});
  }
  int dial() const {
    const int made = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_port = htons(server->port());
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(made, reinterpret_cast<const sockaddr*>(&at), sizeof at) == 0) return made;
    close(made);
    return -1;
  }

  support::Folder scratch;
  FakeAuthority authority;
  std::unique_ptr<HostKeys> keys;
  std::unique_ptr<Server> server;
};

}  // namespace

TEST_CASE("a key opens, a command runs as its user, and its output and status come back", "[ssh]") {
  World world;
  const Outcome well = world.ssh("lsthings -r \"a b\"");
  CHECK(well.output == "ann: lsthings -r a b\n");
  CHECK(well.status == 0);
  CHECK(world.ssh("lsthings fail").status == 3);
  CHECK(world.ssh("lsthings read").output == "ann: lsthings read\n");
  CHECK(world.authority.noted() == std::vector<std::string>{"in ann", "in ann", "in ann"});
}

TEST_CASE("without a sandbox only listed commands run, and they read no files", "[ssh]") {
  World world;
  const Outcome other = world.ssh("cat /etc/passwd");
  CHECK(other.status == 127);
  CHECK(other.output == "bash: cat: command not found\n");
  CHECK(world.ssh("lsthings; id").output == "bash: lsthings;: command not found\n");
  CHECK(world.ssh("lsthings $(id)").output == "ann: lsthings $(id)\n");
  CHECK(world.ssh("lsthings -f /etc/passwd").output == "ann: lsthings -f /etc/passwd\nThere is no shell here that has files");
  const Outcome shell = world.ssh("", "-tt");
  CHECK(shell.status == 1);
  CHECK(shell.output.find("There is no shell on this console: This is a test.") != std::string::npos);
  CHECK(world.ssh("x", "-s").status != 0);  // a subsystem
}

TEST_CASE("who has neither key nor password does not get in, and is noted", "[ssh]") {
  World world;
  const Outcome stranger =
      world.ssh("lsthings", "-o PreferredAuthentications=password -o NumberOfPasswordPrompts=1 -o BatchMode=yes");
  CHECK(stranger.status == 255);
  std::ofstream(world.scratch.path.string() + "/askpass") << "#!/bin/sh\necho \"$TRIED\"\n";
  std::filesystem::permissions(world.scratch.path.string() + "/askpass", std::filesystem::perms::owner_all);
  const auto with_password = [&](const std::string& password, const std::string& method) {
    return *run_to_end(
        {{"/bin/sh", "-c",
          fmt::format(
              "TRIED={} SSH_ASKPASS={}/askpass SSH_ASKPASS_REQUIRE=force setsid -w ssh -F none -p {} -o IdentityFile=none -o "
              "PubkeyAuthentication=no -o PreferredAuthentications={} -o NumberOfPasswordPrompts=1 -o StrictHostKeyChecking=no "
              "-o UserKnownHostsFile=/dev/null -o LogLevel=ERROR ann@127.0.0.1 lsthings </dev/null",
              password, world.scratch.path.string(), world.server->port(), method)},
         "/bin/sh",
         {}});
  };
  for (const char* method : {"password", "keyboard-interactive"}) {
    CHECK(with_password("right", method).output == "ann: lsthings\n");
    CHECK(with_password("wrong", method).status == 255);
  }
  CHECK(world.authority.noted() == std::vector<std::string>{"in ann", "not in ann", "in ann", "not in ann"});
}

TEST_CASE("connections that say nothing keep nobody out", "[ssh]") {
  World world;
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  const size_t many = std::min<size_t>(1000, limit.rlim_cur / 3);
  std::vector<int> silent;
  for (size_t i = 0; i < many; ++i)
    if (const int made = world.dial(); made >= 0) silent.push_back(made);
  CHECK(silent.size() > many / 2);
  CHECK(world.ssh("lsthings").output == "ann: lsthings\n");
  for (const int each : silent) close(each);
  CHECK(world.ssh("lsthings").output == "ann: lsthings\n");
}

TEST_CASE("nonsense on the port harms nobody", "[ssh][fuzz]") {
  World world;
  std::mt19937 random(22);
  for (int i = 0; i < 200; ++i) {
    const int made = world.dial();
    REQUIRE(made >= 0);
    std::string bytes = i % 2 ? "SSH-2.0-nonsense\r\n" : "";
    for (u32 n = random() % 3000; n > 0; --n) bytes += static_cast<char>(random());
    if (i % 5 == 0) bytes = std::string(100'000, 'A');
    (void)send(made, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    close(made);
  }
  CHECK(world.ssh("lsthings").output == "ann: lsthings\n");
}

TEST_CASE("many users at the same time", "[ssh]") {
  World world;
  std::vector<std::thread> threads;
  std::atomic<int> well{0};
  for (int i = 0; i < 20; ++i)
    threads.emplace_back([&, i] {
      if (world.ssh(fmt::format("lsthings {}", i)).output == fmt::format("ann: lsthings {}\n", i)) ++well;
    });
  for (std::thread& each : threads) each.join();
  CHECK(well == 20);
}

TEST_CASE("a console that does not answer has not refused the key", "[ssh]") {
  World world;
  world.authority.silent = true;
  const Outcome outcome = world.ssh("lsthings");
  CHECK(outcome.status == 255);
  CHECK(outcome.output.find("Permission denied") == std::string::npos);
  world.authority.silent = false;
  CHECK(world.ssh("lsthings").output == "ann: lsthings\n");
}

TEST_CASE("who is no user any more does not stay", "[ssh]") {
  World world;
  std::thread removal([&] {
    while (world.authority.noted().empty()) std::this_thread::yield();
    world.authority.made = 8;
  });
  const Outcome outcome = world.ssh("lsthings wait");
  removal.join();
  CHECK(outcome.status == 255);
}

TEST_CASE("nothing is lost while keys are exchanged anew", "[ssh]") {
  World world;
  const std::string file = world.scratch.path.string() + "/much";
  for (int i = 0; i < 3; ++i) {
    const auto outcome =
        run_to_end({{"/bin/sh", "-c",
                     fmt::format("ssh -F none -i {0}/key -p {1} -o IdentitiesOnly=yes -o StrictHostKeyChecking=no -o "
                                 "UserKnownHostsFile=/dev/null -o LogLevel=ERROR -o RekeyLimit=100K ann@127.0.0.1 lsthings "
                                 "much >{2}",
                                 world.scratch.path.string(), world.server->port(), file)},
                    "/bin/sh",
                    {}});
    CHECK(outcome->status == 0);
    CHECK(support::text_of(file) == "ann: lsthings much\n" + much());
  }
}

TEST_CASE("a second server at the same place is refused", "[ssh]") {
  World world;
  ServerOptions options;
  options.address = "127.0.0.1";
  options.port = world.server->port();
  const auto second = Server::create(options, *world.keys, world.authority);
  CHECK(second.error().code == "taken");
  options.address = "0.0.0.0";
  CHECK_FALSE(Server::create(options, *world.keys, world.authority));
}

TEST_CASE("records of a command and its server", "[ssh]") {
  int ends[2];
  REQUIRE(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
  SECTION("come as they went") {
    for (const std::string& body : {std::string(), std::string("a\0b", 3), std::string(100'000, 'x')}) {
      std::thread sender([&] { CHECK(wire::send(ends[0], wire::Kind::output, body)); });
      const auto record = wire::receive(ends[1]);
      sender.join();
      REQUIRE(record);
      CHECK(record->kind == wire::Kind::output);
      CHECK(record->body == body);
    }
    CHECK(wire::unpack(wire::pack({"a", "", "b c"})) == std::vector<std::string>{"a", "", "b c"});
    CHECK(wire::unpack("not ended").empty());
  }
  SECTION("that are none end the connection") {
    const std::string bytes = GENERATE(std::string("\0\0\0\0\0", 5), std::string("\x0B\0\0\0\0", 5),
                                       std::string("\x01\x7F\0\0\0", 5), std::string("\x01\0", 2),
                                       std::string("\x01\0\0\0\x05"
                                                   "abc",
                                                   8));
    REQUIRE(::send(ends[0], bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size()));
    shutdown(ends[0], SHUT_WR);
    CHECK_FALSE(wire::receive(ends[1]));
  }
  close(ends[0]);
  close(ends[1]);
}
