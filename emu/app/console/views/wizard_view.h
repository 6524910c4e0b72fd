// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The windows of validation and migration. Return, Escape, Alt+Left and the arrow keys do what its buttons and lists do.

#include "emu/app/console/views/scene.h"
#include "emu/app/console/wizard.h"

namespace emu::app::console {

class WizardView {
 public:
  void draw(const Scene&, Wizard&);
  // True: the key was for the wizard.
  bool press(Wizard&, const std::string& key, bool control, bool shift, bool alt);
  // Somebody wants to see what mends a finding.
  Definition take_wanted() { return std::exchange(wanted_, nullptr); }

 private:
  void draw_page(const Scene&, Wizard&);
  void draw_choice(const Scene&, Choice&, size_t number);
  void draw_set_up(const Scene&, Wizard&, bool fresh);
  void draw_findings(const Scene&, const Wizard&);
  void draw_buttons(const Scene&, Wizard&);
  void go_on(Wizard&);
  size_t list_ = 0;     // of several lists, lines or findings on a page, the one that the arrow keys are for
  size_t focused_ = 0;  // the line that had the keyboard in the picture before
  size_t shown_page_ = ~size_t{0};
  bool wants_text_ = false;
  Definition wanted_;
};

}  // namespace emu::app::console
