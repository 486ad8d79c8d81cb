#include "detectors/ocsvm_dual.hpp"

#include <libsvm/svm.h>

#include <cmath>
#include <memory>
#include <mutex>

#include "base/cast.hpp"
#include "base/error.hpp"
#include "base/stop_flag.hpp"

namespace cance::detectors {
namespace {

constexpr double kCacheMegabytes = 200;

/// Rows as LIBSVM reads them: (column, number) where the number is not 0, and an end.
class SparseRows {
 public:
  explicit SparseRows(MatrixView<const double> rows) {
    starts_.reserve(rows.rows);
    nodes_.reserve(rows.rows * (rows.cols + 1));  // kept in place: `pointers` points into it
    for (std::size_t r = 0; r < rows.rows; ++r) {
      starts_.push_back(nodes_.size());
      for (std::size_t c = 0; c < rows.cols; ++c) {
        const double value = rows(r, c);
        require(std::isfinite(value), "ocsvm: row {}, column {} is not a finite number", r, c);
        if (value != 0) {
          nodes_.push_back({to<int>(c + 1), value});
        }
      }
      nodes_.push_back({-1, 0});
    }
  }

  [[nodiscard]] std::vector<svm_node*> pointers() {
    std::vector<svm_node*> all;
    for (const std::size_t start : starts_) {
      all.push_back(nodes_.data() + start);
    }
    return all;
  }

 private:
  std::vector<svm_node> nodes_;
  std::vector<std::size_t> starts_;
};

svm_parameter parameters(double gamma, double nu, double tolerance) {
  svm_parameter p{};
  p.svm_type = ONE_CLASS;
  p.kernel_type = RBF;
  p.gamma = gamma;
  p.nu = nu;
  p.eps = tolerance;
  p.cache_size = kCacheMegabytes;
  p.shrinking = 1;
  return p;
}

struct FreeModel {
  void operator()(svm_model* model) const { svm_free_and_destroy_model(&model); }
};

}  // namespace

OneClassSvm train_one_class_svm(MatrixView<const double> rows, double gamma, double nu,
                                double tolerance) {
  // LIBSVM says a dot every thousand steps of its solver: the one place to leave it from. Its
  // kernel cache is freed on the way; a few arrays of a number a row are not.
  static std::once_flag watched;
  std::call_once(watched, [] {
    svm_set_print_string_function([](const char*) { throw_if_stop_requested(); });
  });
  SparseRows sparse(rows);
  auto pointers = sparse.pointers();
  std::vector<double> targets(rows.rows, 1.0);
  const svm_problem problem{to<int>(rows.rows), targets.data(), pointers.data()};
  const svm_parameter settings = parameters(gamma, nu, tolerance);
  const char* const refused = svm_check_parameter(&problem, &settings);
  require(refused == nullptr, "ocsvm: LIBSVM refuses gamma = {}, nu = {}: {}", gamma, nu,
          refused == nullptr ? "" : refused);
  const std::unique_ptr<svm_model, FreeModel> model(svm_train(&problem, &settings));
  OneClassSvm svm{std::vector<double>(rows.rows), model->rho[0]};
  for (int i = 0; i < model->l; ++i) {
    svm.coefficients[to<std::size_t>(model->sv_indices[i] - 1)] = model->sv_coef[0][i];
  }
  return svm;
}

}  // namespace cance::detectors
