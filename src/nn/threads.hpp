// Settings of torch that hold for the whole process.
#pragma once

#include <string>

namespace cance::nn {

/// Threads of torch and oneDNN in this process; flushes denormal numbers; deterministic operators
/// only. Call once, from main.
void configure_torch(int threads);
/// What of it every further thread that trains must set for itself.
void configure_thread(int threads);
[[nodiscard]] int threads();
/// Version of libtorch.
[[nodiscard]] std::string torch_version();

}  // namespace cance::nn
