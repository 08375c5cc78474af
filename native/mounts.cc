#include "mounts.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>

namespace unblock {

namespace {

// How long the list is believed.
constexpr std::chrono::milliseconds kPeriod{1000};

constexpr std::string_view kMemoryTypes[] = {"devtmpfs", "ramfs", "tmpfs"};

constexpr std::string_view kLocalTypes[] = {
    "autofs",     "bcachefs",  "binfmt_misc", "bpf",      "btrfs",
    "cgroup",     "cgroup2",   "configfs",    "debugfs",  "devpts",
    "efivarfs",   "erofs",     "exfat",       "ext2",     "ext3",
    "ext4",       "f2fs",      "fusectl",     "hfsplus",  "hugetlbfs",
    "iso9660",    "jfs",       "mqueue",      "nilfs2",   "nsfs",
    "ntfs3",      "overlay",   "proc",        "pstore",   "rootfs",
    "securityfs", "selinuxfs", "squashfs",    "sysfs",    "tracefs",
    "udf",        "vfat",      "xfs",         "zfs"};

Mounts::Kind KindOfType(std::string_view type) {
  const auto is_type = [type](std::string_view each) { return each == type; };
  if (std::ranges::any_of(kMemoryTypes, is_type)) return Mounts::kMemory;
  if (std::ranges::any_of(kLocalTypes, is_type)) return Mounts::kLocal;
  return Mounts::kForeign;
}

}  // namespace

Mounts::Kind Mounts::KindOf(uint64_t id) {
  ReadIfOld();
  const auto found = kinds_.find(id);
  return found == kinds_.end() ? kForeign : found->second;
}

void Mounts::ReadIfOld() {
  const auto now = std::chrono::steady_clock::now();
  if (now - read_at_ < kPeriod) return;
  read_at_ = now;
  Read();
}

// The kernel makes it up from memory. Each line: id, parent, major:minor, root,
// place, options, any number of fields, a hyphen, the type, ...
void Mounts::Read() {
  kinds_.clear();
  FILE* const list = fopen("/proc/self/mountinfo", "re");
  all_local_ = list != nullptr;
  if (list == nullptr) return;
  char* line = nullptr;
  size_t capacity = 0;
  while (getline(&line, &capacity, list) != -1) {
    const char* const hyphen = strstr(line, " - ");
    char type[64];
    if (hyphen == nullptr || sscanf(hyphen, " - %63s", type) != 1) continue;
    const Kind kind = KindOfType(type);
    kinds_[strtoull(line, nullptr, 10)] = kind;
    if (kind == kForeign) all_local_ = false;
  }
  free(line);
  fclose(list);
}

}  // namespace unblock
