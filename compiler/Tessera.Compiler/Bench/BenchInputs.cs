using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Ops;
using Tessera.Passes.Replay;

namespace Tessera.Compiler.Bench;

/// <summary>
/// Inputs for timing: plain numbers, and offsets that cut their tokens into segments of different lengths, none of them empty where
/// there are enough tokens. Which input holds offsets is told by the ops that take it, not by its name.
/// </summary>
internal static class BenchInputs
{
    // Small enough for every model, large enough that a run is more than its calls.
    private const long DefaultSize = 32, DefaultSegments = 4;

    /// <summary>The sizes chosen, and values by input name.</summary>
    /// <exception cref="TesseraException">TSR0962: a size is not one of the model's. TSR0964: no sizes fit what it requires of them.</exception>
    public static (IReadOnlyDictionary<string, long> Sizes, Dictionary<string, RefValue> Values) For(Graph model, IReadOnlyDictionary<string, long> given, int seed)
    {
        Dictionary<Value, Dim> offsets = Offsets(model);
        IReadOnlyDictionary<string, long> sizes = Sizes(model, given, offsets.Keys);
        Dictionary<string, RefValue> values = GraphInputs.Generate(model, sizes, seed, ValueKind.Plain);
        foreach (string name in model.Defaults.Keys)
        {
            values.Remove(name);
        }

        foreach ((Value input, Dim tokens) in offsets)
        {
            string name = ((Input)input.Producer).Name;
            long segments = ((RefTensor)values[name]).Count - 1;
            values[name] = RefTensor.Ints(input.DType, [segments + 1], Cut(tokens.Evaluate(s => sizes[s]), segments, new Random(seed)));
        }

        return (sizes, values);
    }

    private static IReadOnlyDictionary<string, long> Sizes(Graph model, IReadOnlyDictionary<string, long> given, IEnumerable<Value> offsets)
    {
        string[] symbols = [.. GraphInputs.Symbols(model)];
        if (given.Keys.FirstOrDefault(name => !symbols.Contains(name)) is { } unknown)
        {
            throw new TesseraException("TSR0962", unknown, "the model's inputs have no such size.", symbols.Length == 0 ? "Its sizes are all fixed." : $"They have {string.Join(", ", symbols)}.");
        }

        string[] segments = [.. offsets.SelectMany(static v => v.Shape.Symbols)];
        Dictionary<string, IReadOnlyList<long>> own = given.ToDictionary(static g => g.Key, static g => (IReadOnlyList<long>)[g.Value]);
        Dictionary<string, IReadOnlyList<long>> chosen = symbols.ToDictionary(
            static s => s, s => own.GetValueOrDefault(s) ?? [segments.Contains(s) ? DefaultSegments : DefaultSize]);

        // Where the usual sizes break a rule of the model, others are tried for what is not given.
        return SizeChoices.For(symbols, model.Constraints, seed: 1, count: 1, chosen).Concat(SizeChoices.For(symbols, model.Constraints, seed: 1, count: 1, own)).FirstOrDefault()
            ?? throw new TesseraException("TSR0964", model.Name, "no sizes that were tried fit what the model requires of them.", $"Give them: {string.Join(", ", symbols)}.");
    }

    private static Dictionary<Value, Dim> Offsets(Graph model)
    {
        Dictionary<Value, Dim> offsets = [];
        foreach (Op op in model.PostOrder())
        {
            for (int i = 0; i < op.Operands.Length; i++)
            {
                if (op.Operands[i] is { Op: Input, Type: TensorType { Shape.Rank: 1 } } operand && op.RowsCutBy(i) is { } rows)
                {
                    offsets.TryAdd(operand, rows);
                }
            }
        }

        return offsets;
    }

    // Lengths from one to three parts of the average, which add up to all tokens.
    private static long[] Cut(long tokens, long segments, Random random)
    {
        long[] offsets = new long[segments + 1];
        double[] weights = [.. Enumerable.Range(0, (int)segments).Select(_ => 1 + (2 * random.NextDouble()))];
        double sum = weights.Sum(), passed = 0;
        long spare = Math.Max(0, tokens - segments), each = tokens >= segments ? 1 : 0;
        for (int i = 0; i < segments; i++)
        {
            passed += weights[i];
            offsets[i + 1] = ((i + 1) * each) + (long)Math.Round((each == 1 ? spare : tokens) * (passed / sum));
        }

        return offsets;
    }
}
