// LODA: the mean over sparse random directions of -log of a histogram's probability (Pevny, Machine
// Learning 2016). Beyond a histogram the bin at its end counts.
#include <algorithm>
#include <cmath>

#include "base/random.hpp"
#include "detectors/makers.hpp"
#include "detectors/shared/projection.hpp"
#include "nn/convert.hpp"

namespace cance::detectors {
namespace {

using at::Tensor;

constexpr double kEmptyBin = 1e-12;  // rows in a bin without any

class LodaDetector final : public Detector {
 public:
  explicit LodaDetector(const config::LodaOptions& options) : options_(options) {}

  void fit(const TrainingData& data) override {
    const at::NoGradGuard no_grad;
    compute_ = data.compute;
    nn::Rows& rows = rows_of(options_.input, data.train);
    directions_ = directions(rows.range(0, 1).numel(), data.seed).to(compute_.device);
    const Tensor along = nn::map_rows(rows, compute_.team, [this](const Tensor& x) {
      return at::mm(x.flatten(1).to(at::kDouble), directions_);
    });
    const Tensor least = std::get<0>(along.min(0));
    const Tensor range = std::get<0>(along.max(0)) - least;
    low_ = least.where(range > 0, least - 0.5);
    width_ = range.where(range > 0, at::ones_like(range)) / options_.bins;
    Tensor counts = at::full({options_.directions, options_.bins}, kEmptyBin, along.options());
    counts.scatter_add_(1, bins_of(along).t().contiguous(), at::ones_like(along).t());
    surprise_ = -(counts / counts.sum(1, /*keepdim=*/true)).log();
  }
  void restore(const SavedMethod& saved) override {
    compute_ = saved.compute;
    for (const auto& [name, tensor] : tensors()) {
      *tensor = nn::to_tensor(saved.state, name).to(compute_.device);
    }
  }

  [[nodiscard]] std::vector<double> score(const CellRows& rows) const override {
    return nn::to_doubles(
        nn::map_rows(rows_of(options_.input, rows), compute_.team, [this](const Tensor& x) {
          const Tensor along = at::mm(x.flatten(1).to(at::kDouble), directions_);
          return surprise_.gather(1, bins_of(along).t()).mean(0).to(at::kCPU);
        }));
  }

  [[nodiscard]] std::string graph(nn::GraphBuilder& g, const GraphRows& rows) const override {
    constexpr auto kWide = models::GraphType::float64;
    const auto constant = [&](const char* name, const Tensor& t) {
      return g.constant(name, t, kWide);
    };
    const std::string along = g.add("MatMul", {g.cast(rows_of(options_.input, g, rows), kWide),
                                               constant("directions", directions_)});
    const std::string bin =
        g.add("Floor", {g.add("Div", {g.add("Sub", {along, constant("low", low_.unsqueeze(0))}),
                                      constant("width", width_.unsqueeze(0))})});
    const std::string within =
        g.add("Min", {g.at_least(bin, 0, kWide), g.number(options_.bins - 1, kWide)});
    return g.mean(
        g.looked_up("surprise", surprise_, g.cast(within, models::GraphType::int64), kWide), {1});
  }

  [[nodiscard]] nn::NamedTensors state() override {
    nn::NamedTensors all;
    for (const auto& [name, tensor] : tensors()) {
      all.emplace_back(name, *tensor);
    }
    return all;
  }
  [[nodiscard]] double seconds(const CellSize& cell) const override {
    return (cell.rows + cell.scored) * options_.directions * (cell.elements() * 1e-9 + 2e-8);
  }

 private:
  std::vector<std::pair<std::string, Tensor*>> tensors() {
    return {
        {"directions", &directions_}, {"low", &low_}, {"width", &width_}, {"surprise", &surprise_}};
  }
  /// Standard normals in sqrt(d) of d columns of each direction: (d, directions), float64.
  [[nodiscard]] Tensor directions(std::int64_t d, std::uint64_t seed) const {
    Tensor all = at::zeros({options_.directions, d}, at::kDouble);
    const auto chosen = static_cast<std::size_t>(std::sqrt(static_cast<double>(d)));
    auto* const values = all.mutable_data_ptr<double>();
    for (int i = 0; i < options_.directions; ++i) {
      const auto stream = static_cast<std::uint64_t>(2 * i);
      const auto columns =
          Random(seed, Purpose::random_maps, stream).permutation(static_cast<std::size_t>(d));
      const Random weights(seed, Purpose::random_maps, stream + 1);
      for (std::size_t k = 0; k < chosen; ++k) {
        values[i * d + columns[k]] = weights.normal(k);
      }
    }
    return all.t().contiguous();
  }
  /// (n, directions)
  [[nodiscard]] Tensor bins_of(const Tensor& along) const {
    return ((along - low_) / width_).floor().clamp(0, options_.bins - 1).to(at::kLong);
  }

  config::LodaOptions options_;
  nn::Compute compute_;
  Tensor directions_;   // (d, directions)
  Tensor low_, width_;  // (directions): where the histogram begins, width of its bins
  Tensor surprise_;     // (directions, bins): -log of the probability
};

}  // namespace

Made make(const config::LodaMethod& method, const config::Config&) {
  return std::make_unique<LodaDetector>(method.loda);
}

}  // namespace cance::detectors
