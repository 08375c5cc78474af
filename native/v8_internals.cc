#include "v8_internals.h"

#include <dlfcn.h>
#include <link.h>
#include <malloc.h>
#include <v8-cppgc.h>

#include <algorithm>
#include <atomic>
#include <cstring>

#include "probing.h"
#include "v8_version.h"

namespace unblock {

namespace {

struct Region {
  uintptr_t begin = 0;
  uintptr_t size = 0;
};

// The running thread's block of the main program's thread-local variables.
// V8 is part of the main program, which dl_iterate_phdr names first.
Region MainProgramTls() {
  Region region;
  dl_iterate_phdr(
      [](dl_phdr_info* info, size_t, void* data) {
        for (int i = 0; i < info->dlpi_phnum; i++) {
          if (info->dlpi_phdr[i].p_type != PT_TLS) continue;
          if (info->dlpi_tls_data == nullptr) continue;
          *static_cast<Region*>(data) = {
              reinterpret_cast<uintptr_t>(info->dlpi_tls_data),
              info->dlpi_phdr[i].p_memsz};
        }
        return 1;  // Only the first object.
      },
      &region);
  return region;
}

}  // namespace

std::string ThreadWords::Probe(v8::Isolate* isolate) {
  std::string error = FindThreadId(isolate);
  if (error.empty()) error = FindStackStart();
  if (error.empty()) error = FindStackStartCopies(isolate);
  return error;
}

std::string ThreadWords::FindThreadId(v8::Isolate* isolate) {
  const Region tls = MainProgramTls();
  if (tls.begin == 0) return "the main program has no thread-local block";
  if (!v8::Locker::IsLocked(isolate)) return "the isolate is not locked";
  // IsLocked compares the isolate's owner with the running thread's id: only
  // the word that is this id can turn the answer.
  constexpr int kNobody = 0x7ffffff0;
  size_t found = 0;
  for (uintptr_t at = tls.begin; at + sizeof(int) <= tls.begin + tls.size;
       at += sizeof(int)) {
    volatile int* word = reinterpret_cast<volatile int*>(at);
    const int value = *word;
    if (value <= 0 || value > 0xffffff) continue;
    *word = kNobody;
    const bool locked = v8::Locker::IsLocked(isolate);
    *word = value;
    if (locked) continue;
    thread_id_ = word;
    found++;
  }
  return found == 1 ? "" : NotOnce("V8's thread id", found);
}

std::string ThreadWords::FindStackStart() {
  using GetStackStart = uintptr_t (*)();
  const auto get_stack_start = reinterpret_cast<GetStackStart>(
      dlsym(RTLD_DEFAULT, "_ZN2v84base5Stack13GetStackStartEv"));
  if (get_stack_start == nullptr) {
    return "v8::base::Stack::GetStackStart is not exported";
  }
  main_stack_start_ = get_stack_start();
  const Region tls = MainProgramTls();
  const uintptr_t other = main_stack_start_ - 4096;
  size_t found = 0;
  for (uintptr_t at = (tls.begin + 7) & ~uintptr_t{7};
       at + sizeof(uintptr_t) <= tls.begin + tls.size;
       at += sizeof(uintptr_t)) {
    volatile uintptr_t* word = reinterpret_cast<volatile uintptr_t*>(at);
    if (*word != main_stack_start_) continue;
    *word = other;
    const bool followed = get_stack_start() == other;
    *word = main_stack_start_;
    if (!followed) continue;
    stack_start_ = word;
    found++;
  }
  return found == 1 ? "" : NotOnce("V8's stack start", found);
}

std::string ThreadWords::FindStackStartCopies(v8::Isolate* isolate) {
  if (UNBLOCK_V8_AT_LEAST(12, 0)) return "";
  // V8 11: one copy is the first word of a small object that the C++ heap
  // points to from the part of itself that lies before its public base class.
  // Beyond the heap lies whatever was there before, old stacks' starts too.
  SafeReader reader;
  const uintptr_t heap = reinterpret_cast<uintptr_t>(isolate->GetCppHeap());
  std::vector<uintptr_t> found;
  for (uintptr_t at = heap - 1024; at < heap; at += sizeof(uintptr_t)) {
    uintptr_t pointer;
    uintptr_t value;
    if (!reader.Read(at, &pointer) || !reader.IsSmallBlock(pointer)) continue;
    if (!reader.Read(pointer, &value) || value != main_stack_start_) continue;
    if (std::find(found.begin(), found.end(), pointer) == found.end())
      found.push_back(pointer);
  }
  if (found.size() != 1) {
    return NotOnce("the C++ heap's copy of the stack start", found.size());
  }
  // The other is a word of the isolate itself.
  const uintptr_t begin = reinterpret_cast<uintptr_t>(isolate);
  const uintptr_t end = begin + malloc_usable_size(isolate);
  std::vector<uintptr_t> offsets;
  for (uintptr_t at = begin; at < end; at += sizeof(uintptr_t)) {
    if (*reinterpret_cast<uintptr_t*>(at) == main_stack_start_)
      offsets.push_back(at - begin);
  }
  // The memory of a worker's isolate may have been another's, whose word was
  // elsewhere in it. Where the word is, is the same for all isolates of a
  // process: the first one, in fresh memory, has shown it.
  static std::atomic<uintptr_t> known{0};
  if (offsets.size() > 1 &&
      std::find(offsets.begin(), offsets.end(), known) != offsets.end()) {
    offsets.assign(1, known.load());
  }
  if (offsets.size() != 1) {
    return NotOnce("the isolate's copy of the stack start", offsets.size());
  }
  known = offsets[0];
  found.push_back(begin + offsets[0]);
  for (uintptr_t at : found) {
    stack_start_copies_.push_back(reinterpret_cast<volatile uintptr_t*>(at));
  }
  return "";
}

// The fields are found on a queue of our own, so that it does not matter that
// the program's queue may be draining at this moment (a preload always runs in
// a microtask); the offsets are those of the class.
std::string DrainFields::Probe(v8::Isolate* isolate,
                               v8::MicrotaskQueue* queue) {
  constexpr size_t kSize = 96;  // sizeof(internal::MicrotaskQueue) is larger.
  const std::unique_ptr<v8::MicrotaskQueue> probe =
      v8::MicrotaskQueue::New(isolate, v8::MicrotasksPolicy::kExplicit);
  unsigned char* const bytes = reinterpret_cast<unsigned char*>(probe.get());
  unsigned char before[kSize];
  const auto snapshot = [&] { memcpy(before, bytes, kSize); };
  // Where a word of type T has grown by one since the snapshot.
  const auto grown = [&]<typename T>(T) {
    std::vector<size_t> offsets;
    for (size_t at = sizeof(void*); at + sizeof(T) <= kSize; at += sizeof(T)) {
      T was;
      T is;
      memcpy(&was, before + at, sizeof(T));
      memcpy(&is, bytes + at, sizeof(T));
      if (is == was + 1) offsets.push_back(at);
    }
    return offsets;
  };

  std::vector<size_t> running;
  for (size_t at = sizeof(void*); at < kSize; at++) {
    if (bytes[at] > 1) continue;
    const bool was = probe->IsRunningMicrotasks();
    bytes[at] ^= 1;
    const bool is = probe->IsRunningMicrotasks();
    bytes[at] ^= 1;
    if (was != is) running.push_back(at);
  }
  if (running.size() != 1) {
    return NotOnce("the microtask queue's running flag", running.size());
  }

  snapshot();
  std::vector<size_t> suppressions;
  {
    v8::Isolate::SuppressMicrotaskExecutionScope scope(isolate, probe.get());
    suppressions = grown(int{});
  }
  if (suppressions.size() != 1) {
    return NotOnce("the microtask queue's suppression count",
                   suppressions.size());
  }

  snapshot();
  std::vector<size_t> depth;
  {
    v8::MicrotasksScope scope(
        isolate, probe.get(), v8::MicrotasksScope::kRunMicrotasks);
    depth = grown(int{});
  }
  if (depth.size() != 1) {
    return NotOnce("the microtask queue's scope depth", depth.size());
  }

  snapshot();
  probe->EnqueueMicrotask(isolate, [](void*) {}, nullptr);
  std::vector<size_t> size = grown(intptr_t{});
  // The first growth also allots the ring buffer; a second one only counts.
  snapshot();
  probe->EnqueueMicrotask(isolate, [](void*) {}, nullptr);
  const std::vector<size_t> again = grown(intptr_t{});
  std::erase_if(size, [&](size_t at) {
    return std::find(again.begin(), again.end(), at) == again.end();
  });
  probe->PerformCheckpoint(isolate);
  std::erase_if(size, [&](size_t at) {
    intptr_t left;
    memcpy(&left, bytes + at, sizeof(left));
    return left != 0;
  });
  if (size.size() != 1) {
    return NotOnce("the microtask queue's size", size.size());
  }

  unsigned char* const base = reinterpret_cast<unsigned char*>(queue);
  running_ = base + running[0];
  suppressions_ = reinterpret_cast<int*>(base + suppressions[0]);
  depth_ = reinterpret_cast<int*>(base + depth[0]);
  size_ = reinterpret_cast<intptr_t*>(base + size[0]);
  return "";
}

namespace {

// A pointer to a virtual member function holds its place in the vtable
// (Itanium C++ ABI: offset + 1 on x64; arm64 keeps the tag in the other word).
size_t PerformCheckpointSlot() {
  void (v8::MicrotaskQueue::*const member)(v8::Isolate*) =
      &v8::MicrotaskQueue::PerformCheckpoint;
  uintptr_t words[2];
  static_assert(sizeof(member) == sizeof(words));
  memcpy(words, &member, sizeof(words));
#if defined(__aarch64__)
  return words[0] / sizeof(void*);
#else
  return (words[0] - 1) / sizeof(void*);
#endif
}

// Two words before the first function (offset to top, type information) and
// more functions than the class has ever had; reading past its own table meets
// the next one in the same read-only segment. A word of our own comes first.
constexpr size_t kVtablePrefix = 2;
constexpr size_t kVtableFunctions = 14;

}  // namespace

CheckpointOverride::CheckpointOverride(v8::MicrotaskQueue* queue,
                                       Checkpoint replacement,
                                       void* owner)
    : queue_(queue), stock_vtable_(*reinterpret_cast<void***>(queue)) {
  const size_t slot = PerformCheckpointSlot();
  vtable_.push_back(owner);
  vtable_.insert(vtable_.end(),
                 stock_vtable_ - kVtablePrefix,
                 stock_vtable_ + kVtableFunctions);
  original_ = reinterpret_cast<Checkpoint>(stock_vtable_[slot]);
  void** const functions = vtable_.data() + 1 + kVtablePrefix;
  functions[slot] = reinterpret_cast<void*>(replacement);
  *reinterpret_cast<void***>(queue_) = functions;
}

CheckpointOverride::~CheckpointOverride() {
  *reinterpret_cast<void***>(queue_) = stock_vtable_;
}

void* CheckpointOverride::OwnerOf(v8::MicrotaskQueue* queue) {
  return (*reinterpret_cast<void***>(queue))[-1 -
                                             static_cast<int>(kVtablePrefix)];
}

#if UNBLOCK_V8_AT_LEAST(12, 0)

v8::Local<ContinuationData::Value> ContinuationData::Get(v8::Isolate* isolate) {
#if V8_MAJOR_VERSION >= 14
  return isolate->GetContinuationPreservedEmbedderDataV2();
#else
  return isolate->GetContinuationPreservedEmbedderData();
#endif
}

void ContinuationData::Set(v8::Isolate* isolate, v8::Local<Value> value) {
#if V8_MAJOR_VERSION >= 14
  isolate->SetContinuationPreservedEmbedderDataV2(value);
#else
  isolate->SetContinuationPreservedEmbedderData(value);
#endif
}

ContinuationData::ContinuationData(v8::Isolate* isolate) : isolate_(isolate) {
  isolate->AddGCPrologueCallback(BeforeGC, this, v8::kGCTypeAll);
  isolate->AddGCEpilogueCallback(AfterGC, this, v8::kGCTypeAll);
}

ContinuationData::~ContinuationData() {
  isolate_->RemoveGCPrologueCallback(BeforeGC, this);
  isolate_->RemoveGCEpilogueCallback(AfterGC, this);
}

void ContinuationData::BeforeGC(v8::Isolate* isolate,
                                v8::GCType,
                                v8::GCCallbackFlags,
                                void* data) {
  auto* self = static_cast<ContinuationData*>(data);
  if (self->depth_++ > 0) return;  // A GC within a GC callback.
  v8::HandleScope handles(isolate);
  self->saved_.Reset(isolate, Get(isolate));
  Set(isolate, v8::Undefined(isolate));
}

void ContinuationData::AfterGC(v8::Isolate* isolate,
                               v8::GCType,
                               v8::GCCallbackFlags,
                               void* data) {
  auto* self = static_cast<ContinuationData*>(data);
  if (--self->depth_ > 0) return;
  v8::HandleScope handles(isolate);
  Set(isolate, self->saved_.Get(isolate));
  self->saved_.Reset();
}

#else  // Node 20 keeps its async context on the async-hooks stack alone.

v8::Local<ContinuationData::Value> ContinuationData::Get(v8::Isolate*) {
  return {};
}
void ContinuationData::Set(v8::Isolate*, v8::Local<Value>) {}
ContinuationData::ContinuationData(v8::Isolate* isolate) : isolate_(isolate) {}
ContinuationData::~ContinuationData() = default;
void ContinuationData::BeforeGC(v8::Isolate*,
                                v8::GCType,
                                v8::GCCallbackFlags,
                                void*) {}
void ContinuationData::AfterGC(v8::Isolate*,
                               v8::GCType,
                               v8::GCCallbackFlags,
                               void*) {}

#endif

}  // namespace unblock
