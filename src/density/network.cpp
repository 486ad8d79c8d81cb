#include "density/network.hpp"

#include <fmt/format.h>

#include <cmath>

#include "nn/fast/mlp.hpp"

namespace cance::density {

using at::Tensor;

EstimationNetwork::EstimationNetwork(const Tensor& mean, const Tensor& deviation,
                                     const std::vector<int>& hidden, std::uint64_t seed)
    : mean_(mean.detach()), inverse_deviation_(deviation.detach().reciprocal()) {
  std::int64_t in = mean.size(0);
  std::vector<int> widths = hidden;
  widths.push_back(1);
  for (std::size_t i = 0; i < widths.size(); ++i) {
    const std::int64_t out = widths[i];
    const double bound = 1 / std::sqrt(static_cast<double>(in));
    const auto leaf = [&](at::IntArrayRef shape, std::uint64_t stream) {
      return nn::uniform_parameter(shape, bound, seed, stream)
          .detach()
          .to(mean.options())
          .set_requires_grad(true);
    };
    weights_.push_back(leaf({out, in}, 2 * i));
    biases_.push_back(leaf({out}, 2 * i + 1));
    in = out;
  }
}

EstimationNetwork::EstimationNetwork(const Tensor& mean, const Tensor& deviation,
                                     const nn::NamedTensors& stacked)
    : mean_(mean), inverse_deviation_(deviation.reciprocal()) {
  for (std::size_t i = 0; i + 1 < stacked.size(); i += 2) {
    weights_.push_back(stacked[i].second);
    biases_.push_back(stacked[i + 1].second);
  }
}

Tensor EstimationNetwork::forward(const Tensor& phi, bool frozen) const {
  const auto leaves = [frozen](const std::vector<Tensor>& parameters) {
    std::vector<Tensor> all;
    for (const Tensor& parameter : parameters) {
      all.push_back(frozen ? parameter.detach() : parameter);
    }
    return all;
  };
  return nn::mlp((phi - mean_) * inverse_deviation_, leaves(weights_), leaves(biases_)).squeeze(-1);
}

std::string EstimationNetwork::graph(nn::GraphBuilder& g, const std::string& phi) const {
  const models::GraphType type = g.network_type();
  const std::string centred = g.add("Sub", {g.cast(phi, type), g.constant("mean", mean_, type)});
  std::string h =
      g.add("Mul", {centred, g.constant("inverse_deviation", inverse_deviation_, type)});
  for (std::size_t i = 0; i < weights_.size(); ++i) {
    const auto part = [&](const char* name, const Tensor& tensor) {
      return g.constant(fmt::format("{}.{}", i, name), tensor, type);
    };
    h = g.add("Gemm", {h, part("weight", weights_[i]), part("bias", biases_[i])},
              {{"transB", std::int64_t{1}}});
    if (i + 1 < weights_.size()) {
      h = g.add("Mul", {h, g.add("Sigmoid", {h})});
    }
  }
  return h;
}

std::vector<Tensor> EstimationNetwork::parameters() const {
  std::vector<Tensor> all = weights_;
  all.insert(all.end(), biases_.begin(), biases_.end());
  return all;
}

nn::NamedTensors EstimationNetwork::state() const {
  nn::NamedTensors all;
  for (std::size_t i = 0; i < weights_.size(); ++i) {
    all.emplace_back(fmt::format("{}.weight", i), weights_[i]);
    all.emplace_back(fmt::format("{}.bias", i), biases_[i]);
  }
  return all;
}

}  // namespace cance::density
