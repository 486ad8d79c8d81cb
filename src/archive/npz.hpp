// A NumPy .npz file (a zip of .npy arrays, NEP 1) that is written an array at a time.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace cance::archive {

class NpzFile {
 public:
  /// Errors of all: the disk is full or the folder cannot be written.
  explicit NpzFile(const std::filesystem::path& path);
  ~NpzFile();
  NpzFile(const NpzFile&) = delete;
  NpzFile& operator=(const NpzFile&) = delete;

  /// Adds an array of one dimension. Texts are UTF-8 here and NumPy's str there.
  void add(const std::string& name, const std::vector<double>& values);
  void add(const std::string& name, const std::vector<std::int64_t>& values);
  void add(const std::string& name, const std::vector<std::uint8_t>& values);
  void add(const std::string& name, const std::vector<std::string>& values);
  /// Completes the file under its name. Without it nothing is left.
  void commit();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cance::archive
