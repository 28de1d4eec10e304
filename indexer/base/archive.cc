// SPDX-License-Identifier: GPL-3.0-or-later
#include "indexer/base/archive.h"

#include <istream>
#include <ostream>

#include "indexer/base/refusal.h"

namespace tidings {
namespace {

constexpr std::string_view kMagic = "TIDINGS1";
constexpr std::size_t kChunk = 64 << 10;
constexpr std::size_t kMaxLine = 16 << 20;
constexpr std::size_t kSeal = crypto_secretstream_xchacha20poly1305_ABYTES;
using Header = std::array<unsigned char, crypto_secretstream_xchacha20poly1305_HEADERBYTES>;
using Digest = std::array<unsigned char, crypto_generichash_BYTES>;

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

template <class Bytes>
void put_bytes(std::ostream& out, const Bytes& bytes) {
  out.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
}

[[noreturn]] void refuse_damaged() {
  throw Refusal(Code::broken, "the backup is cut off or damaged, or the passphrase is another one");
}

template <class Bytes>
void get_bytes(std::istream& in, Bytes& bytes) {
  if (!in.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()))) refuse_damaged();
}

void start_sodium() {
  if (sodium_init() < 0) throw Refusal(Code::broken, "libsodium cannot be started");
}

}  // namespace

Passphrase::Salt Passphrase::salt() const {
  if (!keys_.empty()) return keys_.begin()->first;
  Salt salt;
  randombytes_buf(salt.data(), salt.size());
  return salt;
}

const Passphrase::Key& Passphrase::key(const Salt& salt) const {
  const auto [place, is_new] = keys_.try_emplace(salt);
  if (is_new && crypto_pwhash(place->second.data(), place->second.size(), text_->data(), text_->size(), salt.data(),
                              crypto_pwhash_OPSLIMIT_MODERATE, crypto_pwhash_MEMLIMIT_MODERATE,
                              crypto_pwhash_ALG_ARGON2ID13) != 0) {
    keys_.erase(place);
    throw Refusal(Code::unavailable, "there is not enough memory for the passphrase (256 MiB are needed)");
  }
  return place->second;
}

std::string four_bytes(std::uint32_t number) {
  std::string bytes;
  for (int shift = 0; shift < 32; shift += 8) bytes += static_cast<char>(number >> shift & 0xff);
  return bytes;
}

std::uint32_t number_of(std::string_view four_bytes) {
  std::uint32_t number = 0;
  for (auto byte = four_bytes.rbegin(); byte != four_bytes.rend(); ++byte)
    number = number << 8 | static_cast<unsigned char>(*byte);
  return number;
}

ArchiveOut::ArchiveOut(std::ostream& out, const Passphrase& passphrase) : out_(out), sealed_(passphrase.is_given()) {
  start_sodium();
  out_ << kMagic << static_cast<char>(sealed_ ? 1 : 0);
  if (sealed_) {
    const Passphrase::Salt salt = passphrase.salt();
    Header header;
    crypto_secretstream_xchacha20poly1305_init_push(&seal_, header.data(), passphrase.key(salt).data());
    put_bytes(out_, salt);
    put_bytes(out_, header);
  } else {
    crypto_generichash_init(&digest_, nullptr, 0, crypto_generichash_BYTES);
  }
}

void ArchiveOut::put(bool last) {
  if (sealed_) {
    std::string sealed(chunk_.size() + kSeal, '\0');
    crypto_secretstream_xchacha20poly1305_push(
        &seal_, reinterpret_cast<unsigned char*>(sealed.data()), nullptr, bytes_of(chunk_), chunk_.size(), nullptr, 0,
        last ? crypto_secretstream_xchacha20poly1305_TAG_FINAL : crypto_secretstream_xchacha20poly1305_TAG_MESSAGE);
    chunk_ = std::move(sealed);
  } else {
    crypto_generichash_update(&digest_, bytes_of(chunk_), chunk_.size());
  }
  if (!chunk_.empty()) {
    put_bytes(out_, four_bytes(static_cast<std::uint32_t>(chunk_.size())));
    put_bytes(out_, chunk_);
  }
  chunk_.clear();
}

void ArchiveOut::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::size_t some = std::min(bytes.size(), kChunk - chunk_.size());
    chunk_ += bytes.substr(0, some);
    bytes.remove_prefix(some);
    if (chunk_.size() == kChunk) put(false);
  }
}

void ArchiveOut::finish() {
  put(true);
  if (!sealed_) {
    put_bytes(out_, four_bytes(0));
    Digest digest;
    crypto_generichash_final(&digest_, digest.data(), digest.size());
    put_bytes(out_, digest);
  }
  out_.flush();
  if (!out_) throw Refusal(Code::unavailable, "the backup cannot be written: the disk is full or failing");
}

ArchiveIn::ArchiveIn(std::istream& in, const Passphrase& passphrase) : in_(in) {
  start_sodium();
  std::string magic(kMagic.size(), '\0');
  char sealed = 0;
  if (!in_.read(magic.data(), static_cast<std::streamsize>(magic.size())) || magic != kMagic || !in_.get(sealed) ||
      (sealed != 0 && sealed != 1))
    throw Refusal(Code::invalid, "this is no backup of Tidings");
  sealed_ = sealed == 1;
  if (sealed_ && !passphrase.is_given()) throw Refusal(Code::invalid, "the backup is sealed; give --passphrase-file");
  if (!sealed_) {
    crypto_generichash_init(&digest_, nullptr, 0, crypto_generichash_BYTES);
    return;
  }
  Passphrase::Salt salt;
  Header header;
  get_bytes(in_, salt);
  get_bytes(in_, header);
  if (crypto_secretstream_xchacha20poly1305_init_pull(&seal_, header.data(), passphrase.key(salt).data()) != 0)
    refuse_damaged();
}

bool ArchiveIn::fill() {
  if (ended_) return false;
  std::string length(4, '\0');
  get_bytes(in_, length);
  const std::size_t size = number_of(length);
  if (size > kChunk + kSeal || (sealed_ && size < kSeal)) refuse_damaged();
  if (size == 0) {
    Digest said, found;
    get_bytes(in_, said);
    crypto_generichash_final(&digest_, found.data(), found.size());
    if (said != found) refuse_damaged();
    ended_ = true;
    return false;
  }
  std::string chunk(size, '\0');
  get_bytes(in_, chunk);
  if (sealed_) {
    std::string open(size - kSeal, '\0');
    unsigned char tag = 0;
    if (crypto_secretstream_xchacha20poly1305_pull(&seal_, reinterpret_cast<unsigned char*>(open.data()), nullptr, &tag,
                                                   bytes_of(chunk), chunk.size(), nullptr, 0) != 0)
      refuse_damaged();
    ended_ = tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL;
    chunk = std::move(open);
  } else {
    crypto_generichash_update(&digest_, bytes_of(chunk), chunk.size());
  }
  buffer_.erase(0, at_);
  at_ = 0;
  buffer_ += chunk;
  return true;
}

std::string ArchiveIn::read(std::size_t size) {
  while (buffer_.size() - at_ < size)
    if (!fill()) refuse_damaged();
  std::string bytes = buffer_.substr(at_, size);
  at_ += size;
  return bytes;
}

std::string ArchiveIn::read_line() {
  for (std::size_t from = 0;;) {
    const std::size_t end = buffer_.find('\n', at_ + from);
    if (end != std::string::npos) {
      std::string line = read(end - at_);
      ++at_;
      return line;
    }
    from = buffer_.size() - at_;
    if (from > kMaxLine || !fill()) refuse_damaged();
  }
}

bool ArchiveIn::at_end() {
  while (at_ == buffer_.size())
    if (!fill()) return true;
  return false;
}

}  // namespace tidings
