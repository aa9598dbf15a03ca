// Element types, the type each is computed in, and functions that a device without CUDA's library lacks.
#pragma once
#include "portable.cuh"

struct F16 { u16 bits; };
struct BF16 { u16 bits; };

DEVICE u32 bits_of(float x) { u32 bits; __builtin_memcpy(&bits, &x, 4); return bits; }
DEVICE u64 bits_of(double x) { u64 bits; __builtin_memcpy(&bits, &x, 8); return bits; }
DEVICE float float_of(u32 bits) { float x; __builtin_memcpy(&x, &bits, 4); return x; }
DEVICE double double_of(u64 bits) { double x; __builtin_memcpy(&x, &bits, 8); return x; }

DEVICE float widen(BF16 x) { return float_of((u32)x.bits << 16); }

#if defined(__clang__) && !defined(TESSERA_EMULATED)

// A device has instructions for these.
DEVICE float widen(F16 x) { _Float16 half; __builtin_memcpy(&half, &x, 2); return (float)half; }
DEVICE F16 narrow_f16(float x) { _Float16 half = (_Float16)x; F16 narrow; __builtin_memcpy(&narrow, &half, 2); return narrow; }
DEVICE BF16 narrow_bf16(float x) { __bf16 brain = (__bf16)x; BF16 narrow; __builtin_memcpy(&narrow, &brain, 2); return narrow; }

#else

// Exact: a subnormal is its mantissa times 2^-24.
DEVICE float widen(F16 x) {
    u32 sign = (u32)(x.bits & 0x8000) << 16, exponent = (x.bits >> 10) & 31, mantissa = x.bits & 1023;
    float small = (float)mantissa * 5.9604644775390625e-08f;
    u32 bits = exponent == 0 ? bits_of(small) : exponent == 31 ? 0x7f800000 | (mantissa << 13) : ((exponent + 112) << 23) | (mantissa << 13);
    return float_of(sign | bits);
}

// To the nearest, of two equally near the even one; NaN stays NaN.
DEVICE F16 narrow_f16(float x) {
    u32 sign = (bits_of(x) >> 16) & 0x8000, bits = bits_of(x) & 0x7fffffff;
    if (bits > 0x7f800000) {
        return F16{(u16)(sign | 0x7e00)};
    }

    if (bits >= 0x47800000) {
        return F16{(u16)(sign | 0x7c00)};
    }

    // Below the smallest normal number the sum's last place is 2^-24, and the addition rounds.
    if (bits < 0x38800000) {
        return F16{(u16)(sign | (bits_of(float_of(bits) + 0.5f) - 0x3f000000))};
    }

    return F16{(u16)(sign | ((bits - 0x38000000 + 0xfff + ((bits >> 13) & 1)) >> 13))};
}

DEVICE BF16 narrow_bf16(float x) {
    u32 bits = bits_of(x);
    return BF16{(bits & 0x7fffffff) > 0x7f800000 ? (u16)((bits >> 16) | 0x40) : (u16)((bits + 0x7fff + ((bits >> 16) & 1)) >> 16)};
}

#endif

DEVICE F16 narrow(float x, F16) { return narrow_f16(x); }
DEVICE BF16 narrow(float x, BF16) { return narrow_bf16(x); }

// NaN or infinite.
DEVICE bool is_special(F16 x) { return (x.bits & 0x7c00) == 0x7c00; }
DEVICE bool is_special(BF16 x) { return (x.bits & 0x7f80) == 0x7f80; }

template <class T> struct Number { using Wide = T; using Total = u64; };
template <> struct Number<float> { using Wide = float; using Total = float; };
template <> struct Number<double> { using Wide = double; using Total = double; };
template <> struct Number<F16> { using Wide = float; using Total = float; };
template <> struct Number<BF16> { using Wide = float; using Total = float; };

template <class T> DEVICE T load(const T* at) { return *at; }
DEVICE float load(const F16* at) { return widen(*at); }
DEVICE float load(const BF16* at) { return widen(*at); }
template <class T, class V> DEVICE void store(T* at, V value) { *at = (T)value; }
DEVICE void store(F16* at, float value) { *at = narrow_f16(value); }
DEVICE void store(BF16* at, float value) { *at = narrow_bf16(value); }

// What is below or equal to all of a type.
template <class T> DEVICE T least() { return (T)-1 > (T)0 ? (T)0 : (T)((u64)1 << (8 * sizeof(T) - 1)); }
template <> DEVICE float least<float>() { return float_of(0xff800000); }
template <> DEVICE double least<double>() { return double_of(0xfff0000000000000); }

// NaN wins.
template <class T> DEVICE T larger(T a, T b) { return a > b || a != a ? a : b; }

DEVICE bool is_infinite(float x) { return (bits_of(x) & 0x7fffffff) == 0x7f800000; }
DEVICE bool is_infinite(double x) { return (bits_of(x) & 0x7fffffffffffffff) == 0x7ff0000000000000; }

// e^x, by Taylor's series within ln 2 ÷ 2 of a power of two.
DEVICE double exponential(double x) {
    if (x != x) {
        return x;
    }

    if (x > 709.782712893384) {
        return double_of(0x7ff0000000000000);
    }

    if (x < -745.2) {
        return 0;
    }

    i32 power = (i32)(x * 1.4426950408889634 + (x < 0 ? -0.5 : 0.5));
    double rest = (x - power * 0.693147180369123816490) - power * 1.90821492927058770002e-10, sum = 1;
    for (i32 n = 14; n > 0; n--) {
        sum = 1 + sum * rest / n;
    }

    // In two steps, since the power may be below or above what one factor holds.
    i32 half = power / 2;
    return sum * double_of((u64)(half + 1023) << 52) * double_of((u64)(power - half + 1023) << 52);
}

// ln x of a normal x > 0, by the series of artanh within √2 of a power of two.
DEVICE double logarithm(double x) {
    if (!(x < double_of(0x7ff0000000000000))) {
        return x;
    }

    u64 bits = bits_of(x);
    i32 power = (i32)(bits >> 52) - 1023;
    double mantissa = double_of((bits & 0xfffffffffffff) | 0x3ff0000000000000);
    if (mantissa > 1.4142135623730951) {
        mantissa *= 0.5;
        power++;
    }

    double s = (mantissa - 1) / (mantissa + 1), z = s * s, sum = 0;
    for (i32 n = 21; n > 0; n -= 2) {
        sum = sum * z + 1.0 / n;
    }

    return power * 0.693147180369123816490 + (2 * s * sum + power * 1.90821492927058770002e-10);
}

DEVICE float exponential(float x) {
#if defined(TESSERA_EMULATED)
    return __builtin_exp2f(x * 1.44269504f);
#elif defined(__NVCC__)
    return exp2f(x * 1.44269504f);
#else
    return __nvvm_ex2_approx_f(x * 1.44269504f);
#endif
}
