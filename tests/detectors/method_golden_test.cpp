// The arithmetic of the method against the golden vectors of an independent implementation
// (float64).
#include <ATen/ops/mv.h>

#include "density/game.hpp"
#include "density/noise.hpp"
#include "nn/convert.hpp"
#include "represent/composite.hpp"
#include "tests/support/golden.hpp"

namespace cance {
namespace {

using at::Tensor;
using tests::expect_close;

class MethodGolden : public tests::GoldenTest {
 protected:
  [[nodiscard]] Tensor matrix(const std::string& name) const {
    const Matrix<double> m = golden().matrix(name);
    return nn::to_tensor(m.view());
  }
  [[nodiscard]] Tensor vector(const std::string& name) const {
    return nn::to_tensor(golden().vector(name));
  }
  void expect_equal(const Tensor& actual, const std::string& name, double absolute = 0) const {
    expect_close(nn::to_doubles(actual.flatten()), golden().array(name).values, 1e-10, absolute);
  }
  [[nodiscard]] density::Noise noise(const std::string& group) const {
    nn::Compute compute;
    compute.type = at::kDouble;
    density::Noise q(golden().vector(group + ".mu"), golden().matrix(group + ".Sigma"), 0, compute);
    const at::NoGradGuard no_grad;
    q.raw().copy_(vector(group + ".w"));
    return q;
  }
};

TEST_F(MethodGolden, CompositeFeature) {
  expect_equal(represent::composite_feature(matrix("composite.z"), matrix("composite.x"),
                                            matrix("composite.xhat")),
               "composite.phi", 1e-15);
}

TEST_F(MethodGolden, CovarianceLossAndGradient) {
  const Tensor z = matrix("lcov.z").set_requires_grad(true);
  const Tensor loss = represent::covariance_loss(z, z.size(0));
  loss.backward();
  expect_equal(loss, "lcov.value");
  expect_equal(z.grad(), "lcov.grad", 1e-16);
}

TEST_F(MethodGolden, LogDensityOfTheNoise) {
  const auto q = noise("logq");
  expect_equal(q.scale(), "logq.a");
  expect_equal(q.log_prob(matrix("logq.phi"), q.scale()), "logq.value");
}

TEST_F(MethodGolden, LossAndGradients) {
  for (const std::string group : {"nce_nu1", "nce_nu4"}) {
    const double nu = group == "nce_nu1" ? 1 : 4;
    const Tensor f_data = vector(group + ".f_data").set_requires_grad(true);
    const Tensor f_noise = vector(group + ".f_noise").set_requires_grad(true);
    const Tensor loss = density::nce_loss(at::cat({f_data, f_noise}), f_data.size(0), nu,
                                          {f_data.size(0), f_noise.size(0)});
    loss.backward();
    expect_equal(loss, group + ".loss");
    expect_equal(f_data.grad(), group + ".grad_data", 1e-300);
    expect_equal(f_noise.grad(), group + ".grad_noise", 1e-300);
  }
}

/// f(phi) = W2 tanh(W1 phi + b1) + b2 of the golden game.
struct TanhNetwork {
  Tensor w1, b1, w2, b2;
  [[nodiscard]] Tensor operator()(const Tensor& phi) const {
    return at::mv(at::tanh(at::mm(phi, w1.t()) + b1), w2) + b2;
  }
};

class GameGolden : public MethodGolden {
 protected:
  void play(const std::string& mode) const {
    auto q = noise("game");
    const auto leaf = [this](const Tensor& t) { return t.clone().set_requires_grad(true); };
    const TanhNetwork f{leaf(matrix("game.W1")), leaf(vector("game.b1")), leaf(vector("game.W2")),
                        leaf(vector("game.b2"))};
    const Tensor a = mode == "fixed" ? q.unit_scale() : q.scale();
    const Tensor data =
        density::anchor_data(matrix("game.phi"), q.mean(), a, density::noise_mode(mode));
    const Tensor noise = q.sample(matrix("game.std_normal"), a);
    const Tensor value = density::nce_loss(at::cat({f(data), f(noise)}), data.size(0), 2,
                                           {data.size(0), noise.size(0)});
    value.backward();
    const std::string group = "game." + mode;
    expect_equal(value, group + ".J");
    const Tensor dw = q.raw().grad().defined() ? q.raw().grad() : at::zeros_like(q.raw());
    expect_equal(dw, group + ".dJ_dw", 1e-15);
    if (golden().has(group + ".dJ_dW1")) {
      expect_equal(f.w1.grad(), group + ".dJ_dW1", 1e-15);
      expect_equal(f.b1.grad(), group + ".dJ_db1", 1e-15);
      expect_equal(f.w2.grad(), group + ".dJ_dW2", 1e-15);
      expect_equal(f.b2.grad(), group + ".dJ_db2", 1e-15);
    }
  }
};

TEST_F(GameGolden, FixedNoise) { play("fixed"); }
TEST_F(GameGolden, NaiveNoise) { play("naive"); }
TEST_F(GameGolden, RegularisedNoise) { play("regularised"); }

}  // namespace
}  // namespace cance
