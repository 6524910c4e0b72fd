// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A guest of forty instructions that judges itself: it counts, writes page after page and checks each page before it writes
// it again, and suspends itself when its stream says so. In real mode, with no kernel around it.

#include <array>
#include <fstream>
#include <string>
#include <vector>

#include "emu/core/types.h"

namespace guest {

// What the guest and the test share, at this real address.
inline constexpr u64 mailbox = 0x10000;
enum Field : u64 {
  counter = mailbox,
  stream = mailbox + 8,    // the test writes it, as RMC's agent would; the guest clears it
  resumed = mailbox + 16,  // times that ibm,suspend-me returned 0
  refused = mailbox + 24,  // times that it returned something else, or the stream was aborted
  status = mailbox + 32,   // the last status
  first = mailbox + 40,    // pages that are written: from, to
  last = mailbox + 48,
  churn = mailbox + 56,   // 1: write them; 2: sleep, and look at the mailbox every 2 ms
  errors = mailbox + 64,  // pages that did not hold what was written
  wrong_page = mailbox + 72,
};

class Assembler {
 public:
  u32 here() const { return static_cast<u32>(words_.size()); }
  void li(u32 d, int value) { emit(0x38000000 | d << 21 | (static_cast<u32>(value) & 0xFFFF)); }
  void lis(u32 d, u32 value) { emit(0x3C000000 | d << 21 | value); }
  void ori(u32 a, u32 s, u32 value) { emit(0x60000000 | s << 21 | a << 16 | value); }
  void addi(u32 d, u32 a, int value) { emit(0x38000000 | d << 21 | a << 16 | (static_cast<u32>(value) & 0xFFFF)); }
  void mr(u32 a, u32 s) { emit(0x7C000378 | s << 21 | a << 16 | s << 11); }
  void ld(u32 d, u32 offset, u32 a) { emit(0xE8000000 | d << 21 | a << 16 | offset); }
  void std(u32 s, u32 offset, u32 a) { emit(0xF8000000 | s << 21 | a << 16 | offset); }
  void lwz(u32 d, u32 offset, u32 a) { emit(0x80000000 | d << 21 | a << 16 | offset); }
  void stw(u32 s, u32 offset, u32 a) { emit(0x90000000 | s << 21 | a << 16 | offset); }
  void cmpd(u32 a, u32 b) { emit(0x7C200000 | a << 16 | b << 11); }
  void cmpdi(u32 a, int value) { emit(0x2C200000 | a << 16 | (static_cast<u32>(value) & 0xFFFF)); }
  void sc1() { emit(0x44000022); }
  void mtdec(u32 s) { emit(0x7C1603A6 | s << 21); }
  void rfid() { emit(0x4C000024); }
  // Forward branches are patched by `land`.
  u32 beq() { return emit(0x41820000); }
  u32 bne() { return emit(0x40820000); }
  u32 blt() { return emit(0x41800000); }
  u32 b() { return emit(0x48000000); }
  void land(u32 branch, u32 at) { words_[branch] |= ((at - branch) * 4) & (words_[branch] >> 26 == 18 ? 0x03FFFFFC : 0xFFFC); }
  void land(u32 branch) { land(branch, here()); }
  const std::vector<u32>& words() const { return words_; }

 private:
  u32 emit(u32 word) {
    words_.push_back(word);
    return here() - 1;
  }
  std::vector<u32> words_;
};

inline std::vector<u32> program() {
  Assembler a;
  const u32 box = 20, from = 21, to = 22, page = 23, sweep = 25, wrong = 26;
  a.lis(13, 0x10);
  a.mtdec(13);
  a.lis(box, mailbox >> 16);
  a.ld(from, first - mailbox, box);
  a.ld(to, last - mailbox, box);
  a.mr(page, from);
  a.li(sweep, 1);
  a.li(wrong, 0);
  const u32 loop = a.here();
  a.ld(4, 0, box);
  a.addi(4, 4, 1);
  a.std(4, 0, box);
  a.ld(5, churn - mailbox, box);
  a.cmpdi(5, 2);
  const u32 awake = a.bne();
  a.li(3, 0xE0);  // H_CEDE
  a.sc1();
  a.li(5, 0);
  a.land(awake);
  a.cmpdi(5, 0);
  const u32 still = a.beq();
  a.ld(6, 0, page);
  a.addi(7, sweep, -1);
  a.cmpd(6, 7);
  const u32 good = a.beq();
  a.addi(wrong, wrong, 1);
  a.std(wrong, errors - mailbox, box);
  a.std(page, wrong_page - mailbox, box);
  a.land(good);
  a.std(sweep, 0, page);
  a.addi(page, page, 4096);
  a.cmpd(page, to);
  const u32 more = a.blt();
  a.mr(page, from);
  a.addi(sweep, sweep, 1);
  a.land(more);
  a.land(still);
  a.ld(4, stream - mailbox, box);
  a.cmpdi(4, 0);
  a.land(a.beq(), loop);
  a.li(3, 0x2A4);  // H_VASI_STATE
  a.sc1();
  a.cmpdi(3, 0);
  const u32 gone = a.bne();
  a.cmpdi(4, 2);
  const u32 aborted = a.beq();
  a.cmpdi(4, 3);
  a.land(a.bne(), loop);
  a.addi(5, box, 256);
  a.li(6, 0x2014);  // ibm,suspend-me
  a.stw(6, 0, 5);
  a.li(6, 0);
  a.stw(6, 4, 5);
  a.li(6, 1);
  a.stw(6, 8, 5);
  a.mr(4, 5);
  a.lis(3, 0);
  a.ori(3, 3, 0xF000);
  a.sc1();
  a.lwz(6, 256 + 12, box);
  a.std(6, status - mailbox, box);
  a.cmpdi(6, 0);
  const u32 failed = a.bne();
  a.ld(7, resumed - mailbox, box);
  a.addi(7, 7, 1);
  a.std(7, resumed - mailbox, box);
  const u32 told = a.b();
  a.land(aborted);
  a.land(failed);
  a.ld(7, refused - mailbox, box);
  a.addi(7, 7, 1);
  a.std(7, refused - mailbox, box);
  a.land(told);
  a.land(gone);
  a.li(7, 0);
  a.std(7, stream - mailbox, box);
  a.land(a.b(), loop);
  return a.words();
}

// The decrementer's interrupt: again in 2 ms.
inline std::vector<u32> decrementer_handler() {
  Assembler a;
  a.lis(13, 0x10);
  a.mtdec(13);
  a.rfid();
  return a.words();
}

// As an ELF file: the program at 0x4000, the mailbox with the range of pages that it writes.
inline void write_image(const std::string& file, u64 first_page, u64 last_page) {
  constexpr u64 begin = 0x900;  // the decrementer's vector
  constexpr u64 code = 0x4000;
  const std::vector<u32> words = program();
  Bytes image(0x200 + mailbox + 0x1000 - begin);
  const auto put = [&](u64 at, auto value) { emu::store_be(image.data() + at, value); };
  const u8 ident[] = {0x7F, 'E', 'L', 'F', 2, 2, 1};
  std::copy(std::begin(ident), std::end(ident), image.begin());
  put(16, u16{2});
  put(18, u16{21});
  put(20, u32{1});
  put(24, u64{code});
  put(32, u64{64});
  put(52, u16{64});
  put(54, u16{56});
  put(56, u16{1});
  put(64, u32{1});  // PT_LOAD
  put(68, u32{7});
  put(72, u64{0x200});
  put(80, u64{begin});
  put(88, u64{begin});
  put(96, u64{image.size() - 0x200});
  put(104, u64{image.size() - 0x200});
  put(112, u64{0x1000});
  for (size_t i = 0; i < words.size(); ++i) put(0x200 + (code - begin) + 4 * i, words[i]);
  const std::vector<u32> handler = decrementer_handler();
  for (size_t i = 0; i < handler.size(); ++i) put(0x200 + 4 * i, handler[i]);
  put(0x200 + (first - begin), first_page);
  put(0x200 + (last - begin), last_page);
  std::ofstream(file, std::ios::binary)
      .write(reinterpret_cast<const char*>(image.data()), static_cast<std::streamsize>(image.size()));
}

}  // namespace guest
