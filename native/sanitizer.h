// What the memory checkers have to be told about stacks and switches: they
// take a jump to another stack for an overflow or for a longjmp otherwise.
// Everything here is empty in an ordinary build; the notes for valgrind are a
// few no-op instructions per stack, never per switch.

#ifndef UNBLOCK_SANITIZER_H_
#define UNBLOCK_SANITIZER_H_

#include "platform/select.h"

#if defined(__SANITIZE_ADDRESS__)
#define UNBLOCK_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define UNBLOCK_ASAN 1
#endif
#endif

#ifdef UNBLOCK_ASAN
#include <pthread.h>
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>

#include <map>
#include <mutex>
#include <new>
#endif

#if __has_include(<valgrind/valgrind.h>)
#include <valgrind/valgrind.h>
#else
#define VALGRIND_STACK_REGISTER(start, end) 0u
#define VALGRIND_STACK_DEREGISTER(id) static_cast<void>(id)
#endif

namespace unblock {
namespace sanitizer {

#ifdef UNBLOCK_ASAN

struct Bounds {
  char* bottom;
  size_t size;
};

// AddressSanitizer wants the bounds of the stack that is entered, and a
// Context is a stack pointer only. Looking the bounds up keeps it so.
class StackRegistry {
 public:
  static StackRegistry& Get() {
    // Leaked: stacks may outlive static destructors.
    static StackRegistry* registry = new StackRegistry;
    return *registry;
  }

  void Add(char* bottom, size_t size) {
    std::lock_guard<std::mutex> lock(mutex_);
    bounds_by_bottom_[bottom] = {bottom, size};
  }

  void Remove(char* bottom) {
    std::lock_guard<std::mutex> lock(mutex_);
    bounds_by_bottom_.erase(bottom);
  }

  // An address on no registered stack is on the thread's own.
  Bounds Find(const void* address) {
    {
      std::lock_guard<std::mutex> lock(mutex_);
      auto next = bounds_by_bottom_.upper_bound(
          static_cast<char*>(const_cast<void*>(address)));
      if (next != bounds_by_bottom_.begin()) {
        Bounds found = std::prev(next)->second;
        if (address < found.bottom + found.size) return found;
      }
    }
    // Kept, because glibc reads all of /proc/self/maps to answer.
    static thread_local const Bounds own = ThreadBounds();
    return own;
  }

 private:
  static Bounds ThreadBounds() {
    pthread_attr_t attributes;
    void* bottom = nullptr;
    size_t size = 0;
    if (pthread_getattr_np(pthread_self(), &attributes) == 0) {
      pthread_attr_getstack(&attributes, &bottom, &size);
      pthread_attr_destroy(&attributes);
    }
    return {static_cast<char*>(bottom), size};
  }

  std::mutex mutex_;
  std::map<char*, Bounds> bounds_by_bottom_;
};

// Lives in the frame of the context that leaves, from before the jump until
// it is back.
class SwitchNote {
 public:
  explicit SwitchNote(const void* target) {
    Bounds bounds = StackRegistry::Get().Find(target);
    __sanitizer_start_switch_fiber(&fake_stack_, bounds.bottom, bounds.size);
  }
  ~SwitchNote() {
    __sanitizer_finish_switch_fiber(fake_stack_, nullptr, nullptr);
  }
  SwitchNote(const SwitchNote&) = delete;
  SwitchNote& operator=(const SwitchNote&) = delete;

 private:
  void* fake_stack_ = nullptr;
};

// Before the last jump of a context: frees what is kept for its frames.
inline void NoteLeave(const void* target) {
  Bounds bounds = StackRegistry::Get().Find(target);
  __sanitizer_start_switch_fiber(nullptr, bounds.bottom, bounds.size);
}

struct Launch {
  ContextEntry entry;
  void* argument;
};

inline void FinishFirstSwitch(void* launch_address) {
  __sanitizer_finish_switch_fiber(nullptr, nullptr, nullptr);
  Launch* launch = static_cast<Launch*>(launch_address);
  launch->entry(launch->argument);
}

// Puts FinishFirstSwitch before the entry of a new context, and forgets the
// frames of an earlier context that left this stack without unwinding.
inline void NoteMake(void** stack_top, ContextEntry* entry, void** argument) {
  char* top = static_cast<char*>(*stack_top);
  Bounds bounds = StackRegistry::Get().Find(top - 1);
  __asan_unpoison_memory_region(bounds.bottom, bounds.size);
  Launch* launch = new (top - sizeof(Launch)) Launch{*entry, *argument};
  *stack_top = launch;
  *entry = FinishFirstSwitch;
  *argument = launch;
}

#else

class SwitchNote {
 public:
  explicit SwitchNote(const void*) {}
};

inline void NoteLeave(const void*) {}
inline void NoteMake(void**, ContextEntry*, void**) {}

#endif  // UNBLOCK_ASAN

// The number returned is to be handed to ForgetStack.
inline unsigned NoteStack(char* bottom, size_t size) {
#ifdef UNBLOCK_ASAN
  StackRegistry::Get().Add(bottom, size);
#endif
  return VALGRIND_STACK_REGISTER(bottom, bottom + size);
}

// To be called while the memory is still mapped.
inline void ForgetStack(char* bottom, size_t size, unsigned id) {
#ifdef UNBLOCK_ASAN
  StackRegistry::Get().Remove(bottom);
  __asan_unpoison_memory_region(bottom, size);
#else
  static_cast<void>(bottom);
  static_cast<void>(size);
#endif
  VALGRIND_STACK_DEREGISTER(id);
}

}  // namespace sanitizer
}  // namespace unblock

#endif  // UNBLOCK_SANITIZER_H_
