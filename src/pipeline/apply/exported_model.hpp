// A finished run in the files of other runtimes.
#pragma once

#include <filesystem>
#include <string>

#include "store/run_file.hpp"

namespace cance::pipeline {

/// Writes the method as `format` safetensors, onnx or torchscript, whole or not at all. Error: a
/// method that has no such form.
void export_model(const store::RunRecord& run, const std::string& method, const std::string& format,
                  const std::filesystem::path& path);

}  // namespace cance::pipeline
