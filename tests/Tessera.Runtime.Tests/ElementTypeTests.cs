using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Xunit;

namespace Tessera.Runtime.Tests;

public sealed class ElementTypeTests
{
    [Fact]
    public void Every_numeric_type_passes_through_unchanged()
    {
        RoundTrip(TensorElementType.Float, [1.5f, float.NaN, float.NegativeInfinity]);
        RoundTrip(TensorElementType.Double, [1.5, double.Epsilon, -0.0]);
        RoundTrip(TensorElementType.Int8, [sbyte.MinValue, (sbyte)0, sbyte.MaxValue]);
        RoundTrip(TensorElementType.Int16, [short.MinValue, (short)0, short.MaxValue]);
        RoundTrip(TensorElementType.Int32, [int.MinValue, 0, int.MaxValue]);
        RoundTrip(TensorElementType.Int64, [long.MinValue, 0, long.MaxValue]);
        RoundTrip(TensorElementType.UInt8, [(byte)0, byte.MaxValue]);
        RoundTrip(TensorElementType.UInt16, [(ushort)0, ushort.MaxValue]);
        RoundTrip(TensorElementType.UInt32, [0u, uint.MaxValue]);
        RoundTrip(TensorElementType.UInt64, [0ul, ulong.MaxValue]);
        RoundTrip(TensorElementType.Bool, [true, false, true]);
    }

    [Fact]
    public void Half_precision_passes_as_half_as_float16_and_as_raw_words()
    {
        Half[] values = [(Half)1.5, Half.NegativeInfinity, (Half)0.1, Half.Epsilon];
        var words = Array.ConvertAll(values, BitConverter.HalfToUInt16Bits);
        RoundTrip(TensorElementType.Float16, values);
        RoundTrip(TensorElementType.Float16, words);
        RoundTrip(TensorElementType.Float16, Array.ConvertAll(words, word => new Float16(word)));

        using var session = ModelSession.FromBytes(Models.Identity(TensorElementType.Float16, "n"));
        using var result = session.Run(TensorInput.From("x", values, 4));
        Assert.Equal(words, result.Span<ushort>("y"));
        Fails.With("TSR0721", () => result.Span<BFloat16>("y"), "f16", "BFloat16", "Half");
    }

    [Fact]
    public void Bfloat16_passes_as_bfloat16_and_as_raw_words()
    {
        ushort[] words = [0x3FC0, 0xFF80, 0x0001];
        RoundTrip(TensorElementType.BFloat16, words);
        RoundTrip(TensorElementType.BFloat16, Array.ConvertAll(words, word => new BFloat16(word)));
    }

    [Fact]
    public void Half_is_not_bfloat16()
    {
        using var session = ModelSession.FromBytes(Models.Identity(TensorElementType.BFloat16, "n"));

        Fails.With("TSR0713", () => session.Run(TensorInput.From("x", new Half[2], 2)), "bf16", "f16");
    }

    [Fact]
    public void Strings_are_copied_in_and_out()
    {
        string[] words = ["", "tessera", "Köln → 東京"];
        using var session = ModelSession.FromBytes(Models.Identity(TensorElementType.String, "n"));
        using var result = session.Run(TensorInput.FromStrings("x", words, 3));
        using var none = session.Run(TensorInput.FromStrings("x", [], 0));

        Assert.Equal(words, result["y"].ToStrings());
        Assert.Empty(none["y"].ToStrings());
        Fails.With("TSR0721", () => result.Span<byte>("y"), "string");
        Fails.With("TSR0717", () => TensorInput.FromStrings("x", words, 2), "3 elements");
    }

    [Fact]
    public void Strings_and_numbers_do_not_stand_for_each_other()
    {
        using var strings = ModelSession.FromBytes(Models.Identity(TensorElementType.String, "n"));
        using var numbers = ModelSession.FromBytes(Models.Identity(TensorElementType.Float, "n"));

        Fails.With("TSR0713", () => strings.Run(TensorInput.From("x", [1f], 1)), "string", "f32");
        Fails.With("TSR0713", () => numbers.Run(TensorInput.FromStrings("x", ["1"], 1)), "f32", "string");
        Fails.With("TSR0721", () => strings.Run([TensorInput.FromStrings("x", ["1"], 1)], [OutputBuffer.Into("y", new byte[1], 1)]), "string", "u8");
    }

    private static void RoundTrip<T>(TensorElementType type, T[] values)
        where T : unmanaged
    {
        using var session = ModelSession.FromBytes(Models.Identity(type, "n"));
        var buffer = new T[values.Length];
        using var allocated = session.Run(TensorInput.From("x", values, values.Length));
        using var bound = session.Run([TensorInput.From("x", values, values.Length)], [OutputBuffer.Into("y", buffer, values.Length)]);

        Assert.Equal(type, allocated["y"].ElementType);
        Assert.Equal(values, allocated["y"].ToArray<T>());
        Assert.Equal(values, buffer);
    }
}
