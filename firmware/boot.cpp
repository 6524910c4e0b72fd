// SPDX-License-Identifier: GPL-2.0-or-later
#include "firmware/boot.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <elf.h>

#include <fmt/format.h>

#include "firmware/devtree/tree.h"
#include "firmware/dispatcher.h"
#include "firmware/partition.h"
#include "firmware/rtas/rtas.h"

namespace firmware {

namespace {

namespace files = std::filesystem;

constexpr u64 rtas_area = 64 * KiB;  // a page of the largest guests, so that reserving it is exact
constexpr u64 tree_area = 256 * KiB;
constexpr u64 low_memory = 256 * MiB;  // everything that the guest must find early lies below

emu::Result<Bytes> read_file(const std::string& name) {
  const emu::Error unreadable{"image", fmt::format("The file {} cannot be read.", name)};
  std::error_code failed;
  if (!files::is_regular_file(name, failed)) return unreadable;  // a folder can be opened, and then throws
  // In one piece: a kernel has 45 MB, which take 0.18 s character by character, and 0.04 s so.
  Bytes content(files::file_size(name, failed));
  std::ifstream file(name, std::ios::binary);
  if (!file.read(reinterpret_cast<char*>(content.data()), static_cast<std::streamsize>(content.size()))) return unreadable;
  return content;
}

// Fields of an ELF file of either byte order.
class Elf {
 public:
  explicit Elf(const Bytes& file) : file_(file) {}

  bool valid() const {
    return file_.size() >= sizeof(Elf64_Ehdr) && std::equal(ELFMAG, ELFMAG + SELFMAG, file_.begin()) &&
           file_[EI_CLASS] == ELFCLASS64 && number<u16>(offsetof(Elf64_Ehdr, e_machine)) == EM_PPC64;
  }
  template <class T>
  T number(u64 at) const {
    if (at > file_.size() || sizeof(T) > file_.size() - at) return 0;
    const T value = emu::load_be<T>(file_.data() + at);
    return file_[EI_DATA] == ELFDATA2MSB ? value : emu::byte_swapped(value);
  }
  bool has(u64 at, u64 length) const { return at <= file_.size() && length <= file_.size() - at; }
  const u8* at(u64 offset) const { return file_.data() + offset; }

 private:
  const Bytes& file_;
};

}  // namespace

emu::Result<std::string> find_image(const std::string& name) {
  if (name.empty()) return emu::Error{"image", "The profile names no boot image."};
  if (name.find('/') != std::string::npos) return name;
  std::vector<std::string> folders;
  if (const char* folder = std::getenv("TWINFRAME_IMAGES")) folders.emplace_back(folder);
  folders.emplace_back(TWINFRAME_IMAGE_FOLDER);
  for (const std::string& folder : folders)
    for (const std::string& file : {folder + "/" + name, folder + "/" + name + ".elf"})
      if (files::is_regular_file(file)) return file;
  return emu::Error{"image",
                    fmt::format("There is no boot image {} in {}; set TWINFRAME_IMAGES to its folder.", name, folders.front())};
}

emu::Result<BootImage> image_of_profile(Partition& partition, const std::string& image_file) {
  const emu::Configuration& configuration = partition.configuration();
  Bytes content = TRY(read_file(image_file));
  return BootImage{image_file, std::move(content), configuration.boot_initrd, configuration.boot_arguments, "", {}};
}

emu::Result<BootLayout> load_boot_image(Partition& partition, const std::string& image_file) {
  return load_boot_image(partition, TRY(image_of_profile(partition, image_file)));
}

emu::Result<BootLayout> load_boot_image(Partition& partition, const BootImage& boot) {
  emu::GuestMemory& memory = partition.memory();
  const std::string& image_file = boot.name;
  const Elf elf(boot.content);
  const emu::Error no_image{"image", fmt::format("{} is not a 64-bit PowerPC ELF file.", image_file)};
  if (!elf.valid()) return no_image;
  const u64 entry = elf.number<u64>(offsetof(Elf64_Ehdr, e_entry));
  const u64 headers = elf.number<u64>(offsetof(Elf64_Ehdr, e_phoff));
  const u16 count = elf.number<u16>(offsetof(Elf64_Ehdr, e_phnum));
  const u16 header_bytes = elf.number<u16>(offsetof(Elf64_Ehdr, e_phentsize));

  BootLayout layout;
  // Real mode ignores the top four bits of an address.
  layout.entry = entry & 0x0FFF'FFFF'FFFF'FFFF;
  layout.image = ~u64{0};
  u64 image_end = 0;
  for (u16 i = 0; i < count; ++i) {
    const u64 at = headers + u64{i} * header_bytes;
    if (!elf.has(at, sizeof(Elf64_Phdr))) return no_image;
    if (elf.number<u32>(at + offsetof(Elf64_Phdr, p_type)) != PT_LOAD) continue;
    const u64 offset = elf.number<u64>(at + offsetof(Elf64_Phdr, p_offset));
    const u64 in_file = elf.number<u64>(at + offsetof(Elf64_Phdr, p_filesz));
    const u64 in_memory = elf.number<u64>(at + offsetof(Elf64_Phdr, p_memsz));
    const u64 virtual_at = elf.number<u64>(at + offsetof(Elf64_Phdr, p_vaddr));
    const u64 real_at = elf.number<u64>(at + offsetof(Elf64_Phdr, p_paddr)) & 0x0FFF'FFFF'FFFF'FFFF;
    if (in_file > in_memory || !elf.has(offset, in_file)) return no_image;
    if (!memory.contains(real_at, in_memory))
      return emu::Error{"image",
                        fmt::format("{} needs more memory than partition {} has.", image_file, partition.definition().name)};
    memory.write(real_at, {elf.at(offset), in_file});
    memory.zero(real_at + in_file, in_memory - in_file);
    if (entry >= virtual_at && entry - virtual_at < in_memory) layout.entry = entry - virtual_at + real_at;
    layout.image = std::min(layout.image, real_at);
    image_end = std::max(image_end, real_at + in_memory);
  }
  if (image_end == 0) return no_image;

  const u64 top = std::min(partition.memory_bytes(), low_memory);
  layout.rtas_base = top - rtas_area;
  layout.tree = layout.rtas_base - tree_area;
  u64 free_end = layout.tree;
  if (!boot.initrd_file.empty()) {
    const Bytes initrd = TRY(read_file(boot.initrd_file));
    if (initrd.size() > free_end - std::min(free_end, image_end))
      return emu::Error{"image", fmt::format("Image and initrd do not fit into partition {}.", partition.definition().name)};
    layout.initrd_start = (free_end - initrd.size()) & ~(64 * KiB - 1);
    layout.initrd_end = layout.initrd_start + initrd.size();
    free_end = layout.initrd_start;
    memory.write(layout.initrd_start, initrd);
  }
  if (image_end > free_end)
    return emu::Error{"image", fmt::format("{} does not fit into partition {}.", image_file, partition.definition().name)};

  for (size_t i = 0; i < rtas::stub.size(); ++i) memory.write_be(layout.rtas_base + 4 * i, rtas::stub[i]);
  const devices::Node root = devtree::build(partition, layout, boot);
  const Bytes tree = TRY(devtree::flatten(root, {{layout.rtas_base, rtas_area}}, 0));
  if (tree.size() > tree_area) return emu::Error{"devtree", "The device tree is too large."};
  memory.write(layout.tree, tree);
  return layout;
}

emu::Status Partition::boot(const std::string& image_file) {
  begin(TRY(load_boot_image(*this, image_file)));
  return emu::success();
}

void Partition::begin(const BootLayout& layout) {
  on_dispatcher([&] {
    rtas_.base = layout.rtas_base;
    Processor& first = *processors_.front();
    cpu::Registers registers;
    registers.pc = layout.entry;
    registers.msr = u64{1} << 63 | u64{1} << 12;  // SF, ME
    registers.gpr[3] = layout.tree;
    registers.gpr[4] = layout.image;
    first.cpu->load(registers);
    first.state.run = RunState::running;
  });
  start();
  dispatcher_->unpark();  // its firmware had waited
}

}  // namespace firmware
