// A TorchScript file as a function: what torch has for it takes seconds to compile, so one source
// includes it.
#pragma once

#include <functional>
#include <string>

#include "nn/tensor.hpp"

namespace cance::tests {

struct ScriptModule {
  std::string method;  ///< that the file says it scores by
  std::function<at::Tensor(const at::Tensor& rows)> scores;
};

[[nodiscard]] ScriptModule load_script(const std::string& path);

}  // namespace cance::tests
