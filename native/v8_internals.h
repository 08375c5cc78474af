// The only file that knows V8's insides: the words that V8 keeps per thread and
// that a greenlet, which V8 takes for a thread, must bring along.
//
// V8 supports several stacks in one isolate as long as it believes each to be
// a thread: v8::Unlocker archives a thread's state, v8::Locker restores it.
// What is left to us are the words that tell V8 *which* thread runs, where its
// stack starts, and the fields of the microtask queue that belong to whoever
// drains it. None of them has a public accessor and all of them move with every
// build of Node, so each is found by what it does: change it, ask V8, put it
// back. A word that is not found exactly once is an error, never a guess.

#ifndef UNBLOCK_V8_INTERNALS_H_
#define UNBLOCK_V8_INTERNALS_H_

#include <v8.h>

#include <cstdint>
#include <string>
#include <vector>

namespace unblock {

// The words of one OS thread and one isolate.
class ThreadWords {
 public:
  // Returns an empty string, or what could not be found.
  std::string Probe(v8::Isolate* isolate);

  int thread_id() const { return *thread_id_; }
  uintptr_t main_stack_start() const { return main_stack_start_; }

  // What V8 will believe at its next look: to be called between the archiving
  // of one thread and the restoring of the other. An id of 0 is a new thread,
  // which V8 then gives an id of its own.
  void Install(int thread_id, uintptr_t stack_start) {
    *thread_id_ = thread_id;
    *stack_start_ = stack_start;
    for (volatile uintptr_t* copy : stack_start_copies_) *copy = stack_start;
  }

  // The lowest address that the running V8 thread may use. From 13 on (Node 24)
  // V8 notes the distance to the stack's start as the size of every stack in
  // the isolate, and aborts when it finds itself below that on one of them: so
  // it is shown a start that is far enough for all, main stacks of any size too.
  void SetStackLimit(v8::Isolate* isolate, uintptr_t limit) {
    constexpr uintptr_t kLargerThanAnyStack = uintptr_t{16} << 30;
    const uintptr_t start = *stack_start_;
    *stack_start_ = limit + kLargerThanAnyStack;
    isolate->SetStackLimit(limit);
    *stack_start_ = start;
  }

 private:
  std::string FindThreadId(v8::Isolate* isolate);
  std::string FindStackStart();
  std::string FindStackStartCopies(v8::Isolate* isolate);

  volatile int* thread_id_ = nullptr;
  volatile uintptr_t* stack_start_ = nullptr;
  // V8 11 (Node 20) never re-reads the word above: its two heaps keep copies.
  std::vector<volatile uintptr_t*> stack_start_copies_;
  uintptr_t main_stack_start_ = 0;
};

// The fields of a microtask queue that say who is draining it. V8 refuses to
// run microtasks while they are set, so a greenlet that blocks in the middle of
// a microtask takes them along and leaves the queue usable.
class DrainFields {
 public:
  std::string Probe(v8::Isolate* isolate, v8::MicrotaskQueue* queue);

  struct Values {
    unsigned char running;
    int suppressions;
    int depth;
  };

  Values Take() {
    Values values{*running_, *suppressions_, *depth_};
    Put({0, 0, 0});
    return values;
  }
  void Put(const Values& values) {
    *running_ = values.running;
    *suppressions_ = values.suppressions;
    *depth_ = values.depth;
  }
  bool IsDraining() const { return *running_ != 0 || *suppressions_ != 0; }
  bool HasWork() const { return *size_ > 0; }

 private:
  volatile unsigned char* running_ = nullptr;
  volatile int* suppressions_ = nullptr;
  volatile int* depth_ = nullptr;
  volatile intptr_t* size_ = nullptr;
};

// Replaces MicrotaskQueue::PerformCheckpoint for one queue, by giving it a
// vtable of its own: Node calls it after every callback and from its tick
// queue, and both calls are virtual.
class CheckpointOverride {
 public:
  using Checkpoint = void (*)(v8::MicrotaskQueue*, v8::Isolate*);

  CheckpointOverride(v8::MicrotaskQueue* queue,
                     Checkpoint replacement,
                     void* owner);
  ~CheckpointOverride();
  CheckpointOverride(const CheckpointOverride&) = delete;
  CheckpointOverride& operator=(const CheckpointOverride&) = delete;

  void CallOriginal(v8::Isolate* isolate) { original_(queue_, isolate); }
  // The owner given for the queue that a replacement was called with.
  static void* OwnerOf(v8::MicrotaskQueue* queue);

 private:
  v8::MicrotaskQueue* queue_;
  Checkpoint original_;
  void** stock_vtable_;
  std::vector<void*> vtable_;
};

// The continuation-preserved embedder data (AsyncLocalStorage's carrier from
// Node 22 on). V8's scavenger visits the slot once for every archived thread,
// which moves a young object twice and corrupts the heap. So it lives outside of
// V8 while a GC runs. JavaScript takes it along at a switch.
class ContinuationData {
 public:
  explicit ContinuationData(v8::Isolate* isolate);
  ~ContinuationData();
  ContinuationData(const ContinuationData&) = delete;
  ContinuationData& operator=(const ContinuationData&) = delete;

 private:
#if V8_MAJOR_VERSION >= 14
  using Value = v8::Data;
#else
  using Value = v8::Value;
#endif
  static v8::Local<Value> Get(v8::Isolate* isolate);
  static void Set(v8::Isolate* isolate, v8::Local<Value> value);
  static void BeforeGC(v8::Isolate*, v8::GCType, v8::GCCallbackFlags, void*);
  static void AfterGC(v8::Isolate*, v8::GCType, v8::GCCallbackFlags, void*);

  v8::Isolate* isolate_;
  v8::Global<Value> saved_;
  int depth_ = 0;
};

}  // namespace unblock

#endif  // UNBLOCK_V8_INTERNALS_H_
