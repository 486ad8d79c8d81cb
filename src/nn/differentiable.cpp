#include "nn/differentiable.hpp"

#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/functions/utils.h>
#include <torch/csrc/autograd/saved_variable.h>

#include <mutex>
#include <utility>

namespace cance::nn {
namespace {

/// One call of an operation in torch's graph.
class OperationNode final : public torch::autograd::Node {
 public:
  void remember(const Operation& operation) {
    backward_ = operation.backward;
    for (const at::Tensor& t : operation.saved) {
      const bool is_output = t.defined() && t.grad_fn().get() == this;
      saved_.emplace_back(t, is_output);
    }
  }

  void release_variables() override {
    const std::lock_guard lock(mutex_);
    for (auto& saved : saved_) {
      saved.reset_data();
    }
  }

 private:
  torch::autograd::variable_list apply(torch::autograd::variable_list&& gradients) override {
    const std::lock_guard lock(mutex_);
    Tensors saved;
    for (const auto& variable : saved_) {
      saved.push_back(variable.unpack(shared_from_this()));
    }
    std::vector<bool> needs;
    for (std::size_t input = 0; input < next_edges().size(); ++input) {
      needs.push_back(task_should_compute_output(input));
    }
    return backward_({saved, gradients[0], std::move(needs)});
  }

  std::vector<torch::autograd::SavedVariable> saved_;
  std::function<Tensors(const BackwardCall&)> backward_;
};

}  // namespace

Tensors differentiable(const Tensors& inputs, const std::function<Operation()>& forward) {
  Operation operation;
  {
    const at::NoGradGuard no_grad;
    operation = forward();
  }
  if (torch::autograd::compute_requires_grad(inputs)) {
    const std::shared_ptr<OperationNode> node(new OperationNode, torch::autograd::deleteNode);
    node->set_next_edges(torch::autograd::collect_next_edges(inputs));
    torch::autograd::set_history(operation.outputs.at(0), node);
    node->remember(operation);
  }
  return std::move(operation.outputs);
}

}  // namespace cance::nn
