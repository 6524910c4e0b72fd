// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/app/image_copy.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace emu::app {

namespace {

struct File {
  int number = -1;
  ~File() {
    if (number >= 0) close(number);
  }
};

// The parts that hold data; what lies between stays a hole.
bool copy_data(int from, int to, off_t bytes) {
  if (ftruncate(to, bytes) != 0) return false;
  for (off_t at = 0; at < bytes;) {
    const off_t begin = lseek(from, at, SEEK_DATA);
    if (begin < 0) return errno == ENXIO;  // nothing but a hole up to the end
    const off_t end = lseek(from, begin, SEEK_HOLE);
    if (end < 0) return false;
    off_t source = begin, target = begin;
    while (source < end) {
      const ssize_t done = copy_file_range(from, &source, to, &target, static_cast<size_t>(end - source), 0);
      if (done <= 0 && errno != EINTR) return false;
    }
    at = end;
  }
  return true;
}

}  // namespace

Status copy_image(const std::string& image, const std::string& file) {
  if (access(file.c_str(), F_OK) == 0) return success();
  const File from{open(image.c_str(), O_RDONLY | O_CLOEXEC)};
  struct stat status {};
  if (from.number < 0 || fstat(from.number, &status) != 0) return Error{"san", "The image " + image + " cannot be read."};
  std::string made = file + ".XXXXXX";
  const File to{mkostemp(made.data(), O_CLOEXEC)};
  const bool copied = to.number >= 0 && copy_data(from.number, to.number, status.st_size);
  // Its name comes last: a copy that was broken off is not taken for a disk.
  if (copied && rename(made.c_str(), file.c_str()) == 0) return success();
  if (to.number >= 0) unlink(made.c_str());
  return Error{"san", "The image " + image + " cannot be copied to " + file + "."};
}

}  // namespace emu::app
