// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/device_tree.h"

#include "kernel/panic.h"
#include "lib/text.h"

namespace nomad::tree {
namespace {

// Nodes, names and values live in one arena. What is freed waits in the list of its size for the next of that size.
constexpr u64 arena_bytes = 512 * 1024, grain = 16;
alignas(grain) u8 arena[arena_bytes];
u64 arena_used = 0;

struct Free {
  Free* next;
};
Free* free_lists[64];

Free** list_of(u64 bytes) {
  const u64 grains = (bytes + grain - 1) / grain;
  return grains < sizeof free_lists / sizeof *free_lists ? &free_lists[grains] : nullptr;
}

Node* top = nullptr;
Range whole{};
Range reservations[16];
u32 reservation_count = 0;

void* allocate(u64 bytes) {
  if (Free** list = list_of(bytes); list && *list) {
    Free* found = *list;
    *list = found->next;
    return found;
  }
  bytes = (bytes + grain - 1) & ~(grain - 1);
  if (bytes > arena_bytes - arena_used) return nullptr;
  void* result = arena + arena_used;
  arena_used += bytes;
  return result;
}

// A value that is too large for the lists stays where it is.
void release(const void* place, u64 bytes) {
  Free** list = place ? list_of(bytes) : nullptr;
  if (!list) return;
  auto* freed = static_cast<Free*>(const_cast<void*>(place));
  freed->next = *list;
  *list = freed;
}

template <class T>
T* create() {
  T* result = static_cast<T*>(allocate(sizeof(T)));
  if (!result) panic("device tree larger than %lu bytes", arena_bytes);
  *result = T{};
  return result;
}

const char* keep(const char* text) {
  const u64 length = strlen(text) + 1;
  auto* copy = static_cast<char*>(allocate(length));
  if (!copy) panic("device tree larger than %lu bytes", arena_bytes);
  memcpy(copy, text, length);
  return copy;
}

struct Header {
  u32 magic, total, structure, strings, reserve_map, version, compatible_version, boot_processor, strings_size, structure_size;
};
enum : u32 { begin_node = 1, end_node = 2, property_token = 3, nop = 4, end = 9 };

Node* next_in_order(Node* node) {
  if (node->child) return node->child;
  while (node && !node->next) node = node->parent;
  return node ? node->next : nullptr;
}

}  // namespace

void read(const void* flattened) {
  auto* bytes = static_cast<const u8*>(flattened);
  Header header;
  memcpy(&header, bytes, sizeof header);
  if (header.magic != 0xD00DFEED) panic("no flattened device tree at %p", flattened);
  whole = {reinterpret_cast<u64>(flattened), header.total};
  for (const u8* entry = bytes + header.reserve_map; reservation_count < 16; entry += 16) {
    Range range;
    memcpy(&range, entry, sizeof range);
    if (range.bytes == 0) break;
    reservations[reservation_count++] = range;
  }
  const u8* cursor = bytes + header.structure;
  const u8* limit = bytes + header.total;
  Node* current = nullptr;
  while (cursor < limit) {
    u32 token;
    memcpy(&token, cursor, 4);
    cursor += 4;
    if (token == end) break;
    if (token == begin_node) {
      auto* name = reinterpret_cast<const char*>(cursor);
      Node* node = create<Node>();
      node->name = keep(name);
      node->parent = current;
      if (!current) {
        top = node;
      } else {
        Node** link = &current->child;
        while (*link) link = &(*link)->next;
        *link = node;
      }
      current = node;
      cursor += (strlen(name) + 4) & ~3ul;
    } else if (token == end_node) {
      if (current) current = current->parent;
    } else if (token == property_token && current) {
      u32 words[2];
      memcpy(words, cursor, 8);
      cursor += 8;
      auto* name = reinterpret_cast<const char*>(bytes + header.strings + words[1]);
      if (!set_property(current, name, cursor, words[0], false)) panic("device tree larger than %lu bytes", arena_bytes);
      cursor += (words[0] + 3) & ~3u;
    }
  }
  if (!top) panic("empty device tree at %p", flattened);
}

Range flattened_range() { return whole; }
Range reserved(u32 index) { return index < reservation_count ? reservations[index] : Range{}; }
Node* root() { return top; }

Node* find(const char* path) {
  Node* node = top;
  while (node) {
    while (*path == '/') path++;
    if (!*path) return node;
    const char* slash = ::nomad::find(path, '/');
    const u64 length = slash ? static_cast<u64>(slash - path) : strlen(path);
    Node* child = node->child;
    for (; child; child = child->next)
      if (strlen(child->name) == length && memcmp(child->name, path, length) == 0) break;
    node = child;
    path += length;
  }
  return nullptr;
}

Node* find_phandle(u32 phandle) {
  for (Node* node = top; node; node = next_in_order(node))
    if (node->phandle == phandle) return node;
  return nullptr;
}

Node* next_of_type(Node* after, const char* device_type) {
  for (Node* node = after ? next_in_order(after) : top; node; node = next_in_order(node))
    if (equal(text(node, "device_type", ""), device_type)) return node;
  return nullptr;
}

Node* next_compatible(Node* after, const char* compatible) {
  for (Node* node = after ? next_in_order(after) : top; node; node = next_in_order(node))
    if (lists(property(node, "compatible"), compatible)) return node;
  return nullptr;
}

Property* property(const Node* node, const char* name) {
  if (!node) return nullptr;
  for (Property* p = node->properties; p; p = p->next)
    if (equal(p->name, name)) return p;
  return nullptr;
}

bool lists(const Property* property, const char* text) {
  if (!property) return false;
  for (u32 at = 0; at < property->length;) {
    auto* entry = reinterpret_cast<const char*>(property->value + at);
    if (equal(entry, text)) return true;
    at += static_cast<u32>(strlen(entry)) + 1;
  }
  return false;
}

const char* text(const Node* node, const char* name, const char* otherwise) {
  const Property* found = property(node, name);
  return found && found->length ? reinterpret_cast<const char*>(found->value) : otherwise;
}

u32 cell(const Property* property, u32 index) {
  u32 value = 0;
  if (property && (index + 1) * 4 <= property->length) memcpy(&value, property->value + index * 4, 4);
  return value;
}

u64 number(const Node* node, const char* name, u64 otherwise) {
  const Property* found = property(node, name);
  if (!found || found->length < 4) return otherwise;
  const u64 high = cell(found, 0);
  return found->length >= 8 ? high << 32 | cell(found, 1) : high;
}

void path(const Node* node, char* buffer, u64 size) {
  if (!node->parent) {
    copy_text(buffer, size, "/");
    return;
  }
  buffer[0] = 0;
  if (node->parent->parent) path(node->parent, buffer, size);
  const u64 used = strlen(buffer);
  format(buffer + used, size - used, "/%s", node->name);
}

bool set_property(Node* node, const char* name, const void* value, u32 length, bool append) {
  Property* target = property(node, name);
  if (!target) {
    target = create<Property>();
    target->name = keep(name);
    Property** link = &node->properties;
    while (*link) link = &(*link)->next;
    *link = target;
  }
  const u32 start = append ? target->length : 0;
  // One byte more than needed, kept 0: a text property that came without terminator stays harmless.
  if (start + length + 1 > target->capacity) {
    const u32 capacity = (start + length + 1 + 31) & ~31u;
    auto* bigger = static_cast<u8*>(allocate(capacity));
    if (!bigger) return false;
    memcpy(bigger, target->value, start);
    release(target->value, target->capacity);
    target->value = bigger;
    target->capacity = capacity;
  }
  memcpy(target->value + start, value, length);
  target->length = start + length;
  target->value[target->length] = 0;
  // LoPAR's ibm,phandle is what RTAS uses; flattened trees made by tools carry phandle.
  if (equal(name, "ibm,phandle") || (!node->phandle && (equal(name, "phandle") || equal(name, "linux,phandle"))))
    node->phandle = cell(target, 0);
  return true;
}

void remove_property(Node* node, const char* name) {
  for (Property** link = &node->properties; *link; link = &(*link)->next)
    if (equal((*link)->name, name)) {
      *link = (*link)->next;
      return;
    }
}

Node* add(Node* parent, const char* name) {
  if (arena_bytes - arena_used < 16 * 1024) return nullptr;  // room for all that a node may have
  Node* node = create<Node>();
  node->name = keep(name);
  node->parent = parent;
  Node** link = &parent->child;
  while (*link) link = &(*link)->next;
  *link = node;
  return node;
}

void remove(Node* node) {
  detach(node);
  while (node->child) remove(node->child);
  while (Property* property = node->properties) {
    node->properties = property->next;
    release(property->value, property->capacity);
    release(property->name, strlen(property->name) + 1);
    release(property, sizeof *property);
  }
  release(node->name, strlen(node->name) + 1);
  release(node, sizeof *node);
}

void detach(Node* node) {
  if (!node->parent) return;
  for (Node** link = &node->parent->child; *link; link = &(*link)->next)
    if (*link == node) {
      *link = node->next;
      return;
    }
}

}  // namespace nomad::tree
