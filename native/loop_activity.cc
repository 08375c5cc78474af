#include "loop_activity.h"

#include <node.h>
#include <uv.h>

#include "environment.h"
#include "v8_functions.h"

namespace unblock {

namespace {

// The loop outlives the isolate, and with it every array over its memory.
v8::Local<v8::Value> View(v8::Isolate* isolate, unsigned int* counter) {
  auto memory = v8::ArrayBuffer::NewBackingStore(
      counter, sizeof(*counter), [](void*, size_t, void*) {}, nullptr);
  return v8::Uint32Array::New(
      v8::ArrayBuffer::New(isolate, std::move(memory)), 0, 1);
}

// loopActivity(): [handles, requests], how many of each are active, as arrays
// of length 1 over libuv's own counters.
void LoopActivity(const Arguments& args) {
  v8::Isolate* const isolate = args.GetIsolate();
  uv_loop_t* const loop = node::GetCurrentEventLoop(isolate);
  v8::Local<v8::Value> views[] = {View(isolate, &loop->active_handles),
                                  View(isolate, &loop->active_reqs.count)};
  args.GetReturnValue().Set(v8::Array::New(isolate, views, 2));
}

}  // namespace

v8::Maybe<bool> AddLoopActivity(v8::Local<v8::Context> context,
                                v8::Local<v8::Object> exports,
                                Environment* env) {
  v8::Isolate* const isolate = env->isolate;
  return v8::Just(AddFunction(isolate,
                              context,
                              exports,
                              Wrap(isolate, env),
                              "loopActivity",
                              LoopActivity));
}

}  // namespace unblock
