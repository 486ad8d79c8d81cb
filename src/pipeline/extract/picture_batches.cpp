#include "pipeline/extract/picture_batches.hpp"

#include <ATen/Parallel.h>
#include <ATen/ops/_upsample_bilinear2d_aa.h>

#include <algorithm>
#include <numeric>

#include "base/cast.hpp"
#include "image/decode.hpp"
#include "image/resize.hpp"
#include "nn/convert.hpp"
#include "pipeline/extract/feature_manifest.hpp"

namespace cance::pipeline {
namespace {

/// Pixels of a picture file: its shorter side in proportion to ImageNet's 256 for 224.
std::int64_t shorter_side(std::int64_t size) { return size * 256 / 224; }

/// uint8 (rows, 3, size, size) of rows of pixels; as they are stored where the size is 0.
at::Tensor resized_rows(const store::DatasetFile& file, const std::string& part,
                        std::span<const std::int64_t> rows, std::int64_t size) {
  const Shape& shape = file.row_shape();
  auto values = file.read(part, rows);
  const auto sizes = nn::sizes_of(to<std::int64_t>(rows.size()), shape);
  const auto stored = at::from_blob(values.data(), sizes, at::kFloat).to(at::kByte);
  if (size == 0) {
    return stored;
  }
  const auto pixels = stored.expand({-1, 3, -1, -1}).contiguous(at::MemoryFormat::ChannelsLast);
  if (sizes[2] == size && sizes[3] == size) {
    return pixels;
  }
  if (sizes[2] <= size && sizes[3] <= size) {  // torch's kernel is faster, and exact upwards only
    return at::_upsample_bilinear2d_aa(pixels, {size, size}, /*align_corners=*/false);
  }
  auto result = at::empty({sizes[0], size, size, 3}, at::kByte);
  const auto side = to<std::size_t>(size);
  for (std::int64_t i = 0; i < sizes[0]; ++i) {
    const auto one = pixels[i].permute({1, 2, 0}).contiguous();
    const std::uint8_t* const from = one.const_data_ptr<std::uint8_t>();
    const image::Image small =
        image::resize({3, shape[1], shape[2], {from, from + one.numel()}}, side, side);
    std::ranges::copy(small.pixels, result[i].mutable_data_ptr<std::uint8_t>());
  }
  return result.permute({0, 3, 1, 2});
}

/// The same of picture files; those that cannot be decoded are taken out of the rows.
void decode_rows(const store::DatasetFile& file, const std::string& part, std::int64_t size,
                 Pictures& pictures) {
  const auto files = file.read_encoded(part, pictures.rows);
  const auto& names = file.names(part);
  std::vector<std::int64_t> rows;
  auto pixels = at::empty({signed_size(files.size()), size, size, 3}, at::kByte);
  const image::SampleRange range = sample_range(file.info().preparation);
  for (std::size_t i = 0; i < files.size(); ++i) {
    const std::int64_t row = pictures.rows[i];
    try {
      const auto name = names.empty() ? "picture" : names[to<std::size_t>(row)];
      const auto small = picture_for_network(files[i], name, range, size);
      std::ranges::copy(small.pixels,
                        pixels[signed_size(rows.size())].mutable_data_ptr<std::uint8_t>());
      rows.push_back(row);
    } catch (const Error& error) {
      pictures.undecoded.push_back(fmt::format("row {}, {}", row, error.what()));
    }
  }
  pictures.pixels = pixels.slice(0, 0, signed_size(rows.size())).permute({0, 3, 1, 2});
  pictures.rows = std::move(rows);
}

}  // namespace

image::Image picture_for_network(std::span<const std::uint8_t> bytes, const std::string& name,
                                 const image::SampleRange& range, std::int64_t size) {
  return image::resize_and_crop(
      image::to_colour(image::decode(bytes, name, image::kMostPixels, range)),
      to<std::size_t>(shorter_side(size)), to<std::size_t>(size));
}

void require_pictures(const store::DatasetFile& file) {
  const Shape& shape = file.row_shape();
  require(file.encoded() || (file.images() && (shape[0] == 3 || shape[0] == 1)),
          "{}: rows of shape ({}) are no pictures; expected (3 or 1, height, width)",
          file.path().string(), fmt::join(shape, ", "));
}

std::string preprocessing_text(const store::DatasetFile& file, std::int64_t size) {
  const std::string resize =
      file.encoded()
          ? fmt::format("shorter side to {} and the middle {} x {}", shorter_side(size), size, size)
          : fmt::format("{} to {} x {}", fmt::join(file.row_shape(), " x "), size, size);
  return resize +
         " by Pillow's bilinear filter with antialiasing, grey as three channels, over 255, less "
         "(0.485, 0.456, 0.406), over (0.229, 0.224, 0.225)";
}

Pictures read_pictures(const store::DatasetFile& file, const std::string& part, std::int64_t first,
                       std::int64_t count, std::int64_t size) {
  Pictures pictures;
  pictures.rows.resize(to<std::size_t>(count));
  std::iota(pictures.rows.begin(), pictures.rows.end(), first);
  if (file.encoded()) {
    decode_rows(file, part, size, pictures);
  } else {
    pictures.pixels = resized_rows(file, part, pictures.rows, size);
  }
  return pictures;
}

PictureBatches::PictureBatches(const store::DatasetFile& file, std::string part, std::int64_t first,
                               std::int64_t count, const Reading& reading)
    : file_(file), part_(std::move(part)), at_(first), end_(first + count), reading_(reading) {
  read_ahead();
}

void PictureBatches::read_ahead() {
  while (at_ < end_ && ahead_.size() < reading_.readers) {
    const std::int64_t first = at_;
    const std::int64_t count = std::min(reading_.batch, end_ - at_);
    at_ += count;
    ahead_.push_back(std::async(std::launch::async, [this, first, count] {
      at::set_num_threads(1);  // those of the network are not its own
      Pictures pictures = read_pictures(file_, part_, first, count, reading_.size);
      if (reading_.pinned) {
        pictures.pixels = pictures.pixels.pin_memory();
      }
      return pictures;
    }));
  }
}

Pictures PictureBatches::next() {
  Pictures pictures = ahead_.front().get();
  ahead_.pop_front();
  read_ahead();
  return pictures;
}

}  // namespace cance::pipeline
