#include "watcher.h"

#include <atomic>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <utility>

#include "environment.h"
#include "v8_functions.h"

namespace unblock {

namespace {

// As in src/core/loop/io-watcher.ts, beside libuv's own events.
constexpr int kFailed = 16;

// Asyncs by number, for the threads of this process: a watcher belongs to one
// of them, and the others wake it. The only thing that environments share.
class Asyncs {
 public:
  // Never destroyed: at the end of the process other threads may still send.
  static Asyncs& Get() {
    static Asyncs* const asyncs = new Asyncs();
    return *asyncs;
  }

  uint32_t Add(Watcher* async) {
    const std::lock_guard<std::mutex> lock(mutex_);
    by_number_.emplace(++last_, async);
    return last_;
  }

  void Remove(uint32_t number) {
    const std::lock_guard<std::mutex> lock(mutex_);
    by_number_.erase(number);
  }

  bool Send(uint32_t number);

 private:
  std::mutex mutex_;
  std::unordered_map<uint32_t, Watcher*> by_number_;
  uint32_t last_ = 0;
};

}  // namespace

class Watcher {
 public:
  Watcher(Watchers* owner, int id, Watchers::Kind kind)
      : owner_(owner), id_(id), kind_(kind) {}

  int Init(uv_loop_t* loop, int number) {
    number_ = number;
    int error = 0;
    switch (kind_) {
      case Watchers::kIo:
        error = uv_poll_init(loop, &any_.poll, number);
        break;
      case Watchers::kSignal:
        error = uv_signal_init(loop, &any_.signal);
        break;
      case Watchers::kAsync:
        error = uv_async_init(loop, &any_.async, [](uv_async_t* handle) {
          if (Of(handle)->sent_.exchange(false)) Of(handle)->Emit(0);
        });
        break;
      case Watchers::kIdle:
        error = uv_idle_init(loop, &any_.idle);
        break;
      case Watchers::kPrepare:
        error = uv_prepare_init(loop, &any_.prepare);
        break;
      case Watchers::kCheck:
        error = uv_check_init(loop, &any_.check);
        break;
    }
    if (error != 0) return error;
    any_.handle.data = this;
    ApplyHold();
    if (kind_ == Watchers::kAsync) number_ = Asyncs::Get().Add(this);
    return 0;
  }

  // `events` is what to poll for, if this polls.
  int Start(int events) {
    const int error = StartHandle(events);
    started_ = error == 0;
    ApplyHold();
    return error;
  }

  void Stop() {
    started_ = false;
    ApplyHold();
    StopHandle();
  }

  // Whether the loop goes on for this, while it is started.
  void Hold(bool holds) {
    holds_ = holds;
    ApplyHold();
  }

  // Ends it, and frees it when libuv is done with it.
  void Close() {
    if (kind_ == Watchers::kAsync) Asyncs::Get().Remove(number_);
    uv_close(&any_.handle, [](uv_handle_t* handle) {
      Watcher* const watcher = Of(handle);
      Watchers* const owner = watcher->owner_;
      delete watcher;
      owner->OnFreed();
    });
  }

  // Has the loop call back if this is an async, and started; for any thread.
  bool Send() {
    if (!started_) return true;
    sent_ = true;
    return uv_async_send(&any_.async) == 0;
  }

  uint32_t number() const { return number_; }

 private:
  template <typename Handle>
  static Watcher* Of(Handle* handle) {
    return static_cast<Watcher*>(handle->data);
  }

  int StartHandle(int events) {
    switch (kind_) {
      case Watchers::kIo:
        return uv_poll_start(
            &any_.poll, events, [](uv_poll_t* handle, int error, int ready) {
              // What is wrong with the descriptor, its reader and its writer
              // find out by themselves. libuv has stopped it.
              Of(handle)->Emit(
                  error == 0 ? ready : UV_READABLE | UV_WRITABLE | kFailed);
            });
      case Watchers::kSignal:
        return uv_signal_start(
            &any_.signal,
            [](uv_signal_t* handle, int) { Of(handle)->Emit(0); },
            number_);
      case Watchers::kAsync:
        return 0;
      case Watchers::kIdle:
        before_ = Metrics();
        return uv_idle_start(&any_.idle, [](uv_idle_t* handle) {
          if (Of(handle)->IsQuiet()) Of(handle)->Emit(0);
        });
      case Watchers::kPrepare:
        return uv_prepare_start(&any_.prepare, [](uv_prepare_t* handle) {
          Of(handle)->Emit(0);
        });
      case Watchers::kCheck:
        return uv_check_start(&any_.check, [](uv_check_t* handle) {
          Of(handle)->Emit(0);
        });
    }
    return UV_EINVAL;
  }

  void StopHandle() {
    switch (kind_) {
      case Watchers::kIo:
        uv_poll_stop(&any_.poll);
        break;
      case Watchers::kSignal:
        uv_signal_stop(&any_.signal);
        break;
      case Watchers::kAsync:
        // libuv may still have to call back for it.
        sent_ = false;
        break;
      case Watchers::kIdle:
        uv_idle_stop(&any_.idle);
        break;
      case Watchers::kPrepare:
        uv_prepare_stop(&any_.prepare);
        break;
      case Watchers::kCheck:
        uv_check_stop(&any_.check);
        break;
    }
  }

  // libuv takes an async for active from the start.
  void ApplyHold() {
    if (holds_ && (started_ || kind_ != Watchers::kAsync)) {
      uv_ref(&any_.handle);
    } else {
      uv_unref(&any_.handle);
    }
  }

  void Emit(int value) {
    if (started_) owner_->Dispatch(id_, value);
  }

  uv_metrics_t Metrics() {
    uv_metrics_t metrics;
    uv_metrics_info(any_.handle.loop, &metrics);
    return metrics;
  }

  // Whether the loop has polled since the last time, and found nothing.
  bool IsQuiet() {
    const uv_metrics_t before = std::exchange(before_, Metrics());
    return before_.loop_count > before.loop_count &&
           before_.events == before.events;
  }

  Watchers* const owner_;
  const int id_;
  const Watchers::Kind kind_;
  // The descriptor, the signal, or the async's number.
  uint32_t number_ = 0;
  // Other threads look at it.
  std::atomic<bool> started_{false};
  // Whether an async was sent to since it was started, and has not told yet.
  std::atomic<bool> sent_{false};
  bool holds_ = true;
  uv_metrics_t before_{};
  uv_any_handle any_{};
};

bool Asyncs::Send(uint32_t number) {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto found = by_number_.find(number);
  return found != by_number_.end() && found->second->Send();
}

bool WakeAsync(uint32_t number) {
  return Asyncs::Get().Send(number);
}

Watchers::Watchers(Environment* env)
    : env_(env),
      loop_(node::GetCurrentEventLoop(env->isolate)),
      resource_(env->isolate, v8::Object::New(env->isolate)),
      exit_hook_(node::AddEnvironmentCleanupHook(
          env->isolate, OnEnvironmentExit, this)) {}

void Watchers::SetDispatch(v8::Local<v8::Function> dispatch) {
  dispatch_.Reset(env_->isolate, dispatch);
}

int Watchers::Open(Kind kind, int number) {
  const bool reuses = !free_ids_.empty();
  const int id = reuses ? free_ids_.back() : static_cast<int>(slots_.size());
  auto watcher = std::make_unique<Watcher>(this, id, kind);
  if (const int error = watcher->Init(loop_, number)) return error;
  if (reuses) {
    free_ids_.pop_back();
  } else {
    slots_.push_back(nullptr);
  }
  slots_[id] = watcher.release();
  allocated_++;
  return id;
}

Watcher* Watchers::Find(int id) const {
  return static_cast<size_t>(id) < slots_.size() ? slots_[id] : nullptr;
}

void Watchers::Close(int id) {
  Watcher* const watcher = std::exchange(slots_[id], nullptr);
  if (watcher == nullptr) return;
  free_ids_.push_back(id);
  watcher->Close();
}

void Watchers::Dispatch(int id, int value) {
  v8::Isolate* const isolate = env_->isolate;
  v8::HandleScope handles(isolate);
  const v8::Local<v8::Context> context = env_->context.Get(isolate);
  v8::Context::Scope entered(context);
  // When it closes, Node runs the ticks and the microtasks.
  node::CallbackScope scope(isolate, resource_.Get(isolate), {0, 0});
  v8::Local<v8::Value> args[] = {v8::Integer::New(isolate, id),
                                 v8::Integer::New(isolate, value)};
  // The function deals with all errors; what comes out empty is a termination.
  dispatch_.Get(isolate)
      ->Call(context, v8::Undefined(isolate), 2, args)
      .FromMaybe(v8::Local<v8::Value>());
}

void Watchers::OnEnvironmentExit(void* data, void (*done)(void*), void* arg) {
  Watchers* const watchers = static_cast<Watchers*>(data);
  for (size_t id = 0; id < watchers->slots_.size(); id++) watchers->Close(id);
  watchers->exit_done_ = done;
  watchers->exit_arg_ = arg;
  if (watchers->allocated_ == 0) done(arg);
}

void Watchers::OnFreed() {
  if (--allocated_ == 0 && exit_done_ != nullptr) exit_done_(exit_arg_);
}

void Watchers::Release() {
  dispatch_.Reset();
  resource_.Reset();
}

namespace {

Watcher* WatcherOf(const Arguments& args) {
  return Unwrap(args)->watchers->Find(IntegerAt(args, 0));
}

// open(kind, number, dispatch): the id, or a negative errno.
void Open(const Arguments& args) {
  Environment* const env = Unwrap(args);
  if (env->watchers == nullptr) {
    env->watchers = std::make_unique<Watchers>(env);
    env->watchers->SetDispatch(args[2].As<v8::Function>());
  }
  const auto kind = static_cast<Watchers::Kind>(IntegerAt(args, 0));
  args.GetReturnValue().Set(env->watchers->Open(kind, IntegerAt(args, 1)));
}

// start(id, events): 0 or a negative errno.
void Start(const Arguments& args) {
  args.GetReturnValue().Set(WatcherOf(args)->Start(IntegerAt(args, 1)));
}

// stop(id)
void Stop(const Arguments& args) {
  WatcherOf(args)->Stop();
}

// hold(id, holds)
void Hold(const Arguments& args) {
  WatcherOf(args)->Hold(args[1]->IsTrue());
}

// close(id)
void Close(const Arguments& args) {
  Unwrap(args)->watchers->Close(IntegerAt(args, 0));
}

// number(id)
void Number(const Arguments& args) {
  args.GetReturnValue().Set(WatcherOf(args)->number());
}

// send(number): whether there was one, in whatever thread.
void Send(const Arguments& args) {
  args.GetReturnValue().Set(
      WakeAsync(args[0].As<v8::Uint32>()->Value()));
}

// count()
void Count(const Arguments& args) {
  const Environment* const env = Unwrap(args);
  const size_t count = env->watchers == nullptr ? 0 : env->watchers->open();
  args.GetReturnValue().Set(static_cast<uint32_t>(count));
}

// isLoopAlive()
void IsLoopAlive(const Arguments& args) {
  args.GetReturnValue().Set(
      uv_loop_alive(node::GetCurrentEventLoop(Unwrap(args)->isolate)) != 0);
}

}  // namespace

v8::Maybe<bool> AddWatcherFunctions(v8::Local<v8::Context> context,
                                    v8::Local<v8::Object> exports,
                                    Environment* env) {
  v8::Isolate* const isolate = env->isolate;
  const v8::Local<v8::External> data = Wrap(isolate, env);
  const v8::Local<v8::Object> watchers = v8::Object::New(isolate);
  const auto add = [&](const char* name, v8::FunctionCallback callback) {
    return AddFunction(isolate, context, watchers, data, name, callback);
  };
  v8::Local<v8::String> key;
  return v8::Just(
      add("open", Open) && add("start", Start) && add("stop", Stop) &&
      add("hold", Hold) && add("close", Close) && add("number", Number) &&
      add("send", Send) && add("count", Count) &&
      add("isLoopAlive", IsLoopAlive) &&
      v8::String::NewFromUtf8(isolate, "watchers").ToLocal(&key) &&
      exports->Set(context, key, watchers).FromMaybe(false));
}

}  // namespace unblock
