// Races of kernels that run on the CPU: what two threads of a block touch, one of them writing, without all having waited for each other
// between, and what two blocks of a launch touch, one of them writing; and what a block reads of its shared memory that it has not written.
#pragma once
#include <string>

// Begins a launch on the calling thread: what lies from here up to `stack`, a place in the caller's frame, is the kernel's own. Each block has the
// shared memory anew.
void watch_begin(const void* stack, const void* shared, unsigned long shared_bytes);

// Ends it. Empty where there was no race, and otherwise what the first was and where.
std::string watch_end();
