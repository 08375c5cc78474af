// Handles of libuv on the loop that Node runs, for the watchers of
// src/core/loop/loop.ts. JavaScript knows them by small numbers.

#ifndef UNBLOCK_WATCHER_H_
#define UNBLOCK_WATCHER_H_

#include <node.h>
#include <uv.h>
#include <v8.h>

#include <cstdint>
#include <vector>

namespace unblock {

class Environment;
class Watcher;

// Those of one environment; there are none before the first is opened.
class Watchers {
 public:
  // In the order of the names in src/core/binding.ts.
  enum Kind : int32_t { kIo, kSignal, kAsync, kIdle, kPrepare, kCheck };

  explicit Watchers(Environment* env);
  Watchers(const Watchers&) = delete;
  Watchers& operator=(const Watchers&) = delete;

  // `dispatch(id, value)` is called in the loop for each event.
  void SetDispatch(v8::Local<v8::Function> dispatch);

  // Makes one that does nothing yet. `number` is the descriptor or the signal,
  // if the kind has one. Returns its id, or a negative errno.
  int Open(Kind kind, int number);
  // The open one with this id, or null.
  Watcher* Find(int id) const;
  void Close(int id);
  size_t open() const { return slots_.size() - free_ids_.size(); }

  // Lets go of everything that belongs to the isolate.
  void Release();

 private:
  friend class Watcher;

  static void OnEnvironmentExit(void* watchers, void (*done)(void*), void* arg);
  void Dispatch(int id, int value);
  void OnFreed();

  Environment* const env_;
  uv_loop_t* const loop_;
  v8::Global<v8::Function> dispatch_;
  v8::Global<v8::Object> resource_;
  std::vector<Watcher*> slots_;
  std::vector<int> free_ids_;
  // Those that libuv has not given back yet, closed ones included: the loop
  // must not go before them.
  size_t allocated_ = 0;
  node::AsyncCleanupHookHandle exit_hook_;
  void (*exit_done_)(void*) = nullptr;
  void* exit_arg_ = nullptr;
};

// Has the async with this number call back in its loop; for any thread. False if
// there is none.
bool WakeAsync(uint32_t number);

// Adds the functions that src/core/binding.ts describes to an object.
v8::Maybe<bool> AddWatcherFunctions(v8::Local<v8::Context> context,
                                    v8::Local<v8::Object> exports,
                                    Environment* env);

}  // namespace unblock

#endif  // UNBLOCK_WATCHER_H_
