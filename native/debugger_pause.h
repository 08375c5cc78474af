// Whether the debugger holds this thread at a breakpoint.
//
// While it does, a message loop is nested on the stack that was running, and
// all that runs (an expression in its console, say) runs from within that loop,
// on its stack or on others. Leaving it would leave the debugger behind.

#ifndef UNBLOCK_DEBUGGER_PAUSE_H_
#define UNBLOCK_DEBUGGER_PAUSE_H_

#include <v8.h>

#include <cstdint>
#include <memory>
#include <vector>

namespace unblock {

// Node has no accessor for this, but the loop is a virtual function of the
// object that it gives V8's inspector: that object, one per environment, gets a
// vtable of its own. Asking costs JavaScript the load of a byte.
class DebuggerPause {
 public:
  // Finds the environment's inspector client. Without one (a Node built without
  // an inspector), no debugger ever holds the thread.
  explicit DebuggerPause(v8::Local<v8::Context> context);
  ~DebuggerPause();
  DebuggerPause(const DebuggerPause&) = delete;
  DebuggerPause& operator=(const DebuggerPause&) = delete;

  // A Uint8Array of one element: 1 while the debugger holds the thread, else 0.
  v8::Local<v8::Uint8Array> flag(v8::Isolate* isolate) const;
  // The same, for any thread.
  bool is_paused() const {
    return *static_cast<volatile uint8_t*>(flag_->Data()) != 0;
  }

 private:
  using Loop = void (*)(void* client, int context_group);
  static void RunLoop(void* client, int context_group);

  std::shared_ptr<v8::BackingStore> flag_;
  void* client_ = nullptr;
  Loop loop_ = nullptr;
  void** stock_vtable_ = nullptr;
  std::vector<void*> vtable_;
};

}  // namespace unblock

#endif  // UNBLOCK_DEBUGGER_PAUSE_H_
