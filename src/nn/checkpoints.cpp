#include "nn/checkpoints.hpp"

#include "base/cast.hpp"
#include "base/log.hpp"
#include "nn/convert.hpp"

namespace cance::nn {

using at::Tensor;

Checkpoints::Checkpoints(std::filesystem::path folder, std::string key, double period, bool writes)
    : folder_(std::move(folder)), key_(std::move(key)), period_(period), writes_(writes) {}

std::filesystem::path Checkpoints::path(const std::string& stage) const {
  return folder_ / (stage + ".ckpt");
}

std::optional<store::Checkpoint> Checkpoints::load(const std::string& stage) const {
  if (!std::filesystem::exists(path(stage))) {
    return std::nullopt;
  }
  try {
    auto checkpoint = store::read_checkpoint(path(stage));
    if (checkpoint.key == key_) {
      return checkpoint;
    }
    log::info("{}: of other settings, data or ranks; the stage starts anew", path(stage).string());
  } catch (const Error& error) {
    log::warn("{}; the stage starts anew", error.what());
  }
  return std::nullopt;
}

void Checkpoints::save(const std::string& stage, store::Checkpoint checkpoint) {
  if (!writes_) {
    return;
  }
  checkpoint.key = key_;
  try {
    store::write_checkpoint(path(stage), checkpoint);
  } catch (const Error& error) {
    log::warn("no checkpoint: {}", error.what());
  }
  last_ = std::chrono::steady_clock::now();
}

bool Checkpoints::due() const {
  return writes_ && std::chrono::steady_clock::now() - last_ >= period_;
}

store::TensorMap to_map(const NamedTensors& tensors) {
  store::TensorMap map;
  for (const auto& [name, tensor] : tensors) {
    map[name] = {shape_of(tensor.sizes()), to_doubles(tensor)};
  }
  return map;
}

namespace {

const hdf5::Array<double>& saved_array(const store::TensorMap& saved, const std::string& name) {
  const auto found = saved.find(name);
  require(found != saved.end(), "the saved model lacks tensor {}", name);
  return found->second;
}

}  // namespace

void restore_map(const NamedTensors& tensors, const store::TensorMap& saved) {
  const at::NoGradGuard no_grad;
  for (const auto& [name, tensor] : tensors) {
    const auto& array = saved_array(saved, name);
    require(to<std::int64_t>(array.values.size()) == tensor.numel(),
            "the saved model holds {} numbers of tensor {}, expected {}", array.values.size(), name,
            tensor.numel());
    tensor.detach().copy_(to_tensor(std::span(array.values)).view(tensor.sizes()));
  }
}

Tensor to_tensor(const store::TensorMap& saved, const std::string& name) {
  const auto& array = saved_array(saved, name);
  return to_tensor(std::span<const double>(array.values)).view(sizes_of(array.shape));
}

}  // namespace cance::nn
