// HDF5 may be built without threads: whoever uses it beside others holds this lock meanwhile.
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
