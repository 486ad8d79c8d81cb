// CIFAR-10, binary version: data_batch_1..5.bin and test_batch.bin, each up to 10,000 records of a
// label byte and 32 x 32 red, green and blue bytes; in a folder, or in a tar.gz or tar.xz archive.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "data_prep/prep_summary.hpp"

namespace cance::prep {

struct CifarBatch {
  std::string name;                  ///< "data_batch_1.bin"
  std::string sha256;                ///< of its bytes
  std::vector<std::uint8_t> images;  ///< [n, 3, 32, 32]
  std::vector<std::int32_t> labels;  ///< [n], 0..9
};

/// Takes one batch apart. Errors (they name `where`): no whole number of records, a label over 9.
[[nodiscard]] CifarBatch parse_cifar_batch(const std::string& where, const std::string& name,
                                           std::span<const std::uint8_t> bytes);

/// data_batch_1..5 and, where it is there, test_batch as the sixth. `raw`: the archive, the folder
/// of the .bin files, or a folder that holds either. Errors: none of these, batches missing (all
/// named), damaged archive, over 10,000 records, whatever parse_cifar_batch refuses.
[[nodiscard]] std::vector<CifarBatch> read_cifar10(const std::filesystem::path& raw);

/// Writes `out`: parts train and test, uint8 [n, 3, 32, 32]. Without test_batch.bin batches 1 to 4
/// are the training part, batch 5 is the test part, and the set is named "cifar10-heldout".
PrepSummary prep_cifar10(const std::filesystem::path& raw, const std::filesystem::path& out);

}  // namespace cance::prep
