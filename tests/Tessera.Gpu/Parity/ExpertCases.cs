using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Ops;

namespace Tessera.Gpu.Parity;

/// <summary>Routes and experts of sizes that fill tiles, leave rests, and leave experts without a token.</summary>
internal static class ExpertCases
{
    private static readonly DType[] s_types = [DType.F32, DType.F16, DType.BF16];

    public static IEnumerable<ParityCase> Experts(bool quick)
    {
        (int Tokens, int Experts, int Choices, int Width, int Hidden)[] shapes = quick
            ? [(7, 3, 2, 24, 40)]
            : [(1, 8, 2, 64, 128), (7, 3, 2, 24, 40), (130, 4, 1, 128, 96), (300, 16, 4, 72, 136), (64, 128, 8, 64, 32)];
        return
            from type in quick ? [DType.F32] : s_types
            from s in shapes
            from gate in (ExpertGate[])[ExpertGate.None, ExpertGate.Separate, ExpertGate.Concatenated, ExpertGate.Interleaved]
            from biases in (bool[])[false, true]
            let activation = gate == ExpertGate.None ? ExpertActivation.Gelu : ExpertActivation.Silu
            select Mlp($"T {s.Tokens} E {s.Experts} K {s.Choices} D {s.Width} H {s.Hidden}, {activation}, {gate}{(biases ? ", biases" : "")}, {type.Text()}", s, type, gate, activation, biases);
    }

    public static IEnumerable<ParityCase> Routes(bool quick)
    {
        (int Tokens, int Experts, int K)[] shapes = quick ? [(37, 8, 2)] : [(1, 8, 2), (37, 8, 2), (300, 64, 6), (1000, 128, 8), (513, 256, 8), (2000, 32, 1)];
        Func<Value, Route>[] routes =
        [
            static l => new Route(l) { K = 0 },
            static l => new Route(l) { K = 0, Renormalize = true, SelectFirst = true },
            static l => new Route(l) { K = 0, Scoring = RouteScoring.Sigmoid, Renormalize = true, Epsilon = 1e-20, Scale = 2.5 },
            static l => new Route(l) { K = 0, CapacityFactor = 1.05, Priority = RoutePriority.Choice },
            static l => new Route(l) { K = 0, CapacityFactor = 1.05, Priority = RoutePriority.Batch, CapacityMultiple = 4 },
            static l => new Route(l) { K = 0, GroupCount = 4, TopGroups = 2, Scoring = RouteScoring.Sigmoid },
        ];
        string[] names = ["plain", "renormalised", "sigmoid", "capacity by choice", "capacity by batch", "groups"];
        return
            from type in quick ? [DType.F32] : s_types
            from s in shapes
            from i in Enumerable.Range(0, routes.Length)
            select Route($"T {s.Tokens} E {s.Experts} k {s.K}, {names[i]}, {type.Text()}", s.Tokens, s.Experts, type, l => routes[i](l) with { K = s.K });
    }

    public static IEnumerable<ParityCase> Sparse(bool quick) =>
        from type in quick ? [DType.F32] : (DType[])[DType.F32, DType.F16, DType.BF16, DType.F64]
        from shape in quick ? [(Rows: 3, Columns: 17, K: 4L)] : new[] { (Rows: 1, Columns: 1, K: 1L), (Rows: 3, Columns: 17, K: 4L), (Rows: 40, Columns: 1000, K: 8L) }
        select Sparse($"{shape.Rows} rows of {shape.Columns}, k {shape.K}, {type.Text()}", shape.Rows, shape.Columns, shape.K, type);

    private static ParityCase Mlp(
        string name, (int Tokens, int Experts, int Choices, int Width, int Hidden) s, DType type, ExpertGate gate, ExpertActivation activation, bool biases)
    {
        GraphBuilder g = new();
        Dictionary<string, RefValue> inputs = new() { ["x"] = ParityCases.Floats(type, 1, 1, s.Tokens, s.Width), ["w"] = ParityCases.Floats(type, 1, 2, s.Tokens, s.Choices) };
        Random random = new(3);

        // An id in twenty names no expert, and the last expert gets no token.
        inputs["e"] = RefTensor.Ints(DType.I64, [s.Tokens, s.Choices], [.. Enumerable.Range(0, s.Tokens * s.Choices).Select(_ => random.Next(20) == 0 ? -1 : random.NextInt64(Math.Max(1, s.Experts - 1)))]);
        string text = type.Text();
        List<Value> tail = [];
        Value Add(string input, double spread, params long[] dims)
        {
            inputs.Add(input, ParityCases.Floats(type, spread, inputs.Count, dims));
            return g.In(input, $"{text}[{string.Join(", ", dims)}]");
        }

        (Value x, Value e, Value w) = (g.In("x", $"{text}[t, {s.Width}]"), g.In("e", $"i64[t, {s.Choices}]"), g.In("w", $"{text}[t, {s.Choices}]"));
        int wide = gate is ExpertGate.Concatenated or ExpertGate.Interleaved ? 2 * s.Hidden : s.Hidden;
        (int In, int Out)[] matrices = gate == ExpertGate.Separate ? [(s.Width, s.Hidden), (s.Hidden, s.Width), (s.Width, s.Hidden)] : [(s.Width, wide), (s.Hidden, s.Width)];
        for (int expert = 0; expert < s.Experts; expert++)
        {
            for (int m = 0; m < matrices.Length; m++)
            {
                tail.Add(Add($"w{expert}_{m}", 1 / Math.Sqrt(matrices[m].In), matrices[m].In, matrices[m].Out));
                if (biases)
                {
                    tail.Add(Add($"b{expert}_{m}", 0.3, matrices[m].Out));
                }
            }
        }

        GroupedMlp op = new(x, e, w, [.. tail]) { ExpertCount = s.Experts, Activation = activation, Gate = gate, Biases = biases };
        ParityCase given = ParityCases.Of("GroupedMlp", name, g, inputs, [g.Emit(op)]);
        return biases ? given with { Name = name + ", constant experts", Constants = ParityCases.Experts(op) } : given;
    }

    private static ParityCase Route(string name, int tokens, int experts, DType type, Func<Value, Route> route)
    {
        GraphBuilder g = new();
        Dictionary<string, RefValue> inputs = new() { ["logits"] = ParityCases.Floats(type, 3, tokens + experts, tokens, experts) };
        return ParityCases.Of("Route", name, g, inputs, g.EmitAll(route(g.In("logits", $"{type.Text()}[t, {experts}]"))));
    }

    private static ParityCase Sparse(string name, int rows, int columns, long k, DType type)
    {
        GraphBuilder g = new();
        Dictionary<string, RefValue> inputs = new() { ["x"] = ParityCases.Floats(type, 2, columns, rows, columns) };
        return ParityCases.Of("SparseTopK", name, g, inputs, [g.Emit(new SparseTopK(g.In("x", $"{type.Text()}[t, {columns}]")) { K = k })]);
    }
}
