#include "data_prep/readers/text_decoder.hpp"

#include <iconv.h>

#include <algorithm>
#include <cerrno>

#include "base/cast.hpp"
#include "base/error.hpp"

namespace cance::prep {

TextDecoder::TextDecoder(const std::string& encoding)
    : encoding_(encoding), state_(::iconv_open("UTF-8", encoding.c_str()), ::iconv_close) {
  if (state_.get() == reinterpret_cast<void*>(-1)) {
    static_cast<void>(state_.release());
    fail("--encoding '{}' is not known; 'iconv -l' names those that are, as cp1252, latin1, UTF-16",
         encoding);
  }
}

std::size_t TextDecoder::read(const ReadBytes& source, std::span<std::uint8_t> out,
                              const std::string& file) {
  auto* to_bytes = reinterpret_cast<char*>(out.data());
  std::size_t room = out.size();
  while (room == out.size()) {
    const std::size_t held = raw_.size();
    raw_.resize(std::max(held, out.size() / 4));
    const std::size_t got = source(std::span(raw_).subspan(held));
    raw_.resize(held + got);
    if (raw_.empty()) {
      break;
    }
    auto* from = reinterpret_cast<char*>(raw_.data());
    std::size_t left = raw_.size();
    errno = 0;
    const auto failed =
        ::iconv(state_.get(), &from, &left, &to_bytes, &room) == static_cast<std::size_t>(-1);
    place_ += raw_.size() - left;
    raw_.erase(raw_.begin(), raw_.end() - signed_size(left));
    if (failed && room == out.size() && (errno == EILSEQ || got == 0)) {
      refuse(file);
    }
  }
  return out.size() - room;
}

void TextDecoder::refuse(const std::string& file) const {
  fail("{}: byte 0x{:02X} at place {} (from 0) is none of {}; name the file's own by --encoding",
       file, raw_.front(), place_, encoding_);
}

}  // namespace cance::prep
