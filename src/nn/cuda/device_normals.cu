// Normals drawn on the GPU: no work of the host, nothing to send.
#include <array>
#include <cstdint>

#include "nn/cuda/philox_normals.hpp"

namespace {

constexpr unsigned kThreads = 256;

/// A thread draws the four numbers of a block.
__global__ void fill(float* values, std::uint64_t count, std::uint64_t first, std::uint32_t key0,
                     std::uint32_t key1, std::uint32_t upper0, std::uint32_t upper1) {
  const std::uint64_t block = first / 4 + blockIdx.x * std::uint64_t{blockDim.x} + threadIdx.x;
  float four[4];
  cance::nn::four_normals(block, key0, key1, upper0, upper1, four);
  for (unsigned i = 0; i < 4; ++i) {
    const std::uint64_t number = 4 * block + i;
    if (number >= first && number - first < count) {
      values[number - first] = four[i];
    }
  }
}

}  // namespace

extern "C" void cance_fill_normals(float* values, std::uint64_t count, std::uint64_t first,
                                   std::array<std::uint32_t, 2> key,
                                   std::array<std::uint32_t, 2> upper, void* stream) {
  const std::uint64_t drawn = (first + count + 3) / 4 - first / 4;
  const auto grid = static_cast<unsigned>((drawn + kThreads - 1) / kThreads);
  if (count > 0) {
    fill<<<grid, kThreads, 0, static_cast<cudaStream_t>(stream)>>>(
        values, count, first, key[0], key[1], upper[0], upper[1]);
  }
}
