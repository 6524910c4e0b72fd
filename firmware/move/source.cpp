// SPDX-License-Identifier: GPL-2.0-or-later
// The source's side of a move: passes over the memory while the partition runs, then the rest of its state while it does
// not, then the pages that the destination still misses.
// One file: it is one state machine under one lock, and its parts would need each other's fields.

#include <algorithm>
#include <bit>
#include <vector>

#include "cpu/hash_page_table.h"
#include "firmware/move/code_ahead.h"
#include "firmware/move/hello.h"
#include "firmware/move/page_copy.h"
#include "firmware/move/stream.h"

namespace firmware::move {

namespace vasi = devices::vasi;
using emu::Error;
using emu::page_size;
using emu::Status;

namespace {

constexpr u64 most_time = 60 * emu::nanoseconds_per_second;
constexpr u64 small_remainder = 2'000'000;  // nanoseconds of transfer: not worth another pass
constexpr u64 idle_pass = 128;              // dirty pages that make another pass worth while once suspension is asked for
constexpr u32 buffers_per_donation = 1;     // then the mover passes it on, while the next is made
constexpr u32 pushed_pages_per_record = 8;  // after the resume: short records, so that a request never waits long
constexpr u32 pages_around_a_request = 4;   // neighbours are likely to be wanted next
constexpr u32 pages_per_look = 512;
constexpr size_t zero_pages_per_record = 8192;
constexpr size_t most_code = 60'000;
constexpr u64 time_for_counting = 100'000'000;  // what the destination has told is on its way by then, or never comes
constexpr u64 chunk = 60 * KiB;                 // of the state's archive
constexpr u64 words_per_chunk = chunk / 8;

// The pages of one pass, in order: a copy of the dirty map, because the map fills again meanwhile.
class Sweep {
 public:
  void take(emu::PageMap& map) {
    words_.resize(map.words());
    left_ = 0;
    at_ = 0;
    for (u64 i = 0; i < words_.size(); ++i) add(i, map.take(i));
  }
  // Joins what was dirtied since to what is left of the pass.
  void join(emu::PageMap& map) {
    words_.resize(map.words());
    at_ = 0;
    for (u64 i = 0; i < words_.size(); ++i) add(i, map.take(i) & ~words_[i]);
  }
  u64 left() const { return left_; }
  const std::vector<u64>& words() const { return words_; }
  // The next page at or after where we are; only if left() != 0.
  u64 next() {
    while (words_[at_] == 0) ++at_;
    const u64 page = at_ * 64 + static_cast<u64>(std::countr_zero(words_[at_]));
    words_[at_] &= words_[at_] - 1;
    --left_;
    return page;
  }
  bool claim(u64 page) {
    if (page / 64 >= words_.size()) return false;
    const u64 bit = u64{1} << (page % 64);
    if (!(words_[page / 64] & bit)) return false;
    words_[page / 64] &= ~bit;
    --left_;
    return true;
  }
  void restart() { at_ = 0; }

 private:
  void add(u64 index, u64 bits) {
    words_[index] |= bits;
    left_ += static_cast<u64>(std::popcount(bits));
  }
  std::vector<u64> words_;
  u64 at_ = 0;
  u64 left_ = 0;
};

}  // namespace

class Source final : public Stream, public SuspendListener {
 public:
  Source(Frame& frame, Setup setup) : Stream(frame, std::move(setup)), partition_(*setup_.partition) {
    partition_.set_suspend_listener(this);
    partition_.set_stream(id(), StreamState::enabled);
  }
  ~Source() override {
    if (partition_.suspend_listener() == this) partition_.set_suspend_listener(nullptr);
    stop_tracking();
  }

  // ---- the service processor ----
  Status begin(const Limits& limits) override {
    const std::lock_guard lock(work_);
    if (phase() != Phase::opened)
      return Error{"migration", "The migration has already begun, or no mover has opened its stream."};
    limits_ = limits;
    begun_ = true;
    return emu::success();
  }
  Status stop() override {
    const std::lock_guard lock(work_);
    if (phase() == Phase::aborted) return emu::success();
    // A suspended partition is on its way: from there on the operator cannot stop it any more. (Redbook 2.5.8)
    if (suspended_at_.load() != 0 || phase() >= Phase::suspended)
      return Error{"migration", "The migration can no longer be stopped: the partition was already suspended."};
    abort_locked({"stopped", "The migration was stopped by the operator."}, true);
    return emu::success();
  }

  // ---- the dispatcher ----
  void suspended(Partition&) override { suspended_at_ = now(); }
  void cancelled(Partition&, u32 reason) override {
    log.warn("stream {:#x}: the partition cancels the migration, reason {:#x}", id(), reason);
    cancelled_ = true;
    if (std::unique_lock lock(work_, std::try_to_lock); lock) look_at_notes();
  }

 private:
  emu::GuestMemory& memory() { return partition_.memory(); }
  cpu::HashPageTable& table() { return partition_.page_table(); }

  void opened() override {
    Hello hello;
    hello.uuid = partition_.definition().uuid;
    hello.name = partition_.definition().name;
    hello.memory_bytes = memory().size();
    hello.lmb_mb = frame_.config().lmb_mb;
    hello.hpt_shift = table().shift();
    hello.processors = static_cast<u32>(partition_.processors().size());
    port_->send(Kind::hello, Lane::normal, 0, emu::to_bytes(hello));
    noting_ = true;
    partition_.note_code(true);
  }

  Status take(const Record& record) override {
    switch (record.kind) {
      case Kind::welcome:
        welcomed_ = true;
        return emu::success();
      case Kind::pass_done:
        if (pass_ending_ && record.count == pass_number_) end_pass();
        return emu::success();
      case Kind::code_done:
        code_translated(record.count);
        return emu::success();
      case Kind::ready:
        if (phase() != Phase::verifying) break;
        segment_given_ = setup_.giver && record.count == 1;
        return hand_over();
      case Kind::started:
        if (phase() != Phase::handed_over && phase() != Phase::resumed) break;
        note_started();
        return emu::success();
      case Kind::request: {
        if (phase() == Phase::handed_over) note_started();  // an urgent record overtakes
        if (phase() != Phase::resumed) break;
        const PageList list = TRY(read_numbers(record));
        for (u32 i = 0; i < record.count; ++i) answer(list.number(i));
        return emu::success();
      }
      case Kind::taken:
      case Kind::taken_empty: {
        if (!segment_given_) break;
        if (phase() == Phase::handed_over) note_started();
        if (phase() != Phase::resumed) return emu::success();
        const PageList list = TRY(read_numbers(record));
        for (u32 i = 0; i < record.count; ++i)
          note_taken(list.number(i), record.kind == Kind::taken ? Content::some : Content::none);
        note_pushed();
        return emu::success();
      }
      case Kind::all_received:
        if (segment_given_ && phase() == Phase::completed) return emu::success();
        if (phase() == Phase::handed_over) note_started();
        if (phase() != Phase::resumed || residual_.left() != 0) break;
        complete();
        return emu::success();
      default:
        break;
    }
    return damaged(record, "comes at a time when it makes no sense");
  }

  Donated work() override {
    switch (phase()) {
      case Phase::opened:
        if (!begun_ || !welcomed_) return Donated::blocked;
        start_passes();
        return Donated::in_progress;
      case Phase::passes:
      case Phase::suspending:
        if (phase() == Phase::suspending && suspended_at_.load() != 0) {
          collect_state();
          return send_state();
        }
        return pass_step();
      case Phase::suspended:
        return send_state();
      case Phase::handed_over:
      case Phase::resumed:
        return push();
      case Phase::verifying:
        expect_to_write(uuid());
        return Donated::blocked;
      default:
        return Donated::blocked;
    }
  }

  bool survives_link_down() const override { return final_phase(phase()) || phase() == Phase::resumed; }
  bool needs_link() const override { return Stream::needs_link() && !segment_given_; }
  void peer_gone() override {
    if (phase() != Phase::resumed) return;
    // A mover that is gone is not yet a frame that is gone.
    if (segment_given_ && setup_.giver->taker() != emu::SegmentGiver::Taker::gone) return;
    destination_gone();
  }
  void destination_gone() {
    enter(Phase::failed);
    note_progress([](Progress& p) {
      p.error_code = "connection";
      p.error_text = "The destination is gone, and had not yet received every page.";
    });
    tell_mover(StreamState::aborted);
  }

  const std::string& uuid() const { return partition_.definition().uuid; }

  // Until the target has started it, the partition can be had back: nothing here has changed since it was suspended. Whoever
  // asks the witness first has it.
  bool may_abort() override {
    if (phase() != Phase::handed_over) return Stream::may_abort();
    const Status back = frame_.witness().take_back(uuid(), frame_.config().mtms(), id());
    if (back) return true;
    if (const auto known = frame_.witness().of(uuid()); known && known->owner != frame_.config().mtms())
      note_started();
    else
      log.error("stream {:#x}: {}", id(), back.error().text);  // asked again by the next who wants it back
    return false;
  }

  void note_started() {
    if (phase() == Phase::handed_over) enter(Phase::resumed);
  }

  void undo() override {
    stop_tracking();
    memory().make_huge_pages(true);
    const StreamState before = partition_.set_stream(id(), StreamState::aborted);
    // ibm,suspend-me returns 9000: aborted. (LoPAR 7.3.23) It may have been called this moment, and nobody was told yet.
    if (suspended_at_.load() != 0 || before == StreamState::suspended) partition_.resume(9000);
  }

  void stop_tracking() {
    if (std::exchange(noting_, false)) partition_.note_code(false);
    if (!tracking_) return;
    tracking_ = false;
    memory().stop_tracking();
    table().stop_tracking();
  }

  // ---- passes ----

  void start_passes() {
    enter(Phase::passes);
    begun_at_ = now();
    if (setup_.giver)
      if (auto offered = setup_.giver->offer(memory().segment()); !offered)
        log.warn("stream {:#x}: {}", id(), offered.error().text);
    tracking_ = true;
    memory().make_huge_pages(false);
    memory().start_tracking();
    table().start_tracking();
    next_pass();
  }

  void next_pass() {
    pages_.take(memory().dirty());
    books_.outdated(pages_.words());
    // Whoever has written a page before may write it again without being noticed, until this. What was written in between
    // is in memory when the pass copies it.
    partition_.flush_tlbs();
    holes_.forget();  // what is written from now on is dirty again
    pieces_.take(table().dirty());
    ++pass_number_;
    pass_ = {};
    pass_pages_ = pages_.left();
    pass_began_at_ = now();
    pass_open_ = true;
  }

  Donated pass_step() {
    if (!pass_open_) {
      if (!another_pass()) return phase() == Phase::passes && code_untranslated_ == 0 ? Donated::done : Donated::blocked;
      next_pass();
    }
    if (pass_ending_) return Donated::blocked;
    for (u32 i = 0; i < buffers_per_donation; ++i) {
      if (pages_.left() == 0 && pieces_.left() == 0) {
        pass_ending_ = true;
        flush_zeros();
        port_->send(Kind::pass_end, Lane::normal, pass_number_, {});
        note_sent();
        return Donated::in_progress;
      }
      if (!(pages_.left() != 0 ? send_pages(pages_, Lane::normal, pages_per_record) : send_pieces())) return Donated::blocked;
    }
    note_sent();
    return Donated::in_progress;
  }

  // The target has worked it off. A pass ends no earlier: what waited in the link's buffers at the suspension would be part
  // of the window.
  void end_pass() {
    pass_ending_ = false;
    pass_open_ = false;
    pass_.nanoseconds = now() - pass_began_at_;
    pass_.dirty_after = memory().dirty().count();
    note_progress([&](Progress& p) {
      p.passes.push_back(pass_);
      p.bytes_remaining = pass_.dirty_after * page_size;
    });
    log.info("stream {:#x}: pass {}: {} pages, {} zero, {:.1f} ms, {} dirty after", id(), pass_number_, pass_.pages,
             pass_.zero_pages, static_cast<double>(pass_.nanoseconds) / 1e6, pass_.dirty_after);
    // The partition may have been suspended meanwhile: then there is nothing more to decide, and nothing to advise.
    if (phase() != Phase::passes && phase() != Phase::suspending) return;
    decide();
    // Once it is asked to suspend, it may do so at any moment, and must not wait for advice.
    if (phase() == Phase::passes) send_code();
  }

  // What has run since the stream was opened, as far as the target does not know it. Its pages have been sent.
  void send_code() {
    const std::vector<cpu::HotCode> hot = partition_.new_hot_code();
    std::vector<cpu::HotCode> news;
    std::ranges::set_difference(hot, code_, std::back_inserter(news));
    if (news.size() > most_code - std::min(most_code, code_.size())) return;
    std::vector<cpu::HotCode> all;
    std::ranges::merge(code_, news, std::back_inserter(all));
    code_ = std::move(all);
    code_untranslated_ += news.size();
    for (const Bytes& payload : to_payloads(news)) {
      port_->send(Kind::code, Lane::normal, static_cast<u32>(payload.size() / code_entry), payload);
      count_bytes(record_header + payload.size());
    }
  }

  // Meanwhile the partition has dirtied pages again: those are worth a pass, unless passes do not help.
  void code_translated(u32 blocks) {
    code_untranslated_ -= std::min<size_t>(code_untranslated_, blocks);
    if (code_untranslated_ == 0 && !pass_open_ && !enough_passes_ && memory().dirty().count() >= idle_pass)
      suspend_wanted_ = false;
  }

  // Redbook 2.5.4, step 6: until the number of dirty pages no longer decreases, is small enough, or time is up.
  void decide() {
    const u64 elapsed = now() - begun_at_;
    const u64 sent = pass_.pages + pass_.zero_pages;
    const u64 rate = pass_.nanoseconds ? sent * 1'000'000 / pass_.nanoseconds : 0;  // pages per millisecond
    const bool small = rate == 0 || pass_.dirty_after * 1'000'000 / rate <= small_remainder;
    const bool stuck = pass_number_ > 1 && pass_.dirty_after * 10 >= sent * 9;
    enough_passes_ = stuck || pass_number_ >= limits_.max_passes || elapsed >= most_time;
    suspend_wanted_ = small || enough_passes_;
  }

  bool another_pass() {
    if (!suspend_wanted_) return true;
    return phase() == Phase::suspending && memory().dirty().count() >= idle_pass;
  }

  void suspend_signalled() override {
    enter(Phase::suspending);
    partition_.set_stream(id(), StreamState::suspending);
    tell_mover(StreamState::suspending);
  }

  // One buffer of pages, the empty ones among them only noted. False: there is no buffer.
  bool send_pages(Sweep& sweep, Lane lane, u32 limit) {
    auto buffer = port_->take();
    if (!buffer) return false;
    u8* const payload = buffer->record().data() + record_header;
    const u8* const ram = memory().host();
    u32 count = 0;
    u32 looked_at = 0;
    u64 run_page = 0;  // neighbours that were found, and are not copied yet
    u32 run = 0;
    const auto copy_run = [&] {
      if (run != 0) copy_pages(payload + contents_offset + u64{count - run} * page_size, ram + run_page * page_size, run);
      run = 0;
    };
    // In a stretch of empty pages the buffer may stay empty: the link wants to be looked at, too.
    while (count < limit && sweep.left() != 0 && looked_at++ < pages_per_look) {
      const u64 page = sweep.next();
      if (is_empty(page)) {
        books_.moved(page, Content::none);
        zeros_.push_back(static_cast<u32>(page));
        if (zeros_.size() == zero_pages_per_record) flush_zeros();
        continue;
      }
      if (run == 0 || page != run_page + run) {
        copy_run();
        run_page = page;
      }
      emu::store_be(payload + u64{count} * 4, static_cast<u32>(page));
      books_.moved(page, Content::some);
      ++run;
      ++count;
    }
    copy_run();
    finish_pages(*buffer, Kind::pages, lane, count);
    pass_.pages += count;
    return true;
  }

  bool is_empty(u64 page) {
    return holes_.is_hole(page * page_size, page_size) || is_zero_page(memory().host() + page * page_size);
  }

  static void put_page(u8* payload, u32 index, u64 page, const u8* from) {
    emu::store_be(payload + u64{index} * 4, static_cast<u32>(page));
    copy_pages(payload + contents_offset + u64{index} * page_size, from, 1);
  }

  void finish_pages(const Port::Buffer& buffer, Kind kind, Lane lane, u32 count) {
    if (count == 0) return port_->put_back(buffer);
    const u64 bytes = contents_offset + u64{count} * page_size;
    port_->send_in_place(buffer, kind, lane, count, static_cast<u32>(bytes));
    count_bytes(record_header + bytes);
  }

  void flush_zeros() {
    send_numbers(Kind::zero_pages, zeros_);
    pass_.zero_pages += zeros_.size();
    zeros_.clear();
  }

  void send_numbers(Kind kind, const std::vector<u32>& numbers, Lane lane = Lane::normal) {
    if (numbers.empty()) return;
    Bytes payload(numbers.size() * 4);
    for (size_t i = 0; i < numbers.size(); ++i) emu::store_be(payload.data() + i * 4, numbers[i]);
    port_->send(kind, lane, static_cast<u32>(numbers.size()), payload);
    count_bytes(record_header + payload.size());
  }

  // The same for the hashed page table, 4096 bytes at a time.
  bool send_pieces() {
    auto buffer = port_->take();
    if (!buffer) return false;
    u8* const payload = buffer->record().data() + record_header;
    std::vector<u32> empty;
    u32 count = 0;
    while (count < pages_per_record && pieces_.left() != 0 && empty.size() < zero_pages_per_record) {
      const u64 piece = pieces_.next();
      if (table().page_is_empty(piece)) {
        empty.push_back(static_cast<u32>(piece));
        continue;
      }
      emu::store_be(payload + u64{count} * 4, static_cast<u32>(piece));
      table().copy_out(piece, {payload + contents_offset + u64{count} * page_size, page_size});
      ++count;
    }
    finish_pages(*buffer, Kind::table, Lane::normal, count);
    send_numbers(Kind::empty_table, empty);
    return true;
  }

  void count_bytes(u64 bytes) {
    pass_.bytes += bytes;
    bytes_sent_ += bytes;
  }

  void note_sent() {
    note_progress([&](Progress& p) {
      p.bytes_sent = bytes_sent_;
      if (pass_number_ == 1) p.bytes_remaining = pages_.left() * page_size;
      const u64 done = pass_pages_ - std::min(pass_pages_, pages_.left());
      p.percent = pass_number_ > 1 || pass_pages_ == 0 ? 99 : static_cast<u32>(done * 99 / pass_pages_);
    });
  }

  // ---- suspended: the window is open, and everything from here to hand_over counts ----

  void collect_state() {
    // First the numbers of pages that the pass found empty: some of them may have been written since, and then they are in
    // the residual map, too.
    flush_zeros();
    enter(Phase::suspended);
    residual_ = std::move(pages_);
    residual_.join(memory().dirty());
    holes_.forget();
    books_.outdated(residual_.words());
    pieces_.join(table().dirty());
    emu::Archive ar = emu::Archive::saving();
    partition_.archive(ar);
    state_ = ar.take();
    state_at_ = 0;
    map_at_ = 0;
    collected_at_ = now();
    note_progress([&](Progress& p) {
      p.suspended_at = suspended_at_.load();
      p.residual_pages = residual_.left();
      p.bytes_remaining = residual_.left() * page_size;
    });
  }

  Donated send_state() {
    while (pieces_.left() != 0)
      if (!send_pieces()) return Donated::in_progress;
    while (state_at_ < state_.size()) {
      auto buffer = port_->take();
      if (!buffer) return Donated::in_progress;
      const u64 length = std::min<u64>(chunk, state_.size() - state_at_);
      std::copy_n(state_.data() + state_at_, length, buffer->record().data() + record_header);
      port_->send_in_place(*buffer, Kind::state, Lane::normal, static_cast<u32>(state_at_ / chunk), static_cast<u32>(length));
      state_at_ += length;
    }
    if (!send_map()) return Donated::in_progress;
    Suspension suspension;
    suspension.suspended_at = suspended_at_.load();
    suspension.state_bytes = state_.size();
    suspension.state_checksum = checksum_of(state_);
    suspension.residual_pages = residual_.left();
    port_->send(Kind::suspended, Lane::normal, 0, emu::to_bytes(suspension));
    sent_at_ = now();
    enter(Phase::verifying);
    tell_mover(StreamState::suspended);
    return Donated::in_progress;
  }

  // The residual map, without the stretches in which nothing is missing. False: there is no buffer.
  bool send_map() {
    const auto& words = residual_.words();
    while (map_at_ < words.size()) {
      if (words[map_at_] == 0) {
        ++map_at_;
        continue;
      }
      auto buffer = port_->take();
      if (!buffer) return false;
      u8* const payload = buffer->record().data() + record_header;
      u64 count = std::min<u64>(words_per_chunk, words.size() - map_at_);
      while (words[map_at_ + count - 1] == 0) --count;
      emu::store_be(payload, static_cast<u32>(map_at_));
      for (u64 i = 0; i < count; ++i) emu::store_be(payload + 4 + i * 8, words[map_at_ + i]);
      port_->send_in_place(*buffer, Kind::residual, Lane::normal, static_cast<u32>(count), static_cast<u32>(4 + count * 8));
      map_at_ += count;
    }
    return true;
  }

  // The target has verified the whole state: from now on it may start the partition. (Step 10)
  Status hand_over() {
    look_at_notes();
    if (phase() != Phase::verifying) return emu::success();
    TRY(frame_.may_leave(lpar_id()));
    const u64 verified_at = now();
    if (auto written = frame_.witness().hand_over(uuid(), frame_.config().mtms(), id()); !written)
      return Error{written.error().code, "The partition cannot be handed over: " + written.error().text};
    enter(Phase::handed_over);
    port_->send(Kind::go, Lane::normal, 0, partition_.hand_over_input());
    const u64 time = now();
    partition_.set_stream(id(), StreamState::resumed);
    stop_tracking();
    residual_.restart();
    state_ = {};
    tell_mover(StreamState::resumed);
    const u64 since = suspended_at_.load();
    log.info(
        "stream {:#x}: handed over: noticed and collected {} us, sent {} us, verified by the target {} us, witness {} us; {} "
        "pages to come",
        id(), (collected_at_ - since) / 1000, (sent_at_ - collected_at_) / 1000, (verified_at - sent_at_) / 1000,
        (time - verified_at) / 1000, residual_.left());
    note_progress([&](Progress& p) { p.handed_over_at = time; });
    return emu::success();
  }

  // ---- handed over: the rest of the pages ----

  Donated push() {
    if (segment_given_) return watch_taker();
    if (residual_.left() == 0) {
      if (all_sent_) return Donated::blocked;
      all_sent_ = true;
      flush_zeros();
      port_->send(Kind::all_sent, Lane::normal, 0, {});
      note_progress([&](Progress& p) { p.bytes_remaining = 0; });
      return Donated::in_progress;
    }
    // One record at a time: a request comes first.
    if (!send_pages(residual_, Lane::normal, pushed_pages_per_record)) return Donated::blocked;
    // Zero pages do not wait for many others: somebody may be waiting for one of them.
    flush_zeros();
    note_pushed();
    return Donated::in_progress;
  }

  void note_pushed() {
    note_progress([&](Progress& p) {
      p.bytes_sent = bytes_sent_;
      p.bytes_remaining = residual_.left() * page_size;
    });
  }

  // The destination takes the pages out of our memory. It tells which on the link, so that they are counted as if they had gone
  // over it; that it has all of them, it says beside the link as well, because that may be cut.
  Donated watch_taker() {
    const auto taker = setup_.giver->taker();
    if (phase() == Phase::handed_over && taker == emu::SegmentGiver::Taker::gone) {
      abort_locked({"connection", "The destination is gone."}, true);
      return Donated::blocked;
    }
    if (taker == emu::SegmentGiver::Taker::done) note_started();
    if (taker == emu::SegmentGiver::Taker::done && taken_at_ == 0) taken_at_ = now();
    if (taken_at_ != 0 && now() - taken_at_ >= time_for_counting) {
      for (u64 page = 0; residual_.left() != 0; ++page) note_taken(page, Content::some);
      note_pushed();
      complete();
    } else if (taker == emu::SegmentGiver::Taker::gone && taken_at_ == 0) {
      destination_gone();
    }
    return Donated::blocked;
  }

  void note_taken(u64 page, Content content) {
    if (!residual_.claim(page)) return;
    books_.moved(page, content);
    count_bytes(content == Content::some ? page_size + 4 : 4);
  }

  // A page that was sent already is on its way: nothing to do.
  void answer(u64 page) {
    if (page >= memory().pages() || !residual_.claim(page)) return;
    const u8* const ram = memory().host();
    std::vector<u32> empty;
    std::vector<u32> full;
    const auto add = [&](u64 wanted) {
      const bool zero = is_empty(wanted);
      (zero ? empty : full).push_back(static_cast<u32>(wanted));
      books_.moved(wanted, zero ? Content::none : Content::some);
    };
    add(page);
    for (u64 next = page + 1; next < page + pages_around_a_request; ++next)
      if (residual_.claim(next)) add(next);
    send_numbers(Kind::zero_pages, empty, Lane::urgent);
    if (full.empty()) return;
    // Through the queue of short records: it may use the buffers that a push leaves free.
    Bytes payload(contents_offset + full.size() * page_size);
    for (u32 i = 0; i < full.size(); ++i) put_page(payload.data(), i, full[i], ram + u64{full[i]} * page_size);
    port_->send(Kind::pages, Lane::urgent, static_cast<u32>(full.size()), payload);
    count_bytes(record_header + payload.size());
  }

  void complete() {
    enter(Phase::completed);
    partition_.set_stream(id(), StreamState::completed);
    tell_mover(StreamState::completed);
    note_progress([&](Progress& p) {
      p.completed_at = now();
      p.percent = 100;
      p.bytes_remaining = 0;
    });
  }

  Partition& partition_;
  Limits limits_;
  bool begun_ = false;
  bool welcomed_ = false;
  bool tracking_ = false;
  bool suspend_wanted_ = false;
  std::atomic<u64> suspended_at_{0};

  bool noting_ = false;
  std::vector<cpu::HotCode> code_;  // that was sent, in order
  bool enough_passes_ = false;      // another one would not make the rest smaller, or there is no time for it
  size_t code_untranslated_ = 0;

  Sweep pages_;
  Sweep pieces_;
  std::vector<u32> zeros_;
  Pass pass_;
  bool pass_open_ = false;
  bool pass_ending_ = false;  // all of it is sent
  u32 pass_number_ = 0;
  u64 pass_pages_ = 0;
  u64 pass_began_at_ = 0;
  u64 begun_at_ = 0;
  u64 bytes_sent_ = 0;

  emu::HoleFinder holes_{memory().segment()};
  bool segment_given_ = false;  // the destination holds our memory, and takes the residual pages by itself
  u64 taken_at_ = 0;

  Sweep residual_;
  Bytes state_;
  u64 state_at_ = 0;
  u64 map_at_ = 0;
  u64 collected_at_ = 0;
  u64 sent_at_ = 0;
  bool all_sent_ = false;
};

std::shared_ptr<Stream> make_source(Frame& frame, Stream::Setup setup) {
  return std::make_shared<Source>(frame, std::move(setup));
}

}  // namespace firmware::move
