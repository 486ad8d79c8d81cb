// Pictures as rows for a run that was trained on features of pictures.
#pragma once

#include <memory>
#include <string>

#include "data_prep/input_rows.hpp"

namespace cance::cli {

/// Whether the input is a picture or a folder of them, and the run was trained on features.
[[nodiscard]] bool wants_features(const prep::InputRequest& request,
                                  const store::InputRecord& form);

/// Their features, by the network that the run's features are from. Errors: no weights or others,
/// no pictures; options that are for other inputs.
[[nodiscard]] std::unique_ptr<prep::InputRows> open_picture_features(
    const prep::InputRequest& request, const store::InputRecord& form, const std::string& weights);

}  // namespace cance::cli
