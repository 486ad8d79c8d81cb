// Debian's HDF5 library is not built for threads: whoever uses it beside others (lanes, read-ahead)
// holds this lock meanwhile.
#pragma once

#include <mutex>

namespace cance::store {

/// Held for the life of the object; one thread may hold several.
class Hdf5Lock {
 public:
  Hdf5Lock() : lock_(mutex()) {}

 private:
  static std::recursive_mutex& mutex() {
    static std::recursive_mutex one;
    return one;
  }
  std::lock_guard<std::recursive_mutex> lock_;
};

}  // namespace cance::store
