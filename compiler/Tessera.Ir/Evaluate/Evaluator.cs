namespace Tessera.Ir.Evaluate;

/// <summary>
/// The oracle: runs a graph by the reference semantics of its ops, floats in double. Every result is checked against
/// the inferred type, so a wrong inference shows at once.
/// </summary>
public static class Evaluator
{
    /// <summary>Results of <paramref name="graph"/> in output order.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="inputs">Values of the declared inputs by name.</param>
    /// <param name="weights">Values of parameters by path; where it is null or lacks one, the bytes bound to the graph are read.</param>
    /// <param name="rounds">Whether each result is rounded to the width of its element type, as a runtime stores it.</param>
    /// <exception cref="TesseraException">An input is missing or does not fit, a weight is not bound, or the data is invalid.</exception>
    public static IReadOnlyList<RefValue> Run(
        Graph graph,
        IReadOnlyDictionary<string, RefValue> inputs,
        IReadOnlyDictionary<string, RefValue>? weights = null,
        bool rounds = false)
    {
        RefValue[] arguments =
        [
            .. graph.Inputs.Select(v => ((Ops.Input)v.Producer).Name).Select(name => inputs.TryGetValue(name, out RefValue? value)
                ? value
                : graph.Defaults.TryGetValue(name, out WeightSource? given) ? RefTensors.FromSource(given)
                : throw new TesseraException("TSR0304", graph.Name, $"input '{name}' is not given.")),
        ];
        return Run(graph.Inputs, [.. graph.Roots], arguments, new SymbolTable { Rounds = rounds }, path => Weight(graph, path, weights));
    }

    internal static IReadOnlyList<RefValue> Run(
        IReadOnlyList<Value> parameters,
        IReadOnlyList<Value> results,
        IReadOnlyList<RefValue> arguments,
        SymbolTable symbols,
        Func<string, RefValue>? weight = null)
    {
        Dictionary<Value, RefValue> known = [];
        for (int i = 0; i < parameters.Count; i++)
        {
            symbols.Unify(parameters[i].Type, arguments[i], ((Ops.Input)parameters[i].Producer).Name);
            known[parameters[i]] = arguments[i];
        }

        IReadOnlyList<Op> waiting = [.. GraphWalk.PostOrder(results).Where(static op => op is not Ops.Input)];
        while (waiting.Count > 0)
        {
            List<Op> later = [];
            foreach (Op op in waiting)
            {
                if (IsReady(op, known, symbols))
                {
                    Step(op, known, symbols, weight);
                }
                else
                {
                    later.Add(op);
                }
            }

            if (later.Count == waiting.Count)
            {
                // None goes on: the first says what it lacks.
                Step(later[0], known, symbols, weight);
                later.RemoveAt(0);
            }

            waiting = later;
        }

        return [.. results.Select(v => known[v])];
    }

    // A size as a number has no operand: it waits for the value that tells it.
    private static bool IsReady(Op op, Dictionary<Value, RefValue> known, SymbolTable symbols) => op.Operands.All(v => v is null || known.ContainsKey(v))
        && (op.Operands.Length > 0 || op.DimOperands().All(d => d.Symbols.All(symbols.Knows)));

    private static void Step(Op op, Dictionary<Value, RefValue> known, SymbolTable symbols, Func<string, RefValue>? weight)
    {
        IReadOnlyList<Value> values = op.Outputs;
        IReadOnlyList<RefValue> results = op is Ops.Parameter parameter
            ? [weight?.Invoke(parameter.Path) ?? throw new TesseraException("TSR0305", parameter.Path, "the weight is not bound.")]
            : op.Evaluate(new EvalContext(
                op,
                [.. values.Select(static v => v.Type)],
                [.. op.Operands.Select(v => v is null ? null : known[v])],
                symbols));
        for (int i = 0; i < results.Count; i++)
        {
            symbols.Unify(values[i].Type, results[i], $"{values[i].Source} {op.Schema.Name}, result {i}".TrimStart());
            known[values[i]] = symbols.Rounds ? Rounded(results[i]) : results[i];
        }
    }

    private static RefValue Rounded(RefValue value) => value is RefTensor { DType: DType.F32 or DType.F16 or DType.BF16 } tensor
        ? RefTensor.Floats(tensor.DType, tensor.Dims, [.. tensor.F.Select(v => RefTensors.Round(tensor.DType, v))])
        : value;

    private static RefValue Weight(Graph graph, string path, IReadOnlyDictionary<string, RefValue>? weights) =>
        weights is not null && weights.TryGetValue(path, out RefValue? value) ? value
        : graph.Weights.TryGetValue(path, out WeightSource? source) ? RefTensors.FromSource(source)
        : throw new TesseraException("TSR0305", path, "the weight is not bound.");
}
