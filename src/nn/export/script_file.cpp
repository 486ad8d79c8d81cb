// The one file that sees torch's modules, whose headers cost more than all of script_module.cpp.
#include <torch/csrc/jit/api/module.h>

#include <sstream>

#include "base/atomic_file.hpp"
#include "nn/convert.hpp"
#include "nn/export/script_module.hpp"

namespace cance::nn {
namespace {

at::Tensor tensor_of(const models::GraphTensor& constant) {
  return to_tensor(std::span<const double>(constant.values))
      .view(sizes_of(constant.shape))
      .to(constant.type == models::GraphType::float32 ? at::kFloat
          : constant.type == models::GraphType::int64 ? at::kLong
                                                      : at::kDouble);
}

}  // namespace

void write_torch_script(const std::filesystem::path& path, const models::ScoreGraph& graph) {
  torch::jit::Module module("CanceScore");
  for (const auto& [name, constant] : graph.constants) {
    if (!name.starts_with("whole.")) {  // those stand in the source
      module.register_buffer(script_name(name), tensor_of(constant));
    }
  }
  module.define(script_source(graph));
  module.eval();
  const torch::jit::ExtraFilesMap extra(graph.metadata.begin(), graph.metadata.end());
  std::ostringstream bytes;  // a writer of torch that cannot write ends the process
  module.save(bytes, extra);
  write_text_file(path, bytes.str());
}

}  // namespace cance::nn
