// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/app/console/recording.h"

#include <webp/encode.h>
#include <webp/mux.h>

#include <atomic>
#include <condition_variable>
#include <deque>
#include <fstream>
#include <mutex>
#include <thread>

#include <fmt/format.h>

namespace emu::app::console {

namespace {

constexpr u64 interval = 1'000'000'000 / 12;
constexpr size_t most_waiting = 240;

class WebpRecording final : public Recording {
 public:
  WebpRecording(std::string file, int width, int height) : file_(std::move(file)), width_(width), height_(height) {}
  ~WebpRecording() override {
    end();
    WebPAnimEncoderDelete(encoder_);
  }

  bool start() {
    WebPAnimEncoderOptions options;
    if (!WebPAnimEncoderOptionsInit(&options)) return false;
    options.kmin = 100;  // pictures that stand for themselves: hardly any, most are differences
    options.kmax = 200;
    encoder_ = WebPAnimEncoderNew(width_, height_, &options);
    if (!encoder_) return false;
    thread_ = std::thread([this] { encode(); });
    return true;
  }

  bool wants(u64 now) const override { return now >= next_at_; }

  void add(const Image& image, u64 now) override {
    if (image.width != width_ || image.height != height_) return;  // the window has another size now
    if (!began_at_) began_at_ = now;
    next_at_ = now + interval;
    const std::lock_guard guard(mutex_);
    if (waiting_.size() >= most_waiting) return;
    waiting_.push_back({image.pixels, static_cast<int>((now - began_at_) / 1'000'000)});
    changed_.notify_all();
  }

  Status finish(u64 now) override {
    end();
    if (failed_ || !began_at_) return Error{"recording", "The animation cannot be made."};
    WebPAnimEncoderAdd(encoder_, nullptr, static_cast<int>((now - began_at_) / 1'000'000), nullptr);
    WebPData data{};
    if (!WebPAnimEncoderAssemble(encoder_, &data)) return Error{"recording", WebPAnimEncoderGetError(encoder_)};
    std::ofstream stream(file_, std::ios::binary);
    stream.write(reinterpret_cast<const char*>(data.bytes), static_cast<std::streamsize>(data.size));
    WebPDataClear(&data);
    if (!stream.flush()) return Error{"recording", fmt::format("{} cannot be written.", file_)};
    return success();
  }

 private:
  struct Waiting {
    std::vector<u32> pixels;
    int milliseconds;
  };

  void end() {
    {
      const std::lock_guard guard(mutex_);
      ended_ = true;
    }
    changed_.notify_all();
    if (thread_.joinable()) thread_.join();
  }

  void encode() {
    WebPConfig config;
    if (!WebPConfigInit(&config) || !WebPConfigLosslessPreset(&config, 2)) failed_ = true;
    config.thread_level = 0;
    std::unique_lock lock(mutex_);
    for (;;) {
      changed_.wait(lock, [this] { return ended_ || !waiting_.empty(); });
      if (waiting_.empty()) return;
      Waiting next = std::move(waiting_.front());
      waiting_.pop_front();
      lock.unlock();
      WebPPicture picture;
      if (WebPPictureInit(&picture)) {
        picture.use_argb = 1;
        picture.width = width_;
        picture.height = height_;
        picture.argb = next.pixels.data();
        picture.argb_stride = width_;
        if (!WebPAnimEncoderAdd(encoder_, &picture, next.milliseconds, &config)) failed_ = true;
      }
      lock.lock();
    }
  }

  const std::string file_;
  const int width_;
  const int height_;
  WebPAnimEncoder* encoder_ = nullptr;
  u64 began_at_ = 0;
  u64 next_at_ = 0;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Waiting> waiting_;
  bool ended_ = false;
  std::atomic<bool> failed_{false};
  std::thread thread_;
};

}  // namespace

Result<std::unique_ptr<Recording>> Recording::begin(const std::string& file, int width, int height) {
  auto recording = std::make_unique<WebpRecording>(file, width, height);
  if (!recording->start()) return Error{"recording", "The animation cannot be made: its pictures are too large."};
  return std::unique_ptr<Recording>(std::move(recording));
}

}  // namespace emu::app::console
