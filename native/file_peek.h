// Whether a call of the file system would keep its caller waiting, asked
// without waiting: by the kernel's own caches.

#ifndef UNBLOCK_FILE_PEEK_H_
#define UNBLOCK_FILE_PEEK_H_

#include <sys/types.h>

#include <cstddef>
#include <cstdint>

#include "mounts.h"

namespace unblock {

class FilePeek {
 public:
  // In the order of the names in src/core/binding.ts.
  enum Answer : int32_t {
    // It does not wait, whether it succeeds or fails: the original can do it.
    kReady,
    // It may wait for a disk or a server: for a thread to do.
    kWaits,
    // It may wait, and what it is about is not in memory: neither is its type.
    kUnknown,
    // It may wait without end, for whoever is at the other end.
    kRendezvous,
    // It is done.
    kDone,
  };

  FilePeek();
  FilePeek(const FilePeek&) = delete;
  FilePeek& operator=(const FilePeek&) = delete;

  // Looking something up: stat, lstat, access, readlink.
  Answer Path(const char* path, bool follows_links);
  // open() with these flags.
  Answer Open(const char* path, int flags);
  // Opens a file, or a directory, if that need not wait: `fd` is its
  // descriptor, if that is done. Errors are left to the original. Of what waits
  // for a peer `fd` may be open too: to be closed when that one has come.
  Answer OpenNow(const char* path, int flags, int* fd);
  // fstat().
  Answer Stat(int fd);
  Answer Close(int fd);
  Answer Write(int fd, size_t length);
  // Reads what it can without waiting, from `offset` or, if that is negative,
  // from where the file is; `count` is how much that was. Errors are left to
  // the original.
  Answer Read(
      int fd, char* data, size_t length, int64_t offset, size_t* count);
  // Reads a file from its beginning to its end, if it is one that has at most
  // `room`, and all of it is in memory: `count` is its size then, and kDone the
  // answer. Else nothing has happened: with kWaits because the file, however
  // large, is not in memory, with kReady because it is nothing for this. But of
  // a FIFO, with kRendezvous, `reader` may be open, to be closed when it has
  // been opened as what it is: its writers must not lose it meanwhile.
  Answer ReadWhole(
      const char* path, char* data, size_t room, size_t* count, int* reader);

 private:
  Mounts mounts_;
  const bool knows_cache_;
};

}  // namespace unblock

#endif  // UNBLOCK_FILE_PEEK_H_
