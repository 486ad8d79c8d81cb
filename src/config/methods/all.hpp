// The methods: adding one is the #include of its file and its name in the list.
#pragma once

#include <array>

#include "config/methods/composite.hpp"
#include "config/methods/dagmm.hpp"
#include "config/methods/deep_svdd.hpp"
#include "config/methods/dpad.hpp"
#include "config/methods/drocc.hpp"
#include "config/methods/ecod.hpp"
#include "config/methods/ensemble.hpp"
#include "config/methods/goad.hpp"
#include "config/methods/iforest.hpp"
#include "config/methods/kde.hpp"
#include "config/methods/knn.hpp"
#include "config/methods/loda.hpp"
#include "config/methods/lof.hpp"
#include "config/methods/lsa.hpp"
#include "config/methods/mahalanobis.hpp"
#include "config/methods/ocsvm.hpp"
#include "config/methods/pixelcnn.hpp"
#include "config/methods/random.hpp"
#include "config/methods/vae.hpp"

namespace cance::config {

/// A Config has the parts of all of them.
template <class... Methods>
struct MethodList : Methods... {
  static constexpr std::array kFacts{Methods::kFacts...};
};

/// In the order of tables and of their keys.
using AllMethods =
    MethodList<RandomMethod, KnnMethod, LofMethod, IforestMethod, EcodMethod, CopodMethod,
               LodaMethod, KdeMethod, OcsvmMethod, MahalanobisMethod, PixelCnnMethod, VaeMethod,
               LsaMethod, GoadMethod, DeepSvddMethod, DeepSadMethod, DroccMethod, DagmmMethod,
               Dagmm1Method, DagmmCanceMethod, DpadMethod, ErrorMethod, LatnceMethod,
               GaussianMethod, CnceMethod, CanceMethod, EnsembleMethod>;

}  // namespace cance::config
