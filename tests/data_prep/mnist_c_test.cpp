// The corruptions of MNIST-C: filters with closed forms, each image by its own number, and the data
// set from raw and from published files. Against scikit-image: tests/parity/corruption_parity.py.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include "base/atomic_file.hpp"
#include "data_prep/drawn/corruptions.hpp"
#include "data_prep/published/sets.hpp"
#include "tests/support/folder_test.hpp"
#include "tests/support/idx_files.hpp"

namespace cance::prep {
namespace {

using tests::Bytes;

constexpr std::size_t kSide = kMnistSide;

Field point(std::size_t row, std::size_t column) {
  Field field{};
  field[row * kSide + column] = 1;
  return field;
}

double sum(const Field& field) { return std::accumulate(field.begin(), field.end(), 0.0); }

/// A ring, some grey.
Bytes digit() {
  Bytes image(kMnistPixels);
  for (std::size_t i = 0; i < kMnistPixels; ++i) {
    const double radius =
        std::hypot(static_cast<double>(i / kSide) - 13.5, static_cast<double>(i % kSide) - 13.5);
    image[i] = static_cast<std::uint8_t>(255 * std::exp(-std::pow(radius - 7, 2)));
  }
  return image;
}

TEST(CorruptionFilters, GaussianOfAPoint) {
  const Field blurred = gaussian(point(14, 10), 0.7, Edge::nearest);
  double weights = 0;
  for (int i = -3; i <= 3; ++i) {
    weights += std::exp(-0.5 * i * i / 0.49);
  }
  EXPECT_NEAR(blurred[15 * kSide + 12], std::exp(-0.5 * (1 + 4) / 0.49) / (weights * weights),
              1e-15);
  EXPECT_NEAR(sum(blurred), 1, 1e-12);
  EXPECT_EQ(blurred[18 * kSide + 10], 0);  // cut at 4 sigma, rounded
  EXPECT_GT(sum(gaussian(point(0, 0), 0.7, Edge::nearest)), 1);
  EXPECT_LT(sum(gaussian(point(0, 0), 0.7, Edge::zero)), 1);
}

TEST(CorruptionFilters, MotionGoesOneWay) {
  const Field blurred = motion_blur(point(10, 24), 10, 3, 0);
  EXPECT_NEAR(sum(blurred), 1, 1e-12);
  double weights = 0;
  for (int i = 0; i <= 20; ++i) {
    weights += std::exp(-i * i / 18.0);
  }
  for (std::size_t i = 0; i <= 20; ++i) {
    EXPECT_NEAR(blurred[10 * kSide + 24 - i], std::exp(-static_cast<double>(i * i) / 18) / weights,
                1e-12);
  }
  const Field oblique = motion_blur(point(14, 14), 10, 3, 45);  // from the lower right
  EXPECT_NEAR(oblique[14 * kSide + 14], 1 / weights, 1e-12);
  EXPECT_GT(oblique[12 * kSide + 12], 0);
  EXPECT_EQ(oblique[16 * kSide + 16], 0);
}

TEST(CorruptionFilters, WarpShiftsAndTurns) {
  EXPECT_EQ(warp(point(9, 5), {.shift_x = 3, .shift_y = -2}), point(11, 2));
  EXPECT_EQ(warp(point(9, 5), {.xx = 0, .xy = -1, .yx = 1, .yy = 0}), point(22, 9));
  EXPECT_EQ(sum(warp(point(1, 1), {.shift_x = 3})), 0);
}

TEST(CorruptionFilters, LinesFadeWithTheVerticalDistance) {
  const Field straight = line({2, 10}, {20.5, 10});
  EXPECT_EQ(straight[10 * kSide + 2], 1);
  EXPECT_NEAR(straight[11 * kSide + 5], 1 + std::log(1 - 1 / 2.3), 1e-12);
  EXPECT_EQ(straight[12 * kSide + 5], 0);
  EXPECT_EQ(straight[10 * kSide + 1], 0);
  EXPECT_EQ(straight[10 * kSide + 20], 1);
  EXPECT_EQ(straight[10 * kSide + 21], 0);
  EXPECT_EQ(line({0, 0}, {27, 27})[20 * kSide + 20], 1);
  EXPECT_EQ(sum(line({3, 0}, {3, 9})), 0);
}

TEST(CorruptionFilters, EdgesRunAroundASquare) {
  Field square{};
  for (std::size_t i = 0; i < kMnistPixels; ++i) {
    const bool inside = i / kSide >= 8 && i / kSide < 20 && i % kSide >= 8 && i % kSide < 20;
    square[i] = inside ? 1 : 0;
  }
  const Field edges = canny(square, 1);
  // The step lies between columns 7 and 8, which are alike up to rounding.
  EXPECT_GE(edges[14 * kSide + 7] + edges[14 * kSide + 8], 1);
  EXPECT_EQ(edges[14 * kSide + 6] + edges[14 * kSide + 9], 0);
  EXPECT_EQ(edges[14 * kSide + 14], 0);
  EXPECT_EQ(sum(canny(Field{}, 1)), 0);
}

TEST(CorruptionFilters, PlasmaOfNoNoiseIsFlatAndOfNoiseFillsTheRange) {
  std::vector<double> uniforms(kPlasmaSide * kPlasmaSide);
  const Random random(1, Purpose::test);
  random.fill_uniform(uniforms);
  const Field mist = plasma(uniforms, 1.4);
  EXPECT_TRUE(std::ranges::all_of(mist, [](double value) { return value >= 0 && value <= 1; }));
  // Neighbours are alike, as heights of a landscape are.
  double steps = 0;
  for (std::size_t i = 1; i < kSide; ++i) {
    steps += std::abs(mist[i] - mist[i - 1]) / (kSide - 1);
  }
  EXPECT_LT(steps, 0.1);
}

TEST(Corruptions, DependOnSeedKindAndIndexAlone) {
  ASSERT_EQ(corruptions().size(), 15U);
  const Bytes image = digit();
  for (std::size_t kind = 0; kind < corruptions().size(); ++kind) {
    const Bytes first = corrupt(image, kind, 0, 3);
    ASSERT_EQ(first.size(), kMnistPixels);
    EXPECT_EQ(first, corrupt(image, kind, 0, 3)) << corruptions()[kind].name;
    EXPECT_NE(first, image) << corruptions()[kind].name;
    const bool drawn = first != corrupt(image, kind, 0, 4) || first != corrupt(image, kind, 0, 5) ||
                       first != corrupt(image, kind, 0, 6) || first != corrupt(image, kind, 0, 7);
    const bool fixed =
        std::set<std::string>{"scale", "brightness", "stripe", "canny_edges"}.contains(
            corruptions()[kind].name);
    EXPECT_EQ(drawn, !fixed) << corruptions()[kind].name;
  }
}

class MnistC : public tests::FolderTest {
 protected:
  void put(const std::string& name, const Bytes& bytes) {
    write_text_file(folder_ / "raw" / name, std::string(bytes.begin(), bytes.end()));
  }
  static Bytes images(std::size_t count, std::uint8_t shift = 0) {
    Bytes all;
    for (std::size_t i = 0; i < count; ++i) {
      for (const std::uint8_t value : digit()) {
        all.push_back(static_cast<std::uint8_t>(value + shift));
      }
    }
    return all;
  }
  // The .npy file, version 1.0, of bytes [count, 28, 28, 1].
  void put_npy(const std::string& name, std::size_t count, std::uint8_t shift) {
    std::string head = fmt::format(
        "{{'descr': '|u1', 'fortran_order': False, 'shape': ({}, 28, 28, 1), }}", count);
    head.resize(128 - 10, ' ');
    head.back() = '\n';
    const Bytes pixels = images(count, shift);
    const std::string magic("\x93NUMPY\x01\x00\x76\x00", 10);
    write_text_file(folder_ / "raw" / name,
                    magic + head + std::string(pixels.begin(), pixels.end()));
  }
  std::filesystem::path out() { return folder_ / "out.h5"; }
};

TEST_F(MnistC, GeneratedFromMnist) {
  put("train-images-idx3-ubyte", tests::idx_bytes({7, 28, 28}, images(7)));
  put("t10k-images-idx3-ubyte", tests::idx_bytes({3, 28, 28}, images(3)));
  const auto summary = prep_mnist_c(folder_ / "raw", out());
  EXPECT_EQ(summary.name, "mnist-c-generated");
  EXPECT_EQ(summary.class_names[0], "identity");
  EXPECT_EQ(summary.class_names[15], "canny_edges");
  EXPECT_EQ(summary.parts[1].rows_by_class, std::vector<std::size_t>(16, 3));
  const store::DatasetFile file(out());
  EXPECT_EQ(file.labels("train"), std::vector<std::int32_t>(7, 0));
  EXPECT_EQ(file.labels("test")[8 * 3], 8);
  const auto bright = file.read("test", std::vector<std::int64_t>{8 * 3 + 1});
  EXPECT_TRUE(std::ranges::equal(bright, corrupt(digit(), 7, 0, 1)));
  EXPECT_EQ(file.info().sources.back().name, "corruptions by version 1, seed 0");
}

TEST_F(MnistC, FromPublishedArrays) {
  put_npy("mnist_c/identity/train_images.npy", 4, 0);
  put_npy("mnist_c/identity/test_images.npy", 2, 1);
  EXPECT_NE(tests::message_of([&] {
              static_cast<void>(prep_mnist_c(folder_ / "raw", out()));
            }).find("not found: shot_noise/test_images.npy, impulse_noise/"),
            std::string::npos);
  std::uint8_t shift = 2;
  for (const Corruption& corruption : corruptions()) {
    put_npy("mnist_c/" + corruption.name + "/test_images.npy", 2, shift++);
  }
  EXPECT_EQ(prep_mnist_c(folder_ / "raw" / "mnist_c", out()).name, "mnist-c");
  const store::DatasetFile file(out());
  EXPECT_EQ(file.rows("test"), 32U);
  EXPECT_TRUE(std::ranges::equal(file.read("test", std::vector<std::int64_t>{31}), images(1, 16)));
  put_npy("mnist_c/fog/test_images.npy", 3, 0);
  EXPECT_NE(tests::message_of([&] {
              static_cast<void>(prep_mnist_c(folder_ / "raw", out()));
            }).find("3 test images of fog, but 2 of identity"),
            std::string::npos);
}

TEST_F(MnistC, NeitherFormSaysWhatIsExpected) {
  put("x", {1});
  const std::string message =
      tests::message_of([&] { static_cast<void>(prep_mnist_c(folder_ / "raw", out())); });
  EXPECT_NE(message.find("neither mnist_c/identity"), std::string::npos) << message;
  EXPECT_NE(message.find("train-images-idx3-ubyte"), std::string::npos) << message;
}

}  // namespace
}  // namespace cance::prep
