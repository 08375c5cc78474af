{
  "targets": [
    {
      "target_name": "unblock",
      "sources": [
        "<!@(node -p \"require('fs').readdirSync('.').filter((name) => name.endsWith('.cc')).join(' ')\")"
      ],
      "include_dirs": ["<!(node -p \"require('node-addon-api').include_dir\")"],
      # A worker may be terminated while it loads this: what cannot be thrown then is no reason to abort.
      "defines": ["NAPI_VERSION=9", "NAPI_DISABLE_CPP_EXCEPTIONS", "NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS"],
      "cflags": ["-O2", "-g1", "-Wall", "-Wextra", "-fvisibility=hidden"],
      # The newest supported line needs C++20; older headers accept it.
      # Never unloaded: the end of a worker calls us back after its environment, and with it the library's handle, is gone.
      "ldflags": ["-Wl,-z,nodelete"],
      "cflags_cc": ["-std=gnu++20", "-fno-exceptions", "-fno-rtti"],
      "configurations": {"Release": {"cflags!": ["-O3"]}},
      "conditions": [
        ["target_arch=='x64'", {"sources": ["platform/context_x64_sysv.S"]}],
        ["target_arch=='arm64'", {"sources": ["platform/context_arm64_aapcs.S"]}]
      ]
    }
  ]
}
