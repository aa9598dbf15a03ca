using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Ops;
using Tessera.Passes.Replay;

namespace Tessera.Compiler.Pack;

/// <summary>Makes examples of given lengths: numbers of an ordinary size or large ones, indices that lead into their tables.</summary>
internal sealed class PackExamples
{
    private const long DefaultIndices = 3;
    private readonly PackLayout _layout;
    private readonly Dictionary<Value, long> _bounds = [];

    public PackExamples(PackLayout layout)
    {
        (_layout, Sizes) = (layout, new PackSizes(layout));
        foreach (Gather gather in layout.OneExample.PostOrder().OfType<Gather>())
        {
            long rows = gather.Data.Shape[(int)(gather.Axis < 0 ? gather.Axis + gather.Data.Rank : gather.Axis)].ConstValue ?? DefaultIndices;
            Value index = gather.Indices;
            while (index.Op is Cast or Reshape or Expand or Transpose)
            {
                index = index.Producer.Operands[0]!;
            }

            _bounds[index] = Math.Min(_bounds.GetValueOrDefault(index, rows), rows);
        }
    }

    public PackSizes Sizes { get; }

    /// <summary>An example of given ragged sizes.</summary>
    public PackExample Make(IReadOnlyDictionary<string, long> ragged, int seed, ValueKind kind)
    {
        Dictionary<string, long> sizes = Sizes.Others.Concat(ragged).ToDictionary(StringComparer.Ordinal);
        Random random = new(seed);
        ValueGenerator generator = new(seed, kind);
        Dictionary<string, RefTensor> values = new(StringComparer.Ordinal);
        foreach (Value input in _layout.Inputs)
        {
            string name = ((Input)input.Producer).Name;
            values[name] = input.DType.IsInteger() ? Indices(input, name, sizes, random) : (RefTensor)generator.Next(input.Type, s => sizes[s]);
        }

        return new PackExample(sizes, values);
    }

    private RefTensor Indices(Value input, string name, Dictionary<string, long> sizes, Random random)
    {
        long[] dims = input.Shape.Evaluate(s => sizes[s]);
        long least = (long)_layout.Options.Padding.GetValueOrDefault(name, 0);
        long bound = Math.Max(least + 1, _bounds.GetValueOrDefault(input, DefaultIndices));
        return RefTensor.Ints(input.DType, dims, [.. Enumerable.Range(0, (int)dims.Aggregate(1L, static (a, b) => a * b)).Select(_ => random.NextInt64(least, bound))]);
    }
}
