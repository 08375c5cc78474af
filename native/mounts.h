// What is mounted, as far as it matters here: which file systems answer from
// this machine's memory and disks, and which may keep a caller waiting for
// somebody else (a server, a program behind FUSE).

#ifndef UNBLOCK_MOUNTS_H_
#define UNBLOCK_MOUNTS_H_

#include <chrono>
#include <cstdint>
#include <unordered_map>

namespace unblock {

class Mounts {
 public:
  enum Kind {
    // May wait for somebody else, or is not known.
    kForeign,
    // Waits for a disk at most: what is cached is there at once.
    kLocal,
    // Never waits.
    kMemory,
  };

  // Whether nothing foreign is mounted at all.
  bool AllLocal() {
    ReadIfOld();
    return all_local_;
  }
  // The kind of a mount, by the id that statx gives.
  Kind KindOf(uint64_t id);

 private:
  void ReadIfOld();
  void Read();

  std::unordered_map<uint64_t, Kind> kinds_;
  bool all_local_ = false;
  std::chrono::steady_clock::time_point read_at_{};
};

}  // namespace unblock

#endif  // UNBLOCK_MOUNTS_H_
