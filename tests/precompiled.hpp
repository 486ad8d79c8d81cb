// What most tests include, compiled once for all of them. No file includes this one.
#pragma once

#include <gtest/gtest.h>

#include "base/precompiled.hpp"
