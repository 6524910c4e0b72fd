// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/link/descriptor_socket.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace emu {

namespace {

constexpr std::string_view fresh_mark = ".new-";  // then the process that makes it
constexpr int callers = 64;                       // one brings the memory; the others only look whether somebody listens

Error failed(const std::string& what) { return {"link", what + ": " + std::strerror(errno) + "."}; }

// An address has room for 107 characters, and a folder's name may be longer: so it is named by its descriptor.
class Place {
 public:
  explicit Place(const std::filesystem::path& path)
      : folder_(open(path.parent_path().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)), name_(path.filename()) {
    const std::string there = "/proc/self/fd/" + std::to_string(folder_.number()) + "/" + name_;
    address_.sun_family = AF_UNIX;
    if (!folder_ || there.size() >= sizeof address_.sun_path) return;
    std::memcpy(address_.sun_path, there.c_str(), there.size() + 1);
    good_ = true;
  }
  bool good() const { return good_; }
  const sockaddr* address() const { return reinterpret_cast<const sockaddr*>(&address_); }
  void remove() const { unlinkat(folder_.number(), name_.c_str(), 0); }
  bool rename_to(const Place& other) const {
    return renameat(folder_.number(), name_.c_str(), other.folder_.number(), other.name_.c_str()) == 0;
  }
  bool restrict() const { return fchmodat(folder_.number(), name_.c_str(), 0600, 0) == 0; }

 private:
  Descriptor folder_;
  std::string name_;
  sockaddr_un address_{};
  bool good_ = false;
};

Descriptor open_socket() { return Descriptor(socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)); }

bool ours(const Descriptor& peer) {
  ucred who{};
  socklen_t length = sizeof who;
  return getsockopt(peer.number(), SOL_SOCKET, SO_PEERCRED, &who, &length) == 0 && who.uid == geteuid();
}

struct Envelope {  // room for one descriptor beside a message
  explicit Envelope(u64& word) : content{&word, sizeof word} {
    header.msg_iov = &content;
    header.msg_iovlen = 1;
    header.msg_control = room.data();
    header.msg_controllen = room.size();
  }
  iovec content;
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> room{};
  msghdr header{};
};

class Taker final : public SegmentTaker {
 public:
  Taker(Place place, Descriptor listening, u64 stream)
      : place_(std::move(place)), listening_(std::move(listening)), stream_(stream) {}
  ~Taker() override { place_.remove(); }

  std::optional<Descriptor> take() override {
    for (;;) {
      Descriptor caller(accept4(listening_.number(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
      if (!caller) return std::nullopt;
      if (!ours(caller)) continue;
      if (auto brought = read_from(caller)) {
        source_ = std::move(caller);
        return brought;
      }
    }
  }
  void done() override {
    const u64 word = stream_;
    (void)!send(source_.number(), &word, sizeof word, MSG_NOSIGNAL);
    source_.reset();
  }

 private:
  std::optional<Descriptor> read_from(const Descriptor& caller) const {
    u64 word = 0;
    Envelope envelope(word);
    const ssize_t length = recvmsg(caller.number(), &envelope.header, MSG_CMSG_CLOEXEC);
    std::optional<Descriptor> brought;
    if (const cmsghdr* part = length < 0 ? nullptr : CMSG_FIRSTHDR(&envelope.header);
        part && part->cmsg_level == SOL_SOCKET && part->cmsg_type == SCM_RIGHTS && part->cmsg_len == CMSG_LEN(sizeof(int))) {
      int number = -1;
      std::memcpy(&number, CMSG_DATA(part), sizeof number);
      brought.emplace(number);
    }
    if (length != sizeof word || word != stream_) return std::nullopt;
    return brought;
  }

  Place place_;
  Descriptor listening_;
  u64 stream_;
  Descriptor source_;
};

class Giver final : public SegmentGiver {
 public:
  Giver(std::string path, u64 stream) : path_(std::move(path)), stream_(stream) {}

  // The message waits in the socket until the destination looks for it.
  Status offer(const MemorySegment& segment) override {
    const Descriptor readers = TRY(segment.for_readers());
    const Place place(path_);
    target_ = open_socket();
    if (!place.good() || !target_ || connect(target_.number(), place.address(), sizeof(sockaddr_un)) != 0)
      return failed("The destination does not take the partition's memory at " + path_);
    if (!ours(target_)) return Error{"link", "Another user's process listens at " + path_ + "."};
    u64 word = stream_;
    Envelope envelope(word);
    cmsghdr* const part = CMSG_FIRSTHDR(&envelope.header);
    part->cmsg_level = SOL_SOCKET;
    part->cmsg_type = SCM_RIGHTS;
    part->cmsg_len = CMSG_LEN(sizeof(int));
    const int number = readers.number();
    std::memcpy(CMSG_DATA(part), &number, sizeof number);
    if (sendmsg(target_.number(), &envelope.header, MSG_NOSIGNAL) != sizeof word)
      return failed("The partition's memory cannot be handed over at " + path_);
    return success();
  }
  Taker taker() override {
    u64 word = 0;
    const ssize_t length = recv(target_.number(), &word, sizeof word, 0);
    if (length < 0 && (errno == EAGAIN || errno == EINTR)) return Taker::busy;
    return length == sizeof word && word == stream_ ? Taker::done : Taker::gone;
  }

 private:
  std::string path_;
  u64 stream_;
  Descriptor target_;
};

}  // namespace

void remove_dead_sockets(const std::string& folder) {
  namespace fs = std::filesystem;
  std::error_code failed;
  fs::directory_iterator entry(folder, failed);
  for (; !failed && entry != fs::directory_iterator(); entry.increment(failed)) {
    std::error_code ignored;
    const std::string name = entry->path().filename().string();
    if (!entry->is_socket(ignored) || name.find(memory_mark) == std::string::npos) continue;
    bool dead = false;
    if (const size_t mark = name.find(fresh_mark); mark != std::string::npos) {
      const int maker = std::atoi(name.c_str() + mark + fresh_mark.size());
      dead = maker > 0 && kill(maker, 0) != 0 && errno == ESRCH;
    } else {
      const Place place(entry->path());
      const Descriptor caller = open_socket();
      dead =
          place.good() && caller && connect(caller.number(), place.address(), sizeof(sockaddr_un)) != 0 && errno == ECONNREFUSED;
    }
    if (dead) fs::remove(entry->path(), ignored);
  }
}

std::unique_ptr<SegmentGiver> DescriptorSocket::giver() const { return std::make_unique<Giver>(path_, stream_); }

Result<std::unique_ptr<SegmentTaker>> DescriptorSocket::taker() const {
  remove_dead_sockets(std::filesystem::path(path_).parent_path().string());
  Place place(path_);
  // Under another name first: whoever finds the name finds somebody who listens.
  const Place fresh(fmt::format("{}{}{}", path_, fresh_mark, getpid()));
  Descriptor socket = open_socket();
  if (!place.good() || !fresh.good() || !socket) return failed("Cannot listen at " + path_);
  fresh.remove();
  if (bind(socket.number(), fresh.address(), sizeof(sockaddr_un)) != 0) return failed("Cannot listen at " + path_);
  if (!fresh.restrict() || listen(socket.number(), callers) != 0 || !fresh.rename_to(place)) {
    const Error why = failed("Cannot listen at " + path_);
    fresh.remove();
    return why;
  }
  return std::unique_ptr<SegmentTaker>(std::make_unique<Taker>(std::move(place), std::move(socket), stream_));
}

}  // namespace emu
