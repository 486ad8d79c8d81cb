// The pickle inside a file of torch.save, for dictionaries of tensors (state dictionaries) only. It
// knows the few opcodes and names that torch writes for them; a pickle that asks for anything else
// is refused, so nothing a file says is ever executed.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "models/pickle_stack.hpp"

namespace cance::models {

/// Tensors by name, those of dictionaries in the dictionary as "state_dict.conv1.weight". `name`
/// stands before every message. Errors: over 1 MiB, damaged, no dictionary of tensors.
[[nodiscard]] std::map<std::string, TensorView> read_state_pickle(std::string_view bytes,
                                                                  const std::string& name);

}  // namespace cance::models
