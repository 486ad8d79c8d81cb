#include "nn/fast/fused_conv.hpp"

#include <ATen/Parallel.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/ops/bmm.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/cudnn_convolution_add_relu.h>
#include <ATen/ops/cudnn_convolution_relu.h>

#include "base/cast.hpp"
#include "nn/fast/product.hpp"
#include "nn/fast/winograd.hpp"

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

/// Whether cuDNN is there and takes such convolutions together with bias, sum and ReLU: tried once.
bool fits_cudnn(const at::Tensor& weight, const at::Tensor& bias, Sizes strides, Sizes paddings,
                std::int64_t input_size) {
  try {
    const auto x = at::zeros({1, weight.size(1), input_size, input_size}, weight.options())
                       .contiguous(at::MemoryFormat::ChannelsLast);
    const auto w = weight.contiguous(at::MemoryFormat::ChannelsLast);
    const auto y = at::cudnn_convolution_relu(x, w, bias, strides, paddings, kOnes, 1);
    (void)at::cudnn_convolution_add_relu(x, w, y, 1, bias, strides, paddings, kOnes, 1);
    return true;
  } catch (const c10::OutOfMemoryError&) {
    throw;
  } catch (const std::exception&) {
    return false;
  }
}

constexpr std::int64_t kTilesAtATime = 256;  // their products stay in the cache
constexpr std::int64_t kGap = 80;            // floats between planes, against cache conflicts

bool fits_winograd(const at::Tensor& weight, std::int64_t stride) {
  return is_cpu_float(weight) && weight.size(2) == 3 && stride == 1 &&
         weight.size(0) % winograd::kLanes == 0 && weight.size(1) % winograd::kLanes == 0;
}

at::Tensor winograd_weights(const at::Tensor& weight) {
  const auto plain = weight.contiguous();
  const auto planes =
      winograd::transform_weights({plain.const_data_ptr<float>(), to<std::size_t>(plain.numel())},
                                  to<std::size_t>(plain.size(0)), to<std::size_t>(plain.size(1)));
  return at::tensor(at::ArrayRef<float>(planes))
      .view({winograd::kPlanes, weight.size(1), weight.size(0)});
}

/// products[i] = patches[i] weight[i] for every plane, (count, in) by (in, out).
void multiply_planes(const at::Tensor& patches, const at::Tensor& weight, at::Tensor& products,
                     std::int64_t count) {
  const std::int64_t in = weight.size(1), out = weight.size(2);
  if (at::get_num_threads() > 1 || !can_multiply()) {  // oneDNN's threads would fight torch's
    auto result = products.as_strided({winograd::kPlanes, count, out}, {products.size(1), out, 1});
    at::bmm_out(result,
                patches.as_strided({winograd::kPlanes, count, in}, {patches.size(1), in, 1}),
                weight);
    return;
  }
  for (std::int64_t i = 0; i < weight.size(0); ++i) {
    multiply({false, false, count, out, in}, patches.const_data_ptr<float>() + i * patches.size(1),
             weight.const_data_ptr<float>() + i * in * out,
             products.mutable_data_ptr<float>() + i * products.size(1));
  }
}

}  // namespace

FusedConv::FusedConv(const at::Tensor& weight, at::Tensor bias, std::int64_t stride,
                     std::int64_t padding, std::int64_t batch, std::int64_t input_size)
    : way_(fits_winograd(weight, stride)                                           ? Way::winograd
           : weight.is_cpu() && weight.scalar_type() != at::kDouble && operators() ? Way::onednn
                                                                                   : Way::torch),
      weight_(way_ == Way::winograd ? winograd_weights(weight)
                                    : weight.contiguous(at::MemoryFormat::ChannelsLast)),
      bias_(std::move(bias)),
      strides_{stride, stride},
      paddings_{padding, padding} {
  if (way_ == Way::onednn) {
    const std::array input = {batch, weight.size(1), input_size, input_size};
    weight_ = operators()->reorder.call(weight_, paddings_, strides_, kOnes, 1, Sizes(input));
  }
  if (way_ == Way::torch && fits_cudnn(weight_, bias_, strides_, paddings_, input_size)) {
    way_ = Way::cudnn;
  }
}

at::Tensor FusedConv::by_winograd(const at::Tensor& input, const at::Tensor& other,
                                  bool relu) const {
  const auto x = input.contiguous(at::MemoryFormat::ChannelsLast);
  const winograd::Grid grid{to<std::size_t>(x.size(0)), to<std::size_t>(x.size(2)),
                            to<std::size_t>(x.size(3))};
  const std::int64_t in = weight_.size(1), out = weight_.size(2), tiles = signed_size(grid.tiles());
  auto y = other.defined() ? other
                           : at::empty({x.size(0), out, x.size(2), x.size(3)}, x.options(),
                                       at::MemoryFormat::ChannelsLast);
  const std::int64_t rows = std::min(tiles, kTilesAtATime);
  const std::int64_t in_stride = rows * in + kGap, out_stride = rows * out + kGap;
  const auto patches = at::empty({winograd::kPlanes, in_stride}, x.options());
  auto products = at::empty({winograd::kPlanes, out_stride}, x.options());
  const float* const from = x.const_data_ptr<float>();
  float* const to_y = y.mutable_data_ptr<float>();
  float* const v = patches.mutable_data_ptr<float>();
  float* const m = products.mutable_data_ptr<float>();
  const float least = relu ? 0.0F : -std::numeric_limits<float>::infinity();
  for (std::int64_t first = 0; first < tiles; first += rows) {
    const std::int64_t count = std::min(rows, tiles - first);
    at::parallel_for(0, count, 8, [&](std::int64_t begin, std::int64_t end) {
      winograd::fastest().input(from, grid, to<std::size_t>(in), to<std::size_t>(first + begin),
                                to<std::size_t>(first + end), v + begin * in,
                                to<std::size_t>(in_stride));
    });
    multiply_planes(patches, weight_, products, count);
    at::parallel_for(0, count, 8, [&](std::int64_t begin, std::int64_t end) {
      winograd::fastest().output(m + begin * out, to<std::size_t>(out_stride),
                                 bias_.const_data_ptr<float>(), other.defined() ? to_y : nullptr,
                                 least, grid, to<std::size_t>(out), to<std::size_t>(first + begin),
                                 to<std::size_t>(first + end), to_y);
    });
  }
  return y;
}

at::Tensor FusedConv::operator()(const at::Tensor& x, bool relu) const {
  if (way_ == Way::winograd) {
    return by_winograd(x, {}, relu);
  }
  if (way_ == Way::onednn) {
    return operators()->pointwise.call(x, weight_, bias_, paddings_, strides_, kOnes, 1,
                                       relu ? "relu" : "none", Scalars(), "");
  }
  if (way_ == Way::cudnn && relu) {
    return at::cudnn_convolution_relu(x, weight_, bias_, strides_, paddings_, kOnes, 1);
  }
  auto y = at::conv2d(x, weight_, bias_, strides_, paddings_);
  return relu ? y.relu_() : y;
}

at::Tensor FusedConv::add_relu(const at::Tensor& x, at::Tensor other) const {
  if (way_ == Way::winograd) {
    return by_winograd(x, other.contiguous(at::MemoryFormat::ChannelsLast), true);
  }
  if (way_ == Way::onednn) {
    const std::optional<at::Scalar> factor;  // of the sum: 1
    return operators()->add.call(other, x, weight_, bias_, paddings_, strides_, kOnes, 1, "add",
                                 factor, "relu", Scalars(), std::nullopt);
  }
  if (way_ == Way::cudnn) {
    return at::cudnn_convolution_add_relu(x, weight_, other, 1, bias_, strides_, paddings_, kOnes,
                                          1);
  }
  return at::conv2d(x, weight_, bias_, strides_, paddings_).add_(other).relu_();
}

}  // namespace cance::nn
