// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/app/console/control.h"

namespace emu::app::console {

Result<std::unique_ptr<Control>> Control::at(const std::string& file) {
  auto listener = TRY(Listener::create(file));
  return std::unique_ptr<Control>(new Control(std::move(listener)));
}

std::optional<Order> Control::next() {
  if (!channel_) {
    auto accepted = listener_->accept(0);
    if (!accepted) return std::nullopt;
    channel_ = std::move(*accepted);
  }
  const auto message = channel_->receive(0);
  if (!message) {
    if (message.error().code != "timeout") channel_.reset();
    return std::nullopt;
  }
  const std::string line(message->begin(), message->end());
  const size_t blank = std::min(line.find(' '), line.size());
  return Order{line.substr(0, blank), line.substr(std::min(blank + 1, line.size()))};
}

void Control::answer(const Result<std::string>& result) {
  if (!channel_) return;
  const std::string text = result ? "ok\n" + *result : "failed " + result.error().text;
  if (!channel_->send(Bytes(text.begin(), text.end()))) channel_.reset();
}

}  // namespace emu::app::console
