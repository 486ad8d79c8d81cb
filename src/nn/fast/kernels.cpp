#include "nn/fast/kernels.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <type_traits>
#include <vector>

#include "nn/fast/variants.hpp"

namespace cance::nn::kernels {
namespace {

constexpr std::size_t kBlock = 256;  // rows summed in float before they join the float64 sums

constexpr float kMinusLog2E = -1.44269504F;

/// Adds two sums per column over all rows: add_row(r, s, q) adds row r to a block's float sums.
template <class AddRow>
void sum_blocks(std::size_t rows, std::size_t cols, double* first, double* second, AddRow add_row) {
  std::vector<float> part(2 * cols);
  float* const s = part.data();
  float* const q = s + cols;
  for (std::size_t begin = 0; begin < rows; begin += kBlock) {
    std::fill(part.begin(), part.end(), 0.0F);
    for (std::size_t r = begin; r < std::min(rows, begin + kBlock); ++r) {
      add_row(r, s, q);
    }
    for (std::size_t c = 0; c < cols; ++c) {
      first[c] += static_cast<double>(s[c]);
      second[c] += static_cast<double>(q[c]);
    }
  }
}

/// 2^v for |v| < 126, to 2 units in the last place: the polynomial of Cephes' exp2f on [-1/2, 1/2].
inline float exp2(float v) {
  const auto exponent = static_cast<std::int32_t>(v + 127.5F);  // rounded, and biased: positive
  const float x = v - static_cast<float>(exponent - 127);
  float p = 1.535336188319500e-4F;
  p = p * x + 1.339887440266574e-3F;
  p = p * x + 9.618437357674640e-3F;
  p = p * x + 5.550332471162809e-2F;
  p = p * x + 2.402264791363012e-1F;
  p = p * x + 6.931472028550421e-1F;
  p = p * x + 1.0F;
  return p * std::bit_cast<float>(exponent << 23);
}

/// 1 / (1 + e^-v).
inline float logistic(float v) {
  return 1.0F / (1.0F + exp2(std::clamp(v * kMinusLog2E, -120.0F, 120.0F)));
}

/// f(n), n as a constant where it is a usual width of a kernel, so that short loops are unrolled.
template <class F>
void with_constant(std::size_t n, F f) {
  switch (n) {
    case 3:
      return f(std::integral_constant<std::size_t, 3>());
    case 4:
      return f(std::integral_constant<std::size_t, 4>());
    case 5:
      return f(std::integral_constant<std::size_t, 5>());
    default:
      return f(n);
  }
}

/// Calls f(first number in the planes, the same in the patches, numbers) for every run of numbers
/// of the patches that lies in a plane, and zeros(first number in the patches, numbers) for others.
template <class F, class Zeros>
void for_runs(const Patches& s, std::size_t first, std::size_t last, F f, Zeros zeros) {
  const auto height = static_cast<std::ptrdiff_t>(s.height);
  const auto width = static_cast<std::ptrdiff_t>(s.width);
  const auto kernel = static_cast<std::ptrdiff_t>(s.kernel_width);
  const std::size_t run = s.kernel_width * s.channels;
  std::size_t patch = 0;
  for (std::size_t row = first; row < last; ++row) {
    const std::size_t image = row / s.rows * s.height;
    const auto y0 = static_cast<std::ptrdiff_t>(row % s.rows * s.stride) - s.top;
    for (std::size_t column = 0; column < s.columns; ++column) {
      const auto x0 = static_cast<std::ptrdiff_t>(column * s.stride) - s.left;
      const std::ptrdiff_t low = std::clamp<std::ptrdiff_t>(-x0, 0, kernel);
      const std::ptrdiff_t high = std::clamp(width - x0, low, kernel);
      const std::size_t before = static_cast<std::size_t>(low) * s.channels;
      const std::size_t inside = static_cast<std::size_t>(high - low) * s.channels;
      for (std::size_t ky = 0; ky < s.kernel_height; ++ky, patch += run) {
        const std::ptrdiff_t y = y0 + static_cast<std::ptrdiff_t>(ky);
        if (y < 0 || y >= height) {
          zeros(patch, run);
          continue;
        }
        if (inside < run) {
          zeros(patch, before);
          zeros(patch + before + inside, run - before - inside);
        }
        f(((image + static_cast<std::size_t>(y)) * s.width + static_cast<std::size_t>(x0 + low)) *
              s.channels,
          patch + before, inside);
      }
    }
  }
}

void bias_silu(const float* x, const float* bias, float* y, float* slope, std::size_t rows,
               std::size_t cols) {
  for (std::size_t r = 0; r < rows; ++r) {
    const std::size_t at = r * cols;
#pragma GCC ivdep
    for (std::size_t c = 0; c < cols; ++c) {
      const float v = x[at + c] + bias[c];
      const float s = logistic(v);
      y[at + c] = v * s;
      slope[at + c] = s * (1.0F + v * (1.0F - s));
    }
  }
}

void multiply_and_sum(const float* x, float* y, float* sum, std::size_t rows, std::size_t cols) {
  for (std::size_t r = 0; r < rows; ++r) {
    const std::size_t at = r * cols;
#pragma GCC ivdep
    for (std::size_t c = 0; c < cols; ++c) {
      const float v = y[at + c] * x[at + c];
      y[at + c] = v;
      sum[c] += v;
    }
  }
}

void column_sums(const float* x, const float* shift, double* sum, double* square, std::size_t rows,
                 std::size_t cols) {
  sum_blocks(rows, cols, sum, square, [=](std::size_t r, float* s, float* q) {
    const float* const row = x + r * cols;
#pragma GCC ivdep
    for (std::size_t c = 0; c < cols; ++c) {
      const float v = row[c] - shift[c];
      s[c] += v;
      q[c] += v * v;
    }
  });
}

void scale_leaky(const float* x, const float* scale, const float* offset, float slope, float* y,
                 std::size_t rows, std::size_t cols) {
  for (std::size_t r = 0; r < rows; ++r) {
    const float* const in = x + r * cols;
    float* const out = y + r * cols;
#pragma GCC ivdep
    for (std::size_t c = 0; c < cols; ++c) {
      const float v = in[c] * scale[c] + offset[c];
      out[c] = v > 0.0F ? v : slope * v;
    }
  }
}

void leaky_backward_sums(const float* grad, const float* y, const float* x, const float* mean,
                         float slope, double* sum_g, double* sum_gx, std::size_t rows,
                         std::size_t cols) {
  sum_blocks(rows, cols, sum_g, sum_gx, [=](std::size_t r, float* s, float* q) {
    const std::size_t at = r * cols;
#pragma GCC ivdep
    for (std::size_t c = 0; c < cols; ++c) {
      const float g = grad[at + c] * (y[at + c] > 0.0F ? 1.0F : slope);
      s[c] += g;
      q[c] += g * (x[at + c] - mean[c]);
    }
  });
}

void leaky_backward(const float* grad, const float* y, const float* x, const float* mean,
                    float slope, const float* scale, const float* slope_x, const float* offset,
                    float* dx, std::size_t rows, std::size_t cols) {
  for (std::size_t r = 0; r < rows; ++r) {
    const std::size_t at = r * cols;
#pragma GCC ivdep
    for (std::size_t c = 0; c < cols; ++c) {
      const float g = grad[at + c] * (y[at + c] > 0.0F ? 1.0F : slope);
      dx[at + c] = g * scale[c] + (x[at + c] - mean[c]) * slope_x[c] + offset[c];
    }
  }
}

void gate(const float* x, float* y, float* parts, std::size_t rows, std::size_t cols) {
  for (std::size_t r = 0; r < rows; ++r) {
    const float* const a = x + 2 * r * cols;
    float* const kept = parts + 2 * r * cols;
#pragma GCC ivdep
    for (std::size_t c = 0; c < cols; ++c) {
      const float t = 2.0F * logistic(2.0F * a[c]) - 1.0F;
      const float s = logistic(a[cols + c]);
      y[r * cols + c] = t * s;
      kept[c] = t;
      kept[cols + c] = s;
    }
  }
}

void gate_backward(const float* grad, const float* parts, float* dx, std::size_t rows,
                   std::size_t cols) {
  for (std::size_t r = 0; r < rows; ++r) {
    const float* const kept = parts + 2 * r * cols;
    float* const out = dx + 2 * r * cols;
#pragma GCC ivdep
    for (std::size_t c = 0; c < cols; ++c) {
      const float g = grad[r * cols + c];
      const float t = kept[c];
      const float s = kept[cols + c];
      out[c] = g * s * (1.0F - t * t);
      out[cols + c] = g * t * s * (1.0F - s);
    }
  }
}

void planes_to_patches(const float* planes, const Patches& s, std::size_t first, std::size_t last,
                       float* patches) {
  for_runs(
      s, first, last,
      [&](std::size_t from, std::size_t to, std::size_t count) {
        with_constant(count, [&](auto n) { std::copy_n(planes + from, n, patches + to); });
      },
      [&](std::size_t at, std::size_t count) { std::fill_n(patches + at, count, 0.0F); });
}

void patches_to_planes(const float* patches, const Patches& s, std::size_t first, std::size_t last,
                       float* planes) {
  for_runs(
      s, first, last,
      [&](std::size_t to, std::size_t from, std::size_t count) {
        const float* __restrict const values = patches + from;
        float* __restrict const sums = planes + to;
        with_constant(count, [=](auto n) {
          for (std::size_t i = 0; i < n; ++i) {
            sums[i] += values[i];
          }
        });
      },
      [](std::size_t, std::size_t) {});
}

}  // namespace

const Kernels CANCE_VARIANT = {
    .bias_silu = bias_silu,
    .multiply_and_sum = multiply_and_sum,
    .column_sums = column_sums,
    .scale_leaky = scale_leaky,
    .leaky_backward_sums = leaky_backward_sums,
    .leaky_backward = leaky_backward,
    .gate = gate,
    .gate_backward = gate_backward,
    .planes_to_patches = planes_to_patches,
    .patches_to_planes = patches_to_planes,
};

}  // namespace cance::nn::kernels
