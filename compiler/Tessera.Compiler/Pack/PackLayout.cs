using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Ops;
using Tessera.Passes.Packing;
using Tessera.Passes.Unbatching;

namespace Tessera.Compiler.Pack;

/// <summary>Where examples are in what the original and the packed model take and give.</summary>
internal sealed class PackLayout(UnpaddedGraph unpadded, PackOptions options)
{
    public PackOptions Options { get; } = options;

    /// <summary>The inputs of one example; masks are not among them.</summary>
    public IReadOnlyList<Value> Inputs => unpadded.Graph.Inputs;

    public IReadOnlyList<GraphOutput> Outputs => unpadded.Graph.Outputs;

    public IReadOnlyList<Constraint> Constraints => unpadded.Graph.Constraints;

    public Graph OneExample => unpadded.Graph;

    /// <summary>The batched model, and its values for one example.</summary>
    public UnbatchedGraph Batched => unpadded.Batched;

    public bool IsRagged(Dim dim) => dim.Symbols.Any(Options.Ragged.Contains);

    /// <summary>The ragged axis of a one-example shape; −1 where there is none.</summary>
    public int RaggedAxis(Shape shape) => shape.ToList().FindIndex(IsRagged);

    /// <summary>The original's inputs for a padded batch.</summary>
    /// <param name="examples">The examples.</param>
    /// <param name="padding">Of the padded sizes: what stands behind each example.</param>
    public Dictionary<string, RefValue> Padded(IReadOnlyList<PackExample> examples, IReadOnlyList<PackExample> padding)
    {
        Dictionary<string, RefValue> values = new(StringComparer.Ordinal);
        IReadOnlyList<Value> all = unpadded.Batched.Graph.Inputs;
        for (int i = 0; i < all.Count; i++)
        {
            string name = ((Input)all[i].Producer).Name;
            Value input = all[i];
            values[name] = RefRows.Stack(
                [.. examples.Zip(padding, (e, p) => unpadded.MaskForms.TryGetValue(name, out MaskForm form)
                    ? Mask(input, form, e, p)
                    : RefRows.Overlay(Behind(name, p.Values[name]), e.Values[name]))],
                unpadded.Batched.InputAxes[i]);
        }

        return values;
    }

    /// <summary>The packed model's inputs.</summary>
    public Dictionary<string, RefValue> Packed(IReadOnlyList<PackExample> examples)
    {
        Dictionary<string, RefValue> values = new(StringComparer.Ordinal);
        foreach (Value input in Inputs)
        {
            string name = ((Input)input.Producer).Name;
            RefTensor[] all = [.. examples.Select(e => e.Values[name])];
            int axis = RaggedAxis(input.Shape);
            values[name] = axis < 0 ? RefRows.Stack(all, 0) : RefRows.Join(all, axis);
        }

        foreach (string symbol in Options.Ragged)
        {
            long[] lengths = [.. examples.Select(e => e.Sizes[symbol])];
            values[$"cu_seqlens_{symbol}"] = RefTensor.Ints(DType.I32, [lengths.Length + 1], [.. lengths.Select((_, i) => lengths.Take(i).Sum()), lengths.Sum()]);
        }

        return values;
    }

    /// <summary>What the original gives an example of a batch, without padding.</summary>
    public RefTensor[] OfPadded(IReadOnlyList<RefValue> results, int example, PackExample of) =>
    [
        .. results.Select((r, o) => RefRows.Corner(RefRows.Row((RefTensor)r, unpadded.Batched.OutputAxes[o], example), Sizes(o, of))),
    ];

    /// <summary>Of each result that masks tell the lengths of: the example's row with its padding, and what of it is the example's own.</summary>
    public IEnumerable<(RefTensor Row, long[] Own)> Rows(IReadOnlyList<RefValue> results, int example, PackExample of) =>
        from o in Enumerable.Range(0, Outputs.Count)
        where Outputs[o].Value.Shape.Symbols.Where(Options.Ragged.Contains).All(IsMasked)
        select (RefRows.Row((RefTensor)results[o], unpadded.Batched.OutputAxes[o], example), Sizes(o, of));

    /// <summary>What the packed model gives an example.</summary>
    public RefTensor[] OfPacked(IReadOnlyList<RefValue> results, IReadOnlyList<PackExample> examples, int example)
    {
        RefTensor[] parts = new RefTensor[Outputs.Count];
        for (int o = 0; o < parts.Length; o++)
        {
            RefTensor result = (RefTensor)results[o];
            int axis = RaggedAxis(Outputs[o].Value.Shape);
            long Length(int i) => Sizes(o, examples[i])[axis];
            parts[o] = axis < 0
                ? RefRows.Row(result, 0, example)
                : RefRows.Part(result, Enumerable.Range(0, example).Sum(Length), Length(example), axis);
        }

        return parts;
    }

    private bool IsMasked(string symbol) =>
        unpadded.Batched.Graph.Inputs.Any(v => unpadded.MaskForms.ContainsKey(((Input)v.Producer).Name) && v.Shape.Contains(Dim.Sym(symbol)));

    private long[] Sizes(int output, PackExample of) => Outputs[output].Value.Shape.Evaluate(s => of.Sizes[s]);

    private RefTensor Behind(string name, RefTensor garbage) => !Options.Padding.TryGetValue(name, out double promised) ? garbage
        : garbage.DType.IsFloat() ? RefTensor.Floats(garbage.DType, garbage.Dims, [.. Enumerable.Repeat(promised, garbage.Count)])
        : RefTensor.Ints(garbage.DType, garbage.Dims, [.. Enumerable.Repeat((long)promised, garbage.Count)]);

    private static RefTensor Mask(Value input, MaskForm form, PackExample example, PackExample padding)
    {
        long[] whole = input.Shape.Evaluate(s => padding.Sizes[s]);
        long own = input.Shape.Evaluate(s => example.Sizes[s]).Aggregate(1L, static (a, b) => a * b);
        int count = (int)whole.Aggregate(1L, static (a, b) => a * b);
        return input.DType == DType.Bool ? RefTensor.Bools(whole, [.. Enumerable.Range(0, count).Select(i => i < own)])
            : !input.DType.IsFloat() ? RefTensor.Ints(input.DType, whole, [.. Enumerable.Range(0, count).Select(i => i < own ? 1L : 0)])
            : RefTensor.Floats(input.DType, whole, [.. Enumerable.Range(0, count).Select(i => form == MaskForm.Flags ? (i < own ? 1d : 0) : i < own ? 0 : double.NegativeInfinity)]);
    }
}
