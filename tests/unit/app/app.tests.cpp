// SPDX-License-Identifier: GPL-2.0-or-later
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <set>
#include <sstream>
#include <thread>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "emu/app/command.h"
#include "emu/app/faults.h"
#include "emu/app/hmc_link.h"
#include "emu/app/image_copy.h"
#include "emu/app/json.h"
#include "emu/app/labs.h"
#include "emu/app/lua/script.h"
#include "emu/app/lua/world.h"
#include "emu/app/process.h"
#include "tests/support/approved.h"
#include "tests/support/catch.h"
#include "tests/support/files.h"
#include "tests/support/places.h"

namespace {

namespace fs = std::filesystem;
using support::Folder;
using support::text_of;
using namespace emu::app;

const fs::path source = support::checkout();

// Runs a script without a lab; empty if it came to its end.
std::string complaint(lua::World& world, const std::string& script) {
  Folder folder;
  std::ofstream(folder.path / "script.lua") << script;
  std::ofstream(folder.path / "beside.lua") << "return { seven = 7 }";
  const auto status = lua::run_script((folder.path / "script.lua").string(), {"first", "second"}, world);
  return status ? "" : status.error().text;
}

}  // namespace

TEST_CASE("an image is copied once, with its holes") {
  const Folder folder;
  const std::string image = folder.path / "image", file = folder.path / "disk";
  std::ofstream(image) << "first";
  fs::resize_file(image, 64 << 20);
  {
    std::fstream stream(image, std::ios::in | std::ios::out | std::ios::binary);
    stream.seekp(32 << 20);
    stream << "middle";
  }
  REQUIRE(copy_image(image, file));
  CHECK(fs::file_size(file) == 64 << 20);
  CHECK(text_of(file) == text_of(image));
  struct stat status {};
  REQUIRE(stat(file.c_str(), &status) == 0);
  CHECK(status.st_blocks * 512 < 1 << 20);
  std::ofstream(file) << "what the guest has written";
  REQUIRE(copy_image(image, file));
  CHECK(text_of(file) == "what the guest has written");
  CHECK_FALSE(copy_image(folder.path / "nowhere", folder.path / "other"));
  CHECK_FALSE(fs::exists(folder.path / "other"));
}

TEST_CASE("the files that a command names go with it, and no others", "[hmc-link]") {
  const support::Folder folder;
  const std::string small = folder.path / "in.txt", large = folder.path / "large.txt";
  std::ofstream(small) << "name=mobile\n";
  std::ofstream(large) << std::string(hmc_link::largest_file + 1, 'x');
  const auto file = [](const std::string& name) {
    const auto run = with_files({"chsyscfg", "-r", "lpar", "-m", "frameA", "-f", name});
    REQUIRE(run.files.size() == 1);
    CHECK(run.files[0].name == name);
    return run.files[0];
  };
  CHECK(file(small).content == "name=mobile\n");
  CHECK(file(small).error.empty());
  for (const std::string& wrong : {large, folder.path.string(), (folder.path / "none").string(), std::string("/dev/zero")}) {
    CHECK(file(wrong).content.empty());
    CHECK_FALSE(file(wrong).error.empty());
  }
  CHECK(with_files({"chsysstate", "-r", "lpar", "-o", "on", "-f", small}).files.empty());
  CHECK(with_files({"lssyscfg", "-r", "sys"}).files.empty());
}

TEST_CASE("messages between the HMC and its clients survive the way, and nonsense is refused", "[hmc-link]") {
  const Bytes run = hmc_link::encode(hmc_link::RunCommand{{"lssyscfg", "-r", "sys"}, {{"in.txt", "a=1", ""}}});
  const auto back = hmc_link::decode(run);
  REQUIRE(back);
  CHECK(std::get<hmc_link::RunCommand>(*back).argv == std::vector<std::string>{"lssyscfg", "-r", "sys"});
  CHECK(std::get<hmc_link::RunCommand>(*back).files.at(0).content == "a=1");

  hmc::MoveStatus move;
  move.lpar_name = "mobile";
  move.source.passes.resize(3);
  const auto moves = hmc_link::decode(hmc_link::encode(hmc_link::Moves{{move}}));
  REQUIRE(moves);
  CHECK(std::get<hmc_link::Moves>(*moves).moves.at(0).source.passes.size() == 3);

  CHECK_FALSE(hmc_link::decode({}));
  CHECK_FALSE(hmc_link::decode(Bytes{0xFF}));
  for (size_t length = 0; length < run.size(); ++length) CHECK_FALSE(hmc_link::decode(std::span(run).first(length)));
  std::mt19937 random(7);
  for (int i = 0; i < 2000; ++i) {
    Bytes bad = run;
    bad[random() % bad.size()] = static_cast<u8>(random());
    (void)hmc_link::decode(bad);
  }
}

TEST_CASE("an HMC whose connections are all in use is busy, one that is not there has to be started", "[hmc-link]") {
  const Folder folder;
  const std::string path = folder.path / "hmc";
  const auto answer = [&] { return run_hmc_command(path, {"lshmc", "-v"}, [](std::string_view) {}).error().text; };
  CHECK(answer() == "The HMC does not answer: start it again with `twinframe up`.");
  const auto listener = std::move(*emu::Listener::create(path));
  std::vector<std::unique_ptr<emu::Channel>> all;
  for (;;) {
    auto client = emu::connect(path, 0);
    if (!client) break;
    all.push_back(std::move(*client));
    all.push_back(std::move(*listener->accept(emu::nanoseconds_per_second)));
  }
  CHECK(answer() == "The HMC is busy: all of its connections are in use. Try again in a minute.");
}

TEST_CASE("JSON goes out and comes back in the same order", "[json]") {
  const Json json = Json::Object{{"z", 1}, {"a", Json::List{true, 2.5, "text\n", Json()}}};
  const auto back = Json::parse(json.text());
  REQUIRE(back);
  CHECK(back->text() == json.text());
  CHECK(json.text().find("\"z\"") < json.text().find("\"a\""));
  CHECK_FALSE(Json::parse("{"));
  CHECK(Json(std::string("\xff\x00guest", 7)).text().size() > 5);  // what a console holds may be no UTF-8
}

TEST_CASE("a process is seen as long as it lives, however it ends", "[process]") {
  Folder folder;
  const std::string file = (folder.path / "some.process").string();
  CHECK_FALSE(living(file));
  {
    const auto own = Presence::claim(file);
    REQUIRE(own);
    CHECK(living(file) == getpid());
    CHECK(Presence::claim(file).error().code == "taken");
  }
  CHECK_FALSE(fs::exists(file));

  const pid_t child = fork();
  if (child == 0) {
    const auto own = Presence::claim(file);
    pause();
    _exit(own ? 0 : 1);
  }
  while (!living(file)) sleep_ns(1'000'000);
  CHECK(living(file) == child);
  CHECK(end_process(file, SIGKILL, 5'000'000'000));
  CHECK(waitpid(child, nullptr, 0) == child);
  CHECK(fs::exists(file));  // what it left behind is no sign of life
  CHECK_FALSE(living(file));
  CHECK(Presence::claim(file));
}

TEST_CASE("a process takes its place although somebody looks just then whether it lives", "[process]") {
  Folder folder;
  const std::string file = (folder.path / "some.process").string();
  std::ofstream(file) << "1\n";
  const int looking = open(file.c_str(), O_RDONLY | O_CLOEXEC);
  REQUIRE(flock(looking, LOCK_SH | LOCK_NB) == 0);
  std::thread looked([&] {
    sleep_ns(10'000'000);
    close(looking);
  });
  CHECK(Presence::claim(file));
  looked.join();
}

TEST_CASE("a sign of life is never another file than that of its name", "[process]") {
  Folder folder;
  const std::string file = (folder.path / "some.process").string();
  const std::string victim = (folder.path / "victim").string();
  std::ofstream(victim) << "precious";
  fs::create_symlink(victim, file);
  CHECK(Presence::claim(file).error().code == "process");
  CHECK(fs::file_size(victim) == 8);
  CHECK_FALSE(living(file));
  fs::remove(file);
  {
    const auto own = Presence::claim(file);
    REQUIRE(own);
    // Somebody removes the folder, and another process takes the place.
    fs::remove(file);
    const auto other = Presence::claim(file);
    REQUIRE(other);
    CHECK(living(file) == getpid());
  }
  CHECK_FALSE(fs::exists(file));
}

TEST_CASE("nothing is started if its log cannot be opened", "[process]") {
  Folder folder;
  const std::string log = (folder.path / "nowhere" / "log").string();
  const auto started = start_again({"--version"}, log, Ends::with_its_parent);
  REQUIRE_FALSE(started);
  CHECK(started.error().text.find(log) != std::string::npos);
}

TEST_CASE("every command has a name, a summary, and options", "[commands]") {
  struct Count final : Options {
    int options = 0;
    void flag(const std::string&, const std::string&, bool&) override { ++options; }
    void value(const std::string&, const std::string&, std::string&) override { ++options; }
    void argument(const std::string&, const std::string&, std::string&, Needed) override { ++options; }
    void rest(const std::string&, const std::string&, std::vector<std::string>&) override { ++options; }
  };
  std::set<std::string_view> names;
  for (const CommandRow& row : commands()) {
    CHECK(names.insert(row.name).second);
    CHECK_FALSE(row.summary.empty());
    Count count;
    row.make()->accept(count);
    if (row.shown == Shown::to_everybody) CHECK(count.options > 0);
  }
}

TEST_CASE("scripts check, read, write, and fail with their line", "[lua]") {
  auto world = lua::World::create();
  REQUIRE(world);
  lua::World& w = **world;
  CHECK(complaint(w, "check(1 == 1, 'one is one') check_equal({a = {1, 2}}, {a = {1, 2}}, 'tables are compared')").empty());
  CHECK(w.checks == 2);
  CHECK(complaint(w, "\ncheck(false, 'never')").find("script.lua:2: FAILED: never") != std::string::npos);
  CHECK(complaint(w, "check_equal({1}, {2}, 'equal')").find("instead of") != std::string::npos);
  CHECK(complaint(w, "assert(arg[1] == 'first' and arg[2] == 'second')").empty());
  CHECK(complaint(w, "assert(require('beside').seven == 7)").empty());
  CHECK(complaint(w, "local before = now_ms() let_pass(20, 'a test') assert(now_ms() - before >= 20)").empty());
  CHECK(complaint(w, "assert(json.text({b = 1, a = 'x'}):find('\"a\".*\"b\"'))").empty());
  CHECK(complaint(w, "let_pass('long', 'a test')").find("must be a number") != std::string::npos);
  CHECK(complaint(w, "let_pass(1)").find("must be a text") != std::string::npos);
  CHECK(complaint(w, "json.text(print)").find("function") != std::string::npos);
  CHECK(complaint(w, "local t = {} t.t = t json.text(t)").find("nested too deep") != std::string::npos);
  CHECK(complaint(w, "this is no Lua").find("script.lua:1:") != std::string::npos);
  CHECK(complaint(w, "lab.up{file = '/nowhere.toml'}").find("/nowhere.toml:1: the file cannot be read") != std::string::npos);
  CHECK(complaint(w, "local ok, why = pcall(fail, 'caught') assert(not ok and why:find('caught'))").empty());
  const std::string folder = w.folder();
  CHECK(fs::exists(folder));
  world->reset();
  CHECK_FALSE(fs::exists(folder));
}

TEST_CASE("scripts wait for what they need, and say what they waited for in vain", "[lua]") {
  auto world = lua::World::create();
  REQUIRE(world);
  lua::World& w = **world;
  CHECK(complaint(w, "local n = 0 wait_until('three', function() n = n + 1 return n == 3 end) assert(n == 3)").empty());
  CHECK(complaint(w, "local a, b = wait_until('two answers', function() return 'x', 7 end) assert(a == 'x' and b == 7)").empty());
  CHECK(complaint(w, "wait_until('a miracle', function() end, 0.02)").find("FAILED: not within 0.02 s: a miracle") !=
        std::string::npos);
  CHECK(complaint(w, "wait_until('one', function() return nil, 'it is two' end, 0.02)").find("one; but: it is two") !=
        std::string::npos);
  CHECK(complaint(w, "wait_until('no time', function() return false end, -1)").find("no time") != std::string::npos);
  CHECK(complaint(w, "wait_until('it', function() fail('it broke') end)").find("FAILED: it broke") != std::string::npos);
  CHECK(complaint(w, "wait_until('it', 'no function')").find("must be a function") != std::string::npos);
  CHECK(complaint(w,
                  "local outer = 0 wait_until('nested', function() outer = outer + 1 "
                  "return wait_until('inner', function() return outer end) == 2 end) assert(outer == 2)")
            .empty());
}

TEST_CASE("docs/faults.md lists what can be made to go wrong", "[docs]") {
  support::approved_end_of_page(source / "docs/faults.md", "emu/core/fault.cpp", faults_as_markdown());
}

TEST_CASE("docs/scenarios.md lists what scripts can use", "[docs]") {
  support::approved_end_of_page(source / "docs/scenarios.md", "emu/app/lua/api.cpp", lua::api_as_markdown());
}
