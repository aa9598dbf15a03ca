using Tessera.Gpu.Devices;
using Tessera.Ir;
using Tessera.Ir.Ops;
using Tessera.Onnx;

namespace Tessera.Gpu.Bench;

/// <summary>A whole layer of experts with its route, in the shapes of published models, against its body and ONNX Runtime's <c>MoE</c>. All weights are inputs: they pass what a file of a model holds.</summary>
internal sealed record ExpertBench(string Model, int Tokens, int Experts, int K, int Width, int Hidden, bool IsGated, DType Type)
{
    public static IEnumerable<(BenchCase Case, DType Type)> All(bool quick)
    {
        IEnumerable<ExpertBench> all = quick
            ? [new("small", 9, 4, 2, 32, 48, false, DType.F32), new("small gated", 9, 4, 2, 32, 48, true, DType.F32)]
            :
            [
                .. from type in (DType[])[DType.F16, DType.BF16] from tokens in (int[])[12544, 196] select new ExpertBench("V-MoE-B/16", tokens, 32, 2, 768, 3072, false, type),
                .. from tokens in (int[])[4096, 32, 1] select new ExpertBench("Mixtral", tokens, 8, 2, 4096, 14336, true, DType.F16),
                .. from tokens in (int[])[32768, 4096, 64, 1] select new ExpertBench("Qwen3-30B", tokens, 128, 8, 2048, 768, true, DType.F16),
                new("Qwen3-30B", 4096, 128, 8, 2048, 768, true, DType.BF16),
            ];
        return all.Select(static e => (e.Case(), e.Type));
    }

    private const long MostTurned = 100_000_000;

    private int Matrices => IsGated ? 3 : 2;

    private BenchCase Case() => new("experts", $"{Model}, T {Tokens} E {Experts} k {K} D {Width} H {Hidden}, {Type.Text()}", Open)
    {
        Flops = 2.0 * Tokens * K * Matrices * Width * Hidden,
    };

    private IEnumerable<(string Name, Func<BenchSide> Open)> Open(Tensors tensors)
    {
        // Tokens take turns; weights are larger than any cache where it matters.
        int sets = BenchCase.Sets((long)Tokens * Width * Type.Bits() / 4);
        (DeviceTensor X, DeviceTensor Logits)[] feeds = [.. Enumerable.Range(0, sets).Select(_ => (tensors.Random(Type, 1, Tokens, Width), tensors.Random(Type, 3, Tokens, Experts)))];
        Lazy<(string, DeviceTensor)[]> weights = new(() =>
            [.. from e in Enumerable.Range(0, Experts) from m in Enumerable.Range(0, Matrices) select ($"w{e}_{m}", tensors.Random(Type, Spread(m), m == 1 ? [Hidden, Width] : [Width, Hidden]))]);
        BenchSide Routed(string name, bool kernels) => new(
            name, Sessions.Open(Layer(), tensors.Device, new(kernels)),
            [.. feeds.Select(f => (BenchCase.Named([("x", f.X), ("logits", f.Logits), .. weights.Value]), tensors.Empty(Type, Tokens, Width)))]);
        yield return (BenchNames.Ours, () => Routed(BenchNames.Ours, kernels: true));
        yield return (BenchNames.Body, () => Routed(BenchNames.Body, kernels: false));
        yield return (BenchNames.Moe, () => Moe(tensors, feeds, weights.Value));
    }

    private double Spread(int matrix) => Math.Sqrt(3.0 / (matrix == 1 ? Hidden : Width));

    private byte[] Layer()
    {
        GraphBuilder g = new();
        string type = Type.Text();
        (Value x, Value logits) = (g.In("x", $"{type}[t, {Width}]"), g.In("logits", $"{type}[t, {Experts}]"));
        IReadOnlyList<Value> routed = g.EmitAll(new Route(logits) { K = K, Renormalize = true });
        Value[] tail = [.. from e in Enumerable.Range(0, Experts) from m in Enumerable.Range(0, Matrices) select g.In($"w{e}_{m}", m == 1 ? $"{type}[{Hidden}, {Width}]" : $"{type}[{Width}, {Hidden}]")];
        Value y = g.Emit(new GroupedMlp(x, routed[1], routed[0], [.. tail])
        {
            ExpertCount = Experts,
            Gate = IsGated ? ExpertGate.Separate : ExpertGate.None,
            Activation = IsGated ? ExpertActivation.Silu : ExpertActivation.GeluTanh,
        });
        return OnnxEmitter.Emit(new Graph { Name = "experts", Builder = g, Inputs = [x, logits, .. tail], Outputs = [new GraphOutput("y", y)] }, new EmitOptions()).ToBytes();
    }

    // Its gate lies in the first matrix: with a third one it would copy all weights in every run.
    private BenchSide Moe(Tensors tensors, (DeviceTensor X, DeviceTensor Logits)[] feeds, (string Name, DeviceTensor Value)[] weights)
    {
        (string, object)[] activation = IsGated ? [("activation_type", "swiglu"), ("swiglu_fusion", 1)] : [("activation_type", "gelu")];
        byte[] model = ContribModel.Create(
            "MoE", [("x", Type, 2), ("logits", Type, 2), ("w1", Type, 3), ("", Type, 0), ("w2", Type, 3)], (Type, 2), [("k", K), ("normalize_routing_weights", 1), .. activation]);
        DeviceTensor w1 = Stack(tensors, weights, IsGated ? [0, 2] : [0], Width, Hidden), w2 = Stack(tensors, weights, [1], Hidden, Width);
        return new(
            BenchNames.Moe, Sessions.Open(model, tensors.Device, new(Kernels: false)),
            [.. feeds.Select(f => (BenchCase.Named(("x", f.X), ("logits", f.Logits), ("w1", w1), ("w2", w2)), tensors.Empty(Type, Tokens, Width)))]);
    }

    // [E, out, in] of the same numbers, columns of several matrices in turn; of numbers of its own where turning them would take longer than all else.
    private DeviceTensor Stack(Tensors tensors, (string Name, DeviceTensor Value)[] weights, int[] matrices, int rows, int columns)
    {
        long each = (long)rows * columns;
        long[] dims = [Experts, matrices.Length * columns, rows];
        if (each * matrices.Length * Experts > MostTurned)
        {
            return tensors.Random(Type, Spread(matrices[0]), dims);
        }

        int size = Type.Bits() / 8;
        byte[] stack = new byte[each * matrices.Length * Experts * size];

        // A device's context is this thread's alone.
        byte[][] given = [.. from e in Enumerable.Range(0, Experts) from m in matrices select weights[(e * Matrices) + m].Value.Download()];
        Parallel.For(0, Experts, e =>
        {
            for (int m = 0; m < matrices.Length; m++)
            {
                byte[] matrix = given[(e * matrices.Length) + m];
                for (int c = 0; c < columns; c++)
                {
                    long row = (((((long)e * columns) + c) * matrices.Length) + m) * rows;
                    for (int r = 0; r < rows; r++)
                    {
                        matrix.AsSpan(((r * columns) + c) * size, size).CopyTo(stack.AsSpan((int)((row + r) * size), size));
                    }
                }
            }
        });
        return tensors.Of(Type, stack, dims);
    }
}
