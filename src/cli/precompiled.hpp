// What the commands include, compiled once for all of them. No file includes this one.
#pragma once

#include <boost/program_options.hpp>

#include "base/precompiled.hpp"
