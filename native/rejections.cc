#include "rejections.h"

#include <dlfcn.h>

#include "environment.h"
#include "v8_functions.h"

namespace unblock {

namespace {

// Node's function is in no header, but exported from the binary.
v8::PromiseRejectCallback NodesCallback() {
  return reinterpret_cast<v8::PromiseRejectCallback>(
      dlsym(RTLD_DEFAULT,
            "_ZN4node21PromiseRejectCallbackEN2v820PromiseRejectMessageE"));
}

// V8 tells a function without data of it: the watcher is found by the context
// it was set in.
constexpr char kWatcher[] = "unblock.rejectionWatcher";

v8::Local<v8::Private> WatcherKey(v8::Isolate* isolate) {
  return v8::Private::ForApi(
      isolate, v8::String::NewFromUtf8Literal(isolate, kWatcher));
}

// The watcher says whether it keeps the rejection to itself. Anything else is
// Node's business, and so is what the watcher cannot be asked for.
void OnRejection(v8::PromiseRejectMessage message) {
  const v8::PromiseRejectEvent event = message.GetEvent();
  v8::Isolate* const isolate = v8::Isolate::GetCurrent();
  const bool is_told = event == v8::kPromiseRejectWithNoHandler ||
                       event == v8::kPromiseHandlerAddedAfterReject;
  if (is_told && !isolate->IsExecutionTerminating() &&
      isolate->InContext()) {
    v8::HandleScope handles(isolate);
    const v8::Local<v8::Context> context = isolate->GetCurrentContext();
    v8::Local<v8::Value> watcher;
    if (context->Global()
            ->GetPrivate(context, WatcherKey(isolate))
            .ToLocal(&watcher) &&
        watcher->IsFunction()) {
      v8::Local<v8::Value> reason = message.GetValue();
      if (reason.IsEmpty()) reason = v8::Undefined(isolate);
      v8::Local<v8::Value> args[] = {
          v8::Boolean::New(isolate, event == v8::kPromiseRejectWithNoHandler),
          message.GetPromise(),
          reason};
      v8::Local<v8::Value> is_kept;
      if (watcher.As<v8::Function>()
              ->Call(context, v8::Undefined(isolate), 3, args)
              .ToLocal(&is_kept) &&
          is_kept->IsTrue()) {
        return;
      }
    }
  }
  NodesCallback()(message);
}

// watchRejections(watcher): watcher(isRejected, promise, reason) is told of each
// rejection without a handler, and of each handler that comes later.
void WatchRejections(const Arguments& args) {
  v8::Isolate* const isolate = args.GetIsolate();
  const v8::Local<v8::Context> context = isolate->GetCurrentContext();
  context->Global()
      ->SetPrivate(context, WatcherKey(isolate), args[0])
      .Check();
  isolate->SetPromiseRejectCallback(OnRejection);
}

// tellRejection(promise, reason): Node hears of one that was kept.
void TellRejection(const Arguments& args) {
  NodesCallback()(v8::PromiseRejectMessage(args[0].As<v8::Promise>(),
                                           v8::kPromiseRejectWithNoHandler,
                                           args[1]));
}

}  // namespace

v8::Maybe<bool> AddRejectionFunctions(v8::Local<v8::Context> context,
                                      v8::Local<v8::Object> exports,
                                      Environment* env) {
  if (NodesCallback() == nullptr) return v8::Just(true);
  const v8::Local<v8::External> data = Wrap(env->isolate, env);
  const auto add = [&](const char* name, v8::FunctionCallback callback) {
    return AddFunction(env->isolate, context, exports, data, name, callback);
  };
  return v8::Just(add("watchRejections", WatchRejections) &&
                  add("tellRejection", TellRejection));
}

}  // namespace unblock
