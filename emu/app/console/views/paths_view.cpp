// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/app/console/views/paths_view.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

namespace emu::app::console {

namespace {

// Where the boxes of a picture stand: a column of them with a head and lines in each.
struct Box {
  ImVec2 at;
  ImVec2 size;
  std::map<std::string, float> lines;  // their middle, by what they say
  ImVec2 left(float y) const { return {at.x, y}; }
  ImVec2 right(float y) const { return {at.x + size.x, y}; }
  float middle() const { return at.y + size.y / 2; }
};

class Picture {
 public:
  Picture(const Scene& scene, const IoPaths& paths, const std::string& frame, const IoPart* cut, ImVec2 corner, float width)
      : scene_(scene),
        paths_(paths),
        frame_(frame),
        cut_(cut),
        list_(*ImGui::GetWindowDrawList()),
        corner_(corner),
        width_(width) {
    for (const IoWay& way : paths.ways)
      if (way.frame == frame) ways_.push_back(&way);
    for (const Reach& each : reach_of(paths, cut))
      if (each.frame == frame) touched_.push_back(each);
  }

  // Places all of it; how high it is.
  float place() {
    line_ = ImGui::GetTextLineHeight() + scene_.px(2);
    for (const IoWay* way : ways_) {
      if (!way->partition.empty()) lines_of(clients_, way->partition, way->adapter);
      lines_of(servers_, server(*way).name, device_line(*way));
      if (!std::ranges::count(ends_, way->end)) ends_.push_back(way->end);
    }
    for (const IoPart& part : paths_.parts)
      if (part.kind == PartKind::server && part.frame == frame_ && !std::ranges::count(servers_, part.name, &Named::name))
        servers_.push_back({part.name, {}});
    const float column = width_ * 0.24F;
    const float left = stack(clients_, corner_.x, column), middle = stack(servers_, corner_.x + width_ * 0.36F, column);
    float y = corner_.y;
    for (const size_t end : ends_) {
      end_boxes_[end] = {{corner_.x + width_ * 0.76F, y}, {column, line_ + scene_.px(8)}, {}};
      y += line_ + scene_.px(18);
    }
    return std::max({left, middle, y}) - corner_.y;
  }

  // The part that was clicked on.
  const IoPart* draw() {
    for (const IoWay* way : ways_) draw_way(*way);
    for (const Named& client : clients_) draw_client(client);
    for (const Named& each : servers_) draw_server(each);
    for (const IoWay* way : ways_) draw_cables(*way);
    for (const size_t end : ends_) {
      const Box& box = end_boxes_[end];
      const IoPart& part = paths_.parts[end];
      frame_box(box, part.works, is_cut(part), scene_.colors.panel);
      put({box.at.x + scene_.px(6), box.at.y + scene_.px(4)}, box, name_of(part), scene_.colors.text);
      button(part, box);
    }
    return clicked_;
  }

 private:
  struct Named {
    std::string name;
    std::vector<std::string> lines;
    Box box{};
  };

  static void lines_of(std::vector<Named>& all, const std::string& name, const std::string& line) {
    auto known = std::ranges::find(all, name, &Named::name);
    if (known == all.end()) known = all.insert(all.end(), {name, {}});
    if (!std::ranges::count(known->lines, line)) known->lines.push_back(line);
  }
  static Box& box_of(std::vector<Named>& all, const std::string& name) { return std::ranges::find(all, name, &Named::name)->box; }
  const IoPart& server(const IoWay& way) const { return paths_.parts[way.server]; }
  static std::string device_line(const IoWay& way) { return way.state.empty() ? way.device : way.device + " " + way.state; }
  bool is_cut(const IoPart& part) const { return cut_ && part == *cut_; }

  float stack(std::vector<Named>& all, float x, float width) const {
    float y = corner_.y;
    for (Named& each : all) {
      each.box = {{x, y}, {width, line_ * static_cast<float>(each.lines.size() + 1) + scene_.px(8)}, {}};
      for (size_t i = 0; i < each.lines.size(); ++i)
        each.box.lines[each.lines[i]] = y + scene_.px(4) + line_ * (static_cast<float>(i) + 1.5F);
      y += each.box.size.y + scene_.px(12);
    }
    return y;
  }

  void frame_box(const Box& box, bool works, bool cut, Color fill) const {
    const ImVec2 end{box.at.x + box.size.x, box.at.y + box.size.y};
    list_.AddRectFilled(box.at, end, fill, scene_.px(4));
    const bool bad = cut || !works;
    list_.AddRect(box.at, end, bad ? scene_.colors.bad : scene_.colors.line, scene_.px(4), 0, cut ? scene_.px(3) : scene_.px(1));
    if (!bad) return;
    list_.AddLine(box.at, end, scene_.colors.bad, scene_.px(1));
    list_.AddLine({box.at.x, end.y}, {end.x, box.at.y}, scene_.colors.bad, scene_.px(1));
  }

  // Cut off where the box ends.
  void put(ImVec2 at, const Box& box, const std::string& words, Color color) const {
    list_.PushClipRect(box.at, {box.at.x + box.size.x, box.at.y + box.size.y}, true);
    list_.AddText(at, color, words.c_str());
    list_.PopClipRect();
  }

  void button(const IoPart& part, const Box& box) {
    ImGui::SetCursorScreenPos(box.at);
    const std::string id = fmt::format("##{}/{}/{}/{}", static_cast<int>(part.kind), part.frame, part.server, part.name);
    if (ImGui::InvisibleButton(id.c_str(), box.size)) clicked_ = &part;
    if (ImGui::IsItemHovered()) ImGui::SetTooltip("%s: click to see what breaks without it", name_of(part).c_str());
  }

  void draw_way(const IoWay& way) const {
    const bool open = paths_.open(way, cut_), was_open = paths_.open(way);
    const Color color = open       ? way.state == "BACKUP" || way.partition.empty() ? scene_.colors.dim : scene_.colors.good
                        : was_open ? scene_.colors.warning
                                   : scene_.colors.bad;
    const Box& serving = std::ranges::find(servers_, server(way).name, &Named::name)->box;
    const Box& end = end_boxes_.at(way.end);
    const float through = serving.lines.at(device_line(way));
    const float thick = open ? scene_.px(2) : scene_.px(1.2F);
    const auto curve = [&](ImVec2 a, ImVec2 b) {
      const float bend = (b.x - a.x) / 2;
      list_.AddBezierCubic(a, {a.x + bend, a.y}, {b.x - bend, b.y}, b, color, thick);
    };
    if (!way.partition.empty()) {
      const Box& client = std::ranges::find(clients_, way.partition, &Named::name)->box;
      curve(client.right(client.lines.at(way.adapter)), serving.left(through));
    }
    curve(serving.right(through), end.left(end.middle()));
  }

  // The adapter's line: what would be lost by it.
  void draw_client(const Named& client) const {
    frame_box(client.box, true, false, scene_.colors.raised);
    put({client.box.at.x + scene_.px(6), client.box.at.y + scene_.px(4)}, client.box, client.name, scene_.colors.text);
    for (const std::string& line : client.lines) {
      Color color = scene_.colors.dim;
      for (const IoWay* way : ways_) {
        if (way->partition != client.name || way->adapter != line) continue;
        const auto hit = std::ranges::find_if(
            touched_, [&](const Reach& each) { return each.partition == client.name && each.end == way->end; });
        if (hit == touched_.end()) continue;
        if (hit->left == 0)
          color = scene_.colors.bad;
        else if (cut_)
          color = scene_.colors.warning;
      }
      put({client.box.at.x + scene_.px(6), client.box.lines.at(line) - line_ / 2}, client.box, line, color);
    }
  }

  void draw_server(const Named& each) {
    const auto part = std::ranges::find_if(paths_.parts, [&](const IoPart& known) {
      return known.kind == PartKind::server && known.frame == frame_ && known.name == each.name;
    });
    frame_box(each.box, part->works, is_cut(*part), scene_.colors.raised);
    put({each.box.at.x + scene_.px(6), each.box.at.y + scene_.px(4)}, each.box, each.name + (part->works ? "" : ", off"),
        scene_.colors.text);
    for (const std::string& line : each.lines)
      put({each.box.at.x + scene_.px(6), each.box.lines.at(line) - line_ / 2}, each.box, line, scene_.colors.dim);
    button(*part, each.box);
  }

  // Beside their shared Ethernet adapter.
  void draw_cables(const IoWay& way) {
    const Box& serving = box_of(servers_, server(way).name);
    ImVec2 at{serving.at.x + serving.size.x + scene_.px(10), serving.lines.at(device_line(way)) - line_ / 2 - scene_.px(1)};
    for (const size_t cable : way.cables) {
      const IoPart& part = paths_.parts[cable];
      const Box box{at, {ImGui::CalcTextSize(part.name.c_str()).x + scene_.px(8), line_ + scene_.px(2)}, {}};
      frame_box(box, part.works, is_cut(part), scene_.colors.background);
      put({box.at.x + scene_.px(4), box.at.y + scene_.px(2)}, box, part.name, scene_.colors.dim);
      if (!std::ranges::count(drawn_cables_, cable)) button(part, box);
      drawn_cables_.push_back(cable);
      at.x += box.size.x + scene_.px(3);
    }
  }

  const Scene& scene_;
  const IoPaths& paths_;
  const std::string& frame_;
  const IoPart* cut_;
  ImDrawList& list_;
  ImVec2 corner_;
  float width_;
  float line_ = 0;
  std::vector<const IoWay*> ways_;
  std::vector<Reach> touched_;
  std::vector<Named> clients_, servers_;
  std::vector<size_t> ends_;
  std::map<size_t, Box> end_boxes_;
  std::vector<size_t> drawn_cables_;
  const IoPart* clicked_ = nullptr;
};

// For whoever reads along: each way, as the picture has it.
void read_out(const IoPaths& paths, const std::string& frame, const IoPart* cut) {
  for (const IoWay& way : paths.ways) {
    if (way.frame != frame) continue;
    std::string cables;
    for (const size_t cable : way.cables) cables += " " + paths.parts[cable].name;
    ImGui::LogText("%s", fmt::format("{}{} {}{}{}{} - {}: {}\n",
                                     way.partition.empty() ? "" : fmt::format("{} {} - ", way.partition, way.adapter),
                                     paths.parts[way.server].name, way.device, way.state.empty() ? "" : " ", way.state, cables,
                                     name_of(paths.parts[way.end]), paths.open(way, cut) ? "open" : "closed")
                             .c_str());
  }
}

}  // namespace

const IoPart* PathsView::chosen(const IoPaths& paths) const {
  if (!chosen_) return nullptr;
  const auto known = std::ranges::find(paths.parts, *chosen_);
  return known == paths.parts.end() ? nullptr : &*known;
}

void PathsView::draw(const Scene& scene, const IoPaths& paths, const std::string& frame) {
  const IoPart* const cut = chosen(paths);
  const WithFont small(scene.fonts.small);
  const auto sentences = broken_by(paths, cut, frame);
  const ImVec2 room = ImGui::GetContentRegionAvail();
  const float words = ImGui::GetTextLineHeightWithSpacing() * static_cast<float>(std::clamp<size_t>(sentences.size() + 1, 2, 5));
  ImGui::BeginChild("ways", {room.x, room.y - words});
  {
    ImGui::Dummy({1, scene.px(4)});
    const ImVec2 corner = ImGui::GetCursorScreenPos();
    Picture picture(scene, paths, frame, cut, corner, ImGui::GetContentRegionAvail().x);
    const float high = picture.place();
    if (const IoPart* clicked = picture.draw()) chosen_ = *clicked;
    ImGui::SetCursorScreenPos(corner);
    ImGui::Dummy({1, high});
    if (scene.reader) read_out(paths, frame, cut);
  }
  ImGui::EndChild();
  ImGui::BeginChild("words");
  if (cut)
    text(cut->works ? scene.colors.text : scene.colors.dim,
         fmt::format("Without {}{}{}", name_of(*cut), cut->frame.empty() || cut->frame == frame ? "" : " on " + cut->frame,
                     sentences.empty() ? " nothing more breaks here." : ":"));
  else
    text(scene.colors.dim, "\u2191 \u2193, or a click: what breaks without a part");
  for (const std::string& sentence : sentences)
    text(sentence.find(" keeps ") == std::string::npos ? scene.colors.bad : scene.colors.warning, sentence);
  ImGui::EndChild();
}

void PathsView::press(const IoPaths& paths, const std::string& key) {
  if (key == "Escape" || paths.parts.empty()) {
    chosen_.reset();
    return;
  }
  const IoPart* const now = chosen(paths);
  const size_t count = paths.parts.size(), at = now ? static_cast<size_t>(now - paths.parts.data()) : 0;
  const size_t next = !now ? (key == "Down" ? 0 : count - 1) : (at + (key == "Down" ? 1 : count - 1)) % count;
  chosen_ = paths.parts[next];
}

}  // namespace emu::app::console
