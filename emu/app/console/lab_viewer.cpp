// SPDX-License-Identifier: GPL-2.0-or-later
// One file: keys, mouse and menus lead to the same actions, which a script presses, too.
#include "emu/app/console/lab_viewer.h"

#include "emu/app/console/control.h"
#include "emu/app/console/faults.h"
#include "emu/app/console/lab_watch.h"
#include "emu/app/console/picture.h"
#include "emu/app/console/recording.h"
#include "emu/app/console/sheets/sheets.h"
#include "emu/app/console/views/frame_view.h"
#include "emu/app/console/views/move_view.h"
#include "emu/app/console/views/overlays.h"
#include "emu/app/console/views/paths_view.h"
#include "emu/app/console/views/sheet_view.h"
#include "emu/app/console/views/terminal_view.h"
#include "emu/app/console/views/wizard_view.h"
#include "emu/app/console/window.h"
#include "emu/app/process.h"

#include <imgui.h>

#include <algorithm>
#include <cmath>
#include <csignal>
#include <cstdlib>
#include <optional>

#include <fmt/format.h>

namespace emu::app::console {

namespace {

constexpr u64 picture_interval = 33 * millisecond;  // while something goes on: 30 a second
constexpr u64 idle_interval = 250 * millisecond;
constexpr u64 control_interval = 20 * millisecond;
constexpr u64 lively_time = nanoseconds_per_second;     // after a key or a click
constexpr u64 first_look = 3 * nanoseconds_per_second;  // a picture does not wait longer for what may not be there
constexpr u64 notice_time = 6 * nanoseconds_per_second;
constexpr u64 live_interval = nanoseconds_per_second;
constexpr float largest_scale = 4;

volatile std::sig_atomic_t interruptions = 0;

Result<Extent> extent_of(const std::string& text) {
  if (text.empty()) return Extent{1600, 1000, false};
  char* end = nullptr;
  const long width = std::strtol(text.c_str(), &end, 10);
  const long height = *end == 'x' ? std::strtol(end + 1, &end, 10) : 0;
  if (*end || width < 320 || height < 240 || width > 16384 || height > 16384)
    return Error{"misused", "--size wants a width and a height, such as 1600x1000."};
  return Extent{static_cast<int>(width), static_cast<int>(height), true};
}

// Something that was started from here, and whose end is told at the bottom.
struct Started {
  std::string name;
  std::shared_ptr<Task> task;
};

class LabViewer {
 public:
  LabViewer(const NamedLab& lab, const ConsoleOptions& options, const Clock& clock)
      : options_(options),
        clock_(clock),
        watch_(lab, options.look_on ? Typing::when_typed : Typing::always, clock),
        faults_in_force_(lab),
        faults_(faults_of(lab, {})),
        began_at_(clock.monotonic()) {}
  ~LabViewer() {
    window_.reset();
    if (ImGui::GetCurrentContext()) ImGui::DestroyContext();
  }
  LabViewer(const LabViewer&) = delete;
  LabViewer& operator=(const LabViewer&) = delete;

  Status open();
  Status run();

 private:
  // ---- pictures ----
  Status load_scale(float scale);
  void draw();
  void draw_menu(const Scene&);
  void draw_consoles(const Scene&);
  void draw_frames(const Scene&, ImVec2 at, ImVec2 size);
  void draw_below(const Scene&, ImVec2 at, ImVec2 size);
  void draw_bottom(const Scene&, ImVec2 at, ImVec2 size);
  void draw_overlays(const Scene&);
  // ---- what people do ----
  bool press(const Key&);
  bool press_in_terminal(const Key&);
  bool type(const std::string&);
  void begin(Operation);
  void open(Definition);
  void open_of_selected(Definition (*)(const std::string&, const std::string&));
  void update_sheets();
  void start(const FaultEntry&);
  void zoom(float factor);
  void take_picture();
  void notice(const std::string&);
  void take_orders();
  Result<std::string> obey(const Order&);
  std::shared_ptr<Guest> guest() const { return watch_.guest(watch_.selected_uuid); }
  // ---- time ----
  u64 pause() const;
  bool lively() const { return clock_.monotonic() < lively_until_; }
  bool seen_everything() const;

  const ConsoleOptions& options_;
  const Clock& clock_;
  LabWatch watch_;
  FaultPoll faults_in_force_;
  std::vector<FaultEntry> faults_;
  std::unique_ptr<Window> window_;
  std::unique_ptr<Control> control_;
  std::unique_ptr<Recording> recording_;
  Raster raster_;
  Fonts fonts_;
  Atlas atlas_;
  float scale_ = 1;
  std::optional<float> wanted_scale_;
  Theme theme_ = Theme::dark;
  bool theme_changed_ = false;

  bool keyboard_in_terminal_ = false;
  bool help_ = false;
  bool faults_shown_ = false;
  bool done_ = false;
  std::optional<Wizard> wizard_;
  WizardView wizard_view_;
  std::vector<std::unique_ptr<Sheet>> sheets_;  // one over the other
  SheetView sheet_view_;
  u64 asked_at_ = 0;  // again, of one that shows what changes by itself
  FaultList fault_list_;
  PathsView paths_view_;
  IoPaths io_paths_;  // while they are shown
  std::map<std::string, TerminalView> terminals_;
  std::vector<Started> started_;
  std::string notice_;
  u64 notice_until_ = 0;
  u64 began_at_;
  u64 lively_until_ = 0;
  u64 drawn_at_ = 0;
  u64 pictures_ = 0;
  std::optional<Order> order_;  // that is to be answered after the next picture
  std::map<std::string, std::string> words_;
  std::map<std::string, ImVec2> places_;
  bool clicked_ = false;  // what the order names was there
};

// ---- the window ----

Status LabViewer::load_scale(float scale) {
  scale_ = std::clamp(scale, 0.5F, largest_scale);
  fonts_ = TRY(load_fonts(scale_, atlas_));
  ImGui::GetIO().Fonts->SetTexID(reinterpret_cast<ImTextureID>(1));
  raster_.use_font(atlas_.coverage, atlas_.width, atlas_.height);
  apply(theme_, scale_);
  return success();
}

Status LabViewer::open() {
  const Extent extent = TRY(extent_of(options_.size));
  if (!options_.theme.empty() && options_.theme != "dark" && options_.theme != "light")
    return Error{"misused", "--theme is dark or light."};
  if (options_.theme == "light") theme_ = Theme::light;

  ImGui::CreateContext();
  ImGuiIO& io = ImGui::GetIO();
  io.IniFilename = nullptr;
  io.ConfigFlags |= ImGuiConfigFlags_NavEnableKeyboard;
  io.BackendFlags |= ImGuiBackendFlags_RendererHasVtxOffset;
  const bool in_memory = !display_exists();
  window_ =
      TRY(Window::create("Twinframe - lab " + watch_.lab().lab.name, extent, in_memory ? Place::in_memory : Place::on_display));
  float scale = scale_for(window_->dots_per_inch());
  if (!options_.scale.empty()) scale = std::strtof(options_.scale.c_str(), nullptr);
  if (!(scale >= 0.5F && scale <= largest_scale)) return Error{"misused", "--scale is a number from 0.5 to 4."};
  TRY(load_scale(in_memory && options_.scale.empty() ? 1 : scale));
  if (!options_.control.empty()) control_ = TRY(Control::at(options_.control));
  if (!options_.record.empty())
    recording_ = TRY(Recording::begin(options_.record, window_->extent().width, window_->extent().height));
  return success();
}

u64 LabViewer::pause() const {
  const bool busy = watch_.moving() || lively() || recording_ || !started_.empty() || order_ || !sheets_.empty();
  const u64 wait = busy ? picture_interval : idle_interval;
  const u64 since = clock_.monotonic() - drawn_at_;
  return wait - std::min(wait, since);
}

bool LabViewer::seen_everything() const {
  if (clock_.monotonic() - began_at_ > first_look) return true;
  return clock_.monotonic() - began_at_ > first_look / 3 &&
         std::ranges::all_of(watch_.frames(), [](const auto& frame) { return frame->connected; });
}

Status LabViewer::run() {
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) std::signal(number, [](int) { interruptions = interruptions + 1; });
  u64 limit = std::strtoull(options_.seconds.c_str(), nullptr, 10) * nanoseconds_per_second;
  if (limit == 0 && recording_ && !display_exists() && !control_) limit = 20 * nanoseconds_per_second;
  const Listener listener{[this](const Key& key) { return press(key); }, [this](const std::string& text) { return type(text); }};
  while (!done_ && !window_->closed() && !interruptions) {
    const u64 next = std::max(pause(), millisecond);
    const bool controlled = control_ && control_->connected();
    if (window_->wait(controlled ? std::min(next, control_interval) : next, listener))
      lively_until_ = clock_.monotonic() + lively_time;
    take_orders();
    if (pause() > millisecond && !order_) continue;
    draw();
    const u64 now = clock_.monotonic();
    if (recording_ && recording_->wants(now)) recording_->add(raster_.image(), now);
    if (!options_.screenshot.empty() && seen_everything()) return save_png(raster_.image(), options_.screenshot);
    if (limit && now - began_at_ > limit) break;
  }
  if (recording_) return recording_->finish(clock_.monotonic());
  return success();
}

// ---- pictures ----

void LabViewer::draw() {
  drawn_at_ = clock_.monotonic();
  if (wanted_scale_) {
    if (const auto loaded = load_scale(*wanted_scale_); !loaded) notice(loaded.error().text);
    wanted_scale_.reset();
  }
  if (theme_changed_) apply(theme_, scale_);
  theme_changed_ = false;
  watch_.update();
  if (watch_.ways_shown) io_paths_ = io_paths_of(watch_.frames());
  faults_ = faults_of(watch_.lab(), *faults_in_force_.state());
  if (wizard_) wizard_->update();
  if (auto wanted = wizard_view_.take_wanted(); wanted && wizard_) open(std::move(wanted));
  update_sheets();
  for (size_t i = 0; i < started_.size();) {
    if (!started_[i].task->done()) {
      ++i;
      continue;
    }
    faults_in_force_.hurry();
    const std::string said = started_[i].task->output();
    notice(started_[i].task->code() == 0 ? started_[i].name + ": done"
                                         : started_[i].name + ": " + said.substr(0, said.find('\n')));
    started_.erase(started_.begin() + static_cast<long>(i));
  }

  window_->begin_frame();
  ImGui::NewFrame();
  const Palette& colors = palette(theme_);
  const bool reading = order_ && order_->word == "text";
  const std::string kept = reading ? window_->clipboard() : "";
  const Scene scene{fonts_,
                    colors,
                    scale_,
                    clock_.monotonic(),
                    reading ? &words_ : nullptr,
                    [this] { return window_->clipboard(); },
                    control_ ? &places_ : nullptr};
  places_.clear();
  const ImGuiIO& io = ImGui::GetIO();
  ImGui::PushFont(fonts_.text);
  draw_menu(scene);
  const float menu = ImGui::GetFrameHeight();
  const float bottom = ImGui::GetFrameHeight();
  const float all = io.DisplaySize.y - menu - bottom;
  const float frames = std::max(all * 0.63F, all - scene.px(390));
  draw_frames(scene, {0, menu}, {io.DisplaySize.x, frames});
  draw_below(scene, {0, menu + frames}, {io.DisplaySize.x, all - frames});
  draw_bottom(scene, {0, io.DisplaySize.y - bottom}, {io.DisplaySize.x, bottom});
  draw_overlays(scene);
  ImGui::PopFont();
  ImGui::Render();
  const auto changed = raster_.draw(*ImGui::GetDrawData(), colors.background);
  if (!changed.empty()) window_->show(raster_.image(), changed);
  ++pictures_;
  if (reading) window_->set_clipboard(kept);
  if (order_ && !window_->clicking()) {
    control_->answer(obey(*order_));
    order_.reset();
  }
}

void LabViewer::draw_menu(const Scene& scene) {
  if (!ImGui::BeginMainMenuBar()) return;
  {
    const Area reading(scene, "menu");
    {
      const WithFont bold(fonts_.bold);
      text(scene.colors.accent, "Twinframe");
    }
    text(scene.colors.dim, "lab " + watch_.lab().lab.name);
    const bool any = watch_.selected() != nullptr;
    if (ImGui::BeginMenu("Operations", any)) {
      if (ImGui::BeginMenu("Mobility")) {
        if (ImGui::MenuItem("Validate ...", "F3")) begin(Operation::validate);
        if (ImGui::MenuItem("Migrate ...", "F4")) begin(Operation::migrate);
        if (ImGui::MenuItem("Stop ...", "F5")) begin(Operation::stop);
        if (ImGui::MenuItem("Recover ...", "F6")) begin(Operation::recover);
        ImGui::EndMenu();
      }
      if (ImGui::MenuItem("Next partition", "F7")) watch_.select_next();
      ImGui::EndMenu();
    }
    const bool configuration = ImGui::BeginMenu("Configuration");
    note_place(scene, "Configuration");
    if (configuration) {
      if (ImGui::MenuItem("All partitions", "F11")) press({"F11"});
      if (ImGui::MenuItem("Properties", "Alt+Enter", false, any)) open_of_selected(partition_properties);
      if (ImGui::MenuItem("Manage Profiles", nullptr, false, any)) open_of_selected(partition_profiles);
      note_place(scene, "Manage Profiles");
      if (ImGui::MenuItem("Dynamic Logical Partitioning", nullptr, false, any)) open_of_selected(dynamic_operations);
      for (const FrameConfig& frame : watch_.lab().lab.frames)
        if (ImGui::BeginMenu(frame.name.c_str())) {
          if (ImGui::MenuItem("Properties")) open(system_properties(frame.name));
          if (ImGui::MenuItem("Create Logical Partition")) open(new_partition(frame.name));
          if (ImGui::MenuItem("Shared Processor Pools")) open(processor_pools(frame.name));
          if (ImGui::MenuItem("Host Ethernet")) open(host_ethernet(frame.name));
          ImGui::EndMenu();
        }
      ImGui::EndMenu();
    }
    if (ImGui::BeginMenu("Faults")) {
      std::string group;
      bool open = false;
      for (const FaultEntry& fault : faults_) {
        if (fault.group != group) {
          if (open) ImGui::EndMenu();
          group = fault.group;
          open = ImGui::BeginMenu(group.c_str());
        }
        if (open && ImGui::MenuItem(fault.name.c_str())) start(fault);
      }
      if (open) ImGui::EndMenu();
      ImGui::EndMenu();
    }
    if (ImGui::BeginMenu("View")) {
      if (ImGui::MenuItem("Ways to disks and networks", "F10", watch_.ways_shown)) press({"F10"});
      if (ImGui::MenuItem("Light or dark", "F9")) press({"F9"});
      if (ImGui::MenuItem("Larger", "Ctrl +")) zoom(1.125F);
      if (ImGui::MenuItem("Smaller", "Ctrl -")) zoom(1 / 1.125F);
      if (ImGui::MenuItem("Save a picture", "F12")) take_picture();
      ImGui::EndMenu();
    }
    if (ImGui::BeginMenu("Help")) {
      if (ImGui::MenuItem("Keys and colors", "F1")) help_ = true;
      ImGui::EndMenu();
    }
    draw_consoles(scene);
  }
  ImGui::EndMainMenuBar();
}

// At the right of the menu: how many faults are in force, and each console; the only one is called HMC.
void LabViewer::draw_consoles(const Scene& scene) {
  std::vector<std::pair<std::string, Color>> words;
  if (const size_t count = faults_in_force_.state()->size())
    words.emplace_back(fmt::format("{} fault{} in force", count, count == 1 ? "" : "s"), scene.colors.warning);
  for (const auto& console : watch_.consoles())
    words.emplace_back(fmt::format("{} {}", watch_.consoles().size() > 1 ? console.name : "HMC",
                                   console.connected ? "\u25CF connected" : "\u25A0 No Connection"),
                       console.connected ? scene.colors.good : scene.colors.bad);
  float width = scene.px(14);
  for (const auto& [word, color] : words) width += ImGui::CalcTextSize(word.c_str()).x + ImGui::GetStyle().ItemSpacing.x;
  ImGui::SetCursorPosX(ImGui::GetWindowWidth() - width);
  for (const auto& [word, color] : words) text(color, word);
}

void LabViewer::draw_frames(const Scene& scene, ImVec2 at, ImVec2 size) {
  ImGui::PushStyleColor(ImGuiCol_WindowBg, scene.colors.background);
  ImGui::PushStyleVar(ImGuiStyleVar_WindowBorderSize, 0);
  {
    const Area area(scene, "frames", at, size, 0);
    const size_t count = watch_.frames().size();
    const ImVec2 room = ImGui::GetContentRegionAvail();
    const float gap = ImGui::GetStyle().ItemSpacing.x;
    const bool all_fit = count <= 2;
    const float width = (room.x - gap) / 2;
    ImGui::BeginChild("row", room, false, all_fit ? 0 : ImGuiWindowFlags_HorizontalScrollbar);
    const float height = ImGui::GetContentRegionAvail().y;
    for (size_t i = 0; i < count; ++i) {
      const std::string& name = watch_.lab().lab.frames[i].name;
      if (i) ImGui::SameLine();
      ImGui::PushStyleColor(ImGuiCol_ChildBg, scene.colors.panel);
      ImGui::BeginChild(name.c_str(), {count == 1 ? room.x : width, height}, true);
      ImGui::PopStyleColor();
      draw_frame(scene, name, *watch_.frames()[i], watch_.selected_uuid);
      if (watch_.ways_shown) {
        paths_view_.draw(scene, io_paths_, name);
        ImGui::EndChild();
        continue;
      }
      // The terminal of the selected partition, or of the first one that runs here; others are tabs.
      std::vector<const Found*> here;
      for (const Found& found : watch_.partitions())
        if (found.where.frame == name && watch_.frames()[i]->connected) here.push_back(&found);
      const Found* shown = here.empty() ? nullptr : here.front();
      for (const Found* found : here)
        if (found->uuid == watch_.selected_uuid) shown = found;
      if (here.size() > 1 && ImGui::BeginTabBar("guests")) {
        for (const Found* found : here)
          if (ImGui::TabItemButton((found->name + "##" + found->uuid).c_str())) watch_.selected_uuid = found->uuid;
        ImGui::EndTabBar();
      }
      if (const auto shown_guest = shown ? watch_.guest(shown->uuid) : nullptr) {
        const bool keyboard = keyboard_in_terminal_ && shown->uuid == watch_.selected_uuid;
        if (scene.reader) ImGui::LogText("\nterminal of %s on %s:\n", shown->name.c_str(), name.c_str());
        if (terminals_[shown->uuid].draw(scene, *shown_guest, keyboard)) {
          watch_.selected_uuid = shown->uuid;
          keyboard_in_terminal_ = true;
        }
      } else {
        const ImVec2 left = ImGui::GetContentRegionAvail();
        const std::string words = watch_.frames()[i]->connected ? "No guest runs here." : "";
        ImGui::SetCursorPos({ImGui::GetCursorPosX() + (left.x - ImGui::CalcTextSize(words.c_str()).x) / 2,
                             ImGui::GetCursorPosY() + left.y / 2 - ImGui::GetTextLineHeight()});
        text(scene.colors.faint, words);
      }
      ImGui::EndChild();
    }
    ImGui::EndChild();
  }
  ImGui::PopStyleVar();
  ImGui::PopStyleColor();
}

void LabViewer::draw_below(const Scene& scene, ImVec2 at, ImVec2 size) {
  const Area area(scene, "move", at, size);
  const Found* selected = watch_.selected();
  if (watch_.move())
    console::draw_move(scene, *watch_.move(), watch_.timeline(), watch_.moves_to_the_right());
  else
    draw_no_move(scene, watch_.timeline(), selected ? selected->name : "", guest() && guest()->ticks_address());
}

void LabViewer::draw_bottom(const Scene& scene, ImVec2 at, ImVec2 size) {
  ImGui::PushStyleColor(ImGuiCol_WindowBg, scene.colors.raised);
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {scene.px(10), scene.px(5)});
  {
    const Area area(scene, "bottom", at, size);
    const WithFont small(fonts_.small);
    if (scene.now < notice_until_) {
      text(scene.colors.warning, notice_);
    } else {
      bool first = true;
      for (const Shortcut& shortcut : shortcuts()) {
        if (!shortcut.at_the_bottom) continue;
        if (!first) ImGui::SameLine(0, scene.px(16));
        first = false;
        text(scene.colors.accent, shortcut.key);
        ImGui::SameLine(0, scene.px(5));
        text(scene.colors.dim, shortcut.meaning);
      }
    }
  }
  ImGui::PopStyleVar();
  ImGui::PopStyleColor();
}

void LabViewer::draw_overlays(const Scene& scene) {
  if (!sheets_.empty()) sheet_view_.draw(scene, *sheets_.back());
  if (wizard_ && sheets_.empty()) {
    wizard_view_.draw(scene, *wizard_);
    if (wizard_->closed()) {
      // A command that goes on is not ended by its window.
      if (wizard_->result() && !wizard_->result()->done()) started_.push_back({wizard_->command(), wizard_->result()});
      wizard_.reset();
    }
  }
  if (faults_shown_)
    if (const FaultEntry* fault = fault_list_.draw(scene, faults_, faults_shown_)) {
      start(*fault);
      faults_shown_ = false;
    }
  if (help_) help_ = draw_help(scene);
}

// ---- what people do ----

void LabViewer::notice(const std::string& words) {
  notice_ = words;
  notice_until_ = clock_.monotonic() + notice_time;
}

void LabViewer::begin(Operation operation) {
  const Found* found = watch_.selected();
  if (!found) return notice("No partition is selected.");
  const NamedLab& lab = watch_.lab();
  const auto console = watch_.console_for(*found);
  if (!console) return notice(fmt::format("No console manages {}.", found->where.frame));
  Wizard::Subject subject{found->name, found->where.frame, found->info.state == LparState::running, {}, {}};
  for (const FrameConfig& frame : lab.lab.frames) {
    if (frame.name == subject.system) continue;
    // What this console does not manage is reached through the one that does. (docs/consoles.md)
    const bool here = lab.lab.consoles[*console].manages(frame.name);
    const auto there = lab.console_of(frame.name);
    if (!here && !there) continue;
    subject.other_systems.push_back(frame.name);
    if (!here) subject.remote[frame.name] = lab.lab.consoles[*there].name;
  }
  wizard_.emplace(operation, std::move(subject), [hmc = lab.console(*console).hmc_file()](std::vector<std::string> words) {
    return run_at_hmc(hmc, std::move(words));
  });
  wizard_view_ = {};
  keyboard_in_terminal_ = false;
  faults_shown_ = false;
}

void LabViewer::open(Definition definition) {
  keyboard_in_terminal_ = false;
  faults_shown_ = false;
  sheet_view_ = {};
  sheets_.push_back(std::make_unique<Sheet>(std::move(definition), [this](const Command& command) -> std::shared_ptr<Task> {
    const auto console = watch_.lab().console_of(command.system);
    if (!console)
      return run_beside([system = command.system]() -> Result<std::string> {
        return Error{"console", fmt::format("No console manages {}.", system)};
      });
    return run_at_hmc(watch_.lab().console(*console).hmc_file(), command.words);
  }));
}

void LabViewer::open_of_selected(Definition (*make)(const std::string&, const std::string&)) {
  const Found* found = watch_.selected();
  if (!found) return notice("No partition is selected.");
  open(make(found->where.frame, found->name));
}

// The uppermost is worked with. What it has changed may be listed in the one below.
void LabViewer::update_sheets() {
  if (sheets_.empty()) return;
  Sheet& sheet = *sheets_.back();
  sheet.update();
  if (sheet.definition().live && clock_.monotonic() - asked_at_ > live_interval) {
    sheet.ask();
    asked_at_ = clock_.monotonic();
  }
  if (auto opened = sheet.take_opened()) return open(std::move(opened));
  if (!sheet.closed()) return;
  const bool has_changed = sheet.has_changed_something();
  if (!sheet.said().empty() && !sheet.refused()) notice(sheet.said().substr(0, sheet.said().find('\n')));
  sheets_.pop_back();
  sheet_view_ = {};
  if (!has_changed) return;
  if (!sheets_.empty()) {
    sheets_.back()->note_change();
    sheets_.back()->ask();
  } else if (wizard_ && wizard_->page() == Page::validation) {
    wizard_->validate_again();
  }
}

void LabViewer::start(const FaultEntry& fault) {
  if (fault.typed) {
    if (const auto to = guest()) {
      to->type(fault.target);
      watch_.hurry(to->uuid());
      notice(fmt::format("typed into {}: {}", to->name(), fault.target.substr(0, fault.target.find('\r'))));
    }
    return;
  }
  started_.push_back({fault.group + ": " + fault.name, fault.start(watch_.lab(), fault)});
}

void LabViewer::zoom(float factor) { wanted_scale_ = scale_ * factor; }

void LabViewer::take_picture() {
  const std::string file = fmt::format("twinframe-{}.png", clock_.wall() / nanoseconds_per_second);
  const auto saved = save_png(raster_.image(), file);
  notice(saved ? "saved as " + file : saved.error().text);
}

bool LabViewer::press_in_terminal(const Key& key) {
  const auto to = guest();
  if (!to) return false;
  TerminalView& view = terminals_[to->uuid()];
  if (key.control && key.shift) {
    if (key.name == "A") view.select_all(*to);
    if (key.name == "C") window_->set_clipboard(view.selected(*to));
    if (key.name == "V") type(window_->clipboard());
    return true;
  }
  if (key.shift && (key.name == "PageUp" || key.name == "PageDown")) {
    view.scroll(key.name == "PageUp" ? 12 : -12);
    return true;
  }
  const std::string bytes =
      to->look([&](Screen& screen) { return screen.bytes_of_key(key.name, key.control, key.shift, key.alt); });
  if (!bytes.empty()) type(bytes);
  return true;
}

bool LabViewer::press(const Key& key) {
  if (key.name == "F1") {
    help_ = !help_;
    return true;
  }
  if (help_ && (key.name == "Escape" || key.name == "Return")) {
    help_ = false;
    return true;
  }
  if (!sheets_.empty()) return sheets_.back()->press(key.name, key.control, key.shift, key.alt);
  if (wizard_) return wizard_view_.press(*wizard_, key.name, key.control, key.shift, key.alt);
  if (faults_shown_) {
    if (const FaultEntry* fault = fault_list_.press(faults_, key.name, faults_shown_)) start(*fault);
    return true;
  }
  if (key.name == "F2") {
    keyboard_in_terminal_ = !keyboard_in_terminal_ && guest();
    return true;
  }
  if (keyboard_in_terminal_) return press_in_terminal(key);
  if (key.name == "F3")
    begin(Operation::validate);
  else if (key.name == "F4")
    begin(Operation::migrate);
  else if (key.name == "F5")
    begin(Operation::stop);
  else if (key.name == "F6")
    begin(Operation::recover);
  else if (key.name == "F7")
    watch_.select_next();
  else if (key.name == "F8")
    faults_shown_ = true;
  else if (key.name == "F11" || (key.alt && key.name == "Return"))
    key.name == "F11" ? open(all_partitions(watch_.frame_names())) : open_of_selected(partition_properties);
  else if (key.name == "F9") {
    theme_ = theme_ == Theme::dark ? Theme::light : Theme::dark;
    theme_changed_ = true;
  } else if (key.name == "F10") {
    watch_.ways_shown = !watch_.ways_shown;
  } else if (watch_.ways_shown && (key.name == "Up" || key.name == "Down" || key.name == "Escape")) {
    paths_view_.press(io_paths_, key.name);
  } else if (key.name == "F12") {
    take_picture();
  } else if (key.control && (key.name == "=" || key.name == "+" || key.name == "Keypad +")) {
    zoom(1.125F);
  } else if (key.control && (key.name == "-" || key.name == "Keypad -")) {
    zoom(1 / 1.125F);
  } else if (key.control && key.name == "Q") {
    done_ = true;
  } else if (key.shift && (key.name == "PageUp" || key.name == "PageDown")) {
    return press_in_terminal(key);
  } else {
    return false;
  }
  return true;
}

bool LabViewer::type(const std::string& typed) {
  if (wizard_ || !sheets_.empty() || help_ || faults_shown_ || !keyboard_in_terminal_) return false;
  const auto to = guest();
  if (!to) return false;
  to->type(typed);
  terminals_[to->uuid()].to_the_end();
  watch_.hurry(to->uuid());
  return true;
}

// ---- by remote control ----

void LabViewer::take_orders() {
  if (!control_ || order_) return;
  order_ = control_->next();
  if (!order_) return;
  if (order_->word == "press") {
    const auto key = parse_key(order_->rest);
    if (!key) return;  // said in the answer
    window_->press(*key);
    window_->wait(millisecond, {[this](const Key& pressed) { return press(pressed); },
                                [this](const std::string& text) { return type(text); }});
  } else if (order_->word == "click") {
    const auto place = places_.find(order_->rest);
    clicked_ = place != places_.end();
    if (clicked_) window_->click(place->second.x, place->second.y);
  } else if (order_->word == "type") {
    window_->type(order_->rest);
    window_->wait(millisecond, {[this](const Key& pressed) { return press(pressed); },
                                [this](const std::string& text) { return type(text); }});
  }
}

// What is left of an order once a picture has been drawn.
Result<std::string> LabViewer::obey(const Order& order) {
  if (order.word == "press") {
    TRY(parse_key(order.rest));
    return std::string();
  }
  if (order.word == "type") return std::string();
  if (order.word == "click") {
    if (!clicked_) return Error{"control", fmt::format("Nothing is displayed that says {}.", order.rest)};
    return std::string();
  }
  if (order.word == "text") {
    const auto words = words_.find(order.rest);
    const std::string found = words == words_.end() ? "" : words->second;
    words_.clear();
    return found;
  }
  if (order.word == "pictures") return std::to_string(pictures_);
  if (order.word == "screenshot") {
    TRY(save_png(raster_.image(), order.rest));
    return std::string();
  }
  if (order.word == "close") {
    done_ = true;
    return std::string();
  }
  return Error{"control", fmt::format("There is no command {}.", order.word)};
}

}  // namespace

Status show_lab(const NamedLab& lab, const ConsoleOptions& options, const Clock& clock) {
  LabViewer viewer(lab, options, clock);
  TRY(viewer.open());
  return viewer.run();
}

}  // namespace emu::app::console
