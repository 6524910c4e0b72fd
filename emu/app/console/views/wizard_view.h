// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The wizard's window. Return, Escape, Alt+Left and the arrow keys do what its buttons and lists do.

#include "emu/app/console/views/scene.h"
#include "emu/app/console/wizard.h"

namespace emu::app::console {

class WizardView {
 public:
  void draw(const Scene&, Wizard&);
  // True: the key was for the wizard.
  bool press(Wizard&, const std::string& key, bool control, bool shift, bool alt);

 private:
  void draw_page(const Scene&, Wizard&);
  void draw_choice(const Scene&, Choice&, size_t number);
  size_t list_ = 0;  // of several lists on a page, the one that the arrow keys move in
  size_t shown_page_ = ~size_t{0};
  bool wants_text_ = false;
};

}  // namespace emu::app::console
