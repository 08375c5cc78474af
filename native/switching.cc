#include "switching.h"

#include <cerrno>

#include "environment.h"
#include "v8_functions.h"

namespace unblock {

namespace {

// start(): 0 once somebody has switched back, or the errno of the stack that
// could not be had.
void Start(const Arguments& args) {
  Environment* const env = Unwrap(args);
  const int error = env->Start() ? 0 : errno;
  env->PropagateTermination();
  args.GetReturnValue().Set(error);
}

// What JavaScript takes for suspended; null if it is not, because a termination
// has unwound greenlets: then JavaScript is terminated as well.
Greenlet* Suspended(Environment* env, int id) {
  Greenlet* const greenlet = env->Find(id);
  if (greenlet != nullptr && greenlet != env->current) return greenlet;
  env->Terminate();
  return nullptr;
}

// switchTo(id): returns once somebody has switched back. The caller vouches
// that the id is that of a suspended greenlet.
void SwitchTo(const Arguments& args) {
  Environment* const env = Unwrap(args);
  Greenlet* const to = Suspended(env, IntegerAt(args, 0));
  if (to == nullptr) return;
  env->current->SwitchTo(to);
  env->PropagateTermination();
}

// retire(id): the running greenlet has finished; goes on with the one of that
// id. Returns -1 once the stack has another body to run, or the id to return.
void Retire(const Arguments& args) {
  Environment* const env = Unwrap(args);
  Greenlet* const next = Suspended(env, IntegerAt(args, 0));
  args.GetReturnValue().Set(next == nullptr ? Greenlet::kMain
                                            : env->Retire(next));
}

// trimPool(): whether it is to be called again.
void TrimPool(const Arguments& args) {
  Environment* const env = Unwrap(args);
  args.GetReturnValue().Set(env->TrimPool());
  env->PropagateTermination();
}

void PerformCheckpoint(const Arguments& args) {
  Unwrap(args)->PerformCheckpoint();
}

}  // namespace

v8::Maybe<bool> AddSwitchingFunctions(v8::Local<v8::Context> context,
                                      v8::Local<v8::Object> exports,
                                      Environment* env) {
  const v8::Local<v8::External> data = Wrap(env->isolate, env);
  const auto add = [&](const char* name, v8::FunctionCallback callback) {
    return AddFunction(env->isolate, context, exports, data, name, callback);
  };
  return v8::Just(add("start", Start) && add("switchTo", SwitchTo) &&
                  add("retire", Retire) && add("trimPool", TrimPool) &&
                  add("performCheckpoint", PerformCheckpoint));
}

}  // namespace unblock
