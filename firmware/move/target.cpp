// SPDX-License-Identifier: GPL-2.0-or-later
// The destination's side of a move: fills a shell, verifies it, and once it is handed over lets it run, fetching what it
// touches before it has come.
// One file, for the same reason as source.cpp.

#include <algorithm>
#include <bit>
#include <chrono>
#include <condition_variable>
#include <thread>
#include <vector>

#include <fmt/format.h>

#include "cpu/hash_page_table.h"
#include "emu/core/relax.h"
#include "firmware/move/code_ahead.h"
#include "firmware/move/hello.h"
#include "firmware/move/page_copy.h"
#include "firmware/move/segment_pages.h"
#include "firmware/move/stream.h"

namespace firmware::move {

using emu::Error;
using emu::page_size;
using emu::Status;

namespace {

constexpr u64 largest_state = 64 * MiB;
constexpr u32 spins = 200;  // of a processor that misses a page, before it sleeps
constexpr size_t samples = 1'000'000;
constexpr u64 pages_of_huge = emu::MemorySegment::huge_page / page_size;
constexpr u32 pages_of_many = pages_per_record / 2;

u64 percentile(std::vector<u32>& sorted, u64 of_100) {
  return sorted.empty() ? 0 : sorted[std::min(sorted.size() - 1, sorted.size() * of_100 / 100)];
}

}  // namespace

class Target final : public Stream, public emu::PageSource {
 public:
  Target(Frame& frame, Setup setup)
      : Stream(frame, std::move(setup)),
        partition_(*setup_.partition),
        filled_(partition_.memory().pages()),
        provided_(partition_.memory().pages() / pages_of_huge + 1),
        filled_table_(partition_.page_table().pages()),
        code_ahead_(partition_, [this](u64 blocks) {
          if (const auto mover = port()) mover->send(Kind::code_done, Lane::normal, static_cast<u32>(blocks), {});
        }) {
    memory().make_huge_pages(false);
    partition_.set_stream(id(), StreamState::enabled);
  }
  ~Target() override {
    give_up();
    if (segment_) segment_->stop();
    // What has not come yet will not: whoever touches it is told so.
    memory().forget_source();
  }

  // ---- a processor, or a device of the partition, that touches a page which has not come ----
  bool fetch(u64 page) override {
    if (lost_.load() || !running_.load()) return false;
    const u64 began = now();
    if (segment_)
      segment_->fetch(page);
    else
      wait_for_link(page);
    {
      const std::lock_guard lock(arrival_mutex_);
      if (latencies_.size() < samples) latencies_.push_back(static_cast<u32>(std::min<u64>(now() - began, ~u32{0})));
    }
    return !memory().missing().test(page);
  }

  void give_up() {
    lost_ = true;
    const std::lock_guard lock(arrival_mutex_);
    arrival_.notify_all();
  }

 private:
  emu::GuestMemory& memory() { return partition_.memory(); }
  cpu::HashPageTable& table() { return partition_.page_table(); }

  void wait_for_link(u64 page) {
    request(page);
    const emu::PageMap& missing = memory().missing();
    for (u32 i = 0; i < spins && missing.test(page); ++i) emu::relax();
    std::unique_lock lock(arrival_mutex_);
    while (missing.test(page) && !lost_.load()) {
      sleeping_.fetch_add(1);  // a full barrier here: then look again
      if (missing.test(page)) arrival_.wait_for(lock, std::chrono::milliseconds(5));
      sleeping_.fetch_sub(1);
    }
  }

  void request(u64 page) {
    const auto mover = port();
    if (!mover) return;
    u8 number[4];
    emu::store_be(number, static_cast<u32>(page));
    mover->send(Kind::request, Lane::urgent, 1, number);
  }

  void opened() override {}
  // What ran in these first moments here is what the partition will need first after its next move.
  void closing() override {
    if (phase() == Phase::resumed || phase() == Phase::completed) partition_.keep_noted_code();
  }

  Status take(const Record& record) override {
    if (phase() == Phase::opened) {
      if (record.kind != Kind::hello) return damaged(record, "comes before the section \"hello\"");
      return compare(record);
    }
    if (phase() == Phase::passes) switch (record.kind) {
        case Kind::pages:
          return fill_pages(record);
        case Kind::zero_pages:
          return zero_pages(record);
        case Kind::table:
          return fill_table(record);
        case Kind::empty_table:
          return empty_table(record);
        case Kind::code:
          code_ahead_.add(TRY(read_code(record)));
          return emu::success();
        case Kind::pass_end:
          look_for_segment();
          port_->send(Kind::pass_done, Lane::normal, record.count, {});
          return emu::success();
        case Kind::state:
          return take_state(record);
        case Kind::residual:
          return take_map(record);
        case Kind::suspended:
          return verify(record);
        default:
          break;
      }
    if (phase() == Phase::verifying && record.kind == Kind::go) return resume(record.payload);
    if (phase() == Phase::resumed) switch (record.kind) {
        case Kind::pages:
          return late_pages(record);
        case Kind::zero_pages:
          return late_zero_pages(record);
        case Kind::all_sent:
          all_sent_ = true;
          return finish_if_complete();
        default:
          break;
      }
    return damaged(record, "comes at a time when it makes no sense");
  }

  // Everything else is done when records come.
  Donated work() override {
    if (phase() == Phase::verifying) expect_to_write(partition_.definition().uuid);
    return Donated::blocked;
  }

  bool survives_link_down() const override {
    return final_phase(phase()) || phase() == Phase::verifying || phase() == Phase::resumed;
  }
  bool needs_link() const override { return Stream::needs_link() && !segment_; }
  void peer_gone() override {
    if (phase() == Phase::verifying && segment_) return start_without_word();
    if (phase() != Phase::resumed) return;  // without the source's memory there is nothing to start
    if (segment_) return log.warn("stream {:#x}: the source is gone; its memory is not", id());
    enter(Phase::failed);
    note_progress([this](Progress& p) {
      p.error_code = "connection";
      p.error_text = fmt::format("The source is gone, and {} pages of the partition's memory with it.", remaining_);
    });
  }
  void undo() override {
    code_ahead_.finish();
    partition_.set_stream(id(), StreamState::aborted);
  }

  // ---- who comes ----

  Status compare(const Record& record) {
    const Hello hello = TRY(emu::from_bytes<Hello>(record.payload));
    Hello ours;
    ours.uuid = partition_.definition().uuid;
    ours.name = hello.name;  // may differ: names are the HMC's
    ours.memory_bytes = memory().size();
    ours.lmb_mb = frame_.config().lmb_mb;
    ours.hpt_shift = table().shift();
    ours.processors = static_cast<u32>(partition_.processors().size());
    const auto differs = [&](std::string_view what, const auto& theirs, const auto& mine) {
      return damaged(record, fmt::format("has {} {}, the shell has {}", what, theirs, mine));
    };
    if (hello.uuid != ours.uuid) return differs("UUID", hello.uuid, ours.uuid);
    if (hello.memory_bytes != ours.memory_bytes) return differs("memory size", hello.memory_bytes, ours.memory_bytes);
    if (hello.lmb_mb != ours.lmb_mb) return differs("logical memory block size", hello.lmb_mb, ours.lmb_mb);
    if (hello.hpt_shift != ours.hpt_shift) return differs("page table size", hello.hpt_shift, ours.hpt_shift);
    if (hello.processors != ours.processors) return differs("number of processors", hello.processors, ours.processors);
    partition_.note_code(true);
    enter(Phase::passes);
    port_->send(Kind::welcome, Lane::normal, 0, {});
    return emu::success();
  }

  // ---- the source's memory, from the hand-over on ----

  void look_for_segment() {
    if (!setup_.taker || segment_) return;
    auto brought = setup_.taker->take();
    if (!brought) return;
    auto segment = emu::MemorySegment::adopt(std::move(*brought), memory().size());
    if (!segment) return log.error("stream {:#x}: {}", id(), segment.error().text);
    segment_ = std::make_unique<SegmentPages>(std::move(*segment), memory(), filled_);
  }

  // On the thread of segment_.
  void taken(const SegmentPages::Taken& taken) {
    const std::lock_guard lock(work_);
    if (phase() != Phase::resumed) return;
    const Fetched how = taken.on_demand ? Fetched::on_demand : Fetched::in_turn;
    for (const u32 page : taken.full) books_.moved(page, Content::some, how);
    for (const u32 page : taken.empty) books_.moved(page, Content::none, how);
    const u64 count = taken.full.size() + taken.empty.size();
    remaining_ -= count;
    if (taken.on_demand) demanded_ += count;
    bytes_received_ += taken.full.size() * page_size + count * 4;
    tell_taken(Kind::taken, taken.full);
    tell_taken(Kind::taken_empty, taken.empty);
    note_progress([&](Progress& p) {
      p.bytes_sent = bytes_received_;
      p.bytes_remaining = remaining_ * page_size;
      p.demand_paged = demanded_;
    });
    (void)finish_if_complete();
  }
  void tell_taken(Kind kind, const std::vector<u32>& pages) {
    if (!port_ || pages.empty()) return;
    Bytes payload(pages.size() * 4);
    for (size_t i = 0; i < pages.size(); ++i) emu::store_be(payload.data() + i * 4, pages[i]);
    port_->send(kind, Lane::normal, static_cast<u32>(pages.size()), payload);
  }

  // ---- before the resume: nobody else uses the memory ----

  Status fill_pages(const Record& record) {
    const PageList list = TRY(read_pages(record));
    u8* const ram = memory().host();
    for (u32 i = 0; i < record.count;) {
      // The number is read once: the peer could change it between the check and the copy.
      const u64 page = list.number(i);
      if (page >= memory().pages()) return damaged(record, fmt::format("names page {}, which is outside the memory", page));
      u32 run = 1;
      while (i + run < record.count && page + run < memory().pages() && list.number(i + run) == page + run) ++run;
      // Neighbours that come together are many, mostly: the host provides memory for all of them at once.
      if (run >= pages_of_many && provided_.claim(page / pages_of_huge)) memory().provide_huge(page);
      copy_pages(ram + page * page_size, list.content(i).data(), run);
      for (u32 k = 0; k < run; ++k) {
        filled_[page + k] = true;
        books_.moved(page + k, Content::some);
      }
      memory().rewritten(page, run);
      i += run;
    }
    note_received(record);
    return emu::success();
  }

  Status zero_pages(const Record& record) {
    const PageList list = TRY(read_numbers(record));
    u8* const ram = memory().host();
    for (u32 i = 0; i < record.count; ++i) {
      const u64 page = list.number(i);
      if (page >= memory().pages()) return damaged(record, fmt::format("names page {}, which is outside the memory", page));
      books_.moved(page, Content::none);
      // A fresh shell's memory is empty: there is work only if the page came with content in an earlier pass.
      if (!filled_[page]) continue;
      std::memset(ram + page * page_size, 0, page_size);
      filled_[page] = false;
      memory().rewritten(page, 1);
    }
    note_received(record);
    return emu::success();
  }

  Status fill_table(const Record& record) {
    const PageList list = TRY(read_pages(record));
    for (u32 i = 0; i < record.count; ++i) {
      const u64 piece = list.number(i);
      if (!table().copy_in(piece, list.content(i))) return damaged(record, "names a piece that is outside the page table");
      filled_table_[piece] = true;
    }
    note_received(record);
    return emu::success();
  }

  Status empty_table(const Record& record) {
    static constexpr std::array<u8, page_size> empty{};
    const PageList list = TRY(read_numbers(record));
    for (u32 i = 0; i < record.count; ++i) {
      const u64 piece = list.number(i);
      if (piece >= table().pages()) return damaged(record, "names a piece that is outside the page table");
      // As with pages: a fresh shell's table is empty.
      if (filled_table_[piece]) (void)table().copy_in(piece, empty);
      filled_table_[piece] = false;
    }
    note_received(record);
    return emu::success();
  }

  void note_received(const Record& record) {
    bytes_received_ += record_header + record.payload.size();
    note_progress([&](Progress& p) { p.bytes_sent = bytes_received_; });
  }

  // ---- the state ----

  Status take_state(const Record& record) {
    if (record.count != pieces_++) return damaged(record, "is out of order");
    if (state_.size() + record.payload.size() > largest_state) return damaged(record, "is larger than any partition's state");
    state_.insert(state_.end(), record.payload.begin(), record.payload.end());
    return emu::success();
  }

  Status take_map(const Record& record) {
    emu::PageMap& missing = memory().missing();
    if (record.payload.size() != 4 + u64{record.count} * 8) return damaged(record, "is not as long as it says");
    const u64 first = emu::load_be<u32>(record.payload.data());
    if (first < map_at_ || first + record.count > missing.words())
      return damaged(record, "is outside the memory, or out of order");
    for (u64 i = 0; i < record.count; ++i) {
      const u64 bits = emu::load_be<u64>(record.payload.data() + 4 + i * 8);
      const u64 left = memory().pages() - (first + i) * 64;
      if (left < 64 && bits >> left != 0) return damaged(record, "names a page that is outside the memory");
      missing.store(first + i, bits);
      remaining_ += static_cast<u64>(std::popcount(bits));
    }
    map_at_ = first + record.count;
    return emu::success();
  }

  Status verify(const Record& record) {
    const Suspension suspension = TRY(emu::from_bytes<Suspension>(record.payload));
    if (suspension.state_bytes != state_.size() || suspension.state_checksum != checksum_of(state_))
      return damaged(record, "does not match the state that has come");
    if (suspension.residual_pages != remaining_) return damaged(record, "does not match the map of residual pages");
    const u64 began = now();
    code_ahead_.finish();
    // From here on nobody reads a page that is still to come; loading does not wait for one, either (fetch refuses).
    memory().expect_pages(this);
    emu::Archive ar = emu::Archive::loading_from(state_);
    partition_.archive(ar);
    if (auto status = ar.finish(); !status) {
      frame_.show_refcode(lpar_id(), "B2002210");
      return Error{"state", "The partition's state is refused: " + status.error().text + "."};
    }
    suspended_at_ = suspension.suspended_at;
    enter(Phase::verifying);
    look_for_segment();
    port_->send(Kind::ready, Lane::normal, segment_ ? 1 : 0, {});
    state_bytes_ = state_.size();
    loading_took_ = now() - began;
    state_ = {};
    return emu::success();
  }

  // ---- handed over: the partition is ours once the witness says so ----

  // The source may have handed over, and died before it said so. Everything is here: whoever asks the witness first has it.
  void start_without_word() {
    const auto known = frame_.witness().of(partition_.definition().uuid);
    if (known && known->stream == id() && known->state == HandOver::handed_over) (void)resume({});
  }

  // `typed` on the source while the partition was suspended.
  Status resume(std::span<const u8> typed) {
    const u64 told_at = now();
    if (auto started = frame_.witness().start(partition_.definition().uuid, frame_.config().mtms(), id()); !started) {
      // The source has taken it back; or the witness cannot be written, and then the source will.
      abort_locked(started.error(), true);
      return emu::success();
    }
    const u64 written_at = now();
    running_ = true;
    enter(Phase::resumed);
    partition_.set_stream(id(), StreamState::resumed);
    // Before it: the partition may get this thread's processor at once, and keep it for milliseconds.
    const u64 resumed_at = now();
    partition_.resume(0);
    partition_.type(typed);
    if (port_) port_->send(Kind::started, Lane::normal, 0, {});
    // After the resume: that the partition is ours says the witness; our journal need not hold it up.
    StreamRecord adopted;
    adopted.stream = id();
    adopted.lpar_id = lpar_id();
    adopted.step = StreamStep::adopted;
    adopted.active = true;
    adopted.other_system = setup_.other_system;
    if (auto written = frame_.journal().put_stream(adopted); !written) log.error("stream {:#x}: {}", id(), written.error().text);
    if (auto status = frame_.adopt_shell(lpar_id()); !status) log.error("stream {:#x}: {}", id(), status.error().text);
    log.info(
        "stream {:#x}: {} KiB of state loaded in {} us; witness {} us; resumed {} us after the suspension; {} pages to come; "
        "adopted in {} us",
        id(), state_bytes_ / 1024, loading_took_ / 1000, (written_at - told_at) / 1000,
        (resumed_at - std::min(resumed_at, suspended_at_)) / 1000, remaining_, (now() - resumed_at) / 1000);
    note_progress([&](Progress& p) {
      p.suspended_at = suspended_at_;
      p.resumed_at = resumed_at;
      p.residual_pages = remaining_;
      p.bytes_remaining = remaining_ * page_size;
    });
    tell_mover(StreamState::resumed);
    if (segment_) segment_->start(remaining_, setup_.page_rate, [this](const auto& pages) { taken(pages); });
    return finish_if_complete();
  }

  Status late_pages(const Record& record) {
    const PageList list = TRY(read_pages(record));
    for (u32 i = 0; i < record.count; ++i) {
      const u64 page = list.number(i);  // once: the peer can change it
      if (memory().arrive(page, list.content(i))) note_late(page, Content::some, record.lane);
    }
    return arrived(record);
  }

  Status late_zero_pages(const Record& record) {
    const PageList list = TRY(read_numbers(record));
    for (u32 i = 0; i < record.count; ++i) {
      const u64 page = list.number(i);
      if (memory().arrive(page, {})) note_late(page, Content::none, record.lane);
    }
    return arrived(record);
  }

  void note_late(u64 page, Content content, Lane lane) {
    --remaining_;
    books_.moved(page, content, lane == Lane::urgent ? Fetched::on_demand : Fetched::in_turn);
  }

  Status arrived(const Record& record) {
    // fetch_add, not a load: the pages' arrival must be visible before we look who sleeps. (The sleeper also looks by itself
    // every 5 ms.)
    if (sleeping_.fetch_add(0) != 0) {
      const std::lock_guard lock(arrival_mutex_);
      arrival_.notify_all();
    }
    if (record.lane == Lane::urgent) demanded_ += record.count;
    note_received(record);
    note_progress([&](Progress& p) {
      p.bytes_remaining = remaining_ * page_size;
      p.demand_paged = demanded_;
    });
    return finish_if_complete();
  }

  Status finish_if_complete() {
    if (remaining_ != 0 || !(all_sent_ || segment_)) return emu::success();
    memory().all_arrived();
    memory().make_huge_pages(true);
    enter(Phase::completed);
    partition_.set_stream(id(), StreamState::completed);
    if (port_) port_->send(Kind::all_received, Lane::normal, 0, {});
    if (segment_) setup_.taker->done();
    tell_mover(StreamState::completed);
    std::vector<u32> sorted;
    {
      const std::lock_guard lock(arrival_mutex_);
      sorted = latencies_;
    }
    std::sort(sorted.begin(), sorted.end());
    note_progress([&](Progress& p) {
      p.completed_at = now();
      p.percent = 100;
      p.bytes_remaining = 0;
      p.demand_p50_ns = percentile(sorted, 50);
      p.demand_p99_ns = percentile(sorted, 99);
    });
    log.info("stream {:#x}: all pages here; {} were waited for, median {} us, 99th percentile {} us", id(), sorted.size(),
             percentile(sorted, 50) / 1000, percentile(sorted, 99) / 1000);
    return emu::success();
  }

  Partition& partition_;
  std::vector<bool> filled_;  // pages that have come with content
  emu::PageMap provided_;     // by huge page
  std::vector<bool> filled_table_;
  CodeAhead code_ahead_;
  u64 bytes_received_ = 0;
  Bytes state_;
  u32 pieces_ = 0;
  u64 map_at_ = 0;
  u64 remaining_ = 0;
  u64 demanded_ = 0;
  bool all_sent_ = false;
  u64 suspended_at_ = 0;
  u64 state_bytes_ = 0;
  u64 loading_took_ = 0;

  std::atomic<bool> running_{false};
  std::atomic<bool> lost_{false};
  std::atomic<u32> sleeping_{0};  // threads inside fetch that must be woken
  std::mutex arrival_mutex_;
  std::condition_variable arrival_;
  std::vector<u32> latencies_;  // nanoseconds
  std::unique_ptr<SegmentPages> segment_;
};

std::shared_ptr<Stream> make_target(Frame& frame, Stream::Setup setup) {
  return std::make_shared<Target>(frame, std::move(setup));
}

void give_up_pages(Stream& stream) {
  if (auto* target = dynamic_cast<Target*>(&stream)) target->give_up();
}

}  // namespace firmware::move
