// Everything the add-on knows about one isolate. There is one per Node
// environment (the main thread and each worker) and nothing outside of it.

#ifndef UNBLOCK_ENVIRONMENT_H_
#define UNBLOCK_ENVIRONMENT_H_

#include <v8.h>

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "debugger_pause.h"
#include "file_peek.h"
#include "file_read.h"
#include "greenlet.h"
#include "stack.h"
#include "stack_objects.h"
#include "v8_flags.h"
#include "v8_internals.h"
#include "waiting_open.h"
#include "watchdog.h"
#include "watcher.h"

namespace unblock {

struct Options {
  StackOptions stack;
  // How many finished greenlets are kept for the next ones in any case.
  size_t pool;
};

class Environment {
 public:
  Environment(v8::Isolate* isolate, v8::Local<v8::Context> context);
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;

  // Finds V8's words; to be called once, first. Returns what is missing, or "".
  std::string Probe();

  // Lets go of everything that belongs to the isolate, which is about to be
  // disposed of. The stacks stay: V8 may look at them to the very end.
  void Close();

  Greenlet* main() const { return greenlets_[Greenlet::kMain].get(); }
  // The native half with this id; null if a termination has ended it, of which
  // JavaScript does not know.
  Greenlet* Find(int id) const { return greenlets_[id].get(); }

  // Runs a body on a stack of its own until somebody switches back here. False
  // if there is no stack to be had (errno says why); then nothing has happened.
  bool Start();

  // For Greenlet alone: calls the JavaScript body on its stack, and says where
  // to go next.
  Greenlet* RunBody(Greenlet* greenlet);
  static constexpr int kStarted = -1;
  // Keeps the running greenlet, which has finished, for the next one, and goes
  // on with `next`. Returns kStarted once there is a next one, or else the id of
  // the greenlet that it must leave for, for good.
  int Retire(Greenlet* next);
  // Ends some of the kept ones that were not needed from one full collection to
  // the next. To be called on the main stack, until it returns false.
  bool TrimPool();
  // Frees the half that has left for good, if any.
  void ReleaseFinished() {
    if (finished != nullptr) Release();
  }
  // Makes a greenlet the current one.
  void Enter(Greenlet* greenlet) {
    current = greenlet;
    switches_.store(switches() + 1, std::memory_order_relaxed);
  }
  // How often there was another current one; for any thread.
  uint64_t switches() const {
    return switches_.load(std::memory_order_relaxed);
  }
  // Goes on with a termination that ended a greenlet's turn early.
  void PropagateTermination() {
    if (!terminated_) return;
    terminated_ = false;
    Terminate();
  }
  // Terminates what runs, at once: not when it next looks, which compiled code
  // may do after it has called us again.
  void Terminate();

  // From now on `drain` is called on the main stack whenever Node wants a
  // microtask queue that is not empty to be drained.
  void OverrideCheckpoint(v8::Local<v8::Function> drain);
  // What the queue does by itself: drains on the running stack.
  void PerformCheckpoint();

  size_t idle() const { return idle_.size(); }
  size_t active() const {
    return greenlets_.size() - 1 - free_ids_.size() - idle_.size();
  }

  v8::Isolate* const isolate;
  v8::Global<v8::Context> context;
  // Called with a greenlet's id on its own stack; returns the id of the next.
  v8::Global<v8::Function> body;
  ThreadWords words;
  DrainFields drain_fields;
  StackObjects stack_objects;
  std::unique_ptr<DebuggerPause> debugger_pause;
  Options options{{1088 * 1024, true}, 128};
  Greenlet* current = nullptr;
  Greenlet* finished = nullptr;
  // Null as long as nobody has opened one.
  std::unique_ptr<Watchers> watchers;
  // Null as long as nobody has asked.
  std::unique_ptr<FilePeek> file_peek;
  std::unique_ptr<FileReads> file_reads;
  std::unique_ptr<WaitingOpens> waiting_opens;
  // Null as long as nobody has started it.
  std::unique_ptr<Watchdog> watchdog;
  // As long as WebAssembly may be on stacks of its own.
  std::optional<CarefulCollections> careful_collections;

 private:
  static void Checkpoint(v8::MicrotaskQueue* queue, v8::Isolate* isolate);
  static void AfterGC(v8::Isolate*, v8::GCType, v8::GCCallbackFlags, void*);
  void Release();
  void Drain();

  std::vector<std::unique_ptr<Greenlet>> greenlets_;
  std::vector<int> free_ids_;
  // The least recently used comes first.
  std::vector<Greenlet*> idle_;
  // How many of them were not needed since the last full collection, and how
  // many are to go because they were not needed from the one before to that.
  size_t unneeded_ = 0;
  size_t surplus_ = 0;
  // Where a kept one is to leave for.
  Greenlet* heir_ = nullptr;
  std::unique_ptr<ContinuationData> continuation_;
  std::unique_ptr<CheckpointOverride> checkpoint_;
  v8::Global<v8::Function> drain_;
  // Does nothing, but looks for interrupts.
  v8::Global<v8::Function> nothing_;
  bool terminated_ = false;
  std::atomic<uint64_t> switches_{0};
};

}  // namespace unblock

#endif  // UNBLOCK_ENVIRONMENT_H_
