// Races of kernels that run on the CPU: what two threads of a block touch, one of them writing, without all having waited for each other
// between; what two blocks of a launch touch, one of them writing; what is touched while a copy of it is under way; and what a block reads of its
// shared memory that nobody has written, or touches beside it.
#pragma once
#include <string>

// Bytes before and behind shared memory that nothing else lies in.
enum { kMargin = 1024 };

// Begins a launch on the calling thread: what lies from here up to `stack`, a place in the caller's frame, is the kernel's own. Each block has the
// shared memory anew.
void watch_begin(const void* stack, const void* shared, unsigned long shared_bytes);

// Ends it. Empty where there was no race, and otherwise what the first was and where.
std::string watch_end();
