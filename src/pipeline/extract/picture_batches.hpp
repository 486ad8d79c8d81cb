// Rows of a dataset file as pictures of one size for a network, read ahead of it.
#pragma once

#include <deque>
#include <future>
#include <span>
#include <string>
#include <vector>

#include "image/image.hpp"
#include "nn/tensor.hpp"
#include "store/dataset_file.hpp"

namespace cance::pipeline {

/// Consecutive rows of a part, without those that could not be decoded.
struct Pictures {
  std::vector<std::int64_t> rows;      ///< ascending
  at::Tensor pixels;                   ///< uint8 (rows, 3, size, size), channels last, or as stored
  std::vector<std::string> undecoded;  ///< "row 7, NAME: why"
};

/// A picture file as the network sees it, RGB of this size. Error: it cannot be decoded.
[[nodiscard]] image::Image picture_for_network(std::span<const std::uint8_t> bytes,
                                               const std::string& name,
                                               const image::SampleRange& range, std::int64_t size);

/// Error unless the rows are pictures: (3 or 1, height, width), or picture files.
void require_pictures(const store::DatasetFile& file);
/// What is done to a picture before the network sees it, in words.
[[nodiscard]] std::string preprocessing_text(const store::DatasetFile& file, std::int64_t size);

/// Reads rows [first, first + count) of a part, of which require_pictures holds, as RGB of this
/// size. Rows of pixels are resized to it, 0: come as they are stored, (rows, 3 or 1, height,
/// width); picture files as torchvision's transforms for ImageNet do it.
[[nodiscard]] Pictures read_pictures(const store::DatasetFile& file, const std::string& part,
                                     std::int64_t first, std::int64_t count, std::int64_t size);

/// How batches of pictures are read.
struct Reading {
  std::int64_t batch = 16;
  std::int64_t size = 224;  ///< as read_pictures takes it
  std::size_t readers = 1;  ///< threads, a batch each
  bool pinned = false;      ///< into memory from which a GPU takes them
};

/// Batches of a range of rows in order; the next ones are read by threads of their own meanwhile.
class PictureBatches {
 public:
  PictureBatches(const store::DatasetFile& file, std::string part, std::int64_t first,
                 std::int64_t count, const Reading& reading);

  /// Whether `next` has another batch.
  [[nodiscard]] bool more() const { return !ahead_.empty(); }
  [[nodiscard]] Pictures next();

 private:
  void read_ahead();
  const store::DatasetFile& file_;
  std::string part_;
  std::int64_t at_, end_;
  Reading reading_;
  std::deque<std::future<Pictures>> ahead_;
};

}  // namespace cance::pipeline
