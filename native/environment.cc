#include "environment.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace unblock {

Environment::Environment(v8::Isolate* isolate, v8::Local<v8::Context> context)
    : isolate(isolate), context(isolate, context) {
  greenlets_.push_back(
      std::make_unique<Greenlet>(this, Greenlet::kMain, std::nullopt));
  continuation_ = std::make_unique<ContinuationData>(isolate);
  debugger_pause = std::make_unique<DebuggerPause>(context);
  isolate->AddGCEpilogueCallback(AfterGC, this, v8::kGCTypeMarkSweepCompact);
  v8::ScriptCompiler::Source empty(v8::String::Empty(isolate));
  v8::Local<v8::Function> nothing;
  if (v8::ScriptCompiler::CompileFunction(context, &empty).ToLocal(&nothing))
    nothing_.Reset(isolate, nothing);
}

std::string Environment::Probe() {
  std::string error = words.Probe(isolate);
  if (error.empty()) error = stack_objects.Probe(isolate);
  if (error.empty()) {
    main()->AdoptThread();
    current = main();
    v8::MicrotaskQueue* const queue =
        isolate->GetCurrentContext()->GetMicrotaskQueue();
    error = drain_fields.Probe(isolate, queue);
  }
  return error;
}

void Environment::Close() {
  if (watchdog != nullptr) watchdog->Stop();
  careful_collections.reset();
  isolate->RemoveGCEpilogueCallback(AfterGC, this);
  checkpoint_.reset();
  continuation_.reset();
  debugger_pause.reset();
  drain_.Reset();
  nothing_.Reset();
  if (watchers != nullptr) watchers->Release();
  body.Reset();
  context.Reset();
}

bool Environment::Start() {
  Greenlet* next;
  if (!idle_.empty()) {
    next = idle_.back();
    idle_.pop_back();
    unneeded_ = std::min(unneeded_, idle_.size());
    surplus_ = std::min(surplus_, idle_.size());
  } else {
    std::optional<Stack> stack = Stack::Allocate(options.stack);
    if (!stack) return false;
    int id = static_cast<int>(greenlets_.size());
    if (!free_ids_.empty()) {
      id = free_ids_.back();
      free_ids_.pop_back();
    } else {
      greenlets_.emplace_back();
    }
    greenlets_[id] = std::make_unique<Greenlet>(this, id, std::move(stack));
    next = greenlets_[id].get();
  }
  current->SwitchTo(next);
  return true;
}

Greenlet* Environment::RunBody(Greenlet* greenlet) {
  ReleaseFinished();
  // The body catches everything that JavaScript can catch, so an empty result
  // is a termination (worker.terminate(), process.exit() in a worker): it has
  // unwound this stack and must go on with the main one.
  v8::TryCatch termination(isolate);
  v8::Local<v8::Value> argument = v8::Integer::New(isolate, greenlet->id());
  v8::Local<v8::Value> next;
  if (body.Get(isolate)
          ->Call(context.Get(isolate), v8::Undefined(isolate), 1, &argument)
          .ToLocal(&next)) {
    Greenlet* const heir = Find(next.As<v8::Int32>()->Value());
    if (heir != nullptr) return heir;
  }
  terminated_ = true;
  return main();
}

void Environment::Terminate() {
  isolate->TerminateExecution();
  if (nothing_.IsEmpty()) return;
  v8::HandleScope handles(isolate);
  // The exception that ends the call ends our caller's as well.
  [[maybe_unused]] const v8::MaybeLocal<v8::Value> none =
      nothing_.Get(isolate)->Call(
          context.Get(isolate), v8::Undefined(isolate), 0, nullptr);
}

int Environment::Retire(Greenlet* next) {
  idle_.push_back(current);
  current->Pause(next);
  const Greenlet* const heir = std::exchange(heir_, nullptr);
  return heir == nullptr ? kStarted : heir->id();
}

bool Environment::TrimPool() {
  constexpr size_t kAtOnce = 256;
  const size_t count = std::min(surplus_, kAtOnce);
  const std::vector<Greenlet*> dismissed(idle_.begin(), idle_.begin() + count);
  idle_.erase(idle_.begin(), idle_.begin() + count);
  surplus_ -= count;
  unneeded_ -= count;
  for (Greenlet* greenlet : dismissed) {
    heir_ = current;
    current->SwitchTo(greenlet);
  }
  return surplus_ > 0;
}

// V8 keeps an entry for every thread id it has ever seen, and every switch
// looks one up: what leaves for good must take its entry along.
void Environment::Release() {
  const Greenlet* gone = std::exchange(finished, nullptr);
  words.Install(gone->thread_id(), words.main_stack_start());
  isolate->DiscardThreadSpecificMetadata();
  words.Install(current->thread_id(), current->stack_start());
  free_ids_.push_back(gone->id());
  greenlets_[gone->id()].reset();
}

void Environment::AfterGC(v8::Isolate*,
                          v8::GCType,
                          v8::GCCallbackFlags,
                          void* data) {
  auto* const env = static_cast<Environment*>(data);
  const size_t unneeded = std::exchange(env->unneeded_, env->idle_.size());
  // The others have been trimmed before.
  for (size_t i = unneeded; i < env->idle_.size(); i++) env->idle_[i]->Trim();
  const size_t pool = env->options.pool;
  env->surplus_ = unneeded > pool ? unneeded - pool : 0;
}

void Environment::OverrideCheckpoint(v8::Local<v8::Function> drain) {
  drain_.Reset(isolate, drain);
  if (checkpoint_ != nullptr) return;
  checkpoint_ = std::make_unique<CheckpointOverride>(
      context.Get(isolate)->GetMicrotaskQueue(), Checkpoint, this);
}

void Environment::PerformCheckpoint() {
  if (checkpoint_ != nullptr) {
    checkpoint_->CallOriginal(isolate);
  } else {
    context.Get(isolate)->GetMicrotaskQueue()->PerformCheckpoint(isolate);
  }
}

void Environment::Checkpoint(v8::MicrotaskQueue* queue, v8::Isolate*) {
  static_cast<Environment*>(CheckpointOverride::OwnerOf(queue))->Drain();
}

void Environment::Drain() {
  // No switch is paid for an empty queue, but the call is still made: it is
  // what lets V8 clear WeakRefs. On a greenlet's stack a microtask may block as
  // it is; while somebody drains on the main stack V8 would refuse anyhow.
  if (!drain_fields.HasWork() || current != main() ||
      drain_fields.IsDraining() || isolate->IsExecutionTerminating()) {
    checkpoint_->CallOriginal(isolate);
    return;
  }
  v8::HandleScope handles(isolate);
  const v8::Local<v8::Context> local = context.Get(isolate);
  v8::Context::Scope entered(local);
  const v8::Local<v8::Function> drain = drain_.Get(isolate);
  // Again if a microtask has blocked: the rest is another greenlet's. Errors of
  // microtasks go to Node from within; what comes out here is a termination.
  while (drain_fields.HasWork() &&
         !drain->Call(local, v8::Undefined(isolate), 0, nullptr).IsEmpty()) {
  }
}

}  // namespace unblock
