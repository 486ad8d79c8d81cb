// The methods by name: what configs, tables and reports know of them.
#pragma once

#include <string>
#include <vector>

namespace cance::config {

/// The representation's name among the stages of a cell, beside those of methods.
inline constexpr const char* kRepresentation = "representation";

/// All that grid.methods may name.
[[nodiscard]] std::vector<std::string> method_names();
/// Order of methods in every table, that of the list in methods/all.hpp; then unknown ones.
[[nodiscard]] int method_rank(const std::string& method);
/// "CANCE" for "cance", and so on: the name in tables.
[[nodiscard]] std::string method_title(const std::string& method);
/// Whether grid.methods may name it.
[[nodiscard]] bool is_method(const std::string& name);
/// "deep_svdd" of "deep_svdd.pretraining"; a stage of the representation is its own.
[[nodiscard]] std::string method_of_stage(const std::string& stage);
/// "Deep SVDD, pretraining", "DAGMM-1, 2 gaussians": a stage of training in tables and figures.
[[nodiscard]] std::string stage_title(const std::string& stage);
/// Whether its scores depend on the cell's representation; others stand beside any.
[[nodiscard]] bool method_sees_representation(const std::string& method);
/// Whether a cell of these methods trains a representation: one of them reads its settings.
[[nodiscard]] bool methods_need_representation(const std::vector<std::string>& methods);
/// Whether a section of a config ("dagmm") holds settings that one of these methods reads, or that
/// all cells do; where no method is named, that the representation reads.
[[nodiscard]] bool methods_read_section(const std::vector<std::string>& methods,
                                        const std::string& section);

}  // namespace cance::config
