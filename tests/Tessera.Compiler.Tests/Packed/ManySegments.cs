using Tessera.Compiler.Pack;
using Tessera.Compiler.Tests.EndToEnd;
using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Ops;
using Tessera.Runtime;

namespace Tessera.Compiler.Tests.Packed;

/// <summary>A packed model, and two thousand members for a batch of it: few that differ, so that the reference of each is soon made.</summary>
internal sealed class ManySegments : IDisposable
{
    private const int Segments = 2000;
    private static readonly long[] s_lengths = [0, 1, 2, 3, 4, 6, 9, 100];
    private readonly CompiledModel _model;
    private readonly ModelSession _session;

    public ManySegments(CompiledModel model)
    {
        _model = model;
        _session = model.OpenSession(new ModelSessionOptions { IntraOpThreads = 2, AllowSpinning = false });
        Members = [.. s_lengths.SelectMany(Draw)];
        References = [.. Members.Select(m => Evaluator.Run(Single, m.Values.ToDictionary(static v => v.Key, static v => (RefValue)v.Value)).Cast<RefTensor>().ToArray())];
        // The last, a very long one, comes twice.
        Random random = new(7);
        Order = [.. Enumerable.Range(0, Segments).Select(i => i is 17 or Segments - 1 ? Members.Count - 1 : random.Next(Members.Count - 1))];
    }

    /// <summary>Members that differ.</summary>
    public IReadOnlyList<PackExample> Members { get; }

    /// <summary>What the float64 reference gives each alone: <c>[member][output]</c>.</summary>
    public IReadOnlyList<RefTensor[]> References { get; }

    /// <summary>Which member stands where in a batch.</summary>
    public IReadOnlyList<int> Order { get; }

    private Graph Single => _model.Single;

    public void Dispose() => _session.Dispose();

    /// <summary>What each of a batch gets: <c>[place][output]</c>.</summary>
    public double[][][] Run(IReadOnlyList<PackExample> batch)
    {
        using RunResult result = _session.Run([.. Inputs(batch)]);
        double[][][] parts = [.. batch.Select(_ => new double[Single.Outputs.Count][])];
        for (int o = 0; o < Single.Outputs.Count; o++)
        {
            Shape shape = Single.Outputs[o].Value.Shape;
            int axis = Axis(shape);
            RefTensor all = OrtTensors.Read(result[Single.Outputs[o].Name], Single.Outputs[o].Value.DType);
            int row = all.Count / (int)Math.Max(all.Dims[0], 1);
            int start = 0;
            for (int i = 0; i < batch.Count; i++)
            {
                int count = axis < 0 ? 1 : (int)shape[axis].Evaluate(s => batch[i].Sizes[s]);
                parts[i][o] = axis <= 0 ? all.F[(start * row)..((start + count) * row)] : RefRows.Part(all, start, count, axis).F;
                start += count;
            }
        }

        return parts;
    }

    private IEnumerable<TensorInput> Inputs(IReadOnlyList<PackExample> batch)
    {
        foreach (Value input in Single.Inputs)
        {
            string name = ((Input)input.Producer).Name;
            RefTensor[] all = [.. batch.Select(e => e.Values[name])];
            yield return OrtTensors.Input(name, Axis(input.Shape) is >= 0 and var axis ? RefRows.Join(all, axis) : RefRows.Stack(all, 0));
        }

        foreach (string symbol in Single.Ragged)
        {
            long end = 0;
            yield return OrtTensors.Input($"cu_seqlens_{symbol}", RefTensor.Ints(DType.I32, [batch.Count + 1], [0, .. batch.Select(e => end += e.Sizes[symbol])]));
        }
    }

    private int Axis(Shape shape) => shape.ToList().FindIndex(d => d.Symbols.Any(Single.Ragged.Contains));

    // Two of each length that is allowed, the second with another context.
    private IEnumerable<PackExample> Draw(long length)
    {
        for (int seed = 0; seed < 2; seed++)
        {
            Dictionary<string, long> sizes = Single.Ragged.ToDictionary(static s => s, s => s == "n" ? length : s_lengths[1 + (seed * 3)]);
            if (Single.Constraints.All(c => c.IsSatisfied(s => sizes[s])))
            {
                yield return new PackExample(sizes, BatchedForms.Example(Single, sizes, (int)(length * 2) + seed).ToDictionary(static v => v.Key, static v => (RefTensor)v.Value));
            }
        }
    }
}
