using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Tessera.Kernels.Interop;

namespace Tessera.Kernels.Tests.Cuda;

/// <summary>
/// The sources of every kernel, in one type or two, watched (<see cref="CudaRaceTests"/> shows for what): a launch that races fails, and the session
/// with it.
/// </summary>
public sealed class CudaNoRaceTests
{
    private const TensorElementType Half = TensorElementType.Float16, Single = TensorElementType.Float;

    // Of many tokens or experts, whose like is among the others.
    private static readonly HashSet<string> s_long = ["wide, sparse", "wide, capacity", "more chunks than threads"];

    public static TheoryData<string> TensorAttention => [.. CudaAttentionTests.s_tensor.Keys];

    public static TheoryData<string> TensorExperts => [.. CudaGroupedMlpTests.s_tensor.Keys];

    public static TheoryData<string> Routes => [.. RouteTests.Cases.Keys];

    public static TheoryData<string> RouteShapes => [.. CudaRouteTests.s_shapes.Keys.Where(static name => !s_long.Contains(name))];

    [SkippableTheory]
    [MemberData(nameof(TensorAttention))]
    public void Attention_by_tensor_cores(string name) => Runs(CudaAttentionTests.s_tensor[name], Half, "tensor_attention_");

    // Values that are no numbers send a tile through plain products.
    [SkippableFact]
    public void Attention_by_tensor_cores_that_falls_back()
    {
        AttentionCase c = new() { Queries = [5, 70], HeadDim = 64, ValueDim = 64, Causal = true };
        Runs(c, Half, "tensor_attention_", static x => x.V.AsSpan(x.V.Length - 10).Fill(float.NaN));
    }

    // Tiles are of 16 queries and 32 keys.
    [SkippableFact]
    public void Attention_by_plain_products()
    {
        foreach (AttentionCase c in Grid.Cases.Values.Where(static c => c.Queries.Sum() > 0))
            Runs(c with { Queries = Short(c.Queries), Keys = c.Keys is null ? null : Short(c.Keys) }, Single, "packed_attention_");
    }

    // More segments than one block puts in order.
    [SkippableFact]
    public void Attention_inside_many_segments() =>
        Runs(new() { Queries = [.. Enumerable.Range(0, 1100).Select(static i => i % 3)], HeadDim = 1, ValueDim = 1, Heads = 1, KeyHeads = 1 }, Single, "attention_sum_tiles");

    [SkippableTheory]
    [MemberData(nameof(TensorExperts))]
    public void Experts_by_tensor_cores(string name) => Runs(CudaGroupedMlpTests.s_tensor[name], Half);

    [SkippableFact]
    public void Experts_by_plain_products()
    {
        Assert.All(GroupedMlpKernelTests.Cases.Values, static c => Runs(c, Single));
        Runs(new() { Tokens = 21, Width = 66, Hidden = [66, 130], OutputWidth = 34, Codes = TensorElementType.UInt8, ZeroPoints = true, BlockSize = 32 }, Single);
    }

    [SkippableTheory]
    [MemberData(nameof(Routes))]
    public void Routes_of_the_CPU(string name) => Runs(RouteTests.Cases[name]);

    [SkippableTheory]
    [MemberData(nameof(RouteShapes))]
    public void Route_of_shapes_that_are_cut_in_many_ways(string name) => Runs(CudaRouteTests.s_shapes[name]);

    [SkippableTheory]
    [InlineData("SegmentReduce", "sum")]
    [InlineData("SegmentReduce", "mean")]
    [InlineData("SegmentReduce", "max")]
    [InlineData("SegmentReduce", "logsumexp")]
    [InlineData("SegmentSoftmax", null)]
    [InlineData("SegmentExpand", null)]
    public void Segments(string op, string? kind)
    {
        var stub = CudaStub.Watching();
        OpDomain domain = stub.Domain();
        foreach (SegmentCase c in SegmentOpTests.Grid(op, [Half], kind).Select(c => c with { Register = domain.AddTo }))
        {
            int rows = op == "SegmentExpand" ? c.Cu.Length - 1 : c.Cu[^1];
            c.Run(c.Values(rows), rows, 1);
        }

        Launched(stub, "segment_");
    }

    [SkippableTheory]
    [InlineData(257, false)]
    [InlineData(1000, true)]
    public void Sparse_top_k(int columns, bool magnitude)
    {
        var stub = CudaStub.Watching();
        Random random = new(columns);
        double[] x = [.. Enumerable.Range(0, 3 * columns).Select(_ => (random.NextDouble() - 0.3) * 4)];
        SparseTopKTests.Run(Single, x, [3, columns], columns / 8, 1, 1.5f, magnitude, register: stub.Domain().AddTo);
        Launched(stub, "sparse_top_k_");
    }

    private static void Runs(AttentionCase c, TensorElementType type, string kernel, Action<AttentionRunner.Inputs>? change = null)
    {
        var stub = CudaStub.Watching();
        var inputs = AttentionRunner.Inputs.Of(c, AttentionModel.StorageOf(type));
        change?.Invoke(inputs);
        using InferenceSession session = OrtRunner.Open(AttentionModel.Create(c, type), 1, stub.Domain().AddTo);
        OrtRunner.Run(session, AttentionModel.Inputs(c, type, inputs));
        Launched(stub, kernel);
    }

    private static void Runs(ExpertCase c, TensorElementType type)
    {
        var stub = CudaStub.Watching();
        GroupedMlpSessionTests.Run(c, new(c, type), type, constant: true, register: stub.Domain().AddTo);
        Launched(stub, "experts_");
    }

    private static void Runs(RouteCase c)
    {
        var stub = CudaStub.Watching();
        (c with { Register = stub.Domain().AddTo }).Run();
        if (c.Tokens * c.K > 0)
            Launched(stub, "route_");
    }

    private static int[] Short(int[] lengths) => [.. lengths.Select(static n => Math.Min(n, 40))];

    private static void Launched(CudaStub stub, string kernel) =>
        Assert.Contains(stub.Calls(), call => call.StartsWith($"cuLaunchKernel({kernel}", StringComparison.Ordinal));
}
