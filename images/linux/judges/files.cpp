// SPDX-License-Identifier: GPL-2.0-or-later
// Writes a tree of files, syncs each, and reads it back from the disk: /var/files/FOLDER/FILE, with new content each time.
//   files folders=4 files=8 kib=64
#include <fcntl.h>
#include <sys/stat.h>

#include <string>
#include <vector>

#include "judges/judge.h"

namespace {

struct Header {
  uint64_t generation = 0;
  uint64_t number = 0;
};

std::string name_of(uint64_t folder, uint64_t file) {
  return "/var/files/" + std::to_string(folder) + "/" + std::to_string(file);
}

void fill(std::vector<uint64_t>& content, const Header& header) {
  uint64_t seed = header.generation * 0x9E3779B97F4A7C15 + header.number + 1;
  content[0] = header.generation;
  content[1] = header.number;
  for (size_t i = 2; i < content.size(); i++) content[i] = judge::next_random(seed);
}

void write_file(const std::string& name, const std::vector<uint64_t>& content) {
  const std::string made = name + ".new";
  const int file = open(made.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
  const size_t bytes = content.size() * sizeof(uint64_t);
  if (file < 0 || write(file, content.data(), bytes) != static_cast<ssize_t>(bytes) || fsync(file) != 0 ||
      posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED) != 0 || rename(made.c_str(), name.c_str()) != 0)
    judge::found_wrong("%s cannot be written: %m", name.c_str());
  if (file >= 0) close(file);
}

void check_file(const std::string& name, const std::vector<uint64_t>& expected) {
  std::vector<uint64_t> content(expected.size());
  const int file = open(name.c_str(), O_RDONLY);
  const size_t bytes = content.size() * sizeof(uint64_t);
  if (file < 0 || posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED) != 0 ||
      read(file, content.data(), bytes) != static_cast<ssize_t>(bytes))
    judge::found_wrong("%s cannot be read: %m", name.c_str());
  else if (content != expected)
    judge::found_wrong("%s has other content than was written", name.c_str());
  if (file >= 0) close(file);
}

}  // namespace

int main(int count, char** words) {
  judge::begin("files");
  const uint64_t folders = judge::argument(count, words, "folders", 4), files = judge::argument(count, words, "files", 8);
  std::vector<uint64_t> content(judge::argument(count, words, "kib", 64) * 128);
  mkdir("/var/files", 0755);
  for (uint64_t folder = 0; folder < folders; folder++) mkdir(("/var/files/" + std::to_string(folder)).c_str(), 0755);
  uint64_t written = 0, verified = 0;
  for (uint64_t generation = 1;; generation++) {
    for (uint64_t number = 0; number < folders * files; number++) {
      const std::string name = name_of(number / files, number % files);
      if (generation > 1) {
        fill(content, {generation - 1, number});
        check_file(name, content);
        verified++;
      }
      fill(content, {generation, number});
      write_file(name, content);
      written++;
      judge::answer_if_asked("written=%llu verified=%llu", static_cast<unsigned long long>(written),
                             static_cast<unsigned long long>(verified));
      judge::sleep_microseconds(2000);
    }
  }
}
