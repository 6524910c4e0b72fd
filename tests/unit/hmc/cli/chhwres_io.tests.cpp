// SPDX-License-Identifier: GPL-2.0-or-later
// Physical slots: how they are listed, and what becomes of one whose partition's operating system does not take part.
#include "tests/support/catch.h"
#include "tests/unit/hmc/support/world.h"

using namespace world;

namespace {

// `mobile` has the first slot, nobody the second, and the third is empty.
struct Slots : World {
  Slots() {
    const auto slot = [](u32 index, const char* place, const char* description, emu::SlotAdapter adapter) {
      emu::PhysicalSlot made;
      made.drc_index = index;
      made.location = std::string("U789D.001.DQDYKGK-P1-") + place;
      made.description = description;
      made.adapter = adapter;
      return made;
    };
    one.info.slots = {slot(0x21010003, "C3", "SCSI bus controller", emu::SlotAdapter::disk),
                      slot(0x21010004, "C4", "Ethernet controller", emu::SlotAdapter::network),
                      slot(0x21010005, "C5", "Empty slot", emu::SlotAdapter::empty)};
    has(3) = {"21010003/none/0"};
  }
  std::vector<std::string>& has(u32 id) { return one.lpars[id].definition.current->io_slots; }
  void says(const std::string& line, const std::string& wanted) {
    const Answer answer = hmc("chhwres -r io -m cec1 " + line);
    CHECK(answer.text == (wanted.empty() ? "" : wanted + "\n"));
    CHECK((answer.code != 0) == !wanted.empty());
  }
};

}  // namespace

TEST_CASE("physical slots are listed with their owners, and found by unit, bus and number", "[cli][slots]") {
  Slots world;
  CHECK(world.hmc("lshwres -r io --rsubtype slot -m cec1 -F drc_index,lpar_name,lpar_id").text ==
        "21010003,mobile,3\n21010004,null,none\n21010005,null,none\n");
  CHECK(world.hmc("lshwres -r io --rsubtype slot -m cec1 --filter buses=4").text ==
        "unit_phys_loc=U789D.001.DQDYKGK,bus_id=4,phys_loc=C4,drc_index=21010004,lpar_id=none,slot_io_pool_id=none,"
        "description=Ethernet controller,feature_codes=none,pci_vendor_id=1AF4,pci_device_id=1041,pci_subs_vendor_id=1AF4,"
        "pci_subs_device_id=1100,pci_class=0200,pci_revision_id=01,bus_grouping=0,iop=0,parent_slot_drc_index=none,"
        "drc_name=U789D.001.DQDYKGK-P1-C4,interposer_present=0,interposer_pcie=0\n");
  CHECK(world.hmc("lshwres -r io --rsubtype slot -m cec1 --filter lpar_names=mobile -F drc_index").text == "21010003\n");
  CHECK(world.hmc("lshwres -r io --rsubtype slot -m cec1 --filter slots=21010005 -F drc_name").text ==
        "U789D.001.DQDYKGK-P1-C5\n");
  CHECK(world.hmc("lshwres -r io --rsubtype slot -m cec1 --filter units=U1 -F drc_name").text == "No results were found.\n");
  for (const char* none : {"bus", "iopool", "unit"})
    CHECK(world.hmc(std::string("lshwres -r io -m cec1 --rsubtype ") + none).text == "No results were found.\n");
  for (const char* wrong :
       {"", " --rsubtype nonsense", " --rsubtype slot --level lpar", " --rsubtype slot --filter colour=red"}) {
    INFO(wrong);
    CHECK(world.hmc(std::string("lshwres -r io -m cec1") + wrong).code == 1);
  }
}

TEST_CASE("a physical slot is added, removed and moved, and what is not right is refused", "[cli][slots]") {
  Slots world;
  world.says("-o a -p mobile -l 21010005", "");
  CHECK(world.has(3) == std::vector<std::string>{"21010003/none/0", "21010005/none/0"});
  world.says("-o m -p mobile -t S1_VIOS1 -l 21010005", "");
  CHECK(world.has(3) == std::vector<std::string>{"21010003/none/0"});
  CHECK(world.has(1) == std::vector<std::string>{"21010005/none/0"});
  world.says("--rsubtype slot -o r --id 1 -l 21010005", "");
  CHECK(world.has(1).empty());
  world.says("-o a -p mobile -l 21010003",
             "HSCLF073 Partition mobile has the physical slot 21010003 already. Remove it there first.");
  world.says("-o a -p mobile -l 21010009",
             "HSCLF072 The managed system has no physical slot with the DRC index 21010009. Use lshwres -r io --rsubtype slot to "
             "list them.");
  for (const char* line : {"-o a -p mobile", "-o a -p mobile -l hello", "-o a -p mobile -l 21010005/none/1",
                           "-o s -p mobile -l 21010005", "--rsubtype taggedio -o a -p mobile -l 21010005",
                           "-o a -p mobile -l 21010005 -q 3", "-o m -p mobile -t mobile -l 21010003"}) {
    INFO(line);
    CHECK(world.hmc(std::string("chhwres -r io -m cec1 ") + line).code == 1);
  }
  CHECK(world.has(3) == std::vector<std::string>{"21010003/none/0"});
}

TEST_CASE("a physical slot whose host bridge the operating system does not take is nobody's again", "[cli][slots]") {
  Slots world;
  world.guest.refuse = "drmgr";
  const Answer answer = world.hmc("chhwres -r io -m cec1 -o a -p mobile -l 21010004");
  CHECK(answer.code == 1);
  CHECK(answer.text.starts_with("HSCLF076 The physical slot 21010004 was not added"));
  CHECK(world.has(3) == std::vector<std::string>{"21010003/none/0"});
  world.guest.network = false;
  for (int i = 0; i < 3; ++i) world.console->heartbeat();
  CHECK(world.hmc("chhwres -r io -m cec1 -o a -p mobile -l 21010004").text.starts_with("HSCL2957"));
  // Taken by hand later.
  world.says("-o a -p mobile -l 21010004 --force", "");
  CHECK(world.has(3).size() == 2);
}
