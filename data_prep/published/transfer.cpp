#include <curl/curl.h>
#include <fcntl.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <system_error>

#include "base/cast.hpp"
#include "base/ranges.hpp"
#include "data_prep/published/download.hpp"

namespace cance::prep {
namespace {

namespace fs = std::filesystem;

constexpr long kConnectSeconds = 20;
constexpr long kSilentSeconds = 60;
constexpr long kMostRedirects = 10;

/// What the callbacks of one transfer share.
struct Sink {
  std::FILE* file;
  std::uintmax_t first;  // byte asked for
  std::uintmax_t done;   // bytes of the file so far
  const TransferRequest& request;
};

std::size_t take_bytes(char* data, std::size_t, std::size_t count, void* sink_pointer) {
  auto& sink = *static_cast<Sink*>(sink_pointer);
  if (sink.done + count > sink.request.most_bytes) {
    return 0;
  }
  const std::size_t written = std::fwrite(data, 1, count, sink.file);
  sink.done += written;
  return written;
}

int show_progress(void* sink_pointer, curl_off_t to_come, curl_off_t, curl_off_t, curl_off_t) {
  const auto& sink = *static_cast<const Sink*>(sink_pointer);
  if (sink.done > sink.first) {  // not the page that tells of an error
    sink.request.progress(sink.done, to_come > 0 ? sink.first + to<std::uintmax_t>(to_come) : 0);
  }
  return 0;
}

/// The file of certificates, where it is not the one that libcurl was built for.
std::string certificates() {
  for (const char* variable : {"CURL_CA_BUNDLE", "SSL_CERT_FILE"}) {
    if (const char* path = std::getenv(variable); path != nullptr) {
      return path;
    }
  }
  for (const char* path : {"/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt",
                           "/etc/ssl/ca-bundle.pem", "/etc/ssl/cert.pem"}) {
    std::error_code error;
    if (fs::is_regular_file(path, error)) {
      return path;
    }
  }
  return "";
}

void set_up(CURL* curl, Sink& sink, char* message) {
  curl_easy_setopt(curl, CURLOPT_URL, sink.request.address.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 1L);
  curl_easy_setopt(curl, CURLOPT_MAXREDIRS, kMostRedirects);
  curl_easy_setopt(curl, CURLOPT_FAILONERROR, 1L);
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, kConnectSeconds);
  curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
  curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, kSilentSeconds);
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_USERAGENT, "cance");
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, message);
  curl_easy_setopt(curl, CURLOPT_RESUME_FROM_LARGE, to<curl_off_t>(sink.done));
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_bytes);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &sink);
  curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, show_progress);
  curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &sink);
  if (const std::string path = certificates(); !path.empty()) {
    curl_easy_setopt(curl, CURLOPT_CAINFO, path.c_str());
  }
}

TransferEnd judge(CURLcode code, long status) {
  constexpr std::array kBroken{
      CURLE_COULDNT_CONNECT, CURLE_PARTIAL_FILE,       CURLE_RECV_ERROR,   CURLE_SEND_ERROR,
      CURLE_GOT_NOTHING,     CURLE_OPERATION_TIMEDOUT, CURLE_HTTP2_STREAM, CURLE_SSL_CONNECT_ERROR};
  if (code == CURLE_OK) {
    return TransferEnd::whole;
  }
  if (code == CURLE_COULDNT_RESOLVE_HOST || code == CURLE_COULDNT_RESOLVE_PROXY) {
    return TransferEnd::unreachable;
  }
  const bool answered = code == CURLE_HTTP_RETURNED_ERROR;
  if (code == CURLE_RANGE_ERROR || (answered && status == 416)) {
    return TransferEnd::no_range;
  }
  const bool passing = answered ? status >= 500 || status == 429 : contains(kBroken, code);
  return passing ? TransferEnd::broken : TransferEnd::refused;
}

}  // namespace

Transfer transfer(const TransferRequest& request) {
  const std::unique_ptr<CURL, void (*)(CURL*)> curl(curl_easy_init(), curl_easy_cleanup);
  require(curl != nullptr, "libcurl does not start");
  // Its name can be foretold: somebody else may have put a link there.
  const int opened =
      ::open(request.file.c_str(),
             O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0666);
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(
      opened < 0 ? nullptr : ::fdopen(opened, "ab"), std::fclose);
  require(file != nullptr && fs::is_regular_file(fs::symlink_status(request.file)),
          "{}: cannot be written; if it is a link or no file, remove it", request.file.string());
  std::error_code error;
  const std::uintmax_t held = fs::file_size(request.file, error);
  const std::uintmax_t first = error ? 0 : held;
  Sink sink{file.get(), first, first, request};
  std::array<char, CURL_ERROR_SIZE> message{};
  set_up(curl.get(), sink, message.data());
  const CURLcode code = curl_easy_perform(curl.get());
  long status = 0;
  curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status);
  const bool flushed = std::fflush(file.get()) == 0;
  if (code == CURLE_WRITE_ERROR || !flushed) {
    const bool too_long = flushed && std::ferror(file.get()) == 0;
    return {TransferEnd::refused, too_long ? "more bytes come than the catalogue says"
                                           : "the file cannot be written; is the disk full?"};
  }
  const char* words = message[0] != '\0' ? message.data() : curl_easy_strerror(code);
  return {judge(code, status), words};
}

}  // namespace cance::prep
