// Which V8 this is compiled against, in the one form that reads well.

#ifndef UNBLOCK_V8_VERSION_H_
#define UNBLOCK_V8_VERSION_H_

#include <v8-version.h>

#define UNBLOCK_V8_AT_LEAST(major, minor)                                      \
  (V8_MAJOR_VERSION > (major) ||                                               \
   (V8_MAJOR_VERSION == (major) && V8_MINOR_VERSION >= (minor)))

#endif  // UNBLOCK_V8_VERSION_H_
