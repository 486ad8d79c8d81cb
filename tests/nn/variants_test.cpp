// Kernels as compiled for newer processors give what those of the program's own give, to rounding.
#include "nn/fast/variants.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <string>

#include "base/random.hpp"
#include "nn/fast/kernels.hpp"
#include "nn/fast/winograd.hpp"

#ifdef __x86_64__
namespace cance::nn {
namespace {

using Floats = std::vector<float>;
using Results = std::map<std::string, std::vector<double>>;

Floats normals(std::size_t count, std::uint64_t stream) {
  Floats values(count);
  Random(1, Purpose::test, stream).fill_normal(std::span<float>(values));
  return values;
}

std::vector<double> joined(const Floats& a, const Floats& b = {}) {
  std::vector<double> all(a.begin(), a.end());
  all.insert(all.end(), b.begin(), b.end());
  return all;
}

/// What every kernel makes of blocks of so many rows and columns.
Results results(const kernels::Kernels& k, std::size_t rows, std::size_t cols) {
  const std::size_t size = rows * cols;
  const Floats x = normals(2 * size, 1), g = normals(size, 2), a = normals(cols, 3),
               b = normals(cols, 4), c = normals(cols, 5);
  Results all;
  Floats y = normals(size, 6), z(2 * size), sum(cols);
  k.multiply_and_sum(x.data(), y.data(), sum.data(), rows, cols);
  all["multiply_and_sum"] = joined(y, sum);
  std::vector<double> sums(2 * cols);
  k.column_sums(x.data(), a.data(), sums.data(), sums.data() + cols, rows, cols);
  all["column_sums"] = sums;
  std::ranges::fill(sums, 0.0);
  k.leaky_backward_sums(g.data(), y.data(), x.data(), a.data(), 0.1F, sums.data(),
                        sums.data() + cols, rows, cols);
  all["leaky_backward_sums"] = sums;
  k.leaky_backward(g.data(), y.data(), x.data(), a.data(), 0.1F, b.data(), c.data(), a.data(),
                   z.data(), rows, cols);
  all["leaky_backward"] = joined(z);
  k.scale_leaky(x.data(), a.data(), b.data(), 0.1F, y.data(), rows, cols);
  all["scale_leaky"] = joined(y);
  k.bias_silu(x.data(), a.data(), y.data(), z.data(), rows, cols);
  all["bias_silu"] = joined(y, z);
  k.gate(x.data(), y.data(), z.data(), rows, cols);
  all["gate"] = joined(y, z);
  Floats dx(2 * size);
  k.gate_backward(g.data(), z.data(), dx.data(), rows, cols);
  all["gate_backward"] = joined(dx);
  return all;
}

/// What is made of two planes and their patches.
Results results(const kernels::Kernels& k, const kernels::Patches& shape) {
  const std::size_t rows = 2 * shape.rows;
  Floats planes = normals(2 * shape.height * shape.width * shape.channels, 7);
  Floats patches(rows * shape.columns * shape.kernel_height * shape.kernel_width * shape.channels,
                 9);
  k.planes_to_patches(planes.data(), shape, 0, rows, patches.data());
  k.patches_to_planes(patches.data(), shape, 0, rows, planes.data());
  return {{"patches", joined(patches, planes)}};
}

/// Both transforms of two images of 7 x 9 pixels.
Results results(const winograd::Transforms& t) {
  constexpr std::size_t kChannels = 2 * winograd::kLanes;
  const winograd::Grid grid{2, 7, 9};
  const std::size_t stride = grid.tiles() * kChannels;
  const Floats x = normals(2 * 7 * 9 * kChannels, 10), bias = normals(kChannels, 11);
  Floats planes(winograd::kPlanes * stride), y(x.size());
  t.input(x.data(), grid, kChannels, 0, grid.tiles(), planes.data(), stride);
  t.output(planes.data(), stride, bias.data(), x.data(), 0, grid, kChannels, 0, grid.tiles(),
           y.data());
  return {{"winograd", joined(planes, y)}};
}

void expect_near(const Results& results, const Results& expected) {
  for (const auto& [name, values] : expected) {
    const double most = std::abs(*std::ranges::max_element(
        values, [](double a, double b) { return std::abs(a) < std::abs(b); }));
    ASSERT_GT(most, 0.1) << name;
    for (std::size_t i = 0; i < values.size(); ++i) {
      ASSERT_NEAR(results.at(name)[i], values[i], 2e-6 * most) << name << ", number " << i;
    }
  }
}

void expect_as_built(const kernels::Kernels& k, const winograd::Transforms& t) {
  for (const std::size_t cols : {1, 7, 8, 16, 37, 256}) {
    SCOPED_TRACE(cols);
    expect_near(results(k, 300, cols), results(kernels::kBuilt, 300, cols));
  }
  for (const kernels::Patches& shape : {kernels::Patches{28, 28, 1, 14, 14, 4, 4, 2, 1, 1},
                                        kernels::Patches{9, 7, 5, 9, 7, 3, 3, 1, 1, 1},
                                        kernels::Patches{6, 6, 3, 2, 2, 5, 5, 3, 2, 2}}) {
    SCOPED_TRACE(shape.channels);
    expect_near(results(k, shape), results(kernels::kBuilt, shape));
  }
  expect_near(results(t), results(winograd::kBuilt));
}

TEST(Variants, Avx2AsBuilt) {
  if (!can_run(Variant::avx2)) {
    GTEST_SKIP() << "this processor has no AVX2";
  }
  expect_as_built(kernels::kAvx2, winograd::kAvx2);
}

TEST(Variants, Avx512AsBuilt) {
  if (!can_run(Variant::avx512)) {
    GTEST_SKIP() << "this processor has no AVX-512";
  }
  expect_as_built(kernels::kAvx512, winograd::kAvx512);
}

TEST(Variants, TheBestIsTaken) {
#if defined(__AVX512VL__)
  const auto* const expected = &kernels::kBuilt;
#elif defined(__AVX2__)
  const auto* const expected = can_run(Variant::avx512) ? &kernels::kAvx512 : &kernels::kBuilt;
#else
  const auto* const expected = can_run(Variant::avx512) ? &kernels::kAvx512
                               : can_run(Variant::avx2) ? &kernels::kAvx2
                                                        : &kernels::kBuilt;
#endif
  EXPECT_EQ(&kernels::fastest(), expected);
  EXPECT_EQ(&winograd::fastest() == &winograd::kBuilt, expected == &kernels::kBuilt);
}

}  // namespace
}  // namespace cance::nn
#endif
