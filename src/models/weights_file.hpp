// Weights of trained networks as others publish them: safetensors, and the archives that torch.save
// writes for a state dictionary. Both are read as data: nothing in them is executed.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>

#include "store/tensors.hpp"

namespace cance::models {

/// Tensors by name, as float32 whatever the file holds.
using WeightMap = std::map<std::string, hdf5::Array<float>>;

/// Reads either form, told apart by the first bytes. Errors: missing, over 4 GiB, neither form,
/// damaged, numbers of a type that is not known.
[[nodiscard]] WeightMap read_weights(const std::filesystem::path& path);

/// The same of bytes in memory; `name` stands before every message. Tensors share no bytes of a
/// safetensors file, and all tensors together hold no more than twice what a torch file has.
[[nodiscard]] WeightMap parse_safetensors(std::string_view bytes, const std::string& name);
[[nodiscard]] WeightMap parse_torch_file(std::string_view bytes, const std::string& name);

/// The tensors of the one network among `weights` that has all of `names`, without what wraps them:
/// "module." of DataParallel, "state_dict." of a training's checkpoint and so on, which is told of.
/// As they are where the names are there, or nowhere. Error, with `where`: two such networks.
[[nodiscard]] WeightMap unwrapped(WeightMap weights, const std::vector<std::string>& names,
                                  const std::string& where);

/// Writes tensors as safetensors, whole or not at all: F32 where that loses nothing, else F64.
void write_safetensors(const std::filesystem::path& path, const store::TensorMap& tensors,
                       const std::map<std::string, std::string>& metadata);

}  // namespace cance::models
