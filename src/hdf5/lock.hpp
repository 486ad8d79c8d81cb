// HDF5 may be built without threads, and a file is opened by a child process first, in which a call
// of another thread would stay under way for ever: every use of HDF5 holds this lock. Who does
// several things that belong together holds it over all of them.
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
