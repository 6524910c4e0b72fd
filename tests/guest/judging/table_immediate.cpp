// SPDX-License-Identifier: GPL-2.0-or-later
// Fixed-point instructions with a number in them, rotates, and the fields of CR. (Book I 2.5, 3.3)
#include <bit>

#include "tests/guest/judging/table.h"

namespace judge {

namespace {

__extension__ using Unsigned = unsigned __int128;

constexpr u64 SO = 0x80000000, CA = 0x20000000;

void record(Case& k, u64 result) {
  const s64 value = static_cast<s64>(result);
  k.set_cr(0, (value < 0 ? 8 : value > 0 ? 4 : 2) | (k.r.xer & SO ? 1 : 0));
}

// Ones from bit `first` to bit `last`, around the end if need be. (MASK)
u64 ones(u32 first, u32 last) {
  const u64 from = ~u64{0} >> first, to = ~u64{0} << (63 - last);
  return first <= last ? from & to : from | to;
}
u64 doubled(u64 x) { return (x & 0xFFFFFFFF) << 32 | (x & 0xFFFFFFFF); }

// RA is the target, RS where others have theirs. The word says how far, unless RB does.
using Rotate = std::function<u64(u64 s, u64 b, u64 old)>;
void rotate(std::vector<Row>& rows, std::string_view name, std::string_view dot, u32 word, std::string_view fields, Rotate f) {
  for (const bool records : {false, true})
    rows.push_back({records ? dot : name, "rotates", 6, word | u32{records}, Form::gpr, fields, Kind::general, [=](Case& k) {
                      const u64 result = f(k.r.gpr[k.t], k.r.gpr[k.b], k.r.gpr[k.a]);
                      k.r.gpr[k.a] = result;
                      if (records) record(k, result);
                    }});
}

void rotates(std::vector<Row>& rows) {
  struct Three {
    u32 by, first, last;
  };
  for (const auto [by, first, last] : {Three{0, 0, 31}, Three{1, 0, 30}, Three{31, 5, 5}, Three{8, 24, 31}, Three{13, 29, 3}}) {
    const u32 word = by << 11 | first << 6 | last << 1;
    const u64 mask = ones(first + 32, last + 32);
    const int bits = static_cast<int>(by);
    rotate(rows, "rlwinm", "rlwinm.", 21u << 26 | word, "ta",
           [=](u64 s, u64, u64) { return std::rotl(doubled(s), bits) & mask; });
    rotate(rows, "rlwimi", "rlwimi.", 20u << 26 | word, "ta",
           [=](u64 s, u64, u64 old) { return (std::rotl(doubled(s), bits) & mask) | (old & ~mask); });
    rotate(rows, "rlwnm", "rlwnm.", 23u << 26 | (word & 0x7FE), "tab",
           [=](u64 s, u64 b, u64) { return std::rotl(doubled(s), static_cast<int>(b & 31)) & mask; });
  }
  struct Two {
    u32 by, end;
  };
  for (const auto [by, end] : {Two{0, 0}, Two{1, 63}, Two{32, 32}, Two{63, 1}, Two{17, 40}}) {
    const u32 shift = (by & 31) << 11 | by >> 5 << 1, edge = (end & 31) << 6 | end >> 5 << 5;
    const int bits = static_cast<int>(by);
    const auto immediate = [&](std::string_view name, std::string_view dot, u32 extended, u64 mask, bool inserts) {
      rotate(rows, name, dot, 30u << 26 | extended << 2 | shift | edge, "ta",
             [=](u64 s, u64, u64 old) { return (std::rotl(s, bits) & mask) | (inserts ? old & ~mask : 0); });
    };
    immediate("rldicl", "rldicl.", 0, ones(end, 63), false);
    immediate("rldicr", "rldicr.", 1, ones(0, end), false);
    immediate("rldic", "rldic.", 2, ones(end, 63 - by), false);
    immediate("rldimi", "rldimi.", 3, ones(end, 63 - by), true);
    const auto by_register = [&](std::string_view name, std::string_view dot, u32 extended, u64 mask) {
      rotate(rows, name, dot, 30u << 26 | extended << 1 | edge, "tab",
             [=](u64 s, u64 b, u64) { return std::rotl(s, static_cast<int>(b & 63)) & mask; });
    };
    by_register("rldcl", "rldcl.", 8, ones(end, 63));
    by_register("rldcr", "rldcr.", 9, ones(0, end));
  }
}

void immediates(std::vector<Row>& rows) {
  for (const u32 number : {0u, 1u, 0x7FFFu, 0x8000u, 0xFFFFu, 0x1234u}) {
    const u64 value = static_cast<u64>(s64{static_cast<std::int16_t>(number)});
    const auto row = [&](std::string_view name, u32 primary, std::function<void(Case&)> model) {
      rows.push_back(
          {name, "fixed-point immediate", 6, primary << 26 | number, Form::gpr, "ta", Kind::general, std::move(model)});
    };
    // Register 0 is the number 0 here.
    const auto base = [](const Case& k) { return k.a == 0 ? 0 : k.r.gpr[k.a]; };
    row("addi", 14, [=](Case& k) { k.r.gpr[k.t] = base(k) + value; });
    row("addis", 15, [=](Case& k) { k.r.gpr[k.t] = base(k) + (value << 16); });
    const auto carried = [](Case& k, u64 x, u64 y, u64 one) {
      const Unsigned sum = Unsigned{x} + y + one;
      k.r.xer = (k.r.xer & ~CA) | (sum >> 64 ? CA : 0);
      k.r.gpr[k.t] = static_cast<u64>(sum);
    };
    row("addic", 12, [=](Case& k) { carried(k, k.r.gpr[k.a], value, 0); });
    row("addic.", 13, [=](Case& k) {
      carried(k, k.r.gpr[k.a], value, 0);
      record(k, k.r.gpr[k.t]);
    });
    row("subfic", 8, [=](Case& k) { carried(k, ~k.r.gpr[k.a], value, 1); });
    row("mulli", 7, [=](Case& k) { k.r.gpr[k.t] = static_cast<u64>(Unsigned{k.r.gpr[k.a]} * value); });
    row("ori", 24, [=](Case& k) { k.r.gpr[k.a] = k.r.gpr[k.t] | number; });
    row("oris", 25, [=](Case& k) { k.r.gpr[k.a] = k.r.gpr[k.t] | u64{number} << 16; });
    row("xori", 26, [=](Case& k) { k.r.gpr[k.a] = k.r.gpr[k.t] ^ number; });
    row("xoris", 27, [=](Case& k) { k.r.gpr[k.a] = k.r.gpr[k.t] ^ u64 { number } << 16; });
    row("andi.", 28, [=](Case& k) { record(k, k.r.gpr[k.a] = k.r.gpr[k.t] & number); });
    row("andis.", 29, [=](Case& k) { record(k, k.r.gpr[k.a] = k.r.gpr[k.t] & u64{number} << 16); });
  }
}

void condition_fields(std::vector<Row>& rows) {
  struct Logic {
    std::string_view name;
    u32 extended;
    bool (*f)(bool, bool);
  };
  static constexpr Logic logics[] = {
      {"crand", 257, [](bool a, bool b) { return a && b; }},   {"crandc", 129, [](bool a, bool b) { return a && !b; }},
      {"creqv", 289, [](bool a, bool b) { return a == b; }},   {"crnand", 225, [](bool a, bool b) { return !(a && b); }},
      {"crnor", 33, [](bool a, bool b) { return !(a || b); }}, {"cror", 449, [](bool a, bool b) { return a || b; }},
      {"crorc", 417, [](bool a, bool b) { return a || !b; }},  {"crxor", 193, [](bool a, bool b) { return a != b; }},
  };
  for (const Logic& logic : logics)
    rows.push_back({logic.name, "condition register", 6, 19u << 26 | logic.extended << 1, Form::gpr, "tab", Kind::general,
                    [f = logic.f](Case& k) {
                      const u32 target = u32{0x80000000} >> k.t;
                      const bool one = f(k.r.cr << k.a & 0x80000000, k.r.cr << k.b & 0x80000000);
                      k.r.cr = one ? k.r.cr | target : k.r.cr & ~target;
                    }});
  for (const u32 from : {0u, 3u, 7u})
    rows.push_back({"mcrf", "condition register", 6, 19u << 26 | 5 << 23 | from << 18, Form::gpr, "", Kind::general,
                    [=](Case& k) { k.set_cr(5, k.r.cr >> (28 - 4 * from) & 15); }});
  rows.push_back({"mfcr", "condition register", 6, 31u << 26 | 19 << 1, Form::gpr, "t", Kind::general,
                  [](Case& k) { k.r.gpr[k.t] = k.r.cr; }});
  for (const u32 fields : {0xFFu, 0x81u, 0x40u, 0u})
    rows.push_back(
        {"mtcrf", "condition register", 6, 31u << 26 | fields << 12 | 144 << 1, Form::gpr, "t", Kind::general, [=](Case& k) {
           for (u32 field = 0; field < 8; ++field)
             if (fields & 0x80 >> field) k.set_cr(field, static_cast<u32>(k.r.gpr[k.t] >> (28 - 4 * field)) & 15);
         }});
  for (const u32 bit : {0u, 14u, 31u})
    rows.push_back(
        {"isel", "condition register", 7, 31u << 26 | bit << 6 | 15 << 1, Form::gpr, "tab", Kind::general, [=](Case& k) {
           const u64 first = k.a == 0 ? 0 : k.r.gpr[k.a];
           k.r.gpr[k.t] = k.r.cr << bit & 0x80000000 ? first : k.r.gpr[k.b];
         }});
}

}  // namespace

std::vector<Row> immediate_rows() {
  std::vector<Row> rows;
  rotates(rows);
  immediates(rows);
  condition_fields(rows);
  return rows;
}

}  // namespace judge
