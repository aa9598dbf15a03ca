// The kernels are compiled with -fsanitize=thread, but not linked to its library: what the compiler has every read and write call
// is here, but for what it finds out by itself before, such as that the same is read twice. A thread of a block is no thread of the CPU:
// which runs is what portable.cuh says (emulated.thread), and waiting is counted (emulated.waits).
#include "races.h"
#include <array>
#include <cstdio>
#include <dlfcn.h>
#include <memory>
#include <unordered_map>
#include "../../../../runtime/Tessera.Kernels/Cuda/Common/ptx.cuh"

namespace {

enum { kSeveral = -2, kPageBytes = 1 << 12, kRecent = 1 << 10 };

struct Access {
    u32 waits; // 0 where there was none.
    i32 block, thread;
    u32 place; // In the library's code.
};

// Copies under way write it, or read it.
struct Byte {
    Access read, written;
    i32 copies_to, copies_from;
};

using Page = std::array<Byte, kPageBytes>;

// Pages that were touched last, each where its number says.
struct Recent {
    u64 number = ~0ull;
    Page* page = nullptr;
};

struct Watch {
    const void* stack = nullptr; // Null while nothing is watched.
    u64 shared = 0, shared_bytes = 0;
    std::unordered_map<u64, std::unique_ptr<Page>> pages;
    Recent recent[kRecent];
    bool raced = false;
    Access before{}, after{};
    const char* kind = "";
};
thread_local Watch watch;

u64 library_base() {
    static const u64 base = [] {
        Dl_info self;
        dladdr((void*)watch_begin, &self);
        return (u64)self.dli_fbase;
    }();
    return base;
}

Page& page_of(u64 number) {
    Recent& recent = watch.recent[number % kRecent];
    if (recent.number != number) {
        std::unique_ptr<Page>& page = watch.pages[number];
        if (!page) {
            page.reset(new Page{});
        }

        recent = Recent{number, page.get()};
    }

    return *recent.page;
}

// Whether one may come before the other or after it.
bool unordered(const Access& before, const Access& now) {
    return before.waits != 0 && (before.block != now.block || (before.waits == now.waits && before.thread != now.thread));
}

void tell(const char* kind, const Access& before, const Access& now) {
    if (!watch.raced) {
        watch.raced = true;
        watch.kind = kind;
        watch.before = before;
        watch.after = now;
    }
}

// Of several readers since all waited, one stands for all: whoever writes is another than one of them.
void add_reader(Access& read, const Access& now) {
    if (read.waits == 0 || (read.block == now.block && read.waits != now.waits)) {
        read = now;
    } else if (read.block != now.block) {
        read.block = kSeveral;
    } else if (read.thread != now.thread) {
        read.thread = kSeveral;
    }
}

// Shared memory is each block's own.
void forget_others(Byte& byte, i32 block) {
    if ((byte.written.waits != 0 && byte.written.block != block) || (byte.read.waits != 0 && byte.read.block != block)) {
        byte = Byte{};
    }
}

bool is_own(u64 first) {
    u64 emulated_at = (u64)&emulated;
    return (first >= (u64)__builtin_frame_address(0) && first < (u64)watch.stack) || (first >= emulated_at && first < emulated_at + sizeof emulated);
}

bool is_shared(u64 at) { return at - watch.shared < watch.shared_bytes; }

// What is wrong with a byte that is touched now.
void look_at(const Byte& byte, const Access& now, bool shared, bool writes) {
    if (shared && !writes && byte.written.waits == 0) {
        tell("nobody has written what one reads", now, now);
    }

    if (writes && now.thread == kAllThreads && emulated.threads > 1) {
        tell("all write", now, now);
    }

    if (byte.copies_to != 0) {
        tell("a copy under way writes what one touches", byte.written, now);
    }

    if (writes && byte.copies_from != 0) {
        tell("a copy under way reads what one writes", byte.read, now);
    }

    if (unordered(byte.written, now)) {
        tell(writes ? "both write" : "one writes, then one reads", byte.written, now);
    }

    if (writes && unordered(byte.read, now)) {
        tell("one reads, then one writes", byte.read, now);
    }
}

template <class Do> void for_bytes(u64 first, u64 bytes, Do work) {
    for (u64 at = first; at < first + bytes; at++) {
        work(page_of(at / kPageBytes)[at % kPageBytes]);
    }
}

void touch(u64 first, u64 bytes, bool writes, const Access& now) {
    bool shared = is_shared(first);
    if (shared ? !is_shared(first + bytes - 1) : is_shared(first + kMargin) || is_shared(first + bytes - 1 - kMargin)) {
        tell("one touches what lies beside shared memory", now, now);
        return;
    }

    for_bytes(first, bytes, [&](Byte& byte) {
        if (shared) {
            forget_others(byte, now.block);
        }

        look_at(byte, now, shared, writes);
        if (writes) {
            byte.written = now;
        } else {
            add_reader(byte.read, now);
        }
    });
}

Access access_of(i32 thread, const void* place) { return Access{emulated.waits, (i32)emulated.block, thread, (u32)((u64)place - library_base())}; }

void heard_of(const void* first, u64 bytes, bool writes, const void* place) {
    if (watch.stack != nullptr && !is_own((u64)first)) {
        touch((u64)first, bytes, writes, access_of(emulated.thread, place));
    }
}

std::string line_of(u32 place) {
    char text[512];
    // The call's own line, not that of what comes after it.
    snprintf(text, sizeof text, "%x", place - 1);
    FILE* lines = popen((std::string("addr2line -s -e '" STUB_FILE "' ") + text).c_str(), "r");
    std::string line = lines != nullptr && fgets(text, sizeof text, lines) != nullptr ? text : "";
    if (lines != nullptr) {
        pclose(lines);
    }

    return line.substr(0, line.find_first_of(" \n"));
}

std::string described(const Access& access) {
    std::string block = access.block == kSeveral ? "several blocks" : "block " + std::to_string(access.block);
    std::string thread = access.thread == kSeveral ? "several threads" : access.thread == kAllThreads ? "all threads" : "thread " + std::to_string(access.thread);
    return thread + " of " + block + " at " + line_of(access.place);
}

} // namespace

void watch_begin(const void* stack, const void* shared, unsigned long shared_bytes) {
    watch.stack = stack;
    watch.shared = (u64)shared;
    watch.shared_bytes = shared_bytes;
}

std::string watch_end() {
    std::string found = watch.raced ? std::string(watch.kind) + ": " + described(watch.before) : "";
    if (watch.raced && watch.before.place != watch.after.place) {
        found += ", " + described(watch.after);
    }

    watch = Watch{};
    return found;
}

void goes_wrong(const char* what, const void* place) {
    Access now = access_of(emulated.thread, place == nullptr ? __builtin_return_address(0) : place);
    tell(what, now, now);
}

// A copy is read and written by whoever asked for it, at any time from when it is asked for until it is waited for.
void copy_begins(const PendingCopy& copy) {
    if (watch.stack == nullptr) {
        return;
    }

    Access now = access_of(copy.thread, copy.place);
    touch((u64)copy.from, copy.bytes, false, now);
    touch((u64)copy.to, 16, true, now);
    for_bytes((u64)copy.from, copy.bytes, [](Byte& byte) { byte.copies_from++; });
    for_bytes((u64)copy.to, 16, [](Byte& byte) { byte.copies_to++; });
}

void copy_ends(const PendingCopy& copy) {
    if (watch.stack == nullptr) {
        return;
    }

    for_bytes((u64)copy.from, copy.bytes, [](Byte& byte) { byte.copies_from--; });
    for_bytes((u64)copy.to, 16, [](Byte& byte) { byte.copies_to--; });
    Access now = access_of(copy.thread, copy.place);
    touch((u64)copy.from, copy.bytes, false, now);
    touch((u64)copy.to, 16, true, now);
}

extern "C" {

void __tsan_init() {}

#define TOUCH(name, bytes, writes) \
    void name(void* first) { heard_of(first, bytes, writes, __builtin_return_address(0)); }
#define TOUCHES(bytes)                               \
    TOUCH(__tsan_read##bytes, bytes, false)          \
    TOUCH(__tsan_write##bytes, bytes, true)          \
    TOUCH(__tsan_unaligned_read##bytes, bytes, false) \
    TOUCH(__tsan_unaligned_write##bytes, bytes, true)
TOUCHES(1)
TOUCHES(2)
TOUCHES(4)
TOUCHES(8)
TOUCHES(16)

void __tsan_read_range(void* first, unsigned long bytes) { heard_of(first, bytes, false, __builtin_return_address(0)); }
void __tsan_write_range(void* first, unsigned long bytes) { heard_of(first, bytes, true, __builtin_return_address(0)); }

}
