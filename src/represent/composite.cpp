#include "represent/composite.hpp"

#include "base/error.hpp"

namespace cance::represent {

using torch::Tensor;

Tensor composite_feature(const Tensor& z, const Tensor& x, const Tensor& xhat) {
  const Tensor a = x.flatten(1).to(torch::kFloat64);
  const Tensor b = xhat.flatten(1).to(torch::kFloat64);
  const Tensor error = (a - b).square().mean(1);
  const Tensor norm_a = a.norm(2, 1);
  const Tensor norm_b = b.norm(2, 1);
  const Tensor both = norm_a * norm_b;
  const Tensor cosine = (a * b).sum(1) / torch::where(both > 0, both, torch::ones_like(both));
  const Tensor degenerate = torch::ne(norm_a > 0, norm_b > 0).to(torch::kFloat64);
  const Tensor dissimilarity = torch::where(both > 0, 1 - cosine, degenerate).clamp_min(0);
  return torch::cat({z, torch::stack({error, dissimilarity}, 1).to(z.scalar_type())}, 1);
}

Tensor covariance_loss(const Tensor& z, std::int64_t rows, const nn::Team& team) {
  const auto m = z.size(1);
  require(rows >= 2 && m >= 2, "the covariance loss needs 2 rows and 2 latents, got {} and {}",
          rows, m);
  const Tensor mean = team.sum(z.sum(0, /*keepdim=*/true)) / static_cast<double>(rows);
  const Tensor centred = z - mean;
  const Tensor s = team.sum(torch::mm(centred.t(), centred)) / static_cast<double>(rows - 1);
  const Tensor off_diagonal = s - torch::diag(s.diagonal());
  return off_diagonal.square().sum() / static_cast<double>(m * (m - 1) * team.size());
}

Tensor with_columns(const Tensor& phi, const Tensor& more) {
  const std::int64_t latents = phi.size(1) - 2;
  return torch::cat({phi.slice(1, 0, latents), more.to(phi.scalar_type()), phi.slice(1, latents)},
                    1);
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
