// What most files on torch include, compiled once for all of them. No file includes this one.
#pragma once

#include "base/precompiled.hpp"
#include "nn/tensor.hpp"
