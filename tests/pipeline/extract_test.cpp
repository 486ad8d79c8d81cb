// Pictures that are resized as tensors, as a GPU does it, have the levels of those that are read
// resized.
#include <gtest/gtest.h>

#include "base/random.hpp"
#include "image/resize.hpp"
#include "pipeline/extract/picture_batches.hpp"
#include "pipeline/extract/tensor_resize.hpp"
#include "tests/support/folder_test.hpp"

namespace cance::pipeline {
namespace {

std::vector<std::uint8_t> levels(std::size_t count) {
  std::vector<std::uint8_t> values(count);
  for (std::size_t i = 0; i < count; ++i) {
    const auto draw = Random(1, Purpose::test).below(300, i);
    values[i] = static_cast<std::uint8_t>(draw > 255 ? 255 : draw);  // whites beside each other
  }
  return values;
}

TEST(TensorResize, HasTheLevelsOfImageResize) {
  const std::vector<std::array<std::size_t, 3>> cases = {
      {28, 28, 224}, {32, 48, 224}, {100, 37, 64}, {64, 64, 64}, {5, 300, 32}, {64, 10, 64}};
  for (const auto& [height, width, size] : cases) {
    SCOPED_TRACE(testing::Message() << height << " x " << width << " to " << size);
    const image::Image picture{3, height, width, levels(3 * height * width)};
    const image::Image expected = image::resize(picture, size, size);
    const auto side = static_cast<std::int64_t>(size);
    const auto h = static_cast<std::int64_t>(height), w = static_cast<std::int64_t>(width);
    const at::Tensor pixels =
        at::tensor(at::ArrayRef<std::uint8_t>(picture.pixels)).view({1, h, w, 3});
    const at::Tensor resized = TensorResize(h, w, side, at::kCPU)(pixels.permute({0, 3, 1, 2}));
    EXPECT_TRUE(at::equal(
        resized.permute({0, 2, 3, 1}),
        at::tensor(at::ArrayRef<std::uint8_t>(expected.pixels)).view({1, side, side, 3})));
  }
}

class StoredPictures : public tests::FolderTest {};

TEST_F(StoredPictures, ResizedAsTensorsAreThoseReadResized) {
  for (const std::size_t channels : {1U, 3U}) {
    store::DatasetInfo info;
    info.class_names = {"a"};
    const auto path = folder_ / "set.h5";
    store::DatasetWriter writer(path, info);
    writer.append_images("all", levels(4 * channels * 12 * 10), {channels, 12, 10},
                         std::vector<std::int32_t>(4, 0));
    writer.commit();
    const store::DatasetFile file(path);
    for (const std::int64_t size : {8, 11, 30}) {  // down, both ways, up
      const at::Tensor stored = read_pictures(file, "all", 1, 3, 0).pixels;
      EXPECT_EQ(stored.size(1), static_cast<std::int64_t>(channels));
      EXPECT_TRUE(at::equal(TensorResize(12, 10, size, at::kCPU)(stored).expand({-1, 3, -1, -1}),
                            read_pictures(file, "all", 1, 3, size).pixels));
    }
  }
}

}  // namespace
}  // namespace cance::pipeline
