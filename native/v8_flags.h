// A flag of V8 that greenlets need off, in the whole process.

#ifndef UNBLOCK_V8_FLAGS_H_
#define UNBLOCK_V8_FLAGS_H_

namespace unblock {

// Turns off V8's collector of WebAssembly code, which aborts the process when
// it meets a suspended stack. Without it, replaced code is not freed.
void TurnOffWasmCodeGC();

}  // namespace unblock

#endif  // UNBLOCK_V8_FLAGS_H_
