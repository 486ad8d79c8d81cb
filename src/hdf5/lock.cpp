#include "hdf5/lock.hpp"

#include <hdf5.h>

#include <cstdlib>

namespace cance::hdf5 {
namespace {

std::recursive_mutex& mutex() {
  static std::recursive_mutex one;
  return one;
}

/// Silences HDF5's file locks, and its printing in this thread.
void prepare_library() {
  static const bool done = [] {
    // Network file systems often have no locks; a file has one writer, which holds a lock of its
    // own on it (base/temporary_file.hpp), and is renamed when whole.
    ::setenv("HDF5_USE_FILE_LOCKING", "FALSE", /*overwrite=*/1);
    // Every handle is closed by its owner; HDF5's cleaning at exit crashes where flushing failed.
    H5dont_atexit();
    H5open();
    return true;
  }();
  // Our messages say what HDF5 would print; where it is built for threads, each has this setting.
  thread_local const bool quiet = H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr) >= 0;
  static_cast<void>(done && quiet);
}

}  // namespace

Lock::Lock() : lock_(mutex()) { prepare_library(); }

}  // namespace cance::hdf5
