// Isolation forest: how few random cuts part a row from a few training rows (Liu, Ting and Zhou,
// ICDM 2008), as in scikit-learn.
#include <ATen/ops/gt.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/random.hpp"
#include "detectors/makers.hpp"
#include "detectors/shared/projection.hpp"
#include "nn/convert.hpp"

namespace cance::detectors {
namespace {

using at::Tensor;

/// Mean length of an unsuccessful search in a binary tree of n rows: what a leaf of n rows adds.
double mean_path(std::size_t n) {
  const auto count = static_cast<double>(n);
  return n < 2    ? 0
         : n == 2 ? 1
                  : 2 * (std::log(count - 1) + std::numbers::egamma) - 2 * (count - 1) / count;
}

/// A tree as one of full depth, in the order of a heap. Below an early leaf nothing is cut: every
/// row goes left there.
struct Tree {
  std::vector<double> columns,
      cuts;                   ///< of the 2^levels - 1 inner nodes: a row with more goes right
  std::vector<double> paths;  ///< of the 2^levels leaves
};

class Grower {
 public:
  /// Of these rows; `random` is the tree's own stream.
  Grower(MatrixView<const double> rows, std::int64_t levels, const Random& random)
      : rows_(rows),
        inner_((std::size_t{1} << static_cast<std::size_t>(levels)) - 1),
        random_(random) {}

  Tree grow() {
    tree_ = {std::vector<double>(inner_), std::vector<double>(inner_, kOverflow),
             std::vector<double>(inner_ + 1)};
    std::vector<std::size_t> all(rows_.rows);
    std::ranges::generate(all, [n = std::size_t{0}]() mutable { return n++; });
    grow_node(0, 0, all);
    return std::move(tree_);
  }

 private:
  void grow_node(std::size_t node, double depth, std::span<std::size_t> rows) {
    std::vector<std::size_t> varying;
    std::vector<double> least(rows_.cols), most(rows_.cols);
    for (std::size_t c = 0; node < inner_ && rows.size() > 1 && c < rows_.cols; ++c) {
      least[c] = most[c] = rows_(rows[0], c);
      for (const std::size_t row : rows) {
        least[c] = std::min(least[c], rows_(row, c));
        most[c] = std::max(most[c], rows_(row, c));
      }
      if (least[c] < most[c]) {
        varying.push_back(c);
      }
    }
    if (varying.empty()) {
      while (node < inner_) {
        node = 2 * node + 1;
      }
      tree_.paths[node - inner_] = depth + mean_path(rows.size());
      return;
    }
    const std::size_t column = varying[random_.below(varying.size(), 2 * node)];
    double cut = least[column] + random_.uniform(2 * node + 1) * (most[column] - least[column]);
    if (!(cut < most[column])) {  // rounded up
      cut = least[column];
    }
    tree_.columns[node] = static_cast<double>(column);
    tree_.cuts[node] = cut;
    const auto right =
        std::ranges::partition(rows, [&](std::size_t row) { return rows_(row, column) <= cut; });
    const std::size_t left = rows.size() - right.size();
    grow_node(2 * node + 1, depth + 1, rows.first(left));
    grow_node(2 * node + 2, depth + 1, rows.subspan(left));
  }

  MatrixView<const double> rows_;
  std::size_t inner_;
  const Random& random_;
  Tree tree_;
};

class IforestDetector final : public Detector {
 public:
  explicit IforestDetector(const config::IforestOptions& options) : options_(options) {}

  void fit(const TrainingData& data) override {
    const at::NoGradGuard no_grad;
    compute_ = data.compute;
    nn::Rows& all = rows_of(options_.input, data.train);
    const auto n = static_cast<std::size_t>(all.size());
    const std::size_t drawn = std::min<std::size_t>(n, static_cast<std::size_t>(options_.rows));
    const Tensor rows = all.range(0, all.size()).flatten(1);
    std::int64_t levels = 1;
    while ((std::size_t{1} << static_cast<std::size_t>(levels)) < drawn) {
      ++levels;
    }
    std::vector<Tensor> columns, cuts, paths;
    for (int t = 0; t < options_.trees; ++t) {
      const auto stream = static_cast<std::uint64_t>(t);  // 0 is that of `sampled`
      auto order = Random(data.seed, Purpose::neighbours, 2 * stream + 1).permutation(n);
      order.resize(drawn);
      const Tensor some = rows.index_select(0, nn::index_view(order).to(rows.device()));
      const auto values = nn::to_doubles(some);
      const Random random(data.seed, Purpose::neighbours, 2 * stream + 2);
      const Tree tree =
          Grower({values.data(), drawn, static_cast<std::size_t>(rows.size(1))}, levels, random)
              .grow();
      columns.push_back(nn::to_tensor(std::span(tree.columns)));
      cuts.push_back(nn::to_tensor(std::span(tree.cuts)));
      paths.push_back(nn::to_tensor(std::span(tree.paths)));
    }
    set_trees(at::stack(columns), at::stack(cuts), at::stack(paths));
    mean_path_ = mean_path(drawn);
  }
  void restore(const SavedMethod& saved) override {
    compute_ = saved.compute;
    set_trees(nn::to_tensor(saved.state, "columns"), nn::to_tensor(saved.state, "cuts"),
              nn::to_tensor(saved.state, "paths"));
    mean_path_ = nn::to_tensor(saved.state, "mean_path").item<double>();
  }

  [[nodiscard]] std::vector<double> score(const CellRows& rows) const override {
    return nn::to_doubles(
        nn::map_rows(rows_of(options_.input, rows), compute_.team, [this](const Tensor& block) {
          const Tensor x = block.flatten(1).to(at::kDouble);
          Tensor nodes = at::zeros({columns_.size(0), x.size(0)}, columns_.options());
          for (std::int64_t level = 0; level < levels(); ++level) {
            const Tensor right =
                x.gather(1, columns_.gather(1, nodes).t()) > cuts_.gather(1, nodes).t();
            nodes = 2 * nodes + 1 + right.t();
          }
          const Tensor paths = paths_.gather(1, nodes - columns_.size(1)).mean(0);
          return at::exp2(-paths / divisor()).to(at::kCPU);
        }));
  }

  [[nodiscard]] std::string graph(nn::GraphBuilder& g, const GraphRows& rows) const override {
    constexpr auto kWide = models::GraphType::float64;
    constexpr auto kWhole = models::GraphType::int64;
    const std::string x = g.cast(rows_of(options_.input, g, rows), kWide);
    const std::string zero = g.cast(g.scaled(g.sliced(x, 1, 0, 1), 0, kWide), kWhole);
    std::string nodes =
        g.add("Add", {zero, g.constant("roots", at::zeros({1, columns_.size(0)}), kWhole)});
    for (std::int64_t level = 0; level < levels(); ++level) {
      const std::string values =
          g.add("GatherElements", {x, g.looked_up("columns", columns_, nodes, kWhole)},
                {{"axis", std::int64_t{1}}});
      const std::string right =
          g.add("Greater", {values, g.looked_up("cuts", cuts_, nodes, kWide)});
      nodes =
          g.add("Add", {g.shifted(g.scaled(nodes, 2, kWhole), 1, kWhole), g.cast(right, kWhole)});
    }
    const std::string leaves = g.shifted(nodes, -static_cast<double>(columns_.size(1)), kWhole);
    const std::string path = g.mean(g.looked_up("paths", paths_, leaves, kWide), {1});
    return g.add("Exp", {g.scaled(path, -std::numbers::ln2 / divisor(), kWide)});
  }

  [[nodiscard]] nn::NamedTensors state() override {
    return {{"columns", columns_.to(at::kDouble)},
            {"cuts", cuts_},
            {"paths", paths_},
            {"mean_path", at::full({1}, mean_path_, at::kDouble)}};
  }
  [[nodiscard]] double seconds(const CellSize& cell) const override {
    const double drawn = cell.rows_up_to(options_.rows);
    return options_.trees *
           (drawn * std::log2(drawn + 2) * cell.elements() * 3e-9 + cell.scored * 1e-7);
  }

 private:
  void set_trees(const Tensor& columns, const Tensor& cuts, const Tensor& paths) {
    columns_ = columns.to(compute_.device, at::kLong);
    cuts_ = cuts.to(compute_.device);
    paths_ = paths.to(compute_.device);
  }
  [[nodiscard]] std::int64_t levels() const {
    return std::bit_width(static_cast<std::uint64_t>(columns_.size(1)));
  }
  /// A path is measured by the mean one; of a single row that is none.
  [[nodiscard]] double divisor() const { return mean_path_ > 0 ? mean_path_ : 1; }

  config::IforestOptions options_;
  nn::Compute compute_;
  Tensor columns_, cuts_;  // (trees, inner nodes)
  Tensor paths_;           // (trees, leaves)
  double mean_path_ = 1;
};

}  // namespace

Made make(const config::IforestMethod& method, const config::Config&) {
  return std::make_unique<IforestDetector>(method.iforest);
}

}  // namespace cance::detectors
