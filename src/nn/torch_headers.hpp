// The one include of libtorch (about 15 s of compiler time, so it is the precompiled header of the
// layers on torch).
#pragma once

#include <torch/torch.h>
