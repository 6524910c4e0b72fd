// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/app/console/window.h"

#include <SDL.h>
#include <imgui.h>
#if __has_include(<backends/imgui_impl_sdl2.h>)
#include <backends/imgui_impl_sdl2.h>
#else
#include <backends/imgui_impl_sdl.h>
#endif

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <vector>

#include <fmt/format.h>

namespace emu::app::console {

namespace {

Key key_of(const SDL_Keysym& symbol) {
  const auto held = [&](int modifier) { return (symbol.mod & modifier) != 0; };
  return {SDL_GetKeyName(symbol.sym), held(KMOD_CTRL), held(KMOD_SHIFT), held(KMOD_ALT)};
}

class SdlWindow final : public Window {
 public:
  explicit SdlWindow(SDL_Window* window) : window_(window) {
    ImGui_ImplSDL2_InitForOpenGL(window_, nullptr);  // which asks for nothing of OpenGL
    SDL_StartTextInput();
  }
  ~SdlWindow() override {
    ImGui_ImplSDL2_Shutdown();
    SDL_DestroyWindow(window_);
    SDL_Quit();
  }

  bool wait(u64 timeout, const Listener& listener) override {
    SDL_Event event;
    if (!SDL_WaitEventTimeout(&event, std::max(1, static_cast<int>(timeout / 1'000'000)))) return false;
    do take(event, listener);
    while (SDL_PollEvent(&event));
    return true;
  }

  bool closed() const override { return closed_; }

  Extent extent() const override {
    Extent now;
    SDL_GetWindowSize(window_, &now.width, &now.height);
    return now;
  }

  float dots_per_inch() const override {
    float dots = 96;
    if (SDL_GetDisplayDPI(std::max(0, SDL_GetWindowDisplayIndex(window_)), nullptr, &dots, nullptr) != 0) return 96;
    return dots;
  }

  // What was pressed is held for a picture: Dear ImGui looks at keys and buttons once for each.
  void begin_frame() override {
    ImGui_ImplSDL2_NewFrame();
    if (clicking()) {
      // First it is there, then the button goes down, then up.
      ImGuiIO& io = ImGui::GetIO();
      io.MousePos = click_at_;
      io.MouseDown[0] = click_pictures_ == 2;
      --click_pictures_;
    }
    for (SDL_Event& release : releases_) SDL_PushEvent(&release);
    releases_.clear();
  }

  void show(const Image& image, std::span<const Rectangle> changed) override {
    SDL_Surface* const surface = SDL_GetWindowSurface(window_);
    if (!surface) return;
    const int width = std::min(image.width, surface->w);
    std::vector<SDL_Rect> areas;
    for (const Rectangle& area : changed) {
      const SDL_Rect rect{area.left, area.top, std::min(area.right, width) - area.left,
                          std::min(area.bottom, surface->h) - area.top};
      if (rect.w <= 0 || rect.h <= 0) continue;
      areas.push_back(rect);
      const size_t from = static_cast<size_t>(rect.y) * static_cast<size_t>(image.width) + static_cast<size_t>(rect.x);
      SDL_ConvertPixels(
          rect.w, rect.h, SDL_PIXELFORMAT_XRGB8888, image.pixels.data() + from, image.width * 4, surface->format->format,
          static_cast<u8*>(surface->pixels) + rect.y * surface->pitch + rect.x * surface->format->BytesPerPixel, surface->pitch);
    }
    if (!areas.empty()) SDL_UpdateWindowSurfaceRects(window_, areas.data(), static_cast<int>(areas.size()));
  }

  void press(const Key& key) override {
    SDL_Event event{};
    event.key.windowID = SDL_GetWindowID(window_);
    event.key.keysym.sym = SDL_GetKeyFromName(key.name.c_str());
    event.key.keysym.scancode = SDL_GetScancodeFromKey(event.key.keysym.sym);
    event.key.keysym.mod =
        static_cast<Uint16>((key.control ? KMOD_LCTRL : 0) | (key.shift ? KMOD_LSHIFT : 0) | (key.alt ? KMOD_LALT : 0));
    event.type = event.key.type = SDL_KEYDOWN;
    event.key.state = SDL_PRESSED;
    SDL_PushEvent(&event);
    event.type = event.key.type = SDL_KEYUP;
    event.key.state = SDL_RELEASED;
    event.key.keysym.mod = KMOD_NONE;
    releases_.push_back(event);
  }

  void type(const std::string& text) override {
    // An event holds 32 bytes; characters are not cut.
    for (size_t at = 0; at < text.size();) {
      size_t length = std::min<size_t>(text.size() - at, SDL_TEXTINPUTEVENT_TEXT_SIZE - 1);
      while (length > 1 && at + length < text.size() && (text[at + length] & 0xC0) == 0x80) --length;
      SDL_Event event{};
      event.type = event.text.type = SDL_TEXTINPUT;
      event.text.windowID = SDL_GetWindowID(window_);
      std::memcpy(event.text.text, text.data() + at, length);
      SDL_PushEvent(&event);
      at += length;
    }
  }

  void click(float x, float y) override {
    click_at_ = {x, y};
    click_pictures_ = 3;
  }
  bool clicking() const override { return click_pictures_ > 0; }

  std::string clipboard() const override {
    char* const text = SDL_GetClipboardText();
    std::string copy = text ? text : "";
    SDL_free(text);
    return copy;
  }
  void set_clipboard(const std::string& text) override { SDL_SetClipboardText(text.c_str()); }

 private:
  void take(const SDL_Event& event, const Listener& listener) {
    if (event.type == SDL_QUIT) closed_ = true;
    if (event.type == SDL_KEYDOWN) {
      SDL_SetModState(static_cast<SDL_Keymod>(event.key.keysym.mod));  // pressed ones have no key that is held
      if (listener.key(key_of(event.key.keysym))) return;
    }
    if (event.type == SDL_KEYUP) SDL_SetModState(static_cast<SDL_Keymod>(event.key.keysym.mod));
    if (event.type == SDL_TEXTINPUT && listener.text(event.text.text)) return;
    ImGui_ImplSDL2_ProcessEvent(&event);
  }

  SDL_Window* window_;
  std::vector<SDL_Event> releases_;  // of what was pressed from here
  ImVec2 click_at_{};
  int click_pictures_ = 0;
  bool closed_ = false;
};

}  // namespace

Result<Key> parse_key(std::string_view text) {
  Key key;
  for (size_t plus = text.find('+'); plus != text.npos && plus + 1 < text.size(); plus = text.find('+')) {
    const std::string_view held = text.substr(0, plus);
    if (held != "ctrl" && held != "shift" && held != "alt") break;
    key.control |= held == "ctrl";
    key.shift |= held == "shift";
    key.alt |= held == "alt";
    text.remove_prefix(plus + 1);
  }
  key.name = text;
  if (SDL_GetKeyFromName(key.name.c_str()) == SDLK_UNKNOWN) return Error{"key", fmt::format("There is no key {}.", text)};
  return key;
}

bool display_exists() {
  const auto given = [](const char* name) { return std::getenv(name) && *std::getenv(name); };
  return given("DISPLAY") || given("WAYLAND_DISPLAY") || given("SDL_VIDEODRIVER");
}

Result<std::unique_ptr<Window>> Window::create(const std::string& title, Extent extent, Place place) {
  SDL_SetHint(SDL_HINT_FRAMEBUFFER_ACCELERATION, "0");  // our pixels go into the window as they are
  SDL_SetHint(SDL_HINT_NO_SIGNAL_HANDLERS, "1");
  SDL_SetHint("SDL_VIDEO_X11_NET_WM_BYPASS_COMPOSITOR", "0");
  if (place == Place::in_memory) SDL_SetHint("SDL_VIDEODRIVER", "dummy");
  if (place == Place::in_memory) setenv("SDL_VIDEODRIVER", "dummy", 1);
  if (SDL_Init(SDL_INIT_VIDEO) != 0) return Error{"display", fmt::format("No window can be opened: {}.", SDL_GetError())};
  SDL_Rect room{};
  if (place == Place::on_display && SDL_GetDisplayUsableBounds(0, &room) == 0) extent = fitting(extent, room.w, room.h);
  SDL_Window* const window = SDL_CreateWindow(title.c_str(), SDL_WINDOWPOS_CENTERED, SDL_WINDOWPOS_CENTERED, extent.width,
                                              extent.height, SDL_WINDOW_RESIZABLE | SDL_WINDOW_ALLOW_HIGHDPI);
  if (!window) return Error{"display", fmt::format("No window can be opened: {}.", SDL_GetError())};
  SDL_SetWindowMinimumSize(window, smallest.width, smallest.height);
  return std::unique_ptr<Window>(std::make_unique<SdlWindow>(window));
}

}  // namespace emu::app::console
