using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Replay;

/// <summary>Seeded values of any type: plain, signed zeros and small whole numbers, large magnitudes, or with NaN and ±∞ strewn in.</summary>
/// <param name="seed">Of the random numbers.</param>
/// <param name="kind">What numbers are made.</param>
/// <param name="integers">The same for integers, where it differs: indices and counts are often refused.</param>
public sealed class ValueGenerator(int seed, ValueKind kind, ValueKind? integers = null)
{
    // A single integer may be a trip count or a limit, whose cost grows with it.
    private const long MostSingle = 9;

    private const long MostElements = 1 << 28;

    private static readonly double[] s_small = [0.0, -0.0, 1, -1, 0.5, 2];
    private readonly Random _random = new(seed);

    /// <exception cref="TesseraException">TSR0510: no values of the type can be made.</exception>
    public RefValue Next(IrType type, Func<string, long> sizes) => type switch
    {
        TensorType { Shape: { } shape } tensor => Next(tensor.DType, shape.Evaluate(sizes)),
        SequenceType sequence => new RefSequence([Next(sequence.Element, sizes), Next(sequence.Element, sizes)]),
        OptionalType optional => new RefOptional(Next(optional.Element, sizes)),
        _ => throw new TesseraException("TSR0510", "", $"values of type {type} cannot be generated."),
    };

    /// <summary>The same, NaN filling whole lines along the last axis: for what is put in order, where ONNX does not say where NaN stands.</summary>
    public RefValue NextLines(IrType type, Func<string, long> sizes)
    {
        RefValue value = Next(type, sizes);
        if (value is RefTensor { Rank: > 0, Count: > 0 } tensor && tensor.DType.IsFloat())
        {
            int length = (int)tensor.Dims[^1];
            for (int start = 0; start < tensor.Count; start += length)
            {
                Span<double> line = tensor.F.AsSpan(start, length);
                if (line.Contains(double.NaN))
                {
                    line.Fill(double.NaN);
                }
            }
        }

        return value;
    }

    /// <summary>Offsets of <paramref name="segments"/> segments that end at <paramref name="tokens"/>, empty ones among them.</summary>
    public RefTensor Offsets(DType dtype, long segments, long tokens)
    {
        long[] cuts = [.. Enumerable.Range(0, (int)Math.Max(0, segments - 1)).Select(_ => _random.NextInt64(tokens + 1)).Order()];
        return RefTensor.Ints(dtype, [segments + 1], segments == 0 ? [0] : [0, .. cuts, tokens]);
    }

    private RefTensor Next(DType dtype, long[] dims)
    {
        if (dims.Any(static d => d < 0))
        {
            throw new TesseraException("TSR0510", "", $"sizes [{string.Join(", ", dims)}] are no shape.");
        }

        if (dims.Aggregate((Int128)1, static (a, b) => a * b > MostElements ? MostElements + 1 : a * b) > MostElements || dtype is DType.C64 or DType.C128 or DType.Undefined)
        {
            throw new TesseraException("TSR0510", "", $"values of {dtype.Text()}[{string.Join(", ", dims)}] are not generated.", "Give sizes by --size or --inputs, or the values in files.");
        }

        int count = (int)dims.Aggregate(1L, static (a, b) => a * b);
        return dtype switch
        {
            DType.Bool => RefTensor.Bools(dims, Fill(count, () => _random.Next(2) == 1)),
            DType.String => RefTensor.Strings(dims, Fill(count, () => _random.Next(3) switch { 0 => "", 1 => "a", _ => "b" })),
            _ when dtype.IsFloat() => RefTensor.Floats(dtype, dims, Fill(count, () => RefTensors.Round(dtype, Float(dtype)))),
            _ => RefTensor.Ints(dtype, dims, Fill(count, () => Integer(dtype, count == 1))),
        };
    }

    private long Integer(DType dtype, bool single)
    {
        ulong pattern = (ulong)_random.NextInt64(long.MinValue, long.MaxValue);
        int bits = dtype.Bits();
        long signed = (long)(pattern << (64 - bits)) >> (64 - bits);
        long any = IntegerRange.IsUnsigned(dtype) ? (long)((pattern << (64 - bits)) >> (64 - bits)) : signed;
        long small = IntegerRange.IsUnsigned(dtype) ? (long)(pattern % 3) : (long)(pattern % 7) - 3;
        return (integers ?? kind, single) switch
        {
            (ValueKind.Plain, _) => (long)(pattern % 3),
            (ValueKind.Small, _) => small,
            (_, true) => any % (MostSingle + 1),
            (ValueKind.Large, _) => any,
            (ValueKind.Extreme, _) => _random.Next(3) switch { 0 => IntegerRange.Least(dtype), 1 => IntegerRange.Greatest(dtype), _ => small },
            _ => _random.Next(6) switch { 0 => IntegerRange.Least(dtype), 1 => IntegerRange.Greatest(dtype), _ => small },
        };
    }

    private double Float(DType dtype) => kind switch
    {
        ValueKind.Extreme when _random.Next(4) == 0 => (_random.Next(2) == 0 ? 1 : -1) * FloatRange.Ends(dtype)[_random.Next(FloatRange.Ends(dtype).Count)],
        ValueKind.Small => s_small[_random.Next(s_small.Length)],
        ValueKind.Large => (_random.NextDouble() - 0.5) * Math.Pow(10, _random.Next(-3, 4)),
        ValueKind.Special => _random.Next(12) switch
        {
            0 => double.NaN,
            1 => double.PositiveInfinity,
            2 => double.NegativeInfinity,
            3 => -0.0,
            _ => (_random.NextDouble() * 4) - 2,
        },
        _ => (_random.NextDouble() * 4) - 2,
    };

    private static T[] Fill<T>(int count, Func<T> next)
    {
        T[] values = new T[count];
        for (int i = 0; i < count; i++)
        {
            values[i] = next();
        }

        return values;
    }
}
