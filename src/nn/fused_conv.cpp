#include "nn/fused_conv.hpp"

#include <ATen/core/dispatch/Dispatcher.h>

namespace cance::nn {
namespace {

using Sizes = at::IntArrayRef;
using Text = std::string_view;
using OptionalText = std::optional<std::string_view>;
using Scalars = c10::List<std::optional<at::Scalar>>;
using OptionalTensor = const std::optional<at::Tensor>&;

using Reorder = at::Tensor(const at::Tensor&, Sizes, Sizes, Sizes, std::int64_t,
                           at::OptionalIntArrayRef);
using Pointwise = at::Tensor(const at::Tensor&, const at::Tensor&, OptionalTensor, Sizes, Sizes,
                             Sizes, std::int64_t, Text, Scalars, OptionalText);
using AddInPlace = at::Tensor&(at::Tensor&, const at::Tensor&, const at::Tensor&, OptionalTensor,
                               Sizes, Sizes, Sizes, std::int64_t, Text, std::optional<at::Scalar>,
                               OptionalText, Scalars, OptionalText);

template <class Signature>
c10::TypedOperatorHandle<Signature> operator_of(const char* name, const char* overload = "") {
  return c10::Dispatcher::singleton().findSchemaOrThrow(name, overload).typed<Signature>();
}

/// The operators that torch.compile's frozen networks call; libtorch has them without a header.
struct Operators {
  c10::TypedOperatorHandle<Reorder> reorder =
      operator_of<Reorder>("mkldnn::_reorder_convolution_weight");
  c10::TypedOperatorHandle<Pointwise> pointwise =
      operator_of<Pointwise>("mkldnn::_convolution_pointwise");
  c10::TypedOperatorHandle<AddInPlace> add =
      operator_of<AddInPlace>("mkldnn::_convolution_pointwise_", "binary");
};

/// None where this libtorch has no such operators, or has them with other arguments.
const Operators* operators() {
  static const auto kFound = []() -> std::optional<Operators> {
    try {
      return Operators();
    } catch (const c10::Error&) {
      return std::nullopt;
    }
  }();
  return kFound ? &*kFound : nullptr;
}

constexpr std::array<std::int64_t, 2> kOnes = {1, 1};

}  // namespace

FusedConv::FusedConv(const torch::Tensor& weight, torch::Tensor bias, std::int64_t stride,
                     std::int64_t padding, std::int64_t batch, std::int64_t input_size)
    : weight_(weight.contiguous(at::MemoryFormat::ChannelsLast)),
      bias_(std::move(bias)),
      strides_{stride, stride},
      paddings_{padding, padding},
      fused_(weight.is_cpu() && weight.scalar_type() != torch::kFloat64 && operators() != nullptr) {
  if (fused_) {
    const std::array input = {batch, weight.size(1), input_size, input_size};
    weight_ = operators()->reorder.call(weight_, paddings_, strides_, kOnes, 1, Sizes(input));
  }
}

torch::Tensor FusedConv::operator()(const torch::Tensor& x, bool relu) const {
  if (!fused_) {
    auto y = at::conv2d(x, weight_, bias_, strides_, paddings_);
    return relu ? y.relu_() : y;
  }
  return operators()->pointwise.call(x, weight_, bias_, paddings_, strides_, kOnes, 1,
                                     relu ? "relu" : "none", Scalars(), "");
}

torch::Tensor FusedConv::add_relu(const torch::Tensor& x, torch::Tensor other) const {
  if (!fused_) {
    return at::conv2d(x, weight_, bias_, strides_, paddings_).add_(other).relu_();
  }
  return operators()->add.call(other, x, weight_, bias_, paddings_, strides_, kOnes, 1, "add",
                               std::nullopt, "relu", Scalars(), std::nullopt);
}

}  // namespace cance::nn
