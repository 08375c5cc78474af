#include "file_peek.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace unblock {

namespace {

// Of devices in memory: null, zero, full, random, ...
constexpr unsigned int kMemoryMajor = 1;

// Of what is no file: an event, a timer.
constexpr unsigned int kNoType = 0;

// How much a stream takes if it says that there is room (PIPE_BUF, and less than
// a socket's share).
constexpr size_t kRoom = 4096;

// Looks a path up in the kernel's cache alone; EAGAIN if it is not there.
int OpenCached(const char* path, int flags) {
  open_how how{};
  how.flags = static_cast<unsigned int>(flags | O_CLOEXEC);
  how.resolve = RESOLVE_CACHED;
  return static_cast<int>(
      syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof(how)));
}

// Such a descriptor only names the file: nothing is asked of the file system.
int NameCached(const char* path, int flags) {
  return OpenCached(path, O_PATH | flags);
}

// Old kernels do not know it, and some sandboxes do not let it through.
bool KnowsCache() {
  const int fd = NameCached("/", 0);
  if (fd < 0) return false;
  close(fd);
  return true;
}

struct About {
  unsigned int type;
  uint64_t mount;
  unsigned int device_major;
};

// What is known of an open file without asking anybody.
bool Describe(int fd, About* about) {
  struct statx stats;
  if (statx(fd,
            "",
            AT_EMPTY_PATH | AT_STATX_DONT_SYNC,
            STATX_TYPE | STATX_MNT_ID,
            &stats) != 0) {
    return false;
  }
  const bool has_mount = (stats.stx_mask & STATX_MNT_ID) != 0;
  *about = {static_cast<unsigned int>(stats.stx_mode & S_IFMT),
            has_mount ? stats.stx_mnt_id : 0,
            stats.stx_rdev_major};
  return true;
}

bool IsStream(const About& about) {
  return about.type == S_IFIFO || about.type == S_IFSOCK ||
         about.type == S_IFCHR || about.type == kNoType;
}

// Whether reading and writing a stream return at once, be it with an error.
bool NeverBlocks(int fd, const About& about) {
  return (about.type == S_IFCHR && about.device_major == kMemoryMajor) ||
         (fcntl(fd, F_GETFL) & O_NONBLOCK) != 0;
}

bool HasEvent(int fd, short event) {
  pollfd polled{fd, event, 0};
  return poll(&polled, 1, 0) != 0;
}

}  // namespace

FilePeek::FilePeek() : knows_cache_(KnowsCache()) {}

FilePeek::Answer FilePeek::Path(const char* path, bool follows_links) {
  if (!knows_cache_) return kWaits;
  const bool all_local = mounts_.AllLocal();
  // Asking for a directory keeps the descriptor from being made for what is
  // none, which is most of the work; where that is found, the path has been.
  const int fd = NameCached(path,
                            (follows_links ? 0 : O_NOFOLLOW) |
                                (all_local ? O_DIRECTORY : 0));
  if (fd < 0) return errno == EAGAIN ? kWaits : kReady;
  About about;
  const bool is_ready =
      all_local || (Describe(fd, &about) &&
                    mounts_.KindOf(about.mount) != Mounts::kForeign);
  close(fd);
  return is_ready ? kReady : kWaits;
}

FilePeek::Answer FilePeek::Open(const char* path, int flags) {
  if (!knows_cache_) return kUnknown;
  const int fd = NameCached(path, flags & O_NOFOLLOW);
  if (fd < 0) {
    if (errno == EAGAIN) return kUnknown;
    return errno == ENOENT && (flags & O_CREAT) != 0 ? kWaits : kReady;
  }
  About about;
  const bool is_described = Describe(fd, &about);
  close(fd);
  if (!is_described) return kWaits;
  switch (about.type) {
    case S_IFIFO:
      return (flags & O_NONBLOCK) != 0 || (flags & O_ACCMODE) == O_RDWR
                 ? kReady
                 : kRendezvous;
    case S_IFCHR:
      return about.device_major == kMemoryMajor ? kReady : kRendezvous;
    case S_IFREG:
    case S_IFDIR:
      break;
    case S_IFBLK:
      return kWaits;
    default:
      return kReady;
  }
  const bool makes_file = (flags & O_TMPFILE) == O_TMPFILE;
  if (makes_file || (flags & (O_TRUNC | O_DIRECT)) != 0) return kWaits;
  return mounts_.AllLocal() || mounts_.KindOf(about.mount) != Mounts::kForeign
             ? kReady
             : kWaits;
}

// Where everything is local it is opened straight away, and then looked at:
// what might wait for a peer does not with O_NONBLOCK, and to others that makes
// no difference.
FilePeek::Answer FilePeek::OpenNow(const char* path, int flags, int* fd) {
  constexpr int kChanging = O_CREAT | O_TRUNC | O_DIRECT | O_PATH;
  const bool makes_file = (flags & O_TMPFILE) == O_TMPFILE;
  if (!knows_cache_ || makes_file || (flags & (kChanging | O_NONBLOCK)) != 0 ||
      !mounts_.AllLocal()) {
    return Open(path, flags);
  }
  *fd = OpenCached(path, flags | O_NONBLOCK);
  if (*fd < 0) {
    if (errno == EAGAIN) return kUnknown;
    // Of flags that it does not know it makes an error, unlike open().
    return errno == ENXIO || errno == EINVAL ? Open(path, flags) : kReady;
  }
  About about;
  if (!Describe(*fd, &about)) about.type = kNoType;
  // A FIFO that is read has a reader from now on: its writers must not lose it.
  if (about.type == S_IFIFO && (flags & O_ACCMODE) == O_RDONLY)
    return kRendezvous;
  if (about.type != S_IFCHR || about.device_major == kMemoryMajor) {
    fcntl(*fd, F_SETFL, flags & ~O_ACCMODE);
    return kDone;
  }
  close(std::exchange(*fd, -1));
  return kRendezvous;
}

FilePeek::Answer FilePeek::Stat(int fd) {
  if (mounts_.AllLocal()) return kReady;
  About about;
  if (!Describe(fd, &about) || IsStream(about)) return kReady;
  return mounts_.KindOf(about.mount) == Mounts::kForeign ? kWaits : kReady;
}

FilePeek::Answer FilePeek::Close(int fd) {
  const int flags = fcntl(fd, F_GETFL);
  if (flags == -1) return kReady;
  const bool is_written =
      (flags & O_PATH) == 0 && (flags & O_ACCMODE) != O_RDONLY;
  if (!is_written && mounts_.AllLocal()) return kReady;
  About about;
  if (!Describe(fd, &about)) return kReady;
  if (about.type == S_IFIFO || about.type == S_IFSOCK) return kReady;
  const Mounts::Kind kind = mounts_.KindOf(about.mount);
  return kind == Mounts::kMemory || (kind == Mounts::kLocal && !is_written)
             ? kReady
             : kWaits;
}

FilePeek::Answer FilePeek::Write(int fd, size_t length) {
  About about;
  if (!Describe(fd, &about)) return kReady;
  if (!IsStream(about)) {
    return mounts_.KindOf(about.mount) == Mounts::kMemory ? kReady : kWaits;
  }
  if (NeverBlocks(fd, about)) return kReady;
  return length <= kRoom && HasEvent(fd, POLLOUT) ? kReady : kRendezvous;
}

FilePeek::Answer FilePeek::Read(
    int fd, char* data, size_t length, int64_t offset, size_t* count) {
  *count = 0;
  for (;;) {
    iovec part{data + *count, length - *count};
    const int64_t from =
        offset < 0 ? -1 : offset + static_cast<int64_t>(*count);
    const ssize_t result = preadv2(fd, &part, 1, from, RWF_NOWAIT);
    const int error = errno;
    if (result >= 0) *count += static_cast<size_t>(result);
    if (result == 0 || *count == length) return kDone;
    if (result < 0 && error != EAGAIN && error != EOPNOTSUPP) {
      return *count > 0 ? kDone : kReady;
    }
    About about;
    if (!Describe(fd, &about)) return kReady;
    if (IsStream(about)) {
      if (*count > 0) return kDone;
      return NeverBlocks(fd, about) || HasEvent(fd, POLLIN) ? kReady
                                                            : kRendezvous;
    }
    // A file gives less than all only at its end, or where it would wait.
    if (result < 0) {
      const bool is_memory = mounts_.KindOf(about.mount) == Mounts::kMemory;
      return is_memory && *count == 0 ? kReady : kWaits;
    }
  }
}

FilePeek::Answer FilePeek::ReadWhole(const char* path,
                                     char* data,
                                     size_t room,
                                     size_t* count,
                                     int* reader) {
  *count = 0;
  *reader = -1;
  if (!knows_cache_) return kWaits;
  if (!mounts_.AllLocal()) {
    const Answer opening = Open(path, O_RDONLY);
    return opening == kUnknown ? kWaits : opening;
  }
  const int fd = OpenCached(path, O_RDONLY | O_NONBLOCK);
  if (fd < 0) return errno == EAGAIN ? kWaits : kReady;
  struct statx stats;
  const bool has_stats = statx(fd,
                               "",
                               AT_EMPTY_PATH | AT_STATX_DONT_SYNC,
                               STATX_TYPE | STATX_SIZE,
                               &stats) == 0;
  if (has_stats && (stats.stx_mode & S_IFMT) == S_IFIFO) {
    *reader = fd;
    return kRendezvous;
  }
  Answer answer = kReady;
  if (has_stats && (stats.stx_mode & S_IFMT) == S_IFREG) {
    // The first byte of one for which there is no room tells as well whether a
    // thread is due. What has no size may have contents: there is room to see.
    const bool fits = stats.stx_size <= room;
    const bool has_size = stats.stx_size > 0;
    const size_t size = !fits ? 1 : has_size ? stats.stx_size : room;
    answer = Read(fd, data, size, -1, count);
    const bool is_whole = fits && (has_size ? *count == size : *count < room);
    if (answer == kDone && !is_whole) answer = kReady;
  }
  close(fd);
  return answer;
}

}  // namespace unblock
