// What most tests of the layers on torch include, compiled once for all of them. No file includes
// this one.
#pragma once

#include <gtest/gtest.h>

#include "nn/precompiled.hpp"
