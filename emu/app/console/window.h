// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The window, its events and the clipboard: the only file that knows SDL. Without a display the same window lies in memory
// and takes the events that a script presses. One thread.

#include <functional>
#include <memory>
#include <span>
#include <string>

#include "emu/app/console/raster.h"
#include "emu/core/result.h"

namespace emu::app::console {

// A key that went down, by SDL's name of it: "F4", "Return", "Escape", "Up", "A" ...
struct Key {
  std::string name;
  bool control = false;
  bool shift = false;
  bool alt = false;
};
// "ctrl+shift+C" and the like.
Result<Key> parse_key(std::string_view text);

// Who hears of keys and text before the widgets do. True: it was for them, and the widgets do not get it.
struct Listener {
  std::function<bool(const Key&)> key;
  std::function<bool(const std::string&)> text;
};

enum class Place { on_display, in_memory };

struct Extent {  // in pixels
  int width = 0;
  int height = 0;
  bool fixed = true;  // false: smaller, if the display is
};

inline constexpr Extent smallest{800, 560, true};

// As large as the display has room for, what a panel of the desktop leaves of it; the title's bar is above the window. One that somebody
// has asked for stays as it is.
Extent fitting(Extent wanted, int room_width, int room_height);
// 1 at 96 dots per inch, in quarters; never smaller.
float scale_for(float dots_per_inch);

class Window {
 public:
  // Dear ImGui's context must be there.
  static Result<std::unique_ptr<Window>> create(const std::string& title, Extent, Place);
  virtual ~Window() = default;

  // Waits up to `timeout` nanoseconds for events and hands them on. True if there were any.
  virtual bool wait(u64 timeout, const Listener&) = 0;
  virtual bool closed() const = 0;    // somebody wants it closed
  virtual Extent extent() const = 0;  // now
  virtual float dots_per_inch() const = 0;
  virtual void begin_frame() = 0;  // tells Dear ImGui sizes, time and mouse
  virtual void show(const Image&, std::span<const Rectangle> changed) = 0;

  // As if somebody pressed, typed, clicked; they come with the next wait().
  virtual void press(const Key&) = 0;
  virtual void type(const std::string& text) = 0;
  virtual void click(float x, float y) = 0;
  virtual bool clicking() const = 0;  // pictures are drawn until it has had its effect

  virtual std::string clipboard() const = 0;
  virtual void set_clipboard(const std::string&) = 0;
};

// Whether a window can be opened where people see it.
bool display_exists();

}  // namespace emu::app::console
