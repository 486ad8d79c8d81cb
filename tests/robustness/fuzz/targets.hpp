// One function a reader that takes any bytes: true when it refused them by an Error. The mutation
// test drives those of raw formats (weights, pictures and HDF5 have tests of their own), and
// libFuzzer drives all (CANCE_FUZZ); whatever else leaves them is a fault.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <span>
#include <string>

#include "base/error.hpp"
#include "data_prep/published/cifar10.hpp"
#include "data_prep/readers/csv.hpp"
#include "data_prep/readers/idx.hpp"
#include "data_prep/readers/mat.hpp"
#include "data_prep/readers/npy.hpp"
#include "image/decode.hpp"
#include "models/weights_file.hpp"
#include "store/dataset_file.hpp"
#include "tests/support/files.hpp"

namespace cance::prep::fuzz {

using Input = std::span<const std::uint8_t>;

/// A file in memory that holds these bytes.
class MemoryFile {
 public:
  explicit MemoryFile(Input bytes) : descriptor_(::memfd_create("input", MFD_CLOEXEC)) {
    if (descriptor_ < 0 ||
        ::write(descriptor_, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size())) {
      std::abort();
    }
  }
  ~MemoryFile() { ::close(descriptor_); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  [[nodiscard]] std::filesystem::path path() const {
    return "/proc/self/fd/" + std::to_string(descriptor_);
  }

 private:
  int descriptor_;
};

/// What was read must hold together; this is checked without NDEBUG's leave.
inline void expect(bool whole) {
  if (!whole) {
    std::fputs("a reader returned what does not hold together\n", stderr);
    std::abort();
  }
}

template <class Read>
bool refused(Read&& read) {
  try {
    read();
    return false;
  } catch (const Error&) {
    return true;
  }
}

inline void expect_whole(const NumberArray& array) {
  std::size_t count = 1;
  for (const std::size_t extent : array.shape) {
    count *= extent;
  }
  expect(as_doubles(array).size() == count);
}

inline bool idx(Input input) {
  const MemoryFile file(input);
  return refused([&] {
    const IdxArray array = read_idx(file.path(), 3);
    expect(array.values.size() == array.shape[0] * array.shape[1] * array.shape[2]);
  });
}

inline bool cifar_batch(Input input) {
  return refused([&] {
    const CifarBatch batch = parse_cifar_batch("input", "data_batch_1.bin", input);
    expect(batch.images.size() == 3072 * batch.labels.size());
  });
}

inline bool cifar_archive(Input input) {
  const MemoryFile file(input);
  return refused([&] { expect(read_cifar10(file.path()).size() >= 5); });
}

inline bool npy(Input input) {
  const MemoryFile file(input);
  return refused([&] { expect_whole(read_npy(file.path())); });
}

inline bool npz(Input input) {
  const MemoryFile file(input);
  return refused([&] {
    for (const auto& [name, array] : read_npz(file.path(), {"X", "y"})) {
      expect_whole(array);
    }
  });
}

inline bool csv(Input input) {
  const MemoryFile file(input);
  refused([&] {
    CsvReader decoded(file.path(), input.size() % 2 == 0 ? "UTF-16" : "cp1252");
    while (decoded.next()) {
      expect(!decoded.fields().empty());
    }
  });
  return refused([&] {
    CsvReader reader(file.path());
    while (reader.next()) {
      std::size_t bytes = 0;
      for (const std::string_view field : reader.fields()) {
        bytes += field.size();
      }
      expect(!reader.fields().empty() && reader.line() > 0 && bytes < (std::size_t{1} << 27U));
    }
  });
}

inline bool mat(Input input) {
  const MemoryFile file(input);
  return refused([&] {
    for (const auto& [name, array] : read_mat(file.path(), {"X", "y"})) {
      expect_whole(array);
    }
  });
}

inline void expect_whole(const models::WeightMap& weights) {
  for (const auto& [name, tensor] : weights) {
    expect(tensor.values.size() == element_count(tensor.shape));
  }
}

inline std::string_view text_of(Input input) {
  return {reinterpret_cast<const char*>(input.data()), input.size()};
}

inline bool safetensors(Input input) {
  return refused([&] { expect_whole(models::parse_safetensors(text_of(input), "input")); });
}

inline bool torch_file(Input input) {
  return refused([&] { expect_whole(models::parse_torch_file(text_of(input), "input")); });
}

/// JPEG, PNG or BMP. Few pixels, as a second of libFuzzer should be many pictures; the header says
/// the same as the picture.
inline bool picture(Input input) {
  constexpr std::size_t kMostPixels = 1U << 20U;
  return refused([&] {
    const image::Image image = image::decode(input, "input", kMostPixels);
    const image::Form form = image::read_form(input, "input", kMostPixels);
    expect(image.channels == 1 || image.channels == 3);
    expect(image.height == form.height && image.width == form.width);
    expect(image.pixels.size() == image.channels * image.height * image.width);
  });
}

/// All labels and names, and the first and last row of each part. On the disk: HDF5 asks for a path
/// that leads somewhere.
inline bool dataset(Input input) {
  const tests::TemporaryFolder folder;
  std::ofstream written(folder / "input", std::ios::binary);
  written << text_of(input) << std::flush;
  expect(written.good());
  return refused([&] {
    const store::DatasetFile file(folder / "input");
    for (const std::string& part : file.parts()) {
      const std::size_t rows = file.rows(part);
      expect(file.names(part).empty() || file.names(part).size() == rows);
      if (rows == 0) {
        continue;
      }
      const std::vector<std::int64_t> ends{0, static_cast<std::int64_t>(rows) - 1};
      if (file.encoded()) {
        expect(file.read_encoded(part, ends).size() == 2);
      } else {
        expect(file.read(part, ends).size() == 2 * element_count(file.row_shape()));
      }
    }
  });
}

}  // namespace cance::prep::fuzz
