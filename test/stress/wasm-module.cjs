// A WebAssembly module assembled by hand, different for every `salt` so that V8 compiles each anew.
//
//   (import "host" "pause" (func $pause (param i32) (result i32)))   ;; returns its argument, now and then after a switch
//   (memory (export "memory") 1)
//   (func (export "sum") (param $n i32) (result i32)    ;; pause(n) + ... + pause(1) + salt, kept in memory at each step
//   (func (export "deep") (param $n i32) (result i32)   ;; recursion: pause(0) + n
//   (func (export "trap") (param $n i32) (result i32)   ;; pause(n), then unreachable

'use strict';

const I32 = 0x7f;
const END = 0x0b;
const CALL_PAUSE = [0x10, 0];
const CALL_DEEP = [0x10, 2];
const GET_N = [0x20, 0];
const CONST_0 = [0x41, 0];
const CONST_1 = [0x41, 1];

function unsigned(value) {
  const bytes = [];
  do {
    bytes.push((value & 0x7f) | (value > 0x7f ? 0x80 : 0));
    value >>>= 7;
  } while (value > 0);
  return bytes;
}

/** A positive i32.const; the leading zero bit keeps the last group positive. */
function positiveConst(value) {
  const bytes = unsigned(value);
  if (bytes.at(-1) & 0x40) {
    bytes[bytes.length - 1] |= 0x80;
    bytes.push(0);
  }
  return [0x41, ...bytes];
}

function text(string) {
  return [...unsigned(string.length), ...Buffer.from(string)];
}

function vector(items) {
  return [...unsigned(items.length), ...items.flat()];
}

function section(id, content) {
  return [id, ...unsigned(content.length), ...content];
}

function body(code) {
  const bytes = [0 /* no locals */, ...code, END];
  return [...unsigned(bytes.length), ...bytes];
}

const sumCode = (salt) => [
  ...[...CONST_0, ...positiveConst(salt), 0x36, 2, 0], // memory[0] = salt
  ...[0x02, 0x40, 0x03, 0x40], // block, loop
  ...[...GET_N, 0x45, 0x0d, 1], // leave the block when n is 0
  ...[...CONST_0, ...CONST_0, 0x28, 2, 0, ...GET_N, ...CALL_PAUSE, 0x6a, 0x36, 2, 0], // memory[0] += pause(n)
  ...[...GET_N, ...CONST_1, 0x6b, 0x21, 0, 0x0c, 0], // n -= 1, again
  ...[END, END],
  ...[...CONST_0, 0x28, 2, 0], // memory[0]
];

const deepCode = [
  ...[...GET_N, 0x45, 0x04, I32], // if n is 0
  ...[...CONST_0, ...CALL_PAUSE],
  ...[0x05, ...GET_N, ...CONST_1, 0x6b, ...CALL_DEEP, ...CONST_1, 0x6a], // else deep(n - 1) + 1
  END,
];

const trapCode = [...GET_N, ...CALL_PAUSE, 0x00];

function wasmBytes(salt) {
  const functionType = [0x60, 1, I32, 1, I32];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, vector([functionType])),
    ...section(2, vector([[...text('host'), ...text('pause'), 0, 0]])),
    ...section(3, vector([[0], [0], [0]])),
    ...section(5, vector([[0, 1]])),
    ...section(
      7,
      vector([
        [...text('memory'), 2, 0],
        [...text('sum'), 0, 1],
        [...text('deep'), 0, 2],
        [...text('trap'), 0, 3],
      ]),
    ),
    ...section(10, vector([body(sumCode(salt)), body(deepCode), body(trapCode)])),
  ]);
}

module.exports = { wasmBytes };
