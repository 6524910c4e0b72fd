// SPDX-License-Identifier: GPL-2.0-or-later
// Memory and processors of partitions that run: who waits for whom, what stays pending, what an operation says that was not all done.
#include <array>
#include <atomic>
#include <thread>

#include "tests/support/catch.h"
#include "tests/unit/hmc/support/world.h"

using namespace world;

namespace {

// `mobile`, whose operating system takes part, and a Virtual I/O Server, whose has none: both may have more, and less.
struct Station : World {
  Station() {
    for (const u32 id : {1U, 3U}) {
      emu::Current& current = *one.lpars[id].definition.current;
      current.min_mem = 64;
      current.desired_mem = 128;
      current.max_mem = 256;
      current.desired_procs = 2;
      current.max_procs = 4;
      current.desired_proc_units = 40;
      current.max_proc_units = 400;
      current.pending = current;
    }
  }
  emu::Current& current(u32 id = 3) { return *one.lpars[id].definition.current; }
  std::string listed(const std::string& resource, const std::string& fields) {
    return hmc("lshwres -r " + resource + " -m cec1 --level lpar --filter lpar_names=mobile -F " + fields).text;
  }
  std::string of_system(const std::string& resource, const std::string& fields) {
    return hmc("lshwres -r " + resource + " -m cec1 --level sys -F " + fields).text;
  }
};

}  // namespace

TEST_CASE("two moves of memory in opposite directions at once take turns, and none waits for the other forever",
          "[cli][dynamic]") {
  Station world;
  // A command lists the partitions when it begins, before it claims the first, and when it has it. There each waits for the other: as
  // long as it takes while none has a claim, and then for a while, because the other has its first claim only if these are two.
  std::array<std::atomic<u32>, 2> listed{};
  const auto other_has = [&](size_t other, u32 times) { return listed[other] >= times; };
  thread_local size_t self = 2;
  world.on_request = [&](Frame& frame, const service::Request& request) {
    if (self > 1 || &frame != &world.one || !std::holds_alternative<service::ListLpars>(request)) return;
    const u32 times = ++listed[self];
    if (times != 2 && times != 3) return;
    world.mutex.unlock();
    for (int i = 0; (times == 2 || i < 300) && !other_has(1 - self, times); ++i) std::this_thread::yield();
    world.mutex.lock();
  };
  const auto move = [&](size_t as, const std::string& from, const std::string& to) {
    self = as;
    const Answer answer = world.hmc("chhwres -r mem -m cec1 -o m -q 16 -p " + from + " -t " + to);
    self = 2;
    return answer;
  };
  Answer there, back;
  std::thread second([&] { back = move(1, "S1_VIOS1", "mobile"); });
  there = move(0, "mobile", "S1_VIOS1");
  second.join();
  CHECK(there.text == "");
  CHECK(back.text == "");
  CHECK(world.current(1).desired_mem == 128);
  CHECK(world.current(3).desired_mem == 128);
}

TEST_CASE("what is pending stays pending when a chhwres command does not name it", "[cli][dynamic]") {
  Station world;
  const auto done = [&](const std::string& line) {
    const Answer answer = world.hmc("chhwres -m cec1 -p mobile " + line);
    CHECK(answer.text == "");
    return answer.code == 0;
  };
  SECTION("memory, while processors and their shares change") {
    world.current().pending.desired_mem = 192;
    for (const char* line : {"-r proc -o a --procunits 0.5", "-r proc -o a --procs 1", "-r proc -o r --procs 1 --procunits 0.1",
                             "-r proc -o s -a uncap_weight=7"}) {
      CHECK(done(line));
      CHECK(world.listed("mem", "curr_mem,pend_mem") == "128,192\n");
    }
    CHECK(world.listed("proc", "curr_procs,pend_procs") == "2,2\n");
  }
  SECTION("processors, while memory and shares change") {
    world.current().pending.desired_procs = 3;
    for (const char* line :
         {"-r mem -o a -q 32", "-r mem -o r -q 16", "-r proc -o a --procunits 0.5", "-r proc -o s -a uncap_weight=7"}) {
      CHECK(done(line));
      CHECK(world.listed("proc", "curr_procs,pend_procs") == "2,3\n");
    }
    CHECK(world.listed("mem", "curr_mem,pend_mem") == "144,144\n");
  }
}

TEST_CASE("what is available now and what will be are two numbers when something is pending", "[cli][dynamic]") {
  Station world;
  const std::string memory = "curr_avail_sys_mem,pend_avail_sys_mem",
                    units = "curr_avail_sys_proc_units,pend_avail_sys_proc_units";
  CHECK(world.of_system("mem", memory) == "3072,3072\n");
  CHECK(world.of_system("proc", units) == "7.0,7.0\n");
  SECTION("what is promised is there yet") {
    world.one.info.promised_mem_mb = 512;
    world.one.info.promised_proc_units = 150;
    CHECK(world.of_system("mem", memory) == "3584,3072\n");
    CHECK(world.of_system("proc", units) == "8.5,7.0\n");
  }
  SECTION("what is asked back comes") {
    world.one.info.returning_mem_mb = 256;
    world.one.info.returning_proc_units = 100;
    CHECK(world.of_system("mem", memory) == "3072,3328\n");
    CHECK(world.of_system("proc", units) == "7.0,8.0\n");
  }
}

TEST_CASE("a move that was not all done says what each of the two has done", "[cli][dynamic]") {
  Station world;
  const auto refused = [&](const std::string& line, const std::string& with) {
    const Answer answer = world.hmc("chhwres -m cec1 -o m " + line);
    CHECK(answer.code == 1);
    CAPTURE(answer.text);
    CHECK(answer.text.find(with) == 0);
    return answer.text;
  };
  world.guest.yields = 1;
  SECTION("memory that one keeps") {
    refused("-r mem -q 32 -p mobile -t S1_VIOS1",
            "HSCLF02F Of 32 MB, partition mobile has given 16 MB and partition S1_VIOS1 has taken 16 MB. HSCL2932 ");
    CHECK(world.current(1).desired_mem == 144);
    CHECK(world.listed("mem", "curr_mem,pend_mem") == "112,112\n");
  }
  SECTION("memory that the other does not take") {
    refused("-r mem -q 32 -p S1_VIOS1 -t mobile",
            "HSCLF02F Of 32 MB, partition S1_VIOS1 has given 32 MB and partition mobile has taken 16 MB. HSCLF02B ");
    CHECK(world.current(1).desired_mem == 96);
    CHECK(world.listed("mem", "curr_mem,pend_mem") == "144,144\n");
  }
  SECTION("processors with their units that one keeps") {
    world.current().desired_procs = world.current().pending.desired_procs = 3;
    const std::string said =
        refused("-r proc --procs 2 --procunits 0.2 -p mobile -t S1_VIOS1",
                "HSCLF02F Of 2 processors and 0.2 processing units, partition mobile has given 1 processor and "
                "0.0 processing units and partition S1_VIOS1 has taken 1 processor and 0.0 processing units. "
                "HSCL294F ");
    CHECK(said.find("The requested amount of processing to be removed is 2 processors and 0.2 processing units and the completed "
                    "amount is 1 processor and 0.0 processing units.") != std::string::npos);
    CHECK(world.listed("proc", "curr_procs,pend_procs,curr_proc_units") == "2,2,0.4\n");
    CHECK(world.current(1).desired_procs == 3);
    CHECK(world.current(1).desired_proc_units == 40);
  }
  SECTION("units that go because the processors that are left cannot have them") {
    for (emu::Capacity* each : {static_cast<emu::Capacity*>(&world.current()), &world.current().pending}) {
      each->desired_procs = 3;
      each->desired_proc_units = 300;
    }
    refused(
        "-r proc --procs 2 --procunits 2.0 -p mobile -t S1_VIOS1",
        "HSCLF02F Of 2 processors and 2.0 processing units, partition mobile has given 1 processor and 1.0 processing units and "
        "partition S1_VIOS1 has taken 1 processor and 1.0 processing units. HSCL294F ");
    CHECK(world.listed("proc", "curr_procs,pend_procs,curr_proc_units") == "2,2,2.0\n");
    CHECK(world.current(1).desired_proc_units == 140);
  }
  SECTION("processors that the other may not have without their units") {
    world.current().desired_procs = world.current().pending.desired_procs = 3;
    world.current(1).desired_proc_units = world.current(1).pending.desired_proc_units = 20;
    const std::string said =
        refused("-r proc --procs 2 --procunits 0.2 -p mobile -t S1_VIOS1",
                "HSCLF02F Of 2 processors and 0.2 processing units, partition mobile has given 1 processor and "
                "0.0 processing units and partition S1_VIOS1 has taken 0 processors and 0.0 processing units. ");
    CHECK(said.find("\nHSCL1566 ") != std::string::npos);
  }
  SECTION("a partition that gives nothing leaves nothing to tell of the other") {
    world.guest.yields = 0;
    refused("-r mem -q 32 -p mobile -t S1_VIOS1", "HSCL2932 ");
    CHECK(world.current(1).desired_mem == 128);
  }
}

TEST_CASE("who cannot be asked to give moves nothing, not even with --force", "[cli][dynamic]") {
  Station world;
  world.guest.network = false;
  for (int i = 0; i < 3; ++i) world.console->heartbeat();
  for (const char* what : {"-r mem -q 16", "-r proc --procs 1"}) {
    const Answer answer = world.hmc(std::string("chhwres -m cec1 -o m --force -p mobile -t S1_VIOS1 ") + what);
    CHECK(answer.code == 1);
    CHECK(answer.text.find("HSCL2957 ") == 0);
  }
  CHECK(world.listed("mem", "curr_mem,pend_mem") == "128,128\n");
  CHECK(world.listed("proc", "curr_procs,pend_procs") == "2,2\n");
  // Of shares nobody is asked.
  const Answer shares = world.hmc("chhwres -r proc -m cec1 -o m --force -p mobile -t S1_VIOS1 --procunits 0.1");
  CHECK(shares.text == "");
  CHECK(world.current(1).desired_proc_units == 50);
}

TEST_CASE("a dynamic operation whose partition is powered off meanwhile says so, and how much was done", "[cli][dynamic]") {
  Station world;
  const auto off_at = [&]<class R>(const R*) {
    world.on_request = [&](Frame& frame, const service::Request& request) {
      if (!std::holds_alternative<R>(request)) return;
      frame.lpars[3].state = emu::LparState::not_activated;
      frame.executing[3] = false;
    };
  };
  const std::string off = "There is no answer from the partition, which is in state Not Activated now.\n";
  const auto says = [&](const std::string& line, const std::string& with) {
    const Answer answer = world.hmc("chhwres -m cec1 -p mobile " + line);
    CHECK(answer.code == 1);
    CHECK(answer.text == with + off);
  };
  SECTION("memory") {
    off_at(static_cast<service::ChangeCapacity*>(nullptr));
    says("-r mem -o a -q 32",
         "HSCLF02B The dynamic addition of memory resources failed: The operating system of partition mobile has not taken all "
         "of the "
         "memory. Amount of memory added: 0 MB of 32 MB. The detailed output of the OS operation follows: ");
  }
  SECTION("processors") {
    off_at(static_cast<service::ChangeCapacity*>(nullptr));
    says(
        "-r proc -o r --procs 1",
        "HSCL294F The dynamic removal of processing resources failed: The operation to remove processing has failed on partition "
        "mobile. The requested amount of processing to be removed is 1 processor and the completed amount is 0 processors. The "
        "OS "
        "output is: ");
  }
  SECTION("an adapter") {
    off_at(static_cast<service::AddAdapter*>(nullptr));
    world.instead = [&](Frame&, const service::Request& request) -> Result<hmc::Reply> {
      if (std::holds_alternative<service::RemoveAdapter>(request)) return Error{"HSCL05DF", "Partition mobile does not run."};
      return Error{"", ""};
    };
    says("-r virtualio -o a --rsubtype eth -s 6",
         "HSCLF02D The virtual adapter in slot 6 was not added: the operating system of partition mobile has not taken it: ");
  }
}
