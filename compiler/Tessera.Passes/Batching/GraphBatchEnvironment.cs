using Tessera.Ir;
using Tessera.Ir.Batching;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Batching;

/// <summary>
/// Lengths, offsets and totals of a batched graph, all computed from its <c>cu_seqlens_</c> or <c>lengths_</c> inputs.
/// Interning makes each of them exist once.
/// </summary>
internal sealed class GraphBatchEnvironment(
    GraphBuilder builder,
    BatchMode mode,
    IReadOnlySet<string> ragged,
    IReadOnlyDictionary<string, Value> partitionInputs,
    BatchWalk walk)
    : BatchEnvironment(builder, mode, ragged)
{
    public override IReadOnlyList<(string Symbol, Value Lengths)> Partitions =>
        [.. partitionInputs.Keys.Order(StringComparer.Ordinal).Select(symbol => (symbol, partitionInputs[symbol]))];

    public override IReadOnlyList<Batched>? ByParts(Op op) => walk.ByParts(op);

    public override BatchedRegion Batch(Region region, IReadOnlyList<Batched> parameters) => walk.Batch(region, parameters);

    public override Value Lengths(Dim partition)
    {
        // A number, where no ragged symbol is in it: the same for all examples.
        Value lengths = DimArithmetic.Compute(Builder, partition, ExampleFacts, LengthsOfSymbol);
        return lengths.Rank == 0 ? Builder.Expand(lengths, [BatchSize]) : lengths;
    }

    public override Value CuSeqlens(Dim partition)
    {
        if (partition.IsSymbol(out string name) && partitionInputs.TryGetValue(name, out Value? given) && Mode == BatchMode.Packed)
        {
            return given;
        }

        if (Mode == BatchMode.Packed && AffineLength.Of(partition) is { } affine && (affine.Symbol is null || partitionInputs.ContainsKey(affine.Symbol)))
        {
            return Affine(affine);
        }

        Value ends = Builder.CumSum(Lengths(partition), axis: 0);
        return Builder.Cast(Builder.Concat([Builder.Ints(0), ends], axis: 0), DType.I32);
    }

    public override Dim Total(Dim partition)
    {
        if (partition is FloorDivDim { Numerator: var whole, Denominator.ConstValue: { } by } && AffineLength.Of(whole) is not null && ExampleFacts.Divisible(whole, by) == Proof.Proved)
        {
            return Dim.FloorDiv(Total(whole), by);
        }

        if (AffineLength.Of(partition) is not { } affine)
        {
            return Dim.Sym($"total_{partition.ToString().Replace(' ', '_')}");
        }

        Dim fixedPart = BatchSize * affine.Offset;
        return affine.Symbol is null ? fixedPart : (TotalOf(affine.Symbol) * affine.Factor) + fixedPart;
    }

    public override Value Fill(Batched padded, double fill)
    {
        int rank = padded.Value.Rank;
        int axis = padded.Axis + 1;
        Dim length = padded.Value.Shape[axis];
        Value positions = Builder.Range(Builder.Int(DType.I64, 0), Builder.DimValue(length), Builder.Int(DType.I64, 1));
        Value along = Builder.Reshape(positions, OnlyAxis(rank, axis, length));
        Value lengths = Builder.Reshape(Lengths(padded.Partition!), OnlyAxis(rank, 0, BatchSize));
        return Choose(Builder.Less(along, lengths), padded.Value, fill);
    }

    /// <summary>Name of the total of a ragged symbol.</summary>
    internal static Dim TotalOf(string symbol) => Dim.Sym($"total_{symbol}");

    private static Shape OnlyAxis(int rank, int axis, Dim size) => [.. Enumerable.Range(0, rank).Select(a => a == axis ? size : Dim.One)];

    // The value where it is inside, else a number. Runtimes choose among few types: others take the way of one that holds all they do.
    private Value Choose(Value inside, Value value, double number)
    {
        DType dtype = value.DType;
        if (dtype == DType.Bool)
        {
            return number == 0 ? Builder.And(inside, value) : Builder.Or(Builder.Not(inside), value);
        }

        DType through = Chosen(dtype);
        Value other = dtype == DType.String ? Builder.Constant(TensorContent.FromStrings([], [""]))
            : dtype == DType.C64 ? Builder.Constant(TensorContent.From<float>(dtype, [], [(float)number, 0]))
            : dtype == DType.C128 ? Builder.Constant(TensorContent.From<double>(dtype, [], [number, 0]))
            : dtype.IsFloat() ? Builder.Float(through, number)
            : Builder.Int(through, IntegerRange.Clamp(dtype, number));
        return dtype == through
            ? Builder.Where(inside, value, other)
            : Builder.Cast(Builder.Where(inside, Builder.Cast(value, through), other), dtype);
    }

    private static DType Chosen(DType dtype) => dtype switch
    {
        DType.F16 or DType.F32 or DType.F64 or DType.I32 or DType.I64 or DType.I8 or DType.U8 or DType.U32 or DType.String or DType.C64 or DType.C128 => dtype,
        DType.U64 => DType.I64,
        _ => dtype.IsFloat() ? DType.F32 : DType.I32,
    };

    // i64[batch] of a bare symbol
    private Value LengthsOfSymbol(string symbol)
    {
        if (!partitionInputs.TryGetValue(symbol, out Value? given))
        {
            return Builder.DimValue(Dim.Sym(symbol));
        }

        if (Mode == BatchMode.Padded)
        {
            return Builder.Cast(given, DType.I64);
        }

        Value offsets = Builder.Cast(given, DType.I64);
        Value ends = Builder.Slice(offsets, starts: [1], ends: [BatchSize + 1], axes: [0]);
        Value starts = Builder.Slice(offsets, starts: [0], ends: [BatchSize], axes: [0]);
        return Builder.Sub(ends, starts);
    }

    // factor · cu + offset · (0, 1, …, batch)
    private Value Affine(AffineLength affine)
    {
        Value index = Builder.Range(Builder.Int(DType.I64, 0), Builder.DimValue(BatchSize + 1), Builder.Int(DType.I64, 1));
        Value? fixedPart = affine.Offset == 0 ? null : Builder.Mul(Builder.Cast(index, DType.I32), Builder.Int(DType.I32, affine.Offset));
        Value? scaled = affine.Symbol is null ? null
            : affine.Factor == 1 ? partitionInputs[affine.Symbol]
            : Builder.Mul(partitionInputs[affine.Symbol], Builder.Int(DType.I32, affine.Factor));
        return (scaled, fixedPart) switch
        {
            (null, null) => Builder.Mul(Builder.Cast(index, DType.I32), Builder.Int(DType.I32, 0)),
            (null, { } f) => f,
            ({ } s, null) => s,
            ({ } s, { } f) => Builder.Add(s, f),
        };
    }
}
