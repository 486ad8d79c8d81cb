// Whether other ranks were started beside this process.
#pragma once

namespace cance {

/// Whether a launcher (mpirun, srun with PMI) started this process as one of several.
[[nodiscard]] bool under_launcher();

}  // namespace cance
