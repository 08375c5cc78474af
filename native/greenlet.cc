#include "greenlet.h"

#include <utility>

#include "environment.h"

namespace unblock {

namespace {

// What V8 leaves free below its own limit, for C++ that does not ask: regular
// expressions, JSON, ICU, OpenSSL, other add-ons.
constexpr size_t kHeadroom = 64 * 1024;

}  // namespace

Greenlet::Greenlet(Environment* env, int id, std::optional<Stack> stack)
    : env_(env), id_(id), stack_(std::move(stack)) {
  if (stack_) context_ = Context::Make(stack_->top(), Enter, this);
}

void Greenlet::AdoptThread() {
  thread_id_ = env_->words.thread_id();
}

uintptr_t Greenlet::stack_start() const {
  return stack_ ? reinterpret_cast<uintptr_t>(stack_->top())
                : env_->words.main_stack_start();
}

void Greenlet::Trim() {
  stack_->Trim(context_.stack_pointer());
}

void Greenlet::SwitchTo(Greenlet* to) {
  const DrainFields::Values drain = env_->drain_fields.Take();
  const StackObjects::List objects = env_->stack_objects.Take();
  Jump(to);
  env_->stack_objects.Put(objects);
  env_->drain_fields.Put(drain);
  env_->ReleaseFinished();
}

void Greenlet::Pause(Greenlet* to) {
  Jump(to);
  env_->ReleaseFinished();
}

void Greenlet::Jump(Greenlet* to) {
  v8::Unlocker archived(env_->isolate);
  env_->Enter(to);
  env_->words.Install(to->thread_id_, to->stack_start());
  SwitchContext(&context_, to->context_);
  // Whoever came back to us has installed our words; ~Unlocker restores the V8
  // thread that they name.
}

void Greenlet::Enter(void* greenlet) {
  static_cast<Greenlet*>(greenlet)->Run();
}

void Greenlet::Run() {
  v8::Isolate* const isolate = env_->isolate;
  Greenlet* next;
  {
    v8::Locker locker(isolate);
    // Makes V8 read the stack start that was installed for us. Left at once: an
    // isolate that a suspended greenlet has entered could not be disposed of.
    { v8::Isolate::Scope entered(isolate); }
    AdoptThread();
    env_->words.SetStackLimit(
        isolate, reinterpret_cast<uintptr_t>(stack_->bottom()) + kHeadroom);
    v8::HandleScope handles(isolate);
    v8::Context::Scope context(env_->context.Get(isolate));
    next = env_->RunBody(this);
  }
  LeaveForGood(next);
}

// The V8 thread is gone (~Locker), so there is nothing left to archive.
void Greenlet::LeaveForGood(Greenlet* to) {
  env_->finished = this;
  env_->Enter(to);
  env_->words.Install(to->thread_id_, to->stack_start());
  LeaveContext(to->context_);
}

}  // namespace unblock
