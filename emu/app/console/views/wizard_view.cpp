// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/app/console/views/wizard_view.h"

#include "emu/app/console/views/form_view.h"
#include "emu/core/text.h"

#include <imgui_stdlib.h>

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>

namespace emu::app::console {

namespace {

constexpr std::string_view names[] = {"Partition Migration Validation", "Partition Migration", "Stop Migration",
                                      "Recover Migration"};

std::string headline(const Wizard& wizard) {
  return fmt::format("{} - {} on {}", names[static_cast<size_t>(wizard.operation())], wizard.subject().partition,
                     wizard.subject().system);
}

void field(const Scene& scene, const char* name, const std::string& value) {
  text(scene.colors.dim, name);
  ImGui::SameLine(scene.px(220));
  text(scene.colors.text, value.empty() ? "-" : value);
}

void draw_output(const Scene& scene, const std::string& output) {
  for (const std::string& line : emu::words(output, '\n')) {
    const bool heading = line == "Errors:" || line == "Warnings:";
    ImGui::PushStyleColor(ImGuiCol_Text, line == "Errors:"     ? scene.colors.bad
                                         : line == "Warnings:" ? scene.colors.warning
                                                               : scene.colors.text);
    if (heading) ImGui::PushFont(scene.fonts.bold);
    ImGui::TextWrapped("%s", line.c_str());
    if (heading) ImGui::PopFont();
    ImGui::PopStyleColor();
  }
}

void draw_command(const Scene& scene, const Wizard& wizard) {
  text(scene.colors.dim, "The command that does it (Ctrl+C copies it):");
  const std::string line = wizard.command();
  ImGui::PushStyleColor(ImGuiCol_ChildBg, scene.colors.screen);
  ImGui::BeginChild("command", {0, scene.px(64)}, true);
  {
    const WithFont screen(scene.fonts.screens[2]);
    ImGui::PushStyleColor(ImGuiCol_Text, scene.colors.ink);
    ImGui::TextWrapped("%s", line.c_str());
    ImGui::PopStyleColor();
  }
  ImGui::EndChild();
  ImGui::PopStyleColor();
  if (ImGui::Button("Copy")) ImGui::SetClipboardText(line.c_str());
}

// The list of pages, with the present one marked.
void draw_pages(const Scene& scene, const Wizard& wizard) {
  const WithFont small(scene.fonts.small);
  for (size_t i = 0; i < wizard.pages().size(); ++i) {
    const bool here = i == wizard.place();
    text(here                 ? scene.colors.accent
         : i < wizard.place() ? scene.colors.text
                              : scene.colors.faint,
         fmt::format("{} {}",
                     here                 ? "\u25B6"
                     : i < wizard.place() ? "\u2713"
                                          : "\u25CB",
                     title_of(wizard.pages()[i])));
  }
}

void draw_information(const Scene& scene, const Wizard& wizard) {
  field(scene, "Source system", wizard.subject().system);
  field(scene, "Migrating partition", wizard.subject().partition);
  field(scene, "Migration type",
        wizard.subject().running ? "Active: it is running, and goes on running" : "Inactive: it is not activated");
  ImGui::Dummy({1, scene.px(8)});
  ImGui::PushStyleColor(ImGuiCol_Text, scene.colors.dim);
  ImGui::TextWrapped("%s",
                     "The next pages ask where it shall go, and what shall serve it there. Nothing is changed before Finish.");
  ImGui::PopStyleColor();
}

void draw_summary(const Scene& scene, Wizard& wizard) {
  field(scene, "Source system", wizard.subject().system);
  field(scene, "Migrating partition", wizard.subject().partition);
  if (wizard.operation() == Operation::stop) {
    text(scene.colors.text, "The migration is stopped, and the partition goes on where it is.");
  } else if (wizard.operation() == Operation::recover) {
    text(scene.colors.text, "Both systems are asked what has become of the migration; it is completed, or rolled back.");
    ImGui::Checkbox("Force recover (F): only if a normal recovery does not succeed", &wizard.force);
  } else {
    field(scene, "Destination system", wizard.destination.text());
    field(scene, "Destination profile name", wizard.profile_name.empty() ? "as it is" : wizard.profile_name);
    field(scene, "Mover service partitions", wizard.movers.text());
    for (const Choice& choice : wizard.vlans) field(scene, choice.label.c_str(), choice.text());
    for (const Choice& choice : wizard.scsi) field(scene, ("Virtual SCSI, " + choice.label).c_str(), choice.text());
    field(scene, "Shared processor pool", wizard.pool.text());
    field(scene, "Wait time (in min)", wizard.wait_minutes);
  }
  ImGui::Dummy({1, scene.px(6)});
  draw_command(scene, wizard);
}

void draw_status(const Scene& scene, const Wizard& wizard) {
  const auto& task = wizard.result();
  if (!task || !task->done()) {
    text(scene.colors.warning, "\u25B6 " + wizard.command());
    text(scene.colors.dim, "The pictures behind this window show how far it is. It may be closed: the command goes on.");
    return;
  }
  const bool good = task->code() == 0;
  text(good ? scene.colors.good : scene.colors.bad,
       good ? "\u2713 Done, exit status 0." : fmt::format("\u2717 Exit status {}.", task->code()));
  draw_output(scene, task->output());
}

}  // namespace

void WizardView::draw_choice(const Scene& scene, Choice& choice, size_t number) {
  if (!choice.label.empty()) text(number == list_ ? scene.colors.accent : scene.colors.dim, choice.label);
  for (size_t i = 0; i < choice.options.size(); ++i)
    if (ImGui::RadioButton(fmt::format("{}##{}-{}", choice.options[i], number, i).c_str(), choice.chosen == i)) {
      choice.chosen = i;
      list_ = number;
    }
}

void WizardView::draw_set_up(const Scene& scene, Wizard& wizard, bool fresh) {
  ImGui::PushStyleColor(ImGuiCol_Text, scene.colors.dim);
  ImGui::TextWrapped(
      "%s",
      "Where it shall go. Validate asks the HMC whether it can, and changes nothing; what serves it there can be chosen then. It "
      "cannot be migrated before that.");
  ImGui::PopStyleColor();
  ImGui::Dummy({1, scene.px(6)});
  const auto lines = wizard.set_up();
  if (fresh || list_ >= lines.size() || !lines[list_].can_change()) list_ = next_line(lines, lines.size() - 1, true);
  if (fresh) focused_ = lines.size();
  wants_text_ = lines[list_].text != nullptr;
  const size_t had_it = std::exchange(focused_, list_);
  for (size_t i = 0; i < lines.size(); ++i) {
    const Focus focus = i != list_ ? Focus::elsewhere : i == had_it ? Focus::here : Focus::comes;
    if (draw_line(scene, lines[i], i, focus, scene.px(260))) list_ = i;
  }
  if (wizard.may_migrate())
    text(scene.colors.good, "\u2713 No errors: the partition can migrate.");
  else if (wizard.has_errors())
    text(scene.colors.bad, "\u2717 There are errors: they must be eliminated first.");
}

// Redbook, figures 4-11 and 4-12.
void WizardView::draw_findings(const Scene& scene, const Wizard& wizard) {
  if (wizard.asking()) return text(scene.colors.warning, "\u25B6 The HMC validates ...");
  if (!wizard.has_errors()) text(scene.colors.good, "\u2713 No errors: the partition can migrate.");
  const auto findings = wizard.findings();
  if (list_ >= findings.size()) list_ = 0;
  std::optional<bool> heading;
  for (size_t i = 0; i < findings.size(); ++i) {
    const Finding& finding = findings[i];
    if (heading != finding.error) {
      heading = finding.error;
      const WithFont bold(scene.fonts.bold);
      text(finding.error ? scene.colors.bad : scene.colors.warning, finding.error ? "Errors:" : "Warnings:");
    }
    // Its sentence over its lines; a click leads to what mends it, as Enter does.
    const bool here = i == list_;
    const ImVec2 begin = ImGui::GetCursorScreenPos();
    ImGui::PushStyleColor(ImGuiCol_Text, here ? scene.colors.accent : scene.colors.text);
    ImGui::TextWrapped("%s%s", here ? "\u25B6 " : "", finding.text.c_str());
    ImGui::PopStyleColor();
    const ImVec2 end = ImGui::GetItemRectMax();
    note_place(scene, finding.code());
    if (ImGui::IsMouseHoveringRect(begin, {begin.x + ImGui::GetContentRegionAvail().x, end.y}) && ImGui::IsMouseClicked(0) &&
        ImGui::IsWindowHovered()) {
      list_ = i;
      wanted_ = wizard.mending(finding);
    }
  }
  if (list_ < findings.size() && wizard.mending(findings[list_])) {
    ImGui::Dummy({1, scene.px(6)});
    text(scene.colors.dim, "Enter, or a click, leads to where it is mended.");
  }
}

void WizardView::draw_page(const Scene& scene, Wizard& wizard) {
  const bool fresh = shown_page_ != wizard.place();
  shown_page_ = wizard.place();
  if (fresh) list_ = 0;
  const auto input = [&](const char* label, std::string& value, const char* explanation) {
    text(scene.colors.dim, label);
    if (fresh) ImGui::SetKeyboardFocusHere();
    ImGui::SetNextItemWidth(scene.px(260));
    ImGui::InputText("##value", &value);
    ImGui::PushStyleColor(ImGuiCol_Text, scene.colors.dim);
    ImGui::TextWrapped("%s", explanation);
    ImGui::PopStyleColor();
  };
  wants_text_ = wizard.page() == Page::profile || wizard.page() == Page::wait;
  switch (wizard.page()) {
    case Page::set_up:
      return draw_set_up(scene, wizard, fresh);
    case Page::information:
      return draw_information(scene, wizard);
    case Page::profile:
      return input("New destination profile name", wizard.profile_name,
                   "Left blank, the profile that the partition was last activated with is replaced on the destination.");
    case Page::wait:
      return input("Wait time (in min)", wizard.wait_minutes, "How long the operating system may take to prepare itself.");
    case Page::validation:
      return draw_findings(scene, wizard);
    case Page::summary:
      return draw_summary(scene, wizard);
    case Page::status:
      return draw_status(scene, wizard);
    case Page::destination:
      text(scene.colors.dim, "Destination system");
      break;
    case Page::movers:
      text(scene.colors.dim, "Source and destination mover service partition");
      break;
    case Page::vlans:
      text(scene.colors.dim, "Virtual I/O Server that bridges each VLAN on the destination (VLAN/name/id)");
      break;
    case Page::scsi:
      text(scene.colors.dim, "Virtual I/O Server that serves each virtual SCSI adapter on the destination (slot/name/id)");
      break;
    case Page::pool:
      text(scene.colors.dim, "Shared processor pool on the destination");
      break;
  }
  if (wizard.asking()) return text(scene.colors.warning, "\u25B6 The HMC is asked ...");
  const auto choices = wizard.choices();
  if (choices.empty()) text(scene.colors.text, "Nothing is to be chosen: the partition has no such adapter.");
  for (size_t i = 0; i < choices.size(); ++i) draw_choice(scene, *choices[i], i);
}

void WizardView::go_on(Wizard& wizard) { wizard.at_its_end() ? wizard.close() : wizard.next(); }

void WizardView::draw_buttons(const Scene& scene, Wizard& wizard) {
  const bool validating = wizard.operation() == Operation::validate;
  const bool list = validating && wizard.page() == Page::validation;
  text(scene.colors.dim, list ? "" : wizard.obstacle());
  const float button = scene.px(128);
  ImGui::SameLine(ImGui::GetWindowContentRegionMax().x - 3 * (button + scene.px(8)));
  if (validating && !list) {
    ImGui::BeginDisabled(!wizard.may_migrate());
    if (console::button(scene, "Migrate (F4)", {button, 0})) wizard.migrate();
    ImGui::EndDisabled();
  } else if (!list && wizard.may_go_back()) {
    if (console::button(scene, "Back (Alt+\u2190)", {button, 0})) wizard.back();
  } else {
    ImGui::Dummy({button, 1});
  }
  ImGui::SameLine();
  ImGui::BeginDisabled(list ? wizard.asking() : !wizard.at_its_end() && !wizard.may_go_on());
  const char* const forward = list || wizard.at_its_end() ? "Close (Enter)"
                              : validating                ? "Validate (Enter)"
                              : wizard.finishing()        ? "Finish (Enter)"
                                                          : "Next (Enter)";
  if (console::button(scene, forward, {button, 0})) go_on(wizard);
  ImGui::EndDisabled();
  ImGui::SameLine();
  if (list)
    ImGui::Dummy({button, 1});
  else if (console::button(scene, "Cancel (Esc)", {button, 0}))
    wizard.close();
}

void WizardView::draw(const Scene& scene, Wizard& wizard) {
  const ImVec2 screen = ImGui::GetIO().DisplaySize;
  const ImVec2 size{std::min(scene.px(760), screen.x - scene.px(20)), std::min(scene.px(470), screen.y - scene.px(20))};
  // While the command runs, the pictures are what is to be seen.
  const bool out_of_the_way = wizard.page() == Page::status && shown_page_ != wizard.place();
  const ImVec2 small{size.x, std::min(size.y, scene.px(270))};
  ImGui::SetNextWindowPos({(screen.x - size.x) / 2, out_of_the_way ? scene.px(120) : (screen.y - size.y) / 2.4F},
                          out_of_the_way ? ImGuiCond_Always : ImGuiCond_Appearing);
  ImGui::SetNextWindowSize(out_of_the_way ? small : size, out_of_the_way ? ImGuiCond_Always : ImGuiCond_Appearing);
  bool open = true;
  ImGui::Begin((headline(wizard) + "###wizard").c_str(), &open, ImGuiWindowFlags_NoCollapse | ImGuiWindowFlags_NoSavedSettings);
  {
    const Area reading(scene, "wizard");
    if (scene.reader) ImGui::LogText("%s\n", headline(wizard).c_str());
    if (wizard.pages().size() > 2) {
      ImGui::BeginChild("pages", {scene.px(230), -ImGui::GetFrameHeightWithSpacing() - scene.px(6)});
      draw_pages(scene, wizard);
      ImGui::EndChild();
      ImGui::SameLine();
    }
    ImGui::BeginChild("page", {0, -ImGui::GetFrameHeightWithSpacing() - scene.px(6)});
    if (wizard.page() != Page::set_up) {  // whose title the window has
      {
        const WithFont large(scene.fonts.large);
        text(scene.colors.text, std::string(title_of(wizard.page())));
      }
      ImGui::Dummy({1, scene.px(4)});
    }
    draw_page(scene, wizard);
    ImGui::EndChild();

    ImGui::Separator();
    draw_buttons(scene, wizard);
  }
  ImGui::End();
  if (!open) wizard.close();
}

bool WizardView::press(Wizard& wizard, const std::string& key, bool control, bool shift, bool alt) {
  const bool list = wizard.operation() == Operation::validate && wizard.page() == Page::validation;
  if (key == "Escape" && list) {
    wizard.next();  // back to the window that it stands over
  } else if (key == "Escape") {
    wizard.close();
  } else if (wizard.page() == Page::validation && !wizard.asking() && (key == "Up" || key == "Down" || key == "Tab")) {
    if (const size_t count = wizard.findings().size()) list_ = (list_ + (key == "Up" ? count - 1 : 1)) % count;
  } else if (key == "Return" || key == "Keypad Enter") {
    const auto findings = wizard.findings();
    if (wizard.page() == Page::validation && wizard.has_errors() && list_ < findings.size())
      wanted_ = wizard.mending(findings[list_]);
    if (!wanted_) go_on(wizard);
  } else if (alt && key == "Left") {
    wizard.back();
  } else if (key == "F4") {
    wizard.migrate();
  } else if (wizard.page() == Page::set_up) {
    const auto lines = wizard.set_up();
    if (list_ >= lines.size()) return true;
    if (key == "Up" || key == "Down" || key == "Tab")
      list_ = next_line(lines, list_, key != "Up" && !shift);
    else if (!change(lines[list_], key))
      return !lines[list_].text;
  } else if (control && key == "C" && wizard.page() == Page::summary) {
    ImGui::SetClipboardText(wizard.command().c_str());
  } else if (key == "F" && wizard.page() == Page::summary && wizard.operation() == Operation::recover) {
    wizard.force = !wizard.force;
  } else if (key == "Up" || key == "Down" || key == "Tab") {
    const auto choices = wizard.choices();
    if (choices.empty()) return false;
    if (key == "Tab") {
      list_ = (list_ + 1) % choices.size();
      return true;
    }
    Choice& choice = *choices[std::min(list_, choices.size() - 1)];
    if (choice.options.empty()) return true;
    const size_t count = choice.options.size();
    choice.chosen = (choice.chosen + (key == "Down" ? 1 : count - 1)) % count;
  } else {
    return !wants_text_;
  }
  return true;
}

}  // namespace emu::app::console
