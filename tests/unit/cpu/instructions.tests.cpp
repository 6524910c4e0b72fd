// SPDX-License-Identifier: GPL-2.0-or-later
// Every class of instruction against known results. Expected values were computed from the manual's definitions, not taken
// from an engine; encodings are those of the GNU assembler.
#include "tests/support/catch.h"
#include "tests/unit/cpu/support/machine.h"

using namespace ppc;
using test::Machine;

namespace {

constexpr s64 any = -1;

constexpr u64 a = 0x123456789ABCDEF0;
constexpr u64 b_ = 0xFEDCBA9876543211;
constexpr u64 data = 0x4000;    // byte i is 7 * i + 1
constexpr u64 output = 0x5000;  // 0xEE

struct Integer {
  const char* text;
  u32 word;
  u64 r6;
  s64 cr0;
  s64 xer;
};
constexpr Integer integers[] = {
    {"add 6,3,4", 0x7CC32214, 0x1111111111111101, any, any},
    {"add. 6,3,4", 0x7CC32215, 0x1111111111111101, 4, any},
    {"subf 6,3,4", 0x7CC32050, 0xECA8641FDB975321, any, any},
    {"neg 6,3", 0x7CC300D0, 0xEDCBA98765432110, any, any},
    {"addi 6,3,-5", 0x38C3FFFB, 0x123456789ABCDEEB, any, any},
    {"addis 6,3,-2", 0x3CC3FFFE, 0x123456789ABADEF0, any, any},
    {"addic 6,4,1", 0x30C40001, 0xFEDCBA9876543212, any, 0x00000000},
    {"addic. 6,4,-1", 0x34C4FFFF, 0xFEDCBA9876543210, 8, any},
    {"addc 6,4,4", 0x7CC42014, 0xFDB97530ECA86422, any, 0x20000000},
    {"subfc 6,4,3", 0x7CC41810, 0x13579BE02468ACDF, any, 0x00040000},
    {"adde 6,3,4", 0x7CC32114, 0x1111111111111101, any, any},
    {"addme 6,3", 0x7CC301D4, 0x123456789ABCDEEF, any, 0x20040000},
    {"addze 6,3", 0x7CC30194, 0x123456789ABCDEF0, any, any},
    {"subfic 6,3,10", 0x20C3000A, 0xEDCBA9876543211A, any, any},
    {"addo 6,7,7", 0x7CC73E14, 0x8000000000000000, any, 0xC0000000},
    {"mulli 6,3,-3", 0x1CC3FFFD, 0xC962FC962FC96330, any, any},
    {"mullw 6,3,4", 0x7CC321D6, 0xD131C0EDF0D5ADF0, any, any},
    {"mulld 6,3,4", 0x7CC321D2, 0x35A1DF76F0D5ADF0, any, any},
    {"mulhd 6,3,4", 0x7CC32092, 0xFFEB49923CC09532, any, any},
    {"mulhdu 6,3,4", 0x7CC32012, 0x121FA00AD77D7422, any, any},
    {"divd 6,4,3", 0x7CC41BD2, 0x0000000000000000, any, any},
    {"divdu 6,4,3", 0x7CC41B92, 0x000000000000000E, any, any},
    {"divd 6,3,5", 0x7CC32BD2, 0x0000000012345679, any, any},
    {"divdu 6,4,5", 0x7CC42B92, 0x00000000FEDCBAA5, any, any},
    {"and 6,3,4", 0x7C662038, 0x1214121812141210, any, any},
    {"or 6,3,4", 0x7C662378, 0xFEFCFEF8FEFCFEF1, any, any},
    {"xor. 6,3,4", 0x7C662279, 0xECE8ECE0ECE8ECE1, 8, any},
    {"nand 6,3,4", 0x7C6623B8, 0xEDEBEDE7EDEBEDEF, any, any},
    {"nor 6,3,4", 0x7C6620F8, 0x010301070103010E, any, any},
    {"eqv 6,3,4", 0x7C662238, 0x1317131F1317131E, any, any},
    {"andc 6,3,4", 0x7C662078, 0x0020446088A8CCE0, any, any},
    {"orc 6,3,4", 0x7C662338, 0x1337577F9BBFDFFE, any, any},
    {"andi. 6,3,0xF0F0", 0x7066F0F0, 0x000000000000D0F0, 4, any},
    {"andis. 6,3,0xFFFF", 0x7466FFFF, 0x000000009ABC0000, 4, any},
    {"ori 6,3,0xF", 0x6066000F, 0x123456789ABCDEFF, any, any},
    {"oris 6,3,0xF00F", 0x6466F00F, 0x12345678FABFDEF0, any, any},
    {"xori 6,3,0xFFFF", 0x6866FFFF, 0x123456789ABC210F, any, any},
    {"xoris 6,3,0xFFFF", 0x6C66FFFF, 0x123456786543DEF0, any, any},
    {"extsb 6,3", 0x7C660774, 0xFFFFFFFFFFFFFFF0, any, any},
    {"extsh 6,3", 0x7C660734, 0xFFFFFFFFFFFFDEF0, any, any},
    {"extsw 6,3", 0x7C6607B4, 0xFFFFFFFF9ABCDEF0, any, any},
    {"cntlzw 6,5", 0x7CA60034, 0x0000000000000000, any, any},
    {"cntlzd 6,5", 0x7CA60074, 0x0000000000000020, any, any},
    {"popcntb 6,3", 0x7C6600F4, 0x0203040404050604, any, any},
    {"popcntd 6,3", 0x7C6603F4, 0x0000000000000020, any, any},
    {"popcntw 6,3", 0x7C6602F4, 0x0000000D00000013, any, any},
    {"rlwinm 6,3,8,4,19", 0x54664126, 0x000000000CDEF000, any, any},
    {"rlwnm 6,3,8,0,31", 0x5C66403E, 0x000000005E6F784D, any, any},
    {"rlwimi 6,3,4,8,15", 0x5066221E, 0x5555555555CD5555, any, any},
    {"rldicl 6,3,12,20", 0x78666500, 0x000009ABCDEF0123, any, any},
    {"rldicr 6,3,12,40", 0x78666224, 0x456789ABCD800000, any, any},
    {"rldic 6,3,8,16", 0x78664408, 0x0000789ABCDEF000, any, any},
    {"rldcl 6,3,8,4", 0x78664110, 0x0A2B3C4D5E6F7809, any, any},
    {"rldimi 6,3,8,16", 0x7866440C, 0x5555789ABCDEF055, any, any},
    {"slw 6,3,8", 0x7C664030, 0x000000005E6F7800, any, any},
    {"srw 6,3,8", 0x7C664430, 0x00000000013579BD, any, any},
    {"sraw 6,3,8", 0x7C664630, 0xFFFFFFFFFF3579BD, any, 0x20040000},
    {"srawi 6,3,4", 0x7C662670, 0xFFFFFFFFF9ABCDEF, any, 0x00000000},
    {"sld 6,3,8", 0x7C664036, 0x1A2B3C4D5E6F7800, any, any},
    {"srd 6,3,8", 0x7C664436, 0x002468ACF13579BD, any, any},
    {"srad 6,4,8", 0x7C864634, 0xFFFDB97530ECA864, any, 0x20040000},
    {"sradi 6,4,1", 0x7C860E74, 0xFF6E5D4C3B2A1908, any, 0x20040000},
    {"isel 6,3,4,2", 0x7CC3209E, 0xFEDCBA9876543211, any, any},
    {"cmpd 3,4", 0x7C232000, 0x5555555555555555, 4, any},
    {"cmpld 3,4", 0x7C232040, 0x5555555555555555, 8, any},
    {"cmpwi 5,0", 0x2C050000, 0x5555555555555555, 8, any},
    {"cmplwi 5,0", 0x28050000, 0x5555555555555555, 4, any},
    {"cmpdi 3,0", 0x2C230000, 0x5555555555555555, 4, any},
    {"cmpb 6,3,3", 0x7C661BF8, 0xFFFFFFFFFFFFFFFF, any, any},
    {"lbz 6,3(10)", 0x88CA0003, 0x0000000000000016, any, any},
    {"lhz 6,2(10)", 0xA0CA0002, 0x0000000000000F16, any, any},
    {"lha 6,0x24(10)", 0xA8CA0024, 0xFFFFFFFFFFFFFD04, any, any},
    {"lwz 6,4(10)", 0x80CA0004, 0x000000001D242B32, any, any},
    {"lwa 6,0x20(10)", 0xE8CA0022, 0xFFFFFFFFE1E8EFF6, any, any},
    {"ld 6,8(10)", 0xE8CA0008, 0x3940474E555C636A, any, any},
    {"ld 6,0x11-1(10)", 0xE8CA0010, 0x71787F868D949BA2, any, any},
    {"lbzx 6,10,8", 0x7CCA40AE, 0x0000000000000032, any, any},
    {"lhzx 6,10,8", 0x7CCA422E, 0x0000000000003239, any, any},
    {"lhax 6,10,8", 0x7CCA42AE, 0x0000000000003239, any, any},
    {"lwzx 6,10,8", 0x7CCA402E, 0x0000000032394047, any, any},
    {"lwax 6,10,8", 0x7CCA42AA, 0x0000000032394047, any, any},
    {"ldx 6,10,8", 0x7CCA402A, 0x323940474E555C63, any, any},
    {"lhbrx 6,10,8", 0x7CCA462C, 0x0000000000003932, any, any},
    {"lwbrx 6,10,8", 0x7CCA442C, 0x0000000047403932, any, any},
    {"ldbrx 6,10,8", 0x7CCA4428, 0x635C554E47403932, any, any},
    {"lwarx 6,0,10", 0x7CC05028, 0x0000000001080F16, any, any},
    {"ldarx 6,0,10", 0x7CC050A8, 0x01080F161D242B32, any, any},
    {"mfcr 6", 0x7CC00026, 0x0000000000000000, any, any},
    {"mflr 6", 0x7CC802A6, 0x0000000000000000, any, any},
    {"mfctr 6", 0x7CC902A6, 0x0000000000000000, any, any},
    {"mfvrsave 6", 0x7CC042A6, 0x0000000000000000, any, any},
    {"crset 2", 0x4C421242, 0x5555555555555555, 2, any},
    {"crxor 0,0,0", 0x4C000182, 0x5555555555555555, 0, any},
    {"li 6,-1", 0x38C0FFFF, 0xFFFFFFFFFFFFFFFF, any, any},
    {"lis 6,-32768", 0x3CC08000, 0xFFFFFFFF80000000, any, any},
    {"addpcis 6,1", 0x4CC00005, 0x0000000000012004, any, any},
    {"modud 6,4,3", 0x7CC41A12, 0x00000000000000F1, any, any},
    {"cnttzd 6,3", 0x7C660474, 0x0000000000000004, any, any},
    {"maddld 6,3,4,5", 0x10C32173, 0x35A1DF77F0D5ADE3, any, any},
    {"lbzu 6,1(10)", 0x8CCA0001, 0x0000000000000008, any, any},
    {"lwzux 6,10,8", 0x7CCA406E, 0x0000000032394047, any, any},
};

struct Floating {
  const char* text;
  u32 word;
  u64 f4;
};
constexpr Floating floatings[] = {
    {"fadd 4,1,2", 0xFC81102A, 0xBFE8000000000000},     {"fsub 4,1,2", 0xFC811028, 0x400E000000000000},
    {"fmul 4,1,2", 0xFC8100B2, 0xC00B000000000000},     {"fdiv 4,1,3", 0xFC811824, 0x402E000000000000},
    {"fsqrt 4,1", 0xFC80082C, 0x3FF3988E1409212E},      {"fadds 4,1,3", 0xEC81182A, 0x3FF99999A0000000},
    {"fmuls 4,1,2", 0xEC8100B2, 0xC00B000000000000},    {"fmadd 4,1,2,1", 0xFC8108BA, 0xBFFE000000000000},
    {"fnmsub 4,1,2,1", 0xFC8108BC, 0x4013800000000000}, {"fneg 4,1", 0xFC800850, 0xBFF8000000000000},
    {"fabs 4,2", 0xFC801210, 0x4002000000000000},       {"fnabs 4,1", 0xFC800910, 0xBFF8000000000000},
    {"fmr 4,2", 0xFC801090, 0xC002000000000000},        {"frsp 4,3", 0xFC801818, 0x3FB99999A0000000},
    {"fctid 4,2", 0xFC80165C, 0xFFFFFFFFFFFFFFFE},      {"fctidz 4,2", 0xFC80165E, 0xFFFFFFFFFFFFFFFE},
    {"fcfid 4,5", 0xFC802E9C, 0x401C000000000000},      {"fsel 4,2,1,3", 0xFC82186E, 0x3FB999999999999A},
    {"frin 4,2", 0xFC801310, 0xC000000000000000},       {"friz 4,2", 0xFC801350, 0xC000000000000000},
    {"frim 4,2", 0xFC8013D0, 0xC008000000000000},       {"frip 4,2", 0xFC801390, 0xC000000000000000},
    {"fdiv 4,1,6", 0xFC813024, 0x7FF0000000000000},     {"fsqrt 4,2", 0xFC80102C, 0x7FF8000000000000},
    {"fcpsgn 4,2,1", 0xFC820810, 0xBFF8000000000000},   {"lfd 4,8(10)", 0xC88A0008, 0x3940474E555C636A},
    {"lfs 4,0x40(10)", 0xC08A0040, 0xC03919FAC0000000}, {"mtvsrd 4,3", 0x7C830166, 0x123456789ABCDEF0},
    {"xsadddp 4,1,2", 0xF0811100, 0xBFE8000000000000},  {"xsmuldp 4,1,2", 0xF0811180, 0xC00B000000000000},
    {"xsdivdp 4,1,3", 0xF08119C0, 0x402E000000000000},
};

struct Vector {
  const char* text;
  u32 word;
  std::array<u8, 16> v4;
};
constexpr Vector vectors[] = {
    {"vaddubm 4,1,2",
     0x10811000,
     {0xF0, 0xF2, 0xF4, 0xF6, 0xF8, 0xFA, 0xFC, 0xFE, 0x00, 0x02, 0x04, 0x06, 0x08, 0x0A, 0x0C, 0x0E}},
    {"vadduhm 4,1,2",
     0x10811040,
     {0xF0, 0xF2, 0xF4, 0xF6, 0xF8, 0xFA, 0xFC, 0xFE, 0x01, 0x02, 0x05, 0x06, 0x09, 0x0A, 0x0D, 0x0E}},
    {"vadduwm 4,1,2",
     0x10811080,
     {0xF0, 0xF2, 0xF4, 0xF6, 0xF8, 0xFA, 0xFC, 0xFE, 0x01, 0x03, 0x05, 0x06, 0x09, 0x0B, 0x0D, 0x0E}},
    {"vsububm 4,1,2",
     0x10811400,
     {0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10}},
    {"vaddubs 4,1,2",
     0x10811200,
     {0xF0, 0xF2, 0xF4, 0xF6, 0xF8, 0xFA, 0xFC, 0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF}},
    {"vand 4,1,2", 0x10811404, {0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x0E, 0x0F}},
    {"vor 4,1,2", 0x10811484, {0xF0, 0xF1, 0xF2, 0xF3, 0xF4, 0xF5, 0xF6, 0xF7, 0xF8, 0xF9, 0xFA, 0xFB, 0xFC, 0xFD, 0xFE, 0xFF}},
    {"vxor 4,1,2", 0x108114C4, {0xF0, 0xF0, 0xF0, 0xF0, 0xF0, 0xF0, 0xF0, 0xF0, 0xF0, 0xF0, 0xF0, 0xF0, 0xF0, 0xF0, 0xF0, 0xF0}},
    {"vnor 4,1,2", 0x10811504, {0x0F, 0x0E, 0x0D, 0x0C, 0x0B, 0x0A, 0x09, 0x08, 0x07, 0x06, 0x05, 0x04, 0x03, 0x02, 0x01, 0x00}},
    {"vmaxsb 4,1,2",
     0x10811102,
     {0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x0E, 0x0F}},
    {"vminuh 4,1,2",
     0x10811242,
     {0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x0E, 0x0F}},
    {"vcmpgtub 4,2,1",
     0x10820A06,
     {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF}},
    {"vcmpequb 4,1,1",
     0x10810806,
     {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF}},
    {"vperm 4,1,2,3",
     0x108110EB,
     {0xFF, 0xFE, 0xFD, 0xFC, 0x03, 0x02, 0x01, 0x00, 0xF0, 0xF1, 0xF2, 0xF3, 0x04, 0x05, 0x06, 0x07}},
    {"vsldoi 4,1,2,5",
     0x1081116C,
     {0x05, 0x06, 0x07, 0x08, 0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x0E, 0x0F, 0xF0, 0xF1, 0xF2, 0xF3, 0xF4}},
    {"vspltb 4,1,7",
     0x10870A0C,
     {0x07, 0x07, 0x07, 0x07, 0x07, 0x07, 0x07, 0x07, 0x07, 0x07, 0x07, 0x07, 0x07, 0x07, 0x07, 0x07}},
    {"vspltw 4,1,2",
     0x10820A8C,
     {0x08, 0x09, 0x0A, 0x0B, 0x08, 0x09, 0x0A, 0x0B, 0x08, 0x09, 0x0A, 0x0B, 0x08, 0x09, 0x0A, 0x0B}},
    {"vspltisb 4,-3",
     0x109D030C,
     {0xFD, 0xFD, 0xFD, 0xFD, 0xFD, 0xFD, 0xFD, 0xFD, 0xFD, 0xFD, 0xFD, 0xFD, 0xFD, 0xFD, 0xFD, 0xFD}},
    {"vmrghb 4,1,2",
     0x1081100C,
     {0x00, 0xF0, 0x01, 0xF1, 0x02, 0xF2, 0x03, 0xF3, 0x04, 0xF4, 0x05, 0xF5, 0x06, 0xF6, 0x07, 0xF7}},
    {"vmrglw 4,1,2",
     0x1081118C,
     {0x08, 0x09, 0x0A, 0x0B, 0xF8, 0xF9, 0xFA, 0xFB, 0x0C, 0x0D, 0x0E, 0x0F, 0xFC, 0xFD, 0xFE, 0xFF}},
    {"vslb 4,2,1", 0x10820904, {0xF0, 0xE2, 0xC8, 0x98, 0x40, 0xA0, 0x80, 0x80, 0xF8, 0xF2, 0xE8, 0xD8, 0xC0, 0xA0, 0x80, 0x80}},
    {"vmuleub 4,1,2",
     0x10811208,
     {0x00, 0x00, 0x01, 0xE4, 0x03, 0xD0, 0x05, 0xC4, 0x07, 0xC0, 0x09, 0xC4, 0x0B, 0xD0, 0x0D, 0xE4}},
    {"vpkuhum 4,1,2",
     0x1081100E,
     {0x01, 0x03, 0x05, 0x07, 0x09, 0x0B, 0x0D, 0x0F, 0xF1, 0xF3, 0xF5, 0xF7, 0xF9, 0xFB, 0xFD, 0xFF}},
    {"vsel 4,1,2,3",
     0x108110EA,
     {0x10, 0x11, 0x12, 0x13, 0x04, 0x05, 0x06, 0x07, 0x18, 0x19, 0x1A, 0x1B, 0x0C, 0x0D, 0x0E, 0x0F}},
    {"lvx 4,0,10", 0x7C8050CE, {0x01, 0x08, 0x0F, 0x16, 0x1D, 0x24, 0x2B, 0x32, 0x39, 0x40, 0x47, 0x4E, 0x55, 0x5C, 0x63, 0x6A}},
    {"lvx 4,10,8", 0x7C8A40CE, {0x01, 0x08, 0x0F, 0x16, 0x1D, 0x24, 0x2B, 0x32, 0x39, 0x40, 0x47, 0x4E, 0x55, 0x5C, 0x63, 0x6A}},
    {"lvsl 4,0,8", 0x7C80400C, {0x07, 0x08, 0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x0E, 0x0F, 0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16}},
    {"lxvd2x 36,0,10",
     0x7C805699,
     {0x01, 0x08, 0x0F, 0x16, 0x1D, 0x24, 0x2B, 0x32, 0x39, 0x40, 0x47, 0x4E, 0x55, 0x5C, 0x63, 0x6A}},
    {"lxvw4x 36,10,8",
     0x7C8A4619,
     {0x32, 0x39, 0x40, 0x47, 0x4E, 0x55, 0x5C, 0x63, 0x6A, 0x71, 0x78, 0x7F, 0x86, 0x8D, 0x94, 0x9B}},
    {"xxlxor 36,33,34",
     0xF08114D7,
     {0xF0, 0xF0, 0xF0, 0xF0, 0xF0, 0xF0, 0xF0, 0xF0, 0xF0, 0xF0, 0xF0, 0xF0, 0xF0, 0xF0, 0xF0, 0xF0}},
    {"xxpermdi 36,33,34,1",
     0xF0811157,
     {0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0xF8, 0xF9, 0xFA, 0xFB, 0xFC, 0xFD, 0xFE, 0xFF}},
    {"xxspltw 36,33,1",
     0xF0810A93,
     {0x04, 0x05, 0x06, 0x07, 0x04, 0x05, 0x06, 0x07, 0x04, 0x05, 0x06, 0x07, 0x04, 0x05, 0x06, 0x07}},
    {"xxsel 36,33,34,35",
     0xF08110FF,
     {0x10, 0x11, 0x12, 0x13, 0x04, 0x05, 0x06, 0x07, 0x18, 0x19, 0x1A, 0x1B, 0x0C, 0x0D, 0x0E, 0x0F}},
};

struct Store {
  const char* text;
  u32 word;
  std::array<u8, 16> memory;
};
constexpr Store stores[] = {
    {"stb 3,3(11)", 0x986B0003, {0xEE, 0xEE, 0xEE, 0xF0, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE}},
    {"sth 3,2(11)", 0xB06B0002, {0xEE, 0xEE, 0xDE, 0xF0, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE}},
    {"stw 3,4(11)", 0x906B0004, {0xEE, 0xEE, 0xEE, 0xEE, 0x9A, 0xBC, 0xDE, 0xF0, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE}},
    {"std 3,8(11)", 0xF86B0008, {0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0x12, 0x34, 0x56, 0x78, 0x9A, 0xBC, 0xDE, 0xF0}},
    {"stbu 3,1(11)",
     0x9C6B0001,
     {0xEE, 0xF0, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE}},
    {"stwu 3,4(11)",
     0x946B0004,
     {0xEE, 0xEE, 0xEE, 0xEE, 0x9A, 0xBC, 0xDE, 0xF0, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE}},
    {"stdu 3,8(11)",
     0xF86B0009,
     {0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0x12, 0x34, 0x56, 0x78, 0x9A, 0xBC, 0xDE, 0xF0}},
    {"stbx 3,11,8", 0x7C6B41AE, {0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xF0, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE}},
    {"sthx 3,11,8", 0x7C6B432E, {0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xDE, 0xF0, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE}},
    {"stwx 3,11,8", 0x7C6B412E, {0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0x9A, 0xBC, 0xDE, 0xF0, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE}},
    {"stdx 3,11,8", 0x7C6B412A, {0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0x12, 0x34, 0x56, 0x78, 0x9A, 0xBC, 0xDE, 0xF0, 0xEE}},
    {"sthbrx 3,11,8",
     0x7C6B472C,
     {0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xF0, 0xDE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE}},
    {"stwbrx 3,11,8",
     0x7C6B452C,
     {0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xF0, 0xDE, 0xBC, 0x9A, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE}},
    {"stdbrx 3,11,8",
     0x7C6B4528,
     {0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xF0, 0xDE, 0xBC, 0x9A, 0x78, 0x56, 0x34, 0x12, 0xEE}},
    {"stfd 1,8(11)",
     0xD82B0008,
     {0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0x3F, 0xF8, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00}},
    {"stfs 1,4(11)",
     0xD02B0004,
     {0xEE, 0xEE, 0xEE, 0xEE, 0x3F, 0xC0, 0x00, 0x00, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE}},
    {"stvx 1,0,11", 0x7C2059CE, {0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x0E, 0x0F}},
    {"stvebx 1,11,8",
     0x7C2B410E,
     {0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0x07, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE}},
    {"stxvd2x 33,0,11",
     0x7C205F99,
     {0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x0E, 0x0F}},
    {"stxvw4x 33,0,11",
     0x7C205F19,
     {0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x0E, 0x0F}},
    {"stmw 30,0(11)",
     0xBFCB0000,
     {0x00, 0x00, 0x00, 0x30, 0x00, 0x00, 0x00, 0x31, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE}},
    {"stswi 3,11,4",
     0x7C6B25AA,
     {0x9A, 0xBC, 0xDE, 0xF0, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE}},
    {"dcbz 0,11", 0x7C005FEC, {0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00}},
    {"stxsdx 1,0,11",
     0x7C205D98,
     {0x3F, 0xF8, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE}},
    {"stfiwx 1,0,11",
     0x7C205FAE,
     {0x00, 0x00, 0x00, 0x00, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE}},
};

constexpr u64 all_facilities = test::real_mode | test::fp | test::vec | test::vsx;

void set_double(cpu::Registers& r, size_t index, u64 bits) { emu::store_be(r.vsr[index].data(), bits); }

struct Prepared : Machine {
  cpu::Registers start;
  bool little;

  explicit Prepared(bool little_endian = false)
      : Machine(test::processor_of(test::power9)), start(processor->save()), little(little_endian) {
    for (u64 vector = 0x100; vector < 0x1000; vector += 0x20) put(vector, {hypercall});
    start.pc = 0x2000;
    start.msr = all_facilities | (little ? 1 : 0);
    start.gpr[3] = a;
    start.gpr[4] = b_;
    start.gpr[5] = 0xFFFFFFF3;
    start.gpr[6] = 0x5555555555555555;
    start.gpr[7] = u64{1} << 62;
    start.gpr[8] = 7;
    start.gpr[10] = data;
    start.gpr[11] = output;
    start.gpr[30] = 0x30;
    start.gpr[31] = 0x31;
    start.xer = 0;
    set_double(start, 1, std::bit_cast<u64>(1.5));
    set_double(start, 2, std::bit_cast<u64>(-2.25));
    set_double(start, 3, std::bit_cast<u64>(0.1));
    set_double(start, 5, 7);
    for (u8 i = 0; i < 16; ++i) {
      start.vsr[33][i] = i;
      start.vsr[34][i] = static_cast<u8>(0xF0 + i);
    }
    start.vsr[35] = {31, 30, 29, 28, 3, 2, 1, 0, 16, 17, 18, 19, 4, 5, 6, 7};
    for (u64 i = 0; i < 256; ++i) memory->write_be<u8>(data + i, static_cast<u8>(7 * i + 1));
    for (u64 i = 0; i < 256; ++i) memory->write_be<u8>(output + i, 0xEE);
  }
  cpu::Registers after(u32 word) { return after(std::vector<u32>{word}); }
  cpu::Registers after(std::vector<u32> words) {
    words.push_back(hypercall);
    if (little) {
      put_little(0x2000, words);
    } else {
      put(0x2000, words);
    }
    processor->load(start);
    REQUIRE(processor->run() == cpu::Stop::requested);
    REQUIRE(processor->pc() == 0x2000 + 4 * words.size());
    return processor->save();
  }
};

}  // namespace

TEST_CASE("integer instructions", "[instructions]") {
  const bool little = GENERATE(false, true);
  Prepared m(little);
  for (const Integer& row : integers) {
    INFO(row.text << (little ? ", little-endian" : ""));
    // In memory they are the same bytes, and a little-endian load reads them the other way round.
    const u32 opcode = row.word >> 26;
    const bool loads =
        (opcode >= 32 && opcode <= 47) || opcode == 58 ||
        (opcode == 31 && std::string(row.text).find("l") == 0 && std::string(row.text).find(",10") != std::string::npos);
    if (little && loads) continue;
    const cpu::Registers r = m.after(row.word);
    CHECK(r.gpr[6] == row.r6);
    if (row.cr0 != any) CHECK(r.cr >> 28 == row.cr0);
    if (row.xer != any) CHECK(r.xer == static_cast<u64>(row.xer));
  }
}

TEST_CASE("floating point instructions", "[instructions]") {
  Prepared m;
  for (const Floating& row : floatings) {
    INFO(row.text);
    const cpu::Registers r = m.after(row.word);
    CHECK(emu::load_be<u64>(r.vsr[4].data()) == row.f4);
  }
}

TEST_CASE("vector instructions", "[instructions]") {
  Prepared m;
  for (const Vector& row : vectors) {
    INFO(row.text);
    CHECK(m.after(row.word).vsr[36] == row.v4);
  }
}

TEST_CASE("stores", "[instructions]") {
  for (const Store& row : stores) {
    INFO(row.text);
    Prepared m;
    m.after(row.word);
    std::array<u8, 16> memory;
    m.memory->read(output, memory);
    CHECK(memory == row.memory);
  }
}

TEST_CASE("update forms change their base", "[instructions]") {
  Prepared m;
  CHECK(m.after(lwzu(6, 8, 10)).gpr[10] == data + 8);
  CHECK(m.after(stwu(6, -16, 11)).gpr[11] == output - 16);
  CHECK(m.after(x_form(6, 10, 8, 53)).gpr[10] == data + 7);  // ldux
}

TEST_CASE("strings and multiples", "[instructions]") {
  Prepared m;
  cpu::Registers r = m.after(d_form(46, 28, 10, 0));  // lmw
  CHECK(r.gpr[28] == 0x01080F16);
  CHECK(r.gpr[31] == 0x555C636A);
  r = m.after(x_form(20, 10, 6, 597));  // lswi, 6 bytes
  CHECK(r.gpr[20] == 0x01080F16);
  CHECK(r.gpr[21] == 0x1D240000);
}

TEST_CASE("branches", "[instructions]") {
  Prepared m;
  SECTION("link") {
    m.start.lr = 0;
    CHECK(m.after({bl(4)}).lr == 0x2004);
  }
  SECTION("to the link register, to the counter") {
    m.start.lr = 0x2008;
    m.start.gpr[6] = 0;
    CHECK(m.after({blr, li(6, 1)}).gpr[6] == 0);
    m.start.ctr = 0x2008;
    CHECK(m.after({bctr, li(6, 1)}).gpr[6] == 0);
  }
  SECTION("count down") {
    CHECK(m.after({li(6, 0), li(9, 5), mtctr(9), addi(6, 6, 1), bdnz(-4)}).gpr[6] == 5);
    CHECK(m.processor->save().ctr == 0);
  }
  SECTION("on conditions") { CHECK(m.after({li(6, 0), cmpdi(6, 0), bne(8), li(6, 1), beq(8), li(6, 9)}).gpr[6] == 1); }
}

TEST_CASE("floating point compare and status", "[instructions]") {
  Prepared m;
  CHECK(m.after(0xFC011000).cr >> 28 == 4);  // fcmpu: 1.5 > -2.25
  CHECK(m.after(0xFC020800).cr >> 28 == 8);
  CHECK(m.after(0xFC010800).cr >> 28 == 2);
  set_double(m.start, 2, 0x7FF8000000000000);
  CHECK(m.after(0xFC011000).cr >> 28 == 1);
  // 1.5 / 0: ZX and FX; 0.1 + 1.5: inexact.
  set_double(m.start, 6, 0);
  CHECK((m.after(0xFC813024).fpscr & 0x84000000) == 0x84000000);  // fdiv f4,f1,f6
  CHECK((m.after(0xFC81182A).fpscr & 0x82000000) == 0x82000000);  // fadd f4,f1,f3
  // Rounding: toward zero, toward plus infinity.
  m.start.fpscr = 1;
  CHECK(emu::load_be<u64>(m.after(0xFC811824).vsr[4].data()) == 0x402DFFFFFFFFFFFF);  // fdiv f4,f1,f3
  m.start.fpscr = 2;
  CHECK(emu::load_be<u64>(m.after(0xFC811824).vsr[4].data()) == 0x402E000000000000);
}

TEST_CASE("an enabled floating point exception is a program interrupt", "[instructions]") {
  Prepared m;
  m.start.msr |= 0x900;  // FE0, FE1: precise
  m.start.fpscr = 0x10;  // ZE
  m.put(0x2000, {0xFC813024, hypercall});
  m.processor->load(m.start);
  REQUIRE(m.processor->run() == cpu::Stop::requested);
  CHECK(m.processor->pc() == 0x704);
  const cpu::Registers r = m.processor->save();
  CHECK(r.srr0 == 0x2000);
  CHECK((r.srr1 & 0x783F0000) == 0x00100000);
  CHECK((r.fpscr & 0x44000000) == 0x44000000);  // FEX, ZX
}

TEST_CASE("saturation sets VSCR", "[instructions]") {
  Prepared m;
  m.start.vscr = 0x10000;
  CHECK(m.after(0x10811200).vscr == 0x10001);  // vaddubs v4,v1,v2: 15 + 255
  CHECK(m.processor->save().vsr[36][0] == 0xF0);
}

TEST_CASE("little-endian loads and stores", "[instructions]") {
  Prepared m(true);
  CHECK(m.after(lwz(6, 0, 10)).gpr[6] == 0x160F0801);
  CHECK(m.after(ld(6, 0, 10)).gpr[6] == 0x322B241D160F0801);
  CHECK(m.after(x_form(6, 10, 8, 790)).gpr[6] == 0x3239);  // lhbrx reads the other way round
  m.after(stw(3, 0, 11));
  CHECK(m.get<u32>(output) == 0xF0DEBC9A);
  cpu::Registers r = m.after(mftb(6));
  CHECK(r.gpr[6] == 0);
  r = m.after({mtspr(272, 3), mfspr(6, 272)});
  CHECK(r.gpr[6] == a);
}

TEST_CASE("32-bit mode", "[instructions]") {
  Prepared m;
  m.start.msr &= ~test::sf;
  SECTION("effective addresses have 32 bits") {
    m.start.gpr[10] = 0xABCD00000000 + data;
    CHECK(m.after(lwz(6, 0, 10)).gpr[6] == 0x01080F16);
    m.start.gpr[10] = 0xFFFFFFFF00000000 + data;
    CHECK(m.after(lwz(6, 4, 10)).gpr[6] == 0x1D242B32);
  }
  SECTION("results have 64 all the same, the condition looks at 32") {
    const cpu::Registers r = m.after(x_form(6, 3, 8, 266, 1));  // add.
    CHECK(r.gpr[6] == a + 7);
    CHECK(r.cr >> 28 == 8);
  }
  SECTION("a fault has a 32-bit address") {
    m.start.gpr[10] = 0xABCD00000000 + 0xF0000000;
    m.put(0x2000, {lwz(6, 8, 10), hypercall});
    m.processor->load(m.start);
    m.processor->run();
    CHECK(m.processor->pc() == 0x304);
    CHECK(m.processor->save().dar == 0xF0000008);
    CHECK((m.processor->msr() & test::sf) == test::sf);
  }
  SECTION("the link register") {
    m.start.gpr[9] = 0xABCD00002008;
    CHECK(m.after({mtctr(9), bctr, nop}).gpr[6] == 0x5555555555555555);
  }
}

TEST_CASE("a reservation is used once", "[instructions]") {
  Prepared m;
  cpu::Registers r = m.after({lwarx(6, 0, 11), stwcx(3, 0, 11)});
  CHECK(r.cr >> 28 == 2);
  CHECK(m.get<u32>(output) == 0x9ABCDEF0);
  r = m.after({stwcx(4, 0, 11)});
  CHECK(r.cr >> 28 == 0);
  r = m.after({lwarx(6, 0, 11), stwcx(3, 0, 11), stwcx(4, 0, 11)});
  CHECK(r.cr >> 28 == 0);
  CHECK(m.get<u32>(output) == 0x9ABCDEF0);
}

// Found by fuzz.cpu, or known from the library: these would end or halt the process if the engine executed them.
TEST_CASE("instructions that the engine must never see", "[instructions]") {
  Prepared m;
  struct Row {
    const char* text;
    u32 word;
    bool as_user;
    u64 vector;  // 0: it is performed
  };
  const auto row =
      GENERATE(Row{"mfspr r6,PURR", mfspr(6, 309), true, 0x700}, Row{"mfspr r6,SPURR", mfspr(6, 308), true, 0x700},
               Row{"mfspr r6,VTB", mfspr(6, 849), true, 0x700}, Row{"mftb r6,308", move_spr(371, 6, 308), true, 0x700},
               Row{"mftb r6,308", move_spr(371, 6, 308), false, 0x700}, Row{"mftb r6,849", move_spr(371, 6, 849), true, 0x700},
               Row{"mfspr r6,PURR", mfspr(6, 309), false, 0}, Row{"wait", x_form(0, 0, 0, 30), true, 0},
               Row{"wait", x_form(0, 0, 0, 62), true, 0}, Row{"wait", x_form(0, 0, 0, 30), false, 0},
               Row{"darn r6,1", x_form(6, 1, 0, 755), true, 0});
  INFO(row.text << (row.as_user ? " of a user" : ""));
  m.put(0x2000, {row.word, trap});
  m.start.msr = test::real_mode | (row.as_user ? test::pr : 0);
  m.processor->load(m.start);
  REQUIRE(m.processor->run() == cpu::Stop::requested);
  CHECK(m.processor->pc() == 0x704);
  CHECK(m.processor->save().srr0 == (row.vector ? 0x2000 : 0x2004));
}

TEST_CASE("decimals in general registers", "[instructions]") {
  Prepared m;
  m.start.gpr[3] = 0x15;
  m.start.gpr[4] = 0x27;
  CHECK(m.after(x_form(6, 3, 4, 74)).gpr[6] == 0x6666666666666666);
  // A carry out of the lowest digit, one that runs through nines of fifteen, and one out of the highest.
  m.start.gpr[3] = 0xF00000000000FFF9;
  m.start.gpr[4] = 0x1000000000000007;
  CHECK(m.after(x_form(6, 3, 4, 74)).gpr[6] == 0x0666666666660000);
  m.start.gpr[3] = 0xFF999555FF080999;  // the highest digits of each word are not looked at
  const u64 declets = m.after(x_form(3, 6, 0, 314)).gpr[6];
  CHECK(declets == (u64{0xFF} << 42 | u64{0x2D5} << 32 | 0xA << 10 | 0xFF));
  m.start.gpr[3] = declets | 0xFFF00000FFF00000;
  CHECK(m.after(x_form(3, 6, 0, 282)).gpr[6] == 0x0099955500080999);
  CHECK(m.after(x_form(3, 3, 0, 282)).gpr[3] == 0x0099955500080999);
}

TEST_CASE("registers of 32 bits lose what is written above them", "[instructions]") {
  Prepared m;
  m.start.gpr[3] = 0x123456789ABCDEF0;
  m.start.fscr = ~u64{0};
  for (const u32 number : {256, 159, 771, 774, 776, 787, 792}) {
    INFO(number);
    CHECK(m.after({mtspr(number, 3), mfspr(6, number)}).gpr[6] == 0x9ABCDEF0);
  }
  CHECK(m.processor->save().vrsave == 0);
  CHECK(m.after({mtspr(152, 3), mfspr(6, 136)}).gpr[6] == 0x9ABCDEF0);
  m.start.spr[806] = 0x123456789ABCDEF0;
  CHECK(m.after(mfspr(6, 801)).gpr[6] == 0x12345678);
  CHECK(m.after(mfspr(6, 803)).gpr[6] == 0x12345678);
  CHECK(m.after(mtspr(256, 3)).vrsave == 0x9ABCDEF0);
}

TEST_CASE("XER has no carries of words before ISA 3.0", "[instructions]") {
  const u32 pvr = GENERATE(test::power6, test::power8, test::power9);
  Machine m(test::processor_of(pvr));
  const u64 word_bits = pvr == test::power9 ? 0xC0000 : 0;
  m.run(0x2000, {li(3, -1), x_form(5, 3, 3, 10), mfspr(6, 1)});  // addc
  CHECK(m.r(6) == (0x20000000 | (word_bits & 0x40000)));
  m.run(0x2000, {lis(3, 0x7FFF), mr(4, 3), x_form(5, 3, 4, 778), mfspr(6, 1)});  // addo: of words only
  CHECK(m.r(6) == (0x20000000 | word_bits));
  m.run(0x2000, {li(3, -1), mtspr(1, 3), mfspr(6, 1)});
  CHECK((m.r(6) & 0xE00C007F) == (0xE000007F | word_bits));
  CHECK(m.processor->save().xer == m.r(6));
}
