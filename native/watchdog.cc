#include "watchdog.h"

#include <pthread.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <sstream>
#include <utility>

#include "environment.h"
#include "v8_functions.h"

namespace unblock {

namespace {

using std::chrono::milliseconds;
using Clock = Watchdog::Clock;

// A thread in JavaScript answers within that.
constexpr milliseconds kAtOnce{10};
// What takes longer is written down before it ends.
constexpr milliseconds kLong{1000};
constexpr int kFrames = 50;
// The program may not take its reports for long.
constexpr size_t kReports = 100;

std::string CaptureStack(v8::Isolate* isolate) {
  v8::HandleScope handles(isolate);
  std::ostringstream out;
  v8::Message::PrintCurrentStackTrace(isolate, out);
  std::istringstream frames(out.str());
  std::string stack;
  std::string frame;
  for (int count = 0; count < kFrames && std::getline(frames, frame); count++) {
    if (count > 0) stack += '\n';
    stack += "    at " + frame;
  }
  return stack;
}

// In one go, as others may write as well.
void Print(Clock::duration blocked, const std::string& where) {
  const auto time = std::chrono::duration_cast<milliseconds>(blocked).count();
  const std::string text = "unblock: the loop has been blocked for " +
                           std::to_string(time) + " ms, and still is" + where +
                           "\n";
  if (write(STDERR_FILENO, text.data(), text.size()) < 0) return;
}

}  // namespace

Watchdog::Watchdog(Environment* env)
    : env_(env),
      loop_(node::GetCurrentEventLoop(env->isolate)),
      statistics_("/proc/self/task/" + std::to_string(syscall(SYS_gettid)) +
                  "/schedstat") {}

int Watchdog::Start(const Options& options, v8::Local<v8::Array> greenlets) {
  greenlets_.Reset(env_->isolate, greenlets);
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    options_ = options;
    stops_ = false;
  }
  if (runs_) {
    changed_.notify_one();
    return 0;
  }
  beat_ = Read();
  begun_ = false;
  constexpr size_t kStackSize = 256 * 1024;
  const uv_thread_options_t how{UV_THREAD_HAS_STACK_SIZE, kStackSize};
  const int error = uv_thread_create_ex(&thread_, &how, Main, this);
  runs_ = error == 0;
  return error;
}

void Watchdog::Ignore() {
  const std::lock_guard<std::mutex> lock(mutex_);
  ignored_ = Read();
  question_.reset();
}

void Watchdog::Stop() {
  if (!std::exchange(runs_, false)) return;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stops_ = true;
    question_.reset();
  }
  changed_.notify_one();
  uv_thread_join(&thread_);
  reports_.clear();
  greenlets_.Reset();
}

std::optional<Watchdog::Report> Watchdog::Take() {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (reports_.empty()) return std::nullopt;
  Report report = std::move(reports_.front());
  reports_.pop_front();
  return report;
}

void Watchdog::Main(void* watchdog) {
  // Signals are for the program's threads.
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, nullptr);
  static_cast<Watchdog*>(watchdog)->Run();
}

void Watchdog::Run() {
  while (Wait()) Look();
}

bool Watchdog::Wait() {
  std::unique_lock<std::mutex> lock(mutex_);
  changed_.wait_for(lock, options_.period);
  period_ = options_.period;
  return !stops_;
}

void Watchdog::Look() {
  const Beat beat = Read();
  const bool is_paused = env_->debugger_pause->is_paused();
  if (beat != beat_ || is_paused) {
    // What comes after a pause counts from the look that finds it over.
    beat_ = is_paused ? Beat{} : beat;
    since_ = Clock::now();
    next_print_ = kLong;
    asked_ = false;
    begun_ = true;
    return;
  }
  if (!begun_) return;
  const Clock::duration blocked = Clock::now() - since_;
  // It may have been woken early.
  if (blocked < period_) return;
  if (!asked_) {
    asked_ = true;
    Ask(false);
  } else if (blocked >= next_print_) {
    next_print_ = 2 * blocked;
    Ask(true);
  }
}

// Everything here may be read by any thread: V8's and libuv's numbers are
// words that their owner counts up.
Watchdog::Beat Watchdog::Read() const {
  uv_metrics_t metrics;
  uv_metrics_info(loop_, &metrics);
  return {env_->switches(), metrics.loop_count, uv_metrics_idle_time(loop_)};
}

Clock::duration Watchdog::ReadDelay() const {
  int64_t ran = 0;
  int64_t delayed = 0;
  std::ifstream(statistics_) >> ran >> delayed;
  return std::chrono::nanoseconds(delayed);
}

void Watchdog::Ask(bool prints) {
  const Clock::duration delayed = ReadDelay();
  const Clock::time_point now = Clock::now();
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (ignored_ == beat_ || (prints && !options_.prints)) return;
    // It is in C++ still, where it cannot say more than that.
    if (prints && question_ && question_->beat == beat_) {
      Print(now - since_, ", in C++ that was called from JavaScript");
      return;
    }
    question_ = {beat_, since_, now, delayed, prints};
  }
  env_->isolate->RequestInterrupt(OnInterrupt, this);
}

void Watchdog::OnInterrupt(v8::Isolate*, void* watchdog) {
  static_cast<Watchdog*>(watchdog)->Answer();
}

// V8 may call this late, on another greenlet's stack, or twice.
void Watchdog::Answer() {
  const Clock::time_point now = Clock::now();
  std::optional<Question> question;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    question = std::exchange(question_, std::nullopt);
  }
  if (!question) return;
  const bool is_still_there = Read() == question->beat;
  // On a busy machine it may have been about to answer all the time.
  const Clock::duration taken =
      now - question->asked - (ReadDelay() - question->delayed);
  v8::Isolate* const isolate = env_->isolate;
  v8::HandleScope handles(isolate);
  std::string stack = is_still_there ? CaptureStack(isolate) : "";
  if (question->prints && is_still_there) {
    Print(now - question->since, "\n" + stack);
  }
  v8::Global<v8::Value> greenlet;
  std::optional<Clock::time_point> until;
  if (is_still_there) {
    greenlet.Reset(isolate, CurrentGreenlet());
  } else {
    until = question->asked;
  }
  uint32_t async;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    async = options_.async;
    // What was said of the same stretch before is out of date.
    if (!reports_.empty() && reports_.back().since == question->since) {
      reports_.pop_back();
    } else if (reports_.size() == kReports) {
      reports_.pop_front();
    }
    reports_.push_back({question->since,
                        until,
                        taken > kAtOnce,
                        std::move(greenlet),
                        std::move(stack)});
  }
  WakeAsync(async);
}

// No program runs for it: it is an element of an array.
v8::Local<v8::Value> Watchdog::CurrentGreenlet() const {
  return greenlets_.Get(env_->isolate)
      ->Get(env_->context.Get(env_->isolate),
            static_cast<uint32_t>(env_->current->id()))
      .FromMaybe(v8::Null(env_->isolate).As<v8::Value>());
}

namespace {

// startWatchdog(period, prints, async, greenlets): 0 or a negative errno.
void StartWatchdog(const Arguments& args) {
  Environment* const env = Unwrap(args);
  if (env->watchdog == nullptr) env->watchdog = std::make_unique<Watchdog>(env);
  args.GetReturnValue().Set(
      env->watchdog->Start({milliseconds(IntegerAt(args, 0)),
                            args[1]->IsTrue(),
                            args[2].As<v8::Uint32>()->Value()},
                           args[3].As<v8::Array>()));
}

// stopWatchdog()
void StopWatchdog(const Arguments& args) {
  Environment* const env = Unwrap(args);
  if (env->watchdog != nullptr) env->watchdog->Stop();
}

// ignoreBlocking()
void IgnoreBlocking(const Arguments& args) {
  Environment* const env = Unwrap(args);
  if (env->watchdog != nullptr) env->watchdog->Ignore();
}

// takeBlockingReport(): [blockedFor, wasInNative, greenlet, stack] or undefined.
void TakeBlockingReport(const Arguments& args) {
  Environment* const env = Unwrap(args);
  const std::optional<Watchdog::Report> report =
      env->watchdog == nullptr ? std::nullopt : env->watchdog->Take();
  if (!report) return;
  v8::Isolate* const isolate = env->isolate;
  const std::chrono::duration<double, std::milli> blocked =
      report->until.value_or(Clock::now()) - report->since;
  v8::Local<v8::Value> greenlet = v8::Null(isolate);
  if (!report->greenlet.IsEmpty()) greenlet = report->greenlet.Get(isolate);
  v8::Local<v8::String> stack;
  if (!v8::String::NewFromUtf8(isolate,
                               report->stack.data(),
                               v8::NewStringType::kNormal,
                               static_cast<int>(report->stack.size()))
           .ToLocal(&stack)) {
    return;
  }
  v8::Local<v8::Value> fields[] = {
      v8::Number::New(isolate, blocked.count()),
      v8::Boolean::New(isolate, report->was_in_native),
      greenlet,
      stack};
  args.GetReturnValue().Set(
      v8::Array::New(isolate, fields, std::size(fields)));
}

}  // namespace

v8::Maybe<bool> AddWatchdogFunctions(v8::Local<v8::Context> context,
                                     v8::Local<v8::Object> exports,
                                     Environment* env) {
  const v8::Local<v8::External> data = Wrap(env->isolate, env);
  const auto add = [&](const char* name, v8::FunctionCallback callback) {
    return AddFunction(env->isolate, context, exports, data, name, callback);
  };
  return v8::Just(add("startWatchdog", StartWatchdog) &&
                  add("stopWatchdog", StopWatchdog) &&
                  add("ignoreBlocking", IgnoreBlocking) &&
                  add("takeBlockingReport", TakeBlockingReport));
}

}  // namespace unblock
