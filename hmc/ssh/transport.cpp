// SPDX-License-Identifier: GPL-2.0-or-later
#include "hmc/ssh/transport.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <list>
#include <mutex>
#include <vector>

#include <fmt/format.h>
#include <libssh/callbacks.h>
#include <libssh/server.h>
#include <sys/stat.h>
#include <unistd.h>

namespace hmc::ssh {

namespace {

using emu::Error;
using emu::Result;
using emu::Status;

template <auto release>
struct Release {
  template <class T>
  void operator()(T* pointer) const {
    release(pointer);
  }
};
using Key = std::unique_ptr<ssh_key_struct, Release<ssh_key_free>>;
using Bind = std::unique_ptr<ssh_bind_struct, Release<ssh_bind_free>>;
using Session = std::unique_ptr<ssh_session_struct, Release<ssh_free>>;
using Event = std::unique_ptr<ssh_event_struct, Release<ssh_event_free>>;

// ---- keys ----

Result<Key> key_in(const std::string& file, ssh_keytypes_e type, int bits) {
  ssh_key key = nullptr;
  const int imported = ssh_pki_import_privkey_file(file.c_str(), nullptr, nullptr, nullptr, &key);
  if (imported == SSH_OK) return Key(key);
  if (imported != SSH_EOF) return Error{"ssh", fmt::format("{} is no key: remove it, and a new one is made", file)};
  if (ssh_pki_generate(type, bits, &key) != SSH_OK) return Error{"ssh", "no key can be made"};
  Key made(key);
  const mode_t before = umask(0077);
  const int written = ssh_pki_export_privkey_file(key, nullptr, nullptr, nullptr, file.c_str());
  umask(before);
  if (written != SSH_OK) return Error{"ssh", fmt::format("{} cannot be written", file)};
  return made;
}

std::string text_of(ssh_key key) {
  char* base64 = nullptr;
  if (ssh_pki_export_pubkey_base64(key, &base64) != SSH_OK) return "";
  std::string text = fmt::format("{} {}", ssh_key_type_to_char(ssh_key_type(key)), base64);
  ssh_string_free_char(base64);
  return text;
}

class Keys final : public HostKeys {
 public:
  Keys(Bind bind, Key key) : bind_(std::move(bind)), key_(std::move(key)) {}
  std::string fingerprint() const override {
    unsigned char* hash = nullptr;
    size_t length = 0;
    if (ssh_get_publickey_hash(key_.get(), SSH_PUBLICKEY_HASH_SHA256, &hash, &length) != 0) return "";
    char* text = ssh_get_fingerprint_hash(SSH_PUBLICKEY_HASH_SHA256, hash, length);
    std::string all = text ? text : "";
    ssh_string_free_char(text);
    ssh_clean_pubkey_hash(&hash);
    return all;
  }
  std::string known_host() const override { return text_of(key_.get()); }
  ssh_bind bind() const { return bind_.get(); }

 private:
  Bind bind_;
  Key key_;
};

// ---- channels ----

class ServerChannel final : public Channel {
 public:
  ServerChannel(ssh_channel channel, ConnectionHandler& connection) : channel_(channel) {
    callbacks_.userdata = this;
    callbacks_.channel_data_function = [](ssh_session, ssh_channel, void* data, uint32_t length, int is_errors,
                                          void* self) -> int {
      return is_errors ? static_cast<int>(length) : of(self).taken({static_cast<const char*>(data), length});
    };
    callbacks_.channel_eof_function = [](ssh_session, ssh_channel, void* self) { of(self).ended_ = true; };
    callbacks_.channel_signal_function = [](ssh_session, ssh_channel, const char* name, void* self) {
      if (of(self).handler_) of(self).handler_->signalled(name);
    };
    callbacks_.channel_pty_request_function = [](ssh_session, ssh_channel, const char* type, int columns, int rows, int, int,
                                                 void* self) {
      return answer(of(self).handler_ && of(self).handler_->terminal({type, size(columns, 80), size(rows, 24)}));
    };
    callbacks_.channel_pty_window_change_function = [](ssh_session, ssh_channel, int columns, int rows, int, int, void* self) {
      if (of(self).handler_) of(self).handler_->resized(size(columns, 80), size(rows, 24));
      return 0;
    };
    callbacks_.channel_shell_request_function = [](ssh_session, ssh_channel, void* self) {
      return answer(of(self).handler_ && of(self).handler_->shell());
    };
    callbacks_.channel_exec_request_function = [](ssh_session, ssh_channel, const char* command, void* self) {
      return answer(of(self).handler_ && of(self).handler_->execute(command));
    };
    callbacks_.channel_subsystem_request_function = [](ssh_session, ssh_channel, const char* name, void* self) {
      return answer(of(self).handler_ && of(self).handler_->subsystem(name));
    };
    callbacks_.channel_env_request_function = [](ssh_session, ssh_channel, const char*, const char*, void*) { return 1; };
    ssh_callbacks_init(&callbacks_);
    ssh_set_channel_callbacks(channel_, &callbacks_);
    handler_ = connection.opened(*this);
  }
  ServerChannel(const ServerChannel&) = delete;
  ServerChannel& operator=(const ServerChannel&) = delete;
  ~ServerChannel() override {
    ssh_remove_channel_callbacks(channel_, &callbacks_);
    ssh_channel_free(channel_);
  }

  bool accepted() const { return handler_ != nullptr; }
  size_t room() const override { return open() && kept_.empty() ? ssh_channel_window_size(channel_) : 0; }
  // While keys are exchanged anew the library takes nothing, or a part: the rest is kept.
  void write(std::string_view text, Stream stream) override {
    kept_stream_ = stream;
    kept_ = text;
    flush();
  }
  bool finish(const Ended& ended) override {
    if (finished_ || !open()) return true;
    flush();
    if (!kept_.empty()) return false;
    finished_ = true;
    if (ended.signal.empty())
      ssh_channel_request_send_exit_status(channel_, ended.status);
    else
      ssh_channel_request_send_exit_signal(channel_, ended.signal.c_str(), 0, "", "");
    ssh_channel_send_eof(channel_);
    ssh_channel_close(channel_);
    return true;
  }
  bool open() const override { return !ssh_channel_is_closed(channel_); }

  void flush() {
    while (!kept_.empty() && open()) {
      const auto length = static_cast<uint32_t>(kept_.size());
      const int written = kept_stream_ == Stream::output ? ssh_channel_write(channel_, kept_.data(), length)
                                                         : ssh_channel_write_stderr(channel_, kept_.data(), length);
      if (written <= 0) return;
      kept_.erase(0, static_cast<size_t>(written));
    }
  }

  // What the handler had no room for stays with the library, and so the client sends no more.
  void offer_again() {
    std::array<char, 16 * 1024> buffer{};
    while (left_ > 0) {
      const int got = ssh_channel_read_nonblocking(channel_, buffer.data(), std::min<uint32_t>(buffer.size(), left_), 0);
      if (got <= 0) break;
      left_ -= std::min(static_cast<uint32_t>(got), left_);
      waiting_.append(buffer.data(), static_cast<size_t>(got));
      hand_over();
      if (!waiting_.empty()) return;
    }
    hand_over();
    if (ended_ && !told_ && left_ == 0 && waiting_.empty()) {
      told_ = true;
      handler_->input_ended();
    }
  }

 private:
  static ServerChannel& of(void* self) { return *static_cast<ServerChannel*>(self); }
  static int answer(bool well) { return well ? 0 : 1; }
  static u16 size(int asked, u16 otherwise) { return asked > 0 && asked < 10'000 ? static_cast<u16>(asked) : otherwise; }

  // `data`: all that the library keeps, what was left of it last time first.
  int taken(std::string_view data) {
    const size_t took = waiting_.empty() && handler_ ? handler_->typed(data) : 0;
    left_ = static_cast<uint32_t>(data.size() - took);
    return static_cast<int>(took);
  }
  void hand_over() {
    if (!waiting_.empty()) waiting_.erase(0, handler_->typed(waiting_));
  }

  ssh_channel channel_;
  ssh_channel_callbacks_struct callbacks_{};
  ChannelHandler* handler_ = nullptr;
  uint32_t left_ = 0;    // bytes that the library keeps for us
  std::string waiting_;  // taken from it, and not by the handler
  std::string kept_;     // written to us, and not taken by the library
  Stream kept_stream_ = Stream::output;
  bool ended_ = false, told_ = false, finished_ = false;
};

// ---- the connection ----

class ServerTransport final : public Transport {
 public:
  ServerTransport(Session session, ConnectionHandler& handler) : session_(std::move(session)), handler_(handler) {
    callbacks_.userdata = this;
    callbacks_.auth_password_function = [](ssh_session, const char* user, const char* password, void* self) -> int {
      return answer(of(self).handler_.password(user, password));
    };
    callbacks_.auth_pubkey_function = [](ssh_session, const char* user, ssh_key key, char state, void* self) -> int {
      if (state != SSH_PUBLICKEY_STATE_NONE && state != SSH_PUBLICKEY_STATE_VALID) return SSH_AUTH_DENIED;
      return answer(of(self).handler_.key(user, text_of(key), state == SSH_PUBLICKEY_STATE_VALID));
    };
    callbacks_.channel_open_request_session_function = [](ssh_session on, void* self) { return of(self).open_channel(on); };
    ssh_callbacks_init(&callbacks_);
    ssh_set_server_callbacks(session_.get(), &callbacks_);
    ssh_set_message_callback(
        session_.get(), [](ssh_session, ssh_message message, void* self) { return of(self).message(message); }, this);
    ssh_set_auth_methods(session_.get(), SSH_AUTH_METHOD_PASSWORD | SSH_AUTH_METHOD_PUBLICKEY | SSH_AUTH_METHOD_INTERACTIVE);
  }
  ServerTransport(const ServerTransport&) = delete;
  ServerTransport& operator=(const ServerTransport&) = delete;
  ~ServerTransport() override {
    event_.reset();
    channels_.clear();  // the library frees those that are left
    ssh_disconnect(session_.get());
  }

  bool greet(u32 seconds) override {
    const long patience = seconds;
    ssh_options_set(session_.get(), SSH_OPTIONS_TIMEOUT, &patience);
    if (ssh_handle_key_exchange(session_.get()) != SSH_OK) return false;
    ssh_set_blocking(session_.get(), 0);
    event_.reset(ssh_event_new());
    return event_ && ssh_event_add_session(event_.get(), session_.get()) == SSH_OK;
  }
  int socket() const override { return ssh_get_fd(session_.get()); }
  bool wants_to_write() const override { return (ssh_get_poll_flags(session_.get()) & SSH_WRITE_PENDING) != 0; }
  bool proceed() override {
    const int done = ssh_event_dopoll(event_.get(), 0);
    return done != SSH_ERROR && ssh_is_connected(session_.get()) &&
           (ssh_get_status(session_.get()) & (SSH_CLOSED | SSH_CLOSED_ERROR)) == 0;
  }
  void offer_again() override {
    for (const auto& channel : channels_) {
      channel->flush();
      channel->offer_again();
    }
  }
  void forget(Channel& channel) override {
    std::erase_if(channels_, [&](const auto& each) { return each.get() == &channel; });
  }

 private:
  static ServerTransport& of(void* self) { return *static_cast<ServerTransport*>(self); }
  static int answer(bool well) { return well ? SSH_AUTH_SUCCESS : SSH_AUTH_DENIED; }

  ssh_channel open_channel(ssh_session session) {
    ssh_channel made = ssh_channel_new(session);
    if (!made) return nullptr;
    auto channel = std::make_unique<ServerChannel>(made, handler_);
    if (!channel->accepted()) return nullptr;
    channels_.push_back(std::move(channel));
    return made;
  }
  // What the callbacks above do not take: the password by question and answer, and what is not offered at all (forwarding, X11, agents).
  int message(ssh_message message) {
    constexpr int refused = 1;
    if (ssh_message_type(message) != SSH_REQUEST_AUTH || ssh_message_subtype(message) != SSH_AUTH_METHOD_INTERACTIVE)
      return refused;
    if (!ssh_message_auth_kbdint_is_response(message)) {
      const char* user = ssh_message_auth_user(message);
      asked_user_ = user ? user : "";
      const char* prompts[] = {"Password: "};
      char echoed[] = {0};
      return ssh_message_auth_interactive_request(message, "", "", 1, prompts, echoed) == SSH_OK ? 0 : refused;
    }
    const char* given =
        ssh_userauth_kbdint_getnanswers(session_.get()) == 1 ? ssh_userauth_kbdint_getanswer(session_.get(), 0) : nullptr;
    if (asked_user_.empty() || !given || !handler_.password(asked_user_, given)) return refused;
    ssh_message_auth_reply_success(message, 0);
    return 0;
  }

  Session session_;
  ConnectionHandler& handler_;
  ssh_server_callbacks_struct callbacks_{};
  Event event_;
  std::list<std::unique_ptr<ServerChannel>> channels_;
  std::string asked_user_;
};

}  // namespace

Result<std::unique_ptr<HostKeys>> HostKeys::open(const std::string& folder) {
  Key ed25519 = TRY(key_in(folder + "/ssh_host_ed25519_key", SSH_KEYTYPE_ED25519, 0));
  Key ecdsa = TRY(key_in(folder + "/ssh_host_ecdsa_key", SSH_KEYTYPE_ECDSA_P256, 256));
  Bind bind(ssh_bind_new());
  const bool no = false;
  ssh_bind_options_set(bind.get(), SSH_BIND_OPTIONS_PROCESS_CONFIG, &no);  // nothing of the host's own server
  for (Key* key : {&ed25519, &ecdsa}) {
    ssh_key given = ssh_key_dup(key->get());
    if (!given || ssh_bind_options_set(bind.get(), SSH_BIND_OPTIONS_IMPORT_KEY, given) != SSH_OK)
      return Error{"ssh", "the host key cannot be used"};
  }
  return std::unique_ptr<HostKeys>(new Keys(std::move(bind), std::move(ed25519)));
}

Result<std::string> key_pair(const std::string& file, const std::string& comment) {
  const Key key = TRY(key_in(file, SSH_KEYTYPE_ED25519, 0));
  const std::string text = text_of(key.get());
  std::ofstream stream(file + ".pub");
  stream << text << ' ' << comment << '\n';
  std::error_code failed;
  std::filesystem::permissions(file + ".pub", std::filesystem::perms(0600), failed);
  if (!stream.flush() || failed) return Error{"ssh", fmt::format("{}.pub cannot be written", file)};
  return text;
}

Result<std::unique_ptr<Transport>> Transport::create(HostKeys& keys, int socket, ConnectionHandler& handler) {
  Session session(ssh_new());
  if (!session || ssh_bind_accept_fd(static_cast<Keys&>(keys).bind(), session.get(), socket) != SSH_OK) {
    close(socket);
    return Error{"ssh", "a connection cannot be taken"};
  }
  return std::unique_ptr<Transport>(new ServerTransport(std::move(session), handler));
}

}  // namespace hmc::ssh
