// LOF: how much sparser the training rows are about a row than about its nearest neighbours among
// them (Breunig et al., SIGMOD 2000), for new rows as in scikit-learn (novelty=True).
#include <ATen/ops/maximum.h>

#include "detectors/makers.hpp"
#include "detectors/shared/neighbours.hpp"
#include "detectors/shared/projection.hpp"
#include "nn/convert.hpp"

namespace cance::detectors {
namespace {

using at::Tensor;

constexpr double kLeastReach = 1e-10;  // of copies of one row, whose density is not infinite

class LofDetector final : public Detector {
 public:
  explicit LofDetector(const config::LofOptions& options) : options_(options) {}

  void fit(const TrainingData& data) override {
    const at::NoGradGuard no_grad;
    compute_ = data.compute;
    rows_ = kept_rows(options_.input, data.train, options_.rows, data.seed);
    neighbours_.emplace(rows_);
    nn::TensorRows rows(rows_);
    const auto wide = rows_.options().dtype(at::kDouble);
    Tensor all = at::zeros({2, rows_.size(0), neighbours()}, wide);  // ranks fill in their rows
    nn::for_blocks(rows, compute_.team, [&](const Tensor& x, std::int64_t first) {
      const Neighbours::Near others = other_rows(x, first);
      all[0].narrow(0, first, x.size(0)).copy_(others.distances);
      all[1].narrow(0, first, x.size(0)).copy_(others.indices);
    });
    all = compute_.team.summed(all);
    const Neighbours::Near near{all[0], all[1].to(at::kLong)};
    radius_ = near.distances.select(1, near.distances.size(1) - 1).contiguous();
    density_ = density_of(near);
  }
  void restore(const SavedMethod& saved) override {
    compute_ = saved.compute;
    rows_ = compute_.to_device(nn::to_tensor(saved.state, "rows"));
    neighbours_.emplace(rows_);
    radius_ = nn::to_tensor(saved.state, "radius").to(compute_.device);
    density_ = nn::to_tensor(saved.state, "density").to(compute_.device);
  }

  [[nodiscard]] std::vector<double> score(const CellRows& rows) const override {
    return nn::to_doubles(
        nn::map_rows(rows_of(options_.input, rows), compute_.team, [this](const Tensor& block) {
          const auto near = neighbours_->nearest(block.flatten(1), neighbours());
          return (values_at(density_, near.indices).mean(1) / density_of(near)).to(at::kCPU);
        }));
  }

  [[nodiscard]] std::string graph(nn::GraphBuilder& g, const GraphRows& rows) const override {
    constexpr auto kWide = models::GraphType::float64;
    const std::string all = neighbours_->all_distances(g, rows_of(options_.input, g, rows));
    const std::string kth = g.greatest(g.least(all, neighbours()), {1});
    const std::string far = g.add("Greater", {all, kth});
    const auto mean_of_near = [&](const std::string& value) {
      const std::string near = g.add("Where", {far, g.number(0, kWide), value});
      return g.scaled(g.sum(near, {1}), 1.0 / static_cast<double>(neighbours()), kWide);
    };
    const std::string radius = g.constant("radius", radius_.unsqueeze(0), kWide);
    const std::string reach = mean_of_near(g.add("Max", {all, radius}));
    const std::string about = mean_of_near(g.constant("density", density_.unsqueeze(0), kWide));
    return g.add("Mul", {about, g.shifted(reach, kLeastReach, kWide)});
  }

  [[nodiscard]] nn::NamedTensors state() override {
    return {{"rows", rows_}, {"radius", radius_}, {"density", density_}};
  }
  [[nodiscard]] double seconds(const CellSize& cell) const override {
    const double kept = cell.rows_up_to(options_.rows);
    return kept * (kept + cell.scored) * (cell.elements() * 3e-11 + 1e-9);
  }

 private:
  /// A training row has one fewer others.
  [[nodiscard]] std::int64_t neighbours() const {
    return std::clamp<std::int64_t>(rows_.size(0) - 1, 1, options_.neighbours);
  }
  static Tensor values_at(const Tensor& values, const Tensor& indices) {
    return values.index_select(0, indices.flatten()).view(indices.sizes());
  }
  /// The nearest of the training rows x, the first of which is row `first`, but themselves.
  [[nodiscard]] Neighbours::Near other_rows(const Tensor& x, std::int64_t first) const {
    const auto [distances, indices] = neighbours_->nearest(x, neighbours() + 1);
    const Tensor own =
        at::arange(first, first + x.size(0), indices.options()).unsqueeze(1) == indices;
    const auto [sorted, order] = distances.masked_fill(own, -1).sort(1);      // themselves first
    const std::int64_t from = std::min<std::int64_t>(1, sorted.size(1) - 1);  // a row alone
    return {sorted.clamp_min(0).slice(1, from), indices.gather(1, order).slice(1, from)};
  }
  /// Local reachability density: one by the mean reachability distance from the neighbours.
  [[nodiscard]] Tensor density_of(const Neighbours::Near& near) const {
    const Tensor reach = at::maximum(near.distances, values_at(radius_, near.indices));
    return 1 / (reach.mean(1) + kLeastReach);
  }

  config::LofOptions options_;
  nn::Compute compute_;
  Tensor rows_;  // (N, d)
  std::optional<Neighbours> neighbours_;
  Tensor radius_, density_;  // (N): distance of the kth neighbour, local reachability density
};

}  // namespace

Made make(const config::LofMethod& method, const config::Config&) {
  return std::make_unique<LofDetector>(method.lof);
}

}  // namespace cance::detectors
