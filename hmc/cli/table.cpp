// SPDX-License-Identifier: GPL-2.0-or-later
#include "hmc/cli/table.h"

#include <algorithm>
#include <cctype>
#include <ctime>

#include <fmt/format.h>

#include "hmc/cli/commands.h"
#include "hmc/messages.h"

namespace hmc::cli {

namespace {

const Command table[] = {
    {"bkprofdata", "-m <system> -f <name> [--force]", bkprofdata_options, bkprofdata, "BackupProfileData"},
    {"chcod", "-o a -m <system> -c onoff -r {proc|mem} -q <processors or MB> -d <days> | -o d -m <system> -c onoff -r {proc|mem}",
     chcod_options, chcod, "ChangeCoD"},
    {"chcomgmt",
     "-o {setmaster|setcontroller} -t {norm|temp} -m <system> [--terms agree] | -o {relmaster|relcontroller} -m <system>",
     chcomgmt_options, chcomgmt, "ChangeCECProperty"},
    {"chhmcusr",
     "-u <user> -t {assign|auth|desc|name|passwd|pwage|taskrole} [-o a -r resourcerole] [-v <value>] | "
     "{-f <file>|-i \"name=<user>[,new_name=...],<attribute>=<value>...\"} | -o e -u <user> | "
     "-t default {-f <file>|-i \"<attribute>=<value>...\"}",
     chhmcusr_options, chhmcusr, "ChangeUserPasswords"},
    {"chhwres",
     "-r mem -m <system> -o s -a \"requested_num_sys_huge_pages=<number>\" | "
     "-r mem -m <system> -o {a|r|m} {-p <partition>|--id <id>} -q <MB> [{-t <partition>|--tid <id>}] [-w <minutes>] [-d <level>] "
     "[--force] | "
     "-r proc -m <system> -o {a|r|m} {-p <partition>|--id <id>} {--procs <number>|--procunits <units>} [{-t <partition>|--tid "
     "<id>}] "
     "[-w <minutes>] [-d <level>] [--force] | "
     "-r proc -m <system> -o s {-p <partition>|--id <id>} -a \"[sharing_mode=<mode>][,uncap_weight=<0 - 255>]\" | "
     "-r procpool -m <system> -o s {--poolname <pool>|--poolid <id>} -a "
     "\"[new_name=<pool>][,max_pool_proc_units=<number>][,reserved_pool_proc_units=<units>]\" | "
     "-r procpool -m <system> -o s {-p <partition>|--id <id>} -a \"{shared_proc_pool_name=<pool>|shared_proc_pool_id=<id>}\" | "
     "-r io [--rsubtype slot] -m <system> -o {a|r|m} {-p <partition>|--id <id>} -l <DRC index> [{-t <partition>|--tid <id>}] [-w "
     "<minutes>] "
     "[-d <level>] [--force] | "
     "-r hea -m <system> -o {a|s} {-p <partition>|--id <id>} -l <adapter ID> -g <port group> [--physport <port>] --logport "
     "<port> "
     "[-a \"vlan_id_list={all|none|<VLANs>}\"] [-w <minutes>] [-d <level>] [--force] | "
     "-r hea -m <system> -o r {-p <partition>|--id <id>} -l <adapter ID> [-g <port group> --logport <port>] [-w <minutes>] [-d "
     "<level>] [--force] | "
     "-r hea -m <system> -o s -l <adapter ID> -g <port group> {-a \"pend_port_group_mcs_value={1|2|4|8|16}\"|--physport <port> "
     "-a "
     "\"<attribute>=<value>...\"} | "
     "-r virtualio -m <system> -o {a|r} {-p <partition>|--id <id>} --rsubtype {scsi|eth|serial|vasi} [-s <slot>] "
     "[-a \"<attribute>=<value>...\"] [-w <minutes>] [-d <level>] [--force] | "
     "-r virtualio -m <system> -o s {-p <partition>|--id <id>} --rsubtype eth -s <slot> -a \"addl_vlan_ids{=|+=|-=}<VLANs>\" | "
     "-r virtualio -m <system> -o {d|e} {-p <partition>|--id <id>} --rsubtype eth -s <slot>",
     chhwres_options,
     chhwres,
     {{"-r mem -o s", "ChangeCECProperty"},
      {"-r procpool --poolname", "ChangeCECProperty"},
      {"-r procpool --poolid", "ChangeCECProperty"},
      {"-r hea -o s", "ChangeCECProperty"},
      {"", "DlparOperation"}}},
    {"chled",
     "-m <system> -r sa -t {phys|virtualsys|virtuallpar {-p <partition>|--id <id>}} -o {on|off} | -m <system> -r ident -o "
     "{on|off}",
     chled_options,
     chled,
     {{"-t virtuallpar", "ChangeLPARProperty"}, {"", "ChangeCECProperty"}}},
    {"chlparutil", "-r config -s {0|30|60|300|1800|3600} [-m <system>]", chlparutil_options, chlparutil, "ManageUtilizationData"},
    {"chpwdpolicy", "-o a -n <policy> | -o d | -o m {-f <file>|-i \"name=<policy>[,new_name=...],<attribute>=<value>...\"}",
     chpwdpolicy_options, chpwdpolicy, "ManageHMCUser"},
    {"chsvcevent", "-o close -p <number> -h <console> [-c <comment>] | -o closeall", chsvcevent_options, chsvcevent,
     "ManageServEvents"},
    {"chsyscfg",
     "-r lpar -m <system> {-f <file>|-i \"name=<partition>|lpar_id=<id>[,new_name=...][,msp=0|1][,time_ref=0|1]"
     "[,default_profile=...]\"} | "
     "-r prof -m <system> {-f <file>|-i \"name=<profile>,lpar_name=<partition>|lpar_id=<id>,<attribute>=<value>...\"} [--force] "
     "| "
     "-r sys -m <system> {-f <file>|-i \"service_lpar_id=<id>|none\"} | "
     "-r sysprof -m <system> {-f <file>|-i \"name=<system profile>[,new_name=...]"
     "[,<lpar_names or lpar_ids, profile_names>{=|+=|-=}...]\"}",
     chsyscfg_options,
     chsyscfg,
     {{"-r sys", "ChangeCECProperty"},
      {"-r sysprof", "ChangeSystemProfileProperty"},
      {"-r prof", "ChangeProfileProperty"},
      {"", "ChangeLPARProperty"}}},
    {"chsysstate",
     "-r lpar -m <system> -o {on|shutdown|osshutdown} {-n <partition>|--id <id>} [-f <profile>] [-b {norm|sms|of|dd|ds}] "
     "[--immed] [--restart] | "
     "-r sys -m <system> -o {on|onstandby|off [--immed [--restart]]|rebuild|recover} | "
     "-r sysprof -m <system> -n <system profile> {-o on [--continue] [--test] | --test}",
     chsysstate_options,
     chsysstate,
     {{"-r sys -o on", "CECPowerOn"},
      {"-r sys", "CECPowerOff"},
      {"-r sysprof -o on", "ActivateSystemProfile"},
      {"-r sysprof", "ValidateSystemProfile"},
      {"-o on", "ActivateLPAR"},
      {"--restart", "RebootLPAR"},
      {"", "ShutdownLPAR"}}},
    {"diagrmc",
     "-m <system> {--ip <address>} {-p <partition>|--id <id>} [--autocorrect]",
     diagrmc_options,
     diagrmc,
     {{"--autocorrect", "DlparOperation"}, {"", "ListLPARProperty"}}},
    {"help", "[<command>]", help_options, help, {}},
    {"installios",
     "-s <system> -p <Virtual I/O Server> -r <profile> -i <address> -S <subnet mask> -g <gateway> -d /dev/cdrom [-m <MAC "
     "address>] "
     "[-n] [-P <speed>] [-D <duplex>] [-l en_US]",
     installios_options, installios, "ActivateLPAR"},
    {"lpar_netboot",
     "{[-M] -n [-A] [-D]|[-A -D|[-D] -l <location code>|[-D] -m <MAC address>] [-g <arguments>] [[-a] -B <file>] [-y <BOOTP "
     "retries>] "
     "[-z <TFTP retries>]} [-v] [-x] [-f] [-i] -t ent [-T {on|off}] [-s <speed> -d <duplex> [-S <server> -G <gateway> -C "
     "<client> [-K "
     "<subnet mask>]]] [-V <VLAN tag> [-Y <priority>]] <partition> <profile> <system>",
     lpar_netboot_options, lpar_netboot, "ActivateLPAR"},
    {"lsaccfg", "-t {taskrole|resourcerole} [-F [<attributes>] [--header]]", lsaccfg_options, lsaccfg, "ListHMCRole"},
    {"lscod", "-t cap -m <system> -c onoff -r {proc|mem} [-F [<attributes>] [--header]]", lscod_options, lscod,
     "ListCoDInformation"},
    {"lscomgmt", "-m <system> [-F [<attributes>] [--header]]", lscomgmt_options, lscomgmt, "ListCECProperty"},
    {"lshmc", "{-V|-v|-n|-b|-r|-l|-L|-h|-e|-i|--netroute} [-F [<attributes>] [--header]]", lshmc_options, lshmc,
     "ListHMCConfiguration"},
    {"lshmcldap", "-r {config|user [--filter \"names=...\"]} [-F [<attributes>] [--header]]", lshmcldap_options, lshmcldap,
     "ListLdapCfg"},
    {"lshmcusr", "[-t {default|user}] [--filter \"{names|taskroles|resourceroles}=...\"] [-F [<attributes>] [--header]]",
     lshmcusr_options, lshmcusr, "ListHMCUser"},
    {"lshwres",
     "-r {mem|proc} -m <system> --level {sys|lpar} [--filter ...] [-F [<attributes>] [--header]] | "
     "-r virtualio -m <system> --rsubtype {scsi|eth|serial|slot|vasi|vswitch|vnetwork|fc} [--level {lpar|slot}] [--filter ...] "
     "[-F "
     "[<attributes>] [--header]] | "
     "-r procpool -m <system> [--filter \"{pool_names|pool_ids}=...\"] [-F [<attributes>] [--header]] | "
     "-r io -m <system> --rsubtype slot [--filter ...] [-F [<attributes>] [--header]] | "
     "-r hea -m <system> --rsubtype {phys --level {sys|port_group|port}|logical --level {sys|port} [--filter ...]} [-F "
     "[<attributes>] [--header]] | "
     "-r {mempool|sriov|pmem} -m <system>",
     lshwres_options,
     lshwres,
     {{"--level lpar", "ListLPARProperty"}, {"", "ListCECProperty"}}},
    {"lsled",
     "-m <system> -r sa -t {phys|virtualsys|virtuallpar [--filter {lpar_names=...|lpar_ids=...}]} [-F [<attributes>] [--header]] "
     "| -m <system> -r ident [-F [<attributes>] [--header]]",
     lsled_options,
     lsled,
     {{"-t virtuallpar", "ListLPARProperty"}, {"", "ListCECProperty"}}},
    {"lslic", "-m <system> [-t {sys|power|syspower}] [-F [<attributes>] [--header]]", lslic_options, lslic, "ListCECProperty"},
    {"lslock", "[-m <system>] [-F [<attributes>] [--header]]", lslock_options, lslock, "ListCECProperty"},
    {"lslparmigr",
     "-r {lpar|msp|sys|virtualio|manager|departed} [-m <system>] [-t <system>] [--ip <console> [-u <user>]] [--filter "
     "{lpar_names=...|lpar_ids=...}] [-F "
     "[<attributes>] [--header]]",
     lslparmigr_options,
     lslparmigr,
     {{"-r sys", "ListCECProperty"}, {"-r manager", "ListHMCConfiguration"}, {"", "ListLPARProperty"}}},
    {"lslparutil",
     "-r {sys|pool|lpar|all|hmc|procpool|mempool} -m <system> [-d <days>] [-h <hours>] [--minutes <minutes>] [--startyear <year> "
     "... --endminute <minute>] [-n <number>] [-s {s|h|d|m}] [--filter \"{event_types|lpar_names|lpar_ids}=...\"] [-F "
     "[<attributes>] [--header]] | -r config [-m <system>] [-F [<attributes>] [--header]]",
     lslparutil_options, lslparutil, "ListUtilizationData"},
    {"lsmemopt",
     "-m <system> -r {sys|lpar} -o {currscore|calcscore [{-p <partitions>|--id <ids>}] [{-x <partitions>|--xid <ids>}]} "
     "[--filter {lpar_names=...|lpar_ids=...}] [-F [<attributes>] [--header]] | -m <system> [-r sys] | -m <system> -r resgroup "
     "-o currscore --gid {<ids>|all}",
     lsmemopt_options,
     lsmemopt,
     {{"-r lpar", "ListLPARProperty"}, {"", "ListCECProperty"}}},
    {"lspartition", "-dlpar", lspartition_options, lspartition, "ListLPARProperty"},
    {"lspwdpolicy", "-t {p|s} [-F [<attributes>] [--header]]", lspwdpolicy_options, lspwdpolicy, "ListHMCUser"},
    {"lsrefcode",
     "-r {lpar|sys} -m <system> [-s {p|s}] [-n <number>] [--filter {lpar_names=...|lpar_ids=...}] [-F [<attributes>] [--header]]",
     lsrefcode_options,
     lsrefcode,
     {{"-r sys", "ListCECProperty"}, {"", "ListLPARProperty"}}},
    {"lssvcevents",
     "-t {console|hardware} [-m <system>] [--filter \"{status|problem_nums|refcodes|reporting_mtms|failing_mtms}=...\"] [{-d "
     "<days>|-i <minutes>}] [-F [<attributes>] [--header]]",
     lssvcevents_options,
     lssvcevents,
     {{"-t hardware", "ListServiceableEvents"}, {"", "ViewConsoleEvents"}}},
    {"lssyscfg",
     "-r {sys|lpar|prof|sysprof} [-m <system>] [--filter ...] [-F [<attributes>] [--header]] | "
     "-r {frame|cage} [-e <frame>] [-F [<attributes>] [--header]]",
     lssyscfg_options,
     lssyscfg,
     {{"-r sys", "ListCECProperty"},
      {"-r sysprof", "ListSystemProfileProperty"},
      {"-r frame", "ListFrameProperty"},
      {"-r cage", "ListFrameProperty"},
      {"-r prof", "ListProfileProperty"},
      {"", "ListLPARProperty"}}},
    {"lssysconn", "-r {all|sys|frame|hmc} [-F [<attributes>] [--header]]", lssysconn_options, lssysconn, "ListConnections"},
    {"lsviosbk", "[--filter \"{types|sys_names|vios_names|vios_ids|vios_uuids}=...\"] [-F [<attributes>] [--header]]",
     lsviosbk_options, lsviosbk, "ListLPARProperty"},
    {"man", "<command>", help_options, help, {}},
    {"migrlpar",
     "-o {m|r|s|v} -m <system> [-t <system>] [--ip <console> [-u <user>]] {-p <partition>|--id <id>|--all} [-n <profile>] [{-f "
     "<file>|-i <data>}] [-w "
     "<minutes>] [-d <detail>] "
     "[--force] [-v] [--help]",
     migrlpar_options, migrlpar, "MigrateLPAR"},
    {"mkauthkeys",
     "{-a|--add} \"<key>\" [-u <user>] | {-r|--remove} \"<key or its comment>\" [-u <user>] | --ip <console> [-u <user>] "
     "[--passwd <password>] [-g] [--test]",
     mkauthkeys_options, mkauthkeys, "ChangeUserPasswords"},
    {"mkhmcusr",
     "-u <user> -a <task role> [-d <description>] [--passwd <password>] [-M <days>] [--auth local] | "
     "{-f <file>|-i \"name=<user>,taskrole=<task role>,<attribute>=<value>...\"}",
     mkhmcusr_options, mkhmcusr, "ManageHMCUser"},
    {"mkpwdpolicy", "{-f <file>|-i \"name=<policy>,<attribute>=<value>...\"}", mkpwdpolicy_options, mkpwdpolicy, "ManageHMCUser"},
    {"mksyscfg",
     "-r lpar -m <system> {-f <file>|-i \"name=...,profile_name=...,lpar_env={aixlinux|vioserver},<attribute>=<value>...\"} | "
     "-r prof -m <system> {-f <file>|-i \"name=<profile>,lpar_name=<partition>|lpar_id=<id>,<attribute>=<value>...\"} [--force] "
     "| "
     "-r prof -m <system> -o save {-p <partition>|--id <id>} -n <profile> [--force] | "
     "-r sysprof -m <system> {-f <file>|-i \"name=...,lpar_names=...|lpar_ids=...,profile_names=...\"}",
     mksyscfg_options,
     mksyscfg,
     {{"-r sysprof", "CreateSystemProfile"}, {"-r prof", "CreateProfile"}, {"", "CreateLPAR"}}},
    {"mkviosbk", "-t viosioconfig -m <system> {-p <Virtual I/O Server>|--id <id>|--uuid <UUID>} -f <name>", mkviosbk_options,
     mkviosbk, "VirtualIOServerCommand"},
    {"mkvterm", "-m <system> {-p <partition>|--id <id>}", mkvterm_options, mkvterm, "OpenVTerm"},
    {"monhmc", "-r {disk|mem|proc|swap} [-n <seconds>]", monhmc_options, monhmc, "ViewHMCFileSystems"},
    {"pedbg", "-c -q {3|4}", pedbg_options, pedbg, "ViewConsoleEvents"},
    {"rmhmcusr", "{-u <user>|-t {all|local|kerberos|ldap|automanage}}", rmhmcusr_options, rmhmcusr, "ManageHMCUser"},
    {"rmprofdata", "-m <system> -f <name>", rmprofdata_options, rmprofdata, "RemoveProfileData"},
    {"rmlock", "-m <system>", rmlock_options, rmlock, "ChangeCECProperty"},
    {"rmpwdpolicy", "-n <policy>", rmpwdpolicy_options, rmpwdpolicy, "ManageHMCUser"},
    {"rmsyscfg",
     "-r lpar -m <system> {-n <partition>|--id <id>} | -r prof -m <system> -n <profile> {-p <partition>|--id <id>} | "
     "-r sysprof -m <system> -n <system profile>",
     rmsyscfg_options,
     rmsyscfg,
     {{"-r sysprof", "DeleteSystemProfile"}, {"-r prof", "DeleteProfile"}, {"", "DeleteLPAR"}}},
    {"rmviosbk", "-t viosioconfig -m <system> {-p <Virtual I/O Server>|--id <id>|--uuid <UUID>} -f <name>", rmviosbk_options,
     rmviosbk, "VirtualIOServerCommand"},
    {"rmvterm", "-m <system> {-p <partition>|--id <id>}", rmvterm_options, rmvterm, "CloseVTerm"},
    {"rrstartlpar",
     "-o {restart|validate|cancel|cleanup|recover} -m <system> [-t <system>] {-p <partition>|--id <id>} [--vlanbridge 1] "
     "[--noconnection] [--force] [-v]",
     rrstartlpar_options, rrstartlpar, "RRStartLPAR"},
    {"rsthwres", "-r {mem|proc} -m <system> {-p <partition>|--id <id>|-a}", rsthwres_options, rsthwres,
     "DLPARRestoreHWResources"},
    {"rstprofdata",
     "-m <system> -l {1|2|3} -f <name> | -m <system> -l 4",
     rstprofdata_options,
     rstprofdata,
     {{"-l 4", "InitializeProfileData"}, {"", "RestoreProfileData"}}},
    {"rstviosbk", "-t viosioconfig -m <system> {-p <Virtual I/O Server>|--id <id>|--uuid <UUID>} -f <name>", rstviosbk_options,
     rstviosbk, "VirtualIOServerCommand"},
    {"updhmc", "-t disk -f <file> [-r]", updhmc_options, updhmc, "UpdateHMC"},
    {"updlic",
     "-o {a|i|u} -m <system> [-t {sys|syspower|all}] -r disk -l {<level>|<release>_<level>} [-q] [-v] | -o "
     "{c|r|d} -m <system> [-t {sys|syspower|all}] [-q] [-v] | -o {h|o} -m <system>",
     updlic_options, updlic, "UpdateLIC"},
    {"viosvrcmd", "-m <system> {-p <Virtual I/O Server>|--id <id>} -c \"<command>\"", viosvrcmd_options, viosvrcmd,
     "VirtualIOServerCommand"},
};

}  // namespace

std::span<const Command> commands() { return table; }

namespace {

// The words of a need: options, each with the value that it must have, if one follows.
bool applies(std::string_view need, const Options& options) {
  while (!need.empty()) {
    const auto next_word = [&] {
      const std::string_view word = need.substr(0, need.find(' '));
      need.remove_prefix(std::min(need.size(), word.size() + 1));
      return word;
    };
    const std::string_view option = next_word();
    if (!options.has(option)) return false;
    if (!need.empty() && need[0] != '-' && options.value(option) != next_word()) return false;
  }
  return true;
}

}  // namespace

const users::Task* Needs::of(const Options& options) const {
  const auto found = std::ranges::find_if(all(), [&](const Need& need) { return applies(need.options, options); });
  return found == all().end() ? nullptr : &found->task;
}

std::vector<std::string> files_of(const std::vector<std::string>& argv) {
  const Command* command = argv.empty() ? nullptr : find_command(argv[0]);
  if (!command) return {};
  const auto options = Options::parse(std::span(argv).subspan(1), command->options);
  return options ? options->files(command->options) : std::vector<std::string>{};
}

const Command* find_command(std::string_view name) {
  const auto found = std::ranges::find(table, name, &Command::name);
  return found == std::end(table) ? nullptr : found;
}

// Where the value of a password begins in configuration data: "passwd=", as somebody may mistype it, too.
static size_t end_of_password_name(const std::string& word) {
  constexpr std::string_view name = "passwd";
  const auto same = [](char a, char b) { return std::tolower(static_cast<unsigned char>(a)) == b; };
  for (auto at = word.begin();;) {
    at = std::search(at, word.end(), name.begin(), name.end(), same);
    if (at == word.end()) return word.npos;
    at += static_cast<std::ptrdiff_t>(name.size());
    const auto sign = std::find_if(at, word.end(), [](char c) { return c != ' ' && c != '+' && c != '-'; });
    if (sign != word.end() && *sign == '=') return static_cast<size_t>(sign - word.begin()) + 1;
  }
}

std::string without_secrets(const std::vector<std::string>& argv) {
  // -v of chhmcusr may be a password; --passwd, --passwd=, and passwd= of configuration data are one.
  const bool value_is_secret = !argv.empty() && argv[0] == "chhmcusr";
  std::string line;
  std::string_view before;
  for (const std::string& word : argv) {
    size_t shown = std::min(end_of_password_name(word), word.size());
    if (before == "--passwd" || (value_is_secret && before == "-v")) shown = 0;
    if (value_is_secret && word.starts_with("-v")) shown = 2;
    line += (line.empty() ? "" : " ") + word.substr(0, shown) + (shown < word.size() ? "***" : "");
    before = word;
  }
  return line;
}

constexpr u64 delay_look = 100 * millisecond;  // between two looks at whether anybody still waits

int run(Console& console, const std::vector<std::string>& argv, Session& session) {
  const auto failed = [&](const Error& error) {
    // On standard output, exit status 1, as every captured failure of a real HMC. (docs/hmc.md, Output and exit status)
    session.write(line_of(error));
    return 1;
  };
  if (argv.empty()) return failed(say("HSCLF001", ""));
  const Command* command = find_command(argv[0]);
  if (!command) return failed(say("HSCLF001", argv[0]));
  if (std::ranges::count(argv, "--help")) {
    session.write(fmt::format("Usage: {} {}\n", command->name, command->usage));
    return 0;
  }
  std::vector<std::string> words(argv.begin() + 1, argv.end());
  // help and man have a word instead of options.
  if (command->run == help && !words.empty()) words.insert(words.begin(), "-c");
  Result<Options> options = Options::parse(words, command->options);
  if (!options) return failed(options.error());
  // Looked up anew for each command: somebody may have changed the user's role meanwhile, or removed the user.
  const std::string who = session.user();
  const std::optional<users::User> user = console.users().find(who);
  const users::Task* task = command->needs.of(*options);
  const bool another_one = user && session.user_made() != 0 && session.user_made() != user->made;
  if (!user || another_one || (task && !task->belongs_to(user->taskrole))) {
    console.note(who, fmt::format("was not allowed to run the command {}.", without_secrets(argv)));
    return failed(say("HSCL350B"));
  }
  Call call{console, std::move(*options), session, *user};
  const Faults::Meeting fault = console.faults().meet(argv);
  for (u64 left = fault.delay; left > 0 && !session.cancelled(); left -= std::min(left, delay_look))
    console.pause().sleep(std::min(left, delay_look));
  const Result<int> result = fault.answer ? Result<int>(*fault.answer) : command->run(call);
  const int status = result ? *result : failed(result.error());
  if (task && !task->shows())
    console.note(who, fmt::format("the command {} ended with exit status {}.", without_secrets(argv), status));
  return status;
}

emu::Status Call::may(users::Task task) const {
  return task.belongs_to(user.taskrole) ? emu::success() : emu::Status(say("HSCL350B"));
}

Inventory Call::inventory(Detail detail, Others others) const {
  std::vector<std::string> named;
  for (const char* option : {"-m", "-t"})
    if (options.has(option)) named.push_back(options.value(option));
  Inventory all = console.inventory(detail, named, others);
  if (options.has("--ip")) console.add_inventory_of({options.value("--ip"), remote_user(*this), user.name}, detail, all);
  return all;
}

std::string remote_user(const Call& call) { return call.options.has("-u") ? call.options.value("-u") : call.user.name; }

Status meet_other_console(const Call& call, Console::Meet why) {
  if (!call.options.has("--ip")) return call.options.has("-u") ? usage_error("-u") : emu::success();
  const std::string ip = call.options.value("--ip");
  if (ip.empty()) return usage_error("--ip");
  return call.console.meet(ip, remote_user(call), call.user, why);
}

Result<const System*> system_of(const Call& call, const Inventory& inventory, std::string_view option, Connection connection) {
  const std::string name = call.options.value(option);
  if (name.empty()) return usage_error(option);
  const System* system = inventory.find(name);
  if (!system) return say("HSCL8018", name);
  if (!system->connected && connection == Connection::needed) return say("HSCLF014", system->name());
  return system;
}

Result<const Lpar*> lpar_of(const Call& call, const System& system, std::string_view name_option, std::string_view id_option) {
  const bool by_name = call.options.has(name_option);
  const bool by_id = call.options.has(id_option);
  if (by_name == by_id) return usage_error(fmt::format("{}, {}", name_option, id_option));
  if (by_name) {
    const std::string name = call.options.value(name_option);
    const Lpar* lpar = system.lpar(name);
    if (!lpar) return say("HSCL8012", name);
    return lpar;
  }
  const auto id = call.options.number(id_option);
  if (!id) return usage_error(id_option);
  const Lpar* lpar = system.lpar(*id);
  if (!lpar) return say("HSCL8011", *id);
  return lpar;
}

Result<Filtered> filtered(const Call& call, const System& system, std::span<const std::string_view> allowed) {
  Filtered result;
  if (call.options.has("--filter")) {
    result.filter = TRY(Data::parse(call.options.value("--filter")));
    for (const Assignment& attribute : result.filter.all())
      if (attribute.name != "lpar_names" && attribute.name != "lpar_ids" && std::ranges::count(allowed, attribute.name) == 0)
        return usage_error("--filter");
    // += and -= change something; a filter changes nothing.
    if (std::ranges::any_of(result.filter.all(), [](const Assignment& a) { return a.change != Change::set; }))
      return usage_error("--filter");
    if (result.filter.find("lpar_names") && result.filter.find("lpar_ids")) return usage_error("--filter");
  }
  for (const std::string& name : result.filter.values("lpar_names")) {
    const Lpar* lpar = system.lpar(name);
    if (!lpar) return say("HSCL8012", name);
    result.lpars.push_back(lpar);
  }
  for (const std::string& text : result.filter.values("lpar_ids")) {
    const auto id = parse_number<u32>(text);
    if (!id) return usage_error("--filter");
    const Lpar* lpar = system.lpar(*id);
    if (!lpar) return say("HSCL8011", *id);
    result.lpars.push_back(lpar);
  }
  if (!result.filter.find("lpar_names") && !result.filter.find("lpar_ids"))
    for (const Lpar& lpar : system.lpars) result.lpars.push_back(&lpar);
  return result;
}

emu::Status takes_only(const Call& call, std::span<const Option> known, std::initializer_list<Names> taken) {
  for (const Option& option : known) {
    const bool of_all = option.name == "-r" || option.name == "-m" || option.name == "-o";
    const bool means_something =
        of_all || std::ranges::any_of(taken, [&](Names names) { return std::ranges::count(names, option.name) > 0; });
    if (!means_something && call.options.has(option.name)) return usage_error(option.name);
  }
  return emu::success();
}

// Of several records, which one is wrong, and what has become of the others.
static Error in_file(const Call& call, size_t index, Error error, std::string_view others) {
  if (call.options.has("-f"))
    error.text += fmt::format(" (Record {} of {}; of the others, {}.)", index + 1, call.options.value("-f"), others);
  return error;
}

Result<std::vector<Data>> input_data(const Call& call) {
  const bool typed = call.options.has("-i");
  if (typed && call.options.has("-f")) return usage_error("-i, -f");
  if (typed) return std::vector<Data>{TRY(Data::parse(call.options.value("-i")))};
  if (!call.options.has("-f")) return usage_error("-i");
  const std::string name = call.options.value("-f");
  const auto content = call.session.file(name);
  if (!content) return say("HSCLF023", name, content.error().text);
  std::vector<Data> all;
  for (const std::string& line : emu::words(*content, '\n')) {
    if (attributes::trimmed(line).empty()) continue;
    auto data = Data::parse(line);
    if (!data) return in_file(call, all.size(), data.error(), "none was carried out");
    all.push_back(std::move(*data));
  }
  if (all.empty()) return say("HSCLF023", name, "It is empty");
  return all;
}

Result<int> for_each_input(Call& call, Result<int> (*run)(Call&, const Data&)) {
  const std::vector<Data> all = TRY(input_data(call));
  for (size_t i = 0; i < all.size(); ++i)
    if (const auto done = run(call, all[i]); !done)
      return in_file(call, i, done.error(),
                     i == 0 ? "none was carried out" : "those before it were carried out, and those after it were not");
  return 0;
}

}  // namespace hmc::cli
