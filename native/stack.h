// The memory of one context: a region of address space that costs only the
// pages that were touched.

#ifndef UNBLOCK_STACK_H_
#define UNBLOCK_STACK_H_

#include <cstddef>
#include <optional>

namespace unblock {

struct StackOptions {
  // Usable bytes, rounded up to whole pages; the guard comes on top.
  size_t size;
  // A page below the stack that turns an overflow into SIGSEGV instead of
  // silent damage to the neighbour. It costs a second mapping of the process's
  // vm.max_map_count: unguarded stacks are merged by the kernel.
  bool guard;
};

// Move-only owner. Destroy it only when no context on it will run again.
class Stack {
 public:
  // nullopt when the system has no memory or no mappings left; errno says why.
  static std::optional<Stack> Allocate(const StackOptions& options);

  Stack(Stack&& other) noexcept;
  Stack& operator=(Stack&& other) noexcept;
  Stack(const Stack&) = delete;
  Stack& operator=(const Stack&) = delete;
  ~Stack();

  // The lowest usable address, above the guard.
  char* bottom() const { return bottom_; }
  // One past the highest usable address; aligned to a page.
  char* top() const { return bottom_ + size_; }
  size_t size() const { return size_; }

  // Gives the whole pages below stack_pointer back to the system. What lies at
  // or above it is kept; below it reads as zero afterwards. Never call it for
  // the stack that is running.
  void Trim(const void* stack_pointer);

 private:
  Stack(char* bottom, size_t size, size_t guard_size);
  void Release();

  char* bottom_;
  size_t size_;
  size_t guard_size_;
  unsigned sanitizer_id_;
};

}  // namespace unblock

#endif  // UNBLOCK_STACK_H_
