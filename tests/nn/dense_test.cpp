// Dense layers in float32 against torch's operators in float64.
#include "nn/fast/dense.hpp"

#include <ATen/ops/linear.h>
#include <gtest/gtest.h>

#include "tests/support/normals.hpp"

namespace cance::nn {
namespace {

using at::Tensor;

struct Case {
  std::vector<std::int64_t> input;  // its last extent are the columns
  std::int64_t out = 0;
  std::int64_t masked = 0;  // last columns with a mask
  std::int64_t gap = 0;     // numbers between the rows of the input
  bool biased = true, input_learns = true, weight_learns = true;
};

/// y, then the gradients of x, weight and bias that there are.
std::vector<Tensor> results(const Case& c, at::ScalarType type, bool ours) {
  const auto leaf = [&](at::IntArrayRef shape, std::uint64_t stream, bool learns) {
    return tests::normals(shape, 11, stream).to(type).set_requires_grad(learns);
  };
  auto wide = c.input;
  wide.back() += c.gap;
  const Tensor all = leaf(wide, 1, c.input_learns);
  const Tensor x = all.slice(-1, 0, c.input.back());
  const Tensor weight = leaf({c.out, c.input.back()}, 2, c.weight_learns);
  const Tensor bias = c.biased ? leaf({c.out}, 3, true) : Tensor();
  const Tensor mask = (tests::normals({c.out, c.masked}, 11, 4) > 0).to(type);
  const std::int64_t free = c.input.back() - c.masked;
  const Tensor full = at::cat({at::ones({c.out, free}, type), mask}, 1);
  const Tensor y = !ours          ? at::linear(x, weight * full, bias)
                   : c.masked > 0 ? masked_dense(x, weight, bias, mask)
                                  : dense(x, weight, bias);
  (y * tests::normals(y.sizes(), 11, 5).to(type)).sum().backward();
  std::vector<Tensor> found{y.detach()};
  for (const Tensor& t : {all, weight, bias}) {
    if (t.defined() && t.requires_grad()) {
      found.push_back(t.grad());
    }
  }
  return found;
}

class DenseTest : public ::testing::TestWithParam<Case> {};

TEST_P(DenseTest, EqualsTorchInValueAndGradients) {
  const auto expected = results(GetParam(), at::kDouble, /*ours=*/false);
  for (const auto type : {at::kFloat, at::kDouble}) {
    const auto found = results(GetParam(), type, /*ours=*/true);
    ASSERT_EQ(found.size(), expected.size());
    for (std::size_t i = 0; i < found.size(); ++i) {
      ASSERT_EQ(found[i].sizes(), expected[i].sizes()) << i;
      const double tolerance = type == at::kFloat ? 3e-6 : 1e-13;
      EXPECT_LE((found[i].to(at::kDouble) - expected[i]).abs().max().item<double>(),
                tolerance * (1 + expected[i].abs().max().item<double>()))
          << i;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    Shapes, DenseTest,
    ::testing::Values(Case{{37, 14}, 21}, Case{{37, 14}, 21, 0, 0, /*biased=*/false},
                      Case{{6, 5, 9}, 16}, Case{{130, 40}, 24, /*masked=*/16, /*gap=*/8},
                      Case{{130, 16}, 24, /*masked=*/16, /*gap=*/3},
                      Case{{20, 12}, 9, 4, 0, true, /*input_learns=*/false},
                      Case{{20, 12}, 9, 4, 0, true, true, /*weight_learns=*/false},
                      Case{{20, 12}, 1}, Case{{20, 1}, 12}));

}  // namespace
}  // namespace cance::nn
