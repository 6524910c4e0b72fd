// SPDX-License-Identifier: GPL-2.0-or-later
// Transactions on a raw disk or logical volume, and the proof that none is lost:  bank [accounts=N] [rate=R] [disk=D | volume=NAME] [start=BLOCK]
//
// Layout from `start`: one header block, 64 journal blocks, then the accounts, 16 to a block. A transaction writes its journal
// block, SYNCHRONIZE CACHE, the one or two account blocks, SYNCHRONIZE CACHE; then it counts as committed. After a restart the newest
// journal block is redone (its effect may be on disk in part), the sum and every checksum are verified, and counting goes on from there.
#include "user/program.h"

using namespace nomad;

namespace {

constexpr u64 magic = 0x6E6F6D616462616E;  // "nomadban"
constexpr u64 first_balance = 1000, journal_blocks = 64, accounts_in_block = 16;

struct Header {
  u64 magic, accounts, created;
  u64 checksum;
};
struct Entry {
  u64 magic, sequence, from, to;
  u64 from_balance, to_balance;  // after the transaction
  u64 checksum;
};
struct AccountBlock {
  u64 index, sequence;  // the transaction that wrote it last
  u64 balance[accounts_in_block];
  u64 checksum;
};

u64 disk, start, accounts, block_bytes, transactions, lost, errors, sequence, created;
u64 slowest;  // timebase ticks of one transaction
char place[24];
alignas(4096) u8 block[4096], check[4096];
u64 balances[4096];
u64 block_sequence[4096 / accounts_in_block];
u64 random_state = 0x2545F4914F6CDD1D;

u64 random() {
  random_state ^= random_state << 13;
  random_state ^= random_state >> 7;
  random_state ^= random_state << 17;
  return random_state;
}

u64 checksum(const void* data, u64 length) {
  auto* words = static_cast<const u64*>(data);
  u64 sum = 0x9E3779B97F4A7C15;
  for (u64 i = 0; i < length / 8; i++) sum = (sum ^ words[i]) * 0x100000001B3 + (sum >> 47);
  return sum;
}

template <class T>
void seal(T& record) {
  record.checksum = checksum(&record, sizeof(T) - 8);
}
template <class T>
bool sealed(const T& record) {
  return record.checksum == checksum(&record, sizeof(T) - 8);
}

bool read_block(u64 number, u8* buffer) {
  if (system_call(SystemCall::disk_read, disk, start + number, 1, word_of(buffer)) == 0) return true;
  errors++;
  return false;
}

// Written, and read back to see that it is there.
template <class T>
bool write_record(u64 number, const T& record, bool verify) {
  memset(block, 0, block_bytes);
  memcpy(block, &record, sizeof(T));
  if (system_call(SystemCall::disk_write, disk, start + number, 1, word_of(block)) != 0) {
    errors++;
    return false;
  }
  if (verify && (!read_block(number, check) || memcmp(block, check, block_bytes) != 0)) {
    lost++;
    return false;
  }
  return true;
}

bool flush() {
  if (system_call(SystemCall::disk_flush, disk) == 0) return true;
  errors++;
  return false;
}

bool write_accounts(u64 index, bool verify) {
  AccountBlock record{};
  record.index = index;
  record.sequence = block_sequence[index] = sequence;
  for (u64 i = 0; i < accounts_in_block; i++) record.balance[i] = balances[index * accounts_in_block + i];
  seal(record);
  return write_record(1 + journal_blocks + index, record, verify);
}

u64 account_blocks() { return accounts / accounts_in_block; }

u64 sum_of_all() {
  u64 sum = 0;
  for (u64 i = 0; i < accounts; i++) sum += balances[i];
  return sum;
}

bool format() {
  TimeOfDay now{};
  system_call(SystemCall::time_of_day, word_of(&now));
  sequence = 0;
  created = now.seconds << 20 | now.nanoseconds >> 10;
  for (u64 i = 0; i < accounts; i++) balances[i] = first_balance;
  const Entry none{};
  for (u64 i = 0; i < journal_blocks; i++)
    if (!write_record(1 + i, none, false)) return false;
  for (u64 i = 0; i < account_blocks(); i++)
    if (!write_accounts(i, false)) return false;
  Header header{magic, accounts, created, 0};
  seal(header);
  return flush() && write_record(0, header, true) && flush();
}

// What a former run left: redo the newest journal entry, then everything must fit.
bool recover() {
  Entry newest{};
  for (u64 i = 0; i < journal_blocks; i++) {
    if (!read_block(1 + i, block)) return false;
    Entry entry;
    memcpy(&entry, block, sizeof entry);
    if (entry.magic == (magic ^ created) && sealed(entry) && entry.sequence > newest.sequence) newest = entry;
  }
  sequence = newest.sequence;
  for (u64 i = 0; i < account_blocks(); i++) {
    if (!read_block(1 + journal_blocks + i, block)) return false;
    AccountBlock record;
    memcpy(&record, block, sizeof record);
    const bool may_be_torn = newest.sequence && (newest.from / accounts_in_block == i || newest.to / accounts_in_block == i);
    // A block that claims a transaction whose journal entry is gone: a committed transaction was lost.
    if (!sealed(record) || record.index != i || record.sequence > sequence) {
      if (!may_be_torn || record.sequence > sequence) lost++;
    }
    block_sequence[i] = record.sequence;
    for (u64 k = 0; k < accounts_in_block; k++) balances[i * accounts_in_block + k] = record.balance[k];
  }
  if (newest.sequence && newest.from < accounts && newest.to < accounts) {
    balances[newest.from] = newest.from_balance;
    balances[newest.to] = newest.to_balance;
    if (!write_accounts(newest.from / accounts_in_block, true) || !write_accounts(newest.to / accounts_in_block, true) || !flush()) return false;
  }
  if (sum_of_all() != accounts * first_balance) lost++;
  return true;
}

bool transact() {
  const u64 from = random() % accounts;
  const u64 to = random() % accounts;
  if (from == to) return true;
  const u64 amount = random() % 100 < balances[from] ? random() % (balances[from] + 1) % 100 : 0;
  // The block must still be what we wrote last time before anything is changed in it.
  for (u64 side = 0; side < 2; side++) {
    const u64 account = side ? to : from;
    const u64 index = account / accounts_in_block;
    AccountBlock record;
    if (!read_block(1 + journal_blocks + index, block)) return false;
    memcpy(&record, block, sizeof record);
    if (!sealed(record) || record.sequence != block_sequence[index] ||
        record.balance[account % accounts_in_block] != balances[account]) {
      lost++;
      return false;
    }
  }
  sequence++;
  balances[from] -= amount;
  balances[to] += amount;
  Entry entry{magic ^ created, sequence, from, to, balances[from], balances[to], 0};
  seal(entry);
  if (!write_record(1 + sequence % journal_blocks, entry, true) || !flush()) return false;
  if (!write_accounts(from / accounts_in_block, true)) return false;
  if (to / accounts_in_block != from / accounts_in_block && !write_accounts(to / accounts_in_block, true)) return false;
  if (!flush()) return false;
  transactions++;
  return true;
}

// What it writes to: the disk of a number, or a logical volume.
bool find_place(int count, char** words) {
  disk = option_number(count, words, "disk", 0);
  const char* volume = option_text(count, words, "volume", nullptr);
  VolumeInfo info;
  for (u64 i = 0; volume && system_call(SystemCall::volume_info, i, word_of(&info)) == 0; i++)
    if (equal(info.name, volume)) {
      disk = info.number;
      copy_text(place, sizeof place, volume);
      return true;
    }
  if (volume) copy_text(place, sizeof place, volume);
  else nomad::format(place, sizeof place, "hdisk%lu", disk);
  return !volume;
}

void judge() {
  if (sum_of_all() != accounts * first_balance) lost++;
  print("bank: transactions=%lu lost=%lu errors=%lu sequence=%lu slowest_ms=%lu verdict=%s\n", transactions, lost, errors, sequence,
        slowest * 1000 / timebase_frequency(), verdict(lost == 0 && errors == 0));
}

}  // namespace

int program_main(int count, char** words) {
  accept_judge();
  const bool found = find_place(count, words);
  start = option_number(count, words, "start", 0);
  accounts = option_number(count, words, "accounts", 256);
  const u64 rate = option_number(count, words, "rate", 20);
  DiskInfo info{};
  if (!found || system_call(SystemCall::disk_info, disk, word_of(&info)) != 0) {
    print("bank: no disk %s\n", place);
    return 1;
  }
  block_bytes = info.block_bytes;
  accounts = (accounts + accounts_in_block - 1) / accounts_in_block * accounts_in_block;
  if (accounts == 0 || accounts > 4096 || start + 1 + journal_blocks + account_blocks() > info.blocks) {
    print("bank: %s is too small for accounts=%lu\n", place, accounts);
    return 1;
  }
  random_state ^= timebase();
  Header header;
  if (!read_block(0, block)) {
    print("bank: cannot read %s\n", place);
    return 1;
  }
  memcpy(&header, block, sizeof header);
  if (header.magic == magic && sealed(header) && header.accounts && header.accounts <= 4096) {
    accounts = header.accounts;
    created = header.created;
    const bool good = recover();
    print("bank: recovered sequence=%lu lost=%lu errors=%lu verdict=%s\n", sequence, lost, errors, verdict(good && lost == 0 && errors == 0));
  } else if (format()) {
    print("bank: formatted accounts=%lu\n", accounts);
  } else {
    print("bank: cannot format %s\n", place);
    return 1;
  }
  const u64 hertz = timebase_frequency();
  const u64 started = timebase();
  u64 attempts = 0;
  for (;;) {
    if (judge_wanted() || end_wanted()) judge();
    if (end_wanted()) return 0;
    const u64 passed = timebase() - started;
    if (rate && attempts > passed / hertz * rate + passed % hertz * rate / hertz) {
      sleep_milliseconds(5);
      continue;
    }
    attempts++;
    // After a loss or an error the books no longer prove anything about later transactions: stand still and say so.
    const u64 begun = timebase();
    const bool done = !lost && !errors && transact();
    if (done && timebase() - begun > slowest) slowest = timebase() - begun;
    if (!done) sleep_milliseconds(100);
  }
}
