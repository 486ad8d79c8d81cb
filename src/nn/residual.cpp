#include "nn/residual.hpp"

namespace cance::nn {
namespace {

using at::Tensor;

class Residual final : public Layer {
 public:
  Residual(Sequence body, Sequence shortcut, double slope)
      : body_(std::move(body)), shortcut_(std::move(shortcut)), slope_(slope) {}

  [[nodiscard]] Tensor forward(const Tensor& x, bool training) override {
    const auto through = [&](Sequence& way) { return training ? way.train(x) : way.forward(x); };
    return at::leaky_relu(through(body_) + through(shortcut_), slope_);
  }
  [[nodiscard]] NamedTensors parameters() override { return tensors(/*that_learn=*/true); }
  [[nodiscard]] NamedTensors buffers() override { return tensors(/*that_learn=*/false); }
  [[nodiscard]] LayerFacts facts() override {
    return {.kind = LayerKind::residual,
            .slope = slope_,
            .body = body_.facts(),
            .shortcut = shortcut_.facts()};
  }
  void share_with(const Team& team) override {
    body_.share_with(team);
    shortcut_.share_with(team);
  }

 private:
  [[nodiscard]] NamedTensors tensors(bool that_learn) {
    NamedTensors some;
    for (const auto& part : {body_.state("body."), shortcut_.state("shortcut.")}) {
      for (const auto& named : part) {
        if (named.second.requires_grad() == that_learn) {
          some.push_back(named);
        }
      }
    }
    return some;
  }

  Sequence body_, shortcut_;
  double slope_;
};

}  // namespace

std::unique_ptr<Layer> make_residual(Sequence body, Sequence shortcut, double slope) {
  return std::make_unique<Residual>(std::move(body), std::move(shortcut), slope);
}

}  // namespace cance::nn
