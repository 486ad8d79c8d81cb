// How long stages take on this machine beside the model of their cost: learned from cells, kept in
// a file of the user's cache, so that the time left is known before a cell of a grid is finished.
#pragma once

#include <filesystem>
#include <map>
#include <mutex>
#include <string>

#include "base/shape.hpp"

namespace cance::pipeline {

/// Threads may share one.
class Speeds {
 public:
  /// Of the processor or a GPU of this host with so many threads; a file that cannot be read or
  /// parsed counts as empty.
  Speeds(const std::string& device, int threads);

  /// Seconds over modelled seconds of a stage on rows of this shape; 1 where nothing is known.
  [[nodiscard]] double factor(const std::string& stage, const Shape& row) const;
  [[nodiscard]] bool knows(const std::string& stage, const Shape& row) const;
  /// Takes up what a stage took: the longer it was, the less of what was known before stays.
  void learn(const std::string& stage, const Shape& row, double seconds, double modelled);
  /// Writes the file where something was learned; a disk that takes none does no harm.
  void save();

 private:
  std::filesystem::path file_;  // empty: no cache
  mutable std::mutex mutex_;
  std::map<std::string, double> factors_;  // by stage and shape
  bool changed_ = false;                   // since the file was written
};

}  // namespace cance::pipeline
