#include "represent/composite.hpp"

#include <ATen/ops/diag_embed.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/ne.h>

#include "base/error.hpp"

namespace cance::represent {

using at::Tensor;

Tensor composite_feature(const Tensor& z, const Tensor& x, const Tensor& xhat) {
  const Tensor a = x.flatten(1).to(at::kDouble);
  const Tensor b = xhat.flatten(1).to(at::kDouble);
  const Tensor error = (a - b).square().mean(1);
  const Tensor norm_a = a.norm(2, 1);
  const Tensor norm_b = b.norm(2, 1);
  const Tensor both = norm_a * norm_b;
  const Tensor cosine = (a * b).sum(1) / at::where(both > 0, both, at::ones_like(both));
  const Tensor degenerate = at::ne(norm_a > 0, norm_b > 0).to(at::kDouble);
  const Tensor dissimilarity = at::where(both > 0, 1 - cosine, degenerate).clamp_min(0);
  return at::cat({z, at::stack({error, dissimilarity}, 1).to(z.scalar_type())}, 1);
}

std::string composite_graph(nn::GraphBuilder& g, std::vector<std::string> columns,
                            const std::string& x, const std::string& xhat) {
  constexpr auto kWide = models::GraphType::float64;
  const std::string a = g.cast(g.flat(x), kWide);
  const std::string b = g.cast(g.flat(xhat), kWide);
  const auto product = [&](const std::string& p, const std::string& q) {
    return g.mean(g.add("Mul", {p, q}), {1});
  };
  const std::string zero = g.number(0, kWide);
  const std::string one = g.number(1, kWide);
  const auto positive = [&](const std::string& value) { return g.add("Greater", {value, zero}); };
  const std::string norm_a = g.add("Sqrt", {product(a, a)});
  const std::string norm_b = g.add("Sqrt", {product(b, b)});
  const std::string both = g.add("Mul", {norm_a, norm_b});
  const std::string cosine =
      g.add("Div", {product(a, b), g.add("Where", {positive(both), both, one})});
  const auto sign = [&](const std::string& value) { return g.cast(positive(value), kWide); };
  const std::string degenerate = g.add("Abs", {g.add("Sub", {sign(norm_a), sign(norm_b)})});
  const std::string dissimilarity =
      g.add("Where", {positive(both), g.add("Sub", {one, cosine}), degenerate});
  const std::string error = g.mean(g.square(g.add("Sub", {a, b})), {1});
  columns.push_back(g.cast(error, g.type()));
  columns.push_back(g.cast(g.add("Max", {dissimilarity, zero}), g.type()));
  return g.joined(columns);
}

Tensor covariance_loss(const Tensor& z, std::int64_t rows, const nn::Team& team) {
  const auto m = z.size(-1);
  require(rows >= 2 && m >= 2, "the covariance loss needs 2 rows and 2 latents, got {} and {}",
          rows, m);
  const Tensor mean = team.sum(z.sum(-2, /*keepdim=*/true)) / static_cast<double>(rows);
  const Tensor centred = z - mean;
  const Tensor s = team.sum(at::matmul(centred.mT(), centred)) / static_cast<double>(rows - 1);
  const Tensor off_diagonal = s - at::diag_embed(s.diagonal(0, -2, -1));
  return off_diagonal.square().sum({-2, -1}) / static_cast<double>(m * (m - 1) * team.size());
}

Tensor with_columns(const Tensor& phi, const Tensor& more) {
  const std::int64_t latents = phi.size(1) - 2;
  return at::cat({phi.slice(1, 0, latents), more.to(phi.scalar_type()), phi.slice(1, latents)}, 1);
}

std::vector<std::string> composite_columns(std::size_t latent, bool contrast) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < latent; ++i) {
    names.push_back(fmt::format("z{}", i));
  }
  if (contrast) {
    names.insert(names.end(), {"brightness", "contrast"});
  }
  names.insert(names.end(), {"e", "c"});
  return names;
}

}  // namespace cance::represent
