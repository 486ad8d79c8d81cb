#include "pipeline/train/provenance.hpp"

#include "base/build_info.hpp"
#include "base/sha256.hpp"
#include "comm/world.hpp"
#include "config/load.hpp"
#include "config/methods.hpp"
#include "data/split.hpp"
#include "nn/threads.hpp"

namespace cance::pipeline {

std::string representation_name(const config::Config& config) {
  return !config::methods_need_representation(config.grid.methods) ? store::kNoRepresentation
         : config.autoencoder.network == "pca"                     ? "pca"
                                                                   : kAutoencoder;
}

store::RunInfo provenance(const config::Config& config, const config::Cell& cell,
                          const store::DatasetFile& dataset) {
  const BuildInfo build = build_info();
  store::RunInfo info;
  info.cell = cell.name();
  info.dataset = cell.dataset;
  info.protocol = cell.protocol;
  info.case_name = cell.case_name();
  info.representation = representation_name(config);
  info.seed = cell.seed;
  info.config = config::config_text(config::cell_config(config, cell));
  info.config_hash = sha256(info.config);
  info.software = "cance";
  info.software_version = build.version;
  info.git_commit = build.git_commit;
  info.date = utc_now();
  info.machine = host_name();
  info.precision = config.compute.precision;
  info.threads = nn::threads();
  info.libraries = {{"torch", nn::torch_version()},
                    {"hdf5", hdf5::library_version()},
                    {"mpi", comm::mpi_version()},
                    {"compiler", build.compiler}};
  info.dataset_sha256 = data::dataset_sha256(dataset);
  return info;
}

namespace {

/// Of these settings those that the representation reads.
config::Config of_representation(const config::Config& config) {
  config::Config own;
  own.grid.methods.clear();
  own.input = config.input;
  own.data = config.data;
  own.compute = config.compute;
  own.schedule = config.schedule;
  own.autoencoder = config.autoencoder;
  return own;
}

}  // namespace

std::string representation_settings(const config::Config& config, const config::Cell& cell) {
  return config::config_text(config::cell_config(of_representation(config), cell));
}

std::string representation_hash(const config::Config& trained) {
  constexpr std::size_t kDigits = 16;
  config::Config own = of_representation(trained);
  own.split = trained.split;
  return sha256(config::config_text(own)).substr(0, kDigits);
}

bool shares_representation(const config::Config& config, const config::Cell& cell) {
  return !cell.variant.empty() && representation_name(config) == kAutoencoder;
}

std::string checkpoint_key(const std::string& settings, const store::RunInfo& info) {
  return sha256(fmt::format("{}\n{}\n{}\n{} ranks, {} threads, {}, torch {}", sha256(settings),
                            info.dataset_sha256, info.split_sha256, info.ranks, info.threads,
                            info.device, info.libraries.at("torch")));
}

}  // namespace cance::pipeline
