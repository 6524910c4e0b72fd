// SPDX-License-Identifier: GPL-2.0-or-later
#include "hmc/consoles/system_lock.h"

namespace hmc {

namespace {

class LockedLink final : public FrameLink {
 public:
  LockedLink(std::unique_ptr<FrameLink> link, std::string console) : link_(std::move(link)), console_(std::move(console)) {}

  Result<Reply> exchange(const service::Request& request, u64 timeout) override {
    if (!is_change(request)) return link_->exchange(request, timeout);
    const Held held = TRY(hold());
    return link_->exchange(request, timeout);
  }

  void stop() override { link_->stop(); }

  Result<Held> hold() override {
    const std::lock_guard lock(mutex_);
    if (Held held = held_.lock()) return held;
    // One that is being let go of just now waits for our mutex, and finds that it is the last one's no more.
    const service::SystemLock taken = TRY(ask(*link_, service::LockSystem{console_, false}));
    link_->set_epoch(taken.epoch);
    owed_ = 0;
    const Held held(&token_, [this, epoch = taken.epoch](const void*) { let_go(epoch); });
    held_ = held;
    return held;
  }

  void settle() override {
    const std::lock_guard lock(mutex_);
    if (owed_ && ask(*link_, service::UnlockSystem{owed_, false})) owed_ = 0;
  }

  Status break_lock() override {
    const std::lock_guard lock(mutex_);
    TRY(ask(*link_, service::UnlockSystem{0, true}));
    return emu::success();
  }

 private:
  // A frame that does not hear it is told when it answers again.
  void let_go(u64 epoch) {
    const std::lock_guard lock(mutex_);
    if (!held_.expired()) return;  // taken again meanwhile, under a later epoch
    if (const auto given = ask(*link_, service::UnlockSystem{epoch, false}); !given) owed_ = epoch;
    link_->set_epoch(0);
  }

  const std::unique_ptr<FrameLink> link_;
  const std::string console_;
  const char token_ = 0;
  std::mutex mutex_;
  std::weak_ptr<const void> held_;
  u64 owed_ = 0;  // an epoch that was not given back; 0: none
};

}  // namespace

std::unique_ptr<FrameLink> with_system_lock(std::unique_ptr<FrameLink> link, std::string console) {
  return std::make_unique<LockedLink>(std::move(link), std::move(console));
}

}  // namespace hmc
