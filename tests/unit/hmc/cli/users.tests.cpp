// SPDX-License-Identifier: GPL-2.0-or-later
// Users, roles and password policies, as commands show and obey them.

#include <set>

#include "hmc/cli/table.h"
#include "tests/support/catch.h"
#include "tests/unit/hmc/support/transcript.h"

using namespace world;

namespace {

const std::string key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPFH3gXLrTlJ7bY5XIYZu1oYzj0JF8y3GkYn6E6B1v1w";

void refused(const Answer& answer) {
  CHECK(answer.code == 1);
  CHECK(answer.text == "HSCL350B The user does not have the appropriate authority.\n");
}

// A user with each role, named after it.
void add_users(World& world) {
  for (const std::string role : {"hmcoperator", "hmcviewer", "hmcpe", "hmcservicerep", "hmcsuperadmin"})
    REQUIRE(world.hmc("mkhmcusr -u " + role.substr(3) + " -a " + role + " --passwd password1").text == "");
}

}  // namespace

TEST_CASE("lshmcusr, mkhmcusr, chhmcusr, rmhmcusr", "[cli][users]") {
  World world;
  world.files["users"] = "name=carl,taskrole=hmcpe,passwd=password1\nname=dora,taskrole=hmcservicerep,passwd=password1\n";
  approved("users", transcript(world, {
                                          "lshmcusr",
                                          "lshmcusr -F name:resourcerole --header",
                                          "lshmcusr -t default",
                                          "mkhmcusr -u anna -a hmcviewer -d \"sees, and no more\" --passwd password1 -M 90",
                                          "mkhmcusr -i \"name=berta,taskrole=hmcoperator,passwd=password1,session_timeout=5,"
                                          "remote_webui_access=1,description=HMC User\"",
                                          "mkhmcusr -f users",
                                          "lshmcusr --filter names=anna",
                                          "lshmcusr --filter \"\\\"names=anna,berta\\\"\" -F name,taskrole,pwage,session_timeout",
                                          "lshmcusr --filter taskroles=hmcpe -F name",
                                          "lshmcusr --filter names=nobody",
                                          "lshmcusr --filter colour=red",
                                          "mkhmcusr -u anna -a hmcviewer --passwd password1",
                                          "mkhmcusr -u emil -a hmcking --passwd password1",
                                          "mkhmcusr -u emil -a hmcviewer --passwd short",
                                          "mkhmcusr -u emil -a hmcviewer --auth kerberos --passwd password1",
                                          "mkhmcusr -u emil -a hmcviewer",
                                          "mkhmcusr -u emil --passwd password1",
                                          "mkhmcusr -a hmcviewer --passwd password1",
                                          "mkhmcusr -u emil -i \"name=emil\"",
                                          "mkhmcusr -u root -a hmcviewer --passwd password1",
                                          "chhmcusr -u anna -t taskrole -v hmcoperator",
                                          "chhmcusr -u anna -t desc -v \"does a little\"",
                                          "chhmcusr -u anna -t pwage -v 0",
                                          "chhmcusr -u anna -t pwage -v 99999",
                                          "chhmcusr -u anna -t passwd -v password2",
                                          "chhmcusr -u anna -t assign -o a -r resourcerole -v ALL:",
                                          "chhmcusr -u anna -t assign -o r -r resourcerole -v ALL:",
                                          "chhmcusr -u anna -t name -v anita",
                                          "chhmcusr -i \"name=anita,new_name=anna,remote_ssh_access=0,inactivity_expiration=30\"",
                                          "lshmcusr --filter names=anna",
                                          "chhmcusr -i \"name=anna,disabled=1\"",
                                          "chhmcusr -i \"name=anna,colour=red\"",
                                          "chhmcusr -u nobody -t desc -v x",
                                          "chhmcusr -u anna -t colour -v red",
                                          "chhmcusr -o e -u anna",
                                          "chhmcusr -t default -i \"session_timeout=30,max_webui_login_attempts=5\"",
                                          "lshmcusr -t default -F",
                                          "mkhmcusr -u emil -a hmcviewer --passwd password1",
                                          "lshmcusr --filter names=emil -F session_timeout",
                                          "chhmcusr -u hscroot -t taskrole -v hmcviewer",
                                          "chhmcusr -u hscroot -t name -v boss",
                                          "rmhmcusr -u hscroot",
                                          "rmhmcusr -u emil",
                                          "rmhmcusr -u emil",
                                          "rmhmcusr -t kerberos",
                                          "rmhmcusr -t all",
                                          "lshmcusr -F name",
                                          "lsaccfg -t taskrole",
                                          "lsaccfg -t resourcerole",
                                          "help chsysstate",
                                      }));
}

TEST_CASE("lspwdpolicy, mkpwdpolicy, chpwdpolicy, rmpwdpolicy", "[cli][users][policy]") {
  World world;
  approved("password_policies",
           transcript(world, {
                                 "lspwdpolicy -t p",
                                 "lspwdpolicy -t s",
                                 "mkpwdpolicy -i \"name=own,min_length=12,min_digits=2,hist_size=3,description=of this lab\"",
                                 "mkpwdpolicy -i name=own",
                                 "mkpwdpolicy -i name=bad,min_length=4",
                                 "mkpwdpolicy -i name=bad,colour=red",
                                 "mkpwdpolicy -i min_length=12",
                                 "chpwdpolicy -o a -n own",
                                 "lspwdpolicy -t s",
                                 "lspwdpolicy -t p -F name,active,min_length",
                                 "mkhmcusr -u anna -a hmcviewer --passwd password1",
                                 "mkhmcusr -u anna -a hmcviewer --passwd long_password1",
                                 "mkhmcusr -u anna -a hmcviewer --passwd long_password12",
                                 "chhmcusr -u anna -t passwd -v long_password12",
                                 "chhmcusr -u anna -t passwd -v long_password13",
                                 "chhmcusr -u hscroot -t passwd -v password1",
                                 "rmpwdpolicy -n own",
                                 "chpwdpolicy -o m -i name=own,new_name=other",
                                 "chpwdpolicy -o m -i name=own,min_length=8",
                                 "chpwdpolicy -o m -i name=own,hist_size=51",
                                 "chpwdpolicy -o d",
                                 "chpwdpolicy -o m -i name=own,new_name=other",
                                 "chpwdpolicy -o a -n own",
                                 "chpwdpolicy -o x",
                                 "rmpwdpolicy -n \"HMC Medium Security Password Policy\"",
                                 "rmpwdpolicy -n other",
                                 "lspwdpolicy -t p -F name",
                                 "lspwdpolicy",
                             }));
}

TEST_CASE("what a task role does not have is refused with HSCL350B, and nothing is done", "[cli][users][roles]") {
  World world;
  add_users(world);
  struct Row {
    std::string command;
    std::set<std::string> who;  // may give it
  };
  const Row rows[] = {
      {"migrlpar -o v -m cec1 -t cec2 -p mobile", {"operator", "pe", "superadmin"}},
      {"migrlpar -o m -m cec1 -t cec2 -p nobody", {"operator", "pe", "superadmin"}},
      {"lssyscfg -r lpar -m cec1 -F name", {"operator", "pe", "superadmin", "servicerep", "viewer"}},
      {"lslparmigr -r lpar -m cec1", {"operator", "pe", "superadmin", "servicerep", "viewer"}},
      {"chsyscfg -r lpar -m cec1 -i name=nobody,msp=1", {"operator", "pe", "superadmin"}},
      {"chsysstate -r lpar -m cec1 -o on -n nobody", {"operator", "pe", "superadmin", "servicerep"}},
      {"chsysstate -r sys -m cec1 -o off", {"operator", "pe", "superadmin", "servicerep"}},
      {"rmsyscfg -r lpar -m cec1 -n nobody", {"operator", "superadmin"}},
      {"rmsyscfg -r prof -m cec1 -n none -p nobody", {"operator", "pe", "superadmin"}},
      {"chcod -o d -m cec1 -c onoff -r mem", {"superadmin"}},
      {"viosvrcmd -m cec1 -p S1_VIOS1 -c ioslevel", {"operator", "pe", "superadmin", "servicerep"}},
      {"mkvterm -m cec1 -p nobody", {"operator", "pe", "superadmin", "servicerep"}},
      {"lshmcusr", {"superadmin"}},
      {"mkhmcusr -u again -a hmcviewer --passwd short", {"superadmin"}},
      {"chpwdpolicy -o d", {"superadmin"}},
      {"lssvcevents -t console", {"operator", "pe", "superadmin", "servicerep"}},
      {"lssvcevents -t hardware", {"operator", "pe", "superadmin", "servicerep", "viewer"}},
      {"mkauthkeys -a \"" + key + "\"", {"operator", "pe", "superadmin", "servicerep", "viewer"}},
      {"mkauthkeys -u hscroot -a \"" + key + "\"", {"superadmin"}},
      {"help", {"operator", "pe", "superadmin", "servicerep", "viewer"}},
  };
  for (const Row& row : rows) {
    for (const std::string who : {"operator", "viewer", "pe", "servicerep", "superadmin", "nobody"}) {
      CAPTURE(row.command, who);
      world.user = who;
      world.requests.clear();
      const Answer answer = world.hmc(row.command);
      if (row.who.contains(who)) {
        CHECK(answer.text.find("HSCL350B") == std::string::npos);
      } else {
        refused(answer);
        CHECK(world.requests.empty());
      }
    }
  }
}

TEST_CASE("a role that is changed, and a user who is removed, count at the next command", "[cli][users][roles]") {
  World world;
  add_users(world);
  const std::string command = "lssyscfg -r sys -F name";
  world.user = "operator";
  CHECK(world.hmc("chsyscfg -r lpar -m cec1 -i name=mobile,new_name=moved").code == 0);
  world.user = "hscroot";
  REQUIRE(world.hmc("chhmcusr -u operator -t taskrole -v hmcviewer").code == 0);
  world.user = "operator";
  refused(world.hmc("chsyscfg -r lpar -m cec1 -i name=moved,new_name=mobile"));
  CHECK(world.hmc(command).code == 0);
  world.user = "hscroot";
  REQUIRE(world.hmc("rmhmcusr -u operator").code == 0);
  world.user = "operator";
  refused(world.hmc(command));
  refused(world.hmc("help"));
}

TEST_CASE("everybody changes the own password, and a super administrator that of others", "[cli][users]") {
  World world;
  add_users(world);
  world.user = "viewer";
  CHECK(world.hmc("chhmcusr -u viewer -t passwd -v password2").text == "");
  CHECK(world.console->password_opens("viewer", "password2"));
  CHECK(world.hmc("chhmcusr -i name=viewer,passwd=password3").text == "");
  CHECK(world.console->password_opens("viewer", "password3"));
  refused(world.hmc("chhmcusr -u operator -t passwd -v password2"));
  refused(world.hmc("chhmcusr -u viewer -t taskrole -v hmcsuperadmin"));
  refused(world.hmc("chhmcusr -i name=viewer,passwd=password4,taskrole=hmcsuperadmin"));
  refused(world.hmc("chhmcusr -o e -u viewer"));
  refused(world.hmc("chhmcusr -t default -i session_timeout=1"));
  CHECK(world.console->password_opens("viewer", "password3"));

  world.input = "password5\npassword5\n";
  const Answer asked = world.hmc("chhmcusr -u viewer -t passwd");
  CHECK(asked.text == "Enter the new password:\r\nRetype the new password:\r\n");
  CHECK(world.console->password_opens("viewer", "password5"));
  world.input = "password6\r\npassword7\r\n";
  CHECK(world.hmc("chhmcusr -u viewer -t passwd").text.find("HSCLF059") != std::string::npos);
  world.input = "password6";
  CHECK(world.hmc("chhmcusr -u viewer -t passwd").code == 1);
  CHECK(world.console->password_opens("viewer", "password5"));
  world.user = "superadmin";
  CHECK(world.hmc("chhmcusr -u viewer -t passwd -v password8").text == "");
  CHECK(world.console->password_opens("viewer", "password8"));
}

TEST_CASE("mkauthkeys adds a key and removes it, and says when there is no other console", "[cli][users]") {
  World world;
  add_users(world);
  CHECK_FALSE(world.console->key_opens("hscroot", key));
  CHECK(world.hmc("mkauthkeys --add \"" + key + " desk\"").text == "");
  CHECK(world.console->key_opens("hscroot", key));
  CHECK_FALSE(world.console->key_opens("viewer", key));
  CHECK(world.hmc("mkauthkeys -u viewer -a \"" + key + "\"").text == "");
  CHECK(world.console->key_opens("viewer", key));
  CHECK(world.hmc("mkauthkeys -r desk").text == "");
  CHECK_FALSE(world.console->key_opens("hscroot", key));
  CHECK(world.hmc("mkauthkeys -u viewer --remove \"" + key + "\"").text == "");
  CHECK_FALSE(world.console->key_opens("viewer", key));
  CHECK(world.hmc("mkauthkeys -a nonsense").text.find("HSCLF054 The key cannot be added") == 0);
  CHECK(world.hmc("mkauthkeys -r nonsense").text.find("HSCLF054 The key cannot be removed") == 0);
  CHECK(world.hmc("mkauthkeys -u nobody -a \"" + key + "\"").text.find("HSCLF051") == 0);
  CHECK(world.hmc("mkauthkeys --ip 10.0.0.2 -u hscroot --passwd secret99 -g").text ==
        "HSCLF312 The console 10.0.0.2 cannot be reached. Check its address, and that it runs; `twinframe status` lists "
        "consoles.\n");
  CHECK(world.hmc("mkauthkeys --ip 10.0.0.2 --test").text.find("HSCL3653") == 0);
  CHECK(world.hmc("mkauthkeys --ip localhost --test").text == "");
  CHECK(world.hmc("mkauthkeys -a \"" + key + "\" --ip localhost").code == 1);
  CHECK(world.hmc("mkauthkeys").code == 1);
}

TEST_CASE("lssvcevents lists who did what, newest first, and no password", "[cli][users]") {
  World world;
  const std::string all = "lssvcevents -t console -d 10";
  CHECK(world.hmc(all).text == "No results were found.\n");
  world.console->note_login("hscroot", "192.168.1.10", true);
  world.clock.sleep(60'000'000'000);
  world.console->note_login("mal\x1b[2J\nlory", "10.0.0.1", false);
  world.hmc("lssyscfg -r sys");  // what only lists is not in it
  world.hmc("mkhmcusr -u anna -a hmcviewer --passwd Secret999");
  world.hmc("chhmcusr -u anna -t passwd -v Secret999");
  world.hmc({"chhmcusr", "-i", "name=anna,passwd=Secret999"});
  world.hmc("chsysstate -r lpar -m cec1 -o shutdown -n mobile --immed");
  world.user = "anna";
  world.hmc("migrlpar -o m -m cec1 -t cec2 -p mobile");
  refused(world.hmc("lssvcevents -t console"));
  world.user = "hscroot";
  approved(
      "console_events",
      transcript(world, {all, "lssvcevents -t console -i 1 -F userid:text", "lssvcevents -t console -F time",
                         "lssvcevents -t hardware", "lssvcevents -t hardware -m cec1 -d 0", "lssvcevents -t hardware -m cec9",
                         "lssvcevents -t console -d 1 -i 1", "lssvcevents -t console -d many", "lssvcevents"}));
  CHECK(world.hmc(all).text.find("Secret") == std::string::npos);
  world.clock.sleep(8 * 86'400'000'000'000);
  CHECK(world.hmc("lssvcevents -t console").text == "No results were found.\n");
  CHECK(world.hmc(all).text.find("anna") != std::string::npos);
}

TEST_CASE("a command without its secrets, for lists and logs", "[cli][users]") {
  using hmc::cli::without_secrets;
  CHECK(without_secrets({"mkhmcusr", "-u", "a", "--passwd", "Secret"}) == "mkhmcusr -u a --passwd ***");
  CHECK(without_secrets({"mkauthkeys", "--ip", "h", "--passwd=Secret"}) == "mkauthkeys --ip h --passwd=***");
  CHECK(without_secrets({"chhmcusr", "-u", "a", "-t", "passwd", "-v", "Secret"}) == "chhmcusr -u a -t passwd -v ***");
  CHECK(without_secrets({"chhmcusr", "-u", "a", "-t", "passwd", "-vSecret"}) == "chhmcusr -u a -t passwd -v***");
  CHECK(without_secrets({"mkhmcusr", "-i", "name=a,passwd=Secret,pwage=9"}) == "mkhmcusr -i name=a,passwd=***");
  CHECK(without_secrets({"mkhmcusr", "-iname=a,passwd=Secret"}) == "mkhmcusr -iname=a,passwd=***");
  CHECK(without_secrets({"migrlpar", "-v"}) == "migrlpar -v");
  CHECK(without_secrets({}) == "");
}

TEST_CASE("hostile names are refused or shown, and nothing else happens", "[cli][users][names]") {
  World world;
  const std::string bad = GENERATE(std::string("a'; DROP TABLE kept; --"), std::string("$(reboot)"), std::string("a b"),
                                   std::string("../../etc"), std::string("a\x1b[2J"), std::string("a\nb"), std::string("-u"),
                                   std::string("1a"), std::string("na\xc3\xafve"), std::string(33, 'a'), std::string("a,b"));
  CAPTURE(bad);
  const std::vector<std::vector<std::string>> commands = {
      {"mkhmcusr", "-a", "hmcviewer", "--passwd", "password1", "-u", bad},
      {"mkhmcusr", "-i", "taskrole=hmcviewer,passwd=password1,name=\"" + bad + "\""},
      {"chhmcusr", "-t", "name", "-u", "hscroot", "-v", bad},
      {"rmhmcusr", "-u", bad},
      {"mkauthkeys", "-a", key, "-u", bad},
      {"mkpwdpolicy", "-i", "name=" + bad + "*"},
      {"rmpwdpolicy", "-n", bad + "*"},
  };
  for (const auto& command : commands) {
    const Answer answer = world.hmc(command);
    INFO(command[0] << ": " << answer.text);
    CHECK(answer.code == 1);
    CHECK(answer.text.find('\x1b') == std::string::npos);
    CHECK(answer.text.find('\n') == answer.text.size() - 1);
  }
  CHECK(world.hmc("lshmcusr -F name").text == "hscroot\n");
  CHECK(world.hmc("lspwdpolicy -t p -F name").text == "HMC Medium Security Password Policy\n");
  CHECK_FALSE(world.console->password_opens(bad, "password1"));
  CHECK_FALSE(world.console->key_opens(bad, key));
  world.user = bad;
  refused(world.hmc("lssyscfg -r sys"));
}

TEST_CASE("a description is kept as it was given, and cannot steer a terminal", "[cli][users][names]") {
  World world;
  const std::string description = "it's \"quoted\", costs 5$ \x1b[31m";
  REQUIRE(world.hmc({"mkhmcusr", "-u", "anna", "-a", "hmcviewer", "--passwd", "password1", "-d", description}).text == "");
  CHECK(world.hmc("lshmcusr --filter names=anna -F description").text == "\"it's \"\"quoted\"\", costs 5$ \\x1B[31m\"\n");
}
