// ECOD and COPOD: the sum over columns of -log of tail probabilities, from the empirical
// distribution of each column (Li et al., TKDE 2022 and ICDM 2020). A row is judged as the one new
// row among the training rows, so PyOD gives it this score when asked about it alone.
#include <ATen/ops/maximum.h>
#include <ATen/ops/searchsorted.h>

#include "detectors/makers.hpp"
#include "detectors/shared/projection.hpp"
#include "nn/convert.hpp"

namespace cance::detectors {
namespace {

using at::Tensor;

class TailDetector final : public Detector {
 public:
  TailDetector(const config::TailOptions& options, bool copula)
      : options_(options), copula_(copula) {}

  void fit(const TrainingData& data) override {
    const at::NoGradGuard no_grad;
    compute_ = data.compute;
    const Tensor rows = kept_rows(options_.input, data.train, options_.rows, data.seed);
    const Tensor mean = mean_of(rows);
    const Tensor centred = rows.to(at::kDouble) - mean;
    set_columns(std::get<0>(rows.sort(0)), mean, centred.square().sum(0), centred.pow(3).sum(0));
  }
  void restore(const SavedMethod& saved) override {
    compute_ = saved.compute;
    const auto tensor = [&](const char* name) { return nn::to_tensor(saved.state, name); };
    set_columns(tensor("sorted"), tensor("mean"), tensor("squares"), tensor("cubes"));
  }

  [[nodiscard]] std::vector<double> score(const CellRows& rows) const override {
    return nn::to_doubles(
        nn::map_rows(rows_of(options_.input, rows), compute_.team, [this](const Tensor& block) {
          const Tensor x = block.flatten(1).t().to(at::kDouble).contiguous();  // (d, B)
          const auto below = [&](bool equal_too) {
            return at::searchsorted(columns_, x, /*out_int32=*/false, /*right=*/equal_too);
          };
          const Tensor left = -((below(true) + 1).to(at::kDouble) / count()).log();
          const Tensor right = -((count() - below(false).to(at::kDouble)) / count()).log();
          const Tensor skew = skewness(x);
          const Tensor tail = left.masked_fill(skew > 0, 0) + right.masked_fill(skew < 0, 0);
          const Tensor other = copula_ ? (left + right) / 2 : at::maximum(left, right);
          return at::maximum(tail, other).sum(0).to(at::kCPU);
        }));
  }

  [[nodiscard]] std::string graph(nn::GraphBuilder& g, const GraphRows& rows) const override {
    constexpr auto kWide = models::GraphType::float64;
    const std::string x = g.cast(rows_of(options_.input, g, rows), kWide);
    const auto tail = [&](const std::string& rows_beyond) {
      return g.add("Neg", {g.add("Log", {g.scaled(rows_beyond, 1 / count(), kWide)})});
    };
    const std::string left = tail(g.shifted(below(g, x, true), 1, kWide));
    const std::string right = tail(g.add("Sub", {g.number(count(), kWide), below(g, x, false)}));
    const std::string skew = skewness(g, x);
    const std::string zero = g.number(0, kWide);
    const std::string skewed =
        g.add("Add", {g.add("Where", {g.add("Greater", {skew, zero}), zero, left}),
                      g.add("Where", {g.add("Greater", {zero, skew}), zero, right})});
    const std::string other =
        copula_ ? g.scaled(g.add("Add", {left, right}), 0.5, kWide) : g.add("Max", {left, right});
    return g.sum(g.add("Max", {skewed, other}), {1});
  }

  [[nodiscard]] nn::NamedTensors state() override {
    return {{"sorted", columns_.t().contiguous()},
            {"mean", mean_.flatten()},
            {"squares", squares_.flatten()},
            {"cubes", cubes_.flatten()}};
  }
  [[nodiscard]] double seconds(const CellSize& cell) const override {
    return (cell.scored + cell.rows_up_to(options_.rows)) * cell.elements() * 3e-7;
  }

 private:
  static Tensor mean_of(const Tensor& rows) { return rows.mean(0, /*keepdim=*/false, at::kDouble); }
  void set_columns(const Tensor& sorted, const Tensor& mean, const Tensor& squares,
                   const Tensor& cubes) {
    columns_ = sorted.t().to(compute_.device, at::kDouble).contiguous();
    mean_ = mean.to(compute_.device).unsqueeze(1);
    squares_ = squares.to(compute_.device).unsqueeze(1);
    cubes_ = cubes.to(compute_.device).unsqueeze(1);
  }
  /// Training rows and the row that is judged.
  [[nodiscard]] double count() const { return static_cast<double>(columns_.size(1) + 1); }
  /// Sum of cubes about the mean, of the training rows and one of x (d, B): a column skewed to the
  /// left counts by its left tail, one to the right by its right one, another by both.
  [[nodiscard]] Tensor skewness(const Tensor& x) const {
    const Tensor from = x - mean_;
    return cubes_ + from * (from.square() * cube_factor() - squares_ * (3 / count()));
  }
  [[nodiscard]] std::string skewness(nn::GraphBuilder& g, const std::string& x) const {
    constexpr auto kWide = models::GraphType::float64;
    const auto constant = [&](const char* name, const Tensor& t) {
      return g.constant(name, t.t(), kWide);
    };
    const std::string from = g.add("Sub", {x, constant("mean", mean_)});
    const std::string factor = g.add("Sub", {g.scaled(g.square(from), cube_factor(), kWide),
                                             constant("squares", squares_ * (3 / count()))});
    return g.add("Add", {constant("cubes", cubes_), g.add("Mul", {from, factor})});
  }
  [[nodiscard]] double cube_factor() const {
    return (count() - 1) * (count() - 2) / (count() * count());
  }

  /// Training rows with less than a graph's value x (n, d), or with as much too, by halving: (n,
  /// d).
  [[nodiscard]] std::string below(nn::GraphBuilder& g, const std::string& x, bool equal_too) const {
    constexpr auto kWide = models::GraphType::float64;
    constexpr auto kWhole = models::GraphType::int64;
    std::int64_t span = 1;
    while (span <= columns_.size(1)) {
      span *= 2;
    }
    const Tensor padded = at::cat({columns_, at::full({columns_.size(0), span - columns_.size(1)},
                                                      kOverflow, columns_.options())},
                                  1);
    std::string found = g.cast(g.scaled(x, 0, kWide), kWhole);
    for (span /= 2; span > 0; span /= 2) {
      const std::string next = g.shifted(found, static_cast<double>(span), kWhole);
      const std::string value = g.looked_up("columns", padded, g.shifted(next, -1, kWhole), kWide);
      found = equal_too ? g.add("Where", {g.add("Greater", {value, x}), found, next})
                        : g.add("Where", {g.add("Greater", {x, value}), next, found});
    }
    return g.cast(found, kWide);
  }

  config::TailOptions options_;
  bool copula_;
  nn::Compute compute_;
  Tensor columns_;                 // (d, N), each ascending
  Tensor mean_, squares_, cubes_;  // (d, 1): of the columns, sums about their mean
};

}  // namespace

Made make(const config::EcodMethod& method, const config::Config&) {
  return std::make_unique<TailDetector>(method.ecod, false);
}

Made make(const config::CopodMethod& method, const config::Config&) {
  return std::make_unique<TailDetector>(method.copod, true);
}

}  // namespace cance::detectors
