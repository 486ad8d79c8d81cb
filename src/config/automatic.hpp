// Settings that are auto, and what they become for the rows of a cell (src/method.md, section 11).
#pragma once

#include <cstdint>

#include "base/shape.hpp"
#include "config/options.hpp"

namespace cance::config {

/// The settings for a cell of so many training rows of this shape, {c, h, w} of images or {d}: none
/// is auto any more but input.normalisation and autoencoder.network, whose readers know what they
/// are for a shape, and for tables feature.transform, which the errors decide.
[[nodiscard]] Config resolved_config(const Config& config, std::int64_t rows, const Shape& row);

/// What the rules chose: "section.key=value" of each key that says another thing in `resolved` and
/// that the methods or the representation of these settings read.
[[nodiscard]] std::vector<std::string> chosen_settings(const Config& given, const Config& resolved);

}  // namespace cance::config
