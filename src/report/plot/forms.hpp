// The forms of a picture: SVG for pages and PDF for LaTeX.
#pragma once

#include <string>

#include "report/plot/picture.hpp"

namespace cance::report {

/// An <svg> element; with `background`, white, it is a file of its own.
[[nodiscard]] std::string to_svg(const Picture& picture, bool background = false);
/// One page of the picture's size; the fonts are PDF's standard Helvetica with its widths, not
/// embedded (that takes a font's outlines, which this repository does not carry), and what they do
/// not have becomes "?". The same picture gives the same bytes.
[[nodiscard]] std::string to_pdf(const Picture& picture);

}  // namespace cance::report
