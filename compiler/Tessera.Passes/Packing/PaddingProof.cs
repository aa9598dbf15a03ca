using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Ops;
using Tessera.Passes.Fusion;

namespace Tessera.Passes.Packing;

/// <summary>
/// Proves that padding behind an example never reaches the example's own results: masks keep it out of sums, softmaxes and
/// windows. Known are the masks (true for tokens, then false) and what inputs are padded with; everything else in padding is
/// any finite number.
/// </summary>
internal sealed class PaddingProof
{
    private const int MostElements = 1 << 20;

    private readonly HashSet<string> _ragged;
    private readonly Dictionary<Value, PaddingState> _states = [];

    private PaddingProof(IEnumerable<string> ragged) => _ragged = [.. ragged];

    /// <summary>What is known of every value.</summary>
    /// <param name="graph">The model of one example, whose masks are inputs.</param>
    /// <param name="ragged">Sizes that padding makes longer.</param>
    /// <param name="inputs">What is known of inputs, masks among them.</param>
    /// <exception cref="TesseraException">TSR0533: padding would reach the example's results.</exception>
    public static IReadOnlyDictionary<Value, PaddingState> Run(Graph graph, IEnumerable<string> ragged, IReadOnlyDictionary<Value, PaddingState> inputs)
    {
        PaddingProof proof = new(ragged);
        foreach (Op op in graph.PostOrder())
        {
            proof.Visit(op, graph.Builder, inputs);
        }

        foreach (GraphOutput output in graph.Outputs)
        {
            if (proof._states[output.Value].IsExtent)
            {
                throw new TesseraException("TSR0533", output.Name, "the output is the padded length itself.");
            }
        }

        return proof._states;
    }

    private void Visit(Op op, GraphBuilder builder, IReadOnlyDictionary<Value, PaddingState> inputs)
    {
        if (op is Input)
        {
            _states[op.Outputs[0]] = inputs.GetValueOrDefault(op.Outputs[0]) ?? PaddingState.Of(op.Outputs[0]);
            return;
        }

        PaddingState?[] operands = [.. op.Operands.Select(v => v is null ? null : _states[v])];
        PaddingContext context = new(op, operands, _ragged, builder.Facts);
        IReadOnlyList<PaddingState> results = Of(context) ?? ByParts(op, builder, inputs)
            ?? throw context.Sees("what it does with padding is not known");
        for (int i = 0; i < results.Count; i++)
        {
            _states[op.Outputs[i]] = results[i];
        }
    }

    private static IReadOnlyList<PaddingState>? Of(PaddingContext context)
    {
        Op op = context.Op;
        if (op is Constant constant)
        {
            return [OfConstant(constant)];
        }

        if (PaddingExtents.Of(context) is { } extents)
        {
            return extents;
        }

        if (PaddingRules.Of(context) is { } known)
        {
            return known;
        }

        // Nothing of it depends on the length: it is the same with padding and without.
        bool plain = !op.Operands.Any(context.HasRagged) && !op.Outputs.Any(context.HasRagged) && !op.DimOperands().Any(context.IsRagged);
        return plain ? [.. op.Outputs.Select((_, i) => context.Plain(i))] : null;
    }

    private static PaddingState OfConstant(Constant constant)
    {
        Value value = constant.Outputs[0];
        if (Numbers.IsSplat(value, out double number))
        {
            return PaddingState.Splat(value, number);
        }

        PaddingState plain = PaddingState.Of(value);
        if (constant.Value is { DType: DType.Bool, Count: > 0 and <= MostElements } flags)
        {
            bool[] all = RefTensors.FromContent(flags).B;
            return all.All(b => b == all[0]) ? PaddingState.Splat(value, all[0] ? 1 : 0) : plain;
        }

        if (constant.Value is not { DType: DType.I64 or DType.I32, Count: > 1 and <= MostElements } content)
        {
            return plain;
        }

        long[] numbers = RefTensors.FromContent(content).I;
        bool counts = value.Shape.Count(static d => d != Dim.One) == 1 && numbers.Select((x, i) => x - i).All(x => x == numbers[0]);
        return plain with { Least = numbers.Min(), Counts = counts ? (value.Shape.ToList().FindIndex(static d => d != Dim.One), numbers[0]) : null, CountsOn = counts };
    }

    private IReadOnlyList<PaddingState>? ByParts(Op op, GraphBuilder builder, IReadOnlyDictionary<Value, PaddingState> inputs)
    {
        builder.Source = op.Outputs[0].Source;
        if (op.Decompose(builder) is not { } results)
        {
            return null;
        }

        foreach (Op part in GraphWalk.PostOrder(results))
        {
            if (!_states.ContainsKey(part.Outputs[0]))
            {
                Visit(part, builder, inputs);
            }
        }

        return [.. results.Select(v => _states[v])];
    }
}
