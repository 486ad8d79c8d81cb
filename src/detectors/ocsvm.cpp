// OC-SVM: the one-class support vector machine with a Gaussian kernel, the same as SVDD with that
// kernel. gamma = 1 / (columns x variance of all numbers): a rule that sees no label.
#include <ATen/ops/mv.h>

#include <algorithm>

#include "base/error.hpp"
#include "detectors/makers.hpp"
#include "detectors/ocsvm_dual.hpp"
#include "detectors/shared/projection.hpp"
#include "detectors/shared/squared_distances.hpp"
#include "nn/convert.hpp"

namespace cance::detectors {
namespace {

using at::Tensor;

class OcsvmDetector final : public Detector {
 public:
  explicit OcsvmDetector(const config::OcsvmOptions& options) : options_(options) {}

  void fit(const TrainingData& data) override {
    const at::NoGradGuard no_grad;
    compute_ = data.compute;
    projection_ = Projection(options_.projection, data.train, data.compute);
    const Tensor rows = projection_.sample(data.train, options_.rows, data.seed);
    gamma_ = options_.gamma > 0
                 ? options_.gamma
                 : 1 / (static_cast<double>(rows.size(1)) *
                        rows.var(/*unbiased=*/false).clamp_min(1e-300).item<double>());
    const Tensor coefficients = trained(rows);
    const Tensor support = coefficients.nonzero().squeeze(1);
    support_ = rows.index_select(0, support);
    coefficients_ = coefficients.index_select(0, support);
    squares_ = support_.square().sum(1);
  }
  void restore(const SavedMethod& saved) override {
    compute_ = saved.compute;
    projection_ = Projection::restored(options_.projection, saved);
    support_ = nn::to_tensor(saved.state, "support").to(compute_.device);
    coefficients_ = nn::to_tensor(saved.state, "coefficients").to(compute_.device);
    squares_ = support_.square().sum(1);
    gamma_ = nn::to_tensor(saved.state, "gamma").item<double>();
    rho_ = nn::to_tensor(saved.state, "rho").item<double>();
  }

  [[nodiscard]] std::vector<double> score(const CellRows& rows) const override {
    return nn::to_doubles(
        nn::map_rows(projection_.input(rows), compute_.team, [this](const Tensor& block) {
          const Tensor distances = squared_distances(projection_.apply(block), support_, squares_);
          return (rho_ - at::mv((-gamma_ * distances).exp(), coefficients_)).cpu();
        }));
  }

  [[nodiscard]] std::string graph(nn::GraphBuilder& g, const GraphRows& rows) const override {
    constexpr auto kWide = models::GraphType::float64;
    const std::string distances =
        squared_distances(g, projection_.graph(g, rows), support_, "support", kWide);
    const std::string kernel = g.add("Exp", {g.scaled(distances, -gamma_, kWide)});
    const std::string sum =
        g.add("MatMul", {kernel, g.constant("coefficients", coefficients_.unsqueeze(1), kWide)});
    return g.add("Sub", {g.number(rho_, kWide), sum});
  }

  [[nodiscard]] nn::NamedTensors state() override {
    auto all = projection_.state();
    all.emplace_back("support", support_);
    all.emplace_back("coefficients", coefficients_);
    all.emplace_back("gamma", at::full({1}, gamma_, at::kDouble));
    all.emplace_back("rho", at::full({1}, rho_, at::kDouble));
    return all;
  }
  [[nodiscard]] double seconds(const CellSize& cell) const override {
    const double kept = cell.rows_up_to(options_.rows);
    return Projection::seconds(cell, options_.projection.projection != "none") +
           options_.nu * kept * (kept + cell.scored) *
               (3e-9 * std::min(cell.elements(), 100.0) + 1e-8);
  }

 private:
  /// Coefficients of the rows, on all ranks those that the first one found. Sets rho. Throws
  /// Stopped on all ranks where the first one was asked to stop.
  [[nodiscard]] Tensor trained(const Tensor& rows) {
    const auto n = static_cast<std::size_t>(rows.size(0));
    std::vector<double> found(n + 1);
    bool stopped = false;
    compute_.team.run_together([&] {
      if (compute_.team.rank() == 0) {
        const Tensor host = rows.cpu().contiguous();
        try {
          const OneClassSvm svm = train_one_class_svm(
              {host.const_data_ptr<double>(), n, static_cast<std::size_t>(host.size(1))}, gamma_,
              options_.nu, options_.tolerance);
          std::ranges::copy(svm.coefficients, found.begin());
          found.back() = svm.rho;
        } catch (const Stopped&) {
          stopped = true;
        }
      }
    });
    compute_.team.stop_together(stopped);
    compute_.team.sum(found);
    rho_ = found.back();
    found.pop_back();
    return nn::to_tensor(std::span<const double>(found)).to(rows.device());
  }

  config::OcsvmOptions options_;
  nn::Compute compute_;
  Projection projection_;
  double gamma_ = 0;
  double rho_ = 0;
  Tensor support_, coefficients_, squares_;
};

}  // namespace

Made make(const config::OcsvmMethod& method, const config::Config&) {
  return std::make_unique<OcsvmDetector>(method.ocsvm);
}

}  // namespace cance::detectors
