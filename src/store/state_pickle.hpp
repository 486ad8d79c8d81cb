// The pickle inside a file of torch.save, for dictionaries of tensors (state dictionaries) only. It
// knows the few opcodes and names that torch writes for them; a pickle that asks for anything else
// is refused, so nothing a file says is ever executed.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "store/element_type.hpp"

namespace cance::store {

/// A tensor as the pickle describes it: elements of a storage, which is a file of the archive.
struct TensorView {
  std::string storage;  ///< "0": the archive's member data/0
  ElementType type = ElementType::float32;
  std::size_t offset = 0;  ///< elements
  Shape shape, strides;
};

/// Tensors by name. `name` stands before every message. Errors: over 1 MiB, damaged, no dictionary
/// of tensors.
[[nodiscard]] std::map<std::string, TensorView> read_state_pickle(std::string_view bytes,
                                                                  const std::string& name);

}  // namespace cance::store
