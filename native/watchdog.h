// A thread beside the loop that notices when the loop is blocked, and has the
// thread that blocks it say where. One per environment that turns it on.
//
// What it asks for is done by V8 at the next stack guard check of the blocked
// thread: in the midst of a loop, or in C++ that asks, such as a regular
// expression; out of other C++ when that has returned.

#ifndef UNBLOCK_WATCHDOG_H_
#define UNBLOCK_WATCHDOG_H_

#include <uv.h>
#include <v8.h>

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <string>

namespace unblock {

class Environment;

class Watchdog {
 public:
  using Clock = std::chrono::steady_clock;

  struct Options {
    std::chrono::milliseconds period;
    // Whether to write to standard error when the loop is not free for long.
    bool prints;
    // The async that is sent for each report.
    uint32_t async;
  };

  // What has blocked the loop, and when.
  struct Report {
    Clock::time_point since;
    // Unset as long as the thread has not left what blocks it.
    std::optional<Clock::time_point> until;
    // Whether the thread has not answered at once though it could run, and so
    // was in C++.
    bool was_in_native;
    // What the program had for the greenlet's handle.
    v8::Global<v8::Value> greenlet;
    // The frames, a line each; empty, as the handle is, if the thread had left
    // what blocked it before it answered.
    std::string stack;
  };

  explicit Watchdog(Environment* env);
  ~Watchdog() { Stop(); }
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

  // Starts the thread, or lets it go on with other options. `greenlets` has
  // the handles by id. 0 or a negative errno.
  int Start(const Options& options, v8::Local<v8::Array> greenlets);
  // Has nothing said of what the loop's thread is at, until it does something
  // else.
  void Ignore();
  // Returns when the thread has ended. Nothing of the isolate's is left then.
  void Stop();
  // The oldest report that was not taken yet.
  std::optional<Report> Take();

 private:
  // Changes whenever the loop's thread does something else than before.
  struct Beat {
    uint64_t switches;
    uint64_t turns;
    uint64_t idle;
    bool operator==(const Beat&) const = default;
  };
  struct Question {
    Beat beat;
    Clock::time_point since;
    Clock::time_point asked;
    // How long the loop's thread had waited for a processor by then.
    Clock::duration delayed;
    // Whether the answer is to be written at once, and not be a report.
    bool prints;
  };

  static void Main(void* watchdog);
  void Run();
  // Compares what is with what was at the last look.
  void Look();
  // Waits for a period; false if the thread is to end.
  bool Wait();
  Beat Read() const;
  void Ask(bool prints);
  static void OnInterrupt(v8::Isolate* isolate, void* watchdog);
  void Answer();
  // How long the loop's thread has been ready to run while others ran; 0 where
  // the kernel does not tell.
  Clock::duration ReadDelay() const;
  v8::Local<v8::Value> CurrentGreenlet() const;

  Environment* const env_;
  uv_loop_t* const loop_;
  // Of the loop's thread, as the kernel has it.
  const std::string statistics_;
  v8::Global<v8::Array> greenlets_;
  uv_thread_t thread_{};
  bool runs_ = false;

  // The thread's own: the last beat, when it was first seen, and how long after
  // that something is written.
  Beat beat_{};
  Clock::time_point since_;
  Clock::duration next_print_{};
  std::chrono::milliseconds period_{};
  bool asked_ = false;
  // Not before the loop has gone on once: whoever starts the thread is still
  // starting the program.
  bool begun_ = false;

  std::mutex mutex_;
  std::condition_variable changed_;
  // Guarded by the mutex.
  bool stops_ = false;
  Options options_{};
  std::optional<Beat> ignored_;
  std::optional<Question> question_;
  std::deque<Report> reports_;
};

// Adds startWatchdog, stopWatchdog, ignoreBlocking and takeBlockingReport to an
// object.
v8::Maybe<bool> AddWatchdogFunctions(v8::Local<v8::Context> context,
                                     v8::Local<v8::Object> exports,
                                     Environment* env);

}  // namespace unblock

#endif  // UNBLOCK_WATCHDOG_H_
