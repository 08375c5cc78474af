#include "stack.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <utility>

#include "sanitizer.h"

namespace unblock {

namespace {

// The five functions that know the system; a port to one without mmap brings
// its own.

size_t PageSize() {
  static const size_t size = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  return size;
}

char* MapPages(size_t size) {
  int flags = MAP_PRIVATE | MAP_ANONYMOUS;
#ifdef MAP_NORESERVE
  // A stack is mostly address space: count its pages when they are touched.
  flags |= MAP_NORESERVE;
#endif
#ifdef MAP_STACK
  flags |= MAP_STACK;
#endif
  void* address =
      mmap(nullptr, size, PROT_READ | PROT_WRITE, flags, -1, 0);
  if (address == MAP_FAILED) return nullptr;
#ifdef MADV_NOHUGEPAGE
  // One touched byte must not cost 2 MiB. Done for every stack alike, because
  // the kernel merges only neighbours with equal flags. It fails where the
  // kernel has no huge pages, which is as good.
  madvise(address, size, MADV_NOHUGEPAGE);
#endif
  return static_cast<char*>(address);
}

bool ForbidPages(char* address, size_t size) {
  return mprotect(address, size, PROT_NONE) == 0;
}

void DiscardPages(char* address, size_t size) {
  madvise(address, size, MADV_DONTNEED);
}

void UnmapPages(char* address, size_t size) {
  // Cutting a hole into merged stacks makes one mapping more, and fails at the
  // limit of mappings. The address range is lost then, the memory is not.
  if (munmap(address, size) != 0) DiscardPages(address, size);
}

}  // namespace

std::optional<Stack> Stack::Allocate(const StackOptions& options) {
  const size_t page = PageSize();
  const size_t guard_size = options.guard ? page : 0;
  if (options.size > SIZE_MAX - guard_size - page) {
    errno = ENOMEM;
    return std::nullopt;
  }
  const size_t size =
      (std::max<size_t>(options.size, 1) + page - 1) / page * page;
  char* mapping = MapPages(guard_size + size);
  if (mapping == nullptr) return std::nullopt;
  if (guard_size != 0 && !ForbidPages(mapping, guard_size)) {
    const int error = errno;
    UnmapPages(mapping, guard_size + size);
    errno = error;
    return std::nullopt;
  }
  return Stack(mapping + guard_size, size, guard_size);
}

Stack::Stack(char* bottom, size_t size, size_t guard_size)
    : bottom_(bottom),
      size_(size),
      guard_size_(guard_size),
      sanitizer_id_(sanitizer::NoteStack(bottom, size)) {}

Stack::Stack(Stack&& other) noexcept
    : bottom_(std::exchange(other.bottom_, nullptr)),
      size_(std::exchange(other.size_, 0)),
      guard_size_(other.guard_size_),
      sanitizer_id_(other.sanitizer_id_) {}

Stack& Stack::operator=(Stack&& other) noexcept {
  if (this == &other) return *this;
  Release();
  bottom_ = std::exchange(other.bottom_, nullptr);
  size_ = std::exchange(other.size_, 0);
  guard_size_ = other.guard_size_;
  sanitizer_id_ = other.sanitizer_id_;
  return *this;
}

Stack::~Stack() {
  Release();
}

void Stack::Release() {
  if (bottom_ == nullptr) return;
  sanitizer::ForgetStack(bottom_, size_, sanitizer_id_);
  UnmapPages(bottom_ - guard_size_, guard_size_ + size_);
}

void Stack::Trim(const void* stack_pointer) {
  const uintptr_t page_of_stack_pointer =
      reinterpret_cast<uintptr_t>(stack_pointer) / PageSize() * PageSize();
  const uintptr_t bottom = reinterpret_cast<uintptr_t>(bottom_);
  if (page_of_stack_pointer > bottom) {
    DiscardPages(bottom_, page_of_stack_pointer - bottom);
  }
}

}  // namespace unblock
