// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The commands' functions and their tables of options; see table.cpp for what they are.

#include "hmc/cli/listing.h"
#include "hmc/cli/table.h"

namespace hmc::cli {

using OptionTable = std::span<const Option>;

extern const OptionTable bkprofdata_options;
extern const OptionTable chcod_options;
extern const OptionTable chcomgmt_options;
extern const OptionTable chhmcusr_options;
extern const OptionTable chhwres_options;
extern const OptionTable chled_options;
extern const OptionTable chlparutil_options;
extern const OptionTable chpwdpolicy_options;
extern const OptionTable chsvcevent_options;
extern const OptionTable chsyscfg_options;
extern const OptionTable chsysstate_options;
extern const OptionTable diagrmc_options;
extern const OptionTable help_options;
extern const OptionTable installios_options;
extern const OptionTable lpar_netboot_options;
extern const OptionTable lsaccfg_options;
extern const OptionTable lscod_options;
extern const OptionTable lscomgmt_options;
extern const OptionTable lshmc_options;
extern const OptionTable lshmcldap_options;
extern const OptionTable lshmcusr_options;
extern const OptionTable lshwres_options;
extern const OptionTable lsled_options;
extern const OptionTable lslic_options;
extern const OptionTable lslock_options;
extern const OptionTable lslparmigr_options;
extern const OptionTable lslparutil_options;
extern const OptionTable lsmemopt_options;
extern const OptionTable lspartition_options;
extern const OptionTable lspwdpolicy_options;
extern const OptionTable lsrefcode_options;
extern const OptionTable lssvcevents_options;
extern const OptionTable lssyscfg_options;
extern const OptionTable lssysconn_options;
extern const OptionTable lsviosbk_options;
extern const OptionTable migrlpar_options;
extern const OptionTable mkauthkeys_options;
extern const OptionTable mkhmcusr_options;
extern const OptionTable mkpwdpolicy_options;
extern const OptionTable mksyscfg_options;
extern const OptionTable mkviosbk_options;
extern const OptionTable mkvterm_options;
extern const OptionTable monhmc_options;
extern const OptionTable pedbg_options;
extern const OptionTable rmhmcusr_options;
extern const OptionTable rmprofdata_options;
extern const OptionTable rmlock_options;
extern const OptionTable rmpwdpolicy_options;
extern const OptionTable rmsyscfg_options;
extern const OptionTable rmviosbk_options;
extern const OptionTable rmvterm_options;
extern const OptionTable rrstartlpar_options;
extern const OptionTable rsthwres_options;
extern const OptionTable rstprofdata_options;
extern const OptionTable rstviosbk_options;
extern const OptionTable updhmc_options;
extern const OptionTable updlic_options;
extern const OptionTable viosvrcmd_options;

Result<int> bkprofdata(Call&);
Result<int> chcod(Call&);
Result<int> chcomgmt(Call&);
Result<int> chhmcusr(Call&);
Result<int> chhwres(Call&);
Result<int> chled(Call&);
Result<int> chlparutil(Call&);
Result<int> chpwdpolicy(Call&);
Result<int> chsvcevent(Call&);
Result<int> chsyscfg(Call&);
Result<int> chsysstate(Call&);
Result<int> diagrmc(Call&);
Result<int> help(Call&);
Result<int> installios(Call&);
Result<int> lpar_netboot(Call&);
Result<int> lsaccfg(Call&);
Result<int> lscod(Call&);
Result<int> lscomgmt(Call&);
Result<int> lshmc(Call&);
Result<int> lshmcldap(Call&);
Result<int> lshmcusr(Call&);
Result<int> lshwres(Call&);
Result<int> lsled(Call&);
Result<int> lslic(Call&);
Result<int> lslock(Call&);
Result<int> lslparmigr(Call&);
Result<int> lslparutil(Call&);
Result<int> lsmemopt(Call&);
Result<int> lspartition(Call&);
Result<int> lspwdpolicy(Call&);
Result<int> lsrefcode(Call&);
Result<int> lssvcevents(Call&);
Result<int> lssyscfg(Call&);
Result<int> lssysconn(Call&);
Result<int> lsviosbk(Call&);
Result<int> migrlpar(Call&);
Result<int> mkauthkeys(Call&);
Result<int> mkhmcusr(Call&);
Result<int> mkpwdpolicy(Call&);
Result<int> mksyscfg(Call&);
Result<int> mkviosbk(Call&);
Result<int> mkvterm(Call&);
Result<int> monhmc(Call&);
Result<int> pedbg(Call&);
Result<int> rmhmcusr(Call&);
Result<int> rmprofdata(Call&);
Result<int> rmlock(Call&);
Result<int> rmpwdpolicy(Call&);
Result<int> rmsyscfg(Call&);
Result<int> rmviosbk(Call&);
Result<int> rmvterm(Call&);
Result<int> rrstartlpar(Call&);
Result<int> rsthwres(Call&);
Result<int> rstprofdata(Call&);
Result<int> rstviosbk(Call&);
Result<int> updhmc(Call&);
Result<int> updlic(Call&);
Result<int> viosvrcmd(Call&);

}  // namespace hmc::cli
