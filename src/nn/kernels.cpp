#include "nn/kernels.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <vector>

namespace cance::nn::kernels {
namespace {

constexpr std::size_t kBlock = 256;  // rows summed in float before they join the float64 sums

constexpr float kMinusLog2E = -1.44269504F;

/// Adds two sums per column over all rows: add_row(r, s, q) adds row r to the float sums of a
/// block.
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

/// The plane with its border of zeros.
struct Padded {
  explicit Padded(const Patches& s)
      : height(s.height + 2 * s.padding), width(s.width + 2 * s.padding), values(height * width) {}
  std::size_t height, width;
  std::vector<float> values;
};

}  // namespace

void bias_silu(const float* x, const float* bias, float* y, float* slope, std::size_t rows,
               std::size_t cols) {
  for (std::size_t r = 0; r < rows; ++r) {
    const std::size_t at = r * cols;
#pragma GCC ivdep
    for (std::size_t c = 0; c < cols; ++c) {
      const float v = x[at + c] + bias[c];
      const float s = 1.0F / (1.0F + exp2(std::clamp(v * kMinusLog2E, -120.0F, 120.0F)));
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

void plane_to_patches(const float* planes, std::size_t images, const Patches& s, float* patches) {
  Padded padded(s);
  for (std::size_t image = 0; image < images; ++image) {
    for (std::size_t y = 0; y < s.height; ++y) {
      std::copy_n(planes + (image * s.height + y) * s.width, s.width,
                  padded.values.data() + (y + s.padding) * padded.width + s.padding);
    }
    for (std::size_t row = 0; row < s.rows; ++row) {
      for (std::size_t column = 0; column < s.columns; ++column) {
        const float* corner =
            padded.values.data() + row * s.stride * padded.width + column * s.stride;
        for (std::size_t y = 0; y < s.kernel; ++y, corner += padded.width, patches += s.kernel) {
          for (std::size_t x = 0; x < s.kernel; ++x) {
            patches[x] = corner[x];
          }
        }
      }
    }
  }
}

void patches_to_plane(const float* patches, std::size_t images, const Patches& s, float* planes) {
  Padded padded(s);
  for (std::size_t image = 0; image < images; ++image) {
    std::fill(padded.values.begin(), padded.values.end(), 0.0F);
    for (std::size_t row = 0; row < s.rows; ++row) {
      for (std::size_t column = 0; column < s.columns; ++column) {
        float* corner = padded.values.data() + row * s.stride * padded.width + column * s.stride;
        for (std::size_t y = 0; y < s.kernel; ++y, corner += padded.width, patches += s.kernel) {
          for (std::size_t x = 0; x < s.kernel; ++x) {
            corner[x] += patches[x];
          }
        }
      }
    }
    for (std::size_t y = 0; y < s.height; ++y) {
      std::copy_n(padded.values.data() + (y + s.padding) * padded.width + s.padding, s.width,
                  planes + (image * s.height + y) * s.width);
    }
  }
}

}  // namespace cance::nn::kernels
