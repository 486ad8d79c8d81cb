// How each method is made, a line each: by its part of the config, and all of it where it reads
// more; and two by another name, for the methods that are made of them.
#pragma once

#include "detectors/detector.hpp"

namespace cance::detectors {

using Made = std::unique_ptr<Detector>;

[[nodiscard]] Made make(const config::RandomMethod& method, const config::Config& config);
[[nodiscard]] Made make(const config::KnnMethod& method, const config::Config& config);
[[nodiscard]] Made make(const config::LofMethod& method, const config::Config& config);
[[nodiscard]] Made make(const config::IforestMethod& method, const config::Config& config);
[[nodiscard]] Made make(const config::EcodMethod& method, const config::Config& config);
[[nodiscard]] Made make(const config::CopodMethod& method, const config::Config& config);
[[nodiscard]] Made make(const config::LodaMethod& method, const config::Config& config);
[[nodiscard]] Made make(const config::KdeMethod& method, const config::Config& config);
[[nodiscard]] Made make(const config::OcsvmMethod& method, const config::Config& config);
[[nodiscard]] Made make(const config::MahalanobisMethod& method, const config::Config& config);
[[nodiscard]] Made make(const config::PixelCnnMethod& method, const config::Config& config);
[[nodiscard]] Made make(const config::VaeMethod& method, const config::Config& config);
[[nodiscard]] Made make(const config::LsaMethod& method, const config::Config& config);
[[nodiscard]] Made make(const config::GoadMethod& method, const config::Config& config);
[[nodiscard]] Made make(const config::DeepSvddMethod& method, const config::Config& config);
[[nodiscard]] Made make(const config::DeepSadMethod& method, const config::Config& config);
[[nodiscard]] Made make(const config::DroccMethod& method, const config::Config& config);
[[nodiscard]] Made make(const config::DagmmMethod& method, const config::Config& config);
[[nodiscard]] Made make(const config::Dagmm1Method& method, const config::Config& config);
[[nodiscard]] Made make(const config::DagmmCanceMethod& method, const config::Config& config);
[[nodiscard]] Made make(const config::DpadMethod& method, const config::Config& config);
[[nodiscard]] Made make(const config::ErrorMethod& method, const config::Config& config);
[[nodiscard]] Made make(const config::LatnceMethod& method, const config::Config& config);
[[nodiscard]] Made make(const config::GaussianMethod& method, const config::Config& config);
[[nodiscard]] Made make(const config::CnceMethod& method, const config::Config& config);
[[nodiscard]] Made make(const config::CanceMethod& method, const config::Config& config);
/// Error: an ensemble is made of finished runs.
[[nodiscard]] Made make(const config::EnsembleMethod& method, const config::Config& config);

/// DAGMM whose stage of training, which names checkpoint and curve, has another name.
[[nodiscard]] Made make_dagmm_as(const std::string& stage, const config::DagmmOptions& options);
/// CANCE whose checkpoints bear another name.
[[nodiscard]] Made make_cance_as(const std::string& name, const config::Config& config);

}  // namespace cance::detectors
