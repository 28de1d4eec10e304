// SPDX-License-Identifier: GPL-3.0-or-later
// An array that one thread makes longer while others read what is there already.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <memory>

namespace tidings {

// Elements begin zeroed and never move. The writer sets what is past every reader's view, then tells readers by a store
// of its own (release) how far they may look; they load that (acquire) before they look.
template <class T, std::size_t kBlock = 65536, std::size_t kBlocks = 4096>
class AppendOnly {
 public:
  AppendOnly() = default;
  ~AppendOnly() {
    for (auto& block : blocks_) delete[] block.load(std::memory_order_relaxed);
  }
  AppendOnly(const AppendOnly&) = delete;
  AppendOnly& operator=(const AppendOnly&) = delete;

  // Readers: `index` was made before.
  const T& operator[](std::size_t index) const {
    return blocks_[index / kBlock].load(std::memory_order_relaxed)[index % kBlock];
  }
  // The run of elements from `index` to the end of its block.
  const T* run(std::size_t index) const { return &(*this)[index]; }

  // The writer's: makes the element if it is not there. Throws std::bad_alloc, std::out_of_range.
  T& at(std::size_t index) {
    std::atomic<T*>& block = blocks_.at(index / kBlock);
    T* made = block.load(std::memory_order_relaxed);
    if (!made) {
      made = new T[kBlock]();
      block.store(made, std::memory_order_relaxed);
    }
    return made[index % kBlock];
  }

  static constexpr std::size_t block_size() { return kBlock; }

 private:
  std::array<std::atomic<T*>, kBlocks> blocks_{};
};

}  // namespace tidings
