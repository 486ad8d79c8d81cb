// Rows that cells gather from a part in memory are those of the file.
#include <gtest/gtest.h>

#include <limits>
#include <numeric>

#include "base/cast.hpp"
#include "base/random.hpp"
#include "pipeline/train/streamed_rows.hpp"
#include "tests/support/folder_test.hpp"

namespace cance::pipeline {
namespace {

using Indices = std::vector<std::int64_t>;

class LoadedDatasetTest : public tests::FolderTest {
 protected:
  static constexpr std::int64_t kRows = 9;

  template <class Append>
  std::filesystem::path write(const Append& append) {
    store::DatasetInfo info;
    info.name = "set";
    info.class_names = {"a", "b"};
    const auto path = folder_ / "set.h5";
    store::DatasetWriter writer(path, info);
    append(writer, std::vector<std::int32_t>(kRows, 0));
    writer.commit();
    return path;
  }
  std::filesystem::path write_images() {
    std::vector<std::uint8_t> pixels(kRows * 2 * 3 * 4);
    for (std::size_t i = 0; i < pixels.size(); ++i) {
      pixels[i] = static_cast<std::uint8_t>(Random(1, Purpose::test).below(256, i));
    }
    return write([&](store::DatasetWriter& writer, const std::vector<std::int32_t>& labels) {
      writer.append_images("all", pixels, {2, 3, 4}, labels);
    });
  }
  std::filesystem::path write_table() {
    std::vector<float> values(kRows * 5);
    Random(2, Purpose::test).fill_normal(values);
    values[5 * 6 + 2] = std::numeric_limits<float>::quiet_NaN();
    return write([&](store::DatasetWriter& writer, const std::vector<std::int32_t>& labels) {
      writer.append_rows("all", values, 5, labels);
    });
  }
  static at::Tensor all_of(nn::Rows& rows) { return rows.range(0, rows.size()); }
};

TEST_F(LoadedDatasetTest, ImagesKeptAsBytesHaveTheBitsOfTheFile) {
  LoadedDataset dataset(write_images());
  const Indices indices{1, 2, 5, 8};
  for (const at::ScalarType type : {at::kFloat, at::kDouble}) {
    nn::Compute compute;
    compute.type = type;
    const at::Tensor expected =
        compute.to_device(as_tensor(dataset.file().read("all", indices), {2, 3, 4}));
    const auto rows = dataset.rows("all", indices, /*window=*/0, /*batch=*/2, compute);
    EXPECT_TRUE(at::equal(all_of(*rows), expected));
    EXPECT_TRUE(all_of(*rows).is_contiguous(at::MemoryFormat::ChannelsLast));
    EXPECT_EQ(all_of(*rows).scalar_type(), type);
  }
}

TEST_F(LoadedDatasetTest, AWholePartIsGatheredOnce) {
  LoadedDataset dataset(write_images());
  Indices every(kRows);
  std::iota(every.begin(), every.end(), 0);
  const auto pixels = [&](const nn::Compute& compute) {
    return all_of(*dataset.shared_rows("all", every, 0, compute));
  };
  const at::Tensor first = pixels({});
  EXPECT_TRUE(at::equal(first, as_tensor(dataset.file().read("all", every), {2, 3, 4})));
  EXPECT_TRUE(first.is_alias_of(pixels({})));
  nn::Compute wide;
  wide.type = at::kDouble;
  EXPECT_TRUE(at::equal(pixels(wide), first.to(at::kDouble)));
}

TEST_F(LoadedDatasetTest, OnlyRowsThatAreTakenMustBeFinite) {
  LoadedDataset dataset(write_table());
  const auto take = [&](const Indices& indices) {
    return all_of(*dataset.rows("all", indices, 0, 2, {}));
  };
  EXPECT_TRUE(
      at::equal(take({0, 5, 7}), as_tensor(dataset.file().read("all", Indices{0, 5, 7}), {5})));
  EXPECT_NE(tests::message_of([&] {
              (void)take({5, 6});
            }).find("all/x: row 6 holds a value that is not finite"),
            std::string::npos);
}

}  // namespace
}  // namespace cance::pipeline
