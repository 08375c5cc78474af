// What the probes for V8's words have in common. Nothing here knows V8.

#ifndef UNBLOCK_PROBING_H_
#define UNBLOCK_PROBING_H_

#include <fcntl.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <string>

namespace unblock {

// Reads words that may not be mapped: the kernel answers EFAULT where a load
// would be SIGSEGV.
class SafeReader {
 public:
  SafeReader() {
    if (pipe2(fds_, O_CLOEXEC | O_NONBLOCK) != 0) fds_[0] = fds_[1] = -1;
  }
  ~SafeReader() {
    if (fds_[0] < 0) return;
    close(fds_[0]);
    close(fds_[1]);
  }
  SafeReader(const SafeReader&) = delete;
  SafeReader& operator=(const SafeReader&) = delete;

  bool Read(uintptr_t address, uintptr_t* out) {
    return ReadSome(address, out, 1) == 1;
  }

  // Reads words up to the first that is not mapped; returns how many. At most
  // as many as a pipe takes at once, 4 KiB.
  size_t ReadSome(uintptr_t address, uintptr_t* out, size_t words) {
    const ssize_t written = write(
        fds_[1], reinterpret_cast<void*>(address), words * sizeof(*out));
    if (written <= 0) return 0;
    const ssize_t got = read(fds_[0], out, static_cast<size_t>(written));
    return got < 0 ? 0 : static_cast<size_t>(got) / sizeof(*out);
  }

  // Whether a word can be a pointer to a block from malloc of a few words: the
  // word before such a block is its size, with flags in the lowest bits.
  bool IsSmallBlock(uintptr_t pointer) {
    constexpr uintptr_t kAlignment = 16;
    constexpr uintptr_t kLargest = 128;
    uintptr_t size;
    if (pointer < kAlignment || pointer % kAlignment != 0 ||
        !Read(pointer - sizeof(size), &size)) {
      return false;
    }
    size &= ~(kAlignment - 1);
    return size >= 2 * kAlignment && size <= kLargest;
  }

 private:
  int fds_[2];
};

// What is wrong with a word that was looked for.
inline std::string NotOnce(const char* what, size_t found) {
  return std::string(what) + " was found " + std::to_string(found) +
         " times instead of once";
}

}  // namespace unblock

#endif  // UNBLOCK_PROBING_H_
