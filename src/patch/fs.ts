import nodeFs from 'node:fs';

import { internals } from '../core/internals';
import { closingHandle, descriptor, fileCall, type FileCallOptions, type FileFunction, handle } from './files/call';
import { closing, existence, followPath, lookingUpOnly, namePath, statDescriptor, typeOfFile } from './files/lookup';
import { opening, openingDirectory, openingDirectoryPlainly } from './files/open';
import { reading, readingMany } from './files/read';
import { copyingTree, overwriting, removingTree } from './files/trees';
import { readingText, step, writingText } from './files/text';
import { readingBytes } from './files/whole';
import { writing, writingMany, writingString } from './files/write';
import { definePatch, type MakeCooperative } from './engine/table';

// Taken before they are replaced.
const beneath = internals.internalBinding(
  'fs',
  ...['access', 'close', 'fstat', 'open', 'read', 'stat', 'writeBuffer'],
) as Record<string, FileFunction>;
const binding = { ...beneath };
const directories = internals.internalBinding('fs_dir', 'opendir', 'DirHandle') as {
  opendir: FileFunction;
  DirHandle: { prototype: { close: FileFunction } };
};
const { opendir } = directories;
const { close: closeDirectory } = directories.DirHandle.prototype;

const hasBigints = (args: readonly unknown[]): boolean => args[1] === true;
const saysNoEntry =
  (...codes: string[]) =>
  ({ code }: NodeJS.ErrnoException, args: readonly unknown[]): boolean =>
    args[3] === false && codes.includes(code!);
const isOld = process.version.startsWith('v20.');

const access: FileCallOptions = { arity: 2, attempt: followPath };
const fstat: FileCallOptions = {
  arity: 2,
  subject: descriptor,
  isShielded: true,
  attempt: statDescriptor,
  hasBigints,
};
const open = opening({ close: binding.close!, stat: binding.stat! });
const stat: FileCallOptions = {
  arity: 2,
  attempt: followPath,
  hasBigints,
  forgives: isOld ? saysNoEntry('ENOENT') : saysNoEntry('ENOENT', 'ENOTDIR'),
};
const writeBuffer = writing(binding.writeBuffer!);

const steps = {
  open: step(binding.open!, open),
  fstat: step(binding.fstat!, fstat),
  read: step(binding.read!, reading),
  writeBuffer: step(binding.writeBuffer!, writeBuffer),
  close: step(binding.close!, closing),
};

// What changes a file, or lists a directory, always takes its time.
const byPath = (arity: number): MakeCooperative => fileCall({ arity });
const byDescriptor = (arity: number): MakeCooperative => fileCall({ arity, subject: descriptor });

// Nothing of these waits but in what is beneath.
const covers = `
  accessSync appendFileSync chmodSync chownSync closeSync copyFileSync cpSync existsSync fchmodSync fchownSync
  fdatasyncSync fstatSync fsyncSync ftruncateSync futimesSync globSync lchownSync linkSync lstatSync lutimesSync
  mkdirSync mkdtempSync mkdtempDisposableSync openAsBlobSync openSync opendirSync readSync
  readdirSync readlinkSync readvSync realpathSync realpathSync.native renameSync rmSync rmdirSync statSync
  statfsSync symlinkSync truncateSync unlinkSync utimesSync writeFileSync writeSync writevSync
  Dir.prototype.readSync Dir.prototype.closeSync Utf8Stream.prototype.flushSync
`
  .trim()
  .split(/\s+/);

/** Everything that waits for a file. */
export const fs = definePatch({
  module: 'fs',
  implements: { readFileSync: readingBytes(nodeFs as unknown as Record<string, unknown>, beneath) },
  isForLoaders: true,
  beneath: {
    fs: {
      access: fileCall(access),
      chmod: byPath(2),
      chown: byPath(3),
      close: fileCall(closing),
      copyFile: byPath(3),
      cpSyncCheckPaths: fileCall(lookingUpOnly(binding.stat!, 4)),
      cpSyncCopyDir: fileCall(copyingTree),
      cpSyncOverrideFile: fileCall(overwriting),
      existsSync: fileCall(existence(binding.access!)),
      fchmod: byDescriptor(2),
      fchown: byDescriptor(3),
      'FileHandle.prototype.close': closingHandle,
      fdatasync: byDescriptor(1),
      fstat: fileCall(fstat),
      fsync: byDescriptor(1),
      ftruncate: byDescriptor(2),
      futimes: byDescriptor(3),
      internalModuleStat: fileCall(typeOfFile(binding.stat!)),
      lchown: byPath(3),
      link: byPath(2),
      lstat: fileCall({ arity: 2, attempt: namePath, hasBigints, forgives: saysNoEntry('ENOENT') }),
      lutimes: byPath(3),
      mkdir: fileCall({ arity: 3, failsOtherwise: true }),
      mkdtemp: fileCall({ arity: 2, failsOtherwise: true }),
      open: fileCall(open),
      read: fileCall(reading),
      readBuffers: fileCall(readingMany),
      readFileUtf8: fileCall(readingText(steps)),
      readdir: byPath(3),
      readdirRecursive: byPath(3),
      readlink: fileCall({ arity: 2, attempt: namePath }),
      realpath: byPath(2),
      rename: byPath(2),
      rmSync: fileCall(removingTree),
      rmdir: byPath(1),
      stat: fileCall(stat),
      statfs: fileCall({ arity: 2, hasBigints }),
      symlink: byPath(3),
      unlink: byPath(1),
      utimes: byPath(3),
      writeBuffer: fileCall(writeBuffer),
      writeBuffers: fileCall(writingMany(binding.writeBuffer!)),
      writeFileUtf8: fileCall(writingText(steps)),
      writeString: fileCall(writingString(binding.writeBuffer!)),
    },
    blob: { createBlobFromFilePath: fileCall(lookingUpOnly(binding.stat!, 1)) },
    fs_dir: {
      'DirHandle.prototype.close': fileCall({ arity: 0, subject: handle, isShielded: true }),
      opendir: fileCall(openingDirectory(closeDirectory)),
      opendirSync: fileCall(openingDirectoryPlainly(opendir, closeDirectory)),
      'DirHandle.prototype.read': fileCall({ arity: 2, subject: handle }),
    },
  },
  covers,
});
