// Private to this folder. HDF5 may be built without threads, and a file is opened by a child
// process first, in which a call of another thread would stay under way for ever: all that `Group`
// and its functions do with HDF5 holds this lock.
#pragma once

#include <mutex>

namespace cance::hdf5 {

/// Held for the life of the object; one thread may hold several.
class Lock {
 public:
  /// Also keeps HDF5 from printing its own messages in this thread.
  Lock();

 private:
  std::lock_guard<std::recursive_mutex> lock_;
};

}  // namespace cance::hdf5
