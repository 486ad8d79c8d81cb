// A lock that processes and threads share by the name of a file; it ends with its holder.
#pragma once

#include <filesystem>
#include <optional>

namespace cance {

class NamedLock {
 public:
  /// Makes file and folders where they are absent. Nothing while another holds it. Error: the file
  /// cannot be opened.
  [[nodiscard]] static std::optional<NamedLock> try_lock(const std::filesystem::path& path);
  NamedLock(NamedLock&& other) noexcept;
  ~NamedLock();
  NamedLock(const NamedLock&) = delete;
  NamedLock& operator=(const NamedLock&) = delete;
  NamedLock& operator=(NamedLock&& other) noexcept;

 private:
  explicit NamedLock(int file) : file_(file) {}
  int file_;
};

}  // namespace cance
