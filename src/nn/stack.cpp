#include "nn/stack.hpp"

#include <ATen/ops/stack.h>

namespace cance::nn {

Stack::Stack(std::vector<NamedTensors> models) : models_(std::move(models)) {
  for (std::size_t i = 0; i < models_.front().size(); ++i) {
    std::vector<at::Tensor> all;
    for (const NamedTensors& model : models_) {
      all.push_back(model[i].second.detach());
    }
    const at::Tensor stacked = at::stack(all);
    for (std::size_t k = 0; k < models_.size(); ++k) {
      models_[k][i].second.set_data(stacked[static_cast<std::int64_t>(k)]);
    }
    const auto& [name, tensor] = models_.front()[i];
    state_.emplace_back(name, stacked.detach().set_requires_grad(tensor.requires_grad()));
  }
}

Stack::~Stack() {
  for (const NamedTensors& model : models_) {
    for (const auto& [name, tensor] : model) {
      try {
        at::Tensor own = tensor.detach().clone();
        if (own.dim() == 4) {  // as Sequence::to has it
          own = own.contiguous(at::MemoryFormat::ChannelsLast);
        }
        at::Tensor(tensor).set_data(own);
      } catch (const std::exception&) {  // no memory, or no device: it stays a view
      }
    }
  }
}

std::vector<at::Tensor> stacked(const std::vector<std::vector<at::Tensor>>& models) {
  if (models.size() == 1) {
    return models.front();
  }
  std::vector<at::Tensor> result;
  for (std::size_t i = 0; i < models.front().size(); ++i) {
    std::vector<at::Tensor> all;
    for (const auto& model : models) {
      all.push_back(model[i]);
    }
    result.push_back(all.front().defined() ? at::stack(all) : at::Tensor());
  }
  return result;
}

}  // namespace cance::nn
