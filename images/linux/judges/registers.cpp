// SPDX-License-Identifier: GPL-2.0-or-later
// Holds known values in every register that a program has, for milliseconds at a time and without touching memory, then stores
// and compares them: GPRs but the stack's, the TOC's and the thread's, 64 VSRs (with them FPRs and VRs), CR, XER, LR, FPSCR,
// VSCR, TAR, DSCR, VRSAVE. A move that comes in between must not change one.
#include <cstddef>
#include <initializer_list>

#include "judges/judge.h"

namespace {

struct alignas(16) Image {
  uint64_t gpr[32];
  uint64_t vsr[64][2];
  uint64_t cr, xer, fpscr, unused, vscr[2], lr, tar, dscr, vrsave, count;
};
static_assert(offsetof(Image, vsr) == 256 && offsetof(Image, cr) == 1280 && offsetof(Image, vscr) == 1312 &&
              offsetof(Image, count) == 1360);

extern "C" void hold(const Image* in, Image* out);

// The stack area is 1344 bytes: 64 VSRs' worth would do for what the ABI wants kept (f14-f31, v20-v31), at 256; r14-r31 from 96.
asm(R"(
  .machine power8
  .text
  .balign 16
  .globl hold
  .type hold, @function
hold:
  mflr 0
  std 0, 16(1)
  mfcr 0
  std 0, 8(1)
  stdu 1, -1344(1)
  .irp n, 14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
  std \n, (96 + 8 * (\n - 14))(1)
  .endr
  addi 5, 1, 256
  .irp n, 14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31,52,53,54,55,56,57,58,59,60,61,62,63
  stxvd2x \n, 0, 5
  addi 5, 5, 16
  .endr
  mfspr 5, 256
  std 5, 80(1)
  mffs 0
  stfd 0, 88(1)
  std 4, 72(1)
  lfd 0, 1296(3)
  mtfsf 255, 0
  addi 5, 3, 1312
  lvx 0, 0, 5
  mtvscr 0
  addi 5, 3, 256
  .irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31,32,33,34,35,36,37,38,39,40,41,42,43,44,45,46,47,48,49,50,51,52,53,54,55,56,57,58,59,60,61,62,63
  lxvd2x \n, 0, 5
  addi 5, 5, 16
  .endr
  ld 5, 1328(3)
  mtlr 5
  ld 5, 1336(3)
  mtspr 815, 5
  ld 5, 1344(3)
  mtspr 3, 5
  ld 5, 1352(3)
  mtspr 256, 5
  ld 5, 1360(3)
  mtctr 5
  ld 5, 1288(3)
  mtxer 5
  ld 5, 1280(3)
  mtcr 5
  .irp n, 0,4,5,6,7,8,9,10,11,12,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
  ld \n, (8 * \n)(3)
  .endr
  ld 3, 24(3)
1:
  bdnz 1b
  std 3, 64(1)
  ld 3, 72(1)
  .irp n, 0,4,5,6,7,8,9,10,11,12,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
  std \n, (8 * \n)(3)
  .endr
  ld 4, 64(1)
  std 4, 24(3)
  mfcr 5
  std 5, 1280(3)
  mfxer 5
  std 5, 1288(3)
  mflr 5
  std 5, 1328(3)
  mfspr 5, 815
  std 5, 1336(3)
  mfspr 5, 3
  std 5, 1344(3)
  mfspr 5, 256
  std 5, 1352(3)
  addi 5, 3, 256
  .irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31,32,33,34,35,36,37,38,39,40,41,42,43,44,45,46,47,48,49,50,51,52,53,54,55,56,57,58,59,60,61,62,63
  stxvd2x \n, 0, 5
  addi 5, 5, 16
  .endr
  mffs 0
  stfd 0, 1296(3)
  mfvscr 0
  addi 5, 3, 1312
  stvx 0, 0, 5
  lfd 0, 88(1)
  mtfsf 255, 0
  ld 5, 80(1)
  mtspr 256, 5
  addi 5, 1, 256
  .irp n, 14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31,52,53,54,55,56,57,58,59,60,61,62,63
  lxvd2x \n, 0, 5
  addi 5, 5, 16
  .endr
  .irp n, 14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
  ld \n, (96 + 8 * (\n - 14))(1)
  .endr
  addi 1, 1, 1344
  ld 0, 8(1)
  mtcr 0
  ld 0, 16(1)
  mtlr 0
  blr
  .size hold, . - hold
)");

// Only bits that a program can set, and that the processor does not make of others.
constexpr uint64_t xer_bits = 0xE000007F;
// FX OX UX ZX XX FPRF NI RN; no exception is enabled. FR and FI tell of one instruction only, and the engine keeps neither.
constexpr uint64_t fpscr_bits = 0x9E01F007;
constexpr uint64_t vscr_bits = 0x00010001;  // NJ SAT
constexpr uint64_t dscr_bits = 0x1FF;

void compare(const char* name, int number, uint64_t held, uint64_t expected) {
  if (held != expected)
    judge::found_wrong("%s%.0d was %llx, is %llx", name, number, static_cast<unsigned long long>(expected),
                       static_cast<unsigned long long>(held));
}

}  // namespace

int main(int count, char** words) {
  judge::begin("registers");
  const uint64_t spins = judge::argument(count, words, "spins", 20'000'000);
  uint64_t seed = 88172645463325252, rounds = 0;
  static Image in, out;
  for (;;) {
    for (uint64_t& value : in.gpr) value = judge::next_random(seed);
    for (auto& value : in.vsr)
      for (uint64_t& half : value) half = judge::next_random(seed);
    in.cr = judge::next_random(seed) & 0xFFFFFFFF;
    in.xer = judge::next_random(seed) & xer_bits;
    in.fpscr = judge::next_random(seed) & fpscr_bits;
    in.vscr[0] = judge::next_random(seed) & vscr_bits;  // the vector's last word: the first one in memory here
    in.lr = judge::next_random(seed) & ~uint64_t{3};
    in.tar = judge::next_random(seed) & ~uint64_t{3};
    in.dscr = judge::next_random(seed) & dscr_bits;
    in.vrsave = judge::next_random(seed) & 0xFFFFFFFF;
    in.count = spins;
    hold(&in, &out);
    for (const int n :
         {0, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31})
      compare("r", n, out.gpr[n], in.gpr[n]);
    for (int n = 0; n < 64; n++)
      for (int half = 0; half < 2; half++) compare("vsr", n, out.vsr[n][half], in.vsr[n][half]);
    compare("cr", 0, out.cr, in.cr);
    compare("xer", 0, out.xer, in.xer);
    compare("fpscr", 0, out.fpscr & fpscr_bits, in.fpscr);
    compare("vscr", 0, out.vscr[0] & vscr_bits, in.vscr[0]);
    compare("lr", 0, out.lr, in.lr);
    compare("tar", 0, out.tar, in.tar);
    compare("dscr", 0, out.dscr, in.dscr);
    compare("vrsave", 0, out.vrsave, in.vrsave);
    rounds++;
    judge::answer_if_asked("rounds=%llu", static_cast<unsigned long long>(rounds));
  }
}
