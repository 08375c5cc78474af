#include "v8_flags.h"

#include <link.h>
#include <v8.h>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <mutex>
#include <span>
#include <vector>

namespace unblock {

namespace {

using Words = std::span<uint32_t>;

// Where the main program's variables are.
Words ProgramVariables() {
  Words found;
  dl_iterate_phdr(
      [](dl_phdr_info* info, size_t, void* data) {
        for (int index = 0; index < info->dlpi_phnum; index++) {
          const ElfW(Phdr)& segment = info->dlpi_phdr[index];
          if (segment.p_type != PT_LOAD || (segment.p_flags & PF_W) == 0)
            continue;
          const uintptr_t begin = (info->dlpi_addr + segment.p_vaddr + 3) & ~3;
          const uintptr_t end =
              info->dlpi_addr + segment.p_vaddr + segment.p_memsz;
          *static_cast<Words*>(data) = {reinterpret_cast<uint32_t*>(begin),
                                        (end - begin) / sizeof(uint32_t)};
        }
        return 1;  // The first object is the program.
      },
      &found);
  return found;
}

// A hash that has changed differs in about half of its bits. Flags, counters
// and locks, which other threads may change meanwhile, do not.
bool LooksLikeHash(uint32_t before, uint32_t after) {
  constexpr uint32_t kLeastHash = 1 << 16;
  constexpr int kFewestBits = 6;
  return before >= kLeastHash && after >= kLeastHash &&
         std::popcount(before ^ after) >= kFewestBits;
}

// V8 refuses all code that was compiled under other flags, and Node's own
// modules, which come with compiled code, would take twice as long to load. This
// flag changes no compiled code: so V8's hash of its flags, a word that has just
// changed and on which its version tag depends, is put back. Where it is not
// found, modules merely load slower.
void KeepCodeCache(Words variables,
                   const std::vector<uint32_t>& before,
                   uint32_t tag) {
  for (size_t index = 0; index < before.size(); index++) {
    const uint32_t after = variables[index];
    if (!LooksLikeHash(before[index], after)) continue;
    variables[index] = before[index];
    if (v8::ScriptCompiler::CachedDataVersionTag() == tag) return;
    variables[index] = after;
  }
}

// Sets flags, by calling `set`, that change no compiled code.
template <typename Set>
void KeepingCodeCache(Set set) {
  const uint32_t tag = v8::ScriptCompiler::CachedDataVersionTag();
  const Words variables = ProgramVariables();
  const std::vector<uint32_t> before(variables.begin(), variables.end());
  set();
  if (v8::ScriptCompiler::CachedDataVersionTag() != tag)
    KeepCodeCache(variables, before, tag);
}

bool SetWasmFlag() {
  KeepingCodeCache(
      [] { v8::V8::SetFlagsFromString("--no-wasm-code-gc"); });
  return true;
}

// V8's variable behind a flag: setting that by its name would take V8's code
// cache away each time. It is the byte that follows the flag up and down; where
// that is not one, the flag is set by its name.
class Flag {
 public:
  Flag(const char* on, const char* off) : on_(on), off_(off) {
    KeepingCodeCache([this] { Find(); });
  }

  bool initial() const { return initial_; }

  void Set(bool is_on) {
    if (byte_ != nullptr) {
      *byte_ = is_on;
    } else {
      v8::V8::SetFlagsFromString(is_on ? on_ : off_);
    }
  }

 private:
  void Find() {
    const auto variables = std::as_writable_bytes(ProgramVariables());
    const std::vector<std::byte> before(variables.begin(), variables.end());
    std::vector<size_t> found;
    for (size_t index = 0; index < before.size(); index++) {
      if (before[index] <= std::byte{1}) found.push_back(index);
    }
    for (const bool is_on : {true, false, true, false}) {
      v8::V8::SetFlagsFromString(is_on ? on_ : off_);
      std::erase_if(found, [&](size_t index) {
        return variables[index] != std::byte{is_on};
      });
    }
    if (found.size() != 1) return;
    byte_ = reinterpret_cast<volatile bool*>(&variables[found[0]]);
    initial_ = before[found[0]] != std::byte{0};
    *byte_ = initial_;
  }

  const char* const on_;
  const char* const off_;
  volatile bool* byte_ = nullptr;
  bool initial_ = false;
};

struct CollectorFlags {
  Flag collects_all{"--gc-global", "--no-gc-global"};
  Flag moves_code{"--compact-code-space", "--no-compact-code-space"};

  void BeCareful(bool is_careful) {
    collects_all.Set(is_careful || collects_all.initial());
    moves_code.Set(!is_careful && moves_code.initial());
  }
};

// The flags are the process's, those who need them are in many threads.
std::mutex careful_mutex;
int careful = 0;

void CountCareful(int change) {
  const std::lock_guard<std::mutex> lock(careful_mutex);
  static CollectorFlags flags;
  const bool was_careful = careful > 0;
  careful += change;
  if (was_careful != (careful > 0)) flags.BeCareful(!was_careful);
}

}  // namespace

void TurnOffWasmCodeGC() {
  // The flag is the process's, whatever number of environments there are.
  [[maybe_unused]] static const bool is_set = SetWasmFlag();
}

CarefulCollections::CarefulCollections() {
  CountCareful(1);
}

CarefulCollections::~CarefulCollections() {
  CountCareful(-1);
}

}  // namespace unblock
