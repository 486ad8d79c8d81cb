#include "report/runs/paper_order.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "base/ranges.hpp"
#include "base/text.hpp"

namespace cance::report {
namespace {

/// As src/protocols.md, section 8, has them.
struct Experiment {
  std::string_view dataset, protocols, text, config;
};
constexpr std::array<Experiment, 14> kExperiments{
    {{"mnist", "unimodal", "Table 2 (MNIST) and the ablation on MNIST", "mnist-unimodal"},
     {"fashion-mnist", "unimodal", "the ablation on Fashion-MNIST, and other methods",
      "fashion-unimodal"},
     {"cifar10", "unimodal", "Table 2 (CIFAR-10) and the ablation on CIFAR-10", "cifar10-unimodal"},
     {"mnist", "bimodal", "two classes of MNIST normal", "mnist-bimodal"},
     {"mnist", "multimodal", "nine classes of MNIST normal", "mnist-multimodal"},
     {"fashion-mnist", "multimodal", "nine classes of Fashion-MNIST normal", "fashion-multimodal"},
     {"cifar10", "multimodal", "nine classes of CIFAR-10 normal", "cifar10-multimodal"},
     {"mnist-c", "given", "MNIST-C by corruption", "mnist-c"},
     {"cifar10-resnet18", "unimodal", "features of ResNet-18", "cifar10-resnet18"},
     {"adbench-cifar10", "goad", "features of ResNet-18, as ADBench has them", "adbench-cifar10"},
     {"abalone", "goad,dagmm,drocc", "Abalone", "abalone"},
     {"thyroid", "goad,dagmm,drocc", "Thyroid", "thyroid"},
     {"arrhythmia", "goad,dagmm,drocc", "Arrhythmia", "arrhythmia"},
     {"kddcup99", "goad,dagmm,drocc", "KDDCUP99", "kddcup99"}}};

/// Whether the known data set is one of the experiment: of ADBench there are several.
bool is_of(const Experiment& experiment, const std::string& dataset) {
  return dataset == experiment.dataset ||
         (experiment.dataset.starts_with("adbench") && dataset.starts_with(experiment.dataset));
}

}  // namespace

std::string known_dataset(const std::string& dataset) {
  if (dataset.starts_with("cifar10")) {
    return dataset.find("resnet18") == std::string::npos ? "cifar10" : "cifar10-resnet18";
  }
  return dataset == "mnist-c-generated" ? "mnist-c" : dataset;
}

PaperPlace paper_place(const std::string& dataset, const std::string& protocol) {
  const std::string known = known_dataset(dataset);
  const auto found = std::ranges::find_if(kExperiments, [&](const Experiment& experiment) {
    return is_of(experiment, known) && contains(split(experiment.protocols, ','), protocol);
  });
  const auto rank = static_cast<std::size_t>(found - kExperiments.begin());
  return {rank, rank == kExperiments.size()
                    ? ""
                    : fmt::format("In the paper: {}{} (configs/paper/{}.cfg).", found->text,
                                  known == dataset ? "" : ", there on other rows", found->config)};
}

}  // namespace cance::report
