// The add-on's door: a Node-API module whose functions set up, count and ask.
// What switches stacks is in switching.cc.

#include <napi.h>
#include <node.h>

#include <cstring>
#include <memory>
#include <string>

#include "environment.h"
#include "files.h"
#include "loop_activity.h"
#include "process_status.h"
#include "realm.h"
#include "rejections.h"
#include "switching.h"
#include "v8_flags.h"
#include "wasm_stacks.h"
#include "watcher.h"

namespace unblock {

namespace {

// A napi_value is a v8::Local in disguise (js_native_api_v8.h).
template <typename T>
v8::Local<T> ToV8(napi_value value) {
  v8::Local<T> local;
  static_assert(sizeof(local) == sizeof(value));
  memcpy(static_cast<void*>(&local), &value, sizeof(value));
  return local;
}

napi_value FromV8(v8::Local<v8::Value> local) {
  napi_value value;
  memcpy(&value, &local, sizeof(value));
  return value;
}

// The environment closes before its isolate goes, its stacks after: V8 may
// look at a suspended greenlet's stack as long as the isolate lives.
void OnEnvironmentExit(void* data) {
  static_cast<Environment*>(data)->Close();
}

void OnIsolateGone(void* data) {
  delete static_cast<Environment*>(data);
}

// The code by which src/core/binding.ts tells a failed probe from a bad file.
constexpr char kUnknownBuild[] = "ERR_UNBLOCK_UNSUPPORTED";

void Refuse(Napi::Env napi_env, const std::string& reason) {
  Napi::Error error = Napi::Error::New(napi_env, reason);
  error.Set("code", kUnknownBuild);
  error.ThrowAsJavaScriptException();
}

// Node checks that for add-ons of its own ABI, not for Node-API ones.
bool IsBuiltForThisNode(Napi::Env napi_env) {
  return Napi::VersionManagement::GetNodeVersion(napi_env)->major ==
         NODE_MAJOR_VERSION;
}

Environment* Install(Napi::Env napi_env) {
  if (!IsBuiltForThisNode(napi_env)) {
    Refuse(napi_env,
           "the binary was built for Node " +
               std::to_string(NODE_MAJOR_VERSION));
    return nullptr;
  }
  v8::Isolate* const isolate = v8::Isolate::GetCurrent();
  const v8::Local<v8::Context> context = isolate->GetCurrentContext();
  auto env = std::make_unique<Environment>(isolate, context);
  const std::string missing = env->Probe();
  if (!missing.empty()) {
    env->Close();
    Refuse(napi_env, missing);
    return nullptr;
  }
  TurnOffWasmCodeGC();
  node::AddEnvironmentCleanupHook(isolate, OnEnvironmentExit, env.get());
  node::GetMultiIsolatePlatform(node::GetCurrentEnvironment(context))
      ->AddIsolateFinishedCallback(isolate, OnIsolateGone, env.get());
  return env.release();
}

Environment* EnvironmentOf(const Napi::CallbackInfo& info) {
  return static_cast<Environment*>(info.Data());
}

// configure(stackSize, stackGuard, stackPool)
void Configure(const Napi::CallbackInfo& info) {
  Options& options = EnvironmentOf(info)->options;
  options.stack.size = info[0].As<Napi::Number>().Int64Value();
  options.stack.guard = info[1].As<Napi::Boolean>();
  options.pool = info[2].As<Napi::Number>().Uint32Value();
}

// setBody(body): body(id) runs on each new greenlet's stack and returns the id
// of the greenlet that goes on when it is done.
void SetBody(const Napi::CallbackInfo& info) {
  Environment* const env = EnvironmentOf(info);
  env->body.Reset(env->isolate, ToV8<v8::Function>(info[0]));
}

// overrideCheckpoint(drain)
void OverrideCheckpoint(const Napi::CallbackInfo& info) {
  EnvironmentOf(info)->OverrideCheckpoint(ToV8<v8::Function>(info[0]));
}

// counts(): how many stacks are in use and how many wait to be.
Napi::Value Counts(const Napi::CallbackInfo& info) {
  const Environment* const env = EnvironmentOf(info);
  Napi::Object counts = Napi::Object::New(info.Env());
  counts.Set("active", static_cast<double>(env->active()));
  counts.Set("idle", static_cast<double>(env->idle()));
  return counts;
}

// internals(): { internalBinding, require } or undefined.
Napi::Value Internals(const Napi::CallbackInfo& info) {
  v8::Local<v8::Object> internals;
  if (!FindInternals(EnvironmentOf(info)->isolate->GetCurrentContext())
           .ToLocal(&internals)) {
    return info.Env().Undefined();
  }
  return Napi::Value(info.Env(), FromV8(internals));
}

}  // namespace

Napi::Object Init(Napi::Env napi_env, Napi::Object exports) {
  Environment* const env = Install(napi_env);
  if (env == nullptr) return exports;
  const auto add = [&](const char* name, auto callback) {
    exports.Set(name, Napi::Function::New(napi_env, callback, name, env));
  };
  add("configure", Configure);
  add("setBody", SetBody);
  add("overrideCheckpoint", OverrideCheckpoint);
  add("counts", Counts);
  add("internals", Internals);
  exports.Set("pausedByDebugger",
              FromV8(env->debugger_pause->flag(env->isolate)));
  const v8::Local<v8::Context> context = env->isolate->GetCurrentContext();
  exports.Set("extras", FromV8(context->GetExtrasBindingObject()));
  const v8::Local<v8::Object> target = ToV8<v8::Object>(exports);
  AddSwitchingFunctions(context, target, env).Check();
  AddWatcherFunctions(context, target, env).Check();
  AddWatchdogFunctions(context, target, env).Check();
  AddProcessFunctions(context, target, env).Check();
  AddRejectionFunctions(context, target, env).Check();
  AddLoopActivity(context, target, env).Check();
  AddWasmStackFunctions(context, target, env).Check();
  AddFileFunctions(context, target, env).Check();
  return exports;
}

}  // namespace unblock

using unblock::Init;
NODE_API_MODULE(unblock, Init)
