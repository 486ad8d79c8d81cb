// The gallery of the page: part of figures.hpp, apart from the plots because it is made of images.
#include <fmt/format.h>

#include "report/figures.hpp"
#include "report/panels.hpp"
#include "report/png.hpp"
#include "report/tables.hpp"

namespace cance::report {

namespace {

std::string image_tag(const std::vector<std::uint8_t>& planar, const store::Shape& shape) {
  return fmt::format(R"(<img alt="" src="{}">)",
                     png_data_uri(planar, shape[0], shape[1], shape[2]));
}

std::string item_html(const GalleryImage& image, const store::Shape& shape) {
  return fmt::format(
      R"(<figure class="pair">{}{}<figcaption class="{}">{}<br>{:.2f}</figcaption></figure>)",
      image_tag(image.input, shape), image_tag(image.output, shape),
      image.anomalous ? "anom" : "norm", image.anomalous ? "anomaly" : "normal", image.score);
}

std::string strip_html(const std::vector<GalleryImage>& images, const store::Shape& shape) {
  std::string html = R"(<td class="l strip">)";
  for (const GalleryImage& image : images) {
    html += item_html(image, shape);
  }
  return html + "</td>";
}

}  // namespace

std::optional<Figure> gallery_figure(const Group& group) {
  std::string rows;
  std::string method;
  std::size_t shown = 0;
  for (const std::string& name : group.cases) {
    const auto found = group.figures.find(name);
    if (shown < kMostPanels && found != group.figures.end() && found->second.gallery) {
      const GalleryRow& row = *found->second.gallery;
      method = row.method;
      rows += fmt::format(R"(<tr><td class="l">{}</td>{}{}</tr>)",
                          escape_html(panel_title(group, name)), strip_html(row.most, row.image),
                          strip_html(row.least, row.image));
      ++shown;
    }
  }
  if (shown == 0) {
    return std::nullopt;
  }
  return Figure{
      R"(<div class="wide"><table class="gallery"><thead><tr><th class="l">case</th><th class="l">most anomalous</th>)"
      R"(<th class="l">least anomalous</th></tr></thead><tbody>)" +
          rows + "</tbody></table></div>",
      fmt::format("Test images with the highest and the lowest scores of {}, each above its "
                  "reconstruction, with "
                  "true label and score. {} of {} cases, each with its lowest seed ({}).",
                  store::method_title(method), shown, group.cases.size(), group.seeds.front())};
}

}  // namespace cance::report
