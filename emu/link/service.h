// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The service link: what the HMC, the console and other programs ask of a frame's service processor. One request, one
// reply, in order, over a Channel to `<runtime>/<frame>.service`. A request is a struct; `Request::Reply` is what comes back.
//
//   auto system = TRY(ask(channel, DescribeSystem{}));
//
// Sizes are MiB where the name says _mb, else bytes; times are nanoseconds of the host's monotonic clock; processor units
// are hundredths. Every request can also be answered by an Error (code and sentence). All of it is hostile input to the frame.

#include <type_traits>
#include <variant>

#include "emu/link/channel.h"
#include "emu/link/service/changes.h"
#include "emu/link/service/dynamic.h"
#include "emu/link/service/inventory.h"
#include "emu/link/service/move.h"
#include "emu/link/service/netboot.h"
#include "emu/link/service/power.h"
#include "emu/link/service/service_state.h"
#include "emu/link/service/terminal.h"
#include "emu/link/service/vios.h"
#include "emu/link/service/watch.h"

namespace emu::service {

// The one list of requests: dispatch, tests and the documentation are made of it. The number on the wire is the position
// counted from 1; append only.
using Requests =
    std::variant<DescribeSystem, ListLpars, ListRefCodes, DefineLpar, RemoveLpar, WriteProfile, RemoveProfile, ActivateLpar,
                 PowerOffLpar, LockConfiguration, OpenVterm, ExchangeVterm, CloseVterm, ReadConsoleLog, RunViosCommand,
                 DescribeVios, AddViosMapping, RemoveViosMapping, CreateShell, RemoveShell, OpenStream, CloseStream, BeginPasses,
                 StopStream, QueryStream, QueryVerdict, ListVerdicts, RollBackSource, FinishSource, FinishTarget,
                 HandOverInactive, MarkMigrating, ShowRefCode, WatchCounter, InjectFault, Shutdown, ReadNvram, WriteNvram,
                 QueryMemoryMap, ReadHeartbeat, ReadDiskActivity, AdoptInactive, HoldForMove, ReadChanges, ListSystemProfiles,
                 WriteSystemProfile, RemoveSystemProfile, RequestHugePages, AddAdapter, RemoveAdapter, ActivateOnDemand,
                 ChangeCapacity, SettleCapacity, SetEthernet, PowerSystem, LockSystem, UnlockSystem, ProbePath, ReadServiceState,
                 WriteServiceState, ListFaults, ClearFault, ChangeProcessorPool, PingFromFirmware, BootFromNetwork,
                 QueryNetworkBoot, AddSlot, RemoveSlot, FollowSan, SetLogicalPorts, ChangeHostEthernet, RequestBlockSize,
                 InstallVios, SetMaintenance, ListDeparted, ReadVolume, WriteVolume>;

// The position of a request in the list, counted from 1: its number on the wire. 0: not in the list.
template <class R, class List = Requests>
inline constexpr u16 number_of = 0;
template <class R, class... Rest>
inline constexpr u16 number_of<R, std::variant<R, Rest...>> = 1;
template <class R, class First, class... Rest>
inline constexpr u16 number_of<R, std::variant<First, Rest...>> =
    number_of<R, std::variant<Rest...>> ? number_of<R, std::variant<Rest...>> + 1 : 0;

// One of them. A type of its own, so that a file which asks one thing does not compile the copies and ends of them all.
class Request : public Requests {
 public:
  template <class R>
  requires(number_of<R> != 0) explicit Request(const R& request) : Request(number_of<R>, &request) {}
  Request(const Request&);
  Request(Request&&) noexcept;
  ~Request();

 private:
  Request(u16 number, const void* request);
};

// What changes a system or its partitions: while a console holds the system's lock (LockSystem), nobody else may ask it.
using Change =
    std::variant<DefineLpar, RemoveLpar, WriteProfile, RemoveProfile, WriteSystemProfile, RemoveSystemProfile, ActivateLpar,
                 PowerOffLpar, PowerSystem, LockConfiguration, RequestHugePages, ActivateOnDemand, AddAdapter, RemoveAdapter,
                 SetEthernet, ChangeCapacity, SettleCapacity, AddViosMapping, RemoveViosMapping, CreateShell, RemoveShell,
                 OpenStream, CloseStream, BeginPasses, StopStream, RollBackSource, FinishSource, FinishTarget, HandOverInactive,
                 AdoptInactive, MarkMigrating, HoldForMove, WriteNvram, WriteServiceState, ChangeProcessorPool, PingFromFirmware,
                 BootFromNetwork, AddSlot, RemoveSlot, SetLogicalPorts, ChangeHostEthernet, RequestBlockSize, InstallVios,
                 SetMaintenance, WriteVolume>;
template <class R, class List = Change>
inline constexpr bool is_change = false;
template <class R, class... Changes>
inline constexpr bool is_change<R, std::variant<Changes...>> = (std::is_same_v<R, Changes> || ...);

// ---- on the wire ----
// A header of 16 bytes (message number, version, length of the body, epoch of the lock that the sender holds; big-endian), then the
// body as an archive. A reply has the number of its request with the top bit set; an Error answers with number 0xFFFF.

inline constexpr u64 default_timeout = 30'000'000'000;  // some requests power partitions off, or fault memory in

// `epoch`: as LockSystem has answered; 0: the sender holds no lock.
struct Asked {
  Request request;
  u64 epoch = 0;
};
Bytes encode(const Request&, u64 epoch = 0);
Result<Asked> decode(std::span<const u8> message);

Bytes encode_reply(u16 number, const Bytes& body);
Bytes encode_error(const Error&);
Result<Bytes> decode_reply(u16 number, std::span<const u8> message);  // the body, or the error that was sent

// Sends a request and waits for its reply. An Error of the frame and one of the link ("timeout", "closed") look alike;
// after one of the link the channel is of no use any more, because replies are matched by order.
Result<Bytes> exchange(Channel&, const Request&, u16 number, u64 timeout, u64 epoch);
template <class R>
Result<typename R::Reply> ask(Channel& channel, const R& request, u64 timeout = default_timeout, u64 epoch = 0) {
  const Bytes body = TRY(exchange(channel, Request(request), number_of<R>, timeout, epoch));
  return from_bytes<typename R::Reply>(body);
}

// The frame's side: waits for one request, answers it with what `answer(const R&) -> Result<R::Reply>` says; a change only if
// `answer.admits(epoch) -> Status` lets it. A message that is no request is answered with an Error. "timeout": nobody asked; "closed":
// nobody will.
template <class Answer>
Status serve(Channel& channel, u64 timeout, Answer&& answer) {
  const Bytes message = TRY(channel.receive(timeout));
  const Result<Asked> asked = decode(message);
  if (!asked) return channel.send(encode_error(asked.error()));
  return channel.send(std::visit(
      [&]<class R>(const R& request) {
        if constexpr (is_change<R>)
          if (const Status admitted = answer.admits(asked->epoch); !admitted) return encode_error(admitted.error());
        const Result<typename R::Reply> reply = answer(request);
        return reply ? encode_reply(number_of<R>, to_bytes(*reply)) : encode_error(reply.error());
      },
      asked->request));
}

}  // namespace emu::service
