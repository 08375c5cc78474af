// Flags of V8 that greenlets need otherwise, in the whole process.

#ifndef UNBLOCK_V8_FLAGS_H_
#define UNBLOCK_V8_FLAGS_H_

namespace unblock {

// Turns off V8's collector of WebAssembly code, which aborts the process when
// it meets a suspended stack. Without it, replaced code is not freed.
void TurnOffWasmCodeGC();

// As long as there is one, V8 collects the whole heap where it would collect its
// young part alone, and moves no code. Both change at once what a stack holds,
// and so must see it once; stacks that V8 has made for WebAssembly it sees once
// for each thread.
class CarefulCollections {
 public:
  CarefulCollections();
  ~CarefulCollections();
  CarefulCollections(const CarefulCollections&) = delete;
  CarefulCollections& operator=(const CarefulCollections&) = delete;
};

}  // namespace unblock

#endif  // UNBLOCK_V8_FLAGS_H_
