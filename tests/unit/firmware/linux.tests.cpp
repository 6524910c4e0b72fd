// SPDX-License-Identifier: GPL-2.0-or-later
// An unmodified Linux as a partition. Not part of every run: TWINFRAME_LINUX names a vmlinux (Debian's powerpc64le, say),
// TWINFRAME_LINUX_INITRD an initrd whose /init prints LINUX-IS-UP and starts a shell on hvc0.
#include <cstdlib>

#include "tests/support/catch.h"
#include "tests/unit/firmware/station.h"
#include "tests/unit/firmware/world.h"

using namespace firmware;
using namespace firmware::test;

namespace {

struct Listener final : SuspendListener {
  std::atomic<bool> is_suspended{false};
  void suspended(Partition&) override { is_suspended = true; }
  void cancelled(Partition& p, u32) override { p.set_stream(p.stream(), StreamState::aborted); }
};

}  // namespace

SCENARIO("an unmodified Linux boots, and goes through its own mobility code", "[.linux]") {
  const char* kernel = std::getenv("TWINFRAME_LINUX");
  const char* initrd = std::getenv("TWINFRAME_LINUX_INITRD");
  if (!kernel || !initrd) {
    WARN("TWINFRAME_LINUX and TWINFRAME_LINUX_INITRD are not set");
    return;
  }
  auto guest = lpar(2, "linux", {ethernet(2, "02AABBCCDD02"), scsi_client(3, 1, 12)});
  auto& profile = guest.profiles[0];
  profile.desired_mem = profile.max_mem = 512;
  const char* cpus = std::getenv("TWINFRAME_LINUX_CPUS");
  give_processors(profile, cpus ? static_cast<u32>(std::atoi(cpus)) : 2);
  profile.lpar_proc_compat_mode = emu::CompatMode::power8;
  profile.boot_image = kernel;
  profile.boot_initrd = initrd;
  profile.boot_arguments = "console=hvc0";
  World world({vios(1, "vios", {ethernet(2, "02AABBCCDD01"), scsi_server(12, 2, 3)}), guest});
  REQUIRE(world->activate(1, "", {}));
  Station host(*world->native(1), 2);
  const u64 start = world.clock.monotonic();
  auto activated = world->activate(2, "", {});
  INFO((activated ? "" : activated.error().text));
  REQUIRE(activated);
  const bool up = world.wait_for_output(2, "LINUX-IS-UP cpus=" + std::to_string(profile.desired_procs), 120);
  INFO(world.console(2));
  REQUIRE(up);
  WARN("up after " << (world.clock.monotonic() - start) / 1'000'000 << " ms");
  world.type(2, "uname -a; cat /proc/cpuinfo; cat /proc/interrupts; ip addr; dmesg | grep -i -e vscsi -e veth\n");
  world.type(2, "echo shell-$((6*7))\n");
  CHECK(world.wait_for_output(2, "shell-42", 60));

  auto p = world.partition(2);
  Listener listener;
  p->set_suspend_listener(&listener);
  p->set_stream(0x1234, StreamState::enabled);
  world.type(2, "echo 0x1234 > /sys/kernel/mobility/migration; echo wrote-$?\n");
  world.wait([] { return false; }, 2);
  CHECK_FALSE(listener.is_suspended);
  p->set_stream(0x1234, StreamState::suspending);
  const bool suspended = world.wait([&] { return listener.is_suspended.load(); }, 60);
  INFO(world.console(2));
  REQUIRE(suspended);
  emu::Archive saving = emu::Archive::saving();
  p->archive(saving);
  const Bytes state = saving.take();
  WARN("the archive of the partition has " << state.size() << " bytes");

  // Onto itself: other engines would need a second frame; the state is read back where it came from.
  p->set_stream(0x1234, StreamState::resumed);
  p->resume(0);
  world.wait([] { return false; }, 1);
  p->set_stream(0x1234, StreamState::completed);
  const bool wrote = world.wait_for_output(2, "wrote-0", 60);
  WARN(world.console(2));
  CHECK(wrote);
}
