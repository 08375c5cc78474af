// open() calls that wait for a peer, such as that of a FIFO: without end, maybe.
// Each has a thread of its own. Those of libuv's pool are few, and the process
// could not exit as long as one of them waits.

#ifndef UNBLOCK_WAITING_OPEN_H_
#define UNBLOCK_WAITING_OPEN_H_

#include <memory>
#include <string>
#include <unordered_map>

namespace unblock {

class WaitingOpens {
 public:
  WaitingOpens() = default;
  ~WaitingOpens();
  WaitingOpens(const WaitingOpens&) = delete;
  WaitingOpens& operator=(const WaitingOpens&) = delete;

  // Starts one. Returns a descriptor that becomes readable at its end, or a
  // negative errno.
  int Start(std::string path, int flags, unsigned int mode);
  // Takes the result of one that has ended, a descriptor or a negative errno.
  int Take(int signal);
  // Forgets one: whatever it opens is closed.
  void Drop(int signal);

 private:
  struct Call;

  static void* Run(void* call);

  std::unordered_map<int, std::shared_ptr<Call>> calls_;
};

}  // namespace unblock

#endif  // UNBLOCK_WAITING_OPEN_H_
