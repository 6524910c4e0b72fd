// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The device tree in memory: read once from the flattened tree, later changed by ibm,update-properties after a migration, and by what
// is added and removed while the partition runs.
#include "lib/types.h"

namespace nomad::tree {

struct Property {
  const char* name;
  u8* value;
  u32 length;
  u32 capacity;
  Property* next;
};

struct Node {
  const char* name;
  Node* parent;
  Node* child;
  Node* next;  // sibling
  Property* properties;
  u32 phandle;
};

struct Range {
  u64 start;
  u64 bytes;
};

void read(const void* flattened);
Range flattened_range();                        // where the flattened tree itself lies
Range reserved(u32 index);                      // /memreserve/ entries; bytes = 0 after the last

Node* root();
Node* find(const char* path);                   // full path, unit addresses included
Node* find_phandle(u32 phandle);
Node* next_of_type(Node* after, const char* device_type);      // nullptr starts at the root
Node* next_compatible(Node* after, const char* compatible);

Property* property(const Node* node, const char* name);
bool lists(const Property* property, const char* text);        // a list of strings contains this one
const char* text(const Node* node, const char* name, const char* otherwise);
u32 cell(const Property* property, u32 index);                 // 0 beyond the end
u64 number(const Node* node, const char* name, u64 otherwise);  // one or two cells
void path(const Node* node, char* buffer, u64 size);

bool set_property(Node* node, const char* name, const void* value, u32 length, bool append);
void remove_property(Node* node, const char* name);
void detach(Node* node);

Node* add(Node* parent, const char* name);  // the last child; nullptr when there is no room
void remove(Node* node);                    // with all below it; nobody may look at it any more

}  // namespace nomad::tree
