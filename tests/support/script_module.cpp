#include "tests/support/script_module.hpp"

#include <torch/csrc/jit/serialization/import.h>

namespace cance::tests {

ScriptModule load_script(const std::string& path) {
  torch::jit::ExtraFilesMap extra{{"method", ""}};
  auto module = torch::jit::load(path, at::kCPU, extra);
  return {extra["method"],
          [module](const at::Tensor& rows) mutable { return module.forward({rows}).toTensor(); }};
}

}  // namespace cance::tests
