// LSA, Latent Space Autoregression (Abati et al., CVPR 2019): an autoencoder whose latents an
// autoregressive estimator learns to predict while it trains; score = -log p of the latents +
// squared error, each scaled so that the validation rows (all normal) reach from 0 to 1, as the
// published code scales them. Unlike there log p is exact where a bin has almost no mass (no
// clamp), and the weights are those of the lowest validation loss.
#include "detectors/lsa_estimator.hpp"
#include "detectors/makers.hpp"
#include "detectors/shared/lsa_networks.hpp"
#include "detectors/shared/network_stage.hpp"
#include "nn/convert.hpp"

namespace cance::detectors {
namespace {

using at::Tensor;

constexpr std::uint64_t kEstimatorStream = 0xD1B54A32D192ED03ULL;

class LsaDetector final : public Detector {
 public:
  explicit LsaDetector(const config::LsaOptions& options) : options_(options) {}

  void require_usable(const Shape& row) override { make(row, /*seed=*/0); }
  void fit(const TrainingData& data) override {
    compute_ = data.compute;
    nn::Rows& rows = *data.train.raw;
    nn::Rows& validation = *data.validation.raw;
    make(row_shape(rows), data.seed);
    NetworkStage stage;
    stage.name = "lsa";
    stage.rows = &rows;
    stage.state = networks_state();
    stage.loss = [this](const std::vector<Tensor>& inputs, std::int64_t count) {
      const Tensor z = networks_->encoder.train(inputs[0]);
      return loss(parts(inputs[0], z, networks_->decoder.train(z))).sum() /
             static_cast<double>(count);
    };
    stage.validate = [&] {
      return sum_over(validation, compute_.team, [&](const Tensor& x) {
        return loss(parts(x)) / static_cast<double>(validation.size());
      });
    };
    stage.validation = &validation;
    train_network(stage, options_.training, data);
    const Tensor both = parts_of(validation);
    scale_ = at::stack({both.amin(0), both.amax(0)});
  }

  void restore(const SavedMethod& saved) override {
    compute_ = saved.compute;
    make(saved_shape(saved), /*seed=*/0);
    nn::restore_map(networks_state(), saved.state);
    scale_ = nn::to_tensor(saved.state, "scale");
  }

  [[nodiscard]] std::vector<double> score(const CellRows& rows) const override {
    return nn::to_doubles(((parts_of(*rows.raw) - scale_[0]) / range()).sum(1));
  }

  [[nodiscard]] std::string graph(nn::GraphBuilder& g, const GraphRows& rows) const override {
    const std::string x = g.cast(rows.raw, g.network_type());
    const std::string z = g.layers(x, networks_->encoder.layers(), "encoder.");
    const std::string back = g.layers(z, networks_->decoder.layers(), "decoder.");
    const std::string nll =
        latent_nll_graph(g, estimator_->graph(g, z), z, options_.latent, options_.bins);
    const std::string error = g.sum(g.flat(g.square(g.add("Sub", {back, x}))), {1});
    constexpr auto kWide = models::GraphType::float64;
    const std::string both = g.cast(g.joined({nll, error}), kWide);
    const std::string shifted = g.add("Sub", {both, g.constant("scale.least", scale_[0], kWide)});
    return g.sum(g.add("Div", {shifted, g.constant("scale.range", range(), kWide)}), {1});
  }

  [[nodiscard]] nn::NamedTensors state() override {
    auto all = networks_state();
    all.emplace_back("scale", scale_);
    all.emplace_back("shape", shape_tensor(shape_));
    return all;
  }
  [[nodiscard]] double seconds(const CellSize& cell) const override {
    std::vector<double> widths{1};
    widths.insert(widths.end(), options_.estimator.begin(), options_.estimator.end());
    widths.push_back(options_.bins);
    const double latent = options_.latent;  // masked: half of the products among latents
    nn::Work estimator = nn::Work().chain(widths) * latent;
    estimator.products *= latent / 2;
    return seconds_of(options_.training,
                      lsa_work(options_.channels, cell.row, options_.latent) + estimator,
                      cell.raw());
  }

 private:
  void make(Shape shape, std::uint64_t seed) {
    shape_ = std::move(shape);
    networks_.emplace(make_lsa_networks("lsa", options_.channels, shape_, options_.latent,
                                        options_.latent, seed, compute_));
    networks_->encoder.sigmoid();
    estimator_.emplace(options_.latent, options_.estimator, options_.bins, seed ^ kEstimatorStream,
                       compute_);
  }

  [[nodiscard]] nn::NamedTensors networks_state() {
    return nn::joined({networks_->encoder.state("encoder."), networks_->decoder.state("decoder."),
                       estimator_->state("estimator.")});
  }

  /// What each part is divided by (2).
  [[nodiscard]] Tensor range() const {
    const Tensor range = scale_[1] - scale_[0];
    return at::where(range > 0, range, at::ones_like(range));
  }

  struct Parts {
    Tensor nll, error;  // (B): of the latents, and squared of the image
  };
  /// Of images x (B, c, h, w) with these latents and reconstructions.
  [[nodiscard]] Parts parts(const Tensor& x, const Tensor& z, const Tensor& back) const {
    const Tensor difference = back - x;
    return {latent_nll(estimator_->logits(z), z), difference.square().flatten(1).sum(1)};
  }
  [[nodiscard]] Parts parts(const Tensor& x) const {
    const Tensor z = networks_->encoder.forward(x);
    return parts(x, z, networks_->decoder.forward(z));
  }
  [[nodiscard]] Tensor loss(const Parts& parts) const {
    return parts.error + options_.nll_weight * parts.nll;
  }
  /// Of all rows (N, 2), float64 on the host. Collective.
  [[nodiscard]] Tensor parts_of(nn::Rows& rows) const {
    return nn::map_rows(rows, compute_.team, [this](const Tensor& x) {
      const auto [nll, error] = parts(x);
      return at::stack({nll, error}, 1).to(at::kCPU, at::kDouble);
    });
  }

  config::LsaOptions options_;
  nn::Compute compute_;
  Shape shape_;  // of a row
  std::optional<LsaNetworks> networks_;
  std::optional<LatentEstimator> estimator_;
  Tensor scale_;  // (2, 2): least and largest of the parts over the validation rows
};

}  // namespace

Made make(const config::LsaMethod& method, const config::Config&) {
  return std::make_unique<LsaDetector>(method.lsa);
}

}  // namespace cance::detectors
