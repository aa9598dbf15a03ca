using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Ops;
using Tessera.Passes.Replay;

namespace Tessera.Compiler.Pack;

/// <summary>Makes examples of given lengths: numbers of an ordinary size or large ones, indices that lead into their tables.</summary>
internal sealed class PackExamples
{
    private const long DefaultIndices = 3;
    private const int LongestTried = 256;
    private readonly PackLayout _layout;
    private readonly Dictionary<string, long> _fixedSizes = new(StringComparer.Ordinal);
    private readonly Dictionary<Value, long> _bounds = [];

    public PackExamples(PackLayout layout)
    {
        _layout = layout;
        foreach (string symbol in GraphInputs.Symbols(layout.OneExample).Where(s => !layout.Options.Ragged.Contains(s)))
        {
            _fixedSizes[symbol] = Candidates(symbol).FirstOrDefault(static n => n >= 3, 3);
        }

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

    /// <summary>Lengths that the model's rules allow, in order.</summary>
    public long[] Lengths => [.. Enumerable.Range(0, LongestTried + 1).Select(static n => (long)n).Where(n => Allows(_layout.Options.Ragged.ToDictionary(static s => s, _ => n)))];

    /// <summary>The next length that the rules allow; the same where there is none.</summary>
    public long Longer(long than) => Lengths.FirstOrDefault(n => n > than, than);

    /// <summary>An example whose ragged sizes all have one length.</summary>
    public PackExample Make(long length, int seed, ValueKind kind)
    {
        Dictionary<string, long> sizes = new(_fixedSizes, StringComparer.Ordinal);
        foreach (string symbol in _layout.Options.Ragged)
        {
            sizes[symbol] = length;
        }

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

    private IEnumerable<long> Candidates(string symbol) =>
        Enumerable.Range(1, LongestTried).Select(static n => (long)n).Where(n => Allows(new Dictionary<string, long> { [symbol] = n }));

    private bool Allows(Dictionary<string, long> sizes) =>
        _layout.Constraints.Where(c => c.Symbols.All(sizes.ContainsKey)).All(c => c.IsSatisfied(s => sizes[s]));
}
